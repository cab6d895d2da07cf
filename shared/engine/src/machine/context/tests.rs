//! What expressions see, of executions that are put together by hand.

mod outputs;
mod secrets;
mod variables;

use std::fmt::Write;

use expression::{Supplied, Template};
use serde_json::{Map, Value as Json, json};

use super::{Batch, Context};
use crate::{
    execution::{Execution, LogEntry, TaskRun},
    flow::{self, Catalogue, Flow},
    id::{ExecutionId, TaskRunId},
    machine::{World, render::Renderer},
    secrets::{Masks, Secrets},
    time::Timestamp,
};

/// A flow, and an execution of it whose task runs are given one by one.
struct Scene {
    flow: Flow,
    execution: Execution,
}

impl Scene {
    /// `body`: what follows id and namespace. It has to have one task at least.
    fn of(body: &str) -> Self {
        let flow =
            flow::parse(&format!("id: seen\nnamespace: test\n{body}"), &Catalogue::new(vec![])).unwrap();
        let id = ExecutionId::from_u128(7);
        let execution = Execution::created(id, "main", ("test", "seen", 3), Timestamp::from_millis(0));
        Self { flow, execution }
    }

    /// With one task, of which the runs may be anything.
    fn plain() -> Self {
        Self::of("tasks: [{ id: any, type: io.kestra.plugin.core.log.Log, message: x }]")
    }

    /// A run below another; its number is its id.
    fn run(
        &mut self,
        parent: Option<TaskRunId>,
        task_id: &str,
        value: Option<&str>,
        outputs: Json,
    ) -> TaskRunId {
        let number = self.execution.task_runs.len() as u128 + 1;
        let id = TaskRunId::from_u128(number);
        let Json::Object(outputs) = outputs else { panic!("outputs are a map") };
        let run = TaskRun {
            parent,
            value: value.map(str::to_owned),
            outputs,
            ..TaskRun::created(id, task_id, Timestamp::from_millis(1_000))
        };
        assert!(self.execution.task_runs.push(run));
        id
    }

    /// What a run sees; the execution, when none is given.
    fn render(&self, run: Option<TaskRunId>, source: &str) -> String {
        self.render_batch(run, None, source)
    }

    fn render_batch(&self, run: Option<TaskRunId>, batch: Option<Batch<'_>>, source: &str) -> String {
        self.rendered(run, batch, source, Secrets::Open(None)).0
    }

    /// The text, and what may not be logged of it.
    fn rendered(
        &self,
        run: Option<TaskRunId>,
        batch: Option<Batch<'_>>,
        source: &str,
        secrets: Secrets<'_>,
    ) -> (String, Masks) {
        let Json::Object(envs) = json!({"region": "eu"}) else { unreachable!("it is a map") };
        let world = World {
            now: Timestamp::from_millis(2_000),
            ids: &|| 1,
            supplied: &Supplied::new(),
            zone: &jiff::tz::TimeZone::UTC,
            envs: &envs,
            globals: &Map::new(),
            catalogue: &Catalogue::new(vec![]),
            secrets,
            room: 1,
        };
        let (flow, execution) = (&self.flow, &self.execution);
        let run = run.map(|id| execution.task_runs.get(id).unwrap());
        let task = |run: &TaskRun| flow.task(&run.task_id).unwrap_or(&flow.tasks[0]);
        let context = match (run, batch) {
            (None, _) => Context::of_execution(flow, execution, &world),
            (Some(run), None) => Context::of_task(flow, execution, task(run), run, &world),
            (Some(run), Some(batch)) => Context::of_batch(flow, execution, task(run), run, batch, &world),
        };
        let text = match Renderer::new(&context, &world, 1).text(&Template::parse(source).unwrap()) {
            Ok(text) => text,
            Err(error) => {
                format!("failed: {}", error.to_string().replace("io.pebbletemplates.pebble.error.", ""))
            }
        };
        let masks = context.masks();
        (text, masks)
    }

    /// Each expression with what it gives.
    fn table<const N: usize>(&self, run: Option<TaskRunId>, expressions: [&str; N]) -> String {
        let mut table = String::new();
        for expression in expressions {
            let source = format!("{{{{ {expression} }}}}");
            let text = self.render(run, &source).replace(&source, "…");
            writeln!(table, "{expression}  ->  {text}").unwrap();
        }
        table
    }

    fn log(&mut self, line: LogEntry) {
        self.execution.logs.push(line);
    }
}
