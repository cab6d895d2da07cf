//! What a file goes through, and what is told of it.

use std::{
    ops::Range,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use engine::{execution::Ending, time::Timestamp};
use futures_util::stream;
use ports::{
    Answer,
    blobs::{self, Blobs, ByteStream, Facts, Listed, Path, Reading},
    run::Surroundings,
};
use serde_json::json;
use tokio::sync::{mpsc, watch};

use super::{
    CONTENT, both,
    google::{Fault, Google, State},
    load, properties,
};
use crate::world::{Memory, World, attempt};

const JOB: &str = "company_team_flow_0000000000000000000001_0000000000000000000002_";

#[tokio::test]
async fn a_file_becomes_rows() {
    let (google, world) = both().await;
    let ran = load(&google, &world, json!({})).await;
    assert_eq!(ran.outcome.ending, Ending::Success, "{}", ran.story());
    let state = google.state();
    let (id, job) = state.jobs.first_key_value().unwrap();
    assert!(id.starts_with(JOB) && id.ends_with("_1_1"), "{id}");
    let outputs = json!({ "jobId": id, "rows": 2, "destinationTable": "kestra-dev.demo.orders" });
    assert_eq!(serde_json::Value::from(ran.outcome.outputs.clone()), outputs);
    assert_eq!(job["jobReference"]["projectId"], "own-project");
    assert_eq!(state.sessions["s0"].content, CONTENT.as_bytes());
    let look = format!("GET own-project/{id}?location=EU");
    assert_eq!(state.requests, ["POST own-project", "PUT 0-15/16", &look, &look]);
    let measured = ran.outcome.metrics.iter().map(|it| {
        let tags: Vec<_> = it.tags.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{:?} {} {} {}", it.kind, it.name, it.value, tags.join(" "))
    });
    insta::assert_snapshot!(measured.collect::<Vec<_>>().join("\n"), @"
    Counter output.rows 2 destination_table=kestra-dev.demo.orders location=EU project_id=own-project
    Counter output.bytes 32 destination_table=kestra-dev.demo.orders location=EU project_id=own-project
    Counter bad.records 0 destination_table=kestra-dev.demo.orders location=EU project_id=own-project
    Counter input.bytes 16 destination_table=kestra-dev.demo.orders location=EU project_id=own-project
    Counter input.files 1 destination_table=kestra-dev.demo.orders location=EU project_id=own-project
    Timer duration 2500 destination_table=kestra-dev.demo.orders location=EU project_id=own-project
    ");
}

#[tokio::test]
async fn an_empty_file_fails_unless_it_is_expected() {
    let google = Google::start().await;
    let world = World::beside(&google.base(), Memory::default().with(super::FILE, ""));
    let ran = load(&google, &world, json!({})).await;
    assert_eq!(ran.failure(), "Can't load an empty file and this one don't contain any data");
    assert!(google.state().requests.is_empty());
    // The job is begun, since it may have to empty the table; what comes of it is of no interest.
    google.state().ends = [json!({ "errorResult": { "reason": "invalid", "message": "no schema" } })].into();
    let ran = load(&google, &world, json!({ "failedOnEmpty": false })).await;
    assert_eq!(ran.outcome.ending, Ending::Success, "{}", ran.story());
    assert_eq!(serde_json::Value::from(ran.outcome.outputs.clone()), json!({ "rows": 0 }));
    assert_eq!(google.state().requests[1], "PUT */0");
}

/// A file without an end that gives what it is asked for, piece by piece, and knows how much of it is underway.
#[derive(Debug)]
struct Well {
    size: u64,
    google: Arc<Mutex<State>>,
    given: Arc<AtomicU64>,
    underway: Arc<AtomicU64>,
    asked: Mutex<Vec<Range<u64>>>,
}

impl Well {
    fn known(&self) -> Facts {
        Facts { size: self.size, tag: "1".to_owned(), modified_at: Timestamp::from_millis(0) }
    }
}

impl Blobs for Well {
    fn put<'a>(&'a self, _: &'a Path, _: ByteStream, _: u64) -> Answer<'a, Result<u64, blobs::Error>> {
        panic!("nothing is written")
    }

    fn get<'a>(
        &'a self,
        _: &'a Path,
        range: Option<Range<u64>>,
    ) -> Answer<'a, Result<Reading, blobs::Error>> {
        const PIECE: u64 = 64 * 1024;
        let range = range.expect("a file of this size is read in parts");
        self.asked.lock().unwrap().push(range.clone());
        let (google, given, underway) =
            (Arc::clone(&self.google), Arc::clone(&self.given), Arc::clone(&self.underway));
        let pieces = (range.start..range.end).step_by(usize::try_from(PIECE).unwrap()).map(move |at| {
            let size = PIECE.min(range.end - at);
            let given = given.fetch_add(size, Ordering::SeqCst) + size;
            underway.fetch_max(given - google.lock().unwrap().received, Ordering::SeqCst);
            Ok(Bytes::from(vec![b'x'; usize::try_from(size).unwrap()]))
        });
        let reading = Reading { facts: self.known(), stream: Box::pin(stream::iter(pieces)) };
        Box::pin(async move { Ok(reading) })
    }

    fn facts<'a>(&'a self, _: &'a Path) -> Answer<'a, Result<Facts, blobs::Error>> {
        Box::pin(async { Ok(self.known()) })
    }

    fn list_under<'a>(
        &'a self,
        _: &'a str,
        _: Option<&'a Path>,
        _: usize,
    ) -> Answer<'a, Result<Vec<Listed>, blobs::Error>> {
        panic!("nothing is listed")
    }

    fn delete_under<'a>(&'a self, _: &'a str) -> Answer<'a, Result<u64, blobs::Error>> {
        panic!("nothing is deleted")
    }
}

#[tokio::test]
async fn a_large_file_goes_up_in_chunks_whatever_happens_to_them() {
    const MIB: u64 = 1 << 20;
    let (google, world) = both().await;
    // One chunk breaks in the middle, one is taken in part, and the end of the last is not heard.
    google.state().chunks =
        [Fault::Break(3 * MIB), Fault::Short(4 * MIB), Fault::Short(8 * MIB), Fault::Unheard].into();
    let well = Arc::new(Well {
        size: 20 * MIB,
        google: google.shared(),
        given: Arc::default(),
        underway: Arc::default(),
        asked: Mutex::default(),
    });
    let (_stop, stopped) = watch::channel(false);
    let (log, _lines) = mpsc::channel(16);
    let surroundings = Surroundings { blobs: Arc::clone(&well) as _, ..world.surroundings(stopped, log) };
    let task = world.registry.find("io.kestra.plugin.gcp.bigquery.Load").unwrap();
    let attempt = attempt(properties(&google, &json!({})));
    let outcome = task.run(&attempt, surroundings).await;
    assert_eq!(outcome.ending, Ending::Success);
    let state = google.state();
    let session = &state.sessions["s0"];
    assert_eq!((session.content.len() as u64, state.sessions.len(), state.jobs.len()), (20 * MIB, 1, 1));
    let sent: Vec<_> = state.requests.iter().filter(|it| it.starts_with("PUT")).map(String::as_str).collect();
    let expected = [
        "PUT 0-8388607/20971520",
        "PUT */20971520",
        "PUT 3145728-11534335/20971520",
        "PUT 7340032-15728639/20971520",
        "PUT 15728640-20971519/20971520",
        "PUT */20971520",
    ];
    assert_eq!(sent, expected);
    assert!(well.asked.lock().unwrap().iter().all(|it| it.end - it.start <= 8 * MIB));
    let underway = well.underway.load(Ordering::SeqCst);
    assert!(underway < 12 * MIB, "{underway} bytes were read and not sent");
}
