//! What is asked of the server while it lasts.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use tests::{chance::Chance, execution::id, http::Request, multipart::Form, space::Space};

use crate::ledger::Promise;

/// Requests of one caller in one round.
const REQUESTS: u32 = 8;
/// Keys lie so close together that callers and rounds share them.
const KEYS_APART: u64 = 12;

const PURE: &str = "
inputs:
  - { id: n, type: INT }
tasks:
  - { id: one, type: io.kestra.plugin.core.debug.Return, format: \"{{ inputs.n }}\" }
  - id: two
    type: io.kestra.plugin.core.flow.If
    condition: \"{{ inputs.n >= 0 }}\"
    then:
      - { id: three, type: io.kestra.plugin.core.log.Log, message: \"{{ outputs.one.value }}\" }
outputs:
  - { id: n, type: INT, value: \"{{ outputs.one.value }}\" }
";

/// Leaves a line per attempt in a file of the execution, and takes long enough to be caught at it.
const EFFECT: &str = "
inputs:
  - { id: folder, type: STRING }
tasks:
  - id: effect
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    commands:
      - echo x >> \"{{ inputs.folder }}/{{ execution.id }}\"
      - sleep 0.01
  - { id: after, type: io.kestra.plugin.core.debug.Return, format: \"{{ outputs.effect.exitCode }}\" }
outputs:
  - { id: code, type: INT, value: \"{{ outputs.after.value }}\" }
";

pub(crate) fn create_flows(space: &Space) {
    space.create("pure", PURE);
    space.create("keyed", PURE);
    space.create("effect", EFFECT);
}

/// A call of the flow `keyed` under this key.
pub(crate) fn keyed(space: &Space, key: &str) -> Request {
    Request::post(&space.path("keyed")).form(Form::new().text("n", "7")).header("Idempotency-Key", key)
}

/// Somebody who calls until the server dies.
pub(crate) struct Caller {
    space: Space,
    effects: PathBuf,
    /// Counts callers over all rounds.
    number: u64,
    chance: Chance,
}

impl Caller {
    pub(crate) fn new(space: &Space, effects: &Path, number: u64, chance: Chance) -> Self {
        Self { space: space.clone(), effects: effects.to_owned(), number, chance }
    }

    /// What was acknowledged before the connection broke, and the keys that were sent whether it was or not.
    pub(crate) fn call(mut self) -> Vec<Promise> {
        let mut promises = Vec::new();
        for _ in 0..REQUESTS {
            let (request, flow, key) = self.request();
            if let Some(key) = &key {
                promises.push(Promise::Asked { key: key.clone() });
            }
            let Ok(response) = self.space.client().try_send(&request) else {
                break;
            };
            let execution: Json = response.expect(200).json();
            promises.push(Promise::Given { flow, key, id: id(&execution).to_owned(), execution });
        }
        promises
    }

    fn request(&mut self) -> (Request, &'static str, Option<String>) {
        let n = self.chance.within(0..1_000).to_string();
        let pure = |request: Request| request.form(Form::new().text("n", &n));
        match self.chance.within(0..10) {
            0..3 => (pure(self.space.call("pure")), "pure", None),
            3..5 => (pure(Request::post(&self.space.path("pure"))), "pure", None),
            5..8 => {
                let key = format!("key-{}", self.number / KEYS_APART * 2 + self.chance.within(0..4));
                let request = keyed(&self.space, &key);
                let request =
                    if self.chance.within(0..2) == 0 { request.query("wait", "true") } else { request };
                (request, "keyed", Some(key))
            }
            _ => {
                let form = Form::new().text("folder", self.effects.to_str().unwrap());
                (Request::post(&self.space.path("effect")).form(form), "effect", None)
            }
        }
    }
}
