//! What holds for every task of a type of workers, kept per tenant. Conductor: `TaskDef`.
//!
//! A definition counts for what is offered after it was written; what waits for a worker already, and what retries
//! follow from that, keep what held then.

use engine::conductor::{RetryLogic, TaskDefinition, TaskTimeoutPolicy, reading};
use ports::store::{Condition, Content, Direction, PAGE_ITEMS_MAX, Range, Write};
use serde_json::{Map, Value as Json, json};

use crate::{Error, Service, keys, record};

/// Bytes of a definition's name: it is what workers poll for.
pub(crate) const NAME_BYTES_MAX: usize = 255;
/// Definitions that one call writes.
pub(crate) const DEFINITIONS_MAX: usize = 1_000;

impl Service {
    /// Keeps definitions, each in the place of one of the same name. All are read before one is kept.
    ///
    /// # Errors
    /// `Invalid`, with all that is wrong.
    pub async fn put_task_definitions(&self, tenant: &str, documents: &[Json]) -> Result<(), Error> {
        if documents.len() > DEFINITIONS_MAX {
            let message = format!("one call keeps at most {DEFINITIONS_MAX} task definitions");
            return Err(Error::argument(message));
        }
        let read: Vec<TaskDefinition> = documents.iter().map(read).collect::<Result<_, _>>()?;
        for (definition, document) in read.iter().zip(documents) {
            let mut document = document.as_object().cloned().unwrap_or_default();
            let key = keys::task_definition(tenant, &definition.name);
            let before = self.store().get(&key).await?;
            let before: Option<Map<String, Json>> =
                before.map(|item| record::decode(&item.content.body)).transpose()?;
            let now = json!(self.now().as_millis());
            let created = before.and_then(|it| it.get("createTime").cloned()).unwrap_or_else(|| now.clone());
            document.insert("createTime".to_owned(), created);
            document.insert("updateTime".to_owned(), now);
            let content = Content { body: record::encode(&document)?, ..Content::default() };
            let body = content.body.clone();
            let put = Write::Put { key: key.clone(), condition: Condition::None, content };
            self.write(&key, &body, vec![put]).await?;
        }
        Ok(())
    }

    /// A definition as it was given, with what it did not say.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn task_definition(&self, tenant: &str, name: &str) -> Result<Map<String, Json>, Error> {
        match self.stored_task_definition(tenant, name).await? {
            Some(document) => shown(document),
            None => Err(Error::NotFound(format!("No such taskType found by name: {name}"))),
        }
    }

    /// All definitions, by name.
    ///
    /// # Errors
    /// The store's.
    pub async fn task_definitions(&self, tenant: &str) -> Result<Vec<Map<String, Json>>, Error> {
        let partition = keys::task_definitions(tenant);
        let (mut all, mut after) = (Vec::new(), None::<String>);
        loop {
            let range = Range {
                prefix: "",
                after: after.as_deref(),
                direction: Direction::Ascending,
                limit: PAGE_ITEMS_MAX,
            };
            let page = self.store().query(&partition, range).await?;
            let more = page.len() == PAGE_ITEMS_MAX;
            after = page.last().map(|item| item.key.sort.clone());
            for item in page {
                all.push(shown(record::decode(&item.content.body)?)?);
            }
            if !more {
                return Ok(all);
            }
        }
    }

    /// Forgets a definition. What waits with it stays as it is.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_task_definition(&self, tenant: &str, name: &str) -> Result<(), Error> {
        self.task_definition(tenant, name).await?;
        let key = keys::task_definition(tenant, name);
        Ok(self.store().commit(vec![Write::Delete { key, condition: Condition::None }]).await?)
    }

    /// What holds for a type, defined or not.
    pub(crate) async fn task_definition_or_default(
        &self,
        tenant: &str,
        name: &str,
    ) -> Result<TaskDefinition, Error> {
        match self.stored_task_definition(tenant, name).await? {
            Some(document) => read(&Json::Object(document)),
            None => Ok(TaskDefinition::named(name)),
        }
    }

    /// As it was given; `None` where nothing is.
    pub(crate) async fn stored_task_definition(
        &self,
        tenant: &str,
        name: &str,
    ) -> Result<Option<Map<String, Json>>, Error> {
        if name.is_empty() || name.len() > NAME_BYTES_MAX {
            return Ok(None);
        }
        let item = self.store().get(&keys::task_definition(tenant, name)).await?;
        item.map(|item| record::decode(&item.content.body)).transpose()
    }
}

fn read(document: &Json) -> Result<TaskDefinition, Error> {
    let definition = reading::task_definition_of_json(document)?;
    if definition.name.len() > NAME_BYTES_MAX {
        let message = format!("TaskDef name may have at most {NAME_BYTES_MAX} bytes");
        return Err(Error::argument(message));
    }
    Ok(definition)
}

/// With the defaults of what it does not say. A definition was checked when it was kept.
fn shown(document: Map<String, Json>) -> Result<Map<String, Json>, Error> {
    let it = read(&Json::Object(document.clone()))?;
    let seconds = |it: Option<std::time::Duration>| it.map_or(0, |it| it.as_secs());
    let logic = match it.retry_logic {
        RetryLogic::Fixed => "FIXED",
        RetryLogic::LinearBackoff => "LINEAR_BACKOFF",
        RetryLogic::ExponentialBackoff => "EXPONENTIAL_BACKOFF",
    };
    let policy = match it.timeout_policy {
        TaskTimeoutPolicy::Retry => "RETRY",
        TaskTimeoutPolicy::TimeOutWorkflow => "TIME_OUT_WF",
        TaskTimeoutPolicy::AlertOnly => "ALERT_ONLY",
    };
    let known = json!({
        "name": it.name,
        "retryCount": it.retry_count,
        "retryLogic": logic,
        "retryDelaySeconds": it.retry_delay.as_secs(),
        "backoffScaleFactor": it.backoff_scale_factor,
        "maxRetryDelaySeconds": seconds(it.retry_delay_max),
        "timeoutSeconds": seconds(it.timeout),
        "timeoutPolicy": policy,
        "responseTimeoutSeconds": it.response_timeout.as_secs(),
        "totalTimeoutSeconds": seconds(it.total_timeout),
        "inputTemplate": it.input_template,
        "inputKeys": [],
        "outputKeys": [],
    });
    let Json::Object(mut whole) = known else { unreachable!("written as an object") };
    // SDKs drop the whole object for a null where they expect something.
    whole.extend(document.into_iter().filter(|(_, value)| !value.is_null()));
    whole.insert("retryLogic".to_owned(), json!(logic));
    whole.insert("timeoutPolicy".to_owned(), json!(policy));
    Ok(whole)
}
