use super::*;

const RIGHT: [(&str, &str); 4] = [
    ("ROUNDTRIP_TABLE", "roundtrip-dev"),
    ("ROUNDTRIP_BUCKET", "roundtrip-dev-files"),
    ("ROUNDTRIP_QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/123456789012/roundtrip-dev-work"),
    ("ROUNDTRIP_REPLY_PREFIX", "roundtrip-dev-reply-"),
];

/// The right variables, with these instead or as well.
fn read(changed: &[(&str, &str)]) -> Result<Environment, String> {
    let all = || changed.iter().chain(&RIGHT);
    Environment::from_variables(|name| {
        all().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
    .map_err(|error| error.to_string())
}

#[test]
fn four_variables_are_enough() {
    let environment = read(&[]).unwrap();
    assert_eq!(environment.table, "roundtrip-dev");
    assert_eq!(environment.bucket, "roundtrip-dev-files");
    assert!(environment.queue_url.ends_with("/roundtrip-dev-work"));
    assert_eq!(environment.reply_prefix, "roundtrip-dev-reply-");
    assert_eq!((environment.url, environment.log, environment.stage), (None, "info".into(), "dev".into()));
}

#[test]
fn the_others_are_taken() {
    let others = [
        ("ROUNDTRIP_URL", "https://flows.example.com/"),
        ("ROUNDTRIP_LOG", "debug"),
        ("ROUNDTRIP_STAGE", "prod"),
        ("ROUNDTRIP_GROUP_QUEUES", "gpu=https://sqs/1/gpu,heavy=https://sqs/1/heavy"),
    ];
    let environment = read(&others).unwrap();
    assert_eq!(environment.url.as_deref(), Some("https://flows.example.com"));
    assert_eq!((environment.log, environment.stage), ("debug".into(), "prod".into()));
    let queues: Vec<_> = environment.group_queues.iter().collect();
    let [gpu, heavy] = ["https://sqs/1/gpu", "https://sqs/1/heavy"].map(str::to_owned);
    assert_eq!(queues, [(&"gpu".to_owned(), &gpu), (&"heavy".to_owned(), &heavy)]);
}

#[test]
fn all_problems_are_told_at_once() {
    let nothing = Environment::from_variables(|_| None).unwrap_err().to_string();
    for (name, _) in RIGHT {
        assert!(nothing.contains(&format!("{name} is missing: ")), "{nothing}");
    }
    let wrong = [
        ("ROUNDTRIP_TABLE", "a table"),
        ("ROUNDTRIP_BUCKET", "Upper"),
        ("ROUNDTRIP_QUEUE_URL", "roundtrip-dev-work"),
        ("ROUNDTRIP_REPLY_PREFIX", ""),
        ("ROUNDTRIP_URL", "flows.example.com"),
    ];
    let problems = read(&wrong).unwrap_err();
    for (name, value) in wrong.into_iter().filter(|(_, value)| !value.is_empty()) {
        assert!(problems.contains(&format!("{name} is `{value}`, but should be ")), "{problems}");
    }
    assert!(problems.contains("ROUNDTRIP_REPLY_PREFIX is missing"), "{problems}");
    for wrong in ["gpu", "=https://sqs/1/gpu", "gpu=sqs", "gpu=https://sqs/1/gpu,"] {
        assert!(
            read(&[("ROUNDTRIP_GROUP_QUEUES", wrong)]).is_err_and(|it| it.contains("a group and the URL"))
        );
    }
}

#[test]
fn a_prefix_leaves_room_for_what_follows_it() {
    read(&[("ROUNDTRIP_REPLY_PREFIX", &"p".repeat(58))]).unwrap();
    read(&[("ROUNDTRIP_REPLY_PREFIX", &"p".repeat(59))]).unwrap_err();
}

#[test]
fn a_queue_has_an_account_and_a_name() {
    for wrong in
        ["https://host", "https://host/name", "https://host//name", "https://host/1/", "https://host/1/a/b"]
    {
        read(&[("ROUNDTRIP_QUEUE_URL", wrong)]).unwrap_err();
    }
    assert_eq!(queue_path("http://127.0.0.1:4566/123/name"), Some(("123", "name")));
}
