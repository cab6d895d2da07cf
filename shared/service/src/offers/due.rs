//! Offers whose time is over: a worker was silent for too long, or none came.

use std::time::Duration;

use engine::execution::{Report, Worked, WorkerEnd};
use ports::store::{Condition, Key, Version, Write};

use super::{Freed, Offer, Told};
use crate::{Class, Error, Service, keys, record, signal::Signal};

/// When whoever looks after an offer has died before the execution was told, another one tells it.
const TOLD_AGAIN: Duration = Duration::from_secs(30);

impl Service {
    /// Tells the execution that nobody reported in time. `false` when somebody did something meanwhile.
    ///
    /// The offer is marked first, under the version that was read: who extends his claim at the same time either comes
    /// before, and nothing happens, or after, and is too late.
    pub(crate) async fn end_offer(&self, key: &Key) -> Result<bool, Error> {
        let Some(tenant) = keys::as_offer(key) else { return Ok(false) };
        let Some(item) = self.store().get(key).await? else { return Ok(false) };
        let mut offer: Offer = record::decode(&item.content.body)?;
        let now = self.now();
        let end = match (offer.over, offer.ends_by_itself()) {
            (Some((end, _)), _) => end,
            (None, Some((at, end))) if at <= now => end,
            (None, _) if offer.alerts_at().is_some_and(|at| at <= now) => {
                return self.alert(tenant, key, item.version, offer).await;
            }
            (None, _) => return Ok(false),
        };
        offer.over = Some((end, now.plus(TOLD_AGAIN)));
        let content = offer.content()?;
        let body = content.body.clone();
        let put = Write::Put { key: key.clone(), condition: Condition::Version(item.version), content };
        match self.write(key, &body, vec![put]).await {
            Ok(()) => {}
            Err(error) if error.class() == Class::Contention => return Ok(false),
            Err(error) => return Err(error),
        }
        let freed = Freed::gone(key, &offer);
        let reason = why(&offer, end);
        let worked = Worked {
            end,
            worker: offer.worker,
            polls: offer.polls,
            begun: offer.begun,
            reason: Some(reason),
        };
        let report = Report { worked, outputs: offer.outputs };
        let told =
            self.tell_report(tenant, offer.execution, (offer.task_run, offer.number), report, &[]).await?;
        if told == Told::Ignored {
            let gone = Write::Delete { key: key.clone(), condition: Condition::None };
            self.store().commit(vec![gone]).await?;
            self.free(tenant, &freed.into_iter().collect::<Vec<_>>()).await;
        }
        Ok(true)
    }

    /// Has the execution say that an attempt takes too long. It does so once, however often it is told.
    async fn alert(
        &self,
        tenant: &str,
        key: &Key,
        version: Version,
        mut offer: Offer,
    ) -> Result<bool, Error> {
        let (task_run, number) = (offer.task_run, offer.number);
        self.tell_of_offer(tenant, offer.execution, &Signal::TimeAlerted { task_run, number }).await?;
        offer.alerted = true;
        let content = offer.content()?;
        let body = content.body.clone();
        let put = Write::Put { key: key.clone(), condition: Condition::Version(version), content };
        match self.write(key, &body, vec![put]).await {
            Ok(()) => Ok(true),
            Err(error) if error.class() == Class::Contention => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn why(offer: &Offer, end: WorkerEnd) -> String {
    let seconds = |it: Duration| it.as_secs();
    match (offer.claimed_until, end) {
        (None, _) => "Poll timed out: no worker took the task in time".to_owned(),
        (Some(_), WorkerEnd::TimedOut) => format!(
            "Response timed out: the worker `{}` said nothing for {} seconds",
            offer.worker.as_deref().unwrap_or("unknown"),
            seconds(offer.terms.response_timeout)
        ),
        (Some(_), _) => "Task timed out".to_owned(),
    }
}
