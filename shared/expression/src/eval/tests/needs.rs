//! What is asked of the outside.

use insta::{assert_debug_snapshot, assert_snapshot};
use serde_json::json;

use crate::{
    Error, Limits, Need, Supplied, Template,
    testing::{root, table, with},
};

#[test]
fn needs_are_asked_for_together_and_then_answered() {
    let source = "{{ read('a') ~ kv('k', errorOnMissing=true) }} {{ [secret(text), fileSize('a')] }}{% for i in list %} {{ kv(i, 'ns') }}{% endfor %}";
    let template = Template::parse(source).unwrap();
    let mut supplied = Supplied::new();
    let render = |supplied: &Supplied| {
        with(&root(), supplied, Limits::default(), |environment| template.render(environment))
    };
    let Err(Error::Needs(needs)) = render(&supplied) else { panic!("the outside is needed") };
    assert_debug_snapshot!(needs, @r#"
    [
        File {
            asked: Text,
            path: "a",
            namespace: None,
        },
        Kv {
            key: "k",
            namespace: None,
            error_on_missing: true,
        },
        Secret {
            key: "hello",
            subkey: None,
        },
        File {
            asked: Size,
            path: "a",
            namespace: None,
        },
        Kv {
            key: "3",
            namespace: Some(
                "ns",
            ),
            error_on_missing: false,
        },
        Kv {
            key: "1",
            namespace: Some(
                "ns",
            ),
            error_on_missing: false,
        },
        Kv {
            key: "2",
            namespace: Some(
                "ns",
            ),
            error_on_missing: false,
        },
    ]
    "#);
    for (index, need) in needs.into_iter().enumerate() {
        supplied.insert(need, Ok(json!({ "n": index })));
    }
    assert_snapshot!(render(&supplied).unwrap(), @r#"{"n":0}{"n":1} [{"n":2},{"n":3}] {"n":4} {"n":5} {"n":6}"#);
    let denied = Err("The key 'k' does not exist in the namespace 'n'.".to_owned());
    supplied.insert(Need::Kv { key: "k".into(), namespace: None, error_on_missing: true }, denied);
    assert_snapshot!(render(&supplied).unwrap_err(), @"io.pebbletemplates.pebble.error.PebbleException: The key 'k' does not exist in the namespace 'n'. ({{ read('a') ~ kv('k', errorOnMissing=true) }} {{ [secret(text), fileSize('a')] }}{% for i in list %} {{ kv(i, 'ns') }}{% endfor %}:1)");
}

#[test]
fn what_hangs_on_a_need_waits_for_it() {
    assert_snapshot!(table([
        "{% set key = secret('A') %}{{ kv(key) }}",
        "{% if secret('A') == 'x' %}{{ kv('B') }}{% endif %}",
        "kv(secret('A'))",
        "secret('A') ?? kv('B')",
        "secret('A') == 1 ? kv('B') : kv('C')",
        "secret('A') | upper | replace({'a': secret('B')})",
        "render('{{ secret(\"A\") }}') ~ secret('B')",
        "fileExists('a.txt') and isFileEmpty('b')",
        "fileURI(path='a.txt', namespace='other.team')",
        "fileURI()",
        "missing ~ secret('A')",
        "secret('A') ~ missing",
    ]), @r#"
    {% set key = secret('A') %}{{ kv(key) }}  ->  needs: [Secret { key: "A", subkey: None }]
    {% if secret('A') == 'x' %}{{ kv('B') }}{% endif %}  ->  needs: [Secret { key: "A", subkey: None }]
    kv(secret('A'))  ->  needs: [Secret { key: "A", subkey: None }]
    secret('A') ?? kv('B')  ->  needs: [Secret { key: "A", subkey: None }]
    secret('A') == 1 ? kv('B') : kv('C')  ->  needs: [Secret { key: "A", subkey: None }]
    secret('A') | upper | replace({'a': secret('B')})  ->  needs: [Secret { key: "A", subkey: None }, Secret { key: "B", subkey: None }]
    render('{{ secret("A") }}') ~ secret('B')  ->  needs: [Secret { key: "A", subkey: None }, Secret { key: "B", subkey: None }]
    fileExists('a.txt') and isFileEmpty('b')  ->  needs: [File { asked: Exists, path: "a.txt", namespace: None }]
    fileURI(path='a.txt', namespace='other.team')  ->  needs: [File { asked: Uri, path: "a.txt", namespace: Some("other.team") }]
    fileURI()  ->  failed: PebbleException: Argument `path` is missing (…:1)
    missing ~ secret('A')  ->  failed: Unable to find `missing` used in the expression `…` at line 1
    secret('A') ~ missing  ->  needs: [Secret { key: "A", subkey: None }]
    "#);
}
