//! Rules of the parameters: what would be deployed and serve nobody is refused before.

use serde_json::{Value as Json, json};

use crate::expanded::template;

#[test]
fn what_serves_nobody_is_refused() {
    for auth in ["AWS_IAM", "JWT"] {
        let all = [("AuthType", auth), ("BasicAuth", "a:b"), ("JwtIssuer", "https://issuer.example")];
        let told = refused(template(), &all);
        assert!(told.len() == 1 && told[0].contains("BasicAuth needs AuthType=NONE"), "{auth}: {told:?}");
    }
    let told = refused(template(), &[("BasicAuth", "a:b")]);
    assert_eq!(told.len(), 1, "who names no AuthType gets AWS_IAM: {told:?}");
    assert_eq!(refused(template(), &[("AuthType", "JWT")]), ["JWT needs JwtIssuer and JwtAudience"]);
    assert_eq!(refused(template(), &[("SecretsFrom", "ssm")]), ["SecretsFrom needs SecretsPrefix"]);
    assert_eq!(refused(template(), &[("DomainName", "a.example")]), ["DomainName needs CertificateArn"]);
}

#[test]
fn what_serves_is_taken() {
    for right in [
        &[][..],
        &[("AuthType", "NONE"), ("BasicAuth", "a:b")],
        &[("AuthType", "NONE"), ("Anonymous", "everyone-may-do-everything")],
        &[("AuthType", "JWT"), ("JwtIssuer", "https://issuer.example"), ("JwtAudience", "api")],
        &[("SecretsFrom", "ssm"), ("SecretsPrefix", "/a/")],
        &[("DomainName", "a.example"), ("CertificateArn", "arn:aws:acm:a")],
    ] {
        assert_eq!(refused(template(), right), Vec::<String>::new(), "{right:?}");
    }
}

/// What is told of these parameters, where the others have their defaults.
fn refused(template: &Json, given: &[(&str, &str)]) -> Vec<String> {
    let value = |name: &str| {
        let given = given.iter().find(|(it, _)| *it == name).map(|(_, value)| json!(value));
        given.unwrap_or_else(|| template["Parameters"][name]["Default"].clone())
    };
    let rules = template["Rules"].as_object().unwrap().values();
    let counting = rules.filter(|rule| rule.get("RuleCondition").is_none_or(|it| holds(it, &value)));
    let assertions = counting.flat_map(|rule| rule["Assertions"].as_array().unwrap());
    let broken = assertions.filter(|it| !holds(&it["Assert"], &value));
    broken.map(|it| it["AssertDescription"].as_str().unwrap().to_owned()).collect()
}

/// As AWS computes it, of the functions that our rules use.
fn holds(rule: &Json, value: &impl Fn(&str) -> Json) -> bool {
    let (function, of) = rule.as_object().and_then(|it| it.iter().next()).unwrap();
    let resolved = |it: &Json| it["Ref"].as_str().map_or_else(|| it.clone(), value);
    match (function.as_str(), of.as_array().map(Vec::as_slice)) {
        ("Fn::Equals", Some([left, right])) => resolved(left) == resolved(right),
        ("Fn::Not", Some([inner])) => !holds(inner, value),
        _ => panic!("a rule has {function}, which this test cannot compute"),
    }
}
