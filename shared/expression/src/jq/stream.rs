//! Values as events: `tostream`.

use super::run::{Done, Machine, Outputs};
use crate::Value;

impl<'e> Machine<'_, 'e> {
    /// `[path, leaf]` for each leaf, and `[path]` of the last item at the end of what holds others.
    pub(super) fn stream(
        &mut self,
        path: &mut Vec<Value<'e>>,
        value: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        let inner: Vec<(Value<'e>, Value<'e>)> = match value {
            Value::List(list) => (0_i64..).map(Value::Integer).zip(list.iter()).collect(),
            Value::Map(map) => map.iter().map(|(key, value)| (Value::String(key), value)).collect(),
            _ => Vec::new(),
        };
        self.budget.spend_items(inner.len() + path.len())?;
        if inner.is_empty() {
            return self.give(out, Value::list(vec![Value::list(path.clone()), value.clone()]));
        }
        self.budget.enter()?;
        let mut last = Value::Null;
        for (key, value) in inner {
            path.push(key);
            self.stream(path, &value, out)?;
            last = path.pop().unwrap_or(Value::Null);
        }
        self.budget.leave();
        let end = path.iter().cloned().chain([last]).collect();
        self.give(out, Value::list(vec![Value::list(end)]))
    }
}
