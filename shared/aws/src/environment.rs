//! What a function is told by its environment, read in one place and all at once.

use std::{collections::BTreeMap, env};

use crate::{
    Error,
    secrets::{RIGHT, Source},
};

/// Bytes of a queue's name, as SQS has it, and of what follows the prefix in a reply queue's.
const QUEUE_NAME_MAX: usize = 80;
const GROUP_QUEUES: &str = "ROUNDTRIP_GROUP_QUEUES";
const REPLY_ID: usize = engine::id::ID_CHARACTERS;

/// Where a deployment has its things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// `ROUNDTRIP_TABLE`: the table's name.
    pub table: String,
    /// `ROUNDTRIP_BUCKET`: the bucket's name.
    pub bucket: String,
    /// `ROUNDTRIP_QUEUE_URL`: the URL of the queue of executions to carry on.
    pub queue_url: String,
    /// `ROUNDTRIP_GROUP_QUEUES`: the queues of worker groups, by their names: `gpu=https://…,heavy=https://…`.
    pub group_queues: BTreeMap<String, String>,
    /// `ROUNDTRIP_REPLY_PREFIX`: what the names of all reply queues of this deployment start with, and of no others.
    pub reply_prefix: String,
    /// `ROUNDTRIP_URL`: where the deployment is reached from outside, without a `/` at its end.
    pub url: Option<String>,
    /// `ROUNDTRIP_LOG`: what is logged.
    pub log: String,
    /// `ROUNDTRIP_STAGE`: the deployment's name in metrics.
    pub stage: String,
    /// `ROUNDTRIP_SECRETS`: where secrets are besides the environment, `secretsmanager:<prefix>` or `ssm:<prefix>`.
    pub secrets: Option<Source>,
}

impl Environment {
    /// Of this process.
    ///
    /// # Errors
    /// [`Error::Environment`] with everything that is missing or wrong.
    pub fn read() -> Result<Self, Error> {
        Self::from_variables(|name| env::var(name).ok())
    }

    /// From a variable by its name. One that is empty is not there.
    ///
    /// # Errors
    /// As [`Environment::read`].
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let given = |name: &str| variable(name).filter(|value| !value.is_empty());
        let mut needed = |name: &str, right: &str, is_right: fn(&str) -> bool| {
            let value = given(name);
            match &value {
                None => problems.push(format!("{name} is missing: {right}")),
                Some(value) if !is_right(value) => {
                    problems.push(format!("{name} is `{value}`, but should be {right}"));
                }
                Some(_) => {}
            }
            value.unwrap_or_default()
        };
        let table = needed("ROUNDTRIP_TABLE", "the name of a DynamoDB table", is_table);
        let bucket = needed("ROUNDTRIP_BUCKET", "the name of an S3 bucket", is_bucket);
        let queue_url = needed(
            "ROUNDTRIP_QUEUE_URL",
            "the URL of an SQS queue, `https://<host>/<account>/<name>`",
            is_queue,
        );
        let reply_prefix = needed(
            "ROUNDTRIP_REPLY_PREFIX",
            "how names of reply queues start: at most 58 letters, digits, `-` and `_`",
            is_reply_prefix,
        );
        let mut group_queues = BTreeMap::new();
        for group in given(GROUP_QUEUES).iter().flat_map(|all| all.split(',')) {
            match group.split_once('=') {
                Some((name, url)) if is_queue_name(name) && is_queue(url) => {
                    group_queues.insert(name.to_owned(), url.to_owned());
                }
                _ => problems.push(format!(
                    "{GROUP_QUEUES} has `{group}`, but should have a group and the URL of its SQS queue, \
                     `<group>=https://<host>/<account>/<name>`, and commas between them"
                )),
            }
        }
        let url = given("ROUNDTRIP_URL").map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) = url.as_ref().filter(|url| !is_url(url)) {
            problems.push(format!(
                "ROUNDTRIP_URL is `{url}`, but should be a URL, `https://<host>`, or not there"
            ));
        }
        let log = given("ROUNDTRIP_LOG").unwrap_or_else(|| "info".to_owned());
        let stage = given("ROUNDTRIP_STAGE").unwrap_or_else(|| "dev".to_owned());
        let (text, mut secrets) = (given("ROUNDTRIP_SECRETS"), None);
        if let Some(text) = text {
            secrets = text.parse().ok();
            if secrets.is_none() {
                problems.push(format!("ROUNDTRIP_SECRETS is `{text}`, but should be {RIGHT}, or not there"));
            }
        }
        if problems.is_empty() {
            Ok(Self { table, bucket, queue_url, group_queues, reply_prefix, url, log, stage, secrets })
        } else {
            Err(Error::Environment(problems))
        }
    }
}

fn is_table(name: &str) -> bool {
    (3..=255).contains(&name.len()) && name.bytes().all(|byte| is_word(byte) || byte == b'.')
}

fn is_bucket(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    (3..=63).contains(&name.len()) && name.bytes().all(fits)
}

fn is_queue(url: &str) -> bool {
    is_url(url) && queue_path(url).is_some_and(|(account, name)| !account.is_empty() && is_queue_name(name))
}

fn is_reply_prefix(prefix: &str) -> bool {
    is_queue_name(prefix) && prefix.len() + REPLY_ID <= QUEUE_NAME_MAX
}

fn is_queue_name(name: &str) -> bool {
    (1..=QUEUE_NAME_MAX).contains(&name.len()) && name.bytes().all(is_word)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn is_url(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// The account and the name of the queue at a URL. Its host says nothing: one queue is known under several.
pub(crate) fn queue_path(url: &str) -> Option<(&str, &str)> {
    let (_, rest) = url.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    path.split_once('/').filter(|(_, name)| !name.contains('/'))
}

#[cfg(test)]
mod tests;
