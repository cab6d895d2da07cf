//! What is searched and what is indexed are found alike.

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_720_761_222_140);

fn id(number: usize) -> TaskRunId {
    TaskRunId::from_u128(number as u128 + 1)
}

/// Every third has ended; they stand below each other, for some elements.
fn run(number: usize) -> TaskRun {
    let mut run = TaskRun::created(id(number), format!("t{}", number % 5), NOW);
    run.parent = (number >= 3).then(|| id(number % 3));
    run.index = (number % 2 == 1).then_some(u32::try_from(number % 4).unwrap());
    if number.is_multiple_of(3) {
        run.state.enter(State::Success, NOW);
    }
    run
}

fn ids<'r>(runs: impl Iterator<Item = &'r TaskRun>) -> Vec<TaskRunId> {
    runs.map(|run| run.id).collect()
}

#[test]
fn few_and_many_are_found_alike() {
    let mut runs = TaskRuns::default();
    for number in 0..3 * INDEXED_FROM {
        assert!(runs.push(run(number)) && !runs.push(run(number)));
        let all = |fits: &dyn Fn(&TaskRun) -> bool| ids(runs.iter().filter(|run| fits(run)));
        for parent in [None, Some(id(0)), Some(id(1)), Some(id(number))] {
            assert_eq!(ids(runs.children(parent)), all(&|run| run.parent == parent));
            for element in [None, Some(1), Some(3)] {
                let belongs = |run: &TaskRun| run.parent == parent && run.index == element;
                assert_eq!(ids(runs.round(parent, element)), all(&belongs));
                let has = runs.iter().any(|run| belongs(run) && run.task_id == "t1");
                assert_eq!(runs.has(parent, element, "t1"), has);
            }
        }
        assert_eq!(ids(runs.of_task("t1")), all(&|run| run.task_id == "t1"));
        assert_eq!(ids(runs.open()), all(&|run| !run.state.is_terminal()));
        assert_eq!(runs.get(id(number)).map(|run| run.id), Some(id(number)));
        assert_eq!(runs.get(id(number + 1)), None);
    }
}
