use proptest::prelude::*;

use super::{HEAD, catalogue};
use crate::flow::parse;

/// Pieces from which flows are put together, sound and otherwise.
const PIECES: [&str; 24] = [
    "\n",
    "  ",
    "- ",
    ": ",
    "id: ",
    "type: ",
    "tasks:\n",
    "inputs:\n",
    "io.kestra.plugin.core.log.Log",
    "message: ",
    "{{ ",
    " }}",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "<<: ",
    "|\n",
    "'",
    "\"",
    "pluginDefaults:\n",
    "é",
];

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,200}") {
        let _ = parse(&text, &catalogue());
    }

    #[test]
    fn no_order_of_pieces_panics(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60)) {
        let _ = parse(&pieces.concat(), &catalogue());
        let _ = parse(&format!("{HEAD}{}", pieces.concat()), &catalogue());
    }

    /// A piece of a sound flow is cut out and something else put in its place.
    #[test]
    fn no_change_of_a_sound_flow_panics(
        sound in prop::sample::select(&[super::sound::BIG, super::own::ALL][..]),
        from in any::<prop::sample::Index>(),
        length in 0..40usize,
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..3),
    ) {
        let from = from.index(sound.len());
        let to = (from + length).min(sound.len());
        prop_assume!(sound.is_char_boundary(from) && sound.is_char_boundary(to));
        let changed = format!("{}{}{}", &sound[..from], pieces.concat(), &sound[to..]);
        if let Err(invalid) = parse(&changed, &catalogue()) {
            prop_assert!(!invalid.problems.is_empty());
            let lines = changed.lines().count() + 1;
            for problem in &invalid.problems {
                prop_assert!(problem.at.is_none_or(|at| at.line <= lines && at.column > 0), "{problem}");
            }
        }
    }
}

#[test]
fn what_is_large_is_refused_or_read_at_once() {
    let flow = |rest: &str| parse(&format!("{HEAD}{rest}"), &catalogue());
    let many: String = (0..2_000)
        .map(|n| {
            format!("  - {{id: t{n}, type: io.kestra.plugin.core.log.Log, message: \"{{{{ flow.id }}}}\"}}\n")
        })
        .collect::<Vec<_>>()
        .concat();
    assert_eq!(flow(&many).unwrap().tasks.len(), 2_001);
    let deep = (0..10_000).fold(String::new(), |text, n| {
        text + &format!("[{{id: d{n}, type: io.kestra.plugin.core.flow.Sequential, tasks: ")
    });
    let deep = flow(&format!("errors: {deep}")).unwrap_err();
    assert_eq!(deep.problems.len(), 1);
    let wide = flow(&format!("variables: {{a: {}}}", "x".repeat(5_000_000))).unwrap_err();
    insta::assert_snapshot!(wide, @"Illegal flow yaml: the document has 5000099 bytes, the limit is 1048576");
    let bomb = (0..40).fold("variables:\n  a0: &a0 [x, x]\n".to_owned(), |text, n| {
        text + &format!("  a{}: &a{} [*a{n}, *a{n}, *a{n}]\n", n + 1, n + 1)
    });
    insta::assert_snapshot!(flow(&bomb).unwrap_err(), @"Illegal flow yaml: the document has more than 200000 values or 4194304 bytes of text, what aliases repeat included (line 16, column 11)");
    let long = format!("variables: {{a: &a {}, b: [{}]}}\n", "x".repeat(500_000), "*a,".repeat(100_000));
    insta::assert_snapshot!(flow(&long).unwrap_err(), @"Illegal flow yaml: the document has more than 200000 values or 4194304 bytes of text, what aliases repeat included (line 6, column 500043)");
    let default = format!(
        "{many}pluginDefaults: [{{type: io.kestra.plugin.core.log.Log, values: {{message: {}}}}}]",
        "x".repeat(500_000)
    );
    insta::assert_snapshot!(flow(&default).unwrap_err(), @"Invalid entity: Invalid Flow: Invalid Plugin Default: applied, they make the flow larger than 200000 values or 4194304 bytes of text, or deeper than 100 levels (line 2006, column 18)");
    let keys: String = (0..20_000).map(|n| format!("k{n}: 1, ")).collect::<Vec<_>>().concat();
    let keys = format!(
        "  - {{id: s, type: io.kestra.plugin.scripts.shell.Commands, commands: [a], env: {{{keys}}}}}\npluginDefaults: [{{type: io.kestra.plugin.scripts, values: {{env: {{{keys}}}}}}}]"
    );
    assert!(flow(&keys).is_ok());
    let doubled = flow(&"u: 1\n".repeat(200_000)).unwrap_err();
    assert_eq!(doubled.problems.len(), 100);
    let unknown: String = (0..10_000).map(|n| format!("u{n}: 1\n")).collect::<Vec<_>>().concat();
    let unknown = flow(&unknown).unwrap_err();
    assert_eq!(unknown.problems.len(), 101);
    insta::assert_snapshot!(unknown.problems[100], @"and 9900 more problems");
    let inputs: String = (0..5_000)
        .map(|n| format!("  - {{id: i{n}, type: STRING, dependsOn: {{inputs: [i{}]}}}}\n", (n + 1) % 5_000))
        .collect::<Vec<_>>()
        .concat();
    assert_eq!(flow(&format!("inputs:\n{inputs}")).unwrap_err().problems.len(), 101);
}

#[test]
fn tasks_are_counted() {
    let flow = |rest: &str| parse(&format!("{HEAD}{rest}"), &catalogue());
    let task = |n| format!("  - {{id: t{n}, type: io.kestra.plugin.core.debug.Return}}\n");
    let many = |count: usize| (0..count).map(task).collect::<Vec<_>>().concat();
    assert!(flow(&many(9_999)).is_ok());
    insta::assert_snapshot!(flow(&many(10_000)).unwrap_err(), @"Invalid entity: tasks[10000]: a flow can have 10000 tasks at most, and 32 within each other; start a subflow for some of them (line 10005, column 5)");
    let nested = |depth: usize| {
        let start = "{id: d, type: io.kestra.plugin.core.flow.Sequential, tasks: [";
        let leaf = "{id: d, type: io.kestra.plugin.core.debug.Return}";
        format!("  - {}{leaf}{}\n", start.repeat(depth - 1), "]}".repeat(depth - 1))
    };
    insta::assert_snapshot!(flow(&nested(32)).unwrap_err(), @"Invalid entity: Invalid Flow: Duplicate task id with name [d] (line 6, column 71)");
    let deep = flow(&nested(33)).unwrap_err();
    insta::assert_snapshot!(deep.problems.iter().map(|it| &it.message).next_back().unwrap(), @"a flow can have 10000 tasks at most, and 32 within each other; start a subflow for some of them");
}
