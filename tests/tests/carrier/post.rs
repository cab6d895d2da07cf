//! Replies between processes, in memory: every process has its box, and what is sent to a box that is gone is lost.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use engine::id::ExecutionId;
use ports::{
    Answer,
    queue::Refused,
    replies::{Address, Replies},
};
use tokio::sync::Notify;

/// All boxes of a deployment.
#[derive(Debug, Default)]
pub(crate) struct Post {
    boxes: Mutex<HashMap<Address, VecDeque<ExecutionId>>>,
    arrived: Notify,
    pub(crate) sent: AtomicUsize,
    made: AtomicUsize,
}

/// One process' end of it.
#[derive(Debug)]
pub(crate) struct PostBox {
    post: Arc<Post>,
    own: Mutex<Option<Address>>,
}

impl Post {
    pub(crate) fn new_box(self: &Arc<Self>) -> Arc<PostBox> {
        Arc::new(PostBox { post: Arc::clone(self), own: Mutex::new(None) })
    }

    pub(crate) fn boxes(&self) -> usize {
        self.boxes.lock().unwrap().len()
    }
}

impl Replies for PostBox {
    fn address(&self) -> Answer<'_, Result<Address, Refused>> {
        let mut own = self.own.lock().unwrap();
        let mut boxes = self.post.boxes.lock().unwrap();
        let address = own.clone().filter(|address| boxes.contains_key(address)).unwrap_or_else(|| {
            let address = Address(format!("box {}", self.post.made.fetch_add(1, Ordering::Relaxed)));
            boxes.insert(address.clone(), VecDeque::new());
            address
        });
        *own = Some(address.clone());
        Box::pin(std::future::ready(Ok(address)))
    }

    fn send<'a>(&'a self, to: &'a Address, ended: ExecutionId) -> Answer<'a, Result<(), Refused>> {
        self.post.sent.fetch_add(1, Ordering::Relaxed);
        if let Some(letters) = self.post.boxes.lock().unwrap().get_mut(to) {
            letters.push_back(ended);
        }
        self.post.arrived.notify_waiters();
        Box::pin(std::future::ready(Ok(())))
    }

    fn receive(&self) -> Answer<'_, Result<Vec<ExecutionId>, Refused>> {
        Box::pin(async move {
            loop {
                let arrived = self.post.arrived.notified();
                tokio::pin!(arrived);
                arrived.as_mut().enable();
                let own = self.own.lock().unwrap().clone();
                if let Some(own) = own
                    && let Some(letters) = self.post.boxes.lock().unwrap().get_mut(&own)
                    && !letters.is_empty()
                {
                    return Ok(letters.drain(..).collect());
                }
                arrived.await;
            }
        })
    }

    fn remove<'a>(&'a self, address: &'a Address) -> Answer<'a, Result<(), Refused>> {
        self.post.boxes.lock().unwrap().remove(address);
        Box::pin(std::future::ready(Ok(())))
    }
}
