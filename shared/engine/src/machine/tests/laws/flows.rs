//! Random flows, out of everything that the machine itself moves.

use proptest::{collection::vec, option, prelude::*};
use serde_json::{Value as Json, json};

/// A task; its id is given when it is written down.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Leaf(Leaf),
    Flowable { kind: Kind, tasks: Vec<Node>, errors: Vec<Node>, finally: Vec<Node> },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Leaf {
    Work,
    /// What it does fails when nobody decides otherwise.
    Failing,
    Allowed,
    Retried,
    Return,
    Fail,
    FailRetried,
    Sleep,
    Exit,
    Set,
    Skipped,
    /// Its `runIf` is wrong.
    Broken,
    Disabled,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Sequential,
    AllowFailure,
    Parallel {
        concurrent: u8,
    },
    /// A bit for each pair of tasks.
    Dag {
        concurrent: u8,
        edges: u16,
    },
    If(bool),
    Switch(u8),
    ForEach {
        values: u8,
        limit: u8,
    },
    EachParallel {
        values: u8,
    },
    LoopUntil {
        rounds: u8,
        max: u8,
        fails: bool,
    },
    Pause {
        delay: bool,
        timeout: bool,
        behavior: &'static str,
    },
    Directory,
}

/// A flow.
#[derive(Debug, Clone)]
pub(super) struct Body {
    tasks: Vec<Node>,
    errors: Vec<Node>,
    finally: Vec<Node>,
    after: Vec<Node>,
    listener: Vec<Node>,
    timeout: bool,
    sla: Option<&'static str>,
    assertion: Option<&'static str>,
    retry: Option<&'static str>,
    concurrency: bool,
}

pub(super) fn body() -> impl Strategy<Value = Body> {
    let behavior = || prop_oneof![Just("FAIL"), Just("CANCEL"), Just("NONE")];
    let few = || prop_oneof![2 => Just(Vec::new()), 1 => vec(node(1), 1..3)];
    let rules = (
        prop::bool::weighted(0.2),
        option::weighted(0.2, behavior()),
        option::weighted(0.2, behavior()),
        option::weighted(0.2, prop_oneof![Just("RETRY_FAILED_TASK"), Just("CREATE_NEW_EXECUTION")]),
        prop::bool::weighted(0.2),
    );
    (vec(node(3), 1..4), few(), few(), few(), few(), rules).prop_map(
        |(tasks, errors, finally, after, listener, (timeout, sla, assertion, retry, concurrency))| Body {
            tasks,
            errors,
            finally,
            after,
            listener,
            timeout,
            sla,
            assertion,
            retry,
            concurrency,
        },
    )
}

fn node(depth: u32) -> impl Strategy<Value = Node> {
    leaf().prop_map(Node::Leaf).prop_recursive(depth, 12, 3, |inner| {
        let few = || prop_oneof![2 => Just(Vec::new()), 1 => vec(inner.clone(), 1..3)];
        (kind(), vec(inner.clone(), 1..4), few(), few())
            .prop_map(|(kind, tasks, errors, finally)| Node::Flowable { kind, tasks, errors, finally })
    })
}

fn leaf() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        6 => Just(Leaf::Work),
        1 => Just(Leaf::Failing),
        1 => Just(Leaf::Allowed),
        2 => Just(Leaf::Retried),
        2 => Just(Leaf::Return),
        1 => Just(Leaf::Fail),
        1 => Just(Leaf::FailRetried),
        1 => Just(Leaf::Sleep),
        1 => Just(Leaf::Exit),
        1 => Just(Leaf::Set),
        1 => Just(Leaf::Skipped),
        1 => Just(Leaf::Broken),
        1 => Just(Leaf::Disabled),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    let behavior = prop_oneof![Just("RESUME"), Just("WARN"), Just("CANCEL"), Just("FAIL")];
    prop_oneof![
        Just(Kind::Sequential),
        Just(Kind::AllowFailure),
        (0..3u8).prop_map(|concurrent| Kind::Parallel { concurrent }),
        (0..3u8, any::<u16>()).prop_map(|(concurrent, edges)| Kind::Dag { concurrent, edges }),
        any::<bool>().prop_map(Kind::If),
        (0..3u8).prop_map(Kind::Switch),
        (0..4u8, 0..3u8).prop_map(|(values, limit)| Kind::ForEach { values, limit }),
        (0..3u8).prop_map(|values| Kind::EachParallel { values }),
        (1..4u8, 1..4u8, any::<bool>()).prop_map(|(rounds, max, fails)| Kind::LoopUntil {
            rounds,
            max,
            fails
        }),
        (any::<bool>(), any::<bool>(), behavior).prop_map(|(delay, timeout, behavior)| Kind::Pause {
            delay,
            timeout,
            behavior
        }),
        Just(Kind::Directory),
    ]
}

impl Body {
    /// As it would be written, without id and namespace.
    pub(super) fn text(&self) -> String {
        let mut ids = 0;
        let mut lines = vec!["variables: {broken: 'no'}".to_owned()];
        for (name, list) in [
            ("tasks", &self.tasks),
            ("errors", &self.errors),
            ("finally", &self.finally),
            ("afterExecution", &self.after),
        ] {
            if !list.is_empty() {
                lines.push(format!("{name}: {}", written(list, &mut ids)));
            }
        }
        if !self.listener.is_empty() {
            lines.push(format!("listeners: {}", json!([{"tasks": written(&self.listener, &mut ids)}])));
        }
        if self.timeout {
            lines.push("timeout: PT1M".to_owned());
        }
        let longest = self.sla.map(
            |it| json!({"id": "longest", "type": "MAX_DURATION", "duration": "PT2M", "behavior": it, "labels": {"slow": "yes"}}),
        );
        let holds = self.assertion.map(|it| {
            json!({"id": "holds", "type": "EXECUTION_ASSERTION", "assert": "{{ vars.broken == 'no' }}", "behavior": it})
        });
        let slas: Vec<Json> = longest.into_iter().chain(holds).collect();
        if !slas.is_empty() {
            lines.push(format!("sla: {}", Json::Array(slas)));
        }
        if let Some(behavior) = self.retry {
            lines.push(format!(
                "retry: {{type: constant, interval: PT5S, maxAttempts: 2, behavior: {behavior}}}"
            ));
        }
        if self.concurrency {
            lines.push("concurrency: {limit: 1, behavior: QUEUE}".to_owned());
        }
        lines.join("\n")
    }
}

fn written(nodes: &[Node], ids: &mut u32) -> Json {
    Json::Array(nodes.iter().map(|node| node.written(ids)).collect())
}

impl Node {
    fn written(&self, ids: &mut u32) -> Json {
        *ids += 1;
        let id = format!("t{ids}");
        let mut task = match self {
            Self::Leaf(leaf) => leaf.written(),
            Self::Flowable { kind, tasks, errors, finally } => {
                let mut task = kind.written(tasks, ids);
                for (name, list) in [("errors", errors), ("finally", finally)] {
                    if !list.is_empty() {
                        task[name] = written(list, ids);
                    }
                }
                task
            }
        };
        task["id"] = Json::from(id);
        task
    }
}

impl Leaf {
    fn written(self) -> Json {
        let retry = json!({"type": "constant", "interval": "PT5S", "maxAttempts": 2});
        match self {
            Self::Work => json!({"type": "test.Work"}),
            Self::Failing => json!({"type": "test.Work", "what": "fail"}),
            Self::Allowed => json!({"type": "test.Work", "what": "fail", "allowFailure": true}),
            Self::Retried => json!({"type": "test.Work", "what": "fail", "retry": retry}),
            Self::Return => json!({"type": "io.kestra.plugin.core.debug.Return", "format": "x"}),
            Self::Fail => json!({"type": "io.kestra.plugin.core.execution.Fail"}),
            Self::FailRetried => json!({"type": "io.kestra.plugin.core.execution.Fail", "retry": retry}),
            Self::Sleep => json!({"type": "io.kestra.plugin.core.flow.Sleep", "duration": "PT20S"}),
            Self::Exit => json!({"type": "io.kestra.plugin.core.execution.Exit", "state": "WARNING"}),
            Self::Set => {
                json!({"type": "io.kestra.plugin.core.execution.SetVariables", "variables": {"broken": "yes"}})
            }
            Self::Skipped => json!({"type": "test.Work", "runIf": "{{ false }}"}),
            Self::Broken => json!({"type": "test.Work", "runIf": "{{ missing }}"}),
            Self::Disabled => json!({"type": "test.Work", "disabled": true}),
        }
    }
}

impl Kind {
    fn written(self, tasks: &[Node], ids: &mut u32) -> Json {
        let of = |name: &str| Json::from(format!("io.kestra.plugin.core.flow.{name}"));
        let list = |values: u8| Json::Array((0..values).map(|it| Json::from(format!("v{it}"))).collect());
        match self {
            Self::Sequential => json!({"type": of("Sequential"), "tasks": written(tasks, ids)}),
            Self::AllowFailure => json!({"type": of("AllowFailure"), "tasks": written(tasks, ids)}),
            Self::Parallel { concurrent } => {
                json!({"type": of("Parallel"), "tasks": written(tasks, ids), "concurrent": concurrent})
            }
            Self::Dag { concurrent, edges } => {
                let tasks: Vec<Json> = tasks.iter().map(|task| task.written(ids)).collect();
                let names: Vec<Json> = tasks.iter().map(|task| task["id"].clone()).collect();
                let waits = |index: usize| -> Vec<&Json> {
                    let chosen = |other: &usize| edges >> (index * 4 + other) & 1 == 1;
                    (0..index).filter(chosen).map(|other| &names[other]).collect()
                };
                let entries = tasks.iter().enumerate();
                let entries: Vec<Json> =
                    entries.map(|(index, task)| json!({"task": task, "dependsOn": waits(index)})).collect();
                json!({"type": of("Dag"), "tasks": entries, "concurrent": concurrent})
            }
            Self::If(holds) => {
                json!({"type": of("If"), "condition": holds.to_string(), "then": written(tasks, ids)})
            }
            Self::Switch(value) => {
                let (first, second) = tasks.split_at(tasks.len() / 2);
                let cases = json!({"0": written(first, ids), "1": written(second, ids)});
                json!({"type": of("Switch"), "value": value.to_string(), "cases": cases})
            }
            Self::ForEach { values, limit } => {
                let values = list(values);
                json!({"type": of("ForEach"), "values": values, "concurrencyLimit": limit, "tasks": written(tasks, ids)})
            }
            Self::EachParallel { values } => {
                json!({"type": of("EachParallel"), "value": list(values), "tasks": written(tasks, ids)})
            }
            Self::LoopUntil { rounds, max, fails } => json!({
                "type": of("LoopUntil"),
                "condition": format!("{{{{ taskrun.iteration >= {rounds} }}}}"),
                "checkFrequency": {"interval": "PT10S", "maxIterations": max},
                "failOnMaxReached": fails,
                "tasks": written(tasks, ids),
            }),
            Self::Pause { delay, timeout, behavior } => {
                let mut task =
                    json!({"type": of("Pause"), "behavior": behavior, "tasks": written(tasks, ids)});
                if delay {
                    task["delay"] = Json::from("PT30S");
                }
                if timeout {
                    task["timeout"] = Json::from("PT40S");
                }
                task
            }
            Self::Directory => {
                // Nothing that moves other tasks may stand in it; its `errors` and `finally` may be anything.
                let leaves: Vec<Node> = tasks.iter().map(Node::first_leaf).map(Node::Leaf).collect();
                json!({"type": of("WorkingDirectory"), "tasks": written(&leaves, ids)})
            }
        }
    }
}

impl Node {
    fn first_leaf(&self) -> Leaf {
        match self {
            Self::Leaf(leaf) => *leaf,
            Self::Flowable { tasks, .. } => tasks.first().map_or(Leaf::Work, Self::first_leaf),
        }
    }
}
