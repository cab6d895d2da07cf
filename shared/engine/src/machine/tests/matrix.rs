//! What becomes of every kind of event in every state, as tables that a person reads.

mod kinds;
mod subjects;

use std::fmt::Write;

use self::{kinds::kinds, subjects::Subject};
use crate::{execution::State, machine::Rejected};

const LEGEND: &str = "\
STATE accepted, and in this state now   = accepted, in the same state
-     stale   x  impossible   .  ended: rejected, nothing changed
";

/// Events down, states across. The state shown is that of what `of` looks at.
fn table(subjects: &[Subject], of: impl Fn(&Subject) -> State) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut cells: Vec<Vec<String>> = Vec::new();
    for subject in subjects {
        let column = kinds(subject).into_iter().map(|(name, event)| {
            let mut told = subject.again();
            let before = told.play.execution.clone();
            let state = of(&told);
            let cell = match told.play.tell(event) {
                Ok(()) if of(&told) == state => "=".to_owned(),
                Ok(()) => of(&told).name().to_owned(),
                Err(rejected) => {
                    assert_eq!(before, told.play.execution, "{name} was rejected, and changed something");
                    match rejected {
                        Rejected::Stale(_) => "-",
                        Rejected::Impossible(_) => "x",
                        Rejected::Ended(_) => ".",
                    }
                    .to_owned()
                }
            };
            (name, cell)
        });
        let (column_names, column): (Vec<_>, Vec<_>) = column.unzip();
        names = column_names;
        cells.push(column);
    }
    let mut text = String::new();
    for (number, subject) in subjects.iter().enumerate() {
        let line = format!("{:2} {:10} {}", number + 1, of(subject).name(), subject.what);
        writeln!(text, "{}", line.trim_end()).unwrap();
    }
    let width = cells.iter().flatten().map(String::len).max().unwrap_or_default();
    write!(text, "\n{:17}", "").unwrap();
    for number in 1..=subjects.len() {
        write!(text, " {number:<width$}").unwrap();
    }
    text = text.trim_end().to_owned() + "\n";
    for (row, name) in names.iter().enumerate() {
        let cells: Vec<String> = cells.iter().map(|column| format!("{:width$}", column[row])).collect();
        writeln!(text, "{}", format!("{name:17} {}", cells.join(" ")).trim_end()).unwrap();
    }
    text
}

#[test]
fn every_event_in_every_state() {
    let of_execution = table(&subjects::executions(), |it| it.play.execution.state.current());
    let of_task_run = table(&subjects::task_runs(), |it| {
        it.play.execution.task_runs.get(it.task_run).expect("it is its subject").state.current()
    });
    insta::assert_snapshot!(format!("{LEGEND}\nAn execution:\n{of_execution}\nA task run:\n{of_task_run}"));
}

#[test]
fn every_state_is_in_the_tables() {
    let executions: Vec<State> =
        subjects::executions().iter().map(|it| it.play.execution.state.current()).collect();
    let task_runs = subjects::task_runs();
    let task_runs: Vec<State> = task_runs
        .iter()
        .map(|it| it.play.execution.task_runs.get(it.task_run).unwrap().state.current())
        .collect();
    for state in State::ALL {
        // Only a task is SKIPPED, and only an execution is QUEUED or CANCELLED.
        let of_execution = executions.contains(&state) || state == State::Skipped;
        let of_task_run = task_runs.contains(&state) || matches!(state, State::Queued | State::Cancelled);
        assert!(of_execution && of_task_run, "{} is not in a table", state.name());
    }
}
