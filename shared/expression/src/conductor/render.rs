//! Rendering a text: to text, or, when it is one expression and nothing else, to that value.

use serde_json::Value as Json;

use super::{
    reference::Reference,
    text::{Expression, Piece, Text},
    walk::Walk,
};
use crate::{
    Environment, Error, Need, Value,
    eval::{Halt, Outcome, check_weight},
    functions,
    output::Output,
};

/// Renders to text.
pub(crate) fn render(source: &str, text: &Text, environment: &Environment<'_>) -> Result<String, Error> {
    let mut walk = Walk::new(environment);
    walk.print(text).map_err(|halt| halt.into_plain_error(source, walk.budget.open))
}

/// Renders to a value.
pub(crate) fn evaluate(source: &str, text: &Text, environment: &Environment<'_>) -> Result<Json, Error> {
    let mut walk = Walk::new(environment);
    let rendered = match &text.pieces[..] {
        [Piece::Expression(expression)] => walk.refer(expression).and_then(|value| {
            check_weight(&value, &environment.limits)?;
            Ok(value.to_json())
        }),
        _ => walk.print(text).map(Json::String),
    };
    rendered.map_err(|halt| halt.into_plain_error(source, walk.budget.open))
}

impl<'e> Walk<'e> {
    /// The text. All that it needs from outside is asked for at once.
    fn print(&mut self, text: &Text) -> Result<String, Halt> {
        let mut output = Output::new(self.environment.limits.output_bytes);
        let mut is_pending = false;
        for piece in &text.pieces {
            let before = output.len();
            match piece {
                Piece::Literal(literal) => output.push(literal)?,
                Piece::Expression(expression) => match self.refer(expression) {
                    Ok(Value::Null) => output.push("null")?,
                    Ok(value) => output.print(&value)?,
                    Err(Halt::Pending) => is_pending = true,
                    Err(halt) => return Err(halt),
                },
            }
            self.budget.spend_bytes(output.len() - before)?;
        }
        if is_pending { Err(Halt::Pending) } else { Ok(output.into_text()) }
    }

    fn refer(&mut self, expression: &Expression) -> Outcome<'e> {
        match expression {
            Expression::Known(reference) => self.known(reference),
            Expression::Computed { text, may_be_secret } => {
                self.budget.enter()?;
                let text = self.print(text);
                self.budget.leave();
                let text = text?;
                self.budget.spend_walk(text.len())?;
                match Reference::read(&text) {
                    Reference::Secret(_) if !may_be_secret => Ok(Value::Null),
                    reference => self.known(&reference),
                }
            }
        }
    }

    fn known(&mut self, reference: &Reference) -> Outcome<'e> {
        match reference {
            Reference::Nothing => Ok(Value::text("")),
            Reference::Null => Ok(Value::Null),
            Reference::Path(path) => self.value(path),
            Reference::Secret(need) => self.ask(need),
        }
    }

    fn ask(&mut self, need: &Need) -> Outcome<'e> {
        functions::ask(need, self.environment.supplied, &mut self.budget)
    }
}
