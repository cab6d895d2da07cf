//! Polling: offers are handed out, the highest priority first, then the oldest.
//!
//! Who waits is woken when an offer is written in this process; a slow look at the store stands behind it for those that
//! other processes write.

use std::time::Duration;

use engine::{conductor::TaskId, machine, time::Timestamp};
use ports::store::{Condition, Direction, Item, Key, Range, Write};
use tokio::time::Instant;

use super::{Delivery, Freed, Offer, SeenTask, limit::Full, limited::Opened, queue};
use crate::{Class, Error, Service, access::Reach, keys, record};

/// Offers read at once. More are read while those before them are all in work.
const OFFERS_PAGE: usize = 100;
/// Tasks that one poll hands out.
pub(super) const COUNT_MAX: usize = 100;
/// Tries to take a place against others who take and give; the next poll goes on.
const TRIES_MAX: u64 = 20;
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
    /// The book of the type, where there is a limit to it.
    book: Option<Opened>,
    /// No more of them may be taken.
    full: bool,
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
            let Looked { claimed, next, .. } = Box::pin(self.claim(tenant, &queue, poll)).await?;
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
        let mut looked = Looked { claimed: Vec::new(), next: None, book: None, full: false };
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
                if looked.full || looked.claimed.len() >= poll.count.clamp(1, COUNT_MAX) {
                    return Ok(looked);
                }
                match self.claim_one((tenant, queue), item, poll, &mut looked).await {
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

    /// Claims an offer; `None` when somebody has it, it stands for nothing any more, or none may be taken now.
    async fn claim_one(
        &self,
        (tenant, queue): (&str, &str),
        item: Item,
        poll: &Poll,
        looked: &mut Looked,
    ) -> Result<Option<SeenTask>, Error> {
        let mut offer: Offer = record::decode(&item.content.body)?;
        let now = self.now();
        if !offer.is_free(now) {
            if offer.since > now {
                looked.wait_until(offer.since);
            }
            return Ok(None);
        }
        let is_within_reach = offer.namespace.as_ref().is_none_or(|it| poll.reach.namespace(it));
        if !is_within_reach || !self.may_claim(tenant, &item.key, &offer, looked).await? {
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
            let freed: Vec<Freed> = Freed::gone(&item.key, &offer).into_iter().collect();
            let gone = Write::Delete { key: item.key, condition: Condition::Version(item.version) };
            if self.store().commit(vec![gone]).await.is_ok() {
                self.free(tenant, &freed).await;
            }
            return Ok(None);
        };
        // Of an offer that does not say whose it is.
        if !poll.reach.namespace(&record.execution.namespace) {
            return Ok(None);
        }
        let flow = self.flow_of(&record.execution).await?;
        offer.claim(poll.worker.as_deref(), now);
        if !self.write_claim((tenant, queue), &item, &offer, looked).await? {
            return Ok(None);
        }
        let Offer { execution, task_run, number, .. } = offer;
        let task = TaskId { execution, task_run, number };
        Ok(Some(SeenTask { execution: record.execution, flow, task, delivery: Some(Delivery::of(offer)) }))
    }

    /// Whether the limits of its type let one more be taken. One without limits asks nobody.
    async fn may_claim(
        &self,
        tenant: &str,
        key: &Key,
        offer: &Offer,
        looked: &mut Looked,
    ) -> Result<bool, Error> {
        let Some(task_type) = &offer.limited else { return Ok(true) };
        if looked.book.is_none() {
            looked.book = Some(self.open_book(tenant, task_type).await?);
        }
        let admitted = looked.book.as_ref().map_or(Ok(()), |book| book.admits(key, offer, self.now()));
        match admitted {
            Ok(()) => return Ok(true),
            Err(Full::Until(at)) => looked.wait_until(at),
            Err(Full::Taken) => {}
        }
        looked.full = true;
        Ok(false)
    }

    /// Writes a claim down, with the place it takes. `false` when somebody else has the offer or the last place.
    async fn write_claim(
        &self,
        (tenant, queue): (&str, &str),
        item: &Item,
        offer: &Offer,
        looked: &mut Looked,
    ) -> Result<bool, Error> {
        let content = offer.content()?;
        let body = content.body.clone();
        for attempt in 0..TRIES_MAX {
            let condition = Condition::Version(item.version);
            let put = Write::Put { key: item.key.clone(), condition, content: content.clone() };
            let counted = match (&offer.limited, &looked.book) {
                (Some(of), Some(book)) => {
                    Some(self.counted(tenant, (of, queue), book, (&item.key, offer))?)
                }
                (Some(_), None) | (None, _) => None,
            };
            let (book, writes) = match counted {
                Some((book, with_it)) => (Some(book), vec![put, with_it]),
                None => (None, vec![put]),
            };
            match self.write(&item.key, &body, writes).await {
                Ok(()) => {
                    looked.book = book;
                    return Ok(true);
                }
                Err(error) if error.class() == Class::Contention && book.is_some() => {}
                Err(error) if error.class() == Class::Contention => return Ok(false),
                Err(error) => return Err(error),
            }
            // Somebody took a place, or gave one back; or the offer.
            let stored = self.store().get(&item.key).await?;
            if stored.is_none_or(|it| it.version != item.version) {
                looked.book = None;
                return Ok(false);
            }
            self.give_way(attempt).await;
            looked.book = None;
            if !self.may_claim(tenant, &item.key, offer, looked).await? {
                return Ok(false);
            }
        }
        Ok(false)
    }
}

impl Looked {
    fn wait_until(&mut self, at: Timestamp) {
        self.next = Some(self.next.map_or(at, |it| it.min(at)));
    }
}
