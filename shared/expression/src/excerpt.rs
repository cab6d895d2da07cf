//! A place in a source, for people: the line, and carets under what is meant.
//!
//! Apart, because a terminal does not count as Unicode does: wide letters take two columns, combining ones none.

use std::{borrow::Cow, ops::Range};

/// Columns of the line that are shown. Of a longer one, what is around the place.
const COLUMNS_MAX: usize = 120;
/// Columns before the place that are shown of a line that is too long.
const COLUMNS_BEFORE: usize = 40;
/// What a tab is shown as: how wide one is, nobody can know.
const TAB: &str = "    ";
/// What a letter that would not be seen, or would move the caret, is shown as.
const UNPRINTABLE: &str = "\u{fffd}";
const CUT: char = '…';
/// Bytes of a text, such as a pattern, that a message repeats before it says what is wrong with it.
const REPEATED_BYTES_MAX: usize = 200;

/// A text as a message repeats it.
pub(crate) fn repeated(text: &str) -> Cow<'_, str> {
    cut(text, REPEATED_BYTES_MAX)
}

/// The beginning of a text that is longer.
pub(crate) fn cut(text: &str, bytes_max: usize) -> Cow<'_, str> {
    if text.len() <= bytes_max {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}{CUT}", &text[..text.floor_char_boundary(bytes_max)]))
}

/// Three lines: `line 2, column 5`, that line of the source, and carets under these bytes of it.
pub(crate) fn place(source: &str, span: Range<usize>) -> String {
    let start = source.floor_char_boundary(span.start);
    let line_start = source[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = source[start..].find('\n').map_or(source.len(), |at| start + at);
    let line_number = 1 + source[..start].matches('\n').count();
    let column = 1 + source[line_start..start].chars().count();
    let end = source.floor_char_boundary(span.end).clamp(start, line_end);

    let (before, is_cut_before) = if columns(&source[line_start..line_end]) <= COLUMNS_MAX {
        (&source[line_start..start], false)
    } else {
        last_columns(&source[line_start..start], COLUMNS_BEFORE)
    };
    let marked = first_columns(&source[start..end], COLUMNS_MAX - columns(before));
    let rest = &source[start + marked.len()..line_end];
    let after = first_columns(rest, COLUMNS_MAX - columns(before) - columns(marked));
    let is_cut_after = !rest[after.len()..].trim_end().is_empty();

    let mut shown = String::new();
    if is_cut_before {
        shown.push(CUT);
    }
    for letter in [before, marked, after].into_iter().flat_map(str::chars) {
        push_shown(&mut shown, letter);
    }
    let mut shown = shown.trim_end().to_owned();
    if is_cut_after {
        shown.push(CUT);
    }
    let margin = " ".repeat(columns(before) + usize::from(is_cut_before));
    let carets = "^".repeat(columns(marked).max(1));
    format!("line {line_number}, column {column}\n   | {shown}\n   | {margin}{carets}")
}

/// The end of a text, as much as fits, and whether something is missing.
fn last_columns(text: &str, columns_max: usize) -> (&str, bool) {
    let mut left = columns_max;
    for (at, letter) in text.char_indices().rev() {
        match left.checked_sub(width_of(letter)) {
            Some(less) => left = less,
            None => return (&text[at + letter.len_utf8()..], true),
        }
    }
    (text, false)
}

/// As much of the beginning as fits.
fn first_columns(text: &str, columns_max: usize) -> &str {
    let mut left = columns_max;
    for (at, letter) in text.char_indices() {
        match left.checked_sub(width_of(letter)) {
            Some(less) => left = less,
            None => return &text[..at],
        }
    }
    text
}

fn columns(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

fn push_shown(shown: &mut String, letter: char) {
    match letter {
        '\t' => shown.push_str(TAB),
        '\r' => {}
        letter if is_hidden(letter) => shown.push_str(UNPRINTABLE),
        letter => shown.push(letter),
    }
}

/// Letters that control the terminal, or the direction in which it writes.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// Columns that a terminal gives a letter, as nearly as ranges of the scripts that are written wide can tell.
fn width_of(letter: char) -> usize {
    match letter {
        '\t' => TAB.len(),
        // What is not shown, combining marks, joiners, selectors of a variant.
        '\r'
        | '\u{300}'..='\u{36f}'
        | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}'
        | '\u{200b}'..='\u{200f}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}'
        | '\u{feff}' => 0,
        // Hangul, Chinese, Japanese, full-width forms, pictures.
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97c}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1f9ff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place of the part between two `§`.
    fn shown(marked: &str) -> String {
        let start = marked.find('§').expect("a first mark");
        let end = marked.rfind('§').expect("a second mark") - '§'.len_utf8();
        format!("{}\n", place(&marked.replace('§', ""), start..end))
    }

    #[test]
    fn carets_stand_under_what_is_meant() {
        let long = format!("{}§missing§{}", "a ".repeat(500), " b".repeat(500));
        let places = [
            "{{ §a§ }}",
            "one\r\ntwo\r\n{{ a | §uper§ }}\r\nfour",
            "{{ 'größe' ~ §a§ }}",
            "{{ '日本語 🎉 x\u{301}' ~ §日本§ }}",
            "\t{{\t§a§ }}",
            "{{ a§§",
            "{{ §a +\n b§ }}",
            "{{ '\u{1b}[31m\u{202e}' ~ §a§ }}",
            &long,
            &format!("{{{{ §{}§ }}}}", "x".repeat(500)),
            &format!("{{{{ §a§ }}}}{}", "x".repeat(500)),
            "",
        ]
        .map(|it| if it.is_empty() { place("", 0..0) } else { shown(it) });
        insta::assert_snapshot!(places.concat(), @"
        line 1, column 4
           | {{ a }}
           |    ^
        line 3, column 8
           | {{ a | uper }}
           |        ^^^^
        line 1, column 14
           | {{ 'größe' ~ a }}
           |              ^
        line 1, column 17
           | {{ '日本語 🎉 x́' ~ 日本 }}
           |                    ^^^^
        line 1, column 5
           |     {{    a }}
           |           ^
        line 1, column 5
           | {{ a
           |     ^
        line 1, column 4
           | {{ a +
           |    ^^^
        line 1, column 15
           | {{ '�[31m�' ~ a }}
           |               ^
        line 1, column 1001
           | …a a a a a a a a a a a a a a a a a a a a missing b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b…
           |                                          ^^^^^^^
        line 1, column 4
           | {{ xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
           |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        line 1, column 4
           | {{ a }}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
           |    ^
        line 1, column 1
           | 
           | ^
        ");
    }

    #[test]
    fn any_span_has_a_place() {
        let source = "é日\t\n{{ x }}\u{301}";
        for start in 0..source.len() + 3 {
            for end in 0..source.len() + 3 {
                assert_eq!(place(source, start..end).lines().count(), 3, "{start}..{end}");
            }
        }
        let line = "日本語x".repeat(1_000);
        for start in 0..line.len() {
            let place = place(&line, start..start + 900);
            let widest = place.lines().map(columns).max().expect("three lines");
            assert!(widest <= COLUMNS_MAX + 10, "{place}");
        }
    }
}
