//! Patterns of Java's `DecimalFormat`: `#,##0.00`, `0.#%`, `'No. '000`, `0.##E0`, `0.00;(0.00)`.

use crate::excerpt::repeated;

/// Digits that a pattern may ask for on either side of the point, and of an exponent.
const DIGITS_MAX: usize = 100;

#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) prefix: String,
    pub(super) suffix: String,
    /// Prefix and suffix of negative numbers, which otherwise have a `-` before them.
    pub(super) negative: Option<(String, String)>,
    pub(super) whole_min: usize,
    pub(super) fraction_min: usize,
    pub(super) fraction_max: usize,
    /// Digits between two commas; none when there is no comma.
    pub(super) group: Option<usize>,
    /// 100 with a `%`, 1,000 with a `‰`.
    pub(super) factor: f64,
    pub(super) exponent: Option<Exponent>,
}

#[derive(Debug)]
pub(super) struct Exponent {
    /// Digits of the exponent.
    pub(super) digits_min: usize,
    /// Digits before the point.
    pub(super) whole_max: usize,
}

/// How far the reading of a pattern has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Prefix,
    Whole,
    Fraction,
    Exponent,
    Suffix,
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let malformed = |why: &str| format!("Malformed pattern \"{}\": {why}", repeated(text));
        let (positive, negative) = halves(text);
        let mut pattern = Self::half(positive).map_err(malformed)?;
        if let Some(negative) = negative {
            // Of the second pattern only what stands around the digits counts.
            let Self { prefix, suffix, .. } = Self::half(negative).map_err(malformed)?;
            let differs = prefix != pattern.prefix || suffix != pattern.suffix;
            pattern.negative = differs.then_some((prefix, suffix));
        }
        Ok(pattern)
    }

    fn half(text: &str) -> Result<Self, &'static str> {
        let mut pattern = Self {
            prefix: String::new(),
            suffix: String::new(),
            negative: None,
            whole_min: 0,
            fraction_min: 0,
            fraction_max: 0,
            group: None,
            factor: 1.0,
            exponent: None,
        };
        let (mut place, mut quoted, mut whole_max) = (Place::Prefix, false, 0);
        for letter in text.chars() {
            match (letter, place) {
                ('\'', _) => quoted = !quoted,
                (_, Place::Prefix) if quoted => pattern.prefix.push(letter),
                ('#' | '0', Place::Prefix | Place::Whole) if !quoted => {
                    place = Place::Whole;
                    whole_max += 1;
                    pattern.whole_min += usize::from(letter == '0');
                    pattern.group = pattern.group.map(|size| size + 1);
                }
                ('#' | '0', Place::Fraction) if !quoted => {
                    pattern.fraction_max += 1;
                    pattern.fraction_min += usize::from(letter == '0');
                }
                (',', Place::Prefix | Place::Whole) if !quoted => pattern.group = Some(0),
                ('.', Place::Prefix | Place::Whole) if !quoted => place = Place::Fraction,
                ('E', Place::Whole | Place::Fraction) if !quoted => {
                    place = Place::Exponent;
                    pattern.exponent = Some(Exponent { digits_min: 0, whole_max });
                }
                ('0', Place::Exponent) if !quoted => {
                    if let Some(exponent) = &mut pattern.exponent {
                        exponent.digits_min += 1;
                    }
                }
                ('#' | '0' | ',' | '.', _) if !quoted => return Err("digits after the end of the number"),
                (_, Place::Prefix) => {
                    pattern.factor = factor(letter).unwrap_or(pattern.factor);
                    pattern.prefix.push(letter);
                }
                (_, Place::Whole | Place::Fraction | Place::Exponent | Place::Suffix) => {
                    place = Place::Suffix;
                    pattern.factor = factor(letter).filter(|_| !quoted).unwrap_or(pattern.factor);
                    pattern.suffix.push(letter);
                }
            }
        }
        pattern.checked(whole_max)
    }

    fn checked(mut self, whole_max: usize) -> Result<Self, &'static str> {
        // Java: `#.##` writes the zero of 0.5 and `#.00` does not.
        if self.fraction_max > 0 && self.fraction_min == 0 {
            self.whole_min = self.whole_min.max(1);
        }
        if self.group == Some(0) {
            return Err("nothing after the comma");
        }
        if let Some(exponent) = &self.exponent
            && (exponent.digits_min == 0 || whole_max == 0 || self.group.is_some())
        {
            return Err("an exponent takes digits before it and `0` behind it, and no comma");
        }
        let exponent_digits = self.exponent.as_ref().map_or(0, |exponent| exponent.digits_min);
        if whole_max.max(self.fraction_max).max(exponent_digits) > DIGITS_MAX {
            return Err("too many digits");
        }
        Ok(self)
    }
}

fn factor(letter: char) -> Option<f64> {
    match letter {
        '%' => Some(100.0),
        '‰' => Some(1_000.0),
        _ => None,
    }
}

/// What stands before and after the first `;` that is not quoted.
fn halves(text: &str) -> (&str, Option<&str>) {
    let mut quoted = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '\'' => quoted = !quoted,
            ';' if !quoted => return (&text[..at], Some(&text[at + 1..])),
            _ => {}
        }
    }
    (text, None)
}
