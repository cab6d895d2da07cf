//! Who has to say who he is: somebody before the function asks, or the function does.

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
/// A variable that cannot be read.
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
    let asked_before = matches!(variables.get(AUTH_TYPE), Some("AWS_IAM" | "JWT"));
    let callers =
        if anonymous || (asked_before && user.is_none()) { Callers::Anybody } else { Callers::Known };
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
        assert_eq!(callers(&[(AUTH_TYPE, "AWS_IAM")]), Callers::Anybody);
        assert_eq!(callers(&[(AUTH_TYPE, "JWT")]), Callers::Anybody);
        assert_eq!(callers(&[(AUTH_TYPE, "JWT"), (BASIC_AUTH, "a:b")]), Callers::Known);
        assert_eq!(callers(&[(ANONYMOUS, EVERYONE)]), Callers::Anybody);
    }

    #[test]
    fn what_is_wrong_is_told_without_the_password() {
        let told = |all: &[(&str, &str)]| read(all).unwrap_err().to_string();
        assert!(!told(&[(BASIC_AUTH, "secret")]).contains("secret"));
        assert!(told(&[(ANONYMOUS, "true")]).contains(EVERYONE));
    }
}
