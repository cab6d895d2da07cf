//! States with their histories.

use engine::{
    duration,
    execution::{State, StateLog},
    time::Timestamp,
};
use serde::{Serialize, Serializer};

use crate::wire::date::Date;

pub(super) struct StateJson<'a> {
    pub(super) log: &'a StateLog,
    /// A state that was just entered lasts until now.
    pub(super) now: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StateFields<'a> {
    current: State,
    histories: HistoriesJson<'a>,
    duration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date: Option<Date>,
    start_date: Date,
}

struct HistoriesJson<'a>(&'a StateLog);

#[derive(Serialize)]
struct HistoryJson {
    state: State,
    date: Date,
}

impl Serialize for StateJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (first, last) = (self.log.first().date, self.log.last().date);
        // Kestra: from the first date to the last; the first state alone lasts until now.
        let until = if self.log.histories().count() == 1 { self.now } else { last };
        let fields = StateFields {
            current: self.log.current(),
            histories: HistoriesJson(self.log),
            duration: duration::format(until.since(first)),
            end_date: self.log.end_date().map(Date),
            start_date: Date(first),
        };
        fields.serialize(serializer)
    }
}

impl Serialize for HistoriesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_seq(self.0.histories().map(|it| HistoryJson { state: it.state, date: Date(it.date) }))
    }
}
