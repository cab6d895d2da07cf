//! After the last death: is everything there, did everything end, and only once?

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::Value as Json;
use tests::{
    execution::{check, id, is_terminal, outline, state, task_run},
    http::Request,
    poll,
    space::Space,
};

use crate::{ledger::Ledger, load};

/// A task run whose attempts were lost so often is not tried again.
const LOST_ATTEMPTS_MAX: usize = 3;
const PAGE: usize = 1_000;

/// What the final look counted.
#[derive(Debug, Default)]
struct Counts {
    lost_attempts: usize,
    repeated_effects: usize,
    given_up: usize,
}

pub(crate) fn pass(space: &Space, ledger: &Ledger, effects: &Path, rounds: u64) {
    poll::until("the end of every execution", || {
        let open = Request::get("/api/v1/executions/search")
            .query("namespace", &space.namespace)
            .query("state", "CREATED")
            .query("state", "RUNNING")
            .query("state", "KILLING");
        (space.client().send(&open).expect(200).json()["total"] == 0).then_some(())
    });
    let keys = keys(space, ledger);
    let all = all(space);

    let stored: BTreeMap<&str, &Json> = all.iter().map(|execution| (id(execution), execution)).collect();
    assert_eq!(stored.len(), all.len(), "an execution is listed once");
    for (id, (flow, end)) in &ledger.executions {
        let execution = stored.get(id.as_str()).unwrap_or_else(|| panic!("{id} of `{flow}` is lost"));
        assert_eq!(execution["flowId"], *flow);
        if let Some(end) = end {
            assert_eq!(end.to_string(), execution.to_string(), "an end has changed");
        }
    }
    let mut counts = Counts::default();
    for execution in &all {
        check(execution);
        assert!(is_terminal(execution), "stuck: {execution:#}");
        match execution["flowId"].as_str().unwrap() {
            "effect" => effect(execution, effects, &mut counts),
            _ => pure(execution),
        }
    }
    for file in fs::read_dir(effects).unwrap().flatten() {
        let name = file.file_name().into_string().unwrap();
        assert!(stored.contains_key(name.as_str()), "an effect of nobody: {name}");
    }
    let of_keys: BTreeSet<&str> =
        all.iter().filter(|execution| execution["flowId"] == "keyed").map(id).collect();
    assert_eq!(of_keys, keys.iter().map(String::as_str).collect(), "one execution for each key");
    eprintln!(
        "{rounds} deaths, {} acknowledgements, {} executions, {} keys, {} lost attempts, {} repeated effects, {} given up",
        ledger.acknowledgements,
        all.len(),
        keys.len(),
        counts.lost_attempts,
        counts.repeated_effects,
        counts.given_up,
    );
    assert!(!ledger.executions.is_empty(), "no server lived long enough to acknowledge anything");
}

/// Sends every key once more: each gives the one execution it has, or gets the first now.
fn keys(space: &Space, ledger: &Ledger) -> BTreeSet<String> {
    let one = |(key, ids): (&String, &BTreeSet<String>)| {
        let execution =
            space.client().send(&load::keyed(space, key).query("wait", "true")).expect(200).json();
        let id = id(&execution).to_owned();
        assert!(ids.iter().all(|known| *known == id), "{key} gave {ids:?}, and now {id}");
        id
    };
    let found: BTreeSet<String> = ledger.keys.iter().map(one).collect();
    assert_eq!(found.len(), ledger.keys.len(), "keys do not share executions");
    found
}

/// Every execution there is, acknowledged or not.
fn all(space: &Space) -> Vec<Json> {
    let mut all = Vec::new();
    loop {
        let request = Request::get("/api/v1/executions/search")
            .query("namespace", &space.namespace)
            .query("sort", "id:asc")
            .query("size", &PAGE.to_string())
            .query("page", &(all.len() / PAGE + 1).to_string());
        let mut page = space.client().send(&request).expect(200).json();
        let results = page["results"].as_array_mut().unwrap();
        let length = results.len();
        all.append(results);
        if length < PAGE {
            assert_eq!(page["total"], all.len());
            return all;
        }
    }
}

fn pure(execution: &Json) {
    assert_eq!(state(execution), "SUCCESS", "{execution:#}");
    assert_eq!(outline(execution), "one SUCCESS, two SUCCESS, three SUCCESS");
    assert_eq!(execution["outputs"]["n"], execution["inputs"]["n"]);
}

/// At least once: one effect, and a further one only for an attempt that is recorded as lost.
fn effect(execution: &Json, effects: &Path, counts: &mut Counts) {
    let attempts = task_run(execution, "effect")["attempts"].as_array().unwrap();
    let lost = attempts.iter().filter(|attempt| state(attempt) == "KILLED").count();
    let happened = fs::read_to_string(effects.join(id(execution))).map_or(0, |text| text.lines().count());
    counts.lost_attempts += lost;
    counts.repeated_effects += happened.saturating_sub(1);
    assert!(happened <= attempts.len(), "{happened} effects: {execution:#}");
    if state(execution) == "SUCCESS" {
        assert!(happened >= 1, "no effect: {execution:#}");
        assert_eq!(outline(execution), "effect SUCCESS, after SUCCESS");
        assert_eq!(lost + 1, attempts.len(), "{execution:#}");
        assert_eq!(execution["outputs"]["code"], 0);
    } else {
        assert_eq!(state(execution), "FAILED", "{execution:#}");
        assert_eq!((lost, attempts.len()), (LOST_ATTEMPTS_MAX, LOST_ATTEMPTS_MAX), "{execution:#}");
        counts.given_up += 1;
    }
}
