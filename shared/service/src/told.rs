//! Waiting across processes: who waits says where it can be told, and who ends an execution tells.
//!
//! The address of a waiter is an item beside the execution, written *before* the waiter reads the execution once more.
//! Whoever commits the end looks for such items *after* the commit. So either the waiter reads the end, or its item is
//! found. When the one who should tell dies in between, the feed tells again ([`Service::react`]); when every message
//! is lost, the waiter's slow poll is left.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use engine::{id::ExecutionId, time::Timestamp};
use futures_util::{StreamExt, stream};
use ports::{
    replies::{Address, Replies},
    store::{Condition, Content, Direction, Key, Range, Write},
};
use tokio::task::AbortHandle;

use crate::{Error, Service, keys, record};

/// Waiters told at once; more are told after them.
const TOLD_PAGE: usize = 100;
/// Messages on their way at the same time.
const TOLD_TOGETHER: usize = 8;
/// How long an address is kept without being used. A process that comes back later takes another.
const ADDRESS_KEPT: Duration = Duration::from_hours(1);
/// How long the item of a waiter may stay when nobody ever tells it.
const WAITER_KEPT: Duration = Duration::from_hours(24);
/// Before replies are asked for again after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// Listening for replies, for as long as somebody here waits for one.
#[derive(Debug, Default)]
pub(crate) struct Listening {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: usize,
    task: Option<AbortHandle>,
    /// Our address, and when it was last written down as used.
    address: Option<(Address, Timestamp)>,
}

/// One who waits; the last one to leave ends the listening.
#[derive(Debug)]
pub(crate) struct Listener {
    service: Service,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut state = self.service.shared.listening.lock();
        state.waiting -= 1;
        if state.waiting == 0
            && let Some(task) = state.task.take()
        {
            task.abort();
        }
    }
}

impl Listening {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// Has this process told of the end of an execution. `None` where everybody who could tell is in this process.
    pub(crate) async fn be_told(&self, tenant: &str, id: ExecutionId) -> Result<Option<Listener>, Error> {
        let Some(replies) = &self.shared.outside.replies else {
            return Ok(None);
        };
        let listener = self.listen(replies);
        let address = self.address(&**replies).await?;
        let content = Content {
            body: record::encode(&address.0)?,
            expires_at: Some(self.now().plus(WAITER_KEPT)),
            ..Content::default()
        };
        let key = keys::waiter(tenant, id, self.new_id());
        let body = content.body.clone();
        let put = Write::Put { key: key.clone(), condition: Condition::None, content };
        self.write(&key, &body, vec![put]).await?;
        Ok(Some(listener))
    }

    fn listen(&self, replies: &Arc<dyn Replies>) -> Listener {
        let mut state = self.shared.listening.lock();
        state.waiting += 1;
        if state.task.is_none() {
            state.task = Some(tokio::spawn(hear(self.clone(), Arc::clone(replies))).abort_handle());
        }
        Listener { service: self.clone() }
    }

    /// Our address, written down as used now and then, so that those of dead processes can be told apart.
    async fn address(&self, replies: &dyn Replies) -> Result<Address, Error> {
        let now = self.now();
        let known = self.shared.listening.lock().address.clone();
        if let Some((address, used)) = known {
            let age = now.since(used);
            if age < ADDRESS_KEPT / 2 {
                return Ok(address);
            }
            if age >= ADDRESS_KEPT {
                // Somebody may be removing it just now.
                replies.remove(&address).await?;
            }
        }
        let address = replies.address().await?;
        let content = Content { wake_at: Some(now.plus(ADDRESS_KEPT)), ..Content::default() };
        let key = keys::address(&address.0);
        let put = Write::Put { key: key.clone(), condition: Condition::None, content };
        self.write(&key, &[], vec![put]).await?;
        self.shared.listening.lock().address = Some((address.clone(), now));
        Ok(address)
    }

    /// Tells everybody in other processes who waits for an execution that has ended.
    pub(crate) async fn tell(&self, tenant: &str, id: ExecutionId) -> Result<(), Error> {
        let Some(replies) = &self.shared.outside.replies else {
            return Ok(());
        };
        let partition = keys::execution_partition(tenant, id);
        let mut after = None;
        loop {
            let range = Range {
                prefix: keys::WAITERS,
                after: after.as_deref(),
                direction: Direction::Ascending,
                limit: TOLD_PAGE,
            };
            let waiters = self.store().query(&partition, range).await?;
            let more = waiters.len() == TOLD_PAGE;
            after = waiters.last().map(|item| item.key.sort.clone());
            let told: Vec<Result<(), Error>> = stream::iter(waiters)
                .map(|item| async move {
                    let address = Address(record::decode(&item.content.body)?);
                    replies.send(&address, id).await?;
                    let delete = Write::Delete { key: item.key, condition: Condition::None };
                    Ok(self.store().commit(vec![delete]).await?)
                })
                .buffer_unordered(TOLD_TOGETHER)
                .collect()
                .await;
            told.into_iter().collect::<Result<(), Error>>()?;
            if !more {
                return Ok(());
            }
        }
    }

    /// Removes an address nobody has used for long. `false` when it was used meanwhile.
    pub(crate) async fn forget_address(&self, key: &Key) -> Result<bool, Error> {
        let Some(replies) = &self.shared.outside.replies else {
            return Ok(false);
        };
        let item = self.store().get(key).await?;
        let Some(item) = item.filter(|item| item.content.wake_at.is_some_and(|at| at <= self.now())) else {
            return Ok(false);
        };
        replies.remove(&Address(key.sort.clone())).await?;
        let delete = Write::Delete { key: key.clone(), condition: Condition::Version(item.version) };
        self.store().commit(vec![delete]).await?;
        Ok(true)
    }
}

async fn hear(service: Service, replies: Arc<dyn Replies>) {
    loop {
        match replies.receive().await {
            Ok(ended) => ended.into_iter().for_each(|id| service.shared.waiters.wake(id)),
            Err(refused) => {
                tracing::debug!(%refused, "no replies for now");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
