//! The graph of a flow, as it is drawn: who follows whom. Kestra: `FlowGraph`.
//!
//! Each flowable task is a cluster with a beginning, an end and itself in between; what it runs stands inside.

use std::collections::BTreeMap;

use crate::flow::{Executable, Flow, Flowable, FlowableKind, Subflow, Task, TaskKind};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    pub clusters: Vec<Cluster>,
    /// Ids of the tasks that are clusters.
    pub flowables: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub uid: String,
    pub kind: NodeKind,
    /// The task or trigger that it stands for, as its flow has it.
    pub id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    Root,
    End,
    Task,
    Trigger,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    pub source: String,
    pub target: String,
    pub relation: Relation,
    /// Which case it is, of a choice.
    pub value: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    Sequential,
    Choice,
    Error,
    Parallel,
    Dynamic,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    pub uid: String,
    pub nodes: Vec<String>,
    /// The clusters around it, outermost first.
    pub parents: Vec<String>,
    pub start: String,
    pub end: String,
}

/// The subflow that a task calls, when it calls one.
pub fn called(task: &Task) -> Option<&Subflow> {
    match &task.kind {
        TaskKind::Executable(Executable::Subflow(subflow)) => Some(subflow),
        TaskKind::Executable(Executable::Items { .. })
        | TaskKind::Flowable(_)
        | TaskKind::Pure(_)
        | TaskKind::Runnable(_)
        | TaskKind::Worker(_) => None,
    }
}

/// The graph of a flow. `expanded` are the flows that stand in the place of tasks that call them, by the task's id.
pub fn graph<'f>(flow: &'f Flow, expanded: &BTreeMap<&str, &'f Flow>) -> Graph {
    let mut drawing = Drawing { graph: Graph::default(), around: Vec::new(), expanded };
    drawing.node("root", NodeKind::Root, None);
    drawing.node("end", NodeKind::End, None);
    drawing.triggers(flow, "", "root");
    drawing.tasks(flow, "", "root", "end");
    drawing.graph
}

struct Drawing<'d, 'f> {
    graph: Graph,
    /// Indexes of the clusters that are being drawn, outermost first.
    around: Vec<usize>,
    expanded: &'d BTreeMap<&'d str, &'f Flow>,
}

/// Where something begins and ends.
struct Span {
    start: String,
    end: String,
}

impl Drawing<'_, '_> {
    fn node(&mut self, uid: &str, kind: NodeKind, id: Option<&str>) {
        self.graph.nodes.push(Node { uid: uid.to_owned(), kind, id: id.map(ToOwned::to_owned) });
        if let Some(cluster) = self.around.last() {
            self.graph.clusters[*cluster].nodes.push(uid.to_owned());
        }
    }

    fn edge(&mut self, source: &str, target: &str, relation: Relation, value: Option<&str>) {
        let (source, target) = (source.to_owned(), target.to_owned());
        self.graph.edges.push(Edge { source, target, relation, value: value.map(ToOwned::to_owned) });
    }

    /// Draws something in a cluster of its own.
    fn cluster(&mut self, uid: &str, draw: impl FnOnce(&mut Self, &Span)) -> Span {
        let span = Span { start: format!("{uid}.root"), end: format!("{uid}.end") };
        let parents = self.around.iter().map(|index| self.graph.clusters[*index].uid.clone()).collect();
        let (start, end) = (span.start.clone(), span.end.clone());
        self.graph.clusters.push(Cluster {
            uid: format!("cluster_{uid}"),
            nodes: Vec::new(),
            parents,
            start,
            end,
        });
        self.around.push(self.graph.clusters.len() - 1);
        self.node(&span.start, NodeKind::Root, None);
        self.node(&span.end, NodeKind::End, None);
        draw(self, &span);
        self.around.pop();
        span
    }

    fn triggers(&mut self, flow: &Flow, prefix: &str, next: &str) {
        if flow.triggers.is_empty() {
            return;
        }
        let span = self.cluster(&format!("{prefix}Triggers"), |drawing, span| {
            for trigger in &flow.triggers {
                let uid = format!("{prefix}{}", trigger.id);
                drawing.node(&uid, NodeKind::Trigger, Some(&trigger.id));
                drawing.edge(&span.start, &uid, Relation::Sequential, None);
                drawing.edge(&uid, &span.end, Relation::Sequential, None);
            }
        });
        self.edge(&span.end, next, Relation::Sequential, None);
    }

    /// The lists of a flow, between two nodes.
    fn tasks(&mut self, flow: &Flow, prefix: &str, from: &str, to: &str) {
        self.row(&flow.tasks, prefix, (from, Relation::Sequential, None), to);
        self.branch(&flow.errors, prefix, (from, Relation::Error, None), to);
        self.branch(&flow.finally, prefix, (from, Relation::Sequential, None), to);
    }

    /// Tasks one after another.
    fn row(&mut self, tasks: &[Task], prefix: &str, from: (&str, Relation, Option<&str>), to: &str) {
        let (mut last, mut relation, mut value) = (from.0.to_owned(), from.1, from.2);
        for task in tasks {
            let Span { start, end } = self.task(task, prefix);
            self.edge(&last, &start, relation, value);
            (last, relation, value) = (end, Relation::Sequential, None);
        }
        self.edge(&last, to, relation, value);
    }

    /// A row that is not there when it has no tasks.
    fn branch(&mut self, tasks: &[Task], prefix: &str, from: (&str, Relation, Option<&str>), to: &str) {
        if !tasks.is_empty() {
            self.row(tasks, prefix, from, to);
        }
    }

    fn task(&mut self, task: &Task, prefix: &str) -> Span {
        let uid = format!("{prefix}{}", task.id);
        if let TaskKind::Flowable(flowable) = &task.kind {
            self.graph.flowables.push(task.id.clone());
            return self.cluster(&uid, |drawing, span| {
                drawing.node(&uid, NodeKind::Task, Some(&task.id));
                drawing.edge(&span.start, &uid, Relation::Sequential, None);
                drawing.below(flowable, prefix, &uid, &span.end);
            });
        }
        let inner = if prefix.is_empty() { self.expanded.get(task.id.as_str()).copied() } else { None };
        if let Some(flow) = inner {
            return self.cluster(&uid, |drawing, span| {
                drawing.node(&uid, NodeKind::Task, Some(&task.id));
                drawing.edge(&span.start, &uid, Relation::Sequential, None);
                let prefix = format!("{uid}.");
                drawing.triggers(flow, &prefix, &uid);
                drawing.tasks(flow, &prefix, &uid, &span.end);
            });
        }
        self.node(&uid, NodeKind::Task, Some(&task.id));
        Span { start: uid.clone(), end: uid }
    }

    /// What a flowable task runs, between itself and its end.
    fn below(&mut self, flowable: &Flowable, prefix: &str, uid: &str, end: &str) {
        match &flowable.kind {
            FlowableKind::Sequential { tasks }
            | FlowableKind::AllowFailure { tasks }
            | FlowableKind::WorkingDirectory { tasks, .. }
            | FlowableKind::ForEachItem { tasks } => {
                self.row(tasks, prefix, (uid, Relation::Sequential, None), end);
            }
            FlowableKind::LoopUntil(it) => {
                self.row(&it.tasks, prefix, (uid, Relation::Sequential, None), end);
            }
            FlowableKind::Pause(it) => self.row(&it.tasks, prefix, (uid, Relation::Sequential, None), end),
            FlowableKind::Template(it) => {
                let tasks = it.tasks.as_deref().unwrap_or_default();
                self.row(tasks, prefix, (uid, Relation::Sequential, None), end);
            }
            FlowableKind::ForEach(it) if it.scattered => {
                self.side_by_side(&it.tasks, prefix, (uid, Relation::Dynamic), end);
            }
            FlowableKind::ForEach(it) => self.row(&it.tasks, prefix, (uid, Relation::Dynamic, None), end),
            FlowableKind::Parallel { tasks, .. } => {
                self.side_by_side(tasks, prefix, (uid, Relation::Parallel), end);
            }
            FlowableKind::Dag { tasks, depends_on, .. } => self.dag(tasks, depends_on, prefix, uid, end),
            FlowableKind::If { then, else_, .. } => {
                self.row(then, prefix, (uid, Relation::Choice, Some("then")), end);
                self.branch(else_, prefix, (uid, Relation::Choice, Some("else")), end);
            }
            FlowableKind::Switch { cases, defaults, .. } => {
                for (case, tasks) in cases {
                    self.branch(tasks, prefix, (uid, Relation::Choice, Some(case)), end);
                }
                self.branch(defaults, prefix, (uid, Relation::Choice, Some("defaults")), end);
            }
            FlowableKind::Decision(it) => {
                for (case, tasks) in &it.cases {
                    self.branch(tasks, prefix, (uid, Relation::Choice, Some(case)), end);
                }
                self.branch(&it.defaults, prefix, (uid, Relation::Choice, Some("defaults")), end);
            }
            FlowableKind::Fork { branches } => {
                for tasks in branches {
                    self.branch(tasks, prefix, (uid, Relation::Parallel, None), end);
                }
            }
            FlowableKind::DoWhile(it) => self.row(&it.tasks, prefix, (uid, Relation::Dynamic, None), end),
        }
        self.branch(&flowable.errors, prefix, (uid, Relation::Error, None), end);
        self.branch(&flowable.finally, prefix, (uid, Relation::Sequential, None), end);
    }

    fn side_by_side(&mut self, tasks: &[Task], prefix: &str, (uid, relation): (&str, Relation), end: &str) {
        for task in tasks {
            let span = self.task(task, prefix);
            self.edge(uid, &span.start, relation, None);
            self.edge(&span.end, end, Relation::Sequential, None);
        }
    }

    fn dag(&mut self, tasks: &[Task], depends_on: &[Vec<usize>], prefix: &str, uid: &str, end: &str) {
        let spans: Vec<Span> = tasks.iter().map(|task| self.task(task, prefix)).collect();
        for (index, span) in spans.iter().enumerate() {
            if depends_on[index].is_empty() {
                self.edge(uid, &span.start, Relation::Parallel, None);
            }
            for earlier in &depends_on[index] {
                self.edge(&spans[*earlier].end, &span.start, Relation::Sequential, None);
            }
            if !depends_on.iter().any(|needed| needed.contains(&index)) {
                self.edge(&span.end, end, Relation::Sequential, None);
            }
        }
    }
}
