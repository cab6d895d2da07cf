//! A flow of the folder.

use std::fs;

use serde_json::{Value as Json, json};
use tests::http::Request;

use crate::{inputs::Inputs, shortfall::Shortfall, suite::Suite};

/// What may be asked of an execution where a flow's id would stand: flows of these names are started by the older path.
const ACTIONS: [&str; 4] = ["pause", "restart", "resume", "state"];

#[derive(Debug, Clone)]
pub(crate) struct Flow {
    pub(crate) namespace: String,
    pub(crate) id: String,
    pub(crate) source: String,
}

impl Flow {
    /// The flow in a file; in a file of the same name among the sound ones when the folder has none.
    pub(crate) fn read(suite: &Suite, dir: &str, file: &str) -> Result<Self, Shortfall> {
        let flows = suite.folder.join("flows");
        let paths = [flows.join(dir).join(file), flows.join("valids").join(file)];
        let path = paths.iter().find(|path| path.is_file());
        let path = path.ok_or_else(|| Shortfall::Broken(format!("there is no flow {dir}/{file}")))?;
        let source = fs::read_to_string(path).map_err(|error| Shortfall::Broken(error.to_string()))?;
        // One that is wrong may have neither.
        let line = |name: &str| {
            let value = source.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            value.unwrap_or_default().trim().trim_matches(['"', '\'']).to_owned()
        };
        Ok(Self { namespace: line("namespace"), id: line("id"), source })
    }

    /// The call that starts it.
    pub(crate) fn start(&self, query: &[(&str, &str)]) -> Request {
        let between = if ACTIONS.contains(&self.id.as_str()) { "trigger/" } else { "" };
        let path = format!("/api/v1/executions/{between}{}/{}", self.namespace, self.id);
        let request = Request::post(&path);
        query.iter().fold(request, |request, (name, value)| request.query(name, value))
    }

    /// The flow with the inputs that are given and no others that it demands: whoever calls past the checks of inputs
    /// may leave out what is required, and give what is not declared.
    pub(crate) fn with_inputs(&self, given: &Inputs) -> Self {
        let Ok(mut flow) = serde_yaml::from_str::<Json>(&self.source) else {
            return self.clone();
        };
        let mut inputs = flow["inputs"].as_array().cloned().unwrap_or_default();
        let is = |input: &Json, name: &str| input["id"] == *name || input["name"] == *name;
        let mut changed = false;
        for input in &mut inputs {
            let missing = !given.iter().any(|(name, _)| is(input, name));
            if missing && input.get("defaults").is_none() && input["required"] != false {
                input["required"] = false.into();
                changed = true;
            }
        }
        for (name, _) in given {
            if !inputs.iter().any(|input| is(input, name)) {
                inputs.push(json!({"id": name, "type": "STRING"}));
                changed = true;
            }
        }
        if !changed {
            return self.clone();
        }
        flow["inputs"] = inputs.into();
        // Every YAML reader takes JSON.
        Self { source: flow.to_string(), ..self.clone() }
    }
}
