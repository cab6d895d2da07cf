//! A tree in canonical source form: single spaces, single quotes where they do, parentheses only where the tree
//! would be another without them. Parsed again it is the same tree.
//!
//! Text is printed as it was kept: the dashes have done their work and are gone. Comments are gone too, except
//! for an empty one where two texts would become one.

mod expression;
mod literal;

#[cfg(test)]
mod tests;

use super::{Body, Statement, Tree, has_expression};
use literal::block_name;

/// A comment that keeps two texts apart, or makes a template of what would be a literal.
const NOTHING: &str = "{##}";

/// The canonical source of a tree that was parsed from this source.
pub(crate) fn print(source: &str, tree: &Tree) -> String {
    let mut printer = Printer { source, tree, out: String::new() };
    printer.body(&tree.body);
    if has_expression(&printer.out) { printer.out } else { NOTHING.to_owned() + &printer.out }
}

struct Printer<'t> {
    source: &'t str,
    tree: &'t Tree,
    out: String,
}

impl Printer<'_> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn pushed<const N: usize>(&mut self, texts: [&str; N]) {
        self.out.extend(texts);
    }

    fn body(&mut self, body: &Body) {
        let mut after_text = false;
        for statement in body {
            let is_text = matches!(statement, Statement::Text(_));
            if is_text && after_text {
                self.push(NOTHING);
            }
            after_text = is_text;
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Text(span) => self.text(span.of(self.source)),
            Statement::Raw(span) => self.pushed(["{% raw %}", span.of(self.source), "{% endraw %}"]),
            Statement::Print(value) => {
                self.push("{{ ");
                self.expression(value);
                self.push(" }}");
            }
            Statement::If { branches, otherwise } => {
                for (index, (condition, body)) in branches.iter().enumerate() {
                    self.push(if index == 0 { "{% if " } else { "{% elseif " });
                    self.expression(condition);
                    self.push(" %}");
                    self.body(body);
                }
                self.otherwise(otherwise);
                self.push("{% endif %}");
            }
            Statement::For { variable, iterable, body, otherwise } => {
                self.pushed(["{% for ", variable, " in "]);
                self.expression(iterable);
                self.push(" %}");
                self.body(body);
                self.otherwise(otherwise);
                self.push("{% endfor %}");
            }
            Statement::Set { name, value } => {
                self.pushed(["{% set ", name, " = "]);
                self.expression(value);
                self.push(" %}");
            }
            Statement::Block(index) => {
                let block = &self.tree.blocks[*index];
                self.pushed(["{% block ", &block_name(&block.name), " %}"]);
                self.body(&block.body);
                self.push("{% endblock %}");
            }
            Statement::Macro(index) => self.definition(*index),
            Statement::Filter { filters, body } => {
                self.push("{% filter ");
                self.separated(filters, " | ", Self::filter);
                self.push(" %}");
                self.body(body);
                self.push("{% endfilter %}");
            }
        }
    }

    /// What looks like a delimiter, or would with the one that follows, has to be told from one.
    fn text(&mut self, text: &str) {
        if has_expression(text) || text.ends_with('{') {
            self.pushed(["{% verbatim %}", text, "{% endverbatim %}"]);
        } else {
            self.push(text);
        }
    }

    fn otherwise(&mut self, body: &Body) {
        if !body.is_empty() {
            self.push("{% else %}");
            self.body(body);
        }
    }

    fn definition(&mut self, index: usize) {
        let defined = &self.tree.macros[index];
        self.pushed(["{% macro ", &defined.name, "("]);
        self.separated(&defined.parameters, ", ", |printer, (name, default)| {
            printer.push(name);
            if let Some(default) = default {
                printer.push("=");
                printer.expression(default);
            }
        });
        self.push(") %}");
        self.body(&defined.body);
        self.push("{% endmacro %}");
    }

    fn separated<T>(&mut self, items: &[T], separator: &str, print: impl Fn(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            print(self, item);
        }
    }
}
