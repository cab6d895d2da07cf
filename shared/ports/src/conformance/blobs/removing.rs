//! Paths and folders.

use super::{not_found, path, pattern, read, write};
use crate::blobs::Blobs;

/// Paths that an adapter may take for others, or be unable to write down.
pub(super) fn odd_paths() -> Vec<String> {
    let long = "l".repeat(1_000);
    let paths = [
        "a",
        "a/b",
        "a/b/c",
        "a+",
        "a+/b",
        "a%2B",
        "a&",
        "a=",
        "a b",
        "a ",
        " a",
        "ä",
        "a\u{308}",
        "...",
        ".a",
        "a.",
        "-",
        "~",
        "*",
        "con",
        "a:b",
        "'",
        "\"",
        "日本語/ファイル.csv",
        &long,
        &long[..999],
        &format!("{}..", &long[..240]),
    ];
    paths.map(str::to_owned).to_vec()
}

pub async fn each_path_is_a_blob_of_its_own(blobs: &dyn Blobs) {
    let paths = odd_paths();
    for (number, text) in paths.iter().enumerate() {
        write(blobs, &path(text), &pattern(number)).await;
    }
    for (number, text) in paths.iter().enumerate() {
        assert_eq!(read(blobs, &path(text)).await, Ok(pattern(number)), "{text}");
    }
}

pub async fn a_folder_is_removed_and_its_neighbours_stay(blobs: &dyn Blobs) {
    let inside = ["a/ab", "a/ab/1", "a/ab/2 %", "a/ab/abc/1", "a/ab/deep/er/file"];
    let outside = ["a/abc", "a/abc/1", "a/a", "a/a/ab", "ab", "ab/1", "b/a/ab/1"];
    for (number, text) in inside.iter().chain(&outside).enumerate() {
        write(blobs, &path(text), &pattern(number)).await;
    }
    assert_eq!(blobs.delete_under("a/ab").await, Ok(inside.len() as u64));
    for text in inside {
        let gone = path(text);
        assert_eq!(read(blobs, &gone).await, not_found(&gone));
    }
    for (number, text) in outside.iter().enumerate() {
        assert_eq!(read(blobs, &path(text)).await, Ok(pattern(inside.len() + number)), "{text}");
    }
    // Nothing is under these, nor under what is no path.
    for nothing in ["a/ab", "a/ab/1", "b/a/a", "never", "", "/", ".", "..", "a/..", "a/../ab", "/a", "a/"] {
        assert_eq!(blobs.delete_under(nothing).await, Ok(0), "{nothing}");
    }
    assert_eq!(blobs.delete_under("a").await, Ok(4));
}

pub async fn what_was_removed_can_be_put_again(blobs: &dyn Blobs) {
    let path = path("folder/file");
    for round in 1..4 {
        write(blobs, &path, &pattern(round)).await;
        assert_eq!(read(blobs, &path).await, Ok(pattern(round)));
        assert_eq!(blobs.delete_under("folder").await, Ok(1));
        assert_eq!(read(blobs, &path).await, not_found(&path));
    }
}
