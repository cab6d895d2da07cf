//! Lists.

use std::collections::BTreeSet;

use super::{path, pattern, removing::odd_paths, write};
use crate::blobs::{Blobs, Path};

/// Every path, in pages of that size.
async fn listed(blobs: &dyn Blobs, segments: &str, limit: usize) -> Vec<String> {
    let mut paths = Vec::new();
    let mut after: Option<Path> = None;
    loop {
        let page = blobs.list_under(segments, after.as_ref(), limit).await.unwrap();
        assert!(page.len() <= limit, "{} of {limit}", page.len());
        paths.extend(page.iter().map(|listed| listed.path.as_str().to_owned()));
        match page.last() {
            Some(last) if page.len() == limit => after = Some(last.path.clone()),
            Some(_) | None => return paths,
        }
    }
}

fn sorted(mut paths: Vec<String>) -> Vec<String> {
    paths.sort_unstable();
    paths
}

pub async fn a_folder_is_listed_page_by_page(blobs: &dyn Blobs) {
    let inside = ["a/ab", "a/ab/1", "a/ab/1/2", "a/ab/1+", "a/ab/2 %", "a/ab/abc/1", "a/ab/deep/er/file"];
    let outside = ["a/abc", "a/abc/1", "a/a", "a/a/ab", "ab", "ab/1", "b/a/ab/1"];
    for text in inside.iter().chain(&outside) {
        write(blobs, &path(text), &pattern(3)).await;
    }
    for limit in 1..=inside.len() + 1 {
        let paths = sorted(listed(blobs, "a/ab", limit).await);
        assert_eq!(paths, sorted(inside.map(str::to_owned).to_vec()), "in pages of {limit}");
    }
    for nothing in ["a/ab/2", "b/a/a", "never", "", "/", ".", "..", "a/..", "a/../ab", "/a", "a/"] {
        assert_eq!(listed(blobs, nothing, 10).await, Vec::<String>::new(), "{nothing}");
    }
    let first = blobs.list_under("a/ab/abc", None, 1).await.unwrap().remove(0);
    let facts = blobs.facts(&path("a/ab/abc/1")).await.unwrap();
    // A list may tell whole seconds.
    assert!(facts.modified_at.since(first.modified_at).as_secs() < 1, "{first:?} and {facts:?}");
    blobs.delete_under("a/ab/1").await.unwrap();
    assert_eq!(listed(blobs, "a/ab", 100).await.len(), inside.len() - 2);
}

pub async fn a_list_has_every_path_as_it_was_written(blobs: &dyn Blobs) {
    let paths: BTreeSet<String> = odd_paths().into_iter().map(|odd| format!("o/{odd}")).collect();
    let paths: BTreeSet<String> = paths.into_iter().filter(|it| Path::new(it.as_str()).is_ok()).collect();
    for text in &paths {
        write(blobs, &path(text), &pattern(1)).await;
    }
    for limit in [2, 1_000] {
        let found = listed(blobs, "o", limit).await;
        assert_eq!(found.len(), paths.len());
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), paths);
    }
}
