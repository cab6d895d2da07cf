//! `roundtrip serve`: the API, the carriers and the clock in one process.

use std::{io::Write, net::SocketAddr, path::Path, process::ExitCode, sync::Arc, time::Duration};

use service::Service;
use tokio::{net::TcpListener, signal::unix};

use crate::{cli, feed, home, report};

/// How long what still runs at the end has to notice.
pub(crate) const LAST_WORDS: Duration = Duration::from_millis(200);
/// The tenant of this server.
pub(crate) const TENANT: &str = "main";

pub(crate) async fn serve(options: cli::Serve) -> Result<ExitCode, report::Error> {
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|error| report::Error::new(format!("cannot listen on {}", options.listen), error))?;
    let listening = listener.local_addr()?;
    let home::Home { service, dispatches, store } =
        home::open(&options.data, options.reach.outbound, options.settings(listening)?)?;
    if !service.guard_if_anybody_is_known().await? {
        options.callers.check(listening)?;
    }
    if let Some(folder) = &options.flows {
        load(&service, folder).await?;
    }
    service.recover().await?;
    let mut loops = service.spawn_loops(dispatches);
    loops.spawn(feed::react(service.clone(), Arc::clone(&store)));
    // Before anybody is told that it serves: a signal that comes while it is not listened for is lost.
    let stop = Stop::listen()?;
    greet(&service, listening).await?;

    let grace = Duration::from_secs(options.grace_seconds);
    let (closing, closed) = tokio::sync::oneshot::channel();
    // A router that is served as it is builds its table of routes anew for each connection: 150 KB and more.
    let router = rest::router(service.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, router).with_graceful_shutdown(async {
        stop.asked().await;
        let _ = closing.send(());
    });
    let last_calls = async {
        let _ = closed.await;
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        result = server => result?,
        () = last_calls => {}
    }
    loops.abort_all();
    service.close(grace).await;
    if let Some(path) = &options.counters {
        std::fs::write(path, home::counters(&store).to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Creates or updates every flow of a folder. All are tried; one that is wrong keeps the server from starting.
async fn load(service: &Service, folder: &Path) -> Result<(), report::Error> {
    let mut wrong = 0;
    for path in report::flow_files(folder)? {
        let source = std::fs::read_to_string(&path)
            .map_err(|error| report::Error::new(format!("cannot read {}", path.display()), error))?;
        match service.put_flow(TENANT, &source).await {
            Ok(_) => {}
            Err(service::Error::Invalid(invalid)) => {
                wrong += 1;
                report::show(&path, &source, &invalid);
            }
            Err(other) => return Err(other.into()),
        }
    }
    match wrong {
        0 => Ok(()),
        wrong => Err(report::Error::plain(format!("{wrong} flow(s) of {} are wrong", folder.display()))),
    }
}

/// Says where it listens, and what to paste next.
async fn greet(service: &Service, listening: SocketAddr) -> Result<(), report::Error> {
    let page = service::PageRequest { page: 1, size: 1 };
    let flows = service.search_flows(TENANT, service::FlowQuery::default(), page).await?;
    let who = if service.is_guarded() { "-u USER:PASSWORD " } else { "" };
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening on http://{listening}")?;
    match flows.results.first() {
        Some(flow) => writeln!(
            out,
            "\n  curl {who}-X POST 'http://{listening}/api/v1/executions/{}/{}?wait=true'\n",
            flow.namespace, flow.id
        )?,
        None => writeln!(
            out,
            "\n  curl {who}-X POST http://{listening}/api/v1/flows -H 'Content-Type: application/x-yaml' \
             --data-binary @flow.yaml\n"
        )?,
    }
    out.flush()?;
    Ok(())
}

/// SIGTERM and SIGINT.
struct Stop {
    terminate: unix::Signal,
    interrupt: unix::Signal,
}

impl Stop {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: unix::signal(unix::SignalKind::terminate())?,
            interrupt: unix::signal(unix::SignalKind::interrupt())?,
        })
    }

    async fn asked(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
