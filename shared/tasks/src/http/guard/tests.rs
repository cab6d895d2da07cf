use super::*;

fn at(address: &str) -> SocketAddr {
    address.parse().unwrap()
}

#[test]
fn each_setting_reaches_as_far_as_it_says() {
    let table = [
        (Outbound::Public, [true, false, false, false]),
        (Outbound::Private, [true, true, false, false]),
        (Outbound::Any, [true, true, true, false]),
    ];
    for (outbound, expected) in table {
        let guard = Guard::new(outbound, []);
        let addresses = ["1.1.1.1:80", "10.0.0.1:80", "127.0.0.1:80", "169.254.169.254:80"];
        assert_eq!(addresses.map(|it| guard.permits(at(it))), expected, "{outbound}");
    }
}

#[test]
fn what_the_environment_names_is_refused_by_address_and_by_name() {
    let variables = [
        ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9100"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://Credentials.internal./v2"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://[fd12::1]:8080/"),
        ("SOMETHING_ELSE", "10.0.0.9:80"),
    ];
    let guard = Guard::new(Outbound::Any, variables.map(|(name, value)| (name.into(), value.into())));
    for refused in
        ["127.0.0.1:9100", "127.3.2.1:9100", "[::1]:9100", "0.0.0.0:9100", "[::ffff:127.0.0.1]:9100"]
    {
        assert!(!guard.permits(at(refused)), "{refused}");
    }
    assert!(!guard.permits(at("[fd12::1]:8080")));
    assert!(!guard.permits_name("credentials.INTERNAL", 80));
    assert!(!guard.permits_name("credentials.internal.", 80));
    assert!(!guard.permits_name("metadata.google.internal.", 8080));
    assert!(guard.permits(at("127.0.0.1:9101")) && guard.permits(at("[fd12::1]:80")));
    assert!(guard.permits(at("10.0.0.9:80")) && guard.permits_name("credentials.internal", 81));
}

#[test]
fn the_usual_place_of_a_lambda_is_refused_without_a_variable() {
    let guard = Guard::new(Outbound::Any, []);
    for refused in ["127.0.0.1:9001", "[::1]:9001", "0.0.0.0:9001", "[::]:9001"] {
        assert!(!guard.permits(at(refused)), "{refused}");
    }
    assert!(guard.permits(at("10.0.0.1:9001")));
}
