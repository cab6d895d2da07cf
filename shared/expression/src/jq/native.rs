//! jq's functions: those that run terms. Those of plain values are in `simple`.

use super::{
    operate::{self, truth},
    refused,
    run::{Done, Machine, Outputs, Stop},
    scope::Scope,
    simple,
    syntax::Term,
};
use crate::Value;

/// A call of one of jq's functions, and what is around it.
#[derive(Clone, Copy)]
pub(super) struct Call<'c, 's, 'e> {
    pub(super) name: &'c str,
    pub(super) arguments: &'s [Term],
    pub(super) scope: &'c Scope<'s, 'e>,
    pub(super) input: &'c Value<'e>,
}

impl<'e> Call<'_, '_, 'e> {
    pub(super) fn unknown(&self) -> Stop<'e> {
        refused::unknown(self.name, self.arguments.len())
    }
}

impl<'e> Machine<'_, 'e> {
    pub(super) fn native<'s>(&mut self, call: Call<'_, 's, 'e>, out: &mut Outputs<'e>) -> Done<'e> {
        let Call { name, arguments, scope, input } = call;
        match (name, arguments) {
            ("empty", []) => Ok(()),
            ("error", []) => Err(Stop::Error(input.clone())),
            ("error", [message]) => match self.all(message, scope, input)?.into_iter().next() {
                Some(message) => Err(Stop::Error(message)),
                None => Ok(()),
            },
            ("recurse", []) => self.descend(input, out),
            ("select", [condition]) => {
                for holds in self.all(condition, scope, input)? {
                    if truth(&holds) {
                        self.give(out, input.clone())?;
                    }
                }
                Ok(())
            }
            (
                "values" | "nulls" | "booleans" | "numbers" | "strings" | "arrays" | "objects" | "iterables"
                | "scalars",
                [],
            ) => {
                let kind = operate::kind(input);
                let taken = match name {
                    "values" => kind != "null",
                    "iterables" => kind == "array" || kind == "object",
                    "scalars" => kind != "array" && kind != "object",
                    plural => plural.strip_suffix('s') == Some(kind),
                };
                if taken { self.give(out, input.clone()) } else { Ok(()) }
            }
            ("map", [term]) => {
                let mut made = Vec::new();
                for item in simple::items(self, input)? {
                    made.extend(self.all(term, scope, &item)?);
                }
                self.give_made(out, Value::list(made))
            }
            ("map_values", [term]) => {
                let value = self.modify_items(term, scope, input)?;
                self.give_made(out, value)
            }
            ("walk", [term]) => self.walk(term, scope, input, out),
            ("first" | "last" | "isempty" | "limit" | "skip" | "nth", [_] | [_, _]) => self.some(call, out),
            ("recurse" | "repeat", [term]) => self.rounds(None, term, None, scope, input, out),
            ("recurse", [term, condition]) => self.rounds(None, term, Some(condition), scope, input, out),
            ("while", [condition, term]) => self.rounds(Some(condition), term, None, scope, input, out),
            ("until", [condition, term]) => self.until((condition, term), scope, input, out),
            ("range", [_] | [_, _] | [_, _, _]) => self.range(call, out),
            (
                "add" | "any" | "all" | "sort_by" | "group_by" | "unique_by" | "min_by" | "max_by"
                | "with_entries",
                [_, ..],
            ) => self.of_items(call, out),
            ("path" | "paths" | "del" | "delpaths" | "setpath", _) => self.of_paths(call, out),
            ("in" | "inside", [term]) => {
                for whole in self.all(term, scope, input)? {
                    let name = if name == "in" { "has" } else { "contains" };
                    let value = simple::call(self, name, &whole, std::slice::from_ref(input))?;
                    self.give(out, value)?;
                }
                Ok(())
            }
            ("tostream", []) => self.stream(&mut Vec::new(), input, out),
            ("match" | "capture" | "scan" | "sub" | "gsub", [_, ..]) => self.of_patterns(call, out),
            _ if name.starts_with('@') && arguments.is_empty() => {
                let text = self.format(name, input)?;
                self.give(out, Value::text(text))
            }
            _ => self.plain(call, out),
        }
    }

    /// A function of values: once for every combination of its arguments' outputs, the last one outside.
    fn plain<'s>(&mut self, call: Call<'_, 's, 'e>, out: &mut Outputs<'e>) -> Done<'e> {
        let Call { name, arguments, scope, input } = call;
        let mut calls: Vec<Vec<Value<'e>>> = vec![Vec::new()];
        for argument in arguments {
            let mut next = Vec::new();
            for value in self.all(argument, scope, input)? {
                for call in &calls {
                    self.budget.spend_items(call.len() + 1)?;
                    let mut longer = call.clone();
                    longer.push(value.clone());
                    next.push(longer);
                }
            }
            calls = next;
        }
        for call in calls {
            let value = simple::call(self, name, input, &call)?;
            self.give_made(out, value)?;
        }
        Ok(())
    }
}
