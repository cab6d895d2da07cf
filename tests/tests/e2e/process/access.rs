//! Who a server answers: the `curl`s of the documents with a user and with a token, and the command line.

use std::process::Command;

use tests::{
    binary,
    command::{Done, roundtrip},
    server::{Home, Server},
};

const USER: &str = "admin@kestra.io:kestra";
/// `admin@kestra.io:kestra`
const ENCODED: &str = "YWRtaW5Aa2VzdHJhLmlvOmtlc3RyYQ==";
const FLOW: &str = "id: myflow
namespace: company.team
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: hello }]
outputs: [{ id: o, type: STRING, value: \"{{ outputs.t.value }}\" }]";

/// What a command of the documents prints: the status, and the body on the line before.
fn shell(server: &Server, command: &str) -> (String, String) {
    let base = server.client().base();
    let there = command.replace("http://localhost:8080", &base).replace("http://localhost:8084", &base);
    let script =
        format!("curl() {{ command curl --silent --write-out '\\n%{{http_code}}' \"$@\"; }}\n{there}");
    let out = Done::of(Command::new("bash").args(["-c", &script])).expect_success().stdout;
    let (body, status) = out.rsplit_once('\n').unwrap();
    (status.to_owned(), body.to_owned())
}

fn guarded(home: &Home) -> Server {
    let server = home.options().variable("ROUNDTRIP_BASIC_AUTH", USER).start();
    let made = format!(
        "curl -u {USER} http://localhost:8080/api/v1/flows -H 'Content-Type: application/x-yaml' -d '{FLOW}'"
    );
    assert_eq!(shell(&server, &made).0, "200");
    server
}

/// The address of a server with who asks in it.
fn with_user(server: &Server) -> String {
    server.client().base().replace("http://", "http://admin%40kestra.io:kestra@")
}

#[test]
fn the_documents_say_who_asks_with_basic_and_bearer_with_a_tenant_and_without() {
    let home = Home::new();
    let server = guarded(&home);
    let at = with_user(&server);
    let arguments =
        ["token", "create", "ci", "--role", "run", "--only-namespace", "company.team", "--server", &at];
    let token = roundtrip(home.folder(), &arguments).expect_success().stdout;
    let token = token.trim();
    for tenant in ["", "main/"] {
        let url = format!("'http://localhost:8080/api/v1/{tenant}executions/company.team/myflow?wait=true'");
        for who in [
            format!("-H 'Authorization: Basic {ENCODED}'"),
            format!("-H 'Authorization: Bearer {token}'"),
            format!("-u '{USER}'"),
        ] {
            let (status, body) = shell(&server, &format!("curl -X POST {url} {who}"));
            assert_eq!(status, "200", "{who}: {body}");
            assert!(body.contains(r#""o":"hello""#), "{body}");
        }
        for who in ["", "-H 'Authorization: Bearer YOUR_API_TOKEN'", "-u 'admin@kestra.io:other'"] {
            let refused = shell(&server, &format!("curl -X POST {url} {who}"));
            assert_eq!(refused, ("401".to_owned(), String::new()), "{who}");
        }
    }
}

/// As they are written, but for what they tell their reader to fill in; and each with tenants in its path.
#[test]
fn every_curl_of_the_documents_with_who_asks_is_taken() {
    let written = [
        "curl -X POST 'http://localhost:8080/api/v1/executions/company.team/myflow?wait=true' -H 'Authorization: Basic <encoded-string>'",
        "curl -X POST 'http://localhost:8080/api/v1/executions/company.team/myflow?wait=true' -H 'Authorization: Bearer YOUR_API_TOKEN'",
        "curl -X POST -u 'admin@kestra.io:kestra'  http://localhost:8084/api/v1/executions/company.team/hello_world",
        "curl -X POST http://localhost:8080/api/v1/executions/company.team/hello_world \\\n-H \"Authorization: Bearer YOUR_API_TOKEN\"",
    ];
    let home = Home::new();
    let server = guarded(&home);
    let at = with_user(&server);
    let run = |arguments: &[&str]| {
        roundtrip(home.folder(), &[arguments, &["--server", &at]].concat()).expect_success().stdout
    };
    let _ = run(&["tenant", "create", "acme"]);
    let flows = "http://localhost:8080/api/v1/acme/flows";
    for (flows, id) in
        [(flows, "myflow"), (flows, "hello_world"), (&flows.replace("acme/", ""), "hello_world")]
    {
        let flow = FLOW.replace("myflow", id);
        let made = format!("curl -u {USER} {flows} -H 'Content-Type: application/x-yaml' -d '{flow}'");
        assert_eq!(shell(&server, &made).0, "200");
    }
    let encoded = format!("echo -n \"{USER}\" | base64");
    let encoded = Done::of(Command::new("bash").args(["-c", &encoded])).expect_success().stdout;
    let token = run(&["token", "create", "reader", "--role", "run"]);
    for command in written {
        for tenant in ["", "main/", "acme/"] {
            let asked = command
                .replace("<encoded-string>", encoded.trim())
                .replace("YOUR_API_TOKEN", token.trim())
                .replace("/api/v1/", &format!("/api/v1/{tenant}"));
            let (status, body) = shell(&server, &asked);
            assert_eq!(status, "200", "{asked}: {body}");
            assert_eq!(body.contains(r#""o":"hello""#), asked.contains("wait=true"), "{asked}: {body}");
            let wrong =
                asked.replace(encoded.trim(), "eA==").replace(token.trim(), "x").replace(":kestra'", ":x'");
            assert_eq!(shell(&server, &wrong), ("401".to_owned(), String::new()), "{wrong}");
        }
    }
}

#[test]
fn a_trusted_proxy_says_where_a_change_comes_from() {
    let home = Home::new();
    let change = "curl -X PUT -H 'X-Forwarded-For: 198.51.100.1, 203.0.113.9' -d 1 \
                  http://localhost:8080/api/v1/namespaces/company.team/kv/k";
    let change = &change.replace("curl", &format!("curl -u {USER}"));
    for (trusted, source) in
        [(None, "127.0.0.1"), (Some("127.0.0.1"), "203.0.113.9"), (Some("10.0.0.0/8,::1"), "127.0.0.1")]
    {
        let options = home.options().variable("ROUNDTRIP_BASIC_AUTH", USER);
        let server = match trusted {
            None => options.start(),
            Some(proxies) => options.variable("ROUNDTRIP_TRUSTED_PROXIES", proxies).start(),
        };
        assert_eq!(shell(&server, change).0, "200");
        let log = server.messages();
        let said = log.lines().rfind(|line| line.contains("audit")).unwrap_or_else(|| panic!("{log}"));
        let known = ["127.0.0.1", "203.0.113.9", "198.51.100.1"].into_iter().filter(|it| said.contains(it));
        assert_eq!(known.collect::<Vec<_>>(), [source], "{trusted:?}: {said}");
        server.stop();
    }
    let everybody = ["serve", "--data", "data", "--trusted-proxies", "10.0.0.0/8,0.0.0.0/0"];
    let refused = roundtrip(home.folder(), &everybody);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("a prefix of 0 is everybody"), "{}", refused.stderr);
}

#[test]
fn tokens_users_and_tenants_are_made_shown_and_ended_from_the_command_line() {
    let home = Home::new();
    let server = guarded(&home);
    let at = with_user(&server);
    let run = |arguments: &[&str]| roundtrip(home.folder(), &[arguments, &["--server", &at]].concat());
    let _ = run(&["tenant", "create", "b"]).expect_success();
    assert_eq!(run(&["tenant", "list"]).expect_success().stdout, "b\nmain\n");
    let made =
        run(&["token", "create", "of b", "--role", "read", "--only-tenant", "b"]).expect_success().stdout;
    let listed = run(&["token", "list"]).expect_success().stdout;
    assert!(listed.trim_end().ends_with("  read  of b") && !listed.contains(made.trim()), "{listed}");
    let get = |path: &str| {
        shell(
            &server,
            &format!("curl -H 'Authorization: Bearer {}' http://localhost:8080{path}", made.trim()),
        )
        .0
    };
    assert_eq!((get("/api/v1/b/flows/search"), get("/api/v1/flows/search")), ("200".into(), "403".into()));
    let _ = run(&["token", "revoke", listed.split_whitespace().next().unwrap()]).expect_success();
    assert_eq!(get("/api/v1/b/flows/search"), "401");

    let line =
        format!("echo 'correct horse' | {} user create eve --role read", binary::roundtrip().display());
    let mut bash = Command::new("bash");
    let _ = Done::of(bash.args(["-c", &line]).env("ROUNDTRIP_SERVER", &at)).expect_success();
    let eve = "curl -u 'eve:correct horse' http://localhost:8080/api/v1/flows/search";
    assert_eq!(shell(&server, eve).0, "200");
    let _ = run(&["user", "remove", "eve"]).expect_success();
    assert_eq!(shell(&server, eve).0, "401");
    assert_eq!(run(&["user", "list"]).expect_success().stdout, "");
}

#[test]
fn a_stored_credential_shuts_the_door_at_the_next_start_too() {
    let home = Home::new();
    let server = home.start();
    let base = server.client().base();
    let open = "curl http://localhost:8080/api/v1/flows/search";
    assert_eq!(shell(&server, open).0, "200");
    let _ = roundtrip(home.folder(), &["token", "create", "a", "--role", "admin", "--server", &base])
        .expect_success();
    assert_eq!(shell(&server, open).0, "401");
    server.stop();
    assert_eq!(shell(&home.start(), open).0, "401");
    let anonymous = home.options().variable("ROUNDTRIP_ANONYMOUS", "everyone-may-do-everything").start();
    assert_eq!(shell(&anonymous, open).0, "200");
}

#[test]
fn nobody_listens_to_the_world_without_asking_who_it_is() {
    let home = Home::new();
    let serve = ["serve", "--listen", "0.0.0.0:0", "--data", "data"];
    let refused = roundtrip(home.folder(), &serve);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("ROUNDTRIP_BASIC_AUTH"), "{}", refused.stderr);
    let mut wrong = Command::new(binary::roundtrip());
    wrong.args(serve).env("ROUNDTRIP_ANONYMOUS", "true").current_dir(home.folder());
    assert_eq!(Done::of(&mut wrong).code, Some(2));
}

#[test]
fn every_change_is_a_line_in_the_log_and_no_secret_is() {
    let home = Home::new();
    let server = guarded(&home);
    let url = "http://localhost:8080/api/v1/namespaces/company.team/kv/k";
    let set = format!("curl -X PUT -u {USER} -H 'X-Request-Id: r-1' {url} -d '\"private\"'");
    assert_eq!(shell(&server, &set).0, "200");
    let log = server.messages();
    let line = log
        .lines()
        .find(|line| line.contains("audit") && line.contains("PUT"))
        .unwrap_or_else(|| panic!("{log}"));
    for part in [
        "admin@kestra.io",
        "/api/v1/namespaces/{namespace}/kv/{key}",
        "namespace=company.team key=k",
        "r-1",
        "200",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!log.contains("private") && !log.contains(":kestra"), "{log}");
}
