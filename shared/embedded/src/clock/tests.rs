use std::{collections::HashSet, sync::Arc, thread};

use engine::time::Timestamp;
use ports::clock::Ids;
use uuid::Uuid;

use super::RandomIds;

#[test]
fn ids_rise_even_when_the_clock_steps_back() {
    let ids = RandomIds::default();
    let mut last = 0;
    for now in [1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_001, 1_699_999_999_000, 0, -5] {
        for _ in 0..5_000 {
            let next = ids.next(Timestamp::from_millis(now));
            assert!(next > last, "at {now}");
            last = next;
        }
    }
}

#[test]
fn an_id_is_a_uuid_of_version_7_that_tells_its_moment() {
    let id = Uuid::from_u128(RandomIds::default().next(Timestamp::from_millis(1_720_761_222_140)));
    assert_eq!(id.get_version_num(), 7);
    assert_eq!(id.as_u128() >> 80, 1_720_761_222_140);
}

#[test]
fn no_id_comes_twice_from_many_threads() {
    let ids = Arc::new(RandomIds::default());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let ids = Arc::clone(&ids);
            thread::spawn(move || {
                (0..2_000).map(|n| ids.next(Timestamp::from_millis(n / 100))).collect::<Vec<_>>()
            })
        })
        .collect();
    let all: HashSet<u128> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    assert_eq!(all.len(), 8_000);
}
