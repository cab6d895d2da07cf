//! What comes out is what went in.

use bytes::Bytes;
use futures_util::StreamExt as _;

use super::{not_found, path, pattern, read, rest, source, write};
use crate::blobs::Blobs;

pub async fn a_blob_is_read_as_it_was_written(blobs: &dyn Blobs) {
    for bytes in [0, 1, 65_535, 65_536, 65_537, 1_500_000] {
        let content = pattern(bytes);
        for piece in [bytes.max(1), 1 + bytes / 3, 40_000] {
            let path = path(&format!("main/file of {bytes}"));
            assert_eq!(blobs.put(&path, source(&content, piece), u64::MAX).await, Ok(bytes as u64));
            assert_eq!(blobs.size(&path).await, Ok(bytes as u64));
            assert!(read(blobs, &path).await == Ok(content.clone()), "{bytes} bytes in pieces of {piece}");
        }
    }
}

pub async fn what_was_never_put_is_not_found(blobs: &dyn Blobs) {
    write(blobs, &path("a/b/c"), &pattern(10)).await;
    for absent in ["a", "a/b", "a/b/d", "a/b/c/d", "A/b/c", "b", "a/b/c+", "a+"] {
        let absent = path(absent);
        assert_eq!(read(blobs, &absent).await, not_found(&absent));
        assert_eq!(blobs.size(&absent).await, not_found(&absent));
    }
}

/// Also when they have the same size, come at once after each other, and the path was free in between.
pub async fn writes_that_differ_have_different_tags(blobs: &dyn Blobs) {
    let path = path("folder/file");
    let mut tags = Vec::new();
    for write_number in 0..20_u8 {
        write(blobs, &path, &Bytes::from(vec![write_number; 100])).await;
        let facts = blobs.facts(&path).await.unwrap();
        let part = blobs.get(&path, Some(10..20)).await.unwrap().facts;
        assert_eq!((facts.size, &facts), (100, &part));
        assert!(facts.tag.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-'), "{}", facts.tag);
        assert!(!tags.contains(&facts.tag), "write {write_number} has the tag of an earlier one: {tags:?}");
        tags.push(facts.tag);
        if write_number % 2 == 0 {
            blobs.delete_under("folder").await.unwrap();
        }
    }
    assert_eq!(blobs.facts(&path).await.unwrap().tag, tags[19], "nothing was written");
}

pub async fn a_range_is_a_part_of_the_blob(blobs: &dyn Blobs) {
    let content = pattern(200_000);
    let path = path("file");
    write(blobs, &path, &content).await;
    let ends = [0, 1, 65_536, 131_072, 131_073, 199_999, 200_000, 200_001, u64::MAX];
    for start in ends {
        for end in ends.into_iter().filter(|end| *end >= start) {
            let reading = blobs.get(&path, Some(start..end)).await.unwrap();
            assert_eq!(reading.facts.size, 200_000);
            let within = |at: u64| usize::try_from(at.min(200_000)).unwrap();
            let expected = content.slice(within(start)..within(end));
            assert!(rest(reading.stream).await == expected, "{start}..{end}");
        }
    }
    write(blobs, &path, &Bytes::new()).await;
    let reading = blobs.get(&path, Some(0..10)).await.unwrap();
    assert_eq!((reading.facts.size, rest(reading.stream).await), (0, Bytes::new()));
}

/// Although it is replaced, and then removed, meanwhile.
pub async fn a_reader_reads_to_the_end_what_it_began(blobs: &dyn Blobs) {
    let path = path("folder/file");
    let (old, new) = (pattern(3_000_000), Bytes::from(vec![b'n'; 2_000_000]));
    write(blobs, &path, &old).await;
    let mut reading = blobs.get(&path, None).await.unwrap();
    let mut found = reading.stream.next().await.unwrap().unwrap().to_vec();
    write(blobs, &path, &new).await;
    assert!(read(blobs, &path).await == Ok(new));
    blobs.delete_under("folder").await.unwrap();
    found.extend(rest(reading.stream).await);
    assert!(found == old, "{} bytes", found.len());
}
