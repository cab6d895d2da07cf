//! What can be told from outside about encrypted texts.

use proptest::prelude::*;

use super::*;

/// 32 bytes.
const KEY: &str = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0ISE=";
/// "Hello World" under [`KEY`] and the nonce 000102…0b, by Python's `cryptography`.
const FOREIGN: &str = "AAECAwQFBgcICQoLLD4/zvt6TnXFV7vRCEW6DJ2YTghaG5mHljwK";
/// 24 bytes.
const OTHER: &str = "I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK";

fn key() -> Key {
    KEY.parse().unwrap()
}

#[test]
fn a_key_that_is_none_is_told_apart_and_never_repeated() {
    let said = |text: &str| text.parse::<Key>().unwrap_err().to_string();
    insta::assert_snapshot!(said("no base64!"), @"a key is base64, such as `openssl rand -base64 32` prints");
    insta::assert_snapshot!(said(OTHER), @"a key has 32 bytes, this one has 24; `openssl rand -base64 32` prints one of 32");
    insta::assert_snapshot!(Key::of_any_size("YQ==").unwrap_err(), @"a key has 16, 24 or 32 bytes, this one has 1; `openssl rand -base64 32` prints one of 32");
    assert!(Key::of_any_size(OTHER).is_ok());
    assert_eq!(format!("{:?}", key()), "Key(…)");
}

#[test]
fn the_form_is_that_of_others() {
    assert_eq!(key().open(FOREIGN).unwrap(), "Hello World");
}

#[test]
fn what_was_changed_is_not_opened() {
    let sealed = BASE64.decode(key().seal("Hello World", 1)).unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert_eq!(key().open(&BASE64.encode(changed)), Err(NotOpened));
    }
    assert_eq!(Key::of_any_size(OTHER).unwrap().open(&BASE64.encode(sealed)), Err(NotOpened));
    for other in ["", "AAAA", "Hello World"] {
        assert_eq!(key().open(other), Err(NotOpened));
    }
}

proptest! {
    #[test]
    fn opening_gives_what_was_sealed(text in any::<String>(), chance in any::<u128>()) {
        let sealed = key().seal(&text, chance);
        prop_assert_eq!(key().open(&sealed), Ok(text));
    }

    /// Under one key, a nonce belongs to one text.
    #[test]
    fn a_nonce_is_never_shared(one in any::<String>(), other in any::<String>(), chance in any::<u128>()) {
        let nonce = |text: &str| BASE64.decode(key().seal(text, chance)).unwrap()[..NONCE_LEN].to_vec();
        prop_assert_eq!(nonce(&one) == nonce(&other), one == other);
        prop_assert_ne!(key().seal(&one, chance), key().seal(&one, chance.wrapping_add(1)));
    }
}
