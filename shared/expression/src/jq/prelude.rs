//! jq's functions that are programs in jq. They cost what their terms cost.

use std::sync::LazyLock;

use super::{
    parse,
    syntax::{Definition, Term},
};

const SOURCE: &str = r#"
def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
def todateiso8601: todate;
def date: todate;
def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
def fromdate: fromdateiso8601;
def dateadd(unit; $seconds): . + $seconds;
def datesub(unit; $seconds): . - $seconds;
def leaf_paths: paths(scalars);
def pick(picked): . as $whole | reduce path(picked) as $path (null; setpath($path; $whole | getpath($path)));
def toarray: if type == "array" then . else [.] end;
def toboolean:
  if type == "boolean" then . elif . == "true" then true elif . == "false" then false
  else error("\(tojson) cannot be parsed as a boolean") end;
def isvalid(f): try (f | true) catch false;
def finites: select(isinfinite or isnan | not);
def normals: select(isnormal);
def trimstr($part): ltrimstr($part) | rtrimstr($part);
def ascii: [.] | implode;
def splits($pattern): splits($pattern; null);
def splits($pattern; $flags): split($pattern; $flags) | .[];
def IN(source): any(source == .; .);
def IN(tested; source): any(tested == source; .);
def INDEX(rows; key): [rows | {key: (key | tostring), value: .}] | from_entries;
def INDEX(key): INDEX(.[]; key);
def transpose: (map(length) | max // 0) as $width | [range($width) as $column | map(.[$column])];
def combinations: if length == 0 then [] else .[0][] as $first | .[1:] | combinations | [$first] + . end;
def combinations($count): . as $one | [range($count) | $one] | combinations;
def truncate_stream(events): . as $depth | events | select(.[0] | length > $depth) | .[0] |= .[$depth:];
def fromstream(events):
  foreach events as $event ({ended: true};
    (if .ended then {value: null} else . end)
    | if $event | length == 2
      then .value |= setpath($event[0]; $event[1]) | .ended = ($event[0] | length == 0)
      else .ended = ($event[0] | length == 1) end;
    if .ended then .value else empty end);
def have_literal_numbers: true;
def have_decnum: false;
.
"#;

static DEFINITIONS: LazyLock<Vec<Definition>> =
    LazyLock::new(|| match parse::parse(SOURCE).expect("it is parsed by every test of a call") {
        Term::Define(definitions, _) => definitions,
        _ => unreachable!("it starts with a definition"),
    });

/// The definition of a function with so many parameters.
pub(super) fn find(name: &str, arity: usize) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|it| it.name == name && it.parameters.len() == arity)
}
