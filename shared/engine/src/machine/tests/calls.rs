//! Task runs that start executions.

use expression::Supplied;
use insta::assert_snapshot;
use serde_json::{Map, Value as Json, json};

use super::play::Play;
use crate::{
    execution::{AttemptOutcome, Ending, ExecutionTrigger, State},
    flow::{Catalogue, Label},
    id::TaskRunId,
    machine::{self, Call, Event, Next, Ready, Rejected, Work, World},
};

const CALLS: &str =
    "tasks: [{ id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: test, flowId: child";

impl Play {
    /// Plans the one attempt that starts executions.
    fn plan(&mut self, total: u32) -> TaskRunId {
        let Next::Attempts(ready) = self.fold() else { panic!("nothing is owed: {self}") };
        assert_eq!(ready.len(), 1);
        let (task_run, number) = (ready[0].task_run, ready[0].number);
        assert!(matches!(ready[0].work, Work::Calls { .. }));
        let outputs = shown(json!({"executionId": "child"}));
        self.tell(Event::CallsPlanned { task_run, number, total, outputs }).unwrap();
        task_run
    }

    fn end_call(&mut self, task_run: TaskRunId, index: u32, state: State) -> Result<(), Rejected> {
        let number = u32::try_from(self.execution.task_runs.get(task_run).unwrap().attempts.len()).unwrap();
        let outputs = shown(json!({"state": state.name()}));
        self.tell(Event::CallEnded { task_run, number, index, state, timed_out: false, outputs })
    }

    fn call(&self, task_run: TaskRunId, batch: Option<(u32, &str)>) -> Call {
        let world = World {
            secrets: crate::secrets::Secrets::Open(None),
            now: self.now,
            ids: &|| unreachable!("a call takes no ids"),
            supplied: &Supplied::new(),
            zone: &jiff::tz::TimeZone::UTC,
            envs: &Map::new(),
            globals: &Map::new(),
            catalogue: &Catalogue::default(),
            room: 0,
        };
        machine::call(&self.flow, &self.execution, task_run, batch, &world).unwrap()
    }

    fn finish_with(&mut self, ready: &Ready, outputs: Map<String, Json>) {
        let outcome = AttemptOutcome::new(Ending::Success, outputs);
        let (task_run, number) = (ready.task_run, ready.number);
        self.tell(Event::AttemptFinished { task_run, number, outcome }).unwrap();
    }
}

fn shown(outputs: Json) -> Map<String, Json> {
    serde_json::from_value(outputs).unwrap()
}

fn ends(properties: &str, child: State) -> State {
    let mut play = Play::of(&format!("{CALLS}{properties} }}]"));
    let run = play.plan(1);
    play.tell(Event::CallsBegun { task_run: run, number: 1, begun: 1, child: None }).unwrap();
    play.end_call(run, 0, child).unwrap();
    assert_eq!(play.fold(), Next::Ended);
    play.execution.state.current()
}

#[test]
fn a_task_ends_as_its_child_does_unless_that_is_not_transmitted() {
    use State::{Cancelled, Failed, Killed, Success, Warning};
    for state in [Success, Failed, Warning, Killed] {
        assert_eq!(ends("", state), state);
        assert_eq!(ends(", transmitFailed: false", state), Success);
    }
    assert_eq!(ends("", Cancelled), Success);
    assert_eq!(ends(", allowFailure: true", Failed), Warning);
    assert_eq!(ends(", allowFailure: true, allowWarning: true", Failed), Success);
}

#[test]
fn an_end_counts_once_and_only_for_the_attempt_it_is_of() {
    let mut play = Play::of(&format!("{CALLS} }}]"));
    let run = play.plan(1);
    assert_eq!(play.fold(), Next::Waiting);
    assert_eq!(machine::running_attempts(&play.execution).count(), 0, "nobody runs it");
    let late = Event::CallEnded {
        task_run: run,
        number: 2,
        index: 0,
        state: State::Success,
        timed_out: false,
        outputs: Map::new(),
    };
    assert!(matches!(play.tell(late), Err(Rejected::Stale(_))));
    assert!(matches!(play.end_call(run, 1, State::Success), Err(Rejected::Impossible(_))));
    assert!(matches!(play.end_call(run, 0, State::Running), Err(Rejected::Impossible(_))));
    play.end_call(run, 0, State::Success).unwrap();
    assert!(matches!(play.end_call(run, 0, State::Failed), Err(Rejected::Stale(_))));
    assert_eq!(play.fold(), Next::Ended);
    assert_snapshot!(play);
}

#[test]
fn a_task_that_does_not_wait_ends_when_its_child_is_there() {
    let mut play = Play::of(&format!("{CALLS}, wait: false }}]"));
    let run = play.plan(1);
    play.tell(Event::CallsBegun { task_run: run, number: 1, begun: 1, child: None }).unwrap();
    assert_eq!(play.fold(), Next::Ended);
    assert_snapshot!(play);
}

#[test]
fn a_kill_ends_what_waits_for_its_calls() {
    let mut play = Play::of(&format!("{CALLS} }}]"));
    play.plan(1);
    play.tell(Event::KillRequested).unwrap();
    assert_eq!(play.fold(), Next::Ended);
    assert_snapshot!(play);
}

#[test]
fn a_retry_starts_another_child() {
    let mut play =
        Play::of(&format!("{CALLS}, retry: {{ type: constant, interval: PT1S, maxAttempt: 2 }} }}]"));
    for _ in 0..2 {
        while play.fold() == Next::Waiting {}
        let run = play.plan(1);
        play.end_call(run, 0, State::Failed).unwrap();
    }
    assert_eq!(play.fold(), Next::Ended);
    assert_snapshot!(play);
}

const EACH: &str = r#"
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEachItem
    items: "kestra:///x/items.txt"
    namespace: test
    flowId: "{{ 'child' }}"
    inputs: { items: "{{ taskrun.items }}", number: "{{ taskrun.iteration }}", fixed: 1 }
    labels: { batch: "{{ taskrun.iteration }}" }
"#;

fn each() -> (Play, TaskRunId, u32) {
    let mut play = Play::of(EACH);
    let split = play.begin();
    let outputs = shown(json!({"splits": "kestra:///x/splits.txt"}));
    play.finish_with(&split[0], outputs);
    let Next::Attempts(ready) = play.fold() else { panic!("{play}") };
    assert_eq!(ready[0].work, Work::Calls { splits: Some("kestra:///x/splits.txt".to_owned()) });
    (play, ready[0].task_run, ready[0].number)
}

#[test]
fn many_children_are_counted_by_their_states() {
    let (mut play, task_run, number) = each();
    let outputs = shown(json!({"subflowOutputsBaseUri": "kestra:///x/items"}));
    play.tell(Event::CallsPlanned { task_run, number, total: 3, outputs }).unwrap();
    play.tell(Event::CallsBegun { task_run, number, begun: 2, child: None }).unwrap();
    assert!(play.tell(Event::CallsBegun { task_run, number, begun: 2, child: None }).is_err());
    play.end_call(task_run, 1, State::Warning).unwrap();
    let run = play.execution.task_runs.get(task_run).unwrap();
    assert_eq!(
        Json::Object(run.outputs.clone()),
        json!({
            "numberOfBatches": 3,
            "iterations": {"CREATED": 1, "RUNNING": 1, "WARNING": 1},
            "subflowOutputsBaseUri": "kestra:///x/items",
        })
    );
    play.tell(Event::CallsBegun { task_run, number, begun: 3, child: None }).unwrap();
    play.end_call(task_run, 0, State::Success).unwrap();
    play.end_call(task_run, 2, State::Success).unwrap();
    let merge = play.begin();
    assert_snapshot!(serde_json::to_string(&match &merge[0].work {
        Work::Run { properties, .. } => properties,
        Work::Calls { .. } | Work::Offer { .. } => panic!("{play}"),
    }).unwrap(), @r#"{"subflowOutputsBaseUri":"kestra:///x/items","numberOfBatches":"3"}"#);
    play.finish_with(&merge[0], Map::new());
    assert_eq!(play.fold(), Next::Ended);
    assert_snapshot!(play);
}

#[test]
fn no_batches_are_a_success_without_outputs() {
    let (mut play, task_run, number) = each();
    let outputs = shown(json!({"subflowOutputsBaseUri": "kestra:///x/items"}));
    play.tell(Event::CallsPlanned { task_run, number, total: 0, outputs }).unwrap();
    let merge = play.begin();
    assert_snapshot!(serde_json::to_string(&match &merge[0].work {
        Work::Run { properties, .. } => properties,
        Work::Calls { .. } | Work::Offer { .. } => panic!("{play}"),
    }).unwrap(), @r#"{"subflowOutputsBaseUri":"","numberOfBatches":"0"}"#);
    assert!(play.execution.task_runs.get(task_run).unwrap().outputs.is_empty());
}

#[test]
fn a_call_knows_its_batch_its_parent_and_its_labels() {
    let (mut play, task_run, _) = each();
    play.execution.labels = vec![Label::new("team", "a"), Label::new("system.correlationId", "root")];
    let call = play.call(task_run, Some((4, "kestra:///x/bucket-5.txt")));
    assert_eq!((call.namespace.as_str(), call.flow_id.as_str(), call.wait), ("test", "child", true));
    let inputs = json!({"items": "kestra:///x/bucket-5.txt", "number": "5", "fixed": 1});
    assert_eq!(Json::Object(call.inputs), inputs);
    assert_eq!(call.labels, [Label::new("system.correlationId", "root"), Label::new("batch", "5")]);
    let ExecutionTrigger { id, type_name, variables } = call.trigger;
    assert_eq!(id, "each_items");
    assert_eq!(type_name, "io.kestra.plugin.core.flow.ForEachItem$ForEachItemExecutable");
    let parent = play.execution.id.to_string();
    let expected = json!({"executionId": parent, "namespace": "test", "flowId": "played", "flowRevision": 1});
    assert_eq!(Json::Object(variables), expected);
}

#[test]
fn all_labels_are_inherited_when_asked_for() {
    let mut play = Play::of(&format!("{CALLS}, inheritLabels: true, labels: [{{ key: own, value: 1 }}] }}]"));
    play.execution.labels = vec![Label::new("team", "a")];
    let run = play.plan(1);
    let call = play.call(run, None);
    assert_eq!(call.labels, [Label::new("team", "a"), Label::new("own", "1")]);
    assert_eq!(call.trigger.type_name, "io.kestra.plugin.core.flow.Subflow");
}
