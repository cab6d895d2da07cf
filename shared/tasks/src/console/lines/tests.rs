use proptest::prelude::*;

use super::{LINE_CHARACTERS_MAX, Line, Lines, PROTOCOL_LINE_BYTES_MAX, pieces};

/// The lines of bytes that arrive in chunks of that size.
fn lines(bytes: &[u8], chunk: usize) -> Vec<Line> {
    let mut lines = Lines::default();
    let mut found = Vec::new();
    for part in bytes.chunks(chunk) {
        lines.push(part);
        found.extend(std::iter::from_fn(|| lines.next()));
        assert!(lines.pending.len() <= PROTOCOL_LINE_BYTES_MAX + chunk);
    }
    found.extend(std::iter::from_fn(|| lines.last()));
    found
}

fn texts(bytes: &[u8], chunk: usize) -> Vec<String> {
    lines(bytes, chunk)
        .into_iter()
        .map(|line| match line {
            Line::Text(text) => text,
            Line::Protocol(text) => format!("protocol {text}"),
            Line::Overlong => "overlong".to_owned(),
        })
        .collect()
}

#[test]
fn a_line_ends_as_in_java() {
    for chunk in 1..20 {
        assert_eq!(texts(b"a\nb\r\nc\rd\n\n\re", chunk), ["a", "b", "c", "d", "", "", "e"], "{chunk}");
        assert_eq!(texts(b"a\r\n\r\n", chunk), ["a", ""], "{chunk}");
        assert_eq!(texts(b"", chunk), [""; 0]);
    }
}

#[test]
fn a_long_line_comes_in_pieces() {
    for (length, sizes) in [
        (LINE_CHARACTERS_MAX - 1, vec![LINE_CHARACTERS_MAX - 1]),
        (LINE_CHARACTERS_MAX, vec![LINE_CHARACTERS_MAX]),
        (LINE_CHARACTERS_MAX + 1, vec![LINE_CHARACTERS_MAX, 1]),
        (LINE_CHARACTERS_MAX * 2, vec![LINE_CHARACTERS_MAX; 2]),
        (LINE_CHARACTERS_MAX * 8, vec![LINE_CHARACTERS_MAX; 8]),
    ] {
        for letter in ["a", "é", "日", "🦀"] {
            for chunk in [1_000, 4_096, 40_960, 1_000_000] {
                let found = texts(format!("{}\nend", letter.repeat(length)).as_bytes(), chunk);
                let characters: Vec<usize> = found.iter().map(|it| it.chars().count()).collect();
                assert_eq!(characters[..characters.len() - 1], sizes, "{length} {letter} {chunk}");
                assert_eq!(found.last().unwrap(), "end");
            }
        }
    }
}

#[test]
fn a_protocol_line_is_not_cut() {
    let long = format!("::{{\"a\":\"{}\"}}::", "x".repeat(100_000));
    assert_eq!(
        lines(format!("{long}\r\nb\n").as_bytes(), 1_000),
        [Line::Protocol(long), Line::Text("b".into())]
    );
}

#[test]
fn only_a_whole_line_is_a_protocol_line() {
    for text in [" ::{}::", "::{}:: ", "::{}", "::[]::", "::{}::x"] {
        assert_eq!(lines(text.as_bytes(), 3), [Line::Text(text.into())]);
    }
    let split = format!("{}::{{}}::", "x".repeat(LINE_CHARACTERS_MAX));
    assert_eq!(texts(split.as_bytes(), 100)[1], "::{}::");
}

#[test]
fn an_overlong_protocol_line_is_told_and_then_text() {
    let long = format!("::{{{}}}::\nnext", "x".repeat(PROTOCOL_LINE_BYTES_MAX));
    for chunk in [1_000, 10_000_000] {
        let mut found = texts(long.as_bytes(), chunk);
        assert_eq!(found.remove(0), "overlong");
        assert!(found.iter().all(|it| it.chars().count() <= LINE_CHARACTERS_MAX));
        assert_eq!(found.concat(), long.replace('\n', ""));
        assert_eq!(found.last().unwrap(), "next");
    }
}

#[test]
fn a_text_in_pieces() {
    assert_eq!(pieces("").collect::<Vec<_>>(), [""]);
    assert_eq!(pieces("a\nb").collect::<Vec<_>>(), ["a\nb"]);
    let sizes: Vec<usize> = pieces(&"é".repeat(25_000)).map(|it| it.chars().count()).collect();
    assert_eq!(sizes, [10_240, 10_240, 4_520]);
}

proptest! {
    #[test]
    fn how_bytes_arrive_makes_no_difference(
        bytes in prop::collection::vec(prop::sample::select(b"a:{}\r\n\xc3\xa9\xff".to_vec()), 0..60),
        chunk in 1_usize..60,
    ) {
        prop_assert_eq!(lines(&bytes, chunk), lines(&bytes, 1_000));
    }
}
