//! `kill -9` at any moment loses nothing that was acknowledged.
//!
//! The test runs itself again as a child that commits numbered items and prints each acknowledged number; the parent
//! kills it, opens the directory and looks. What survives the loss of power cannot be tested here.

#![allow(clippy::print_stdout, reason = "the child tells the parent what was acknowledged")]

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use bytes::Bytes;
use embedded::Home;
use futures_util::stream;
use ports::{
    blobs::{Blobs as _, Path as BlobPath},
    store::{Condition, Content, Direction, Key, Range, Store as _, Write},
};

const DIRECTORY: &str = "EMBEDDED_CRASH_DIRECTORY";
const FIRST: &str = "EMBEDDED_CRASH_FIRST";
const ROUNDS: u64 = 60;
const COMMITTERS: u64 = 8;
/// The seed of the moments at which the child is killed.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

fn key(number: u64, half: &str) -> Key {
    Key { partition: format!("{number:08}"), sort: half.to_owned() }
}

/// Each number has a body of its own, of a length of its own; some are longer than a page.
fn body(number: u64) -> Bytes {
    let length = usize::try_from(number * 7_919 % 9_000).unwrap();
    Bytes::from(number.to_string().repeat(1 + length / 4))
}

/// The role of the child; in the parent's run of all tests it does nothing.
#[test]
fn child() {
    let (Ok(directory), Ok(first)) = (env::var(DIRECTORY), env::var(FIRST)) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(commit_until_killed(Path::new(&directory), first.parse().unwrap()));
}

async fn commit_until_killed(directory: &Path, first: u64) {
    let home = Arc::new(Home::open(directory).unwrap());
    let committers = (0..COMMITTERS).map(|committer| {
        let home = Arc::clone(&home);
        tokio::spawn(async move {
            for number in (first + committer..).step_by(usize::try_from(COMMITTERS).unwrap()) {
                // Two items in one commit, to be found together or not at all.
                let writes = ["a", "b"].map(|half| Write::Put {
                    key: key(number, half),
                    condition: Condition::Absent,
                    content: Content { body: body(number), ..Content::default() },
                });
                home.store.commit(writes.into()).await.unwrap();
                if number % 16 == 0 {
                    let path = BlobPath::new(format!("blobs/{number}")).unwrap();
                    let content = Box::pin(stream::iter([Ok(body(number))]));
                    home.blobs.put(&path, content, u64::MAX).await.unwrap();
                }
                // One write of one line, so that the parent never reads a mixture. A killed pipe ends us as well.
                let mut out = std::io::stdout().lock();
                out.write_all(format!("done {number}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
            }
        })
    });
    for committer in committers.collect::<Vec<_>>() {
        committer.await.unwrap();
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    let (mut acknowledged, mut chance) = (Vec::new(), SEED);
    for round in 0..ROUNDS {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let lines = 1 + usize::try_from((chance >> 33) % 60).unwrap();
        // Numbers no earlier round can have reached, acknowledged or not.
        let in_this_round = kill_after(lines, directory.path(), round * 1_000_000);
        assert!(in_this_round.len() >= lines);
        acknowledged.extend(in_this_round);
        let home = Home::open(directory.path()).unwrap();
        for number in acknowledged.iter().rev().take(2_000) {
            assert_whole(&home, *number).await;
        }
    }
    let home = Home::open(directory.path()).unwrap();
    for number in &acknowledged {
        assert_whole(&home, *number).await;
    }
    assert!(acknowledged.len() > 1_500, "{}", acknowledged.len());
}

/// Runs a child until it has acknowledged so many, kills it, and gives all it acknowledged.
fn kill_after(lines: usize, directory: &Path, first: u64) -> Vec<u64> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--nocapture", "--test-threads=1"])
        .env(DIRECTORY, directory)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    let mut killed = false;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        // The test harness prints lines of its own, and may leave one open before ours.
        let line = line.unwrap();
        let Some((_, number)) = line.split_once("done ") else {
            continue;
        };
        acknowledged.push(number.parse().unwrap());
        if acknowledged.len() >= lines && !killed {
            child.kill().unwrap();
            killed = true;
        }
    }
    child.wait().unwrap();
    acknowledged
}

async fn assert_whole(home: &Home, number: u64) {
    let all = Range { prefix: "", after: None, direction: Direction::Ascending, limit: 3 };
    let items = home.store.query(&key(number, "").partition, all).await.unwrap();
    assert_eq!(items.iter().map(|item| item.key.sort.as_str()).collect::<Vec<_>>(), ["a", "b"], "{number}");
    assert!(items.iter().all(|item| item.content.body == body(number)), "{number}");
    if number.is_multiple_of(16) {
        let path = BlobPath::new(format!("blobs/{number}")).unwrap();
        assert_eq!(home.blobs.size(&path).await, Ok(body(number).len() as u64), "{number}");
    }
}
