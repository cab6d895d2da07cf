//! A year of schedules in two time zones, by seed: on schedulers that die, over a store that keeps no more than it
//! promises, with clocks that change. No due time is missed, and none comes twice.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use engine::{cron, time::Timestamp};
use jiff::{Zoned, civil::Weekday, tz::TimeZone};
use ports::clock::Clock;
use tests::chance::Chance;

use crate::{
    deadly::{Deadly, Hand, killed},
    weakened::{Climate, Weakened, Weather, rounds},
    world::{TENANT, World},
};

const ROUNDS: u64 = 1;
const ZONES: [(&str, &str); 2] = [("paris", "Europe/Paris"), ("york", "America/New_York")];
const YEAR: Duration = Duration::from_hours(366 * 24);
/// All dates are full or half hours.
const HALF_HOUR: Duration = Duration::from_mins(30);
/// Between two looks of a scheduler at most.
const PAUSE_MINUTES_MAX: u64 = 600;
/// Questions after which a scheduler is killed, at most; one that fires asks fewer.
const QUESTIONS_MAX: u64 = 12;

/// A trigger: its expression, and whether it means this moment, the first of its day that shows this time or a later one.
struct Dates {
    id: &'static str,
    cron: &'static str,
    means: fn(&Zoned, Reached) -> bool,
}

/// Which of the times of day below were reached for the first time with a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reached {
    half_past_one: bool,
    half_past_two: bool,
}

const DATES: [Dates; 3] = [
    // Clocks of New York show it twice in autumn.
    Dates { id: "fixed1", cron: "30 1 * * *", means: |_, reached| reached.half_past_one },
    // Clocks of Paris show it twice in autumn, and no clock in spring.
    Dates { id: "fixed2", cron: "30 2 * * *", means: |_, reached| reached.half_past_two },
    // Each time that a clock shows it, on the days on which clocks change.
    Dates {
        id: "sunday",
        cron: "30 1-3 * * SUN",
        means: |at, _| at.weekday() == Weekday::Sunday && (1..=3).contains(&at.hour()) && at.minute() == 30,
    },
];

type Fired = BTreeMap<(String, &'static str, Timestamp), usize>;

fn flow(zone: &str) -> String {
    let one = |Dates { id, cron, .. }: Dates| {
        format!(
            "  - {{id: {id}, type: io.kestra.plugin.core.trigger.Schedule, cron: '{cron}', timezone: {zone}}}\n"
        )
    };
    let triggers = DATES.map(one).concat();
    format!(
        "tasks: [{{id: only, type: io.kestra.plugin.core.debug.Return, format: a}}]\ntriggers:\n{triggers}"
    )
}

/// What must fire after the first moment, up to the last: every half an hour is looked at, with the zone's clock alone.
fn due(first: Timestamp, last: Timestamp) -> Fired {
    let mut due = Fired::new();
    for (flow, zone) in ZONES {
        let zone: TimeZone = cron::zone(zone).unwrap();
        let half_hour = i64::try_from(HALF_HOUR.as_millis()).unwrap();
        let mut at = Timestamp::from_millis(first.as_millis() / half_hour * half_hour);
        let mut before = Passed::default();
        while at <= last {
            let shown = at.to_jiff().to_zoned(zone.clone());
            let now = before.then(&shown);
            let reached = Reached {
                half_past_one: now.half_past_one && !before.half_past_one,
                half_past_two: now.half_past_two && !before.half_past_two,
            };
            for Dates { id, means, .. } in DATES {
                if at > first && means(&shown, reached) {
                    due.insert((flow.to_owned(), id, at), 1);
                }
            }
            before = now;
            at = at.plus(HALF_HOUR);
            if at.to_jiff().to_zoned(zone.clone()).date() != shown.date() {
                before = Passed::default();
            }
        }
    }
    due
}

/// Which times of day have passed on one day.
#[derive(Debug, Clone, Copy, Default)]
struct Passed {
    half_past_one: bool,
    half_past_two: bool,
}

impl Passed {
    fn then(self, shown: &Zoned) -> Self {
        let minutes = i32::from(shown.hour()) * 60 + i32::from(shown.minute());
        Self {
            half_past_one: self.half_past_one || minutes >= 90,
            half_past_two: self.half_past_two || minutes >= 150,
        }
    }
}

async fn fired(world: &World, store: &Weakened) -> Fired {
    let ids: Vec<_> = store.feed(|feed| {
        let of = |partition: &str| partition.split_once("/execution/")?.1.parse().ok();
        let states = feed.histories().filter(|(key, _)| key.sort == "state");
        states.filter_map(|(key, _)| of(&key.partition)).collect()
    });
    let mut fired = Fired::new();
    for id in ids {
        let execution = world.service.execution(TENANT, id).await.unwrap();
        assert!(execution.is_over(), "{execution:?}");
        let trigger = execution.trigger.unwrap();
        let date = trigger.variables["date"].as_str().unwrap().parse().unwrap();
        let id = DATES.iter().find(|it| it.id == trigger.id).unwrap().id;
        *fired.entry((execution.flow_id, id, date)).or_default() += 1;
    }
    fired
}

/// Works until nothing is left; what ends may make another date due.
async fn worked(world: &World) {
    while world.work_queue().await > 0 {}
}

async fn year(mut chance: Chance) {
    let weather = Arc::new(Weather::new(chance.fork(), Climate::UNSETTLED));
    let hand = Arc::new(Hand::new(chance.within(0..2) == 0));
    let mut between = None;
    let world = World::over(|store| {
        let store = between.insert(Arc::new(Weakened::over(store, Arc::clone(&weather)))).clone();
        Arc::new(Deadly { inner: store, hand: Arc::clone(&hand) })
    });
    let store = between.unwrap();
    let first = world.clock.now();
    for (id, zone) in ZONES {
        world.flow(id, &flow(zone)).await;
    }
    let other = world.another();
    let mut deaths = 0;
    while world.clock.now().since(first) < YEAR {
        world.clock.advance(Duration::from_mins(chance.within(1..PAUSE_MINUTES_MAX)));
        match chance.within(0..4) {
            0 => {
                let at = usize::try_from(chance.within(1..QUESTIONS_MAX)).unwrap();
                deaths += usize::from(killed(&hand, at, world.another()).await);
            }
            // What they cannot do now stays due.
            1 => drop(tokio::join!(world.service.tick(), other.tick())),
            _ => drop(world.service.tick().await),
        }
        if chance.within(0..10) == 0 {
            world.lose_queue();
        }
        worked(&world).await;
    }
    assert!(deaths > 50, "only {deaths} schedulers died");
    assert!(weather.struck() > 500, "only {} things went wrong", weather.struck());
    weather.calm_down();
    let last = world.clock.now();
    for _ in 0..10 {
        world.service.tick().await.unwrap();
        worked(&world).await;
    }
    let (due, fired) = (due(first, last), fired(&world, &store).await);
    let missed: Vec<_> = due.keys().filter(|it| !fired.contains_key(it)).collect();
    let wrong: Vec<_> = fired.iter().filter(|(it, count)| due.get(it) != Some(count)).collect();
    assert!(missed.is_empty() && wrong.is_empty(), "missed {missed:?}; too often, or not due: {wrong:?}");
    assert!(fired.len() > 1_700, "only {} dates", fired.len());
}

#[test]
fn a_year_of_dates_fires_each_once_though_schedulers_die_and_clocks_change() {
    rounds(ROUNDS, year);
}
