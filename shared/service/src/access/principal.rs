//! Who asks, and how far that reaches.

use serde::{Deserialize, Serialize};

use super::{Permission, Role};

/// Whoever a credential belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Of the user or the token, as audit lines show it.
    pub name: String,
    pub role: Role,
    pub reach: Reach,
}

/// Where a credential counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reach {
    /// Namespaces, each with those below it. `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<Vec<String>>,
    /// `None` for all, also those to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenants: Option<Vec<String>>,
}

impl Principal {
    pub const fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }
}

impl Reach {
    pub fn tenant(&self, name: &str) -> bool {
        self.tenants.as_ref().is_none_or(|all| all.iter().any(|it| it == name))
    }

    pub fn namespace(&self, name: &str) -> bool {
        self.namespaces.as_ref().is_none_or(|all| all.iter().any(|it| is_or_below(name, it)))
    }

    /// Whether nothing is out of it.
    pub fn is_everything(&self) -> bool {
        self.namespaces.is_none() && self.tenants.is_none()
    }

    /// Whether all that another reaches is within this one.
    pub fn holds(&self, other: &Self) -> bool {
        let within =
            |mine: &Option<Vec<String>>, theirs: &Option<Vec<String>>, fits: &dyn Fn(&str) -> bool| {
                mine.is_none() || theirs.as_ref().is_some_and(|all| all.iter().all(|it| fits(it)))
            };
        within(&self.namespaces, &other.namespaces, &|it| self.namespace(it))
            && within(&self.tenants, &other.tenants, &|it| self.tenant(it))
    }
}

fn is_or_below(namespace: &str, above: &str) -> bool {
    namespace.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(namespaces: Option<&[&str]>, tenants: Option<&[&str]>) -> Reach {
        let all = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect();
        Reach { namespaces: namespaces.map(all), tenants: tenants.map(all) }
    }

    #[test]
    fn a_namespace_holds_those_below_it_and_none_that_only_begins_like_it() {
        let team = reach(Some(&["company.team"]), None);
        assert!(team.namespace("company.team") && team.namespace("company.team.a"));
        assert!(!team.namespace("company") && !team.namespace("company.teams") && !team.namespace(""));
        assert!(!reach(Some(&[]), None).namespace("a"));
        assert!(Reach::default().namespace("a") && Reach::default().tenant("a"));
    }

    #[test]
    fn nobody_gives_more_than_he_has() {
        let team = reach(Some(&["company.team"]), Some(&["a"]));
        assert!(team.holds(&team) && Reach::default().holds(&team));
        assert!(team.holds(&reach(Some(&["company.team.x"]), Some(&["a"]))));
        assert!(!team.holds(&Reach::default()));
        assert!(!team.holds(&reach(Some(&["company"]), Some(&["a"]))));
        assert!(!team.holds(&reach(Some(&["company.team"]), None)));
        assert!(!team.holds(&reach(Some(&["company.team"]), Some(&["a", "b"]))));
    }
}
