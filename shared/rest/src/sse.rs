//! Server-sent events of an execution.
//!
//! Kestra puts the name of an event into its `id:` and sends no `event:`. Versions differ in the first event and in
//! whether the last state comes once or twice; here every state comes once, as `progress`, and the last as `end`,
//! after which the stream closes: that ends every client.

use std::convert::Infallible;

use axum::response::sse::{Event, KeepAlive, Sse};
use engine::execution::Execution;
use futures_util::{Stream, stream};
use service::Service;
use tokio::sync::mpsc;

use crate::{
    tenant::Tenant,
    wire::execution::{View, text},
};

/// One event for each state; a comment now and then keeps proxies from closing a quiet stream.
pub(crate) fn events(
    service: Service,
    tenant: Tenant,
    states: mpsc::Receiver<Execution>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = stream::unfold((service, states), move |(service, mut states)| async move {
        let execution = states.recv().await?;
        let name = if execution.is_over() { "end" } else { "progress" };
        let view = View { now: service.now(), tenant: tenant.shown(), url: None };
        let event = Event::default().id(name).data(text(&execution, &view));
        Some((Ok(event), (service, states)))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
