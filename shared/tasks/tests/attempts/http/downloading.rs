//! `http.Download`: files of any size, in constant memory.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use engine::{execution::Ending, time::Timestamp};
use futures_util::StreamExt;
use ports::{
    Answer,
    blobs::{self, Blobs, ByteStream, Facts, Listed, Path, Reading},
    run::Surroundings,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::{mpsc, watch},
};

use super::server::Server;
use crate::world::{World, attempt};

const DOWNLOAD: &str = "core.http.Download";
const FOLDER: &str = "kestra:///company/team/flow/executions/1/tasks/task/2";

#[tokio::test]
async fn a_file_is_stored_under_its_name() {
    let (server, world) = (Server::start().await, World::new());
    let ran = world.task(DOWNLOAD, json!({"uri": server.uri("/bytes/100000?orders 1.csv")})).await;
    let outputs = &ran.outcome.outputs;
    assert_eq!(outputs["uri"], format!("{FOLDER}/orders%25201.csv"), "{}", ran.story());
    assert_eq!((&outputs["code"], &outputs["length"]), (&json!(200), &json!(100_000)));
    assert_eq!(outputs["headers"]["content-length"], json!(["100000"]));
    let stored = world.blobs.content("main/files/company/team/flow/executions/1/tasks/task/2/orders%201.csv");
    assert_eq!(stored.map(|it| it.len()), Some(100_000));
    let ran = world.task(DOWNLOAD, json!({"uri": server.uri("/bytes/3")})).await;
    assert_eq!(ran.outcome.outputs["uri"], format!("{FOLDER}/3"));
}

#[tokio::test]
async fn nothing_at_all_fails_unless_it_is_expected() {
    let (server, world) = (Server::start().await, World::new());
    let ran = world.task(DOWNLOAD, json!({"uri": server.uri("/bytes/0")})).await;
    assert_eq!(ran.failure(), "No response from server");
    let ran =
        world.task(DOWNLOAD, json!({"uri": server.uri("/bytes/0"), "failOnEmptyResponse": false})).await;
    assert_eq!(ran.outcome.outputs["length"], 0);
    assert!(ran.messages()[0].ends_with("/bytes/0' is empty"), "{}", ran.story());
    let ran = world.task(DOWNLOAD, json!({"uri": server.uri("/status/503")})).await;
    assert!(ran.failure().starts_with("Failed http request with response code '503'"), "{}", ran.story());
}

#[tokio::test]
async fn a_file_that_is_cut_short_or_too_large_is_not_stored() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/a.csv", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 1_024];
        let _ = stream.read(&mut request).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").await.unwrap();
    });
    let world = World::new();
    let ran = world.task(DOWNLOAD, json!({"uri": uri})).await;
    assert!(ran.failure().starts_with("Invalid size, got 3, expected 10: "), "{}", ran.story());
    assert_eq!(world.blobs.content("main/files/company/team/flow/executions/1/tasks/task/2/a.csv"), None);

    let server = Server::start().await;
    let more = json!({"uri": server.uri("/bytes/11"), "options": {"maxContentLength": 10}});
    let ran = world.task(DOWNLOAD, more).await;
    assert_eq!(ran.failure(), "the file has 11 bytes, and may have 10 at most (`options.maxContentLength`)");
}

/// Takes every piece at once, and knows how much there was at a time.
#[derive(Debug, Default)]
struct Scales {
    whole: AtomicU64,
    largest: AtomicU64,
}

impl Blobs for Scales {
    fn put<'a>(
        &'a self,
        _: &'a Path,
        mut content: ByteStream,
        _: u64,
    ) -> Answer<'a, Result<u64, blobs::Error>> {
        Box::pin(async move {
            while let Some(piece) = content.next().await {
                let size = piece.map_err(blobs::Error::Source)?.len() as u64;
                self.whole.fetch_add(size, Ordering::Relaxed);
                self.largest.fetch_max(size, Ordering::Relaxed);
            }
            Ok(self.whole.load(Ordering::Relaxed))
        })
    }

    /// Of every file, the same: what was put, in pieces of a megabyte.
    fn get<'a>(&'a self, _: &'a Path, _: Option<Range<u64>>) -> Answer<'a, Result<Reading, blobs::Error>> {
        let size = self.whole.load(Ordering::Relaxed);
        let pieces = (0..size >> 20).map(|_| Ok(Bytes::from(vec![b'x'; 1 << 20])));
        let stream: ByteStream = Box::pin(futures_util::stream::iter(pieces.collect::<Vec<_>>()));
        Box::pin(async move { Ok(Reading { facts: facts(size), stream }) })
    }

    fn facts<'a>(&'a self, _: &'a Path) -> Answer<'a, Result<Facts, blobs::Error>> {
        Box::pin(async { Ok(facts(self.whole.load(Ordering::Relaxed))) })
    }

    fn list_under<'a>(
        &'a self,
        _: &'a str,
        _: Option<&'a Path>,
        _: usize,
    ) -> Answer<'a, Result<Vec<Listed>, blobs::Error>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn delete_under<'a>(&'a self, _: &'a str) -> Answer<'a, Result<u64, blobs::Error>> {
        Box::pin(async { Ok(0) })
    }
}

fn facts(size: u64) -> Facts {
    Facts { size, tag: size.to_string(), modified_at: Timestamp::from_millis(0) }
}

#[tokio::test]
async fn a_large_file_passes_in_small_pieces() {
    const SIZE: u64 = 64 << 20;
    let (server, world) = (Server::start().await, World::new());
    let scales = Arc::new(Scales::default());
    let (_stop, stopped) = watch::channel(false);
    let (log, _lines) = mpsc::channel(16);
    let surroundings = Surroundings { blobs: Arc::clone(&scales) as _, ..world.surroundings(stopped, log) };
    let task = world.registry.find("io.kestra.plugin.core.http.Download").unwrap();
    let attempt = attempt(json!({"uri": server.uri(&format!("/bytes/{SIZE}"))}));
    let outcome = task.run(&attempt, surroundings).await;
    assert_eq!((outcome.ending, &outcome.outputs["length"]), (Ending::Success, &json!(SIZE)));
    assert_eq!(scales.whole.load(Ordering::Relaxed), SIZE);
    let largest = scales.largest.load(Ordering::Relaxed);
    assert!(largest <= 512 * 1024, "{largest} bytes at once");
}
