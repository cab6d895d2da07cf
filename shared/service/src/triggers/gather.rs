//! What a trigger has gathered: which of its conditions became true within their window.
//!
//! One item per trigger, replaced under its version. It remembers which entries it counted, and which of them completed
//! it, so that one that is told again counts once and starts the same execution.

use std::collections::{BTreeMap, VecDeque};

use engine::{
    machine::condition::{About, counts_since, holds},
    time::Timestamp,
};
use ports::store::{self, Content, Write};
use serde::{Deserialize, Serialize};

use super::fire::{Heard, said_yes};
use crate::{Class, Error, Service, keys, record};

/// Entries that an item remembers. What is told again after so many others counts once more.
const REMEMBERED_MAX: usize = 500;
/// Tries against others that change the item.
const TRIES_MAX: usize = 50;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Gathered {
    /// When each condition was last true, by gathering and name.
    #[serde(rename = "t")]
    truths: BTreeMap<String, BTreeMap<String, Timestamp>>,
    /// The newest last.
    #[serde(rename = "c")]
    counted: VecDeque<Counted>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    #[serde(rename = "e")]
    entry: String,
    /// Whether it completed all.
    #[serde(rename = "f", default, skip_serializing_if = "std::ops::Not::not")]
    fired: bool,
}

impl Service {
    /// Counts an entry. `true` when everything is gathered with it.
    pub(super) async fn gather(&self, heard: &Heard<'_>) -> Result<bool, Error> {
        let &Heard { listener, trigger, kind, seen, entry } = heard;
        let flow = listener.flow.sound()?;
        let about = About { flow, execution: seen };
        let mut now_true = Vec::new();
        for gathering in &kind.gatherings {
            for (name, condition) in &gathering.conditions {
                let answer = self.ask(seen, |world| holds(condition, about, world)).await?;
                if said_yes(trigger, answer) {
                    now_true.push((gathering.id.as_str(), name.as_str()));
                }
            }
        }
        if now_true.is_empty() {
            return Ok(false);
        }
        let key = keys::window(&seen.tenant, &flow.namespace, &flow.id, &trigger.id);
        let name = format!("{}/{entry}", seen.id);
        for _ in 0..TRIES_MAX {
            let (mut gathered, condition) = match self.store().get(&key).await? {
                None => (Gathered::default(), store::Condition::Absent),
                Some(item) => {
                    let gathered: Gathered = record::decode(&item.content.body)?;
                    (gathered, store::Condition::Version(item.version))
                }
            };
            if let Some(before) = gathered.counted.iter().find(|it| it.entry == name) {
                return Ok(before.fired);
            }
            let fired = self.count(&mut gathered, heard, &now_true);
            gathered.counted.push_back(Counted { entry: name.clone(), fired });
            if gathered.counted.len() > REMEMBERED_MAX {
                gathered.counted.pop_front();
            }
            let content = Content { body: record::encode(&gathered)?, ..Content::default() };
            let body = content.body.clone();
            match self.write(&key, &body, vec![Write::Put { key: key.clone(), condition, content }]).await {
                Ok(()) => return Ok(fired),
                Err(error) if error.class() == Class::Contention => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Unavailable {
            message: format!("the trigger {} hears too much at once; try again", trigger.id),
            retry_after: std::time::Duration::from_secs(1),
        })
    }

    /// Adds what is true now to what still counts. `true` when that is all.
    fn count(&self, gathered: &mut Gathered, heard: &Heard<'_>, now_true: &[(&str, &str)]) -> bool {
        let date = heard.seen.state.last().date;
        let mut all = true;
        gathered.truths.retain(|id, _| heard.kind.gatherings.iter().any(|it| it.id == *id));
        for gathering in &heard.kind.gatherings {
            let truths = gathered.truths.entry(gathering.id.clone()).or_default();
            let Some(since) = counts_since(gathering.window, date, &self.shared.settings.zone) else {
                all = false;
                continue;
            };
            let known = |name: &str| gathering.conditions.iter().any(|(it, _)| it == name);
            truths.retain(|name, at| *at >= since && known(name));
            for (_, name) in now_true.iter().filter(|(id, _)| *id == gathering.id) {
                truths.insert((*name).to_owned(), date);
            }
            all &= gathering.conditions.iter().all(|(name, _)| truths.contains_key(name));
        }
        if all {
            for gathering in heard.kind.gatherings.iter().filter(|it| it.reset_on_success) {
                gathered.truths.remove(&gathering.id);
            }
        }
        all
    }
}
