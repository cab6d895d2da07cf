//! Many at a time.

use futures_util::future::join_all;

use super::{commit, key, plain, put, read, state, version};
use crate::store::{Condition, Direction, Error, Key, Range, Store, Version};

const WRITERS: usize = 64;

pub async fn one_of_many_creators_wins(store: &dyn Store) {
    let key = key("p", "s");
    let creators =
        (0..WRITERS).map(|writer| commit(store, put(&key, Condition::Absent, plain(writer.to_string()))));
    assert_eq!(state(store, &key).await, None);
    let winner = only_winner(&key, &join_all(creators).await);
    assert_eq!(state(store, &key).await, Some((1, winner.to_string().into())));
}

pub async fn one_of_many_writers_wins_each_version(store: &dyn Store) {
    let key = key("p", "s");
    commit(store, put(&key, Condition::Absent, plain("0"))).await.unwrap();
    for round in 1..=8 {
        let writers =
            (0..WRITERS).map(|writer| commit(store, put(&key, version(round), plain(writer.to_string()))));
        let winner = only_winner(&key, &join_all(writers).await);
        assert_eq!(state(store, &key).await, Some((round + 1, winner.to_string().into())));
    }
}

fn only_winner(key: &Key, outcomes: &[Result<(), Error>]) -> usize {
    let winners: Vec<usize> = (0..outcomes.len()).filter(|writer| outcomes[*writer].is_ok()).collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    let refused = Err(Error::Conflict(key.clone()));
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == refused).count(), outcomes.len() - 1);
    winners[0]
}

pub async fn no_increment_is_lost(store: &dyn Store) {
    const EACH: u64 = 5;
    const WRITERS: u64 = 16;
    let key = &key("p", "counter");
    commit(store, put(key, Condition::Absent, plain("0"))).await.unwrap();
    join_all((0..WRITERS).map(|_| async move {
        let mut done = 0;
        while done < EACH {
            let item = read(store, key).await.unwrap();
            let counted: u64 = std::str::from_utf8(&item.content.body).unwrap().parse().unwrap();
            let next = put(key, Condition::Version(item.version), plain((counted + 1).to_string()));
            match commit(store, next).await {
                Ok(()) => done += 1,
                Err(Error::Conflict(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
    }))
    .await;
    let total = WRITERS * EACH;
    assert_eq!(state(store, key).await, Some((total + 1, total.to_string().into())));
}

/// Each commit moves 1 from one account to the next, if neither has changed since it was read.
pub async fn commits_of_several_items_do_not_mix(store: &dyn Store) {
    const ACCOUNTS: u32 = 4;
    let account = |number: u32| key(&format!("account {}", number % ACCOUNTS), "balance");
    for number in 0..ACCOUNTS {
        commit(store, put(&account(number), Condition::Absent, plain(100i64.to_string()))).await.unwrap();
    }
    let balance = |key: Key| async move {
        let item = read(store, &key).await.unwrap();
        let balance: i64 = std::str::from_utf8(&item.content.body).unwrap().parse().unwrap();
        (key, item.version, balance)
    };
    let moved = join_all((0..12).map(|mover| async move {
        let mut moved = 0u64;
        for step in 0..6 {
            let (from, from_version, has) = balance(account(mover + step)).await;
            let (to, to_version, gets) = balance(account(mover + step + 1)).await;
            let writes = vec![
                put(&from, Condition::Version(from_version), plain((has - 1).to_string())),
                put(&to, Condition::Version(to_version), plain((gets + 1).to_string())),
            ];
            match store.commit(writes).await {
                Ok(()) => moved += 1,
                // An adapter may call contention either.
                Err(Error::Conflict(_) | Error::Unavailable { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        moved
    }))
    .await
    .into_iter()
    .sum::<u64>();
    let (mut sum, mut writes) = (0, 0);
    for number in 0..ACCOUNTS {
        let (_, Version(version), balance) = balance(account(number)).await;
        sum += balance;
        writes += version - 1;
    }
    assert_eq!((sum, writes), (i64::from(ACCOUNTS) * 100, moved * 2));
    assert!(moved > 0);
}

pub async fn an_acknowledged_commit_is_read_by_all(store: &dyn Store) {
    join_all((0..32).map(|writer| async move {
        let partition = format!("p{}", writer % 4);
        for number in 0..5 {
            let key = key(&partition, &format!("{writer:02}-{number}"));
            commit(store, put(&key, Condition::Absent, plain(number.to_string()))).await.unwrap();
            assert_eq!(state(store, &key).await, Some((1, number.to_string().into())));
            let range = Range { prefix: &key.sort, after: None, direction: Direction::Ascending, limit: 10 };
            let found = store.query(&partition, range).await.unwrap();
            assert_eq!(found.iter().map(|item| &item.key).collect::<Vec<_>>(), [&key]);
        }
    }))
    .await;
}
