//! Calls and their answers, where a wrong answer is a shortfall and no panic.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;
use serde_json::Value as Json;
use tests::http::{Client, Request, Response};

use crate::shortfall::Shortfall;

/// The answer, whatever its status.
pub(super) fn send(client: &Client, request: &Request) -> Result<Response, Shortfall> {
    client.try_send(request).map_err(|error| Shortfall::Broken(format!("{request}: {error}")))
}

/// The answer to a call that should be taken.
pub(super) fn taken(client: &Client, request: &Request) -> Result<Response, Shortfall> {
    let response = send(client, request)?;
    if (200..400).contains(&response.status) {
        return Ok(response);
    }
    Err(refusal(request, &response))
}

/// The answer, unless it says that nothing of the kind is built.
pub(super) fn built(client: &Client, request: &Request) -> Result<Response, Shortfall> {
    let response = send(client, request)?;
    if response.status == 501 { Err(refusal(request, &response)) } else { Ok(response) }
}

fn refusal(request: &Request, response: &Response) -> Shortfall {
    Shortfall::Refused {
        request: without_ids(&request.to_string()).into_owned(),
        status: response.status,
        message: problems(response),
    }
}

pub(crate) fn json(response: &Response) -> Result<Json, Shortfall> {
    serde_json::from_slice(&response.body)
        .map_err(|error| Shortfall::Broken(format!("an answer is no JSON: {error}: {}", response.text())))
}

/// What an answer says is wrong: its message, and a line `path: message` for each of its errors.
pub(crate) fn problems(response: &Response) -> String {
    let Ok(json) = serde_json::from_slice::<Json>(&response.body) else {
        return response.text();
    };
    let mut lines = Vec::from_iter(json["message"].as_str().map(str::to_owned));
    for error in json["_embedded"]["errors"].as_array().into_iter().flatten() {
        let part = |name: &str| error[name].as_str().unwrap_or_default();
        lines.push(format!("{}: {}", part("path"), part("message")));
    }
    if lines.is_empty() { response.text() } else { lines.join("\n") }
}

/// The same for every execution.
fn without_ids(request: &str) -> Cow<'_, str> {
    static ID: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b[0-9A-Za-z]{20,22}\b").expect("the pattern is constant"));
    ID.replace_all(request, "{id}")
}
