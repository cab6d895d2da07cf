//! Messages that are refused, lost, repeated, late and out of order.

use std::{
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use ports::{
    Answer,
    queue::{Dispatch, Queue, Refused},
};
use tokio::{sync::Notify, time::Instant};

use super::Weather;

/// What is on its way to one place.
#[derive(Debug)]
pub(crate) struct Mail<M> {
    weather: Arc<Weather>,
    underway: Mutex<Vec<(Instant, M)>>,
    sent: Notify,
    /// What was sent so far, repeats of ours left out.
    pub(crate) count: AtomicUsize,
}

impl<M: Clone + fmt::Debug> Mail<M> {
    pub(crate) fn new(weather: Arc<Weather>) -> Self {
        Self { weather, underway: Mutex::default(), sent: Notify::new(), count: AtomicUsize::new(0) }
    }

    pub(super) fn take(&self, message: M) -> Result<(), Refused> {
        self.count.fetch_add(1, Relaxed);
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

    /// Everything that is under way now, in the order in which it would come.
    pub(crate) fn take_all(&self) -> Vec<M> {
        let mut underway = std::mem::take(&mut *self.underway.lock().unwrap());
        underway.sort_by_key(|(comes_at, _)| *comes_at);
        underway.into_iter().map(|(_, message)| message).collect()
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
