//! Flows as documents: what is wrong with them, how they are read, their graph.

use serde_json::{Value as Json, json};
use tests::http::Request;

use super::{last_seen, refused};
use crate::{
    case::{Case, strings},
    scene::{Flow, Scene, json_of, problems, text},
    shortfall::{Shortfall, difference},
    suite::Suite,
};

/// A flow that is wrong: creating it tells each violation, validating it tells that there are some.
pub(super) fn validation(suite: &Suite, case: &Case) -> Result<(), Shortfall> {
    let scene = Scene::new(suite, case)?;
    let update = case.source_test.ends_with("#duplicateUpdate");
    let request = if update {
        let logs = Flow::read(suite, "valids", "logs.yaml")?;
        scene.create(&logs, "logs.yaml")?;
        Request::put(&format!("/api/v1/flows/{}/{}", logs.namespace, logs.id))
    } else {
        Request::post("/api/v1/flows")
    };
    let response = scene.send(&request.yaml(&scene.flow.source))?;
    if response.status < 300 {
        return Err(Shortfall::differs("the flow", "a refusal", "taken"));
    }
    let validate = Request::post("/api/v1/flows/validate").yaml(&scene.flow.source);
    let constraints = text(&scene.json(&validate)?[0]["constraints"]);
    let told = format!("{}\n{constraints}", problems(&response));
    let mut out = Vec::new();
    let wanted =
        ["errorContains", "error"].iter().filter_map(|name| case.expect.get(*name)).flat_map(strings);
    for part in wanted {
        if !told.contains(part.trim_end()) {
            out.push(difference("message", &part, &told));
        }
    }
    if let Some(wanted) = case.expect.get("violations") {
        let answer = json_of(&response)?["_embedded"]["errors"].as_array().map_or(0, Vec::len);
        if *wanted != answer {
            out.push(difference("violations", &wanted.to_string(), &format!("{answer}: {told}")));
        }
    }
    if constraints == "null" && !update {
        out.push(difference("validation", "constraints", "none"));
    }
    refused(response.status, &told, &serde_json::Map::new())?;
    if out.is_empty() { Ok(()) } else { Err(Shortfall::Differs(out)) }
}

/// A sound flow as it is shown.
pub(super) fn parse(suite: &Suite, case: &Case) -> Result<(), Shortfall> {
    let scene = Scene::set(suite, case)?;
    let path = format!("/api/v1/flows/{}/{}", scene.flow.namespace, scene.flow.id);
    if let Some(wanted) = case.expect.get("json").and_then(Json::as_str) {
        // A source may name a revision; the one that is kept counts writes.
        let named = serde_json::from_str::<Json>(wanted).unwrap_or_default()["revision"].as_u64();
        for write in 1..named.unwrap_or(1) {
            scene.taken(&Request::put(&path).yaml(&format!("{}\n# {write}\n", scene.flow.source)))?;
        }
        let answer = scene.taken(&Request::get(&path))?.text();
        return if answer == wanted { Ok(()) } else { Err(Shortfall::differs("JSON", wanted, &answer)) };
    }
    let flow = scene.json(&Request::get(&path))?;
    let mut out = Vec::new();
    let mut equal = |what: &str, wanted: &Json, answer: Json| {
        if *wanted != answer {
            out.push(difference(what, &wanted.to_string(), &answer.to_string()));
        }
    };
    for (what, wanted) in &case.expect {
        match what.as_str() {
            "topLevelTasks" => equal(what, wanted, flow["tasks"].as_array().map_or(0, Vec::len).into()),
            "inputs" => {
                let input = |it: &Json| json!({"id": it["id"], "type": it["type"]});
                equal(what, wanted, flow["inputs"].as_array().into_iter().flatten().map(input).collect());
            }
            "graph" => equal(what, wanted, sizes(&scene.json(&Request::get(&format!("{path}/graph")))?)),
            other => return Err(Shortfall::Broken(format!("nothing here knows how to expect `{other}`"))),
        }
    }
    if out.is_empty() { Ok(()) } else { Err(Shortfall::Differs(out)) }
}

/// The graph of a flow whose subflow is named by an expression: only an execution has it.
pub(super) fn graph(suite: &Suite, case: &Case) -> Result<(), Shortfall> {
    let mut scene = Scene::set(suite, case)?;
    let path = format!("/api/v1/flows/{}/{}/graph", scene.flow.namespace, scene.flow.id);
    let response = scene.send(&Request::get(&path).query("subflows", "launch"))?;
    let mut expect = serde_json::Map::new();
    expect.insert("errorContains".to_owned(), case.expect["graphError"].clone());
    refused(response.status, &problems(&response), &expect)?;
    let id = scene.begin()?;
    scene.end(&id)?;
    let path = format!("/api/v1/executions/{id}/graph");
    let answer = sizes(&scene.json(&Request::get(&path).query("subflows", "launch"))?);
    let wanted = &case.expect["graphWithExecution"];
    if *wanted != answer {
        return Err(Shortfall::differs("graph", &wanted.to_string(), &answer.to_string()));
    }
    last_seen(&scene, &serde_json::Map::new())
}

fn sizes(graph: &Json) -> Json {
    let count = |name: &str| graph[name].as_array().map_or(0, Vec::len);
    json!({"nodes": count("nodes"), "edges": count("edges"), "clusters": count("clusters")})
}
