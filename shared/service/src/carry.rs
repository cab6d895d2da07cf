//! The carrier: the one loop of the application.
//!
//! ```text
//! carry(execution):
//!   loop
//!     fold what needs nobody
//!     a place needed?   take one, or be QUEUED, or end, as the flow says
//!     ended?            commit, announce, done
//!     attempts owed?    commit them as RUNNING under the lease, then run them, side by side
//!     no time for them, or others have to run them? hand over
//!     something runs?   wait for an end, a signal, the time to renew the lease, or the end of the shift
//!     nothing runs?     commit with the moment to wake up, let go, look once more for signals
//! ```
//!
//! # Invariants
//! * An attempt starts only after the commit that says so.
//! * A holder that lost its lease stops what it runs and writes nothing more.
//! * Letting go loses no signal: the sender writes, then looks who holds; the carrier lets go, then looks for signals.

use std::{sync::Arc, time::Duration};

use engine::{
    execution::Execution,
    id::ExecutionId,
    machine::{self, Event, Folded, Next, Ready, World},
    secrets::Secrets,
    time::Timestamp,
};
use expression::{Need, Supplied};
use serde_json::Map;
use tokio::time::Instant;

use crate::{
    Class, Error, Service,
    attempt::{Finished, Running},
    calls::{self, Attended, Calling},
    carried::Place,
    hold::{Held, impossible},
    offers, places,
    record::Lease,
    shift::Shift,
};

/// How often one expression may ask the outside for more before it counts as stuck.
pub(crate) const NEEDS_ROUNDS_MAX: usize = 100;
/// The part of a lease after which it is renewed.
const RENEW_AFTER: u32 = 3;
/// Leases end on multiples of this part of a lease, so that the index of what is due seldom changes.
const LEASE_STEPS: u32 = 4;
/// Attempts of one execution that run at the same time here; the others wait for their turn.
const ATTEMPTS_SIDE_BY_SIDE_MAX: usize = 64;
/// An execution that time moves so soon is kept in hand: a lease costs less than a hand-over, and is on time.
const WAITED_IN_HAND: Duration = Duration::from_secs(10);
/// How often a carrier looks for signals that other processes may have sent.
pub(crate) const SIGNALS_EVERY: Duration = Duration::from_secs(2);

impl Service {
    /// Folds an execution that nobody knows yet. `true` when it ended, and is stored: a flow of pure tasks costs one
    /// commit, and nothing is told before it.
    ///
    /// A caller who leaves meanwhile leaves nothing behind: the one commit takes place, or nothing has happened.
    pub(crate) async fn ends_at_once(&self, held: &mut Held) -> Result<bool, Error> {
        self.fix_templates(held).await?;
        match self.fold_on(held, &Supplied::new()).await? {
            Next::Ended => {
                match self.commit(held).await {
                    Err(Error::TooLarge(limit)) => Box::pin(self.end_oversized(held, &limit)).await?,
                    committed => committed?,
                }
                Ok(true)
            }
            // Whoever carries it on folds again and finds the same.
            Next::Needs(_) | Next::Place | Next::More | Next::Attempts(_) | Next::Waiting => Ok(false),
        }
    }

    /// Folds as far as it goes without anybody's help, with turns for others on a long way.
    pub(crate) async fn fold_on(&self, held: &mut Held, supplied: &Supplied) -> Result<Next, Error> {
        loop {
            match self.fold(held, supplied, ATTEMPTS_SIDE_BY_SIDE_MAX)?.next {
                Next::More => tokio::task::yield_now().await,
                next @ (Next::Needs(_) | Next::Place | Next::Attempts(_) | Next::Waiting | Next::Ended) => {
                    return Ok(next);
                }
            }
        }
    }

    /// Carries an execution as far as it goes here, and in this shift.
    ///
    /// # Errors
    /// `Contention` when somebody else holds it now; the execution goes on there.
    pub(crate) async fn carry(&self, mut held: Held, shift: Shift) -> Result<Execution, Error> {
        let place = Place::take(&self.shared.carried, held.record.id());
        let mut running = Running::new();
        let mut result = self.carry_on(&mut held, &mut running, &place, shift).await;
        drop(running);
        if let Err(Error::TooLarge(limit)) = result {
            result = self.end_oversized(&mut held, &limit).await;
        }
        if let Err(error) = &result {
            tracing::debug!(execution = %held.record.id(), %error, "let go");
        }
        let execution = &held.record.execution;
        let unheard = self.shared.carried.leave(execution.id);
        drop(place);
        if !execution.is_over() {
            self.tell_again(&execution.tenant, unheard).await;
        }
        result.map(|()| held.record.execution)
    }

    async fn carry_on(
        &self,
        held: &mut Held,
        running: &mut Running,
        place: &Place<'_>,
        shift: Shift,
    ) -> Result<(), Error> {
        let mut supplied = Supplied::new();
        let mut rounds = 0;
        let mut renew_at = self.renewal();
        let mut changed = held.version.is_none();
        let mut first = true;
        let asleep = places::waits(&held.record.execution).then(|| held.record.execution.clone());
        self.has_been_called(held).await?;
        let mut calling = Calling::default();
        let over = place.over(shift);
        tokio::pin!(over);
        loop {
            // Under a lease of ours nobody else would carry it on before that ends.
            let begun = !first || !running.is_empty() || held.record.lease.is_some();
            changed |= self.look_for_signals(held, running, begun).await?;
            let room = ATTEMPTS_SIDE_BY_SIDE_MAX.saturating_sub(running.len());
            let Folded { next, events, grown: _ } = self.fold(held, &supplied, room)?;
            changed |= events > 0;
            if held.record.execution.course.stopping.is_some() {
                running.kill();
            }
            if matches!(next, Next::Attempts(_) | Next::Waiting) {
                match self.attend_to_calls(held, running, &mut calling, shift).await? {
                    Attended::Nothing => {}
                    Attended::Changed => {
                        changed = true;
                        continue;
                    }
                    Attended::NoTime => {
                        self.interrupt(held, running).await?;
                        return self.hand_over(held).await;
                    }
                }
            }
            let mut wait_until = None;
            match next {
                Next::Needs(needs) => {
                    rounds = one_more(rounds)?;
                    self.supply(held, needs, &mut supplied).await?;
                    continue;
                }
                Next::Place => {
                    if self.waits_for_place(held, asleep.as_ref()).await? {
                        return Ok(());
                    }
                    continue;
                }
                Next::More => {
                    tokio::task::yield_now().await;
                    continue;
                }
                Next::Ended => return self.commit_the_end(held).await,
                Next::Attempts(ready) => {
                    let elsewhere = self.begin_elsewhere(held, ready, &mut changed);
                    let Some(ready) = Box::pin(elsewhere).await? else { continue };
                    let Some(mut owed) = self.sort(held, ready, |it| shift.fits(it.timeout, first))? else {
                        changed = true;
                        continue;
                    };
                    self.limit(&mut owed.fitting);
                    if !owed.fitting.is_empty() {
                        first = false;
                        self.start_attempts(held, running, owed.fitting).await?;
                        renew_at = self.renewal();
                        changed = false;
                    } else if !running.has_attempts() {
                        return self.pass_on(held, owed).await;
                    }
                }
                Next::Waiting => {
                    wait_until = self.wakes_soon(held, shift);
                    if running.is_empty() && wait_until.is_none() {
                        if self.park(held).await? {
                            return Ok(());
                        }
                        continue;
                    }
                }
            }
            supplied.clear();
            rounds = 0;
            if std::mem::take(&mut changed) {
                self.renew(held).await?;
                renew_at = self.renewal();
            }
            tokio::select! {
                biased;
                () = &mut over => {
                    self.interrupt(held, running).await?;
                    return self.hand_over(held).await;
                }
                // Others may run for long; what has ended is written down now.
                finished = running.news() => changed |= self.finish_all(held, running, finished)?,
                () = wait_for(wait_until) => {}
                () = tokio::time::sleep_until(renew_at) => changed = true,
                () = place.poke.notified() => {}
                () = self.next_look() => {}
            }
        }
    }

    async fn commit_the_end(&self, held: &mut Held) -> Result<(), Error> {
        held.record.lease = None;
        self.commit(held).await
    }

    /// Offers to workers and plans calls: what nobody here runs. Gives the other attempts, unless there was some.
    async fn begin_elsewhere(
        &self,
        held: &mut Held,
        ready: Vec<Ready>,
        changed: &mut bool,
    ) -> Result<Option<Vec<Ready>>, Error> {
        let (offers, ready) = offers::split(ready);
        let (calls, ready) = calls::split(ready);
        let offered = self.offer(held, offers).await?;
        *changed |= offered;
        Ok((!offered && !self.plan_calls(held, calls).await?).then_some(ready))
    }

    /// Finds out whether it may begin. `true` when it was let go to wait for that; `asleep` is how it was found waiting.
    async fn waits_for_place(&self, held: &mut Held, asleep: Option<&Execution>) -> Result<bool, Error> {
        if !places::waits(&held.record.execution) {
            self.ask_for_place(held).await?;
            return Ok(false);
        }
        // A write would only be in the way of whoever is called to begin it.
        let as_it_was = held.drained.is_empty() && asleep == Some(&held.record.execution);
        Ok(as_it_was || (self.park(held).await? && !self.has_been_called(held).await?))
    }

    /// Applies the signals that have come. Once something was `begun`, a store that does not answer is asked again with
    /// the next look: what runs goes on, and what has just ended is written down.
    async fn look_for_signals(&self, held: &mut Held, running: &Running, begun: bool) -> Result<bool, Error> {
        let drained = match self.drain(held, running).await {
            Err(error) if begun && error.class() == Class::Transient => {
                tracing::debug!(%error, "signals are looked for again later");
                false
            }
            drained => drained?,
        };
        let ends = self.shared.carried.ends(held.record.id());
        Ok(self.count_ends(held, ends).await? || drained)
    }

    /// Finishes what has ended by now. `false` when nothing has.
    fn finish_all(
        &self,
        held: &mut Held,
        running: &mut Running,
        first: Option<Finished>,
    ) -> Result<bool, Error> {
        let Some(first) = first else { return Ok(false) };
        self.finish(held, first)?;
        while let Some(finished) = running.finished_too() {
            self.finish(held, finished)?;
        }
        Ok(true)
    }

    /// Attempts may take no longer here than the settings say.
    fn limit(&self, attempts: &mut [Ready]) {
        if let Some(max) = self.shared.settings.attempt_max {
            for attempt in attempts {
                attempt.timeout = Some(attempt.timeout.map_or(max, |timeout| timeout.min(max)));
            }
        }
    }

    /// Comes back when it is time to look for signals; never where senders are in this process and poke.
    async fn next_look(&self) {
        if self.shared.settings.alone {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(SIGNALS_EVERY).await;
    }

    /// When the lease is to be renewed.
    fn renewal(&self) -> Instant {
        Instant::now() + self.shared.settings.lease / RENEW_AFTER
    }

    /// When time moves the execution, if that is so soon that letting go of it would cost more than waiting.
    fn wakes_soon(&self, held: &Held, shift: Shift) -> Option<Instant> {
        let left = machine::wake_at(&held.record.execution)?.since(self.now());
        let at = Instant::now() + left;
        (left <= WAITED_IN_HAND && shift.lasts(at)).then_some(at)
    }

    fn fold(&self, held: &mut Held, supplied: &Supplied, room: usize) -> Result<Folded, Error> {
        let execution = &mut held.record.execution;
        let flow = held.flow.sound()?;
        let folded = self.with_world(supplied, room, |world| machine::fold(flow, execution, world));
        let mut folded = folded.map_err(impossible)?;
        if let Some(grown) = folded.grown.take() {
            held.flow = Arc::new(held.flow.with(*grown));
        }
        Ok(folded)
    }

    /// What the engine is told about the outside, now.
    pub(crate) fn with_world<T>(
        &self,
        supplied: &Supplied,
        room: usize,
        ask: impl FnOnce(&World<'_>) -> T,
    ) -> T {
        let ids = || self.new_id();
        let settings = &self.shared.settings;
        ask(&World {
            now: self.now(),
            ids: &ids,
            supplied,
            zone: &settings.zone,
            envs: &settings.envs,
            globals: &Map::new(),
            catalogue: &self.shared.catalogue,
            secrets: Secrets::Open(settings.encryption_key.as_ref()),
            room,
        })
    }

    pub(crate) async fn supply(
        &self,
        held: &Held,
        needs: Vec<Need>,
        supplied: &mut Supplied,
    ) -> Result<(), Error> {
        for need in needs {
            let answer = self.fetch(&held.record.execution, &need).await?;
            supplied.insert(need, answer);
        }
        Ok(())
    }

    /// Writes the attempts down as RUNNING, and only then runs them.
    async fn start_attempts(
        &self,
        held: &mut Held,
        running: &mut Running,
        ready: Vec<Ready>,
    ) -> Result<(), Error> {
        let now = self.now();
        for attempt in &ready {
            let deadline = attempt.timeout.map(|timeout| now.plus(timeout));
            let number = attempt.number;
            let started = Event::AttemptStarted { task_run: attempt.task_run, number, deadline };
            machine::apply(held.flow.sound()?, &mut held.record.execution, started, now)
                .map_err(impossible)?;
        }
        self.renew(held).await?;
        for attempt in ready {
            running.begin(self, held, attempt);
        }
        Ok(())
    }

    /// Commits under a fresh lease.
    pub(crate) async fn renew(&self, held: &mut Held) -> Result<(), Error> {
        let until = self.lease_end();
        held.record.lease = Some(Lease { holder: self.shared.holder, until });
        held.record.handed_over_until = None;
        self.commit(held).await
    }

    fn lease_end(&self) -> Timestamp {
        let lease = self.shared.settings.lease;
        let latest = self.now().plus(lease).as_millis();
        let step = i64::try_from((lease / LEASE_STEPS).as_millis()).unwrap_or(i64::MAX).max(1);
        Timestamp::from_millis(latest - latest.rem_euclid(step))
    }

    /// Lets go until `wake_at`. `false` when a signal arrived meanwhile and the execution is still in hand.
    pub(crate) async fn park(&self, held: &mut Held) -> Result<bool, Error> {
        held.record.lease = None;
        held.record.handed_over_until = None;
        self.commit(held).await?;
        let execution = &held.record.execution;
        match self.has_signals(execution).await {
            Err(error) if error.class() == Class::Transient => {
                tracing::debug!(%error, "whoever takes it up next looks for signals");
                self.dispatch(&execution.tenant, execution.id).await?;
                Ok(true)
            }
            has => has.map(|has| !has),
        }
    }

    pub(crate) fn finish(&self, held: &mut Held, finished: Finished) -> Result<(), Error> {
        let Finished { task_run, number, lines, outcome } = finished;
        let flow = held.flow.sound()?;
        let execution = &mut held.record.execution;
        let now = self.now();
        if !lines.is_empty() {
            machine::apply(flow, execution, Event::Logged { task_run, lines }, now).map_err(impossible)?;
        }
        let event = Event::AttemptFinished { task_run, number, outcome };
        machine::apply(flow, execution, event, now).map_err(impossible)
    }

    /// Ends an execution that has grown over the limit of an item. Kestra: it fails; here it keeps no outputs either.
    pub(crate) async fn end_oversized(&self, held: &mut Held, limit: &str) -> Result<(), Error> {
        let message = format!("the execution has grown over what can be stored ({limit})");
        machine::abandon(&mut held.record.execution, message, self.now());
        held.record.lease = None;
        self.commit(held).await
    }

    /// Takes up an execution and carries it, if nobody else does. For messages and for the tick.
    ///
    /// # Errors
    /// Only what makes a later try worth while: the execution is as it was.
    pub async fn work(&self, tenant: &str, id: ExecutionId) -> Result<(), Error> {
        self.take_up(tenant, id, false, Shift::ENDLESS).await
    }

    /// As [`Self::work`], by a process that has to be done then: what is left is handed over before.
    ///
    /// # Errors
    /// As [`Self::work`].
    pub async fn work_until(&self, tenant: &str, id: ExecutionId, until: Instant) -> Result<(), Error> {
        let shift = Shift::of_worker(until, self.shared.settings.attempt_max);
        self.take_up(tenant, id, false, shift).await
    }

    /// `alone` as in [`Self::take`].
    pub(crate) async fn take_up(
        &self,
        tenant: &str,
        id: ExecutionId,
        alone: bool,
        shift: Shift,
    ) -> Result<(), Error> {
        let _permit = Arc::clone(&self.shared.carriers)
            .acquire_owned()
            .await
            .map_err(|_| Error::Internal("the server is closing".to_owned()))?;
        let held = match self.take(tenant, id, alone).await? {
            crate::hold::Taken::Held(held) => *held,
            crate::hold::Taken::Busy | crate::hold::Taken::Over => return Ok(()),
        };
        match self.carry(held, shift).await {
            Ok(_) => Ok(()),
            Err(error) => match error.class() {
                // Somebody else has it.
                Class::Contention => Ok(()),
                Class::Caller | Class::Transient | Class::Bug => Err(error),
            },
        }
    }
}

/// Comes back then; never when there is no such moment.
async fn wait_for(moment: Option<Instant>) {
    match moment {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Counts how often expressions asked for more.
fn one_more(rounds: usize) -> Result<usize, Error> {
    if rounds < NEEDS_ROUNDS_MAX { Ok(rounds + 1) } else { Err(stuck()) }
}

pub(crate) fn stuck() -> Error {
    Error::Internal(format!("an expression asked the outside more than {NEEDS_ROUNDS_MAX} times"))
}
