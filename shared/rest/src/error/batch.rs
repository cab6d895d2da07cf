//! Why nothing was done to many executions. Kestra has a body of its own for that.

use serde::Serialize;
use service::{Batch, Unfit};

#[derive(Serialize)]
struct BatchJson<'a> {
    message: String,
    invalids: Vec<InvalidJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InvalidJson<'a> {
    message: &'a str,
    invalid_value: &'a str,
    root_bean: &'a str,
}

impl<'a> InvalidJson<'a> {
    fn of(unfit: &'a Unfit) -> Self {
        Self { message: &unfit.message, invalid_value: &unfit.id, root_bean: &unfit.id }
    }
}

pub(super) fn body(batch: &Batch) -> Vec<u8> {
    let invalids = batch.unfit.iter().map(InvalidJson::of).collect();
    serde_json::to_vec(&BatchJson { message: batch.to_string(), invalids }).expect("strings are JSON")
}
