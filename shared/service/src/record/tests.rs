use engine::{
    execution::{Execution, Level, LogEntry, State},
    flow::Label,
    id::ExecutionId,
    time::Timestamp,
};

use super::{
    LOG_CHUNK_BYTES_MAX, LOG_INLINE_BYTES_MAX, LOG_OPEN_BYTES_MAX, Lease, Record, Summary, decode, encode,
    overflowing_logs,
};
use crate::Error;

fn execution() -> Execution {
    let now = Timestamp::from_millis(1_720_761_220_011);
    let id = ExecutionId::from_u128(42);
    let of = ("company.team", "myflow", 3);
    Execution { labels: vec![Label::new("team", "a")], ..Execution::created(id, "main", of, now) }
}

fn line(message: String) -> LogEntry {
    let timestamp = Timestamp::from_millis(0);
    LogEntry { timestamp, level: Level::Info, task_run: None, task_id: None, attempt: 0, message }
}

#[test]
fn what_is_stored_is_what_is_read_small_and_large() {
    for lines in [0, 1, 2_000] {
        let mut record = Record::new(execution());
        record.lease = Some(Lease { holder: u128::MAX, until: Timestamp::from_millis(5) });
        record.execution.logs = (0..lines).map(|n| line(format!("line {n}"))).collect();
        let body = encode(&record).unwrap();
        let read: Record = decode(&body).unwrap();
        assert_eq!(read.execution, record.execution);
        assert_eq!(read.lease, record.lease);
        if lines > 1_000 {
            let plain = serde_json::to_vec(&record).unwrap().len();
            assert!(body.len() < plain / 4, "{} of {plain} bytes: large bodies are compressed", body.len());
        }
    }
}

#[test]
fn what_cannot_be_read_is_an_error_that_says_so() {
    for body in [&b""[..], b"\x00{}", b"\x01{", b"\x02garbage", b"\x09{}"] {
        assert!(matches!(decode::<Record>(body), Err(Error::Locked(_))), "{body:?}");
    }
}

#[test]
fn many_log_lines_are_moved_out_in_order_and_in_bounded_chunks() {
    let mut execution = execution();
    let lines = |bytes: usize| (0..10).map(|_| line("x".repeat(bytes / 10))).collect::<Vec<_>>();
    execution.logs = lines(LOG_OPEN_BYTES_MAX);
    assert!(overflowing_logs(&mut execution).is_empty(), "up to the limit they stay");
    execution.logs = lines(LOG_INLINE_BYTES_MAX);
    assert!(!overflowing_logs(&mut execution).is_empty(), "while it goes on, more of them do not");
    let mut over = execution.clone();
    over.logs = lines(LOG_INLINE_BYTES_MAX);
    over.state.enter(State::Success, Timestamp::from_millis(1_720_761_220_012));
    assert!(overflowing_logs(&mut over).is_empty(), "nothing is written again after the end");

    execution.logs = (0..2_000).map(|n| line(format!("{n:0500}"))).collect();
    let all = execution.logs.clone();
    let chunks = overflowing_logs(&mut execution);
    assert!(execution.logs.is_empty());
    for chunk in &chunks {
        assert!(chunk.iter().map(|entry| entry.message.len()).sum::<usize>() <= LOG_CHUNK_BYTES_MAX);
    }
    assert_eq!(chunks.concat(), all);
}

#[test]
fn a_summary_fits_its_entry_however_many_labels_there_are() {
    let mut record = Record::new(execution());
    record.execution.labels = (0..100).map(|n| Label::new(format!("key-{n}"), "v".repeat(256))).collect();
    let entry = record.content(super::PLAIN_BYTES_MAX).unwrap().entry.unwrap();
    assert!(entry.summary.len() <= ports::store::SUMMARY_BYTES_MAX);
    let summary: Summary = serde_json::from_slice(&entry.summary).unwrap();
    assert_eq!(summary.labels[..3], record.execution.labels[..3]);
    assert!(summary.more_labels);
}

#[test]
fn an_ended_execution_is_never_due() {
    let mut record = Record::new(execution());
    record.handed_over_until = Some(Timestamp::from_millis(7));
    assert_eq!(record.wake_at(), Some(Timestamp::from_millis(7)));
    record.execution.state.enter(State::Killed, Timestamp::from_millis(9));
    assert_eq!(record.wake_at(), None);
}
