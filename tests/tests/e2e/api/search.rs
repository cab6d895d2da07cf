//! Finding executions and flows: filters, order, pages.

use serde_json::Value as Json;
use tests::{execution::id, http::Request, space::Space};

const RETURN: &str = "tasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return }";
const FAIL: &str = "tasks:\n  - { id: a, type: io.kestra.plugin.core.execution.Fail }";

fn search(space: &Space, query: &str) -> Json {
    let target = format!("/api/v1/executions/search?namespace={}{query}", space.namespace);
    space.client().get(&target).expect(200).json()
}

fn ids(page: &Json) -> Vec<&str> {
    page["results"].as_array().unwrap().iter().map(id).collect()
}

#[test]
fn executions_are_found_by_what_they_are() {
    let space = Space::shared("search");
    assert_eq!(search(&space, "")["total"], 0);
    space.create("good", RETURN);
    space.create("bad", FAIL);
    let good = space.run("good");
    let bad = space.run("bad");
    assert_eq!(search(&space, "")["total"], 2);
    assert_eq!(ids(&search(&space, "&flowId=good")), [id(&good)]);
    assert_eq!(ids(&search(&space, "&state=FAILED")), [id(&bad)]);
    assert_eq!(search(&space, "&state=FAILED&state=SUCCESS")["total"], 2);
    assert_eq!(search(&space, "&state=RUNNING")["total"], 0);
    let created = good["state"]["startDate"].as_str().unwrap();
    assert_eq!(search(&space, &format!("&startDate={created}"))["total"], 2);
    assert_eq!(search(&space, "&startDate=2100-01-01T00:00:00Z")["total"], 0);
    assert_eq!(search(&space, "&timeRange=PT12H")["total"], 2);

    let listed = space.client().get(&format!("/api/v1/executions?namespace={}&flowId=good", space.namespace));
    assert_eq!(ids(&listed.expect(200).json()), [id(&good)]);
}

#[test]
fn a_namespace_contains_those_below() {
    let space = Space::shared("search");
    space.create("good", RETURN);
    space.run("good");
    let parent = space.namespace.rsplit_once('.').unwrap().0;
    let found = |namespace: &str| {
        let target = format!("/api/v1/executions/search?namespace={namespace}&flowId=good");
        space.client().get(&target).expect(200).json()["total"].clone()
    };
    assert_eq!(found(parent), 1);
    assert_eq!(found(&space.namespace[..space.namespace.len() - 1]), 0, "whole segments only");
}

#[test]
fn pages_hold_each_execution_once() {
    let space = Space::shared("search");
    space.create("good", RETURN);
    let mut expected: Vec<String> = (0..7).map(|_| id(&space.run("good")).to_owned()).collect();
    for (sort, reversed) in [("asc", false), ("desc", true)] {
        let mut seen = Vec::new();
        for page in 1..=4 {
            let page = search(&space, &format!("&sort=state.startDate:{sort}&size=2&page={page}"));
            assert_eq!(page["total"], 7);
            seen.extend(ids(&page).into_iter().map(str::to_owned));
        }
        assert_eq!(seen.len(), 7, "{sort}");
        let mut dates: Vec<String> = seen
            .iter()
            .map(|id| space.execution(id)["state"]["startDate"].as_str().unwrap().to_owned())
            .collect();
        if reversed {
            dates.reverse();
        }
        assert!(dates.is_sorted(), "{sort}: {dates:?}");
        seen.sort();
        expected.sort();
        assert_eq!(seen, expected);
    }
    assert_eq!(ids(&search(&space, "&size=100&page=2")), [""; 0]);
}

#[test]
fn flows_are_found() {
    let space = Space::shared("search");
    for flow in ["alpha", "beta", "gamma"] {
        space.create(flow, &format!("labels: {{ greek: {flow} }}\n{RETURN}"));
    }
    let found = |query: &str| {
        let target = format!("/api/v1/flows/search?namespace={}{query}", space.namespace);
        let page = space.client().get(&target).expect(200).json();
        let ids: Vec<String> = page["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["id"].as_str().unwrap().to_owned())
            .collect();
        assert!(page["total"].is_u64(), "{page}");
        ids
    };
    assert_eq!(found("&sort=id:asc"), ["alpha", "beta", "gamma"]);
    assert_eq!(found("&q=bet"), ["beta"]);
    assert_eq!(found("&labels=greek:gamma"), ["gamma"]);
    assert_eq!(found("&size=2&sort=id:desc"), ["gamma", "beta"]);
    let listed = space.client().get(&format!("/api/v1/flows/{}", space.namespace)).expect(200).json();
    assert_eq!(listed.as_array().unwrap().len(), 3);
    space.client().send(&Request::delete(&format!("/api/v1/flows/{}/beta", space.namespace))).expect(204);
    assert_eq!(found("&sort=id:asc"), ["alpha", "gamma"]);
}
