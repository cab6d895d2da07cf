use std::{collections::HashMap, path::Component};

use insta::assert_snapshot;
use ports::blobs::Path;
use proptest::prelude::*;

use super::{file, folder, is_folder, path_of};

#[test]
fn a_place_reads_like_its_path() {
    let places = ["main/company.team/orders/1.csv", "a", "a/b", "für alle/50%", "a+/b&", "..."]
        .map(|path| format!("{path} -> {}", file(path).display()));
    assert_snapshot!(places.join("\n"), @r"
    main/company.team/orders/1.csv -> main+/company.team+/orders+/1.csv
    a -> a
    a/b -> a+/b
    für alle/50% -> f%C3%BCr%20alle+/50%25
    a+/b& -> a%2B+/b%26
    ... -> ...
    ");
    assert_eq!(folder("main/company.team").to_str(), Some("main+/company.team+"));
}

#[test]
fn a_name_of_any_length_fits_a_file_system() {
    for length in [239, 240, 241, 480, 481, 1_000] {
        let place = file(&format!("{}/{}", "d".repeat(20), "é".repeat(length / 2)));
        assert!(place.components().all(|name| name.as_os_str().len() <= 255), "{length}");
    }
}

fn path() -> impl Strategy<Value = Path> {
    let segment = prop::collection::vec(
        prop::sample::select(vec!["a", "+", "&", "%", "%2B", ".", "..", "é", "/", &LONG]),
        1..5,
    );
    segment.prop_filter_map("not a path", |parts| Path::new(parts.concat()).ok())
}

static LONG: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| "a".repeat(240));

proptest! {
    #[test]
    fn no_two_paths_meet_and_none_leads_out(paths in prop::collection::vec(path(), 1..40)) {
        let mut places = HashMap::new();
        for path in &paths {
            let place = file(path.as_str());
            prop_assert!(place.components().all(|part| matches!(part, Component::Normal(_))), "{}", place.display());
            let read_back = path_of(&place);
            prop_assert_eq!(read_back.as_deref(), Some(path.as_str()));
            let names: Vec<bool> = place.iter().map(|name| is_folder(name.as_encoded_bytes())).collect();
            let (last, folders) = names.split_last().expect("it has a name");
            prop_assert!(!last && folders.iter().all(|is_folder| *is_folder), "{}", place.display());
            for ancestor in place.ancestors().skip(1) {
                prop_assert!(!places.contains_key(ancestor), "{} stands in a file", place.display());
            }
            if let Some(other) = places.insert(place, path) {
                prop_assert_eq!(other, path);
            }
        }
    }
}
