//! Who has to say who he is: the gateway asks and tells the function, or the function does.

use service::access::{Callers, Rules};

use crate::{Error, Variables};

const BASIC_AUTH: &str = "ROUNDTRIP_BASIC_AUTH";
const ANONYMOUS: &str = "ROUNDTRIP_ANONYMOUS";
/// How the gateway looks at who calls: as the template names it.
const AUTH_TYPE: &str = "ROUNDTRIP_AUTH_TYPE";
/// What has to be said so that nobody is asked.
const EVERYONE: &str = "everyone-may-do-everything";

/// Where nothing else is said, callers have to be known, even if nobody is yet.
///
/// # Errors
/// A variable that cannot be read, and a user beside a gateway that asks: both want the header `Authorization`.
pub(crate) fn rules(variables: &Variables) -> Result<Rules, Error> {
    let user = variables.get(BASIC_AUTH).map(str::parse).transpose();
    // The value is not repeated: it has a password.
    let user =
        user.map_err(|expected| Error::Variable { name: BASIC_AUTH, value: "…".to_owned(), expected })?;
    let anonymous = match variables.get(ANONYMOUS) {
        None => false,
        Some(EVERYONE) => true,
        Some(value) => {
            let expected = "`everyone-may-do-everything`, or not set";
            return Err(Error::Variable { name: ANONYMOUS, value: value.to_owned(), expected });
        }
    };
    let asked_before = variables.get(AUTH_TYPE).filter(|it| matches!(*it, "AWS_IAM" | "JWT"));
    let callers = match (asked_before, &user) {
        (Some(value), Some(_)) => {
            let expected =
                "`NONE` where ROUNDTRIP_BASIC_AUTH is set, since both want the header `Authorization`";
            return Err(Error::Variable { name: AUTH_TYPE, value: value.to_owned(), expected });
        }
        (Some(_), None) => Callers::Vouched,
        (None, _) if anonymous => Callers::Anybody,
        (None, _) => Callers::Known,
    };
    Ok(Rules { callers, user })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(all: &[(&str, &str)]) -> Result<Rules, Error> {
        rules(&Variables::new(all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))))
    }

    #[test]
    fn nobody_is_let_in_unless_somebody_else_asks_or_a_setting_says_so() {
        let callers = |all: &[(&str, &str)]| read(all).unwrap().callers;
        assert_eq!(callers(&[]), Callers::Known);
        assert_eq!(callers(&[(AUTH_TYPE, "NONE")]), Callers::Known);
        assert_eq!(callers(&[(AUTH_TYPE, "NONE"), (BASIC_AUTH, "a:b")]), Callers::Known);
        for asks in ["AWS_IAM", "JWT"] {
            assert_eq!(callers(&[(AUTH_TYPE, asks)]), Callers::Vouched);
            assert_eq!(callers(&[(AUTH_TYPE, asks), (ANONYMOUS, EVERYONE)]), Callers::Vouched);
        }
        assert_eq!(callers(&[(ANONYMOUS, EVERYONE)]), Callers::Anybody);
    }

    #[test]
    fn what_is_wrong_is_told_without_the_password() {
        let told = |all: &[(&str, &str)]| read(all).unwrap_err().to_string();
        assert!(!told(&[(BASIC_AUTH, "secret")]).contains("secret"));
        assert!(told(&[(ANONYMOUS, "true")]).contains(EVERYONE));
        let both = told(&[(AUTH_TYPE, "JWT"), (BASIC_AUTH, "a:secret")]);
        assert!(both.contains(BASIC_AUTH) && !both.contains("secret"), "{both}");
    }
}
