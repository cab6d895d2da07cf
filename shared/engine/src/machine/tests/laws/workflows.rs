//! Workflows of Conductor, of any shape.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::super::{
    play::Play,
    workflows::{begun, broken, definition, inline, step},
};
use crate::conductor::{DynamicFork, Evaluator, JoinMode, Step, StepKind, TaskDefinition, TaskTimeoutPolicy};

#[derive(Debug, Clone)]
enum Shape {
    Script,
    Throws,
    Waits,
    Calls,
    Ends,
    Tells,
    Fork(Vec<Vec<Node>>),
    /// `FORK_JOIN_DYNAMIC`: its branches, and whether the list has one reference twice.
    Forks(Vec<Leaf>, bool),
    /// `DYNAMIC`.
    Named(Leaf),
    Switch(bool, Vec<Node>),
    Loop(u8, Vec<Node>),
}

/// A task that comes with the execution.
#[derive(Debug, Clone, Copy)]
enum Leaf {
    Script,
    Throws,
    Waits,
    Calls,
    /// Two more, in a fork of its own.
    Forks,
    /// What its own name says.
    Named,
    /// Nothing that could run.
    Unknown,
}

#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property of a step, on its own")]
pub(super) struct Node {
    shape: Shape,
    optional: bool,
    permissive: bool,
    terms: Terms,
    delayed: bool,
    later: bool,
}

/// What its own definition says.
#[derive(Debug, Clone)]
enum Terms {
    None,
    /// Tried once more.
    Retries,
    /// After some seconds, with this policy.
    TimesOut(TaskTimeoutPolicy),
}

impl Terms {
    fn of(self, step: Step) -> Step {
        let named = TaskDefinition { retry_count: 1, ..TaskDefinition::named(&step.name) };
        let definition = match self {
            Self::None => return step,
            Self::Retries => named,
            Self::TimesOut(timeout_policy) => {
                TaskDefinition { timeout: Some(Duration::from_secs(4)), timeout_policy, ..named }
            }
        };
        Step { definition: Some(Box::new(definition)), ..step }
    }
}

fn node(shape: impl Strategy<Value = Shape>) -> impl Strategy<Value = Node> {
    let rarely = || prop::bool::weighted(0.3);
    let policy = prop_oneof![
        Just(TaskTimeoutPolicy::Retry),
        Just(TaskTimeoutPolicy::TimeOutWorkflow),
        Just(TaskTimeoutPolicy::AlertOnly),
    ];
    let terms =
        prop_oneof![4 => Just(Terms::None), 1 => Just(Terms::Retries), 2 => policy.prop_map(Terms::TimesOut)];
    (shape, rarely(), rarely(), terms, rarely(), rarely()).prop_map(
        |(shape, optional, permissive, terms, delayed, later)| Node {
            shape,
            optional,
            permissive,
            terms,
            delayed,
            later,
        },
    )
}

pub(super) fn nodes() -> impl Strategy<Value = Vec<Node>> {
    let comes = || {
        prop_oneof![
            3 => Just(Leaf::Script),
            1 => Just(Leaf::Throws),
            2 => Just(Leaf::Waits),
            3 => Just(Leaf::Calls),
            1 => Just(Leaf::Forks),
            1 => Just(Leaf::Named),
            1 => prop::bool::weighted(0.1).prop_map(|bad| if bad { Leaf::Unknown } else { Leaf::Script }),
        ]
    };
    let leaf = prop_oneof![
        3 => (prop::collection::vec(comes(), 0..3), prop::bool::weighted(0.1))
            .prop_map(|(leaves, twice)| Shape::Forks(leaves, twice)),
        2 => comes().prop_map(Shape::Named),
        4 => Just(Shape::Script),
        1 => Just(Shape::Throws),
        2 => Just(Shape::Waits),
        4 => Just(Shape::Calls),
        1 => Just(Shape::Ends),
        1 => Just(Shape::Tells),
    ];
    let tree = node(leaf).boxed().prop_recursive(3, 12, 3, |inner| {
        let list = || prop::collection::vec(inner.clone(), 0..3);
        node(prop_oneof![
            prop::collection::vec(list(), 0..3).prop_map(Shape::Fork),
            (any::<bool>(), list()).prop_map(|(taken, list)| Shape::Switch(taken, list)),
            (1_u8..3, list()).prop_map(|(rounds, list)| Shape::Loop(rounds, list)),
        ])
    });
    prop::collection::vec(tree, 1..4)
}

pub(super) fn play(nodes: &[Node]) -> Play {
    let mut count = 0;
    begun(&definition(steps(nodes, &mut count)))
}

fn steps(nodes: &[Node], count: &mut u32) -> Vec<Step> {
    let mut all = Vec::new();
    for Node { shape, optional, permissive, terms, delayed, later } in nodes {
        *count += 1;
        let name = format!("t{count}");
        let made = match shape {
            Shape::Script => inline(&name, "1"),
            Shape::Throws => broken(&name),
            Shape::Waits => step(&name, StepKind::Wait, json!({"duration": "5s"})),
            Shape::Calls => step(&name, StepKind::Http, json!({"uri": "http://x", "method": "GET"})),
            Shape::Ends => step(&name, StepKind::Terminate, json!({"terminationStatus": "COMPLETED"})),
            Shape::Tells => step(&name, StepKind::Event { sink: "conductor".to_owned() }, json!({"a": 1})),
            Shape::Forks(leaves, twice) => {
                let mut tasks: Vec<Json> = leaves.iter().flat_map(|leaf| leaf.written(count)).collect();
                if *twice && let Some(first) = tasks.first().cloned() {
                    tasks.push(first);
                }
                let form =
                    DynamicFork::Tasks { tasks_from: "tasks".to_owned(), inputs_from: "inputs".to_owned() };
                step(&name, StepKind::DynamicFork(form), json!({"tasks": tasks, "inputs": {}}))
            }
            Shape::Named(leaf) => {
                let mut input = leaf.input();
                input["type"] = leaf.task_type().into();
                step(&name, StepKind::Dynamic { name_from: "type".to_owned() }, input)
            }
            Shape::Fork(branches) => {
                let branches = branches.iter().map(|branch| steps(branch, count)).collect();
                step(&name, StepKind::Fork { branches }, json!({}))
            }
            Shape::Switch(taken, list) => {
                let kind = StepKind::Switch {
                    legacy: false,
                    evaluator: Evaluator::Parameter,
                    expression: "case".to_owned(),
                    cases: vec![("true".to_owned(), steps(list, count))],
                    default: Vec::new(),
                };
                step(&name, kind, json!({"case": taken}))
            }
            Shape::Loop(rounds, list) => {
                let condition = Some(format!("$.{name}.iteration < {rounds}"));
                step(&name, StepKind::DoWhile { condition, over: steps(list, count), items: None }, json!({}))
            }
        };
        let is_fork = matches!(shape, Shape::Fork(_) | Shape::Forks(..));
        all.push(terms.clone().of(Step {
            optional: *optional,
            permissive: *permissive,
            start_delay: delayed.then_some(Duration::from_secs(3)),
            async_complete: *later,
            ..made
        }));
        if is_fork {
            let on = vec![format!("t{count}")];
            let join = StepKind::Join { on, mode: JoinMode::Sync };
            all.push(step(&format!("{name}_join"), join, json!({})));
        }
    }
    all
}

impl Leaf {
    fn task_type(self) -> &'static str {
        match self {
            Self::Script | Self::Throws => "INLINE",
            Self::Waits => "WAIT",
            Self::Calls => "HTTP",
            Self::Forks => "FORK_JOIN_DYNAMIC",
            Self::Named => "DYNAMIC",
            Self::Unknown => "GRPC",
        }
    }

    fn input(self) -> Json {
        match self {
            Self::Script => json!({"expression": "1"}),
            Self::Throws => json!({"expression": "throw new Error('no luck')"}),
            Self::Waits => json!({"duration": "5s"}),
            Self::Calls => json!({"uri": "http://x", "method": "GET"}),
            Self::Named => json!({"type": "WAIT", "duration": "3s"}),
            Self::Forks | Self::Unknown => json!({}),
        }
    }

    /// As it stands in a list: with its join, if it is a fork.
    fn written(self, count: &mut u32) -> Vec<Json> {
        let mut name = || {
            *count += 1;
            format!("t{count}")
        };
        let reference = name();
        let mut task = json!({
            "name": reference, "taskReferenceName": reference, "type": self.task_type(),
            "inputParameters": self.input(), "dynamicTaskNameParam": "type",
        });
        if !matches!(self, Self::Forks) {
            return vec![task];
        }
        let below = Self::Waits.written(count).into_iter().chain(Self::Calls.written(count));
        task["inputParameters"] = json!({"tasks": below.collect::<Json>(), "inputs": {}});
        task["dynamicForkTasksParam"] = "tasks".into();
        task["dynamicForkTasksInputParamName"] = "inputs".into();
        let join = format!("{reference}_join");
        vec![task, json!({"name": join, "taskReferenceName": join, "type": "JOIN"})]
    }
}
