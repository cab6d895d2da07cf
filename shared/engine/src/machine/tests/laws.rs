//! Laws of the machine: for any order, repetition and lateness of events.

mod flows;
mod trial;

use proptest::prelude::*;

use self::trial::{Between, Step, Trial};

/// Steps of one schedule.
const STEPS_MAX: usize = 60;

fn schedule() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(trial::step(), 0..STEPS_MAX)
}

fn played(body: &str, steps: &[Step], between: Between) -> Trial {
    let mut trial = Trial::of(body, between);
    for step in steps {
        trial.take(step);
    }
    trial.see_through();
    trial
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_every_execution_ends_once(body in flows::body(), steps in schedule()) {
        played(&body.text(), &steps, Between::Nothing);
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
