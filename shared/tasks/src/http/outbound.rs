//! How far tasks may reach.

use std::{fmt, str::FromStr};

/// Which addresses tasks may call. Some are refused whatever is set: see [`Guard`](super::Guard).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Outbound {
    /// The internet, and nothing else.
    #[default]
    Public,
    /// Private networks too (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, `fc00::/7`), but not this machine.
    Private,
    /// This machine too.
    Any,
}

/// A text that is none of the three.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` does not say how far tasks may reach: it has to be `public`, `private` or `any`")]
pub struct NotOutbound(pub String);

impl FromStr for Outbound {
    type Err = NotOutbound;

    fn from_str(text: &str) -> Result<Self, NotOutbound> {
        match text {
            "public" => Ok(Self::Public),
            "private" => Ok(Self::Private),
            "any" => Ok(Self::Any),
            other => Err(NotOutbound(other.to_owned())),
        }
    }
}

impl fmt::Display for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Any => "any",
        })
    }
}
