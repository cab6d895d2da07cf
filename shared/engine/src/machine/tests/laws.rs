//! Laws of the machine: for any order, repetition and lateness of events.

mod flows;
mod trial;
mod workflows;

use proptest::prelude::*;

use self::trial::{Between, Step, Trial};
use super::play::{Play, RUNNABLE};
use crate::execution::Execution;
use crate::flow::{Catalogue, parse_template};

/// Steps of one schedule.
const STEPS_MAX: usize = 60;

fn schedule() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(trial::step(), 0..STEPS_MAX)
}

fn played(body: &str, steps: &[Step], between: Between) -> Trial {
    taken(Trial::of(body, between), steps)
}

fn taken(mut trial: Trial, steps: &[Step]) -> Trial {
    for step in steps {
        trial.take(step);
    }
    trial.see_through();
    trial
}

/// The lists of a flow that a template can have.
fn lists(body: &str) -> Vec<&str> {
    body.lines()
        .filter(|line| ["tasks:", "errors:", "finally:"].iter().any(|it| line.starts_with(it)))
        .collect()
}

/// A flow with one task.
fn of_one(kind: &str, lines: &[&str]) -> String {
    let head = format!("variables: {{broken: 'no'}}\ntasks:\n  - id: group\n    type: {kind}\n    ");
    head + &lines.join("\n    ")
}

/// Told of a template, the place of a failure is the one in its own text.
fn within_group(told: &str) -> String {
    told.replace("--> tasks[0].", "--> ")
}

fn json(execution: &Execution) -> String {
    serde_json::to_string(execution).expect("an execution is JSON")
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_every_execution_ends_once(body in flows::body(), steps in schedule()) {
        played(&body.text(), &steps, Between::Nothing);
    }

    #[test]
    fn whatever_happens_every_workflow_of_conductor_ends_once(nodes in workflows::nodes(), steps in schedule()) {
        let played = |between| taken(Trial::with(workflows::play(&nodes), between), &steps);
        let kept = played(Between::Nothing);
        for between in [Between::Forgets, Between::IsStored] {
            let other = played(between);
            prop_assert_eq!(&kept.told, &other.told, "other events when it {:?}", between);
            prop_assert_eq!(&kept.play.execution, &other.play.execution);
        }
    }

    #[test]
    fn a_template_is_the_list_of_tasks_that_it_holds(body in flows::body(), steps in schedule()) {
        let text = body.text();
        let sequence = of_one("io.kestra.plugin.core.flow.Sequential", &lists(&text));
        let named = of_one("io.kestra.plugin.core.flow.Template", &["namespace: n", "templateId: t"]);
        let template = format!("id: t\nnamespace: n\n{}", lists(&text).join("\n"));
        let template = parse_template(&template, &Catalogue::new(vec![RUNNABLE])).unwrap();
        let mut play = Play::of(&named);
        play.flow = play.flow.composed(&|_| Ok(&template));
        let one = taken(Trial::with(play, Between::IsStored), &steps);
        let other = played(&sequence, &steps, Between::IsStored);
        prop_assert_eq!(format!("{:?}", one.told), within_group(&format!("{:?}", other.told)));
        let (one, other) = (json(&one.play.execution), json(&other.play.execution));
        prop_assert_eq!(one, within_group(&other));
    }

    #[test]
    fn what_is_owed_is_a_function_of_the_state_alone(body in flows::body(), steps in schedule()) {
        let body = body.text();
        let kept = played(&body, &steps, Between::Nothing);
        for between in [Between::Forgets, Between::IsStored] {
            let other = played(&body, &steps, between);
            prop_assert_eq!(&kept.told, &other.told, "other events when it {:?}", between);
            prop_assert_eq!(&kept.play.execution, &other.play.execution);
        }
    }
}
