//! A worker group has a queue and workers of its own.

use tests::{
    execution::{check, id, state, states},
    poll,
};

use crate::deployment::deployment;

const HEAVY: &str = "
tasks:
  - { id: before, type: io.kestra.plugin.core.debug.Return, format: here }
  - id: there
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    workerGroup: { key: heavy }
    commands: [echo hello]
";

#[test]
fn a_task_of_a_group_runs_with_its_workers() {
    let deployment = deployment();
    let space = deployment.space("groups");
    space.create("heavy", HEAVY);
    let stopped = deployment.without("GroupWorkerName");
    let execution = space.start("heavy");
    poll::until("a message to the group", || (deployment.messages("GroupWorkUrl").0 == 1).then_some(()));
    assert_eq!(state(&space.execution(id(&execution))), "RUNNING");
    drop(stopped);
    let ended = space.ended(id(&execution));
    check(&ended);
    assert_eq!(states(&ended), ["CREATED", "RUNNING", "SUCCESS"]);
}
