//! One case as the file tells it.

use std::fmt;

use serde_json::{Map, Value as Json};

use crate::shortfall::Shortfall;

/// What one flow has to do.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// Its place in the file, from 0.
    pub(crate) index: usize,
    /// The file of its flow, in `dir`.
    pub(crate) flow: String,
    pub(crate) dir: String,
    pub(crate) inputs: Map<String, Json>,
    pub(crate) expect: Map<String, Json>,
    pub(crate) kind: Kind,
    pub(crate) mode: Mode,
    /// Flows to be there first.
    pub(crate) requires: Vec<String>,
    pub(crate) setup: Map<String, Json>,
    pub(crate) steps: Vec<Step>,
    pub(crate) variant: Option<String>,
    pub(crate) source_test: String,
}

/// One call of a scenario, and what has to hold after it.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) op: String,
    pub(crate) expect: Map<String, Json>,
}

/// What a case looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An execution.
    Run,
    /// Answers of the API.
    Api,
    /// What becomes of inputs.
    Inputs,
    /// What is wrong with a flow.
    Validation,
    /// How a flow is read.
    Parse,
    Graph,
    Webhook,
    /// An execution that another one starts.
    Triggered,
    /// Settings of whoever runs executions.
    Runner,
    /// A refusal.
    Error,
}

/// How inputs go in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As a form, checked.
    Form,
    /// With their JSON types, and required ones may be missing.
    Raw,
}

impl Case {
    /// # Errors
    /// When it is not written as the folder's own description says.
    pub(crate) fn read(index: usize, json: &Json) -> Result<Self, Shortfall> {
        let broken = |what: &str| Shortfall::Broken(format!("case {index}: {what}"));
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let kind = match json["kind"].as_str() {
            None => Kind::Run,
            Some("api") => Kind::Api,
            Some("inputs") => Kind::Inputs,
            Some("validation") => Kind::Validation,
            Some("parse") => Kind::Parse,
            Some("graph") => Kind::Graph,
            Some("webhook") => Kind::Webhook,
            Some("triggered") => Kind::Triggered,
            Some("runner") => Kind::Runner,
            Some("error") => Kind::Error,
            Some(other) => return Err(broken(&format!("`{other}` is no kind of case"))),
        };
        let mode = match json["input_mode"].as_str() {
            Some("raw") => Mode::Raw,
            None if kind == Kind::Run => Mode::Raw,
            None | Some("validated" | "multipart" | "multipart-empty") => Mode::Form,
            Some(other) => return Err(broken(&format!("`{other}` is no way to give inputs"))),
        };
        let steps = json["steps"].as_array().into_iter().flatten().map(|step| Step {
            op: step["op"].as_str().unwrap_or_default().to_owned(),
            expect: object(&step["expect"]),
        });
        Ok(Self {
            index,
            flow: text("flow").ok_or_else(|| broken("it names no flow"))?,
            dir: text("dir").unwrap_or_else(|| "valids".to_owned()),
            inputs: object(&json["inputs"]),
            expect: object(&json["expect"]),
            kind,
            mode,
            requires: strings(&json["requires"]),
            setup: object(&json["setup"]),
            steps: steps.collect(),
            variant: text("variant"),
            source_test: text("source_test").unwrap_or_default(),
        })
    }

    pub(crate) fn is_variant(&self, name: &str) -> bool {
        self.variant.as_deref() == Some(name)
    }

    /// By which the list of differences names it: `<flow> <variant>`, or `<flow> <test>` where it has no variant.
    pub(crate) fn key(&self) -> String {
        format!("{} {}", self.flow, self.variant.as_deref().unwrap_or(&self.source_test))
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} {}", self.index, self.key())
    }
}

fn object(json: &Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap_or_default()
}

/// A list of strings, or one string.
pub(crate) fn strings(json: &Json) -> Vec<String> {
    match json {
        Json::String(text) => vec![text.clone()],
        Json::Array(items) => items.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => Vec::new(),
    }
}
