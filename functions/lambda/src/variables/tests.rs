//! What is said in the environment, and what is wrong with it.

use super::*;

fn variables(all: &[(&str, &str)]) -> Variables {
    Variables::new(all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

#[test]
fn an_attempt_is_bounded_by_its_worker() {
    let settings = variables(&[]).settings().expect("nothing has to be set");
    assert_eq!(settings.attempt_max, Some(Duration::from_mins(14)));
    assert_eq!(settings.lease, Duration::from_secs(45));
    assert!(settings.stands_still && !settings.alone);
    let settings = variables(&[(ATTEMPT_MAX, "60")]).settings().expect("a number of seconds");
    assert_eq!(settings.attempt_max, Some(Duration::from_mins(1)));
}

#[test]
fn a_wrong_value_says_what_is_right() {
    for wrong in ["0", "-1", "15m"] {
        let error = variables(&[(ATTEMPT_MAX, wrong)]).settings().expect_err("it is no such number");
        assert_eq!(
            error.to_string(),
            format!("{ATTEMPT_MAX} is `{wrong}`; it has to be a whole number of seconds, at least 1")
        );
    }
    let error = variables(&[("X", "yes")]).flag("X").expect_err("it is neither");
    assert_eq!(error.to_string(), "X is `yes`; it has to be `true` or `false`");
}

#[test]
fn tasks_reach_the_internet_alone_unless_it_is_set() {
    assert_eq!(variables(&[]).outbound().expect("nothing has to be set"), Outbound::Public);
    assert_eq!(variables(&[(OUTBOUND, "private")]).outbound().expect("it is known"), Outbound::Private);
    let error = variables(&[(OUTBOUND, "all")]).outbound().expect_err("it is none of them");
    assert_eq!(error.to_string(), format!("{OUTBOUND} is `all`; it has to be `public`, `private` or `any`"));
}

#[test]
fn kestra_variables_are_envs() {
    let envs = variables(&[("KESTRA_Region", "eu"), ("HOME", "/")]).envs();
    assert_eq!(Json::Object(envs).to_string(), r#"{"region":"eu"}"#);
}

#[test]
fn an_empty_variable_is_not_set() {
    assert_eq!(variables(&[("ROUNDTRIP_TABLE", "")]).get("ROUNDTRIP_TABLE"), None);
}

#[test]
fn a_wrong_key_is_told_and_not_repeated() {
    let key = |text| variables(&[(ENCRYPTION_KEY, text)]).settings().map(|it| it.encryption_key.is_some());
    assert!(!key("").expect("one that is empty is not set"));
    assert!(key("c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0ISE=").expect("it has 32 bytes"));
    assert_eq!(
        key("c2VjcmV0").expect_err("it has 6").to_string(),
        format!(
            "{ENCRYPTION_KEY}: a key has 32 bytes, this one has 6; `openssl rand -base64 32` prints one of 32"
        )
    );
}
