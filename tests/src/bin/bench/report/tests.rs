use super::*;
use crate::{
    cells::{CONNECTIONS, Round, Writing},
    machine::Noise,
};

/// Every flow has `of_bare` of the bare route's throughput, and takes `p50_ms`.
fn measured(of_bare: f64, p50_ms: f64, peak_bytes: u64, bare: [f64; 3]) -> Measured {
    let round =
        |per_second, p50_ms| Round { per_second, p50_ms, p99_ms: 2.0 * p50_ms, cpu_us: 40.0, peak_bytes };
    let cell = |subject, connections| Cell {
        subject,
        connections,
        rounds: bare
            .map(|bare| match subject {
                Subject::Bare => round(bare, 0.1),
                Subject::Flow(_) => round(bare * of_bare, p50_ms),
            })
            .into(),
        writing: (subject != Subject::Bare).then_some(Writing { commits: 1.0, per_transaction: 12.5 }),
    };
    let appends = [1.0, 1.1, 0.9].map(|p50_ms| Appends { p50_ms, p99_ms: 2.0 * p50_ms }).into();
    Measured {
        cells: CONNECTIONS.into_iter().flat_map(|n| Subject::ALL.map(|subject| cell(subject, n))).collect(),
        appends,
        in_memory: false,
        noise: Noise { load_before: 0.1, stolen: 0.0, cores: 2 },
    }
}

#[test]
fn a_quiet_run_that_meets_its_goals() {
    insta::assert_snapshot!(report(&measured(0.5, 1.4, 30_000_000, [20_000.0, 21_000.0, 22_000.0])), @"
                  connec-      per  × bare      p50      p99  CPU µs  peak RSS  commits  executions
                   tions   second    route       ms       ms    each        MB     each    per sync

    bare route          1    21000             0.100    0.200      40      30.0
    1 pure task         1    10500    0.500    1.400    2.800      40      30.0     1.00       12.50
    1 INLINE task       1    10500    0.500    1.400    2.800      40      30.0     1.00       12.50
    5 pure tasks        1    10500    0.500    1.400    2.800      40      30.0     1.00       12.50
    1 shell task        1    10500    0.500    1.400    2.800      40      30.0     1.00       12.50

    bare route         16    21000             0.100    0.200      40      30.0
    1 pure task        16    10500    0.500    1.400    2.800      40      30.0     1.00       12.50
    1 INLINE task      16    10500    0.500    1.400    2.800      40      30.0     1.00       12.50
    5 pure tasks       16    10500    0.500    1.400    2.800      40      30.0     1.00       12.50
    1 shell task       16    10500    0.500    1.400    2.800      40      30.0     1.00       12.50

    bare route        128    21000             0.100    0.200      40      30.0
    1 pure task       128    10500    0.500    1.400    2.800      40      30.0     1.00       12.50
    1 INLINE task     128    10500    0.500    1.400    2.800      40      30.0     1.00       12.50
    5 pure tasks      128    10500    0.500    1.400    2.800      40      30.0     1.00       12.50
    1 shell task      128    10500    0.500    1.400    2.800      40      30.0     1.00       12.50

    append of 1 KB + fdatasync: p50 1.000 ms, p99 2.000 ms

    goals
      met    1 pure task, 128 connections: 0.500 of the bare route (at least 0.35)
      met    1 pure task, 1 connection: p50 is one append +0.400 ms (at most +0.5)
      met    1 INLINE task, 1 connection: 1.00 times 1 pure task (at most 2)
      met    memory throughout: 30.0 MB at most (below 64)
    ");
}

#[test]
fn a_noisy_run_that_misses_them() {
    let mut measured = measured(0.3, 1.6, 64_000_000, [20_000.0, 10_000.0, 22_000.0]);
    measured.noise = Noise { load_before: 1.5, stolen: 0.1, cores: 2 };
    measured.in_memory = true;
    let report = report(&measured);
    let goals = report.split_once("goals\n").unwrap().1;
    insta::assert_snapshot!(goals, @"
      MISSED 1 pure task, 128 connections: 0.300 of the bare route (at least 0.35)
      MISSED 1 pure task, 1 connection: p50 is one append +0.600 ms (at most +0.5)
      met    1 INLINE task, 1 connection: 1.00 times 1 pure task (at most 2)
      MISSED memory throughout: 64.0 MB at most (below 64)

    warnings
      the data stood in memory, where nothing is durable: put `target` on a disk
      the bare route's fastest round was 2.2 times its slowest
      10.0 % of the CPU time went to other guests of this host
      1.5 tasks were running before (2 cores)
    ");
}
