//! A call of a filter or a function, as the called one sees it.

use std::borrow::Cow;

use crate::{
    Value,
    eval::{Budget, Evaluator, Halt, Outcome},
    output::{Output, scalar_text},
};

/// The parameters that a filter or function declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameters {
    /// In the order of positional arguments.
    Named(&'static [&'static str]),
    /// Any number, without names.
    Any,
}

/// One call of a filter or function: what was given for its parameters, and the evaluation it is part of.
/// What was not given is null.
pub(crate) struct Invocation<'a, 'e> {
    /// The name under which it was called.
    pub(crate) name: &'static str,
    pub(crate) parameters: Parameters,
    pub(crate) values: &'a [Option<Value<'e>>],
    pub(crate) evaluator: &'a mut Evaluator<'e>,
}

impl<'a, 'e> Invocation<'a, 'e> {
    /// An empty text that stays within the limits.
    pub(crate) fn output(&self) -> Output {
        Output::new(self.evaluator.environment.limits.output_bytes)
    }

    /// One with room for about as many bytes.
    pub(crate) fn output_of(&self, bytes: usize) -> Output {
        Output::with_room(bytes, self.evaluator.environment.limits.output_bytes)
    }

    pub(crate) fn budget(&mut self) -> &mut Budget {
        &mut self.evaluator.state.budget
    }

    /// A text that was made here; it costs what its length costs.
    pub(crate) fn made(&mut self, text: Output) -> Outcome<'e> {
        self.budget().spend_bytes(text.len())?;
        Ok(Value::text(text.into_text()))
    }

    /// The input of a filter as text; numbers and booleans are taken as theirs.
    pub(crate) fn input_text<'v>(&self, input: &'v Value<'_>) -> Result<Cow<'v, str>, Halt> {
        scalar_text(input).ok_or_else(|| self.wrong_input("String", input))
    }

    /// Pebble's complaint about an input that a filter cannot work on.
    pub(crate) fn wrong_input(&self, expected: &str, input: &Value<'_>) -> Halt {
        let (name, actual) = (self.name, input.class_name());
        Halt::failed(format!("'{name}' filter can only be applied to {expected}. Actual type was: {actual}"))
    }

    /// A list, each item of which costs a step.
    pub(crate) fn list(&mut self, items: impl IntoIterator<Item = Value<'e>>) -> Outcome<'e> {
        let mut list = Vec::new();
        for item in items {
            self.budget().spend(1)?;
            self.budget().spend_copy(&item)?;
            list.push(item);
        }
        Ok(Value::list(list))
    }

    pub(crate) fn get(&self, index: usize) -> Option<&'a Value<'e>> {
        self.values.get(index)?.as_ref().filter(|value| !value.is_null())
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &'a Value<'e>> {
        self.values.iter().flatten()
    }

    fn parameter(&self, index: usize) -> &'static str {
        match self.parameters {
            Parameters::Named(names) => names[index],
            Parameters::Any => "argument",
        }
    }

    fn wrong(&self, index: usize, expected: &str, value: &Value<'_>) -> Halt {
        let name = self.parameter(index);
        Halt::failed(format!("Argument `{name}` must be {expected}. Actual type was: {}", value.class_name()))
    }

    fn required<T>(&self, index: usize, found: Option<T>) -> Result<T, Halt> {
        found.ok_or_else(|| Halt::failed(format!("Argument `{}` is missing", self.parameter(index))))
    }

    pub(crate) fn value(&self, index: usize) -> Result<&'a Value<'e>, Halt> {
        self.required(index, self.get(index))
    }

    /// A text; numbers and booleans are taken as theirs.
    pub(crate) fn text(&self, index: usize) -> Result<Cow<'a, str>, Halt> {
        self.required(index, self.optional_text(index)?)
    }

    pub(crate) fn optional_text(&self, index: usize) -> Result<Option<Cow<'a, str>>, Halt> {
        let Some(value) = self.get(index) else {
            return Ok(None);
        };
        scalar_text(value).map(Some).ok_or_else(|| self.wrong(index, "a text", value))
    }

    pub(crate) fn integer(&self, index: usize) -> Result<i64, Halt> {
        self.required(index, self.optional_integer(index)?)
    }

    pub(crate) fn optional_integer(&self, index: usize) -> Result<Option<i64>, Halt> {
        match self.get(index) {
            None => Ok(None),
            Some(value) => match value.whole() {
                Some(integer) => Ok(Some(integer)),
                None => Err(self.wrong(index, "a whole number", value)),
            },
        }
    }

    /// A count, which is a whole number that is not negative.
    pub(crate) fn count(&self, index: usize) -> Result<usize, Halt> {
        usize::try_from(self.integer(index)?)
            .map_err(|_| Halt::failed(format!("Argument `{}` must not be negative", self.parameter(index))))
    }

    pub(crate) fn flag(&self, index: usize, default: bool) -> Result<bool, Halt> {
        match self.get(index) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(self.wrong(index, "true or false", other)),
        }
    }
}
