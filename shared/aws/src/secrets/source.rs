//! Where secrets are.

use std::str::FromStr;

/// Bytes of a prefix.
const PREFIX_BYTES_MAX: usize = 200;

/// A service, and what the names of all secrets start with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    SecretsManager { prefix: String },
    Ssm { prefix: String },
}

/// What a source should look like.
pub(crate) const RIGHT: &str = "`secretsmanager:<prefix>` or `ssm:<prefix>`, where the prefix has letters, digits and \
                                `/`, `_`, `.` and `-`, and that of ssm a `/` at its start";

impl FromStr for Source {
    type Err = ();

    /// A place, and a prefix that is not empty. Without a prefix every secret of the account would be one of flows.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (service, prefix) = text.split_once(':').ok_or(())?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"/_.-".contains(&byte);
        if prefix.is_empty() || prefix.len() > PREFIX_BYTES_MAX || !prefix.bytes().all(fits) {
            return Err(());
        }
        match service {
            "secretsmanager" => Ok(Self::SecretsManager { prefix: prefix.to_owned() }),
            "ssm" if prefix.starts_with('/') => Ok(Self::Ssm { prefix: prefix.to_owned() }),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn a_source_is_a_service_and_a_prefix() {
        let prefix = "/roundtrip/prod/".to_owned();
        assert_eq!("ssm:/roundtrip/prod/".parse(), Ok(Source::Ssm { prefix }));
        let prefix = "roundtrip-".to_owned();
        assert_eq!("secretsmanager:roundtrip-".parse(), Ok(Source::SecretsManager { prefix }));
        for wrong in ["", "ssm", "ssm:", "ssm:a", "vault:a", "ssm:a:b", "ssm:a b", "ssm:*"] {
            assert_eq!(wrong.parse::<Source>(), Err(()), "{wrong}");
        }
    }
}
