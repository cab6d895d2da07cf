//! FILE.

use insta::assert_snapshot;
use serde_json::json;

use super::*;

#[test]
fn file_is_a_uri_and_never_a_path() {
    let kind = Kind::File { extension: ".upl".to_owned() };
    let uri = "kestra:///company/team/greet/executions/1/inputs/x/a.txt";
    assert_snapshot!(
        table(
            &kind,
            [file(uri), text(uri), text("/etc/passwd"), text("file:///etc/passwd"), text("hello.txt"), text("kestra:///a/../b"), Sent::Json(json!({"uri": uri}))]
        ),
        @r#"
    file kestra:///company/team/greet/executions/1/inputs/x/a.txt => "kestra:///company/team/greet/executions/1/inputs/x/a.txt"
    kestra:///company/team/greet/executions/1/inputs/x/a.txt => "kestra:///company/team/greet/executions/1/inputs/x/a.txt"
    /etc/passwd => Invalid input for `x`, a `FILE` has to be sent as a file, or as the `kestra://` URI of a stored one, but received `/etc/passwd`
    file:///etc/passwd => Invalid input for `x`, a `FILE` has to be sent as a file, or as the `kestra://` URI of a stored one, but received `file:///etc/passwd`
    hello.txt => Invalid input for `x`, a `FILE` has to be sent as a file, or as the `kestra://` URI of a stored one, but received `hello.txt`
    kestra:///a/../b => Invalid input for `x`, the URI of a file cannot have `..` in it, but received `kestra:///a/../b`
    json {"uri":"kestra:///company/team/greet/executions/1/inputs/x/a.txt"} => Invalid input for `x`, a `FILE` has to be sent as a file, or as the `kestra://` URI of a stored one, but received `{"uri":"kestra:///company/team/greet/executions/1/inputs/x/a.txt"}`
    "#
    );
    assert_snapshot!(table(&string(), [file(uri)]), @"file kestra:///company/team/greet/executions/1/inputs/x/a.txt => Invalid input for `x`, a file was sent where a `STRING` is expected, but received `kestra:///company/team/greet/executions/1/inputs/x/a.txt`");
    assert_snapshot!(table(&Kind::Json, [file(uri)]), @"file kestra:///company/team/greet/executions/1/inputs/x/a.txt => Invalid input for `x`, a file was sent where a `JSON` is expected, but received `kestra:///company/team/greet/executions/1/inputs/x/a.txt`");
}
