use proptest::prelude::*;

use super::Globs;

fn matches(pattern: &str, path: &str) -> bool {
    Globs::new(&[pattern.to_owned()]).unwrap().matches(path)
}

#[test]
fn a_pattern_names_files() {
    for (pattern, yes, no) in [
        ("*.csv", vec!["a.csv", ".csv"], vec!["a.csv2", "d/a.csv", "acsv"]),
        ("./out/*", vec!["out/a"], vec!["out", "out/d/a", "xout/a"]),
        ("/out.txt", vec!["out.txt"], vec!["d/out.txt"]),
        ("**/*.csv", vec!["a.csv", "d/a.csv", "d/e/a.csv"], vec!["d/a.txt"]),
        ("d/**", vec!["d/a", "d/e/a"], vec!["d", "e/d/a"]),
        ("**", vec!["a", "d/a", "zwei\nzeilen"], vec![]),
        ("a?c", vec!["abc", "aéc"], vec!["ac", "a/c"]),
        ("[a-c]x", vec!["ax", "cx"], vec!["dx", "-x", "x"]),
        ("[!a-c]x", vec!["dx", "éx"], vec!["ax", "/x"]),
        ("[]-]x", vec!["]x", "-x"], vec!["ax"]),
        ("[&&~~^]x", vec!["&x", "~x", "^x"], vec!["ax"]),
        ("*.{csv,json}", vec!["a.csv", "a.json"], vec!["a.csvjson", "a.{csv,json}"]),
        ("a\\*b", vec!["a*b"], vec!["axb"]),
        ("a+(b).$", vec!["a+(b).$"], vec!["aab."]),
        ("glob:*.csv", vec!["a.csv"], vec!["a.txt"]),
        ("a,b}", vec!["a,b}"], vec!["a"]),
    ] {
        for path in yes {
            assert!(matches(pattern, path), "{pattern} names {path}");
        }
        for path in no {
            assert!(!matches(pattern, path), "{pattern} does not name {path}");
        }
    }
}

#[test]
fn a_bad_pattern_is_refused() {
    let refusals: Vec<String> =
        ["", "/", "[a", "[", "[!", "{a", "{a,{b}}", "a\\", "[a/b]", "[z-a]", "regex:.*"]
            .iter()
            .map(|it| Globs::new(&[(*it).to_owned()]).unwrap_err())
            .collect();
    insta::assert_snapshot!(refusals.join("\n"), @r#"
    pattern ``: it is empty
    pattern `/`: it is empty
    pattern `[a`: a `[` has no `]`
    pattern `[`: a `[` has no `]`
    pattern `[!`: a `[` has no `]`
    pattern `{a`: a `{` has no `}`
    pattern `{a,{b}}`: a `{` within `{` is not allowed
    pattern `a\`: nothing follows the last `\`
    pattern `[a/b]`: a `/` within `[` and `]` is not allowed
    pattern `[z-a]`: it is not a pattern of files
    pattern `regex:.*`: regular expressions are not built here, write a glob such as `*.csv`
    "#);
    assert!(Globs::new(&vec!["a".to_owned(); 101]).is_err());
    assert!(Globs::new(&["a".repeat(1_025)]).is_err());
}

proptest! {
    #[test]
    fn no_pattern_panics(pattern in r"[\[\]{}*?!\\,/a-c^&~é.-]{0,12}", path in "[a-c/é]{0,8}") {
        if let Ok(globs) = Globs::new(&[pattern]) {
            globs.matches(&path);
        }
    }

    #[test]
    fn a_plain_name_names_itself(name in "[a-zA-Z0-9._ é+$^()|-]{1,12}") {
        prop_assert!(matches(&name, &name));
    }
}
