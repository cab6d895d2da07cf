//! Comparing an answer with a documented one, field by field.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// Keys whose values are ids. Equal ones in the example have to be equal in the answer, and different ones different.
const IDS: [&str; 4] = ["id", "executionId", "originalId", "value"];
const DATES: [&str; 5] = ["date", "startDate", "endDate", "originalCreatedDate", "scheduleDate"];

/// Asserts that an answer has the shape of a documented one: the same keys in the same order, the same types, the
/// same values. Only ids, dates, durations and what contains an id may differ, and have to be such.
///
/// # Panics
/// With the path of the first difference.
#[track_caller]
pub fn assert_same(documented: &Json, answer: &Json) {
    let mut stand_ins = BTreeMap::new();
    if let Err(difference) = same(documented, answer, "", &mut stand_ins) {
        panic!("{difference}\ndocumented: {documented:#}\nanswer: {answer:#}");
    }
}

/// Ids of the example, each with the one it stands for.
type StandIns = BTreeMap<String, String>;

fn same(documented: &Json, answer: &Json, path: &str, stand_ins: &mut StandIns) -> Result<(), String> {
    match (documented, answer) {
        (Json::Object(expected), Json::Object(given)) => {
            let keys = |map: &serde_json::Map<String, Json>| map.keys().cloned().collect::<Vec<_>>();
            if keys(expected) != keys(given) {
                return Err(format!("{path}: keys {:?} instead of {:?}", keys(given), keys(expected)));
            }
            for ((key, expected), given) in expected.iter().zip(given.values()) {
                let path = format!("{path}.{key}");
                match (expected, given) {
                    (Json::String(expected), Json::String(given)) => {
                        same_text(key, expected, given, &path, stand_ins)?;
                    }
                    _ => same(expected, given, &path, stand_ins)?,
                }
            }
            Ok(())
        }
        (Json::Array(expected), Json::Array(given)) => {
            if expected.len() != given.len() {
                return Err(format!("{path}: {} elements instead of {}", given.len(), expected.len()));
            }
            for (index, (expected, given)) in expected.iter().zip(given).enumerate() {
                same(expected, given, &format!("{path}[{index}]"), stand_ins)?;
            }
            Ok(())
        }
        _ if documented == answer => Ok(()),
        _ => Err(format!("{path}: {answer} instead of {documented}")),
    }
}

fn same_text(
    key: &str,
    expected: &str,
    given: &str,
    path: &str,
    stand_ins: &mut StandIns,
) -> Result<(), String> {
    let right = if DATES.contains(&key) {
        is_date(given)
    } else if key == "duration" {
        is_duration(given)
    } else if IDS.contains(&key) && is_id(expected) {
        is_id(given) && stands_for(expected, given, stand_ins)
    } else if let Some((before, id)) = expected.rsplit_once('/').filter(|(_, id)| is_id(id)) {
        let (given_before, given_id) = given.rsplit_once('/').unwrap_or_default();
        before == given_before && stands_for(id, given_id, stand_ins)
    } else {
        expected == given
    };
    if right { Ok(()) } else { Err(format!("{path}: `{given}` instead of `{expected}`")) }
}

fn stands_for(expected: &str, given: &str, stand_ins: &mut StandIns) -> bool {
    match stand_ins.get(expected) {
        Some(known) => known == given,
        None if stand_ins.values().any(|known| known == given) => false,
        None => stand_ins.insert(expected.to_owned(), given.to_owned()).is_none(),
    }
}

/// Kestra's ids: 16 bytes in base 62.
pub fn is_id(text: &str) -> bool {
    (20..=22).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// `2024-07-12T05:13:42.140Z`, with up to nine digits after the point.
pub fn is_date(text: &str) -> bool {
    let fits = |pattern: &str, text: &str| {
        pattern.len() == text.len()
            && pattern.bytes().zip(text.bytes()).all(|(pattern, byte)| match pattern {
                b'0' => byte.is_ascii_digit(),
                _ => byte == pattern,
            })
    };
    let Some((seconds, fraction)) = text.strip_suffix('Z').and_then(|text| text.split_at_checked(19)) else {
        return false;
    };
    let fraction_fits = fraction.strip_prefix('.').is_some_and(|digits| {
        (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    fits("0000-00-00T00:00:00", seconds) && (fraction.is_empty() || fraction_fits)
}

/// `PT0.546S`, `PT1M30S`, `PT2H`.
pub fn is_duration(text: &str) -> bool {
    let Some(mut rest) = text.strip_prefix("PT").filter(|rest| !rest.is_empty()) else {
        return false;
    };
    for unit in ['H', 'M', 'S'] {
        let number = rest.trim_start_matches(|c: char| c.is_ascii_digit() || unit == 'S' && c == '.');
        if let Some(after) = number.strip_prefix(unit).filter(|_| number.len() < rest.len()) {
            rest = after;
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests;
