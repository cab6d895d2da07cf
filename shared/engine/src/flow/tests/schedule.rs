//! Schedule triggers: what is read, what is refused, and which date fires.

use std::fmt::Write as _;

use super::{HEAD, read, refused};
use crate::{
    cron,
    execution::State,
    flow::{
        Schedule, Trigger, TriggerKind,
        schedule::{Dates, Recover, SCHEDULES_MAX},
    },
    time::Timestamp,
};

fn trigger(name: &str, properties: &str) -> Trigger {
    let flow = read(&format!(
        "{HEAD}triggers:\n  - id: t\n    type: io.kestra.plugin.core.trigger.{name}\n{properties}"
    ));
    flow.triggers.into_iter().next().unwrap()
}

fn dates_of(trigger: Trigger) -> Schedule {
    match trigger.kind {
        TriggerKind::Schedule(schedule) => *schedule,
        TriggerKind::Flow(_) | TriggerKind::Webhook { .. } => panic!("another trigger"),
    }
}

fn schedule(properties: &str) -> Schedule {
    dates_of(trigger("Schedule", properties))
}

#[test]
fn a_schedule_is_read() {
    let plain = schedule("    cron: '@daily'\n    backfill: {start: 2020-01-01T00:00:00+02:00}\n");
    assert_eq!((plain.recover, plain.timezone.is_none()), (Recover::All, true));
    let full = trigger(
        "Schedule",
        "    cron: '*/5 * * * * *'
    withSeconds: true
    timezone: Europe/Paris
    inputs: {day: '{{ trigger.date }}'}
    labels: {a: b}
    scheduleConditions: [{type: io.kestra.core.models.conditions.types.WeekendCondition}]
    lateMaximumDelay: PT1H
    recoverMissedSchedules: LAST
    stopAfter: [FAILED]
",
    );
    assert_eq!(full.stop_after, [State::Failed]);
    assert!(full.labels.is_some());
    let full = dates_of(full);
    assert_eq!(full.recover, Recover::Last);
    assert_eq!(full.timezone, cron::zone("Europe/Paris"));
    assert!(full.inputs.is_some() && full.late_maximum_delay.is_some());
    let older = read(&format!(
        "{HEAD}triggers: [{{id: t, type: io.kestra.core.models.triggers.types.Schedule, cron: '0 0 1 * *'}}]"
    ));
    assert_eq!(older.triggers.len(), 1);
}

#[test]
fn dates_are_read_in_order() {
    let dates = dates_of(trigger(
        "ScheduleOnDates",
        "    timezone: America/New_York
    dates: ['2024-07-01T09:00:00', '2024-01-01T00:00:00Z', 2024-02-01, '2024-07-01T15:00:00+02:00']
    recoverMissedSchedules: NONE
",
    ));
    let Dates::On(found) = &dates.dates else { panic!("a cron expression") };
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["2024-01-01T00:00:00.000Z", "2024-02-01T05:00:00.000Z", "2024-07-01T13:00:00.000Z"]);
    let utc = cron::zone("UTC").unwrap();
    assert_eq!(dates.next(found[0], &utc), Some(found[1]));
    assert_eq!(dates.first_from(found[0], &utc), Some(found[0]));
    assert_eq!(dates.next(found[2], &utc), None);
    assert_eq!(dates.dates.previous(found[1], &utc), Some(found[0]));
    let one = "triggers:\n  - id: t\n    type: io.kestra.plugin.core.trigger.ScheduleOnDates\n";
    insta::assert_snapshot!(refused(one), @"Invalid entity: triggers[0].dates: must not be null (line 7, column 5)");
    insta::assert_snapshot!(refused(&format!("{one}    dates: [2024-01-01, soon, 1]\n")));
}

#[test]
fn dates_may_hold_expressions() {
    for (one, other) in [
        ("'{{ kv(\"dates\") }}'", "'{{ vars.dates }}'"),
        ("[2024-01-01T00:00:00Z, '{{ vars.date }}']", "['{{ vars.date }}', 2024-01-01T00:00:00Z]"),
    ] {
        let read = |dates: &str| dates_of(trigger("ScheduleOnDates", &format!("    dates: {dates}\n")));
        let (one, same, other) = (read(one), read(one), read(other));
        assert!(one.expression().is_some() && one.same_dates(&same) && !one.same_dates(&other));
        // None before it is rendered.
        let utc = cron::zone("UTC").unwrap();
        assert_eq!(one.next(Timestamp::from_millis(0), &utc), None);
        let dated = one.on(vec![Timestamp::from_millis(2), Timestamp::from_millis(1)]);
        assert_eq!(dated.next(Timestamp::from_millis(0), &utc), Some(Timestamp::from_millis(1)));
    }
    let one = "triggers:\n  - id: t\n    type: io.kestra.plugin.core.trigger.ScheduleOnDates\n";
    insta::assert_snapshot!(refused(&format!("{one}    dates: ['{{{{ vars.date', soon, '{{{{ 1 }}}}']\n")), @r#"
    Invalid entity: triggers[0].dates[0]: Unexpected token of value "null" and type EOF, expected token of type PRINT_END (line 9, column 26)
    triggers[0].dates[1]: `soon` is not a date-time (failed to parse four digit integer as year: invalid digit, expected 0-9 but got s) (line 9, column 29)
    "#);
    insta::assert_snapshot!(refused(&format!("{one}    dates: soon\n")), @"Illegal flow yaml: triggers[0].dates: a list is expected, but this is the text `soon` (line 9, column 12)");
}

#[test]
fn the_log_level_of_a_trigger_is_checked() {
    let levels = |levels: &str| format!("    cron: '@daily'\n{levels}");
    trigger("Schedule", &levels("    logLevel: ERROR\n"));
    trigger("Schedule", &levels("    minLogLevel: DEBUG\n    logToFile: true\n"));
    let one = "triggers:\n  - id: t\n    type: io.kestra.plugin.core.trigger.Schedule\n";
    insta::assert_snapshot!(refused(&format!("{one}{}", levels("    minLogLevel: INFO\n    logLevel: INFO\n"))), @"Invalid entity: triggers[0].minLogLevel: `minLogLevel` is the older name of `logLevel`; give one of them (line 10, column 5)");
}

#[test]
fn what_is_wrong_with_a_schedule_is_said() {
    let one = "triggers:\n  - id: t\n    type: io.kestra.plugin.core.trigger.Schedule\n";
    insta::assert_snapshot!(refused(one));
    insta::assert_snapshot!(refused(&format!(
        "{one}    cron: '61 * * * *'
    timezone: Mars/Olympus
    interval: PT1M
    recoverMissedSchedules: SOME
    stopAfter: [ENDED]
    labels: {{system.a: b}}
    inputs: 1
    conditions: []
    scheduleConditions: []
    logLevel: SOME
    crom: 1
"
    )));
    let many: String = (0..=SCHEDULES_MAX).fold(String::new(), |mut many, n| {
        writeln!(many, "  - {{id: t{n}, type: io.kestra.plugin.core.trigger.Schedule, cron: '@daily'}}")
            .unwrap();
        many
    });
    insta::assert_snapshot!(refused(&format!("triggers:\n{many}")));
}

#[test]
fn the_date_that_fires() {
    let moment = |text: &str| -> Timestamp { format!("2024-05-01T{text}Z").parse().unwrap() };
    let utc = cron::zone("UTC").unwrap();
    let mut shown = String::new();
    for rest in [
        "",
        "    recoverMissedSchedules: LAST\n",
        "    recoverMissedSchedules: NONE\n",
        "    lateMaximumDelay: PT25M\n",
        "    lateMaximumDelay: PT5M\n",
    ] {
        let schedule = schedule(&format!("    cron: '*/10 * * * *'\n{rest}"));
        for now in ["10:00:00", "10:00:30", "10:09:59.999", "10:41:00", "10:45:00"] {
            let date = schedule.date_to_fire(moment("10:00:00"), moment(now), &utc);
            let date = date.map_or_else(|| "none".to_owned(), |it| it.to_string());
            writeln!(shown, "{:32} {now:12} {date}", rest.trim()).unwrap();
        }
    }
    insta::assert_snapshot!(shown);
}
