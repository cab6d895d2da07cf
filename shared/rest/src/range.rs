//! `Range` of a request for a file (RFC 9110): one range of bytes; anything else is answered with the whole file.

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// The part of a file that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    All,
    /// From the first byte to the last, both included; to the end when there is no last.
    From {
        first: u64,
        last: Option<u64>,
    },
    /// So many bytes at the end.
    Last(u64),
}

impl Asked {
    pub(crate) fn by(headers: &HeaderMap) -> Self {
        headers.get(header::RANGE).and_then(|value| parse(value.to_str().ok()?)).unwrap_or(Self::All)
    }

    /// The bytes of a file that has so many, which only its end asks for; they may lie beyond it.
    pub(crate) fn of(self, size: u64) -> Option<Range<u64>> {
        match self {
            Self::All => None,
            Self::From { first, last } => Some(first..last.map_or(u64::MAX, |last| last.saturating_add(1))),
            Self::Last(count) => Some(size.saturating_sub(count)..size),
        }
    }
}

fn parse(text: &str) -> Option<Asked> {
    let (unit, range) = text.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    match (first.trim(), last.trim()) {
        ("", last) => Some(Asked::Last(number(last)?)),
        (first, "") => Some(Asked::From { first: number(first)?, last: None }),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Asked::From { first, last: Some(last) })
        }
    }
}

fn number(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests;
