//! The report: one table, the goals and whether they are met, and how far the numbers can be trusted.

use std::fmt::Write as _;

use crate::{
    cells::{Appends, Cell, Measured, Subject},
    flows::Work,
    latency::median,
};

/// Throughput of a pure flow at most connections, as a part of the bare route's.
const OF_BARE_MIN: f64 = 0.35;
/// What an execution may take beyond one durable append, over one connection.
const BEYOND_APPEND_MS_MAX: f64 = 0.5;
/// How much longer one `INLINE` over Conductor's route may take than a pure task over Kestra's.
const TIMES_KESTRAS_MAX: f64 = 2.0;
/// The server's memory, whatever is asked of it. 1 MB is 10^6 bytes.
const PEAK_MB_MAX: f64 = 64.0;
/// Rounds of the bare route, or of the disk, that lie further apart say that the machine was doing something else.
const SPREAD_MAX: f64 = 1.25;
/// Likewise, CPU time that other guests took.
const STOLEN_MAX: f64 = 0.02;

/// Writes it all.
pub(crate) fn report(measured: &Measured) -> String {
    let mut text = String::new();
    heading(&mut text);
    for cell in &measured.cells {
        if cell.subject == Subject::Bare {
            line(&mut text, "");
        }
        row(&mut text, measured, cell);
    }
    let append = |of: fn(&Appends) -> f64| median(measured.appends.iter().map(of));
    let (p50, p99) = (append(|appends| appends.p50_ms), append(|appends| appends.p99_ms));
    line(&mut text, &format!("\nappend of 1 KB + fdatasync: p50 {p50:.3} ms, p99 {p99:.3} ms\n\ngoals"));
    for goal in goals(measured) {
        line(&mut text, &goal);
    }
    let warnings = warnings(measured);
    if !warnings.is_empty() {
        line(&mut text, &format!("\nwarnings\n  {}", warnings.join("\n  ")));
    }
    text
}

fn heading(text: &mut String) {
    line(
        text,
        "              connec-      per  × bare      p50      p99  CPU µs  peak RSS  commits  executions",
    );
    line(
        text,
        "               tions   second    route       ms       ms    each        MB     each    per sync",
    );
}

fn row(text: &mut String, measured: &Measured, cell: &Cell) {
    let mut row = format!(
        "{:<14} {:>6} {:>8.0} {:>8} {:>8.3} {:>8.3} {:>7.0} {:>9.1}",
        cell.subject.name(),
        cell.connections,
        cell.median(|round| round.per_second),
        match cell.subject {
            Subject::Bare => String::new(),
            Subject::Flow(_) => format!("{:.3}", measured.of_bare(cell)),
        },
        cell.median(|round| round.p50_ms),
        cell.median(|round| round.p99_ms),
        cell.median(|round| round.cpu_us),
        megabytes(cell.peak_bytes()),
    );
    if let Some(writing) = cell.writing {
        let _ = write!(row, " {:>8.2} {:>11.2}", writing.commits, writing.per_transaction);
    }
    line(text, &row);
}

fn goals(measured: &Measured) -> [String; 4] {
    let pure = Subject::Flow(Work::OnePure);
    let of_bare = measured.cell(pure, 128).map_or(f64::NAN, |cell| measured.of_bare(cell));
    let beyond = measured.cell(pure, 1).map_or(f64::NAN, |cell| measured.beyond_append_ms(cell));
    let times = measured.times(Work::Inline, Work::OnePure);
    let servers = measured.cells.iter().filter(|cell| cell.subject != Subject::Bare);
    let peak = megabytes(servers.map(Cell::peak_bytes).max().unwrap_or(0));
    [
        verdict(
            of_bare >= OF_BARE_MIN,
            &format!("1 pure task, 128 connections: {of_bare:.3} of the bare route (at least {OF_BARE_MIN})"),
        ),
        verdict(
            beyond <= BEYOND_APPEND_MS_MAX,
            &format!(
                "1 pure task, 1 connection: p50 is one append {beyond:+.3} ms (at most {BEYOND_APPEND_MS_MAX:+})"
            ),
        ),
        verdict(
            times <= TIMES_KESTRAS_MAX,
            &format!(
                "1 INLINE task, 1 connection: {times:.2} times 1 pure task (at most {TIMES_KESTRAS_MAX})"
            ),
        ),
        verdict(
            peak < PEAK_MB_MAX,
            &format!("memory throughout: {peak:.1} MB at most (below {PEAK_MB_MAX})"),
        ),
    ]
}

fn verdict(met: bool, goal: &str) -> String {
    format!("  {} {goal}", if met { "met   " } else { "MISSED" })
}

fn warnings(measured: &Measured) -> Vec<String> {
    let mut warnings = Vec::new();
    if measured.in_memory {
        warnings
            .push("the data stood in memory, where nothing is durable: put `target` on a disk".to_owned());
    }
    let (bare, disk) = (measured.bare_spread(), measured.disk_spread());
    if bare > SPREAD_MAX {
        warnings.push(format!("the bare route's fastest round was {bare:.1} times its slowest"));
    }
    if disk > SPREAD_MAX {
        warnings.push(format!("the disk's slowest round was {disk:.1} times its fastest"));
    }
    let noise = measured.noise;
    if noise.stolen > STOLEN_MAX {
        warnings
            .push(format!("{:.1} % of the CPU time went to other guests of this host", noise.stolen * 100.0));
    }
    if noise.load_before > 0.5 {
        warnings.push(format!("{:.1} tasks were running before ({} cores)", noise.load_before, noise.cores));
    }
    warnings
}

fn megabytes(bytes: u64) -> f64 {
    crate::cells::count(bytes) / 1e6
}

fn line(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests;
