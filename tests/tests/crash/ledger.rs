//! What the server has promised, kept outside of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tests::{
    execution::{check, id, is_terminal},
    space::Space,
};

/// One thing that was asked for, or given.
#[derive(Debug)]
pub(crate) enum Promise {
    /// A key was sent. There may be an execution for it.
    Asked { key: String },
    /// An execution was acknowledged.
    Given { flow: &'static str, key: Option<String>, id: String, execution: Json },
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Executions that were acknowledged, each with its flow and, once it was seen to have ended, as it was then.
    pub(crate) executions: BTreeMap<String, (&'static str, Option<Json>)>,
    pub(crate) keys: BTreeMap<String, BTreeSet<String>>,
    /// Acknowledged since they were last looked at.
    news: Vec<String>,
    /// Answers of 200, repeats included.
    pub(crate) acknowledgements: u64,
}

impl Ledger {
    pub(crate) fn extend(&mut self, promises: impl Iterator<Item = Promise>) {
        for promise in promises {
            match promise {
                Promise::Asked { key } => {
                    self.keys.entry(key).or_default();
                }
                Promise::Given { flow, key, id, execution } => {
                    self.acknowledgements += 1;
                    if let Some(key) = key {
                        self.keys.entry(key).or_default().insert(id.clone());
                    }
                    self.executions.entry(id.clone()).or_insert((flow, None));
                    self.see(execution);
                    self.news.push(id);
                }
            }
        }
    }

    /// Reads again, after a death, what was acknowledged before it.
    pub(crate) fn look_at_news(&mut self, space: &Space) {
        for id in std::mem::take(&mut self.news) {
            let execution = space.execution(&id);
            self.see(execution);
        }
    }

    /// An end, once seen, is the end: each later look shows the same, to the byte.
    pub(crate) fn see(&mut self, mut execution: Json) {
        check(&execution);
        if !is_terminal(&execution) {
            return;
        }
        execution.as_object_mut().unwrap().shift_remove("url");
        let (_, end) =
            self.executions.get_mut(id(&execution)).expect("only promised executions are looked at");
        match end {
            Some(end) => assert_eq!(end.to_string(), execution.to_string(), "an end has changed"),
            None => *end = Some(execution),
        }
    }
}
