//! The limit: a route of the same web framework that does nothing but answer, in a process of its own.

use std::io::{Read, Write};

use axum::{Router, body::Body, http::header};
use bytes::Bytes;
use tokio::{net::TcpListener, process::Command};

use crate::{
    error::{Error, cannot},
    process::Process,
};

/// The flag that makes this program the bare route.
pub(crate) const FLAG: &str = "--bare";

/// Starts this program again as the bare route.
pub(crate) async fn start(answer: &[u8]) -> Result<Process, Error> {
    let mut command = Command::new(std::env::current_exe().map_err(cannot("find this program"))?);
    command.arg(FLAG);
    Process::start(command, answer).await
}

/// Is the bare route: every request is answered with what came on standard input. Never ends by itself.
///
/// It reads each request's body, as the server does, and runs on the same kind of runtime.
pub(crate) fn serve() -> Result<(), Error> {
    let mut answer = Vec::new();
    std::io::stdin().read_to_end(&mut answer).map_err(cannot("read the answer to give"))?;
    let answer = Bytes::from(answer);
    let respond =
        async move |_: Bytes| ([(header::CONTENT_TYPE, "application/json")], Body::from(answer.clone()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(cannot("start a runtime"))?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(cannot("listen"))?;
        let address = listener.local_addr().map_err(cannot("listen"))?;
        writeln!(std::io::stdout(), "listening on http://{address}").map_err(cannot("print"))?;
        axum::serve(listener, Router::new().fallback(respond)).await.map_err(cannot("serve"))
    })
}
