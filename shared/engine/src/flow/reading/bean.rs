//! An object of the model, read property by property: strict about what it holds, tolerant of how scalars are written.

use std::time::Duration;

use expression::Template;

use super::{Reading, nearest, path::Path, scalar};
use crate::{
    flow::unbuilt::Feature,
    problem::Position,
    yaml::{Key, Kind, Node},
};

/// A map of which every key is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bean<'b> {
    pub(super) entries: &'b [(Key, Node)],
    pub(super) at: Position,
    pub(super) path: &'b Path<'b>,
    /// Kestra's name of the class.
    pub(super) class: &'b str,
}

impl<'b> Bean<'b> {
    /// Opens a map; every key that is not among `known` is a problem.
    pub(super) fn open(
        reading: &mut Reading<'_>,
        node: &'b Node,
        path: &'b Path<'b>,
        class: &'b str,
        known: &[&[&str]],
    ) -> Option<Self> {
        let bean = Self::open_any(reading, node, path, class)?;
        for (key, _) in bean.entries {
            if !known.iter().any(|names| names.contains(&key.text.as_str())) {
                if reading.problems.is_full() {
                    reading.problems.unrecognized(&Path::Root, String::new(), key.at);
                    continue;
                }
                let names: Vec<&str> = known.iter().copied().flatten().copied().collect();
                let quoted: Vec<String> = names.iter().map(|it| format!("\"{it}\"")).collect();
                let message = format!(
                    "Unrecognized field \"{}\" (class {class}), not marked as ignorable ({} known properties: {}){}",
                    key.text,
                    names.len(),
                    quoted.join(", "),
                    nearest::hint(&reading.problems, &key.text, names.iter().copied()),
                );
                reading.problems.unrecognized(&bean.path(&key.text), message, key.at);
            }
        }
        Some(bean)
    }

    /// Opens a map with keys of any name.
    pub(super) fn open_any(
        reading: &mut Reading<'_>,
        node: &'b Node,
        path: &'b Path<'b>,
        class: &'b str,
    ) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else {
            scalar::wrong(reading, node, path, "a map");
            return None;
        };
        Some(Self { entries, at: node.at, path, class })
    }

    pub(super) fn path<'s>(&'s self, name: &'s str) -> Path<'s> {
        Path::Property { parent: self.path, class: self.class, name }
    }

    /// A property that is there and not null.
    pub(super) fn get(&self, name: &str) -> Option<&'b Node> {
        let (_, node) = self.entries.iter().find(|(key, _)| key.text == name)?;
        (!node.is_null()).then_some(node)
    }

    /// The same, a problem when it is not there.
    pub(super) fn required(&self, reading: &mut Reading<'_>, name: &str) -> Option<&'b Node> {
        let node = self.get(name);
        if node.is_none() {
            let at = self.key_at(name).unwrap_or(self.at);
            reading.problems.entity(&self.path(name), "must not be null", at);
        }
        node
    }

    /// Where the key of a property stands.
    pub(super) fn key_at(&self, name: &str) -> Option<Position> {
        self.entries.iter().find(|(key, _)| key.text == name).map(|(key, _)| key.at)
    }

    /// Refuses a property that is there, until it is built.
    pub(super) fn refuse(&self, reading: &mut Reading<'_>, name: &str, feature: Feature) {
        if let (Some(_), Some(at)) = (self.get(name), self.key_at(name)) {
            reading.problems.entity(&self.path(name), feature.refusal(), at);
        }
    }

    /// Refuses a property that is there and that Kestra knows.
    pub(super) fn not_built(&self, reading: &mut Reading<'_>, name: &str) {
        if let (Some(_), Some(at)) = (self.get(name), self.key_at(name)) {
            let message = format!("`{name}` is not built in this version");
            reading.problems.entity(&self.path(name), message, at);
        }
    }

    /// Says that a property is there under both its names.
    pub(super) fn one_name(&self, reading: &mut Reading<'_>, new: &str, old: &str) {
        if let (Some(_), Some(_), Some(at)) = (self.get(new), self.get(old), self.key_at(old)) {
            let message = format!("`{old}` is the older name of `{new}`; give one of them");
            reading.problems.entity(&self.path(old), message, at);
        }
    }

    /// The id as it is written; nothing when there is none, which is a problem of its own.
    pub(super) fn own_id(&self, source: &str) -> String {
        self.get("id").and_then(|it| it.text(source)).unwrap_or_default().to_owned()
    }

    /// The text of any scalar.
    pub(super) fn text(&self, reading: &mut Reading<'_>, name: &str) -> Option<String> {
        scalar::text(reading, self.get(name)?, &self.path(name))
    }

    /// The text of any scalar, at most so many characters.
    pub(super) fn short_text(&self, reading: &mut Reading<'_>, name: &str, max: usize) -> Option<String> {
        let text = self.text(reading, name)?;
        if text.chars().count() > max {
            let message = format!("size must be between 0 and {max}");
            reading.problems.entity(&self.path(name), message, self.get(name)?.at);
        }
        Some(text)
    }

    pub(super) fn boolean(&self, reading: &mut Reading<'_>, name: &str) -> Option<bool> {
        scalar::boolean(reading, self.get(name)?, &self.path(name))
    }

    /// True only when it says so.
    pub(super) fn flag(&self, reading: &mut Reading<'_>, name: &str) -> bool {
        self.boolean(reading, name).unwrap_or(false)
    }

    pub(super) fn integer(&self, reading: &mut Reading<'_>, name: &str) -> Option<i64> {
        scalar::integer(reading, self.get(name)?, &self.path(name))
    }

    /// A count of at least one. Kestra has two ways to say that it is less.
    pub(super) fn count(&self, reading: &mut Reading<'_>, name: &str, too_small: &str) -> Option<u32> {
        let number = self.integer(reading, name)?;
        let counted = u32::try_from(number).ok().filter(|it| *it >= 1);
        if counted.is_none() {
            let too_large = format!("must be less than or equal to {}", u32::MAX);
            let message = if number > 0 { too_large } else { too_small.to_owned() };
            reading.problems.entity(&self.path(name), message, self.get(name)?.at);
        }
        counted
    }

    pub(super) fn float(&self, reading: &mut Reading<'_>, name: &str) -> Option<f64> {
        scalar::float(reading, self.get(name)?, &self.path(name))
    }

    pub(super) fn duration(&self, reading: &mut Reading<'_>, name: &str) -> Option<Duration> {
        scalar::duration(reading, self.get(name)?, &self.path(name))
    }

    /// One of a few words, exactly as they are.
    pub(super) fn one_of<T: Copy>(
        &self,
        reading: &mut Reading<'_>,
        name: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        scalar::one_of(reading, self.get(name)?, &self.path(name), words)
    }

    /// A text with expressions in it.
    pub(super) fn template(&self, reading: &mut Reading<'_>, name: &str) -> Option<Template> {
        scalar::template(reading, self.get(name)?, &self.path(name))
    }

    /// The items of a list; none when the property is not there.
    pub(super) fn list(&self, reading: &mut Reading<'_>, name: &str) -> &'b [Node] {
        match self.get(name) {
            None => &[],
            Some(node) => scalar::list(reading, node, &self.path(name)),
        }
    }

    /// A list of the texts of scalars.
    pub(super) fn texts(&self, reading: &mut Reading<'_>, name: &str) -> Option<Vec<String>> {
        self.get(name)?;
        let path = self.path(name);
        let items = self.list(reading, name);
        Some(
            items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| scalar::text(reading, item, &path.item(index)))
                .collect(),
        )
    }

    /// A list of texts with expressions in them. `None` when one cannot be used, or there is no list.
    pub(super) fn templates(&self, reading: &mut Reading<'_>, name: &str) -> Option<Vec<Template>> {
        self.get(name)?;
        let path = self.path(name);
        let items = self.list(reading, name);
        let all: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(index, item)| scalar::template(reading, item, &path.item(index)))
            .collect();
        all.into_iter().collect()
    }

    /// A text that has to match a pattern of the model. Kestra: `must match "…"`.
    pub(super) fn id(&self, reading: &mut Reading<'_>, name: &str, pattern: &Pattern) -> Option<String> {
        let node = self.required(reading, name)?;
        let path = self.path(name);
        let text = scalar::text(reading, node, &path)?;
        if text.trim().is_empty() {
            reading.problems.entity(&path, "must not be blank", node.at);
        } else if !pattern.matches(&text) {
            reading.problems.entity(&path, format!("must match \"{}\"", pattern.text), node.at);
        }
        if pattern.max.is_some_and(|max| text.chars().count() > max) {
            let max = pattern.max.unwrap_or_default();
            reading.problems.entity(&path, format!("size must be between 1 and {max}"), node.at);
        }
        Some(text)
    }
}

/// What an id may look like: a first character, and the ones after it.
#[derive(Debug)]
pub(super) struct Pattern {
    /// As Kestra shows it.
    pub(super) text: &'static str,
    pub(super) upper_case: bool,
    pub(super) dots: bool,
    /// Characters.
    pub(super) max: Option<usize>,
}

impl Pattern {
    pub(super) const FLOW: Self =
        Self { text: "^[a-zA-Z0-9][a-zA-Z0-9._-]*", upper_case: true, dots: true, max: Some(100) };
    pub(super) const NAMESPACE: Self =
        Self { text: "^[a-z0-9][a-z0-9._-]*", upper_case: false, dots: true, max: Some(150) };
    pub(super) const TASK: Self =
        Self { text: "^[a-zA-Z0-9][a-zA-Z0-9_-]*", upper_case: true, dots: false, max: None };
    pub(super) const INPUT: Self =
        Self { text: "^[a-zA-Z0-9][.a-zA-Z0-9_-]*", upper_case: true, dots: true, max: None };

    fn matches(&self, text: &str) -> bool {
        let first = |c: char| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || (self.upper_case && c.is_ascii_uppercase())
        };
        let later = |c: char| first(c) || c == '_' || c == '-' || (self.dots && c == '.');
        text.starts_with(first) && text.chars().all(later)
    }
}
