//! Calls of filters, functions and macros.

use super::{Evaluator, Halt, Outcome};
use crate::{
    Value,
    filters::Accepts,
    hint,
    invocation::Invocation,
    syntax::{Call, Expression, FilterCall, MacroArguments, unknown_argument},
};

impl<'e> Evaluator<'e> {
    pub(super) fn call(&mut self, call: &'e Call) -> Outcome<'e> {
        match call {
            Call::Function { function, arguments } => {
                let values = self.arguments(arguments)?;
                let (name, parameters) = (function.name, function.parameters);
                (function.apply)(&mut Invocation { name, parameters, values: &values, evaluator: self })
            }
            Call::Macro { index, arguments } => self.call_macro(*index, arguments),
        }
    }

    pub(super) fn filter(&mut self, input: Outcome<'e>, call: &'e FilterCall) -> Outcome<'e> {
        let filter = call.filter;
        let input = match input {
            Ok(input) => input,
            Err(Halt::Missing(_)) if filter.accepts == Accepts::Missing => Value::Null,
            Err(Halt::Pending) => {
                let _for_their_needs = self.arguments(&call.arguments);
                return Err(Halt::Pending);
            }
            Err(halt) => return Err(halt),
        };
        let values = self.arguments(&call.arguments)?;
        if input.is_null() && filter.accepts == Accepts::Present {
            return Ok(Value::Null);
        }
        self.state.budget.spend_size(&input)?;
        let (name, parameters) = (filter.name, filter.parameters);
        let mut invocation = Invocation { name, parameters, values: &values, evaluator: self };
        let output = (filter.apply)(&input, &mut invocation);
        let output = output.map_err(|halt| halt.at(call.span))?;
        self.state.budget.spend_copy(&output)?;
        Ok(output)
    }

    /// All arguments; when one needs the outside the others are still looked at, for what they need.
    fn arguments(&mut self, arguments: &'e [Option<Expression>]) -> Result<Vec<Option<Value<'e>>>, Halt> {
        let mut given = Vec::with_capacity(arguments.len());
        let mut pending = false;
        for argument in arguments {
            match argument.as_ref().map(|argument| self.expression(argument)).transpose() {
                Ok(value) => given.push(value),
                Err(Halt::Pending) => pending = true,
                Err(halt) => return Err(halt),
            }
        }
        if pending { Err(Halt::Pending) } else { Ok(given) }
    }

    fn call_macro(&mut self, index: usize, arguments: &'e MacroArguments) -> Outcome<'e> {
        let called = &self.tree.macros[index];
        let name = &called.name;
        if arguments.positional.len() > called.parameters.len() {
            let count = called.parameters.len();
            return Err(Halt::failed(format!("Too many arguments: macro `{name}` takes {count}")));
        }
        for (argument, _) in &arguments.named {
            if !called.parameters.iter().any(|(parameter, _)| parameter == argument) {
                let names = called.parameters.iter().map(|(parameter, _)| parameter);
                return Err(Halt::failed(unknown_argument(argument, names)));
            }
        }
        let positional = self.each(arguments.positional.iter())?;
        let named = self.each(arguments.named.iter().map(|(_, value)| value))?;
        self.scopes.enter(true);
        let text = self.capture(|evaluator| {
            for ((parameter, _), value) in called.parameters.iter().zip(positional) {
                evaluator.scopes.declare(parameter, value)?;
            }
            for ((parameter, _), value) in arguments.named.iter().zip(named) {
                evaluator.scopes.declare(parameter, value)?;
            }
            for (parameter, default) in &called.parameters {
                if !evaluator.scopes.names().any(|known| known == &**parameter) {
                    let value =
                        default.as_ref().map_or(Ok(Value::Null), |value| evaluator.expression(value))?;
                    evaluator.scopes.declare(parameter, value)?;
                }
            }
            evaluator.body(&called.body)
        });
        self.scopes.leave();
        text
    }

    /// Prints the block of that name once more.
    pub(crate) fn block(&mut self, name: &str) -> Outcome<'e> {
        self.state.budget.spend_walk(self.tree.blocks.len())?;
        let Some(block) = self.tree.blocks.iter().find(|block| &*block.name == name) else {
            let hint = hint::did_you_mean(name, self.tree.blocks.iter().map(|block| &block.name));
            return Err(Halt::failed(format!("Block [{name}] does not exist.{hint}")));
        };
        self.capture(|evaluator| evaluator.body(&block.body))
    }
}
