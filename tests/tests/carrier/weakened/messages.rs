//! Messages that are refused, lost, repeated, late and out of order: those of the queue, and replies.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use engine::id::ExecutionId;
use ports::{
    Answer,
    queue::{Dispatch, Queue, Refused},
    replies::{Address, Replies},
};
use tokio::{sync::Notify, time::Instant};

use super::Weather;

/// How long somebody listens for replies in vain.
const LISTENING: Duration = Duration::from_secs(20);

/// What is on its way to one place.
#[derive(Debug)]
pub(crate) struct Mail<M> {
    weather: Arc<Weather>,
    underway: Mutex<Vec<(Instant, M)>>,
    sent: Notify,
}

impl<M: Clone + fmt::Debug> Mail<M> {
    pub(crate) fn new(weather: Arc<Weather>) -> Self {
        Self { weather, underway: Mutex::default(), sent: Notify::new() }
    }

    fn take(&self, message: M) -> Result<(), Refused> {
        if self.weather.strikes(|climate| climate.refused) {
            return Err(Refused("on purpose".to_owned()));
        }
        let copies = match () {
            () if self.weather.strikes(|climate| climate.lost) => 0,
            () if self.weather.strikes(|climate| climate.repeated) => 2,
            () => 1,
        };
        for _ in 0..copies {
            let comes_at = Instant::now() + self.weather.some(self.weather.climate().underway_max);
            self.underway.lock().unwrap().push((comes_at, message.clone()));
        }
        self.sent.notify_waiters();
        Ok(())
    }

    /// The next message that comes.
    pub(crate) async fn receive(&self) -> M {
        loop {
            let sent = self.sent.notified();
            let next_at = {
                let mut underway = self.underway.lock().unwrap();
                let next = (0..underway.len()).min_by_key(|place| underway[*place].0);
                match next.map(|place| (place, underway[place].0)) {
                    Some((place, comes_at)) if comes_at <= Instant::now() => {
                        return underway.swap_remove(place).1;
                    }
                    Some((_, comes_at)) => Some(comes_at),
                    None => None,
                }
            };
            let next = async {
                match next_at {
                    Some(comes_at) => tokio::time::sleep_until(comes_at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = sent => {}
                () = next => {}
            }
        }
    }
}

impl Queue for Mail<Dispatch> {
    fn send(&self, dispatch: Dispatch) -> Answer<'_, Result<(), Refused>> {
        Box::pin(async move {
            self.weather.way().await;
            self.take(dispatch)
        })
    }
}

/// Brings replies from everywhere to everywhere.
#[derive(Debug)]
pub(crate) struct Wire {
    weather: Arc<Weather>,
    boxes: Mutex<BTreeMap<Address, Arc<Mail<ExecutionId>>>>,
}

impl Wire {
    pub(crate) fn new(weather: Arc<Weather>) -> Self {
        Self { weather, boxes: Mutex::default() }
    }
}

/// Where one process receives its replies.
#[derive(Debug)]
pub(crate) struct Mailbox {
    pub(crate) wire: Arc<Wire>,
    pub(crate) address: Address,
}

impl Mailbox {
    fn own(&self) -> Arc<Mail<ExecutionId>> {
        let mut boxes = self.wire.boxes.lock().unwrap();
        let made = || Arc::new(Mail::new(Arc::clone(&self.wire.weather)));
        Arc::clone(boxes.entry(self.address.clone()).or_insert_with(made))
    }
}

impl Replies for Mailbox {
    fn address(&self) -> Answer<'_, Result<Address, Refused>> {
        Box::pin(async move {
            self.wire.weather.way().await;
            if self.wire.weather.strikes(|climate| climate.refused) {
                return Err(Refused("on purpose".to_owned()));
            }
            self.own();
            Ok(self.address.clone())
        })
    }

    fn send<'a>(&'a self, to: &'a Address, ended: ExecutionId) -> Answer<'a, Result<(), Refused>> {
        Box::pin(async move {
            self.wire.weather.way().await;
            let found = self.wire.boxes.lock().unwrap().get(to).cloned();
            found.map_or(Ok(()), |found| found.take(ended))
        })
    }

    fn receive(&self) -> Answer<'_, Result<Vec<ExecutionId>, Refused>> {
        Box::pin(async move {
            let own = self.own();
            Ok(tokio::time::timeout(LISTENING, own.receive()).await.into_iter().collect())
        })
    }

    fn remove<'a>(&'a self, address: &'a Address) -> Answer<'a, Result<(), Refused>> {
        Box::pin(async move {
            self.wire.weather.way().await;
            self.wire.boxes.lock().unwrap().remove(address);
            Ok(())
        })
    }
}
