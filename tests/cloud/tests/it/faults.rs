//! A deployment whose every call to AWS may go wrong: all executions end, once, as their flows say, and all who wait
//! are answered.
//!
//! `FAULT_EXECUTIONS` says how many, `FAULT_SEED` what happens to them; how calls of several tasks fall together is the
//! runtime's choice, so a seed is a beginning, not a replay.

mod callers;
mod deployment;
mod labour;
mod stream;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    time::Duration,
};

use cloud::{
    account, home,
    proxy::{Climate, Fate, Proxy},
};
use engine::{execution::Execution, id::ExecutionId};
use tests::chance::Chance;

use callers::Answered;
use deployment::{Deployment, TENANT};
use labour::Labour;

const EXECUTIONS: usize = 2_000;
/// Of a thousand calls so many are harmed at least.
const HARMED_MIN: usize = 80;
/// A task run that lost so many attempts has failed.
const LOST_MAX: usize = 3;
/// The longest that everything may take: many times what it does, since whoever is stuck is stuck for good.
const TEST_MAX: Duration = Duration::from_mins(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_on_the_way_to_aws_every_execution_ends_once_and_all_who_wait_are_answered() {
    let executions = env::var("FAULT_EXECUTIONS").map_or(EXECUTIONS, |text| text.parse().unwrap());
    let mut chance = Chance::from_environment("FAULT_SEED");
    let account = account();
    let environment = home::environment(&account).await;
    let direct = home::open(&account, &environment);
    let proxy = Proxy::before(&account, Climate::ROUGH, chance.fork()).await;
    let deployment = Deployment::open(&account, &proxy.account(&account), &environment, &direct).await;
    let answered = tokio::time::timeout(TEST_MAX, callers::all(&deployment, executions, chance)).await;
    let answered = answered.unwrap_or_else(|_| panic!("not all are answered: {:?}", proxy.counts()));
    let counts = proxy.counts();
    eprintln!("{counts:?}");
    assert_eq!(answered.len(), executions);
    assert!(counts.harmed() * 1_000 >= counts.calls() * HARMED_MIN, "too little went wrong: {counts:?}");
    assert!(Fate::ALL.iter().all(|fate| counts.of(*fate) > 0), "not everything went wrong: {counts:?}");
    assert!(deployment.told() > 0, "the stream told nobody of anything");
    proxy.calm_down();
    verdict(&deployment, &answered).await;
}

async fn verdict(deployment: &Deployment, answered: &[Answered]) {
    let mut by_key: BTreeMap<&str, ExecutionId> = BTreeMap::new();
    let mut recorded = BTreeSet::new();
    let mut excused = 0;
    for Answered { key, ends_as, execution: told } in answered {
        assert_eq!(*by_key.entry(key).or_insert(told.id), told.id, "{key} became two executions");
        let stored = deployment.direct.execution(TENANT, told.id).await.unwrap();
        assert_eq!(*told, stored, "a caller was told of another end");
        let state = stored.state.current();
        assert!(state == *ends_as || lost(&stored), "{} ended as {state:?}: {stored:#?}", stored.flow_id);
        assert_eq!(stored.state.histories().filter(|it| it.state.is_terminal()).count(), 1);
        excused += usize::from(state != *ends_as);
        for run in &stored.task_runs {
            recorded.extend((1..=run.attempts.len()).map(|number| (run.id, u32::try_from(number).unwrap())));
        }
    }
    assert!(20 * excused <= answered.len(), "{excused} of {} lost their attempts", answered.len());
    let begun = Labour::begun(&deployment.labour);
    let unknown: Vec<_> = begun.difference(&recorded).collect();
    assert!(unknown.is_empty(), "attempts ran that nobody wrote down: {unknown:?}");
}

fn lost(execution: &Execution) -> bool {
    execution.task_runs.iter().any(|run| run.attempts.iter().filter(|it| it.lost).count() >= LOST_MAX)
}
