//! Attributes, indexes and methods: `a.b['c'][0].size()`.

use super::{Evaluator, Halt, Outcome, method};
use crate::{
    Map, Value,
    output::scalar_text,
    syntax::{Expression, Node, Span, Step},
};

impl<'e> Evaluator<'e> {
    pub(super) fn path(&mut self, root: &'e Expression, steps: &'e [(Step, Span)]) -> Outcome<'e> {
        let mut value = match &root.node {
            Node::Variable(name) => self.variable(name, root.span)?,
            _ => self.expression(root)?,
        };
        for (index, (step, span)) in steps.iter().enumerate() {
            self.state.budget.spend(1)?;
            if value.is_null() {
                let (name, span) = match index.checked_sub(1).map(|before| &steps[before]) {
                    Some((step, span)) => {
                        let name = self.step_name(step);
                        (name, self.name_in(name, *span))
                    }
                    None => (root.span.of(self.source), root.span),
                };
                return Err(Halt::missing(name, String::new(), span));
            }
            let whole = Span::new(root.span.start, span.start);
            value = self.step(&value, step, *span, whole).map_err(|halt| halt.at(*span))?;
            self.state.budget.spend_copy(&value)?;
        }
        Ok(value)
    }

    fn step_name(&self, step: &'e Step) -> &'e str {
        match step {
            Step::Attribute(name) | Step::Method { name, .. } => name,
            Step::Index(index) => index.span.of(self.source).trim_matches(['\'', '"']),
        }
    }

    /// `whole` is the path up to this step.
    fn step(&mut self, value: &Value<'e>, step: &'e Step, span: Span, whole: Span) -> Outcome<'e> {
        match step {
            Step::Attribute(name) => {
                if let Value::Map(map) = value
                    && let Some(found) = self.entry(map, name)?
                {
                    return Ok(found);
                }
                self.method(value, name, None, span, whole)
            }
            Step::Method { name, arguments } => {
                let arguments = self.each(arguments.iter())?;
                self.method(value, name, Some(&arguments), span, whole)
            }
            Step::Index(index) => {
                let index = self.expression(index)?;
                self.index(value, &index, span, whole)
            }
        }
    }

    fn entry(&mut self, map: &Map<'e>, key: &str) -> Result<Option<Value<'e>>, Halt> {
        self.state.budget.spend_search(map)?;
        Ok(map.get(key))
    }

    fn index(&mut self, value: &Value<'e>, index: &Value<'e>, span: Span, whole: Span) -> Outcome<'e> {
        let name = scalar_text(index).unwrap_or("null".into());
        match (value, index) {
            (Value::Map(map), Value::Int(_) | Value::Integer(_) | Value::Double(_)) => {
                Err(Halt::failed(if map.len() == 0 {
                    format!("No such element: {name} in an empty map")
                } else {
                    format!("type class java.lang.String not supported for key {name} (write `['{name}']`)")
                }))
            }
            (Value::Map(map), _) => self
                .entry(map, &name)?
                .ok_or_else(|| Halt::missing(&name, self.hint_of_key(&name, map, whole), span)),
            (Value::List(list), Value::Int(_) | Value::Integer(_) | Value::String(_)) => {
                let found = name.parse().ok().and_then(|index: usize| list.get(index));
                found.ok_or_else(|| Halt::missing(&name, self.hint_of_index(list, whole), span))
            }
            _ => Err(Halt::missing(&name, String::new(), span)),
        }
    }

    /// Pebble: an attribute that is not there may be a method without arguments.
    fn method(
        &mut self,
        value: &Value<'e>,
        name: &str,
        arguments: Option<&[Value<'e>]>,
        span: Span,
        whole: Span,
    ) -> Outcome<'e> {
        if let Some(found) = method::call(value, name, arguments.unwrap_or_default()) {
            self.state.budget.spend_size(value)?;
            return Ok(found);
        }
        let hint = match (value, arguments) {
            (Value::Map(map), None) => self.hint_of_key(name, map, whole),
            _ => self.hint_of_method(name, value, whole),
        };
        Err(Halt::missing(name, hint, self.name_in(name, span)))
    }

    /// Where the name of an attribute or method stands in its step, which starts with a dot.
    fn name_in(&self, name: &str, step: Span) -> Span {
        let offset = step.of(self.source).find(name).unwrap_or(0);
        Span::new(step.start + offset, step.end)
    }
}
