//! Prints what this machine's disk and the store give, side by side: only the ratios mean anything.
//!
//! `cargo run --release -p embedded --example measure [directory]`

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::{
    fs::OpenOptions,
    io::Write as _,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use embedded::{Home, store::Store};
use ports::store::{Condition, Content, Direction, Entry, Key, Range, Store as _, Version, Write};

const ROUND: Duration = Duration::from_secs(2);
const BODY_BYTES: usize = 1_024;

#[tokio::main]
async fn main() {
    let parent = std::env::args().nth(1).map_or_else(std::env::temp_dir, Into::into);
    let directory = tempfile::tempdir_in(parent).expect("a directory to work in");
    let store = Home::open(directory.path()).expect("a data directory").store;
    println!("{:>24} {:>10} {:>8} {:>12} {:>9}", "", "per second", "a group", "fsync/s then", "p99 ms");
    for committers in [1, 16, 128] {
        commits(&store, directory.path(), committers, false).await;
        commits(&store, directory.path(), committers, true).await;
    }
    gets(&store, 1).await;
    gets(&store, 16).await;
    queries(&store).await;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS")) {
        println!("{line}");
    }
    for file in ["roundtrip.db", "roundtrip.db-wal"] {
        let bytes = std::fs::metadata(directory.path().join(file)).map_or(0, |file| file.len());
        println!("{file} {} MB", bytes >> 20);
    }
}

/// Each committer makes items, or moves one item of its own from version to version as an execution does.
async fn commits(store: &Arc<Store>, directory: &Path, committers: usize, replace: bool) {
    let before = store.counts();
    let begun = Instant::now();
    let tasks: Vec<_> = (0..committers)
        .map(|committer| {
            tokio::spawn(commit_for_a_while(Arc::clone(store), format!("{committers}-{committer}"), replace))
        })
        .collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.expect("a committer does not panic"));
    }
    let seconds = begun.elapsed().as_secs_f64();
    let counts = store.counts().since(before);
    waits.sort_unstable();
    println!(
        "{:>24} {:>10.0} {:>8.1} {:>12.0} {:>9.2}",
        format!("{} @{committers}", if replace { "replace" } else { "insert" }),
        as_f64(counts.commits) / seconds,
        as_f64(counts.commits) / as_f64(counts.transactions),
        appends_per_second(directory),
        waits[waits.len() * 99 / 100].as_secs_f64() * 1_000.0,
    );
}

async fn commit_for_a_while(store: Arc<Store>, name: String, replace: bool) -> Vec<Duration> {
    let mut waits = Vec::new();
    let begun = Instant::now();
    let body = Bytes::from(vec![7; BODY_BYTES]);
    let mut number = 0;
    while begun.elapsed() < ROUND {
        let key = Key {
            partition: format!("execution/{name}/{}", if replace { 0 } else { number }),
            sort: if replace { "replaced" } else { "inserted" }.to_owned(),
        };
        let condition = match number {
            0 => Condition::Absent,
            version if replace => Condition::Version(Version(version)),
            _ => Condition::Absent,
        };
        let content = Content {
            body: body.clone(),
            wake_at: Some(engine::time::Timestamp::from_millis(1_700_000_000_000)),
            entry: Some(Entry {
                list: "executions".to_owned(),
                place: key.partition.clone(),
                summary: body.slice(..64),
            }),
            expires_at: None,
        };
        let asked = Instant::now();
        store.commit(vec![Write::Put { key, condition, content }]).await.expect("nothing is in the way");
        waits.push(asked.elapsed());
        number += 1;
    }
    waits
}

async fn gets(store: &Arc<Store>, readers: usize) {
    let begun = Instant::now();
    let tasks: Vec<_> = (0..readers)
        .map(|reader| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                let mut number = 0u32;
                while begun.elapsed() < ROUND {
                    let key = Key {
                        partition: format!("execution/128-{}/{}", reader * 7, number % 100),
                        sort: "inserted".to_owned(),
                    };
                    assert!(store.get(&key).await.expect("the store answers").is_some());
                    number += 1;
                }
                number
            })
        })
        .collect();
    let mut number = 0u32;
    for task in tasks {
        number += task.await.expect("a reader does not panic");
    }
    let seconds = begun.elapsed().as_secs_f64();
    let every = seconds * 1e6 / f64::from(number);
    println!("{:>24} {:>10.0} (one every {every:.1} µs)", format!("get @{readers}"), 1e6 / every);
}

async fn queries(store: &Arc<Store>) {
    for limit in [16, 200] {
        let begun = Instant::now();
        let mut number = 0u32;
        while begun.elapsed() < ROUND / 4 {
            let range = Range { prefix: "", after: None, direction: Direction::Descending, limit };
            assert_eq!(store.list("executions", range).await.expect("the store answers").len(), limit);
            number += 1;
        }
        let each = begun.elapsed().as_secs_f64() * 1e6 / f64::from(number);
        println!("{:>24} {:>10.0} (one every {each:.1} µs)", format!("list of {limit}"), 1e6 / each);
    }
}

/// What the disk gives to one who appends a body and waits.
fn appends_per_second(directory: &Path) -> f64 {
    let path = directory.join("appended");
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("a file");
    let body = vec![7; BODY_BYTES];
    let begun = Instant::now();
    let mut number = 0u32;
    while begun.elapsed() < ROUND / 8 {
        file.write_all(&body).and_then(|()| file.sync_data()).expect("the disk takes it");
        number += 1;
    }
    f64::from(number) / begun.elapsed().as_secs_f64()
}

#[allow(clippy::cast_precision_loss, reason = "counts of a few seconds")]
fn as_f64(count: u64) -> f64 {
    count as f64
}
