//! One case being played: its server, its flows, and what came so far.

mod calls;
mod flow;
mod setup;

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Map, Value as Json};
use tests::{
    execution::{id, is_terminal, state, task_runs},
    http::{Request, Response},
};

pub(crate) use flow::Flow;

use crate::{
    case::{Case, Mode},
    home::Home,
    inputs::{self, Given, Inputs},
    matcher,
    shortfall::Shortfall,
    suite::{CASE_MAX, Suite},
};

/// Far enough ahead that nothing begins during a case.
pub(crate) const LATER: &str = "2199-01-01T00:00:00Z";
/// Between two looks at an execution.
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(crate) struct Scene<'s> {
    pub(crate) suite: &'s Suite,
    pub(crate) case: &'s Case,
    /// The flow the case is about.
    pub(crate) flow: Flow,
    /// The execution last seen.
    pub(crate) execution: Json,
    /// Executions of this case in the order of their starts.
    pub(crate) started: Vec<String>,
    /// What `<names>` in expectations stand for.
    names: Map<String, Json>,
    home: Home,
    deadline: Instant,
}

impl<'s> Scene<'s> {
    /// A server for the case, with nothing on it yet.
    pub(crate) fn new(suite: &'s Suite, case: &'s Case) -> Result<Self, Shortfall> {
        Ok(Self {
            flow: Flow::read(suite, &case.dir, &case.flow)?,
            suite,
            case,
            execution: Json::Null,
            started: Vec::new(),
            names: Map::new(),
            home: Home::start(&suite.runtime, setup::settings(case))?,
            deadline: Instant::now() + CASE_MAX,
        })
    }

    /// The same with everything the case asks for.
    pub(crate) fn set(suite: &'s Suite, case: &'s Case) -> Result<Self, Shortfall> {
        let mut scene = Self::new(suite, case)?;
        scene.set_up()?;
        Ok(scene)
    }

    /// The inputs of the case.
    pub(crate) fn inputs(&mut self) -> Result<Inputs, Shortfall> {
        let mut all = inputs::of(self.suite, self.case);
        for (_, given) in &mut all {
            if let Given::PausedOf(file) = given {
                let flow = Flow::read(self.suite, &self.case.dir, file)?;
                let execution = self.start(&flow, &Vec::new(), &[])?;
                self.reach(&execution, "PAUSED")?;
                *given = Given::Value(execution.into());
            }
        }
        Ok(all)
    }

    /// Starts the flow of the case as the case says.
    pub(crate) fn begin(&mut self) -> Result<String, Shortfall> {
        self.begin_with(&[])
    }

    /// The same with more parameters.
    pub(crate) fn begin_with(&mut self, query: &[(&str, &str)]) -> Result<String, Shortfall> {
        let (flow, inputs) = (self.flow.clone(), self.inputs()?);
        let labels = self.case.setup.get("executionLabels").and_then(Json::as_object).cloned();
        let labels: Vec<String> =
            labels.iter().flatten().map(|(key, value)| format!("{key}:{}", text(value))).collect();
        let labels = labels.iter().map(|label| ("labels", label.as_str()));
        let query: Vec<(&str, &str)> = labels.chain(query.iter().copied()).collect();
        self.start(&flow, &inputs, &query)
    }

    /// Starts a flow; its execution is the one last seen.
    pub(crate) fn start(
        &mut self,
        flow: &Flow,
        inputs: &Inputs,
        query: &[(&str, &str)],
    ) -> Result<String, Shortfall> {
        let request = flow.start(query);
        // What is given as it is goes as it is, for the flow of the case; its helpers take none.
        let mode = if inputs.is_empty() { Mode::Form } else { self.case.mode };
        let json = self.json(&inputs::submitted(request, inputs, mode))?;
        let id = id(&json).to_owned();
        self.started.push(id.clone());
        self.see(json);
        Ok(id)
    }

    /// Takes this for the execution last seen.
    pub(crate) fn see(&mut self, execution: Json) {
        self.execution = execution;
        let first = self.started.first().cloned().unwrap_or_default();
        let seen = id(&self.execution).to_owned();
        let mut names = Map::new();
        for name in ["execution id", "root execution id", "parent id", "id", "executionId"] {
            names.insert(name.to_owned(), seen.clone().into());
        }
        names.insert("first id".to_owned(), first.into());
        for (place, run) in task_runs(&self.execution).iter().enumerate() {
            names.insert(format!("id of #{place}"), run["id"].clone());
            names.insert(format!("task run id of {}", text(&run["taskId"])), run["id"].clone());
            names.insert("task run id".to_owned(), run["id"].clone());
            if let Json::String(child) = &run["outputs"]["executionId"] {
                names.insert("child id".to_owned(), child.clone().into());
            }
        }
        self.names.extend(names);
    }

    /// Says what a `<name>` stands for.
    pub(crate) fn name(&mut self, name: &str, value: impl Into<Json>) {
        self.names.insert(name.to_owned(), value.into());
    }

    /// An expectation with every `<name>` filled in.
    pub(crate) fn filled(&self, expected: &Json) -> Json {
        matcher::filled(expected, &self.names)
    }

    /// The execution as it is now.
    pub(crate) fn look(&mut self, id: &str) -> Result<(), Shortfall> {
        let execution = self.json(&Request::get(&format!("/api/v1/executions/{id}")))?;
        self.see(execution);
        Ok(())
    }

    /// Waits for the end of an execution.
    pub(crate) fn end(&mut self, id: &str) -> Result<(), Shortfall> {
        self.until(&format!("the end of {}", self.flow.id), |scene| {
            scene.look(id)?;
            Ok(is_terminal(&scene.execution).then_some(()))
        })
    }

    /// Waits until an execution is in this state, or has been.
    pub(crate) fn reach(&mut self, id: &str, wanted: &str) -> Result<(), Shortfall> {
        self.until(wanted, |scene| {
            scene.look(id)?;
            let histories = scene.execution["state"]["histories"].as_array();
            let has_been = histories.into_iter().flatten().any(|it| it["state"] == *wanted);
            if is_terminal(&scene.execution) && !has_been {
                return Err(Shortfall::differs("state", wanted, state(&scene.execution)));
            }
            Ok(has_been.then_some(()))
        })
    }

    /// Looks again until something is there, for as long as the case may take.
    pub(crate) fn until<T>(
        &mut self,
        what: &str,
        mut look: impl FnMut(&mut Self) -> Result<Option<T>, Shortfall>,
    ) -> Result<T, Shortfall> {
        loop {
            if let Some(found) = look(self)? {
                return Ok(found);
            }
            if Instant::now() > self.deadline {
                let seen = self.execution["state"]["current"].as_str();
                let seen = seen.map(|state| format!(" (the execution is {state})")).unwrap_or_default();
                return Err(Shortfall::Late(format!("{what}{seen}")));
            }
            thread::sleep(PAUSE);
        }
    }

    /// The executions of a flow as a search shows them, oldest first.
    pub(crate) fn listed(&self, flow: &str) -> Result<Vec<Json>, Shortfall> {
        let request = Request::get("/api/v1/executions/search").query("flowId", flow).query("size", "100");
        let page = self.json(&request.query("sort", "state.startDate:asc"))?;
        Ok(page["results"].as_array().cloned().unwrap_or_default())
    }

    /// The same, whole.
    pub(crate) fn executions_of(&self, flow: &str) -> Result<Vec<Json>, Shortfall> {
        let whole = |it: &Json| self.json(&Request::get(&format!("/api/v1/executions/{}", text(&it["id"]))));
        self.listed(flow)?.iter().map(whole).collect()
    }

    /// The answer, whatever its status, unless it says that nothing of the kind is built.
    pub(crate) fn send(&self, request: &Request) -> Result<Response, Shortfall> {
        calls::built(self.home.client(), request)
    }

    /// The answer to a call that should be taken.
    pub(crate) fn taken(&self, request: &Request) -> Result<Response, Shortfall> {
        calls::taken(self.home.client(), request)
    }

    /// The JSON of an answer to a call that should be taken.
    pub(crate) fn json(&self, request: &Request) -> Result<Json, Shortfall> {
        calls::json(&self.taken(request)?)
    }

    /// What the server's URLs start with.
    pub(crate) fn base(&self) -> String {
        self.home.client().base()
    }
}

pub(crate) use calls::{json as json_of, problems};

/// Text as it is, anything else as JSON.
pub(crate) fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
