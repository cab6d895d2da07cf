//! Replies between processes: every process has its box, and what is sent to a box that is gone is lost.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use engine::id::ExecutionId;
use ports::{
    Answer,
    queue::Refused,
    replies::{Address, Replies},
};
use tokio::sync::Notify;

use super::{Mail, Weather};

/// How long somebody listens for replies in vain.
const LISTENING: Duration = Duration::from_secs(20);

/// Brings replies from everywhere to everywhere.
#[derive(Debug)]
pub(crate) struct Wire {
    weather: Arc<Weather>,
    boxes: Mutex<BTreeMap<Address, Arc<Mail<ExecutionId>>>>,
    made: AtomicUsize,
    new: Notify,
    pub(crate) sent: AtomicUsize,
}

/// Where one process receives its replies.
#[derive(Debug)]
pub(crate) struct Mailbox {
    wire: Arc<Wire>,
    address: Mutex<Option<Address>>,
}

impl Wire {
    pub(crate) fn new(weather: Arc<Weather>) -> Self {
        let (made, sent) = Default::default();
        Self { weather, boxes: Mutex::default(), made, new: Notify::new(), sent }
    }

    /// One process' end of it. Its box is made when it asks for its address.
    pub(crate) fn new_box(self: &Arc<Self>) -> Mailbox {
        Mailbox { wire: Arc::clone(self), address: Mutex::default() }
    }

    /// How many boxes there are.
    pub(crate) fn boxes(&self) -> usize {
        self.boxes.lock().unwrap().len()
    }
}

impl Mailbox {
    fn own(&self) -> Option<Arc<Mail<ExecutionId>>> {
        let address = self.address.lock().unwrap().clone()?;
        self.wire.boxes.lock().unwrap().get(&address).cloned()
    }

    fn make(&self) -> Address {
        let address = Address(format!("box {}", self.wire.made.fetch_add(1, Relaxed)));
        let mail = Arc::new(Mail::new(Arc::clone(&self.wire.weather)));
        self.wire.boxes.lock().unwrap().insert(address.clone(), mail);
        address
    }
}

impl Replies for Mailbox {
    fn address(&self) -> Answer<'_, Result<Address, Refused>> {
        Box::pin(async move {
            self.wire.weather.way().await;
            if self.wire.weather.strikes(|climate| climate.refused) {
                return Err(Refused("on purpose".to_owned()));
            }
            let mut own = self.address.lock().unwrap();
            let there = |address: &Address| self.wire.boxes.lock().unwrap().contains_key(address);
            let address = own.take().filter(there).unwrap_or_else(|| self.make());
            *own = Some(address.clone());
            self.wire.new.notify_waiters();
            Ok(address)
        })
    }

    fn send<'a>(&'a self, to: &'a Address, ended: ExecutionId) -> Answer<'a, Result<(), Refused>> {
        Box::pin(async move {
            self.wire.weather.way().await;
            self.wire.sent.fetch_add(1, Relaxed);
            let found = self.wire.boxes.lock().unwrap().get(to).cloned();
            found.map_or(Ok(()), |found| found.take(ended))
        })
    }

    fn receive(&self) -> Answer<'_, Result<Vec<ExecutionId>, Refused>> {
        let listening = async {
            loop {
                let new = self.wire.new.notified();
                if let Some(own) = self.own() {
                    return own.receive().await;
                }
                new.await;
            }
        };
        Box::pin(async { Ok(tokio::time::timeout(LISTENING, listening).await.into_iter().collect()) })
    }

    fn remove<'a>(&'a self, address: &'a Address) -> Answer<'a, Result<(), Refused>> {
        Box::pin(async move {
            self.wire.weather.way().await;
            self.wire.boxes.lock().unwrap().remove(address);
            Ok(())
        })
    }
}
