//! "Did you mean": the known name that is least far from a written one.

use super::problems::Problems;

/// Longest name that is compared, in characters: the cost grows with the square.
const COMPARED_MAX: usize = 120;

/// `; did you mean "x"?`, or nothing. Nothing either once no more problems are kept: comparing costs the most of all.
pub(super) fn hint<'c>(
    problems: &Problems,
    written: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> String {
    if problems.is_full() {
        return String::new();
    }
    nearest(written, candidates).map_or_else(String::new, |it| format!("; did you mean \"{it}\"?"))
}

/// The candidate that is at most a third of its length away.
fn nearest<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if written.chars().count() > COMPARED_MAX {
        return None;
    }
    let written = written.to_lowercase();
    candidates
        .into_iter()
        .map(|it| (distance(&written, &it.to_lowercase()), it))
        .filter(|(distance, it)| *distance <= it.chars().count().max(3) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, it)| it)
}

/// Insertions, deletions and replacements from one text to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
