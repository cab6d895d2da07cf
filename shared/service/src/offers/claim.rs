//! Polling: offers are handed out, the highest priority first, then the oldest.
//!
//! Who waits is woken when an offer is written in this process; a slow look at the store stands behind it for those that
//! other processes write.

use std::time::Duration;

use engine::{conductor::TaskId, machine, time::Timestamp};
use ports::store::{Condition, Direction, Item, Range, Write};
use tokio::time::Instant;

use super::{Delivery, Offer, SeenTask, queue};
use crate::{Class, Error, Service, access::Reach, keys, record};

/// Offers read at once. More are read while those before them are all in work.
const OFFERS_PAGE: usize = 100;
/// Tasks that one poll hands out.
pub(super) const COUNT_MAX: usize = 100;
/// How long a poll waits. Conductor's limit.
pub(super) const TIMEOUT_MAX: Duration = Duration::from_secs(5);
/// How often a poll that waits looks for what other processes offered.
const LOOK: Duration = Duration::from_secs(1);

/// Who asks for work.
#[derive(Debug, Clone, Default)]
pub struct Poll {
    pub task_type: String,
    pub domain: Option<String>,
    pub worker: Option<String>,
    /// At most so many; 100 in any case.
    pub count: usize,
    /// How long to wait for the first one; 5 seconds in any case.
    pub timeout: Duration,
    /// Who asks gets tasks of executions within it alone.
    pub reach: Reach,
}

/// What a look at a queue gave.
struct Looked {
    claimed: Vec<SeenTask>,
    /// When one that was put back may be taken.
    next: Option<Timestamp>,
}

impl Service {
    /// Hands out work. Comes back as soon as there is some, with what there is then.
    ///
    /// # Errors
    /// Only the store's: what was claimed before is given, and not lost.
    pub async fn poll(&self, tenant: &str, poll: &Poll) -> Result<Vec<SeenTask>, Error> {
        let queue = queue(&poll.task_type, poll.domain.as_deref());
        self.shared.pollers.note(tenant, &queue, poll.worker.as_deref().unwrap_or_default(), self.now());
        let until = Instant::now() + poll.timeout.min(TIMEOUT_MAX);
        let notify = self.shared.pollers.register(tenant, &queue);
        loop {
            let woken = notify.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let Looked { claimed, next } = Box::pin(self.claim(tenant, &queue, poll)).await?;
            let now = Instant::now();
            if !claimed.is_empty() || now >= until {
                return Ok(claimed);
            }
            let ready = next.map_or(LOOK, |at| at.since(self.now()).clamp(Duration::from_millis(1), LOOK));
            let _ = tokio::time::timeout_at(until.min(now + ready), woken).await;
        }
    }

    async fn claim(&self, tenant: &str, queue: &str, poll: &Poll) -> Result<Looked, Error> {
        let partition = keys::offers(tenant, queue);
        let mut looked = Looked { claimed: Vec::new(), next: None };
        let mut after: Option<String> = None;
        loop {
            let range = Range {
                prefix: "",
                after: after.as_deref(),
                direction: Direction::Ascending,
                limit: OFFERS_PAGE,
            };
            let page = self.store().query(&partition, range).await?;
            let more = page.len() == OFFERS_PAGE;
            after = page.last().map(|item| item.key.sort.clone());
            for item in page {
                if looked.claimed.len() >= poll.count.clamp(1, COUNT_MAX) {
                    return Ok(looked);
                }
                match self.claim_one(tenant, item, poll, &mut looked.next).await {
                    Ok(claimed) => looked.claimed.extend(claimed),
                    // What is claimed has to be told.
                    Err(error) if !looked.claimed.is_empty() => {
                        tracing::debug!(%error, "the rest is left to the next poll");
                        return Ok(looked);
                    }
                    Err(error) => return Err(error),
                }
            }
            if !more {
                return Ok(looked);
            }
        }
    }

    /// Claims an offer; `None` when somebody has it, or it stands for nothing any more.
    async fn claim_one(
        &self,
        tenant: &str,
        item: Item,
        poll: &Poll,
        next: &mut Option<Timestamp>,
    ) -> Result<Option<SeenTask>, Error> {
        let mut offer: Offer = record::decode(&item.content.body)?;
        let now = self.now();
        if !offer.is_free(now) {
            if offer.since > now {
                *next = Some(next.map_or(offer.since, |it| it.min(offer.since)));
            }
            return Ok(None);
        }
        if offer.namespace.as_ref().is_some_and(|it| !poll.reach.namespace(it)) {
            return Ok(None);
        }
        // Read before it is claimed: what fails here leaves it to others.
        let record = self.read_record(tenant, offer.execution).await?;
        let waits = record.filter(|(record, _)| {
            let run = record.execution.task_runs.get(offer.task_run);
            let open = run.and_then(machine::open_offer);
            !record.execution.is_over() && open.is_some_and(|(number, _)| number == offer.number)
        });
        let Some((record, _)) = waits else {
            let gone = Write::Delete { key: item.key, condition: Condition::Version(item.version) };
            let _ = self.store().commit(vec![gone]).await;
            return Ok(None);
        };
        // Of an offer that does not say whose it is.
        if !poll.reach.namespace(&record.execution.namespace) {
            return Ok(None);
        }
        let flow = self.flow_of(&record.execution).await?;
        offer.claim(poll.worker.as_deref(), now);
        let content = offer.content()?;
        let body = content.body.clone();
        let condition = Condition::Version(item.version);
        let put = Write::Put { key: item.key.clone(), condition, content };
        match self.write(&item.key, &body, vec![put]).await {
            Ok(()) => {}
            Err(error) if error.class() == Class::Contention => return Ok(None),
            Err(error) => return Err(error),
        }
        let Offer { execution, task_run, number, .. } = offer;
        let task = TaskId { execution, task_run, number };
        Ok(Some(SeenTask { execution: record.execution, flow, task, delivery: Some(Delivery::of(offer)) }))
    }
}
