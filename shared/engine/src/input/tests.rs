//! What a caller can see of inputs. Flows are built here, not read from YAML.

mod choice;
mod collection;
mod dependencies;
mod file;
mod laws;
mod limits;
mod nesting;
mod number;
mod outputs;
mod secrets;
mod text;
mod time;

use expression::{Supplied, Template};
use serde_json::{Map, Value as Json};

use super::{Choices, DependsOn, Input, Kind, Resolution, Sent, Submitted, resolve};
use crate::{
    flow::{Dialect, Flow},
    secrets::Seal,
    time::Timestamp,
};

const NOW: Timestamp = Timestamp::from_millis(1_720_761_222_140);

/// Where encryption is not configured.
const NO_SEAL: Seal<'static> = Seal { key: None, ids: &|| 0 };

fn flow(inputs: Vec<Input>) -> Flow {
    Flow {
        dialect: Dialect::Kestra,
        workflow: None,
        id: "greet".to_owned(),
        namespace: "company.team".to_owned(),
        revision: 3,
        description: None,
        disabled: false,
        deleted: false,
        labels: Vec::new(),
        inputs,
        outputs: Vec::new(),
        variables: Map::new(),
        tasks: Vec::new(),
        errors: Vec::new(),
        finally: Vec::new(),
        after_execution: Vec::new(),
        listeners: Vec::new(),
        triggers: Vec::new(),
        plugin_defaults: Vec::new(),
        concurrency: None,
        retry: None,
        sla: Vec::new(),
        timeout: None,
        document: Map::new(),
        templates: Vec::new(),
        places: foldhash::HashMap::default(),
    }
}

fn input(id: &str, kind: Kind) -> Input {
    Input {
        id: id.to_owned(),
        kind,
        description: None,
        display_name: None,
        required: true,
        defaults: None,
        depends_on: None,
    }
}

impl Input {
    fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    fn defaulting(mut self, value: Json) -> Self {
        self.defaults = Some(value);
        self
    }

    fn depending(mut self, on: &[&str], condition: Option<&str>) -> Self {
        self.depends_on = Some(DependsOn {
            inputs: on.iter().map(ToString::to_string).collect(),
            condition: condition.map(|it| Template::parse(it).unwrap()),
        });
        self
    }
}

fn string() -> Kind {
    Kind::String { validator: None }
}

fn int() -> Kind {
    Kind::Int { min: None, max: None }
}

fn select(values: &[&str]) -> Kind {
    Kind::Select {
        choices: Choices::Values(values.iter().map(ToString::to_string).collect()),
        allow_custom_value: false,
        is_radio: false,
    }
}

fn text(text: &str) -> Sent {
    Sent::Text(text.to_owned())
}

fn file(uri: &str) -> Sent {
    Sent::File { uri: uri.to_owned() }
}

fn submitted<const N: usize>(sent: [(&str, Sent); N]) -> Submitted {
    sent.into_iter().map(|(id, sent)| (id.to_owned(), sent)).collect()
}

/// Resolves what needs nothing from the outside.
fn resolved<'f>(flow: &'f Flow, submitted: &Submitted) -> Resolution<'f> {
    resolve(flow, submitted, &Supplied::new(), NOW, NO_SEAL).expect("nothing is needed")
}

/// The values as JSON, or the problems line by line.
fn values(inputs: Vec<Input>, submitted: &Submitted) -> String {
    match resolved(&flow(inputs), submitted).values() {
        Ok(values) => Json::Object(values).to_string(),
        Err(invalid) => invalid.to_string(),
    }
}

/// What becomes of each of these when it is sent for an input of that kind: a line each.
fn table(kind: &Kind, sent: impl IntoIterator<Item = Sent>) -> String {
    let flow = flow(vec![input("x", kind.clone())]);
    let line = |sent: Sent| {
        let what = match &sent {
            Sent::Text(text) => text.clone(),
            Sent::Json(json) => format!("json {json}"),
            Sent::File { uri } => format!("file {uri}"),
        };
        let resolution = resolved(&flow, &submitted([("x", sent)]));
        let [one] = resolution.inputs.as_slice() else { unreachable!() };
        let became = match &one.value {
            Some(value) => value.to_string(),
            None => one.problems.join("\n"),
        };
        format!("{what} => {became}")
    };
    sent.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn texts<const N: usize>(all: [&str; N]) -> Vec<Sent> {
    all.map(text).into()
}

fn jsons<const N: usize>(all: [Json; N]) -> Vec<Sent> {
    all.map(Sent::Json).into()
}
