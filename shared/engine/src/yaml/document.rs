//! Several documents in one text, as a request that validates or saves many flows at once carries them.

/// The documents of a text, which lines of `---` separate. Those of nothing but blanks and comments are left out.
///
/// Lines are then counted from the start of each document.
pub fn documents(source: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let (mut from, mut end) = (0, 0);
    for line in source.split_inclusive('\n') {
        if line.trim_end() == "---" {
            all.push(&source[from..end]);
            from = end + line.len();
        }
        end += line.len();
    }
    all.push(&source[from..]);
    all.retain(|document| !is_blank(document));
    all
}

fn is_blank(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}
