//! What is known of offers besides their executions: for whoever shows them.

use engine::{
    execution::{Execution, TaskRun},
    time::Timestamp,
};
use ports::store::{Direction, PAGE_ITEMS_MAX, Range};
use serde_json::{Map, Value as Json};

use super::{Offer, Polled, key_of, queue};
use crate::{Error, Service, keys, record};

/// How far the delivery of a task run's last attempt is.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Whether a worker has it now.
    pub claimed: bool,
    pub worker: Option<String>,
    pub polls: u32,
    /// When it was taken first.
    pub begun: Option<Timestamp>,
    /// It may be taken from then on.
    pub since: Timestamp,
    /// What workers reported so far without an end.
    pub outputs: Map<String, Json>,
}

impl Delivery {
    pub(super) fn of(offer: Offer) -> Self {
        Self {
            claimed: offer.claimed_until.is_some(),
            worker: offer.worker,
            polls: offer.polls,
            begun: offer.begun,
            since: offer.since,
            outputs: offer.outputs,
        }
    }
}

impl Service {
    /// How far the delivery of a run is that waits for a worker; `None` for any other run.
    ///
    /// # Errors
    /// The store's.
    pub async fn delivery(&self, execution: &Execution, run: &TaskRun) -> Result<Option<Delivery>, Error> {
        let Some(key) = key_of(execution, run) else { return Ok(None) };
        let Some(item) = self.store().get(&key).await? else { return Ok(None) };
        Ok(Some(Delivery::of(record::decode(&item.content.body)?)))
    }

    /// How many attempts of a type wait for a worker of no domain now.
    ///
    /// # Errors
    /// The store's.
    pub async fn waiting_offers(&self, tenant: &str, task_type: &str) -> Result<usize, Error> {
        let partition = keys::offers(tenant, &queue(task_type, None));
        let (mut waiting, mut after) = (0, None::<String>);
        loop {
            let range = Range {
                prefix: "",
                after: after.as_deref(),
                direction: Direction::Ascending,
                limit: PAGE_ITEMS_MAX,
            };
            let page = self.store().query(&partition, range).await?;
            for item in &page {
                let offer: Offer = record::decode(&item.content.body)?;
                waiting += usize::from(offer.claimed_until.is_none() && offer.over.is_none());
            }
            match page.last() {
                Some(last) if page.len() == PAGE_ITEMS_MAX => after = Some(last.key.sort.clone()),
                _ => return Ok(waiting),
            }
        }
    }

    /// Who polled this process, and when.
    pub fn pollers(&self, tenant: &str) -> Vec<Polled> {
        self.shared.pollers.all(tenant)
    }
}
