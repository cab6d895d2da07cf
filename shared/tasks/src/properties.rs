//! Reads rendered properties, and says everything that is wrong with them at once.
//!
//! A flow is checked when it is created, but an expression may render to anything.

use std::{sync::LazyLock, time::Duration};

use engine::{
    duration,
    flow::{PropertyType, Shape},
    time::Timestamp,
};
use serde_json::{Map, Value as Json};

/// A property that may be left out; expressions in it are rendered.
pub(crate) const fn property(name: &'static str, shape: Shape) -> PropertyType {
    PropertyType { name, shape, required: false, dynamic: true }
}

/// As [`property`], but it may not be left out.
pub(crate) const fn required(name: &'static str, shape: Shape) -> PropertyType {
    PropertyType { name, shape, required: true, dynamic: true }
}

/// A property that may be left out and is taken as it is written.
pub(crate) const fn fixed(name: &'static str, shape: Shape) -> PropertyType {
    PropertyType { name, shape, required: false, dynamic: false }
}

/// Lists of properties as one, which has as many as all of them.
pub(crate) const fn joined<const ALL: usize>(lists: &[&[PropertyType]]) -> [PropertyType; ALL] {
    let mut all = [fixed("", Shape::NotBuilt); ALL];
    let (mut at, mut list) = (0, 0);
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            all[at] = lists[list][index];
            (at, index) = (at + 1, index + 1);
        }
        list += 1;
    }
    assert!(at == ALL, "a list of properties has another length");
    all
}

static NOTHING: LazyLock<Map<String, Json>> = LazyLock::new(Map::new);

/// The properties of one attempt, and what was wrong with those read so far.
#[derive(Debug)]
pub(crate) struct Properties<'a> {
    values: &'a Map<String, Json>,
    problems: Vec<String>,
}

impl<'a> Properties<'a> {
    pub(crate) fn new(values: &'a Map<String, Json>) -> Self {
        Self { values, problems: Vec::new() }
    }

    /// `null` is as good as absent.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// The value as it is, if it is there.
    pub(crate) fn any(&self, name: &str) -> Option<&'a Json> {
        self.value(name)
    }

    /// A text; a number or boolean is taken as its text.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.value(name)? {
            Json::String(text) => Some(text.clone()),
            it @ (Json::Bool(_) | Json::Number(_)) => Some(it.to_string()),
            Json::Null | Json::Array(_) | Json::Object(_) => {
                self.problem(format!("`{name}` must be a string"));
                None
            }
        }
    }

    /// A text that may not be left out; empty when it is wrong.
    pub(crate) fn required_text(&mut self, name: &str) -> String {
        if !self.has(name) {
            self.problem(format!("`{name}` must not be null"));
        }
        self.text(name).unwrap_or_default()
    }

    /// A moment: an ISO-8601 date-time with offset.
    pub(crate) fn moment(&mut self, name: &str) -> Option<Timestamp> {
        let text = self.text(name)?;
        text.parse().map_err(|error| self.problem(format!("`{name}`: {error}"))).ok()
    }

    /// A moment that may not be left out.
    pub(crate) fn required_moment(&mut self, name: &str) -> Timestamp {
        if !self.has(name) {
            self.problem(format!("`{name}` must not be null"));
        }
        self.moment(name).unwrap_or(Timestamp::from_millis(0))
    }

    /// A whole number that is not negative, or a text that says one.
    pub(crate) fn whole(&mut self, name: &str) -> Option<u64> {
        let text = self.text(name)?;
        let number = text.trim().parse();
        number.map_err(|_| self.problem(format!("`{name}` must be a whole number, not `{text}`"))).ok()
    }

    /// An ISO-8601 duration.
    pub(crate) fn duration(&mut self, name: &str) -> Option<Duration> {
        let text = self.text(name)?;
        duration::parse(&text).map_err(|problem| self.problem(format!("`{name}`: {problem}"))).ok()
    }

    /// One of the words that `read` knows.
    pub(crate) fn word<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name)?;
        let word = read(&text);
        if word.is_none() {
            self.problem(format!("`{name}` cannot be `{text}`"));
        }
        word
    }

    /// A list of words that `read` knows.
    pub(crate) fn words<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let mut words = Vec::new();
        for text in self.strings(name) {
            match read(&text) {
                Some(word) => words.push(word),
                None => self.problem(format!("`{name}` cannot have `{text}`")),
            }
        }
        words
    }

    /// A list of strings, or a string that holds such a list in JSON; empty when absent.
    pub(crate) fn strings(&mut self, name: &str) -> Vec<String> {
        let read = match self.value(name) {
            None => return Vec::new(),
            Some(Json::Array(items)) => texts(items),
            Some(Json::String(json)) => match serde_json::from_str(json) {
                Ok(Json::Array(items)) => texts(&items),
                Ok(_) | Err(_) => None,
            },
            Some(_) => None,
        };
        read.unwrap_or_else(|| {
            self.problem(format!("`{name}` must be a list of strings"));
            Vec::new()
        })
    }

    /// As [`Self::strings`], and a string that holds no list is the only one.
    pub(crate) fn strings_or_one(&mut self, name: &str) -> Vec<String> {
        match self.value(name) {
            // A pattern may begin like a list.
            Some(Json::String(text)) if serde_json::from_str::<Vec<Json>>(text).is_err() => {
                vec![text.clone()]
            }
            Some(_) | None => self.strings(name),
        }
    }

    /// A boolean, or a string that holds one.
    pub(crate) fn flag(&mut self, name: &str, default: bool) -> bool {
        match self.value(name) {
            None => default,
            Some(Json::Bool(flag)) => *flag,
            Some(Json::String(text)) if text == "true" => true,
            Some(Json::String(text)) if text == "false" => false,
            Some(_) => {
                self.problem(format!("`{name}` must be true or false"));
                default
            }
        }
    }

    /// A map of strings, or a string that holds one in JSON, in its order; empty when absent. What is not a string
    /// is taken as its JSON text.
    pub(crate) fn texts_by_name(&mut self, name: &str) -> Vec<(String, String)> {
        let parsed;
        let map = match self.value(name) {
            None => return Vec::new(),
            Some(Json::Object(map)) => Some(map),
            Some(Json::String(json)) => {
                parsed = serde_json::from_str::<Map<String, Json>>(json);
                parsed.as_ref().ok()
            }
            Some(_) => None,
        };
        let Some(map) = map else {
            self.problem(format!("`{name}` must be a map of strings, or such a map in JSON"));
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(map.len());
        for (key, value) in map {
            match value {
                Json::Null => self.problems.push(format!("`{name}.{key}` must be a string")),
                Json::String(text) => texts.push((key.clone(), text.clone())),
                Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
                    texts.push((key.clone(), value.to_string()));
                }
            }
        }
        texts
    }

    /// A map, or a text that holds one in JSON; empty when absent.
    pub(crate) fn map(&mut self, name: &str) -> Map<String, Json> {
        let map = match self.value(name) {
            None => return Map::new(),
            Some(Json::Object(map)) => Some(map.clone()),
            Some(Json::String(json)) => serde_json::from_str(json).ok(),
            Some(Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Null) => None,
        };
        map.unwrap_or_else(|| {
            self.problem(format!("`{name}` must be a map, or a map in JSON"));
            Map::new()
        })
    }

    /// Reads the properties in a property that is a map; they are all absent when it is.
    pub(crate) fn section<T>(&mut self, name: &str, read: impl FnOnce(&mut Properties<'a>) -> T) -> T {
        let values = match self.value(name) {
            Some(Json::Object(values)) => values,
            None => &*NOTHING,
            Some(_) => {
                self.problem(format!("`{name}` must be a map"));
                &*NOTHING
            }
        };
        let mut section = Properties::new(values);
        let read = read(&mut section);
        self.problems.extend(section.problems.into_iter().map(|it| format!("{name}: {it}")));
        read
    }

    /// Whether nothing was wrong so far.
    pub(crate) fn are_sound(&self) -> bool {
        self.problems.is_empty()
    }

    pub(crate) fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// # Errors
    /// Everything that was wrong, in one message.
    pub(crate) fn finish(self) -> Result<(), String> {
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems.join("; ")) }
    }

    fn value(&self, name: &str) -> Option<&'a Json> {
        self.values.get(name).filter(|value| !value.is_null())
    }
}

fn texts(items: &[Json]) -> Option<Vec<String>> {
    items
        .iter()
        .map(|item| match item {
            Json::String(text) => Some(text.clone()),
            Json::Bool(_) | Json::Number(_) => Some(item.to_string()),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        })
        .collect()
}
