//! The limits of a commit, in one place for all adapters.

use std::collections::HashSet;

use super::{BODY_BYTES_MAX, COMMIT_BYTES_MAX, Error, KEY_BYTES_MAX, SUMMARY_BYTES_MAX, WRITES_MAX, Write};

/// Characters of a key that an error shows.
const SHOWN_CHARACTERS: usize = 200;

/// Whether a store takes these writes at all. Every adapter asks before it does anything.
///
/// # Errors
/// [`Error::TooLarge`], which names the item, what it has and what it may have.
pub fn check(writes: &[Write]) -> Result<(), Error> {
    if writes.is_empty() || writes.len() > WRITES_MAX {
        return Err(Error::TooLarge(format!("a commit has 1 to {WRITES_MAX} writes, not {}", writes.len())));
    }
    let mut bytes = 0;
    for write in writes {
        bytes += check_write(write)?;
    }
    if bytes > COMMIT_BYTES_MAX {
        return Err(Error::TooLarge(format!(
            "the contents of a commit have at most {COMMIT_BYTES_MAX} bytes together, not {bytes}"
        )));
    }
    each_of_another_key(writes)
}

/// Gives the bytes of the content.
fn check_write(write: &Write) -> Result<usize, Error> {
    let key = write.key();
    let within = |what: &str, bytes: usize, min: usize, max: usize| {
        if (min..=max).contains(&bytes) {
            return Ok(());
        }
        let shown: String = key.to_string().chars().take(SHOWN_CHARACTERS).collect();
        Err(Error::TooLarge(format!("{what} of the item {shown} has {min} to {max} bytes, not {bytes}")))
    };
    within("the partition", key.partition.len(), 1, KEY_BYTES_MAX)?;
    within("the sort key", key.sort.len(), 1, KEY_BYTES_MAX)?;
    let content = match write {
        Write::Put { content, .. } => content,
        Write::Delete { .. } => return Ok(0),
    };
    within("the body", content.body.len(), 0, BODY_BYTES_MAX)?;
    let Some(entry) = &content.entry else {
        return Ok(content.body.len());
    };
    within("the list's name", entry.list.len(), 1, KEY_BYTES_MAX)?;
    within("the place", entry.place.len(), 1, KEY_BYTES_MAX)?;
    within("the summary", entry.summary.len(), 0, SUMMARY_BYTES_MAX)?;
    Ok(content.body.len() + entry.summary.len())
}

fn each_of_another_key(writes: &[Write]) -> Result<(), Error> {
    if writes.len() == 1 {
        return Ok(());
    }
    let mut seen = HashSet::with_capacity(writes.len());
    for write in writes {
        if !seen.insert(write.key()) {
            return Err(Error::TooLarge(format!(
                "a commit writes an item once, and {} stands twice in it",
                write.key()
            )));
        }
    }
    Ok(())
}
