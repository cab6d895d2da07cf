//! What has been written, reacted to: whatever a process that died did not tell any more is told by the next one.

use std::{sync::Arc, time::Duration};

use embedded::store::{Feed, Store};
use service::{Class, Service};
use tokio::time::Instant;

/// Where the place in the feed is kept.
const NAME: &str = "reactions";
/// Changes taken at once.
const TOGETHER: usize = 100;
/// How often the place is written down, at most. What came after it is told again by the next process.
const SAVED_EVERY: Duration = Duration::from_secs(1);
/// Before a reaction is tried again.
const PAUSE: Duration = Duration::from_millis(200);
/// Tries of one reaction; the clock is left then.
const TRIES_MAX: usize = 5;

/// Reacts to everything that is written, until the store is closed.
pub(crate) async fn react(service: Service, store: Arc<Store>) {
    let mut feed = match store.feed(NAME).await {
        Ok(feed) => feed,
        Err(error) => {
            tracing::warn!(%error, "the feed cannot be read; the clock is left");
            return;
        }
    };
    let mut saved = Instant::now();
    while let Ok(changes) = feed.next(TOGETHER).await {
        for told in changes {
            one(&service, &told.change).await;
        }
        if saved.elapsed() >= SAVED_EVERY {
            save(&feed).await;
            saved = Instant::now();
        }
    }
}

async fn one(service: &Service, change: &ports::store::Change) {
    for _ in 0..TRIES_MAX {
        let Err(error) = service.react(change).await else { return };
        match error.class() {
            Class::Transient | Class::Contention => tokio::time::sleep(PAUSE).await,
            Class::Caller | Class::Bug => {
                tracing::error!(key = %change.key, %error, "a change calls for what cannot be done");
                return;
            }
        }
    }
    tracing::warn!(key = %change.key, "a change is left to the clock");
}

async fn save(feed: &Feed) {
    if let Err(error) = feed.save_cursor().await {
        tracing::debug!(%error, "the place in the feed is kept later");
    }
}
