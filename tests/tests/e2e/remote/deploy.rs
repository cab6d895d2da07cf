//! A folder of flows becomes what a server has.

use tests::command::roundtrip;

use super::Desk;

/// A flow of `remote.<namespace>`.
fn flow(namespace: &str, id: &str, text: &str) -> String {
    format!(
        "id: {id}\nnamespace: remote.{namespace}\ntasks: [{{ id: t, type: io.kestra.plugin.core.debug.Return, format: {text} }}]\n"
    )
}

#[test]
fn a_server_gets_what_a_folder_has() {
    let desk = Desk::new();
    desk.write("flows/one.yaml", &flow("a", "one", "x"));
    desk.write("flows/below/two.yml", &format!("{}---\n{}", flow("a", "two", "x"), flow("b", "three", "x")));
    desk.write("flows/.hidden/four.yaml", "not: [a flow");
    let mut seen = vec![desk.seen(&["deploy", "flows", "--dry-run"]), desk.seen(&["deploy", "flows"])];
    desk.write("flows/one.yaml", &flow("a", "one", "y"));
    desk.write("flows/below/two.yml", &flow("a", "five", "x"));
    seen.push(desk.seen(&["deploy", "flows", "--namespace", "remote.b"]));
    seen.push(desk.seen(&["deploy", "flows"]));
    seen.push(desk.seen(&["deploy", "flows", "--delete"]));
    seen.push(desk.seen(&["deploy", "flows", "--delete"]));
    insta::assert_snapshot!(seen.join("\n"));
    let search = desk.server.client().get("/api/v1/flows/search?namespace=remote").expect(200).json();
    let mut left: Vec<&str> =
        search["results"].as_array().unwrap().iter().map(|flow| flow["id"].as_str().unwrap()).collect();
    left.sort_unstable();
    assert_eq!(
        left,
        ["five", "one", "three"],
        "`remote.b` is not in the folder any more, so it is left alone"
    );
}

#[test]
fn nothing_changes_when_something_is_wrong() {
    let desk = Desk::new();
    desk.write("flows/a.yaml", &flow("a", "sound", "x"));
    desk.write("flows/b.yaml", &flow("a", "wrong", "x").replace("Return", "Retrun"));
    desk.write("flows/c.yaml", &flow("a", "sound", "y"));
    let wrong = desk.seen(&["deploy", "flows"]);
    insta::assert_snapshot!([wrong, desk.seen(&["deploy", "nowhere"])].join("\n"));
    let none = roundtrip(desk.folder(), &["deploy", "flows"]);
    assert_eq!(none.code, Some(2), "{}", none.stderr);
    assert_eq!(desk.server.client().get("/api/v1/flows/search").expect(200).json()["total"], 0);
}

#[test]
fn nothing_changes_when_the_server_takes_one_not() {
    let desk = Desk::new();
    desk.write("flows/a.yaml", &flow("a", "sound", "x"));
    // Sound, but longer than a server keeps.
    desk.write("flows/b.yaml", &format!("# {}\n{}", "x".repeat(300 << 10), flow("a", "long", "x")));
    let done = desk.run(&["deploy", "flows"]);
    let wrong = "error: flows/b.yaml: Request Entity Too Large: a flow of ";
    assert!(
        done.stderr.starts_with(wrong) && done.stderr.ends_with("nothing was changed\n"),
        "{}",
        done.stderr
    );
    assert_eq!(done.code, Some(1));
    assert_eq!(desk.server.client().get("/api/v1/flows/search").expect(200).json()["total"], 0);
}
