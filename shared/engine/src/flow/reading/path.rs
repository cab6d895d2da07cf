//! Where in the model a value stands, in the two forms Kestra writes it.

use std::fmt::Write;

/// Steps from the flow down to a value. Borrowed, so that a sound flow costs no text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Path<'p> {
    Root,
    Property {
        parent: &'p Path<'p>,
        /// Kestra's class of what holds the property.
        class: &'p str,
        name: &'p str,
    },
    Item {
        parent: &'p Path<'p>,
        index: usize,
    },
}

impl<'p> Path<'p> {
    pub(super) fn item(&'p self, index: usize) -> Self {
        Self::Item { parent: self, index }
    }

    /// `tasks[3].type`.
    pub(super) fn dotted(&self) -> String {
        let mut text = String::new();
        self.write_dotted(&mut text);
        text
    }

    fn write_dotted(&self, text: &mut String) {
        match self {
            Self::Root => {}
            Self::Property { parent, name, .. } => {
                parent.write_dotted(text);
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Self::Item { parent, index } => {
                parent.write_dotted(text);
                write!(text, "[{index}]").expect("a String takes everything");
            }
        }
    }

    /// `io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[0]`: how Kestra's parser names a place.
    pub(super) fn referenced(&self) -> String {
        let mut text = String::new();
        self.write_referenced(&mut text);
        text
    }

    fn write_referenced(&self, text: &mut String) {
        let (parent, step) = match self {
            Self::Root => return,
            Self::Property { parent, class, name } => (parent, format!("{class}[\"{name}\"]")),
            Self::Item { parent, index } => (parent, format!("java.util.ArrayList[{index}]")),
        };
        parent.write_referenced(text);
        if !text.is_empty() {
            text.push_str("->");
        }
        text.push_str(&step);
    }

    /// The property that holds it, past any list.
    pub(super) fn property(&self) -> &'p str {
        match self {
            Self::Root => "",
            Self::Property { name, .. } => name,
            Self::Item { parent, .. } => parent.property(),
        }
    }
}
