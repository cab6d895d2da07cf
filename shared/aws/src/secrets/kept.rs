//! What was read, for a while.

use std::{
    collections::HashMap,
    fmt,
    time::{Duration, Instant},
};

use ports::secrets::Error;

/// How long a text is given without asking again: so long a secret that was rotated is given as it was.
const KEPT: Duration = Duration::from_mins(5);
/// The same of what cannot be read: somebody is about to change it.
const MISSING_KEPT: Duration = Duration::from_secs(10);
/// Keys that are remembered.
const KEYS_MAX: usize = 1_000;

type Read = Result<String, Error>;

#[derive(Default)]
pub(super) struct Kept {
    answers: HashMap<String, (Read, Instant)>,
}

impl Kept {
    pub(super) fn get(&self, key: &str, now: Instant) -> Option<Read> {
        let (answer, at) = self.answers.get(key)?;
        is_fresh(answer, *at, now).then(|| answer.clone())
    }

    pub(super) fn put(&mut self, key: &str, answer: Read, now: Instant) {
        if self.answers.len() >= KEYS_MAX {
            self.answers.retain(|_, (answer, at)| is_fresh(answer, *at, now));
        }
        // So many different keys in so little time: nobody is better served by remembering one of them.
        if self.answers.len() >= KEYS_MAX {
            self.answers.clear();
        }
        self.answers.insert(key.to_owned(), (answer, now));
    }
}

fn is_fresh(answer: &Read, at: Instant, now: Instant) -> bool {
    now.duration_since(at) < if answer.is_ok() { KEPT } else { MISSING_KEPT }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kept({})", self.answers.len())
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use ports::secrets::Error;

    use super::{KEPT, KEYS_MAX, Kept, MISSING_KEPT};

    #[test]
    fn an_answer_is_kept_for_a_while() {
        let (mut kept, start) = (Kept::default(), Instant::now());
        kept.put("a", Ok("secret".to_owned()), start);
        kept.put("b", Err(Error::NotFound), start);
        let almost = |time: Duration| start + time.checked_sub(Duration::from_millis(1)).unwrap();
        assert_eq!(kept.get("a", almost(KEPT)), Some(Ok("secret".to_owned())));
        assert_eq!(kept.get("a", start + KEPT), None);
        assert_eq!(kept.get("b", almost(MISSING_KEPT)), Some(Err(Error::NotFound)));
        assert_eq!(kept.get("b", start + MISSING_KEPT), None);
        assert_eq!(format!("{kept:?}"), "Kept(2)");
    }

    #[test]
    fn no_more_than_so_many_are_kept() {
        let (mut kept, now) = (Kept::default(), Instant::now());
        for key in 0..3 * KEYS_MAX {
            kept.put(&key.to_string(), Err(Error::NotFound), now);
            assert!(kept.answers.len() <= KEYS_MAX);
        }
    }
}
