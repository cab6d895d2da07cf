use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use futures_util::stream;

use super::*;

/// S3's own limit.
const PARTS_MAX: usize = 10_000;

fn parts(pieces: Vec<Bytes>, limit: u64) -> Parts {
    Parts::of(Box::pin(stream::iter(pieces.into_iter().map(Ok))), limit)
}

#[tokio::test]
async fn pieces_of_any_size_become_parts() {
    let content: Bytes = (0..2 * PART_BYTES + 5).map(|at| u8::try_from(at % 251).unwrap()).collect();
    for piece in [1_000_003, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, content.len()] {
        let pieces = (0..content.len()).step_by(piece);
        let pieces = pieces.map(|at| content.slice(at..content.len().min(at + piece))).collect();
        let mut parts = parts(pieces, u64::MAX);
        for (number, bytes) in [PART_BYTES, PART_BYTES, 5].into_iter().enumerate() {
            let (part, full) = parts.next().await.unwrap();
            assert!(
                part == content.slice(number * PART_BYTES..number * PART_BYTES + bytes),
                "{piece}: {number}"
            );
            assert_eq!(full, bytes == PART_BYTES);
        }
        assert_eq!(parts.size, content.len() as u64);
    }
}

#[tokio::test]
async fn after_a_full_part_comes_an_empty_one_at_the_end() {
    let mut parts = parts(vec![Bytes::from(vec![0; PART_BYTES])], PART_BYTES as u64);
    assert!(parts.next().await.unwrap().1);
    assert_eq!(parts.next().await, Ok((Bytes::new(), false)));
}

#[tokio::test]
async fn no_more_is_read_than_one_part_and_one_piece() {
    let given = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&given);
    let endless = stream::repeat_with(move || {
        counted.fetch_add(100_000, Relaxed);
        Ok(Bytes::from(vec![7; 100_000]))
    });
    let mut parts = Parts::of(Box::pin(endless), u64::MAX);
    for number in 1..4 {
        parts.next().await.unwrap();
        let given = given.load(Relaxed);
        assert!((number * PART_BYTES..number * PART_BYTES + 100_000).contains(&given), "{given}");
    }
}

#[tokio::test]
async fn a_stream_is_cut_off_at_the_limit() {
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[7; 10])));
    let mut parts = Parts::of(Box::pin(endless), 1_000);
    assert_eq!(parts.next().await, Err(Error::TooLarge { limit: 1_000 }));
    assert_eq!(parts.size, 1_010);
}

#[test]
fn the_largest_object_fits_into_the_parts_allowed() {
    let all: u64 = (0..PARTS_MAX).map(|number| part_bytes(number) as u64).sum();
    assert!(all >= OBJECT_BYTES_MAX, "{all}");
    assert!((0..PARTS_MAX).all(|number| part_bytes(number) as u64 <= 5 * 1024 * 1024 * 1024));
}
