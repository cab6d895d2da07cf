use std::time::Duration;

use engine::{id::TaskRunId, machine::Work, secrets::Masks};

use super::*;

fn ready(named: Option<&str>, types: &[&str]) -> Ready {
    Ready {
        task_run: TaskRunId::from_u128(1),
        task_id: "a".to_owned(),
        number: 1,
        work: Work::Calls { splits: None },
        timeout: Some(Duration::from_secs(1)),
        alert: None,
        group: named.map(|key| Group { key: key.to_owned(), fallback: WorkerFallback::Wait }),
        types: types.iter().map(|it| (*it).to_owned()).collect(),
        masks: Masks::default(),
    }
}

fn groups(part: Part) -> WorkerGroups {
    let route = |types: &str, group: &str| Route { types: types.to_owned(), group: group.to_owned() };
    WorkerGroups {
        part,
        all: ["gpu", "heavy"].map(str::to_owned).into(),
        routes: vec![
            route("scripts.python.*", "gpu"),
            route("scripts.*", "heavy"),
            route("jdbc.Query", "heavy"),
        ],
    }
}

fn others(group: Option<&str>) -> Whose {
    Whose::Others(Workers(group.map(str::to_owned)))
}

#[test]
fn what_a_task_names_comes_before_its_type() {
    let groups = groups(Part::Ungrouped);
    let whose = |named, types: &[&str]| groups.whose(&ready(named, types));
    assert_eq!(whose(None, &["http.Request"]), Whose::Ours);
    assert_eq!(whose(None, &["jdbc.Query"]), others(Some("heavy")));
    assert_eq!(whose(None, &["jdbc.Queries"]), Whose::Ours, "a name is whole");
    assert_eq!(whose(None, &["scripts.python.Script"]), others(Some("gpu")), "the first that fits");
    assert_eq!(whose(None, &["scripts.shell.Script"]), others(Some("heavy")));
    assert_eq!(whose(Some("heavy"), &["scripts.python.Script"]), others(Some("heavy")));
    let nobody = Group { key: "tpu".to_owned(), fallback: WorkerFallback::Wait };
    assert_eq!(whose(Some("tpu"), &["http.Request"]), Whose::Nobodys(nobody));
}

#[test]
fn what_shares_a_directory_goes_where_one_of_it_has_to() {
    let all = ["http.Request", "scripts.shell.Script"];
    assert_eq!(groups(Part::Ungrouped).whose(&ready(None, &all)), others(Some("heavy")));
}

#[test]
fn workers_of_a_group_run_nothing_else_and_the_only_process_everything() {
    let heavy = groups(Part::Group("heavy".to_owned()));
    assert_eq!(heavy.whose(&ready(Some("heavy"), &[])), Whose::Ours);
    assert_eq!(heavy.whose(&ready(None, &["jdbc.Query"])), Whose::Ours);
    assert_eq!(heavy.whose(&ready(None, &["http.Request"])), others(None));
    assert_eq!(heavy.whose(&ready(Some("gpu"), &[])), others(Some("gpu")));
    let only = groups(Part::Everything);
    for named in [None, Some("gpu"), Some("heavy")] {
        assert_eq!(only.whose(&ready(named, &["jdbc.Query"])), Whose::Ours);
    }
}
