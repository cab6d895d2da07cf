//! Operators that make or search texts and lists.

use super::{Evaluator, Halt, Outcome, arithmetic::arithmetic};
use crate::{List, Value, compare::equal, output::Output};

impl<'e> Evaluator<'e> {
    pub(super) fn add(&mut self, left: &Value<'e>, right: &Value<'e>) -> Outcome<'e> {
        match (left, right) {
            (Value::List(list), addition) => {
                let mut items = self.copied(list)?;
                match addition {
                    Value::List(addition) => items.extend(self.copied(addition)?),
                    item => {
                        self.state.budget.check_nesting(&Value::list(vec![item.clone()]))?;
                        items.push(item.clone());
                    }
                }
                Ok(Value::list(items))
            }
            (Value::String(_), _) | (_, Value::String(_)) => {
                let spelled = |value: &Value<'e>| {
                    if value.is_null() { Value::text("null") } else { value.clone() }
                };
                self.concatenate(&[&spelled(left), &spelled(right)])
            }
            _ => arithmetic(left, right, "ADD", |a, b| Some(a.wrapping_add(b)), |a, b| a + b),
        }
    }

    fn copied(&mut self, list: &List<'e>) -> Result<Vec<Value<'e>>, Halt> {
        self.state.budget.spend_list_copy(list.len())?;
        let items: Vec<Value<'e>> = list.iter().collect();
        items.iter().try_for_each(|item| self.state.budget.spend_copy(item))?;
        Ok(items)
    }

    pub(super) fn without(&mut self, list: &List<'e>, unwanted: &Value<'e>) -> Outcome<'e> {
        let mut kept = Vec::new();
        for item in self.copied(list)? {
            if !equal(&item, unwanted, &mut self.state.budget)? {
                kept.push(item);
            }
        }
        Ok(Value::list(kept))
    }

    pub(super) fn concatenate(&mut self, parts: &[&Value<'e>]) -> Outcome<'e> {
        let mut text = Output::new(self.environment.limits.output_bytes);
        parts.iter().try_for_each(|part| text.print(part))?;
        self.state.budget.spend_bytes(text.len())?;
        Ok(Value::text(text.into_text()))
    }

    pub(super) fn contains(&mut self, whole: &Value<'e>, part: &Value<'e>) -> Result<bool, Halt> {
        match (whole, part) {
            (Value::List(list), Value::List(parts)) => {
                for part in parts.iter() {
                    if !self.has_item(list, &part)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Value::List(list), part) => self.has_item(list, part),
            (Value::Map(map), Value::String(key)) => {
                self.state.budget.spend_search(map)?;
                Ok(map.get(key).is_some())
            }
            (Value::Null | Value::Map(_), _) => Ok(false),
            (Value::String(text), Value::String(part)) => {
                self.state.budget.spend_bytes(text.len())?;
                Ok(text.contains(&**part))
            }
            (Value::String(text), part) => {
                let part = self.concatenate(&[part])?;
                Ok(matches!(part, Value::String(part) if text.contains(&*part)))
            }
            (Value::Bool(_) | Value::Int(_) | Value::Integer(_) | Value::Double(_), _) => {
                Err(Halt::failed(format!(
                    "Contains operator can only be used on Collections, Maps and arrays. Actual type was: {}",
                    whole.class_name()
                )))
            }
        }
    }

    fn has_item(&mut self, list: &List<'e>, wanted: &Value<'e>) -> Result<bool, Halt> {
        self.state.budget.spend_walk(list.len())?;
        for item in list.iter() {
            if equal(&item, wanted, &mut self.state.budget)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The whole numbers, or the letters, from one to the other, both included.
    pub(crate) fn range(&mut self, start: &Value<'e>, end: &Value<'e>, step: i64) -> Outcome<'e> {
        let letter = |value: &Value<'e>| match value {
            Value::String(text) => text.chars().next().filter(|first| first.len_utf8() == text.len()),
            _ => None,
        };
        let (first, last, letters) = match (start.whole(), end.whole()) {
            (Some(first), Some(last)) => (first, last, false),
            _ => match (letter(start), letter(end)) {
                (Some(first), Some(last)) => (i64::from(u32::from(first)), i64::from(u32::from(last)), true),
                _ => {
                    return Err(Halt::failed(
                        "Arguments of range function must be of type Number or String with a length of 1",
                    ));
                }
            },
        };
        if step == 0 {
            return Err(Halt::failed("The increment of range must not be 0"));
        }
        let mut items = Vec::new();
        let mut next = Some(first);
        while let Some(at) = next.filter(|&at| if step > 0 { at <= last } else { at >= last }) {
            self.state.budget.spend(1)?;
            let item = u32::try_from(at).ok().and_then(char::from_u32).filter(|_| letters);
            items.push(item.map_or(Value::Integer(at), |letter| Value::text(letter.to_string())));
            next = at.checked_add(step);
        }
        Ok(Value::list(items))
    }
}
