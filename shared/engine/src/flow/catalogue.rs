//! Which task types touch the world, and what properties they take.
//!
//! Flowable, pure and executable tasks are the engine's own. Every other type is told to it by whoever can run it, so
//! that a flow that names a type nobody runs is refused when it is created.

use std::time::Duration;

/// A task type that touches the world.
#[derive(Debug, Clone, Copy)]
pub struct TaskType {
    /// The canonical class name.
    pub name: &'static str,
    /// Older names, compared without regard to case.
    pub aliases: &'static [&'static str],
    /// Its own properties, besides those every task has.
    pub properties: &'static [Property],
}

/// A property a task type takes.
#[derive(Debug, Clone, Copy)]
pub struct Property {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
    /// Whether strings in it are rendered before an attempt.
    pub dynamic: bool,
}

/// What a property may hold. A dynamic one may hold an expression instead of anything but a map of its own.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    Any,
    String,
    /// A text; one expression alone keeps the type of its value, when the property is dynamic.
    Typed,
    /// A text whose expressions the task has rendered by itself, with more variables: here they are only checked.
    Expression,
    Boolean,
    Integer,
    Duration,
    /// One of these texts, compared as they are.
    OneOf(&'static [&'static str]),
    /// A list of strings.
    Strings,
    /// A list of strings, or a string: the only one of them, or such a list in JSON.
    StringsOrString,
    /// A map of strings to strings (numbers and booleans are taken as their text).
    StringMap,
    /// A map of strings to strings, or a string that renders to such a map in JSON.
    StringMapOrString,
    /// A map of these properties, and no others. `class` is what Kestra calls it.
    Map {
        class: &'static str,
        properties: &'static [Property],
    },
    /// A plugin of its own: a map with a `type` of these, and these further properties.
    Plugin {
        types: &'static [&'static str],
        properties: &'static [Property],
    },
    /// Known to Kestra, not built here: refused by name.
    NotBuilt,
}

impl Shape {
    /// Files of namespaces that a task finds in its directory.
    pub const NAMESPACE_FILES: Self = Self::Map {
        class: "io.kestra.core.models.tasks.NamespaceFiles",
        properties: &[
            of_namespace_files("enabled", Self::Boolean),
            of_namespace_files("include", Self::StringsOrString),
            of_namespace_files("exclude", Self::StringsOrString),
            of_namespace_files("namespaces", Self::StringsOrString),
            of_namespace_files("ifExists", Self::NotBuilt),
            of_namespace_files("folderPerNamespace", Self::NotBuilt),
        ],
    };
}

const fn of_namespace_files(name: &'static str, shape: Shape) -> Property {
    Property { name, shape, required: false, dynamic: true }
}

/// What a deployment can run: its task types, and for how long.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    types: Vec<TaskType>,
    attempt_max: Option<Duration>,
    has_groups: bool,
}

impl Catalogue {
    pub fn new(types: Vec<TaskType>) -> Self {
        Self { types, attempt_max: None, has_groups: false }
    }

    /// With a limit to how long one attempt may take: longer timeouts are refused.
    #[must_use]
    pub fn limited(self, attempt_max: Option<Duration>) -> Self {
        Self { attempt_max, ..self }
    }

    /// Whether there are worker groups: without any, a task that names one is refused.
    #[must_use]
    pub fn grouped(self, has_groups: bool) -> Self {
        Self { has_groups, ..self }
    }

    pub fn has_groups(&self) -> bool {
        self.has_groups
    }

    /// How long one attempt may take; `None` for any time.
    pub fn attempt_max(&self) -> Option<Duration> {
        self.attempt_max
    }

    /// The type of that name or alias.
    pub fn find(&self, name: &str) -> Option<&TaskType> {
        self.types
            .iter()
            .find(|it| it.name == name || it.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name)))
    }

    pub fn types(&self) -> &[TaskType] {
        &self.types
    }
}
