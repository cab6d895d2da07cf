//! Handing an execution over to another carrier before the shift ends.

use std::time::Duration;

use engine::{execution::Ending, machine};
use ports::queue::Dispatch;

use crate::{
    Error, Service,
    attempt::Running,
    hold::{Held, impossible},
    start::HAND_OVER,
};

/// How long attempts that were told to stop may take to do so.
const STOPPED_WITHIN: Duration = Duration::from_secs(1);

impl Service {
    /// Stops what runs. What ends by itself meanwhile counts; the rest is lost, and run again by whoever takes over.
    pub(crate) async fn interrupt(&self, held: &mut Held, running: &mut Running) -> Result<(), Error> {
        running.kill();
        let stopped = tokio::time::sleep(STOPPED_WITHIN);
        tokio::pin!(stopped);
        while running.has_attempts() {
            tokio::select! {
                biased;
                finished = running.finished() => match finished.outcome.ending {
                    Ending::Killed => {}
                    Ending::Success | Ending::Warning | Ending::Failed { .. } | Ending::TimedOut { .. } => self.finish(held, finished)?,
                },
                () = &mut stopped => break,
            }
        }
        running.end().await;
        self.lose_attempts(held)
    }

    /// Marks every attempt that is still written down as running as lost.
    pub(crate) fn lose_attempts(&self, held: &mut Held) -> Result<(), Error> {
        for event in machine::vanished(&held.record.execution, &|_| false) {
            machine::apply(held.flow.sound()?, &mut held.record.execution, event, self.now())
                .map_err(impossible)?;
        }
        Ok(())
    }

    /// Lets go, and has another of our kind carry on.
    pub(crate) async fn hand_over(&self, held: &mut Held) -> Result<(), Error> {
        let own = self.shared.settings.groups.own().map(str::to_owned);
        self.hand_over_to(held, own, HAND_OVER).await
    }

    /// Lets go, and has the workers of a group carry on, or those of none. Who has not begun by then is asked again.
    pub(crate) async fn hand_over_to(
        &self,
        held: &mut Held,
        group: Option<String>,
        within: Duration,
    ) -> Result<(), Error> {
        self.let_wait(held, within).await?;
        let execution = &held.record.execution;
        let dispatch = Dispatch { tenant: execution.tenant.clone(), execution: execution.id, group };
        if let Err(refused) = self.shared.outside.queue.send(dispatch).await {
            tracing::debug!(%refused, execution = %execution.id, "the tick will find it");
        }
        Ok(())
    }

    /// Lets go for so long; the tick finds it then.
    pub(crate) async fn let_wait(&self, held: &mut Held, time: Duration) -> Result<(), Error> {
        held.record.lease = None;
        held.record.handed_over_until = Some(self.now().plus(time));
        self.commit(held).await
    }
}
