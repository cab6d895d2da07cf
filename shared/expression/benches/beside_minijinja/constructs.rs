//! Templates that print the same in both languages, and what they see.

use serde_json::{Value as Json, json};

pub(crate) struct Construct {
    pub(crate) name: &'static str,
    pub(crate) ours: &'static str,
    pub(crate) theirs: &'static str,
}

/// Written the same in both.
const fn both(name: &'static str, template: &'static str) -> Construct {
    Construct { name, ours: template, theirs: template }
}

const fn each(name: &'static str, ours: &'static str, theirs: &'static str) -> Construct {
    Construct { name, ours, theirs }
}

pub(crate) static CONSTRUCTS: [Construct; 26] = [
    both("text around a variable", "Hello {{ name }}, how do you do?"),
    both("nested access", "{{ flow.owner.address.city }}"),
    both("index", "{{ names[1] }} {{ flow['owner']['name'] }}"),
    both(
        "ten variables",
        "{{ name }}{{ one }}{{ half }}{{ last }}{{ name }}{{ one }}{{ half }}{{ last }}{{ name }}{{ one }}",
    ),
    both("upper", "{{ name | upper }}"),
    both("lower", "{{ name | lower }}"),
    both("join", "{{ names | join(', ') }}"),
    both("length", "{{ names | length }}"),
    both("default", "{{ missing | default('none') }}"),
    each("replace", "{{ sentence | replace({'fox': 'cat'}) }}", "{{ sentence | replace('fox', 'cat') }}"),
    both("chained filters", "{{ name | trim | upper | lower }}"),
    both("if", "{% if yes %}a{% else %}b{% endif %}"),
    each(
        "if, else if",
        "{% if one == 2 %}a{% elseif one == 1 %}b{% endif %}",
        "{% if one == 2 %}a{% elif one == 1 %}b{% endif %}",
    ),
    both("for over texts", "{% for item in names %}{{ item }},{% endfor %}"),
    both("for over 1,000 numbers", "{% for item in numbers %}{{ item }},{% endfor %}"),
    each(
        "for with loop.index",
        "{% for item in names %}{{ loop.index }}{% if not loop.last %},{% endif %}{% endfor %}",
        "{% for item in names %}{{ loop.index0 }}{% if not loop.last %},{% endif %}{% endfor %}",
    ),
    both("for over maps", "{% for row in few %}{{ row.id }}: {{ row.name }}\n{% endfor %}"),
    both("set", "{% set x = one + 1 %}{{ x }}"),
    both("arithmetic", "{{ (one + 2) * 3 - one % 2 }}"),
    both("comparison", "{% if one < 2 and half >= 0.5 and name == 'World' %}y{% endif %}"),
    each("choice", "{{ yes ? 'y' : 'n' }}", "{{ 'y' if yes else 'n' }}"),
    both("concatenation", "{{ name ~ '-' ~ one ~ '-' ~ name }}"),
    both("text literal", "{{ 'a literal' }}"),
    both("list literal", "{{ [one, 2, 3] | length }}"),
    both("1 MB of variables, one value", "{{ rows[500].name }}"),
    both(
        "1 MB of variables, a loop",
        "{% for row in rows %}{% if row.id == 500 %}{{ row.name }}{% endif %}{% endfor %}",
    ),
];

pub(crate) fn variables() -> Json {
    let row = |id: usize| json!({"id": id, "name": format!("row {id}"), "text": "x".repeat(960)});
    json!({
        "name": "World", "last": "x", "one": 1, "half": 0.5, "yes": true,
        "sentence": "the quick brown fox jumps over the lazy dog",
        "names": ["Ada", "Barbara", "Charles", "Donald", "Edsger"],
        "numbers": (0..1_000).collect::<Vec<_>>(),
        "flow": {"id": "f", "owner": {"name": "Ada", "address": {"city": "London"}}},
        "few": (0..10).map(row).collect::<Vec<_>>(),
        "rows": (0..1_000).map(row).collect::<Vec<_>>(),
    })
}
