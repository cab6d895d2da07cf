//! The inputs of a case, with what its texts stand for put in.

use std::fmt::Write;

use ::tests::{http::Request, multipart::Form};
use serde_json::{Map, Value as Json};

use crate::{
    case::{Case, Mode},
    suite::Suite,
};

/// What the file describes instead of spelling it out.
const SOME_CONTENT: &str = "hello";

/// One input.
#[derive(Debug, Clone)]
pub(crate) enum Given {
    Value(Json),
    File {
        name: String,
        content: String,
    },
    /// As older clients send a file: the part is called `files`, the file like the input.
    FileByName {
        content: String,
    },
    /// The id of a PAUSED execution of this flow's file.
    PausedOf(String),
}

pub(crate) type Inputs = Vec<(String, Given)>;

/// The inputs of a case.
pub(crate) fn of(suite: &Suite, case: &Case) -> Inputs {
    let (map, content) = spelled_out(suite, case);
    map.into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let given = given(value, content.as_deref().unwrap_or(SOME_CONTENT));
            (name, given)
        })
        .collect()
}

/// The map with `...` replaced by the inputs of the variant that it names, and the content of files where it is told.
fn spelled_out(suite: &Suite, case: &Case) -> (Map<String, Json>, Option<String>) {
    let Some(Json::String(like)) = case.inputs.get("...") else {
        return (case.inputs.clone(), None);
    };
    let content = like.strip_prefix("file content `").and_then(|rest| rest.strip_suffix('`'));
    let variants = ["api-create", "all-valid"];
    let named = variants.into_iter().find(|variant| like.contains(variant));
    let named = named.unwrap_or(if content.is_some() { "api-create" } else { "all-valid" });
    let mut map = suite.variant(&case.flow, named).map(|case| case.inputs.clone()).unwrap_or_default();
    if let Some((_, without)) = like.split_once(" minus ") {
        map.remove(without);
    }
    let own = case.inputs.iter().filter(|(name, _)| *name != "...");
    map.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    (map, content.map(str::to_owned))
}

fn given(value: Json, content: &str) -> Given {
    let Json::String(text) = &value else {
        return Given::Value(value);
    };
    if matches!(text.as_str(), "<unique name>" | "<same name>") {
        // Each case has a server of its own.
        return Given::Value("unique".into());
    }
    let inside = |start: &str| text.strip_prefix(start)?.strip_suffix('>');
    if text.starts_with("<file part:") {
        Given::FileByName { content: content.to_owned() }
    } else if let Some(path) = inside("<local path of ") {
        let name = path.rsplit('/').next().unwrap_or(path);
        Given::File { name: name.to_owned(), content: content.to_owned() }
    } else if text.starts_with("kestra:// URI of ") {
        Given::File { name: "items.txt".to_owned(), content: lines(text) }
    } else if let Some(flow) = inside("<id of a PAUSED execution of ") {
        Given::PausedOf(flow.to_owned())
    } else if let Some(count) = text.strip_prefix("'a' x ").and_then(|count| count.parse::<usize>().ok()) {
        Given::Value(Json::String("a".repeat(count)))
    } else {
        Given::Value(value)
    }
}

/// As many lines as the text says: numbers from 0, padded to 20 characters.
fn lines(described: &str) -> String {
    let numbers = described.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    let count: usize = numbers.map_while(|number| number.parse().ok()).next().unwrap_or(0);
    let mut lines = String::new();
    for number in 0..count {
        writeln!(lines, "{number:>20}").expect("a String takes everything");
    }
    lines
}

/// The request with the inputs in its body. `paused` gives the id for [`Given::PausedOf`].
pub(crate) fn submitted(request: Request, inputs: &Inputs, mode: Mode) -> Request {
    let files = inputs.iter().any(|(_, given)| !matches!(given, Given::Value(_)));
    if inputs.is_empty() {
        return request;
    }
    if mode == Mode::Raw && !files {
        let values = inputs.iter().filter_map(|(name, given)| match given {
            Given::Value(value) => Some((name.clone(), value.clone())),
            Given::File { .. } | Given::FileByName { .. } | Given::PausedOf(_) => None,
        });
        return request.json(&Json::Object(values.collect()));
    }
    let form = inputs.iter().fold(Form::new(), |form, (name, given)| match given {
        Given::Value(Json::String(text)) => form.text(name, text),
        Given::Value(value) => form.text(name, &value.to_string()),
        Given::File { name: file, content } => form.file(name, file, content.as_bytes()),
        Given::FileByName { content } => form.file("files", name, content.as_bytes()),
        Given::PausedOf(_) => form,
    });
    request.form(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn described_files_have_the_lines_they_say() {
        assert_eq!(lines("kestra:// URI of an empty file"), "");
        let text =
            lines("kestra:// URI of a text file of 102 lines (numbers 0..101, each padded to 20 chars)");
        assert_eq!(text.lines().count(), 102);
        assert_eq!(text.lines().last(), Some("                 101"));
    }
}
