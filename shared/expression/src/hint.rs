//! "Did you mean": the nearest known name to one that is unknown.

/// Names compared at most, so that a miss in a huge map costs no more than one in a small map.
pub(crate) const CANDIDATES_MAX: usize = 500;
/// Bytes of a name beyond which nobody has merely mistyped it.
const NAME_BYTES_MAX: usize = 64;

/// ` (did you mean `x`?)`, or nothing when no name is near.
pub(crate) fn did_you_mean<S: AsRef<str>>(unknown: &str, known: impl IntoIterator<Item = S>) -> String {
    nearest(unknown, known).map(|(_, name)| suggest(name.as_ref())).unwrap_or_default()
}

/// ` (did you mean `x`?)`.
pub(crate) fn suggest(name: &str) -> String {
    format!(" (did you mean `{name}`?)")
}

/// The name that is nearest, when one is near, and how many letters are wrong.
pub(crate) fn nearest<S: AsRef<str>>(
    unknown: &str,
    known: impl IntoIterator<Item = S>,
) -> Option<(usize, S)> {
    if unknown.len() > NAME_BYTES_MAX {
        return None;
    }
    let far = 1 + unknown.chars().count() / 4;
    let unknown = unknown.to_lowercase();
    known
        .into_iter()
        .take(CANDIDATES_MAX)
        .filter(|name| name.as_ref().len().abs_diff(unknown.len()) <= far)
        .map(|name| (distance(&unknown, &name.as_ref().to_lowercase()), name))
        .min_by_key(|&(distance, _)| distance)
        .filter(|&(distance, _)| distance <= far && distance < unknown.len())
}

/// Letters inserted, removed, replaced, or swapped with the next one.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    let mut last = None;
    for (above, letter) in from.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(above + 1);
        for (column, &other) in to.iter().enumerate() {
            let replaced = row[column] + usize::from(letter != other);
            let mut wrong = replaced.min(row[column + 1] + 1).min(next[column] + 1);
            if column > 0 && last == Some(other) && letter == to[column - 1] {
                wrong = wrong.min(before[column - 1] + 1);
            }
            next.push(wrong);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(letter);
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn only_near_names_are_offered() {
        let known = ["greeting", "upper", "id", "for"];
        let hints = ["greting", "GREETING", "uper", "x", "something", "ie", "fro", "gerteing"]
            .map(|name| did_you_mean(name, known))
            .join("|");
        insta::assert_snapshot!(hints, @" (did you mean `greeting`?)| (did you mean `greeting`?)| (did you mean `upper`?)||| (did you mean `id`?)| (did you mean `for`?)| (did you mean `greeting`?)");
    }
}
