//! One task: what all have, and what its type demands.

use serde_json::Value as Json;

use super::{
    definition, fork, known,
    object::{Object, Problems},
    steps, task_definition, wait,
};
use crate::conductor::{Evaluator, JoinMode, Step, StepKind, SubWorkflow};

const WHOSE: &str = "WorkflowTask";

/// A task that is being read.
pub(super) struct Reading<'a, 'p> {
    pub(super) given: &'a Object<'a>,
    pub(super) input: Object<'a>,
    pub(super) name: String,
    pub(super) task_type: String,
    pub(super) depth: usize,
    pub(super) problems: &'p mut Problems,
}

/// A task with problems is read as far as it goes, so that what others say of it is not a problem as well.
pub(super) fn step(given: &Object<'_>, depth: usize, problems: &mut Problems) -> Step {
    let name = given.some_text("name", problems);
    let reference = given.some_text("taskReferenceName", problems);
    if name.is_none() {
        given.add("name", "WorkflowTask name cannot be empty or null", problems);
    }
    if reference.is_none() {
        given.add(
            "taskReferenceName",
            "WorkflowTask taskReferenceName name cannot be empty or null",
            problems,
        );
    }
    let task_type = given.some_text("type", problems).unwrap_or_else(|| "SIMPLE".to_owned());
    let no_input = serde_json::Map::new();
    let input = given.object("inputParameters", problems);
    let input = input.unwrap_or_else(|| Object::new(&no_input, given.at("inputParameters")));
    if given.object("onStateChange", problems).is_some_and(|it| !it.map.is_empty()) {
        given.add(
            "onStateChange",
            "onStateChange is not built in this version: nobody would be told",
            problems,
        );
    }
    let inline = given.object("taskDefinition", problems);
    let shown = name.clone().unwrap_or_default();
    let definition = inline.map(|it| Box::new(task_definition::within(&it, &shown, problems)));
    let mut reading = Reading { given, input, name: shown, task_type, depth, problems };
    let kind = reading.kind().unwrap_or(StepKind::Noop);
    let (mut input, problems) = (reading.input.map.clone(), reading.problems);
    if let (Some(definition), false) = (&definition, matches!(kind, StepKind::Worker { .. })) {
        // What workers get is filled when it is offered.
        for (name, value) in &definition.input_template {
            input.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    Step {
        name: name.unwrap_or_default(),
        reference: reference.unwrap_or_default(),
        description: given.text("description", problems),
        kind,
        input,
        optional: given.flag("optional", false, problems),
        permissive: given.flag("permissive", false, problems),
        start_delay: given.seconds("startDelay", WHOSE, problems),
        retry_count: given.number("retryCount", 0, WHOSE, problems),
        async_complete: given.flag("asyncComplete", false, problems),
        definition,
    }
}

impl Reading<'_, '_> {
    fn kind(&mut self) -> Option<StepKind> {
        let task_type = self.task_type.clone();
        match task_type.as_str() {
            "SIMPLE" => Some(StepKind::Worker { task_type: self.name.clone() }),
            "HTTP" => self.http(),
            "INLINE" => self.inline(),
            "LAMBDA" => self.lambda(),
            "SET_VARIABLE" => Some(StepKind::SetVariable),
            "SWITCH" => Some(self.switch()),
            "DECISION" => Some(self.decision()),
            "FORK_JOIN" => fork::fixed(self),
            "FORK_JOIN_DYNAMIC" => fork::dynamic(self),
            "JOIN" => Some(self.join()),
            "EXCLUSIVE_JOIN" => Some(StepKind::ExclusiveJoin {
                on: self.given.texts("joinOn", self.problems),
                default: self.given.texts("defaultExclusiveJoinTask", self.problems),
            }),
            "DO_WHILE" => self.do_while(),
            "SUB_WORKFLOW" => self.sub_workflow(),
            "START_WORKFLOW" => self.start_workflow(),
            "WAIT" => {
                wait::check(&self.input, self.problems);
                Some(StepKind::Wait)
            }
            "HUMAN" => Some(StepKind::Human),
            "TERMINATE" => Some(self.terminate()),
            "JSON_JQ_TRANSFORM" => self.required_input("queryExpression").map(|_| StepKind::Jq),
            "EVENT" => self.event(),
            "DYNAMIC" => {
                let name_from = self.required("dynamicTaskNameParam")?;
                Some(StepKind::Dynamic { name_from })
            }
            "NOOP" => Some(StepKind::Noop),
            other if known::is_not_built(other) => {
                self.refuse(
                    "type",
                    format!("taskType: {other} taskName: {} is not built in this version", self.name),
                );
                None
            }
            _ => Some(StepKind::Worker { task_type }),
        }
    }

    fn http(&mut self) -> Option<StepKind> {
        let template = self.given.object("taskDefinition", self.problems);
        let template = template.and_then(|it| it.object("inputTemplate", self.problems));
        let has = |it: &Object<'_>| it.get("http_request").is_some() || it.get("uri").is_some();
        if has(&self.input) || template.is_some_and(|it| has(&it)) {
            return Some(StepKind::Http);
        }
        self.missing("inputParameters.http_request");
        None
    }

    fn inline(&mut self) -> Option<StepKind> {
        let expression = self.required_input("expression")?;
        match self.input.text("evaluatorType", self.problems).as_deref() {
            None | Some("" | "javascript" | "graaljs") => {
                let at = self.input.at("expression");
                super::script(&expression, &at, self.problems);
            }
            Some("value-param") => {}
            Some(other) if other.contains("${") => {}
            Some(other) => self.refuse_evaluator("inputParameters.evaluatorType", other),
        }
        Some(StepKind::Inline)
    }

    fn lambda(&mut self) -> Option<StepKind> {
        let script = self.required_input("scriptExpression")?;
        super::script(&script, &self.input.at("scriptExpression"), self.problems);
        Some(StepKind::Lambda)
    }

    fn switch(&mut self) -> StepKind {
        let evaluator = self.required("evaluatorType");
        let expression = self.required("expression");
        let (cases, default) = self.cases();
        let expression = expression.unwrap_or_default();
        let evaluator = match evaluator.as_deref() {
            None | Some("value-param") => Evaluator::Parameter,
            Some("javascript" | "graaljs") => {
                super::script(&expression, &self.given.at("expression"), self.problems);
                Evaluator::Script
            }
            Some(other) => {
                self.refuse_evaluator("evaluatorType", other);
                Evaluator::Parameter
            }
        };
        StepKind::Switch { legacy: false, evaluator, expression, cases, default }
    }

    fn decision(&mut self) -> StepKind {
        let script = self.given.some_text("caseExpression", self.problems);
        let parameter = self.given.some_text("caseValueParam", self.problems);
        let (cases, default) = self.cases();
        // Conductor: an expression goes before a parameter.
        let (evaluator, expression) = match (script, parameter) {
            (Some(script), _) => {
                super::script(&script, &self.given.at("caseExpression"), self.problems);
                (Evaluator::Script, script)
            }
            (None, Some(parameter)) => (Evaluator::Parameter, parameter),
            (None, None) => {
                let message = format!(
                    "caseValueParam or caseExpression field is required for taskType: DECISION taskName: {}",
                    self.name
                );
                self.refuse("caseValueParam", message);
                (Evaluator::Parameter, String::new())
            }
        };
        StepKind::Switch { legacy: true, evaluator, expression, cases, default }
    }

    fn cases(&mut self) -> (Vec<(String, Vec<Step>)>, Vec<Step>) {
        let mut cases = Vec::new();
        if let Some(given) = self.given.object("decisionCases", self.problems) {
            for name in given.map.keys() {
                let items = given.list(name, self.problems);
                cases.push((name.clone(), steps::of(items, &given.at(name), self.depth + 1, self.problems)));
            }
        }
        if cases.is_empty() {
            let (task_type, name) = (&self.task_type, &self.name);
            let message = format!(
                "decisionCases should have atleast one task for taskType: {task_type} taskName: {name}"
            );
            self.given.add("decisionCases", message, self.problems);
        }
        (cases, self.below("defaultCase"))
    }

    fn join(&mut self) -> StepKind {
        let modes = [("SYNC", JoinMode::Sync), ("ASYNC", JoinMode::Async)];
        let mode = self.given.word("joinMode", &modes, JoinMode::Async, self.problems);
        StepKind::Join { on: self.given.texts("joinOn", self.problems), mode }
    }

    fn do_while(&mut self) -> Option<StepKind> {
        let condition = self.given.some_text("loopCondition", self.problems);
        let items = self.given.get("items").or_else(|| self.input.get("_items")).cloned();
        if let Some(condition) = &condition {
            super::script(condition, &self.given.at("loopCondition"), self.problems);
        }
        if condition.is_none() && items.is_none() {
            self.missing("loopCondition");
        }
        let over = self.below("loopOver");
        if self.given.list("loopOver", self.problems).is_empty() {
            self.missing("loopOver");
            return None;
        }
        Some(StepKind::DoWhile { condition, over, items })
    }

    fn sub_workflow(&mut self) -> Option<StepKind> {
        let Some(given) = self.given.object("subWorkflowParam", self.problems) else {
            self.missing("subWorkflowParam");
            return None;
        };
        let inner = given.get("workflowDefinition");
        let inner = inner.or_else(|| given.get("workflowDef")).filter(|it| it.as_str() != Some(""));
        let mut name = given.some_text("name", self.problems);
        if let Some(Json::Object(map)) = inner {
            let inner = Object::new(map, given.at("workflowDefinition"));
            name = name.or_else(|| inner.some_text("name", self.problems));
            definition::definition(&inner, self.problems);
        }
        if name.is_none() && inner.is_none() {
            self.missing("subWorkflowParam.name");
        }
        Some(StepKind::SubWorkflow(Box::new(SubWorkflow {
            name: name.unwrap_or_default(),
            version: given.get("version").cloned(),
            definition: inner.cloned(),
            idempotency_key: given.some_text("idempotencyKey", self.problems),
            idempotency_strategy: given.some_text("idempotencyStrategy", self.problems),
            priority: given.get("priority").cloned(),
            task_to_domain: given.map("taskToDomain", self.problems),
        })))
    }

    /// An expression may give the request, or the name in it.
    fn start_workflow(&mut self) -> Option<StepKind> {
        let is_named = match self.input.get("startWorkflow") {
            Some(Json::Object(request)) => {
                request.get("name").is_some_and(|it| it.as_str().is_some_and(|it| !it.is_empty()))
            }
            Some(Json::String(text)) => text.contains("${"),
            None | Some(_) => false,
        };
        if !is_named {
            self.missing("inputParameters.startWorkflow.name");
        }
        is_named.then_some(StepKind::StartWorkflow)
    }

    fn terminate(&mut self) -> StepKind {
        if let Some(status) = self.required_input("terminationStatus")
            && !matches!(status.as_str(), "COMPLETED" | "FAILED" | "TERMINATED")
            && !status.contains("${")
        {
            let message = format!(
                "terminationStatus has to be COMPLETED, FAILED or TERMINATED, not `{status}`, for taskType: TERMINATE taskName: {}",
                self.name
            );
            self.input.add("terminationStatus", message, self.problems);
        }
        if self.given.flag("optional", false, self.problems) {
            let message = format!("terminate task cannot be optional, taskName: {}", self.name);
            self.given.add("optional", message, self.problems);
        }
        StepKind::Terminate
    }

    fn event(&mut self) -> Option<StepKind> {
        let sink = self.required("sink")?;
        let (kind, queue) = sink.split_once(':').unwrap_or((&sink, ""));
        let known = "there are `conductor`, `conductor:<queue>` and `sqs:<name or URL of a queue>`";
        if known::SINKS_NOT_BUILT.contains(&kind) {
            self.refuse("sink", format!("sinks of {kind} are not built in this version; {known}"));
        } else if kind == "conductor" && queue.contains("${") {
            self.refuse("sink", "the queue of a `conductor` sink cannot be an expression here".to_owned());
        } else if !matches!((kind, queue.is_empty()), ("conductor", _) | ("sqs", false)) {
            self.refuse("sink", format!("`{sink}` is no sink; {known}, whose beginning is no expression"));
        }
        Some(StepKind::Event { sink })
    }

    fn below(&mut self, key: &str) -> Vec<Step> {
        steps::of(self.given.list(key, self.problems), &self.given.at(key), self.depth + 1, self.problems)
    }

    fn required(&mut self, key: &str) -> Option<String> {
        let value = self.given.some_text(key, self.problems);
        if value.is_none() {
            self.missing(key);
        }
        value
    }

    /// An input; of one that is no text how it is written.
    fn required_input(&mut self, key: &str) -> Option<String> {
        let value = self.input.some_text(key, self.problems);
        if value.is_none() {
            self.missing(&format!("inputParameters.{key}"));
        }
        value
    }

    fn refuse_evaluator(&mut self, key: &str, given: &str) {
        let message = format!(
            "evaluatorType has to be value-param, javascript or graaljs, not `{given}`, for taskType: {} taskName: {}",
            self.task_type, self.name
        );
        self.refuse(key, message);
    }

    /// Conductor's words for what a type cannot do without.
    pub(super) fn missing(&mut self, field: &str) {
        let message =
            format!("{field} field is required for taskType: {} taskName: {}", self.task_type, self.name);
        self.refuse(field, message);
    }

    pub(super) fn refuse(&mut self, field: &str, message: String) {
        let path = field.split('.').fold(self.given.path.clone(), |path, key| path.key(key));
        self.problems.add(&path, message);
    }
}
