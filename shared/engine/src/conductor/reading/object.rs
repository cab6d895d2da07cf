//! An object of a document, read key by key.

use std::{fmt, time::Duration};

use serde_json::{Map, Value as Json};

use super::PROBLEMS_MAX;

/// The way to a value of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Path(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    Key(String),
    Index(usize),
}

impl Path {
    pub(super) fn root() -> Self {
        Self::default()
    }

    pub(super) fn key(&self, key: &str) -> Self {
        self.with(Segment::Key(key.to_owned()))
    }

    pub(super) fn index(&self, index: usize) -> Self {
        self.with(Segment::Index(index))
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.0
    }

    fn with(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if at == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// What is wrong so far: the first [`PROBLEMS_MAX`].
#[derive(Debug, Default)]
pub(super) struct Problems {
    all: Vec<(Path, String)>,
    /// Tasks that were read so far.
    pub(super) tasks: usize,
}

impl Problems {
    pub(super) fn add(&mut self, path: &Path, message: impl Into<String>) {
        if self.all.len() < PROBLEMS_MAX {
            self.all.push((path.clone(), message.into()));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = (Path, String)> {
        self.all.into_iter()
    }
}

/// An object and where it stands.
pub(super) struct Object<'a> {
    pub(super) map: &'a Map<String, Json>,
    pub(super) path: Path,
}

impl<'a> Object<'a> {
    pub(super) fn new(map: &'a Map<String, Json>, path: Path) -> Self {
        Self { map, path }
    }

    /// A value that is there and not null.
    pub(super) fn get(&self, key: &str) -> Option<&'a Json> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn at(&self, key: &str) -> Path {
        self.path.key(key)
    }

    pub(super) fn add(&self, key: &str, message: impl Into<String>, problems: &mut Problems) {
        problems.add(&self.at(key), message);
    }

    /// A text; of a number or a boolean how it is written.
    pub(super) fn text(&self, key: &str, problems: &mut Problems) -> Option<String> {
        match self.get(key)? {
            Json::String(text) => Some(text.clone()),
            other @ (Json::Number(_) | Json::Bool(_)) => Some(other.to_string()),
            Json::Null | Json::Array(_) | Json::Object(_) => {
                self.add(key, "has to be a text", problems);
                None
            }
        }
    }

    /// A text that is not empty.
    pub(super) fn some_text(&self, key: &str, problems: &mut Problems) -> Option<String> {
        self.text(key, problems).filter(|text| !text.trim().is_empty())
    }

    pub(super) fn flag(&self, key: &str, default: bool, problems: &mut Problems) -> bool {
        match self.get(key) {
            None => default,
            Some(Json::Bool(flag)) => *flag,
            Some(Json::String(text)) if text.eq_ignore_ascii_case("true") => true,
            Some(Json::String(text)) if text.eq_ignore_ascii_case("false") => false,
            Some(_) => {
                self.add(key, "has to be true or false", problems);
                default
            }
        }
    }

    /// A whole number of at least `min`; `whose` begins the message of one that is not.
    pub(super) fn number(&self, key: &str, min: u32, whose: &str, problems: &mut Problems) -> Option<u32> {
        let value = self.get(key)?;
        let number = match value {
            #[allow(clippy::cast_possible_truncation, reason = "whole numbers of that size are exact")]
            Json::Number(number) => number.as_i64().or_else(|| {
                number.as_f64().filter(|it| it.fract() == 0.0 && it.abs() < 1e15).map(|it| it as i64)
            }),
            Json::String(text) => text.trim().parse().ok(),
            Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
        };
        let Some(number) = number else {
            self.add(key, format!("{whose} {key} has to be a whole number"), problems);
            return None;
        };
        if number < i64::from(min) {
            self.add(key, format!("{whose} {key}: {number} must be >= {min}"), problems);
            return None;
        }
        // Conductor's are of 32 or 64 bits; no span of theirs is longer than this one's 136 years.
        Some(u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// Seconds; none when 0.
    pub(super) fn seconds(&self, key: &str, whose: &str, problems: &mut Problems) -> Option<Duration> {
        let seconds = self.number(key, 0, whose, problems)?;
        (seconds > 0).then(|| Duration::from_secs(u64::from(seconds)))
    }

    pub(super) fn map(&self, key: &str, problems: &mut Problems) -> Map<String, Json> {
        self.object(key, problems).map(|it| it.map.clone()).unwrap_or_default()
    }

    pub(super) fn object(&self, key: &str, problems: &mut Problems) -> Option<Object<'a>> {
        match self.get(key)? {
            Json::Object(map) => Some(Object::new(map, self.at(key))),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
                self.add(key, "has to be an object", problems);
                None
            }
        }
    }

    pub(super) fn list(&self, key: &str, problems: &mut Problems) -> &'a [Json] {
        match self.get(key) {
            None => &[],
            Some(Json::Array(items)) => items,
            Some(_) => {
                self.add(key, "has to be a list", problems);
                &[]
            }
        }
    }

    pub(super) fn texts(&self, key: &str, problems: &mut Problems) -> Vec<String> {
        let mut texts = Vec::new();
        for (index, item) in self.list(key, problems).iter().enumerate() {
            match item {
                Json::String(text) => texts.push(text.clone()),
                _ => problems.add(&self.at(key).index(index), "has to be a text"),
            }
        }
        texts
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(
        &self,
        key: &str,
        words: &[(&str, T)],
        default: T,
        problems: &mut Problems,
    ) -> T {
        let Some(given) = self.text(key, problems) else {
            return default;
        };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == given) {
            return *value;
        }
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.add(key, format!("{key} has to be one of {}, not `{given}`", all.join(", ")), problems);
        default
    }
}
