//! `infra/COSTS.md`.

use std::fmt::Write;

use aws::store::Counts;

/// What one execution was counted to need.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) tasks: usize,
    pub(super) counts: Counts,
    pub(super) messages: u64,
}

/// List prices of us-east-1 in dollars a million, without a free tier.
mod price {
    pub(super) const HTTP_API_REQUEST: f64 = 1.00;
    pub(super) const LAMBDA_REQUEST: f64 = 0.20;
    /// A GB-second on arm64, for a million of them.
    pub(super) const LAMBDA_GB_SECOND: f64 = 13.333_4;
    pub(super) const WRITE_UNIT: f64 = 0.625;
    pub(super) const READ_UNIT: f64 = 0.125;
    /// A message is sent, received and deleted; SQS hands it to a function, which asks for each of the last two.
    pub(super) const MESSAGE: f64 = 3.0 * 0.40;
    pub(super) const EXPRESS_REQUEST: f64 = 1.00;
    pub(super) const EXPRESS_GB_SECOND: f64 = 16.67;
    pub(super) const STANDARD_TRANSITION: f64 = 25.00;
}

/// Gigabytes and seconds that are taken for granted, since nothing here measures a Lambda.
const MEMORY_GB: f64 = 0.5;
const REQUEST_SECONDS: f64 = 0.010;
const WRITE_SECONDS: f64 = 0.007;
const READ_SECONDS: f64 = 0.003;
const SHELL_SECONDS: f64 = 0.005;
const EXPRESS_MEMORY_GB: f64 = 0.0625;
const EXPRESS_STEP_SECONDS: f64 = 0.1;

pub(super) fn page(rows: &[Row]) -> String {
    let mut page = HEAD.to_owned();
    for row in rows {
        let Counts { units, .. } = row.counts;
        let price = Price::of(row);
        let (express, standard) = step_functions(row.tasks);
        writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} | {} | {:.2} | {:.2} | {express:.2} | {standard:.0} |",
            row.name,
            row.counts.writes(),
            units.writes,
            units.due_writes + units.list_writes,
            row.counts.reads(),
            units.reads + units.index_reads,
            row.messages,
            price.counted,
            price.counted + price.time,
        )
        .expect("a text takes everything");
    }
    page + FOOT
}

struct Price {
    /// Requests, units and messages.
    counted: f64,
    /// Of the functions, estimated.
    time: f64,
}

impl Price {
    #[allow(clippy::cast_precision_loss, reason = "counts of one execution are small")]
    fn of(row: &Row) -> Self {
        let units = row.counts.units;
        // A message starts a second function.
        let functions = 1.0 + row.messages as f64;
        let counted = price::HTTP_API_REQUEST
            + functions * price::LAMBDA_REQUEST
            + (units.writes + units.due_writes + units.list_writes) * price::WRITE_UNIT
            + (units.reads + units.index_reads) * price::READ_UNIT
            + row.messages as f64 * price::MESSAGE;
        let shell = if row.name.contains("shell") { row.tasks as f64 * SHELL_SECONDS } else { 0.0 };
        let seconds = functions * REQUEST_SECONDS
            + row.counts.writes() as f64 * WRITE_SECONDS
            + row.counts.reads() as f64 * READ_SECONDS
            + shell;
        Self { counted, time: seconds * MEMORY_GB * price::LAMBDA_GB_SECOND }
    }
}

/// The same number of tasks as one Lambda each, behind the same HTTP API: Express and Standard.
#[allow(clippy::cast_precision_loss, reason = "counts of one execution are small")]
fn step_functions(tasks: usize) -> (f64, f64) {
    let tasks = tasks as f64;
    let task_seconds = REQUEST_SECONDS + SHELL_SECONDS;
    let lambdas = tasks * (price::LAMBDA_REQUEST + task_seconds * MEMORY_GB * price::LAMBDA_GB_SECOND);
    let steps = (tasks * task_seconds / EXPRESS_STEP_SECONDS).ceil().max(1.0);
    let duration = steps * EXPRESS_STEP_SECONDS * EXPRESS_MEMORY_GB * price::EXPRESS_GB_SECOND;
    let express = price::HTTP_API_REQUEST + price::EXPRESS_REQUEST + duration + lambdas;
    let standard = price::HTTP_API_REQUEST + (tasks + 1.0) * price::STANDARD_TRANSITION + lambdas;
    (express, standard)
}

const HEAD: &str = "\
# What executions cost on AWS

Requests, units and messages of one execution, as counted by a test on an emulator of AWS, with the flow's revision
known to the function. Prices are the list prices of us-east-1 in dollars for a million executions. Nothing is paid
while nobody calls, but storage and the minute's tick (43,200 requests a month: $0.05).

| execution of so many tasks | writes | write units | index write units | reads | read units | messages | counted | with time | Step Functions Express | Standard |
|---|---|---|---|---|---|---|---|---|---|---|
";

const FOOT: &str = "
* *counted*: HTTP API $1.00, Lambda $0.20 a request, DynamoDB $0.625 a write unit and $0.125 a read unit, SQS $1.20 a
  message (sent, received, deleted).
* *with time*: and Lambda at $13.33 a GB-second (arm64, 512 MB), taking 10 ms a request, 7 ms a write, 3 ms a read
  and 5 ms a shell task for granted. That part is an estimate; the rest is counted.
* *Step Functions*: the same number of tasks as one Lambda each, behind the same HTTP API, 15 ms a task. Standard is
  $25 a transition and has a durable history, as Roundtrip has; Express is $1.00 a request and 64 MB steps of 100 ms,
  and keeps no history but logs, which are not counted.
* Not counted: logs, storage, data out, traces.
* A shell task costs a write before it starts. What has ended moves out of the item, so that the writes of a long row
  cost about the same from its beginning to its end.
";
