//! Beginning the children of a task run, a slice at a time.

use engine::{
    execution::Caller,
    id::{ExecutionId, TaskRunId},
    machine::{self, Event},
};
use futures_util::{StreamExt, stream};

use super::{
    Calling, SLICE, Stop, TOGETHER,
    child::{Child, Flows},
    keyed::is_keyed,
};
use crate::{Class, Error, Service, attempt::Running, hold::Held, shift::Shift};

/// Times a slice is begun while others begin the same child under a key.
const TRIES_MAX: u32 = 16;

/// A task run whose children are not all there.
#[derive(Clone, Copy)]
struct Owing {
    task_run: TaskRunId,
    number: u32,
    begun: u32,
    total: u32,
}

impl Service {
    /// Begins the next children that are owed. `false` when none are; what was begun goes with the next commit.
    pub(crate) async fn begin_calls(
        &self,
        held: &mut Held,
        running: &mut Running,
        calling: &mut Calling,
        shift: Shift,
    ) -> Result<bool, Error> {
        let Some(owing) = owing(held) else { return Ok(false) };
        let Owing { task_run, number, total, .. } = owing;
        let mut tries = 0;
        let begun = loop {
            tries += 1;
            match self.begin_slice(held, running, calling, shift, owing).await {
                // Somebody else began it under the same key: now there is one.
                Err(Stop::Service(error)) if error.class() == Class::Contention && tries < TRIES_MAX => {}
                begun => break begun,
            }
        };
        match begun {
            Ok((begun, child)) => {
                self.apply(held, Event::CallsBegun { task_run, number, begun, child })?;
                if child.is_some()
                    && let Some(look) = &mut held.record.look
                {
                    // It may have ended before, and then nobody tells.
                    look.at = self.now();
                }
                if begun < total {
                    // Whoever begins them again after a crash has no more than a slice to find.
                    self.renew(held).await?;
                }
            }
            Err(Stop::Task(message)) => {
                self.fail_calls(held, (task_run, number), message, serde_json::Map::new())?;
            }
            Err(Stop::Service(error)) => return Err(error),
        }
        Ok(true)
    }

    async fn begin_slice(
        &self,
        held: &Held,
        running: &mut Running,
        calling: &mut Calling,
        shift: Shift,
        owing: Owing,
    ) -> Result<(u32, Option<ExecutionId>), Stop> {
        let Owing { task_run, number, begun, total } = owing;
        let end = total.min(begun + SLICE);
        let mut children = Vec::new();
        let mut flows = Flows::default();
        // All of them are rendered before the first one begins: what is wrong with the flow shows before anything ran.
        for index in begun..end {
            let caller = Caller { execution: held.record.id(), task_run, number, index };
            let batch = self.batch(held, calling, caller).await?;
            match self.child(held, caller, batch.as_deref(), &mut flows).await? {
                Child::New(child) => children.push(*child),
                Child::There(id) => return Ok((end, Some(id))),
            }
        }
        // A child with a key is the only one of its task run.
        let keyed = children.iter().find(|child| is_keyed(child)).map(|child| child.record.id());
        if end == total {
            calling.batches.remove(&task_run);
        }
        let room = running.room_for_children();
        let children = children.into_iter().enumerate();
        let mut begins = stream::iter(children)
            .map(|(place, child)| self.begin_child(child, (place < room).then_some(shift)))
            .buffer_unordered(TOGETHER);
        while let Some(carrying) = begins.next().await {
            if let Some(carrying) = carrying? {
                running.accompany(carrying);
            }
        }
        Ok((end, keyed))
    }

    /// The URI of a batch; `None` for a task that has one child alone.
    async fn batch(
        &self,
        held: &Held,
        calling: &mut Calling,
        caller: Caller,
    ) -> Result<Option<String>, Stop> {
        let Caller { task_run, index, .. } = caller;
        let ahead = calling.batches.get(&task_run).is_some_and(|it| it.next == index);
        if !ahead {
            let (flow, execution) = (held.flow.sound()?, &held.record.execution);
            let splits =
                self.rendered(held, |world| machine::splits(flow, execution, task_run, world)).await?;
            let Some(splits) = splits else { return Ok(None) };
            let batches = self.batches(execution, &splits, index).await?;
            calling.batches.insert(task_run, batches);
        }
        let Some(batches) = calling.batches.get_mut(&task_run) else { return Ok(None) };
        let line = batches.line().await?;
        line.map(Some).ok_or_else(|| Stop::Task("the file of the batches has become shorter".to_owned()))
    }
}

/// Whether there are children to be begun.
pub(super) fn are_owed(held: &Held) -> bool {
    owing(held).is_some()
}

fn owing(held: &Held) -> Option<Owing> {
    machine::open_calls(&held.record.execution).find(|(_, calls)| calls.begun < calls.total).map(
        |(run, calls)| Owing {
            task_run: run.id,
            number: u32::try_from(run.attempts.len()).unwrap_or(u32::MAX),
            begun: calls.begun,
            total: calls.total,
        },
    )
}
