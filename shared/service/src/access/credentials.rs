//! What callers show, and what the operator set.

use std::{fmt, str::FromStr};

/// What a request shows.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    Basic { user: String, password: String },
    Bearer(String),
}

/// Who has to say who he is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    pub callers: Callers,
    /// An administrator that is not stored.
    pub user: Option<User>,
}

/// Whom a deployment answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Callers {
    /// Everybody, until there is a user or a token.
    #[default]
    AnybodyAtFirst,
    /// Whoever shows a credential.
    Known,
    /// Whoever somebody before this process let in, and told it the name of. Each of them may do everything.
    Vouched,
    /// Everybody, whatever there is: nobody looks at who asks.
    Anybody,
}

impl Rules {
    pub(crate) const fn is_required(&self) -> bool {
        match self.callers {
            Callers::AnybodyAtFirst => self.user.is_some(),
            Callers::Known | Callers::Vouched => true,
            Callers::Anybody => false,
        }
    }
}

/// A user as the operator sets it: `user:password`.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    pub(super) name: String,
    pub(super) password: String,
}

impl FromStr for User {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some((name, password)) if !name.is_empty() && !password.is_empty() => {
                Ok(Self { name: name.to_owned(), password: password.to_owned() })
            }
            Some(_) | None => Err("a user is given as `user:password`, neither empty"),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("User")
    }
}
