//! What `Authorization` says, or `X-Authorization`.

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use service::access::Credentials;

/// Where Conductor's clients show a token, without a scheme.
const X_AUTHORIZATION: &str = "x-authorization";

/// The credentials of a request: none without the header, and none when nobody can read it.
pub(super) fn credentials(headers: &HeaderMap) -> Option<Credentials> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        let token = headers.get(X_AUTHORIZATION)?.to_str().ok()?.trim();
        return (!token.is_empty()).then(|| Credentials::Bearer(token.to_owned()));
    };
    let value = value.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return (!rest.is_empty()).then(|| Credentials::Bearer(rest.to_owned()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some(Credentials::Basic { user: user.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<Credentials> {
        credentials(&HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())]))
    }

    fn basic(user: &str, password: &str) -> Credentials {
        Credentials::Basic { user: user.to_owned(), password: password.to_owned() }
    }

    #[test]
    fn both_schemes_are_read_and_a_password_may_have_colons() {
        assert!(read("Basic YWRtaW46YTpi") == Some(basic("admin", "a:b")));
        assert!(read("basic  YTo=") == Some(basic("a", "")));
        assert!(read("Bearer abc") == Some(Credentials::Bearer("abc".to_owned())));
    }

    #[test]
    fn a_token_of_conductors_clients_has_no_scheme() {
        let headers = |name: &'static str, value: &str| {
            HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
        };
        assert!(
            credentials(&headers("X-Authorization", "rt_a")) == Some(Credentials::Bearer("rt_a".to_owned()))
        );
        assert!(credentials(&headers("X-Authorization", "")).is_none());
    }

    #[test]
    fn what_cannot_be_read_is_no_credential() {
        for value in
            ["", "Basic", "Basic ", "Basic %%%", "Basic YWRtaW4=", "Basic /w==", "Bearer ", "Digest a", "x"]
        {
            assert!(read(value).is_none(), "{value}");
        }
    }
}
