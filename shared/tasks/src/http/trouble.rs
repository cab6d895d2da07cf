//! Why a request has no response.

/// What went wrong on the way, in the words of a task's failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The guard says no, as it will the next time.
    Refused(String),
    /// Anything else: another try may fare better.
    Unknown(String),
}

impl Trouble {
    pub(super) fn map(self, say: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Refused(message) => Self::Refused(say(message)),
            Self::Unknown(message) => Self::Unknown(say(message)),
        }
    }
}

impl From<String> for Trouble {
    fn from(message: String) -> Self {
        Self::Unknown(message)
    }
}

impl From<Trouble> for String {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(message) | Trouble::Unknown(message) => message,
        }
    }
}
