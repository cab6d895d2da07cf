//! What parses, what does not, and what the reader is told.

use insta::assert_snapshot;
use proptest::prelude::*;

use crate::{Template, testing::table};

/// Each template with its refusal: the message, and the part of the source that it is about.
fn refusals<const N: usize>(sources: [&str; N]) -> String {
    let lines = sources.map(|source| match Template::parse(source) {
        Ok(_) => format!("{source}  ->  parsed\n"),
        Err(error) => {
            let part = &source[error.span.clone()];
            format!("{source}  ->  {error} at `{part}`, line {}\n", error.line)
        }
    });
    lines.concat()
}

#[test]
fn text_without_delimiters_is_a_literal() {
    for text in ["", "plain", "a { b } c }} %} #}", "{ \"a\": 1 }"] {
        assert_eq!(Template::parse(text).unwrap().literal(), Some(text));
    }
    assert_eq!(Template::parse("{{ a }}").unwrap().literal(), None);
    assert_eq!(Template::parse("{# a #}").unwrap().literal(), None);
    assert_eq!(Template::parse("{{ a }}").unwrap().source(), "{{ a }}");
}

#[test]
fn operators_bind_as_in_pebble() {
    assert_snapshot!(table([
        "2 + 3 * 4 - 1",
        "10 - 2 - 3",
        "not one == 2",
        "missing ?? 1 + 1",
        "'a' ~ 1 + 2",
        "missing ?? 'a' | upper",
        "yes ? 'a' : 'b' | upper",
        "list | length > 2",
        "1..2 + [3]",
        "missing is defined or one is odd and 'x' is not empty",
        "-2 | abs",
        "1 + 1 is even",
        "no ?? false ? 1 : yes ? 2 : 3",
    ]), @r#"
    2 + 3 * 4 - 1  ->  13
    10 - 2 - 3  ->  5
    not one == 2  ->  false
    missing ?? 1 + 1  ->  2
    'a' ~ 1 + 2  ->  "a12"
    missing ?? 'a' | upper  ->  "A"
    yes ? 'a' : 'b' | upper  ->  "a"
    list | length > 2  ->  true
    1..2 + [3]  ->  [1,2,3]
    missing is defined or one is odd and 'x' is not empty  ->  true
    -2 | abs  ->  2
    1 + 1 is even  ->  true
    no ?? false ? 1 : yes ? 2 : 3  ->  2
    "#);
}

#[test]
fn literals_are_pebbles() {
    assert_snapshot!(table([
        "7L",
        "1.50",
        "'it\\'s'",
        "\"a#{ text ~ \"#{one}\" }b\"",
        "'no #{hole}'",
        "'a\\nb'",
        "[1, [2], ]",
        "{'a': {'b': 1}, text: 2, 'a': 3}",
        "NONE",
        "({'a': 1}).a + ([2])[0]",
        "9223372036854775807 + 1",
    ]), @r##"
    7L  ->  7
    1.50  ->  1.5
    'it\'s'  ->  "it's"
    "a#{ text ~ "#{one}" }b"  ->  "ahello1b"
    'no #{hole}'  ->  "no #{hole}"
    'a\nb'  ->  "a\\nb"
    [1, [2], ]  ->  [1,[2]]
    {'a': {'b': 1}, text: 2, 'a': 3}  ->  {"a":3,"hello":2}
    NONE  ->  null
    ({'a': 1}).a + ([2])[0]  ->  3
    9223372036854775807 + 1  ->  -9223372036854775808
    "##);
}

#[test]
fn dashes_trim_and_comments_vanish() {
    assert_snapshot!(table([
        "a {%- if yes -%} b {%- endif -%} c",
        "a {# {% no %} {{ no #}b{% set x = 1 %}",
        "{% verbatim %} {{ no }} {% endverbatim %}",
        "a {%- verbatim -%} {{ no }} {%- endverbatim -%} b",
        "a {%- raw -%} {% no %} {%- endraw -%} b",
        "{% set x = 1 %} {{- x -}} .",
    ]), @r#"
    a {%- if yes -%} b {%- endif -%} c  ->  "abc"
    a {# {% no %} {{ no #}b{% set x = 1 %}  ->  "a b"
    {% verbatim %} {{ no }} {% endverbatim %}  ->  " {{ no }} "
    a {%- verbatim -%} {{ no }} {%- endverbatim -%} b  ->  "a{{ no }}b"
    a {%- raw -%} {% no %} {%- endraw -%} b  ->  "a  {% no %}  b"
    {% set x = 1 %} {{- x -}} .  ->  "1."
    "#);
}

#[test]
fn a_refusal_says_what_and_where() {
    assert_snapshot!(refusals([
        "{{ a",
        "{{ }}",
        "line one\n{{ a b }}",
        "{{ 'abc }}",
        "{{ \"a#{b }}",
        "{{ (1 }}",
        "{{ a } }}",
        "{{ list.0 }}",
        "{{ [1, 2][0] }}",
        "{{ a in b }}",
        "{{ a && b }}",
        "{{ a || b }}",
        "{{ a = b }}",
        "{{ 99999999999999999999 }}",
        "{{ a | uper }}",
        "{{ a | toIon }}",
        "{{ rendr(a) }}",
        "{{ fromIon(a) }}",
        "{{ a is defind }}",
        "{{ a | join(by=',') }}",
        "{{ a | upper(1) }}",
        "{{ a | join(separator=',', 1) }}",
        "{{ max(x=1) }}",
        "{% if a %}b",
        "{% if a %}b{% endfor %}",
        "{% includ 'x' %}",
        "{% include 'x' %}",
        "{% blok a %}",
        "{% for a of b %}{% endfor %}",
        "{% macro a() %}{% endmacro %}{% macro a() %}{% endmacro %}",
        "{% raw %} {{ a }}",
        "{# a",
    ]), @r#"
    {{ a  ->  Unexpected token of value "null" and type EOF, expected token of type PRINT_END at ``, line 1
    {{ }}  ->  Unexpected token "PRINT_END" of value "}}" at `}}`, line 1
    line one
    {{ a b }}  ->  Unexpected token of value "b" and type NAME, expected token of type PRINT_END at `b`, line 2
    {{ 'abc }}  ->  Unclosed string at `'`, line 1
    {{ "a#{b }}  ->  Unclosed string at ``, line 1
    {{ (1 }}  ->  Unexpected "}" at `}`, line 1
    {{ a } }}  ->  Unexpected "}" at `}`, line 1
    {{ list.0 }}  ->  Unexpected token of value "0" and type NUMBER, expected token of type NAME (an index is written `[0]`) at `0`, line 1
    {{ [1, 2][0] }}  ->  Unexpected token of value "[" and type PUNCTUATION, expected token of type PRINT_END (to index a list literal write `([1, 2])[0]`) at `[`, line 1
    {{ a in b }}  ->  Unexpected token of value "in" and type NAME, expected token of type PRINT_END (to look into a list write `list contains x`) at `in`, line 1
    {{ a && b }}  ->  Unexpected character [&] (write `and`) at `&`, line 1
    {{ a || b }}  ->  Unexpected token of value "|" and type PUNCTUATION, expected token of type NAME (write `or`) at `|`, line 1
    {{ a = b }}  ->  Unexpected token of value "=" and type PUNCTUATION, expected token of type PRINT_END (write `==`) at `=`, line 1
    {{ 99999999999999999999 }}  ->  99999999999999999999 does not fit in 64 bits at `99999999999999999999`, line 1
    {{ a | uper }}  ->  Filter [uper] does not exist. (did you mean `upper`?) at `uper`, line 1
    {{ a | toIon }}  ->  Filter [toIon] is known to Kestra but not built yet. at `toIon`, line 1
    {{ rendr(a) }}  ->  Function or Macro [rendr] does not exist. (did you mean `render`?) at `rendr`, line 1
    {{ fromIon(a) }}  ->  Function [fromIon] is known to Kestra but not built yet. at `fromIon`, line 1
    {{ a is defind }}  ->  Test [defind] does not exist. (did you mean `defined`?) at `defind`, line 1
    {{ a | join(by=',') }}  ->  The following named argument does not exist: by (known are separator) at `,`, line 1
    {{ a | upper(1) }}  ->  `upper` takes no arguments at `1`, line 1
    {{ a | join(separator=',', 1) }}  ->  Positional arguments must be declared before any named arguments. at `1`, line 1
    {{ max(x=1) }}  ->  The following named argument does not exist: x (it takes none by name) at `1`, line 1
    {% if a %}b  ->  Unexpected end of template: expected elseif or else or endif at ``, line 1
    {% if a %}b{% endfor %}  ->  Unexpected tag name "endfor" at `endfor`, line 1
    {% includ 'x' %}  ->  Unexpected tag name "includ" at `includ`, line 1
    {% include 'x' %}  ->  Unexpected tag name "include" (Kestra does not have this tag of Pebble) at `include`, line 1
    {% blok a %}  ->  Unexpected tag name "blok" (did you mean `block`?) at `blok`, line 1
    {% for a of b %}{% endfor %}  ->  Expected `in`: write `for a in list` at `of`, line 1
    {% macro a() %}{% endmacro %}{% macro a() %}{% endmacro %}  ->  More than one macro can not share the same name: a at `a`, line 1
    {% raw %} {{ a }}  ->  Missing `{% endraw %}` for `raw` at `{% raw %}`, line 1
    {# a  ->  Unclosed comment at `{#`, line 1
    "#);
}

#[test]
fn nesting_ends_before_the_stack_does() {
    let nested = |open: &str, inner: &str, close: &str, times: usize| {
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };
    for (open, close) in
        [("(", ")"), ("[", "]"), ("max(", ")"), ("1 | default(", ")"), ("list[", "]"), ("\"#{", "}\"")]
    {
        assert!(Template::parse(&format!("{{{{ {} }}}}", nested(open, "1", close, 90))).is_ok(), "{open}");
        let error = Template::parse(&format!("{{{{ {} }}}}", nested(open, "1", close, 50_000))).unwrap_err();
        assert_eq!(error.message, "Nested deeper than 100 levels", "{open}");
    }
    for prefix in ["not ", "-", "true ? 1 : "] {
        let error = Template::parse(&format!("{{{{ {}1 }}}}", prefix.repeat(50_000))).unwrap_err();
        assert_eq!(error.message, "Nested deeper than 100 levels", "{prefix}");
    }
    let error = Template::parse(&nested("{% if true %}", "", "{% endif %}", 40_000)).unwrap_err();
    assert_eq!(error.message, "Nested deeper than 100 levels");
}

#[test]
fn what_is_only_long_is_not_deep() {
    let sum = format!("{{{{ {}0 }}}}", "1 + ".repeat(50_000));
    assert_eq!(crate::testing::evaluate(&sum, crate::Limits::default()).unwrap(), 50_000);
    assert!(Template::parse(&format!("{{{{ a{} }}}}", ".b".repeat(50_000))).is_ok());
    assert!(Template::parse(&format!("{{{{ a{} }}}}", " | upper".repeat(50_000))).is_ok());
}

#[test]
fn what_is_searched_one_by_one_is_few() {
    let calls: Vec<String> = (0..300).map(|index| format!("{{{{ f{index}() }}}}")).collect();
    assert_eq!(Template::parse(&calls.concat()).unwrap_err().message, "More than 200 macros");
    let sets: Vec<String> = (0..600).map(|index| format!("{{% set v{index} = 1 %}}")).collect();
    let error = crate::testing::evaluate(&sets.concat(), crate::Limits::default()).unwrap_err();
    assert!(error.to_string().contains("More than 500 variables in one scope"));
}

#[test]
fn a_template_has_a_size_and_a_text_has_none() {
    let text = "x".repeat(super::SOURCE_BYTES_MAX);
    assert!(Template::parse(&format!("{text}{text}")).is_ok());
    let error = Template::parse(&format!("{text}{{{{ a }}}}")).unwrap_err();
    assert_snapshot!(error, @"Template longer than 1048576 bytes");
}

/// Pieces that make templates, most of them nearly right.
fn template() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-",
        " ",
        "\n",
        "'",
        "\"",
        "#{",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "|",
        ".",
        "..",
        ",",
        ":",
        "?",
        "??",
        "???",
        "=",
        "==",
        "~",
        "not",
        "is",
        "if",
        "endif",
        "else",
        "for",
        "in",
        "endfor",
        "set",
        "macro",
        "endmacro",
        "raw",
        "endraw",
        "upper",
        "default",
        "x",
        "1",
        "1.5",
        "2L",
        "\\",
        "é",
        "\u{1F600}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn parsing_never_panics(source in prop_oneof![any::<String>(), template(), "\\{\\{\\PC*\\}\\}"]) {
        match Template::parse(&source) {
            Ok(template) => prop_assert_eq!(template.source(), source.as_str()),
            // The span lies in the source, on the borders of letters.
            Err(error) => {
                prop_assert!(source.get(error.span).is_some());
                prop_assert!(error.line >= 1);
            }
        }
    }
}
