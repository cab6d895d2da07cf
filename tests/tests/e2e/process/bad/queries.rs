//! Paths, queries and headers that mean nothing.

use tests::http::Request;

use super::{NAMESPACE, Row, create, row};

fn get(target: &str) -> Request {
    Request::get(target)
}

fn search(query: &str) -> Request {
    get(&format!("/api/v1/executions/search?{query}"))
}

/// `id` is an execution's.
pub(super) fn rows(id: &str) -> Vec<Row> {
    [calls(), searches(), paths(id), headers()].into_iter().flatten().collect()
}

fn calls() -> Vec<Row> {
    vec![
        row("call: no such flow", Request::post(&format!("/api/v1/executions/{NAMESPACE}/nowhere"))),
        row("call: no such namespace", Request::post("/api/v1/executions/nowhere/takes")),
        row("call: no such revision", create("?revision=99")),
        row("call: a text for a revision", create("?revision=latest")),
        row("call: a negative revision", create("?revision=-1")),
        row("call: a huge revision", create("?revision=99999999999999999999")),
        row("call: a label without a colon", create("?labels=team")),
        row("call: a label without a key", create("?labels=%3Avalue")),
        row("call: a label without a value", create("?labels=key%3A")),
        row("call: a label twice", create("?labels=a%3A1&labels=a%3A2")),
        row("call: a system label", create("?labels=system.from%3Ame")),
        row("call: a long label", create(&format!("?labels=a%3A{}", "x".repeat(257)))),
        row(
            "call: many labels",
            create(&format!("?{}", (0..101).map(|n| format!("labels=l{n}%3Ax&")).collect::<String>())),
        ),
        row("call: a bad date", create("?scheduleDate=tomorrow")),
        row("call: a date without a zone", create("?scheduleDate=2024-07-12T05:13:42")),
        row("call: a date that never was", create("?scheduleDate=2024-02-30T05:13:42Z")),
        row("call: a text for a wait", create("?wait=maybe")),
        row("call: several things at once", create("?wait=maybe&revision=x&scheduleDate=x")),
        row("call: an empty key", create("").header("Idempotency-Key", "")),
        row("call: a long key", create("").header("Idempotency-Key", &"k".repeat(256))),
    ]
}

fn searches() -> Vec<Row> {
    vec![
        row("search: page 0", search("page=0")),
        row("search: a text for a page", search("page=first")),
        row("search: a negative size", search("size=-1")),
        row("search: a huge size", search("size=1001")),
        row("search: a size beyond numbers", search("size=99999999999999999999")),
        row("search: a page beyond numbers", search("page=18446744073709551615&size=1000")),
        row("search: a sort without a direction", search("sort=id")),
        row("search: a sort by nothing", search("sort=colour:asc")),
        row("search: a state that is none", search("state=HAPPY")),
        row("search: a bad date", search("startDate=2024-13-01T00:00:00Z")),
        row("search: a plus for a blank", search("startDate=2024-01-01T00:00:00+01:00")),
        row(
            "search: the end before the start",
            search("startDate=2024-02-01T00:00:00Z&endDate=2024-01-01T00:00:00Z"),
        ),
        row("search: two ranges", search("startDate=2024-02-01T00:00:00Z&timeRange=PT1H")),
        row("search: a year for a range", search("timeRange=P1Y")),
        row("search: a scope that is none", search("scope=ALL")),
        row("search: a label without a colon", search("labels=team")),
        row("list: no namespace", get("/api/v1/executions")),
        row("list: no flow", get("/api/v1/executions?namespace=a")),
        row("flows: page 0", get("/api/v1/flows/search?page=0")),
        row("flows: a sort by nothing", get("/api/v1/flows/search?sort=colour:asc")),
        row("flow: no such revision", get(&format!("/api/v1/flows/{NAMESPACE}/takes?revision=99"))),
    ]
}

fn paths(id: &str) -> Vec<Row> {
    let execution = |rest: &str| format!("/api/v1/executions/{id}{rest}");
    vec![
        row("path: nothing there", get("/nowhere")),
        row("path: the root", get("/")),
        row("path: an unknown tenant", get(&format!("/api/v1/acme/executions/{id}"))),
        row("path: an unknown route", get("/api/v1/main/nowhere/at/all/here")),
        row("path: a flow that is none", get(&format!("/api/v1/flows/{NAMESPACE}/nowhere"))),
        row("path: no id", get("/api/v1/executions/no-id")),
        row("path: an unknown id", get("/api/v1/executions/0000000000000000000001")),
        row("path: a long id", get(&format!("/api/v1/executions/{}", "a".repeat(2_000)))),
        row("path: no UTF-8", get("/api/v1/executions/%ff%fe")),
        row("path: a NUL", get("/api/v1/executions/a%00b")),
        row("path: half an escape", get("/api/v1/executions/a%2")),
        row("path: up and away", get("/api/v1/executions/..%2f..%2fetc%2fpasswd")),
        row("file: no path", get(&execution("/file"))),
        row(
            "file: no such file",
            get(&execution(&format!("/file?path=kestra:///e2e/bad/takes/executions/{id}/inputs/x"))),
        ),
        row(
            "file: up and away",
            get(&execution(&format!(
                "/file?path=kestra:///e2e/bad/takes/executions/{id}/../../../../../../etc/passwd"
            ))),
        ),
        row("file: another scheme", get(&execution("/file?path=file:///etc/passwd"))),
        row("file: outside of executions", get(&execution("/file?path=kestra:///somewhere"))),
        row("logs: a level that is none", get(&format!("/api/v1/logs/{id}?minLevel=LOUD"))),
        row("logs: no task run", get(&format!("/api/v1/logs/{id}?taskRunId=x"))),
        row("kill: an unknown id", Request::delete("/api/v1/executions/0000000000000000000001/kill")),
        row("kill: a finished execution alone", Request::delete(&execution("/kill?isOnKillCascade=false"))),
        row("kill: a text for a flag", Request::delete(&execution("/kill?isOnKillCascade=perhaps"))),
        row("follow: an unknown id", get("/api/v1/executions/0000000000000000000001/follow")),
        row(
            "webhook: a wrong key",
            Request::post(&format!("/api/v1/executions/webhook/{NAMESPACE}/takes/wrong")),
        ),
        row("method: PATCH", Request::new("PATCH", &format!("/api/v1/executions/{NAMESPACE}/takes"))),
        row("method: PUT of an execution", Request::put(&execution(""))),
        row("method: DELETE of health", Request::delete("/health")),
        row("method: of one's own", Request::new("BREW", "/api/v1/flows")),
    ]
}

fn headers() -> Vec<Row> {
    vec![
        row("header: a huge one", create("").header("X-Huge", &"x".repeat(1 << 20))),
        row(
            "header: a thousand",
            (0..1_000).fold(create(""), |request, n| request.header(&format!("X-{n}"), "x")),
        ),
        row("query: a huge one", create(&format!("?x={}", "x".repeat(1 << 20)))),
        row("header: a content type that is none", create("").body("multipart", "x")),
        row(
            "header: a content type without end",
            create("").body("multipart/form-data; boundary=\"open", "x"),
        ),
    ]
}
