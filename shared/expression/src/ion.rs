//! Amazon Ion as text, the form in which Kestra keeps rows of data: JSON with bare keys, and with types of its own.
//!
//! ```text
//! {id:1,price:1.5e0,'first name':"Ada",at:2024-05-06T07:08:09Z,nothing:null}
//! ```

mod read;
mod write;

pub(crate) use read::read;
pub use read::{IonRows, ion_rows};
pub(crate) use write::write;

/// Words that mean something as they stand, so that a key of that name is quoted.
const KEYWORDS: [&str; 4] = ["null", "true", "false", "nan"];

/// Whether a word stands for itself without quotes.
fn is_identifier(word: &str) -> bool {
    let begins = |letter: char| letter.is_ascii_alphabetic() || letter == '_' || letter == '$';
    word.starts_with(begins)
        && word.chars().all(|letter| begins(letter) || letter.is_ascii_digit())
        && !KEYWORDS.contains(&word)
        // `$10` is the tenth symbol of a table.
        && !word.strip_prefix('$').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|it| it.is_ascii_digit()))
}
