//! `README.md` of this crate lists the language; here its examples are run, so that it cannot be wrong.

use std::{collections::BTreeSet, fmt::Write};

use serde_json::{Value as Json, json};

use crate::{
    Error, FileQuestion, Limits, Need, Supplied, Template, filters, functions,
    invocation::Parameters,
    predicates, syntax,
    testing::{Root, with},
};

const PAGE: &str = include_str!("../README.md");

/// One line of a table.
struct Row {
    /// The first column of the table's header: `Filter`, `Function` …
    kind: String,
    /// What is described, as it is written: `date(format, timeZone)`.
    names: Vec<String>,
    example: String,
    result: String,
}

/// The answers to what the examples ask of the outside.
fn answers() -> Supplied {
    let file = |asked, path: &str| Need::File { asked, path: path.to_owned(), namespace: None };
    Supplied::from([
        (file(FileQuestion::Text, "kestra:///people.csv"), Ok(json!("name\nAda"))),
        (file(FileQuestion::Size, "kestra:///people.csv"), Ok(json!(8))),
        (file(FileQuestion::IsEmpty, "kestra:///people.csv"), Ok(json!(false))),
        (file(FileQuestion::Exists, "sql/people.sql"), Ok(json!(true))),
        (
            file(FileQuestion::Uri, "sql/people.sql"),
            Ok(json!("kestra:///company/team/_files/sql/people.sql")),
        ),
        (Need::Kv { key: "color".to_owned(), namespace: None, error_on_missing: false }, Ok(json!("red"))),
        (Need::Secret { key: "TOKEN".to_owned(), subkey: None }, Ok(json!("s3cret"))),
    ])
}

/// What stands between two fences that open so.
fn fenced(language: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("```{language}\n")).expect("the page has such a block");
    rest.split_once("```").expect("the block ends").0
}

fn variables() -> Root {
    Root(serde_json::from_str(fenced("json")).expect("the variables are JSON"))
}

/// The cells of a line: a bar that is part of one is escaped, as tables in Markdown want it.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim().trim_start_matches('|').replace("\\|", "\u{0}");
    let line = line.strip_suffix('|').expect("a line of a table ends in a bar");
    line.split('|').map(|cell| cell.replace('\u{0}', "|").trim().to_owned()).collect()
}

/// The texts between backticks.
fn code(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

fn one_code(cell: &str) -> String {
    let text = cell.strip_prefix('`').and_then(|cell| cell.strip_suffix('`'));
    text.unwrap_or_else(|| panic!("`{cell}` must be one piece of code")).to_owned()
}

fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut kind = None;
    for line in PAGE.lines() {
        if !line.starts_with('|') {
            kind = None;
        } else if line.starts_with("|---") {
        } else if let Some(kind) = &kind {
            let cells = cells(line);
            let [names, _, example, result] = &cells[..] else {
                panic!("a row has 4 cells and this one {}: {line}", cells.len());
            };
            rows.push(Row {
                kind: String::clone(kind),
                names: code(names),
                example: one_code(example),
                result: one_code(result),
            });
        } else {
            kind = cells(line).first().cloned();
        }
    }
    rows
}

/// The first words in the rows of these tables, without their parameters.
fn named(kind: &str) -> BTreeSet<String> {
    let rows = rows().into_iter().filter(|row| row.kind == kind);
    rows.flat_map(|row| row.names).map(|name| name.split('(').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn every_example_gives_its_result() {
    let (variables, answers) = (variables(), answers());
    let mut wrong = String::new();
    for Row { names, example, result, .. } in rows() {
        let given = match Template::parse(&example) {
            Err(error) => error.explained(&example),
            Ok(template) => match with(&variables, &answers, Limits::default(), |it| template.evaluate(it)) {
                Ok(value) => value.to_string(),
                Err(Error::Failed(failure)) => failure.explained(),
                Err(Error::Needs(needs)) => format!("a need that `answers()` has no answer to: {needs:?}"),
            },
        };
        let is_right = serde_json::from_str::<Json>(&result)
            .is_ok_and(|expected| serde_json::from_str::<Json>(&given).is_ok_and(|given| given == expected));
        if !is_right {
            let names = names.join(", ");
            writeln!(wrong, "{names}: {example}\n  is said to give {result}\n  and gives {given}")
                .expect("a String takes all");
        }
    }
    assert!(wrong.is_empty(), "examples of README.md are wrong:\n{wrong}");
}

#[test]
fn everything_is_listed_with_its_parameters() {
    let written = |name: &str, parameters: Parameters, is_function: bool| match parameters {
        Parameters::Any => format!("{name}(…)"),
        Parameters::Named([]) if !is_function => name.to_owned(),
        Parameters::Named(names) => format!("{name}({})", names.join(", ")),
    };
    let filters = filters::all().iter().map(|it| ("Filter", written(it.name, it.parameters, false)));
    let functions = functions::all().iter().map(|it| ("Function", written(it.name, it.parameters, true)));
    let tests = predicates::all().iter().map(|it| ("Test", it.name().to_owned()));
    let built: BTreeSet<(&str, String)> = filters.chain(functions).chain(tests).collect();
    let rows = rows();
    let listed: BTreeSet<(&str, String)> = rows
        .iter()
        .filter(|row| ["Filter", "Function", "Test"].contains(&&*row.kind))
        .flat_map(|row| row.names.iter().map(|name| (&*row.kind, name.clone())))
        .collect();
    let missing: Vec<_> = built.difference(&listed).map(|(kind, it)| format!("{kind} `{it}`")).collect();
    let strange: Vec<_> = listed.difference(&built).map(|(kind, it)| format!("{kind} `{it}`")).collect();
    assert!(
        missing.is_empty(),
        "shared/expression/README.md needs a row with an example for each of: {missing:#?}"
    );
    assert!(strange.is_empty(), "shared/expression/README.md lists what there is not: {strange:#?}");

    let operators = named("Operator");
    for operator in syntax::operators() {
        assert!(operators.contains(operator), "shared/expression/README.md needs a row for `{operator}`");
    }
    let tags = named("Tag");
    for tag in syntax::TAGS {
        assert!(tags.contains(tag), "shared/expression/README.md needs a row for the tag `{tag}`");
    }
}

#[test]
fn the_error_is_as_it_is_shown() {
    let template = Template::parse_property("{{ inputs.nme }}", || Some("tasks[3].format".into())).unwrap();
    let Err(Error::Failed(failure)) =
        with(&variables(), &Supplied::new(), Limits::default(), |it| template.render(it))
    else {
        panic!("it must fail");
    };
    assert_eq!(failure.explained(), fenced("text").trim_end());
}
