//! One execution for one key, however often and however many ask.

use std::{collections::BTreeSet, thread};

use tests::{
    execution::{check, id, state},
    http::Request,
    multipart::Form,
    space::Space,
};

const RETURN: &str = "
inputs:
  - { id: n, type: INT, defaults: 0 }
tasks:
  - { id: a, type: io.kestra.plugin.core.debug.Return, format: '{{ inputs.n }}' }
";

fn total(space: &Space) -> u64 {
    let target = format!("/api/v1/executions/search?namespace={}", space.namespace);
    space.client().get(&target).expect(200).json()["total"].as_u64().unwrap()
}

/// Executions that 50 simultaneous requests with one key get.
fn fifty(space: &Space, request: &(impl Fn(usize) -> Request + Sync)) -> BTreeSet<String> {
    thread::scope(|scope| {
        let callers: Vec<_> = (0..50)
            .map(|n| {
                scope.spawn(move || {
                    let execution = space.client().send(&request(n)).expect(200).json();
                    check(&execution);
                    id(&execution).to_owned()
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    })
}

#[test]
fn concurrent_repeats_start_one_execution() {
    let space = Space::shared("idempotency");
    space.create("once", RETURN);
    let waiting = |n: usize| {
        let form = Form::new().text("n", &n.to_string());
        space.call("once").form(form).header("Idempotency-Key", "waiting")
    };
    assert_eq!(fifty(&space, &waiting).len(), 1);
    let leaving = |_| Request::post(&space.path("once")).header("Idempotency-Key", "leaving");
    let left = fifty(&space, &leaving);
    assert_eq!(left.len(), 1);
    assert_eq!(state(&space.ended(left.first().unwrap())), "SUCCESS");
    assert_eq!(total(&space), 2);
}

#[test]
fn a_repeat_gets_what_the_first_became() {
    let space = Space::shared("idempotency");
    space.create("once", RETURN);
    let call = |n: &str| {
        let form = Form::new().text("n", n);
        let request = space.call("once").form(form).header("Idempotency-Key", "key");
        space.client().send(&request).expect(200).json()
    };
    let first = call("1");
    let repeat = call("2");
    assert_eq!(first["id"], repeat["id"]);
    assert_eq!(first["taskRunList"], repeat["taskRunList"]);
    assert_eq!(repeat["inputs"]["n"], 1, "the first counts");
    let async_repeat = Request::post(&space.path("once")).header("Idempotency-Key", "key");
    assert_eq!(space.client().send(&async_repeat).expect(200).json()["id"], first["id"]);
    assert_eq!(total(&space), 1);
}

#[test]
fn other_keys_and_other_flows_are_others() {
    let space = Space::shared("idempotency");
    space.create("one", RETURN);
    space.create("two", RETURN);
    let run = |flow: &str, key: &str| {
        let request = space.call(flow).header("Idempotency-Key", key);
        id(&space.client().send(&request).expect(200).json()).to_owned()
    };
    let ids: BTreeSet<String> =
        [("one", "a"), ("one", "b"), ("two", "a")].map(|(flow, key)| run(flow, key)).into();
    assert_eq!(ids.len(), 3);
}
