//! A pattern that a whole text must match, as `matches()` of Java has it.

use regex::RegexBuilder;

/// Bytes that a pattern may need once compiled; one that needs more is refused.
const COMPILED_BYTES_MAX: usize = 1 << 20;

/// A pattern and what it compiles to.
#[derive(Debug, Clone)]
pub struct Validator {
    /// As it is written in the flow.
    pub pattern: String,
    /// Matches the whole of a text or nothing; made by [`Validator::new`].
    pub regex: regex::Regex,
}

impl Validator {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// What is wrong with it. Look-around and back-references are: matching takes linear time.
    pub fn new(pattern: &str) -> Result<Self, regex::Error> {
        let compile = |pattern: &str| RegexBuilder::new(pattern).size_limit(COMPILED_BYTES_MAX).build();
        // By itself first: `a)|(b` is a pattern only between the parentheses added here.
        compile(pattern)?;
        let regex = compile(&format!(r"\A(?:{pattern})\z"))?;
        Ok(Self { pattern: pattern.to_owned(), regex })
    }
}
