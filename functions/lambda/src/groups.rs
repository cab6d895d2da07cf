//! Worker groups: which there are, and which this function works for.

use std::collections::BTreeMap;

use service::{Part, Route, WorkerGroups};

use crate::{Error, Variables};

/// The group whose attempts this function runs; those of no group when it is not set.
const OWN: &str = "ROUNDTRIP_WORKER_GROUP";
/// Task types that run in a group: `io.kestra.plugin.scripts.*=heavy,…`.
const TYPES: &str = "ROUNDTRIP_GROUP_TYPES";

/// Reads them. A group is there when it has a queue.
///
/// # Errors
/// A variable that cannot be read, or names a group there is not.
pub(crate) fn read(variables: &Variables, queues: &BTreeMap<String, String>) -> Result<WorkerGroups, Error> {
    let wrong = |name, value: &str, expected| Error::Variable { name, value: value.to_owned(), expected };
    let part = match variables.get(OWN) {
        None => Part::Ungrouped,
        Some(own) if queues.contains_key(own) => Part::Group(own.to_owned()),
        Some(own) => return Err(wrong(OWN, own, "a group that ROUNDTRIP_GROUP_QUEUES has a queue of")),
    };
    let mut routes = Vec::new();
    for route in variables.get(TYPES).iter().flat_map(|all| all.split(',')) {
        match route.split_once('=') {
            Some((types, group)) if !types.is_empty() && queues.contains_key(group) => {
                routes.push(Route { types: types.to_owned(), group: group.to_owned() });
            }
            _ => {
                let expected = "task types, each with a group that ROUNDTRIP_GROUP_QUEUES has a queue of: \
                                `<type>=<group>` or `<package>.*=<group>`, and commas between them";
                return Err(wrong(TYPES, route, expected));
            }
        }
    }
    Ok(WorkerGroups { part, all: queues.keys().cloned().collect(), routes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(all: &[(&str, &str)]) -> Result<WorkerGroups, String> {
        let variables =
            Variables::new(all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let queues = BTreeMap::from([("heavy".to_owned(), "https://sqs/1/heavy".to_owned())]);
        read(&variables, &queues).map_err(|error| error.to_string())
    }

    #[test]
    fn a_function_works_for_nobody_or_for_one_group() {
        assert_eq!(of(&[]).map(|it| it.part), Ok(Part::Ungrouped));
        let heavy = of(&[(OWN, "heavy"), (TYPES, "io.kestra.plugin.scripts.*=heavy,jdbc.Query=heavy")]);
        let heavy = heavy.expect("there is such a group");
        assert_eq!(heavy.part, Part::Group("heavy".to_owned()));
        let types: Vec<_> = heavy.routes.iter().map(|it| it.types.as_str()).collect();
        assert_eq!(types, ["io.kestra.plugin.scripts.*", "jdbc.Query"]);
    }

    #[test]
    fn a_group_without_a_queue_is_refused() {
        insta::assert_snapshot!(of(&[(OWN, "gpu")]).unwrap_err(), @"ROUNDTRIP_WORKER_GROUP is `gpu`; it has to be a group that ROUNDTRIP_GROUP_QUEUES has a queue of");
        insta::assert_snapshot!(of(&[(TYPES, "a.*=heavy,b.*=gpu")]).unwrap_err(), @"ROUNDTRIP_GROUP_TYPES is `b.*=gpu`; it has to be task types, each with a group that ROUNDTRIP_GROUP_QUEUES has a queue of: `<type>=<group>` or `<package>.*=<group>`, and commas between them");
    }
}
