//! The gate between a body and the parser of its parts: one chunk at a time, and only when it is needed.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use crate::{body, error::Error, limits::PART_HEAD_BYTES_MAX};

/// What both sides know.
pub(super) struct Gate {
    state: Mutex<State>,
}

struct State {
    /// Whether one more chunk may pass.
    open: bool,
    /// Bytes that passed since the parser gave something.
    unanswered: usize,
    /// Bytes that may still pass at all.
    left: u64,
    limit: u64,
    /// Why nothing passes any more; the parser would hide it.
    failure: Option<Error>,
}

impl Gate {
    /// A gate for so many bytes.
    pub(super) fn new(limit: u64) -> Self {
        let state = State { open: false, unanswered: 0, left: limit, limit, failure: None };
        Self { state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Polls the parser, first with what it has, then chunk by chunk until it gives something.
    pub(super) fn pull<T>(
        &self,
        context: &mut Context<'_>,
        mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        loop {
            if let Poll::Ready(ready) = poll(context) {
                let mut state = self.state();
                state.open = false;
                state.unanswered = 0;
                return Poll::Ready(ready);
            }
            let mut state = self.state();
            if state.open {
                // Nothing passed: the body will wake us.
                return Poll::Pending;
            }
            state.open = true;
        }
    }

    /// Why nothing passes any more, if so.
    pub(super) fn failure(&self) -> Option<Error> {
        self.state().failure.clone()
    }

    /// What really happened when the parser reports an error.
    pub(super) fn explain(&self, error: &multer::Error) -> Error {
        self.failure().unwrap_or_else(|| Error::Interrupted(format!("the form cannot be read: {error}")))
    }
}

/// A body behind a gate.
pub(super) struct Gated<S> {
    gate: Arc<Gate>,
    chunks: S,
}

impl<S> Gated<S> {
    pub(super) fn new(gate: Arc<Gate>, chunks: S) -> Self {
        Self { gate, chunks }
    }
}

/// The parser only has to know that it cannot go on.
#[derive(Debug, thiserror::Error)]
#[error("the body cannot be read on")]
pub(super) struct Closed;

impl<S: Stream<Item = Result<Bytes, Error>> + Unpin> Stream for Gated<S> {
    type Item = Result<Bytes, Closed>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { gate, chunks } = self.get_mut();
        let mut state = gate.state();
        if state.failure.is_some() {
            return Poll::Ready(Some(Err(Closed)));
        }
        if !state.open {
            return Poll::Pending;
        }
        let failure = match chunks.poll_next_unpin(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => error,
            Poll::Ready(Some(Ok(_))) if state.unanswered > PART_HEAD_BYTES_MAX => {
                body::too_large("the head of a part of a form", PART_HEAD_BYTES_MAX as u64)
            }
            Poll::Ready(Some(Ok(chunk))) => match state.left.checked_sub(chunk.len() as u64) {
                None => body::too_large("a form", state.limit),
                Some(left) => {
                    state.left = left;
                    state.unanswered += chunk.len();
                    state.open = false;
                    return Poll::Ready(Some(Ok(chunk)));
                }
            },
        };
        state.failure = Some(failure);
        Poll::Ready(Some(Err(Closed)))
    }
}
