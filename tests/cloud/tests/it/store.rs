//! The item store on a table.

use aws::store::{Counts, Store, Units, create_table};
use aws_sdk_dynamodb::Client;
use cloud::{account, sdk};
use engine::time::Timestamp;
use ports::store::{Condition, Content, Direction, Entry, Error, Key, Range, Store as _, Version, Write};

use crate::answers::Answers;

mod promises {
    async fn open() -> Option<(std::sync::Arc<aws::store::Store>, ())> {
        let client = super::client();
        aws::store::create_table(&client, super::TABLE).await.unwrap();
        Some((std::sync::Arc::new(aws::store::Store::new(client, super::TABLE.to_owned())), ()))
    }

    ports::store_promises!(open);
}

const TABLE: &str = "items";

fn client() -> Client {
    Client::new(&sdk::config(&account()))
}

async fn checked() -> Store {
    let client = client();
    create_table(&client, TABLE).await.unwrap();
    Store::checked(client, TABLE.to_owned())
}

fn key(sort: &str) -> Key {
    Key { partition: "main/execution/1".to_owned(), sort: sort.to_owned() }
}

fn put(sort: &str, condition: Condition, content: Content) -> Vec<Write> {
    vec![Write::Put { key: key(sort), condition, content }]
}

fn content(body: usize, wake_at: Option<i64>, place: Option<&str>) -> Content {
    Content {
        body: vec![1; body].into(),
        wake_at: wake_at.map(Timestamp::from_millis),
        entry: place.map(|place| Entry {
            list: "main/executions/a/b".to_owned(),
            place: place.to_owned(),
            summary: vec![2; body / 4].into(),
        }),
        expires_at: Some(Timestamp::from_millis(1_720_761_222_140)),
    }
}

/// Which our own arithmetic knows without asking.
#[tokio::test]
async fn counted_units_are_what_the_service_says() {
    let store = checked().await;
    let version = |number| Condition::Version(Version(number));
    let steps = [
        put("a", Condition::Absent, content(900, Some(1_000), Some("p"))),
        put("a", version(1), content(3_000, Some(2_000), Some("p"))),
        put("a", version(2), content(10, Some(2_000), Some("q"))),
        put("a", version(3), content(5_000, None, Some("q"))),
        put("a", Condition::None, content(5_000, Some(5), None)),
        put("b", Condition::None, content(2_000, Some(1_720_761_222_140), Some("p"))),
        vec![Write::Delete { key: key("a"), condition: Condition::None }],
        vec![Write::Delete { key: key("a"), condition: Condition::Absent }],
        vec![Write::Delete { key: key("b"), condition: version(1) }],
        (0..3)
            .flat_map(|number| {
                put(&format!("t{number}"), Condition::Absent, content(1_500, Some(7), Some("t")))
            })
            .collect(),
        // Over items of the same shape, and deletes of nothing: what the arithmetic takes for granted in transactions.
        (0..3)
            .flat_map(|number| put(&format!("t{number}"), version(1), content(1_504, Some(8), Some("t"))))
            .chain([Write::Delete { key: key("never"), condition: Condition::None }])
            .collect(),
    ];
    for (number, writes) in steps.into_iter().enumerate() {
        let before = store.counts();
        store.commit(writes).await.unwrap();
        let Counts { units, told, .. } = store.counts().since(before);
        assert!(units.writes >= 1.0, "step {number}");
        assert_eq!(units, told, "step {number}");
    }
    // Reads of up to 4 KB: the emulator takes all for that small.
    let all = Range { prefix: "", after: None, direction: Direction::Ascending, limit: 2 };
    let before = store.counts();
    assert_eq!(store.get(&key("never")).await, Ok(None));
    assert_eq!(store.get(&key("t0")).await.unwrap().unwrap().version, Version(2));
    assert_eq!(store.query("main/execution/1", all).await.unwrap().len(), 2);
    assert_eq!(store.query("nothing", all).await, Ok(vec![]));
    assert_eq!(store.due(Timestamp::from_millis(10), 2).await.unwrap().len(), 2);
    assert_eq!(store.list("main/executions/a/b", all).await.unwrap().len(), 2);
    let counts = store.counts().since(before);
    assert_eq!((counts.gets, counts.queries, counts.writes()), (2, 2, 0));
    assert!(counts.units.reads >= 4.0 && counts.units.index_reads >= 4.0);
    assert_eq!(counts.units, counts.told);
}

#[tokio::test]
async fn an_execution_that_ends_in_its_first_commit_costs_one_write() {
    let client = client();
    create_table(&client, TABLE).await.unwrap();
    let store = Store::new(client, TABLE.to_owned());
    store.commit(put("state", Condition::Absent, content(700, None, Some("p")))).await.unwrap();
    let expected = Counts {
        puts: 1,
        units: Units { writes: 1.0, list_writes: 1.0, ..Units::default() },
        ..Counts::default()
    };
    assert_eq!(store.counts(), expected);
}

/// The service gives at most 1 MB a page.
#[tokio::test]
async fn a_page_of_large_items_is_whole() {
    let store = checked().await;
    for number in 0..9 {
        let sort = format!("{number}");
        store.commit(put(&sort, Condition::Absent, content(300 * 1024, None, None))).await.unwrap();
    }
    for (direction, first) in [(Direction::Ascending, "0"), (Direction::Descending, "8")] {
        let range = Range { prefix: "", after: None, direction, limit: 8 };
        let found = store.query("main/execution/1", range).await.unwrap();
        assert_eq!((found.len(), &found[0].key.sort[..]), (8, first));
    }
    assert!(store.counts().queries >= 6, "{:?}", store.counts());
}

#[tokio::test]
async fn what_can_be_no_key_is_not_there() {
    let store = checked().await;
    let long = "k".repeat(1_025);
    let all = Range { prefix: "", after: None, direction: Direction::Ascending, limit: 10 };
    for part in ["", &long] {
        assert_eq!(store.get(&Key { partition: part.to_owned(), sort: "s".to_owned() }).await, Ok(None));
        assert_eq!(store.get(&Key { partition: "p".to_owned(), sort: part.to_owned() }).await, Ok(None));
        assert_eq!(store.query(part, all).await, Ok(vec![]));
        assert_eq!(store.list(part, all).await, Ok(vec![]));
    }
    assert_eq!(store.query("p", Range { prefix: &long, ..all }).await, Ok(vec![]));
    assert_eq!(store.counts(), Counts::default());
}

/// It may have happened: sent again, its own effect would look like somebody else's.
#[tokio::test]
async fn a_write_without_an_answer_is_not_repeated_and_no_conflict() {
    let service = Answers::none().await;
    let store = Store::new(service.client(), TABLE.to_owned());
    let writes = [
        put("a", Condition::Absent, Content::default()),
        put("a", Condition::None, Content::default()),
        vec![Write::Delete { key: key("a"), condition: Condition::Version(Version(1)) }],
    ];
    for (number, writes) in (1..).zip(writes) {
        let answer = store.commit(writes).await;
        assert!(matches!(answer, Err(Error::Unavailable { retry_after: None, .. })), "{answer:?}");
        assert_eq!(service.requests().len(), number);
    }
}

/// Under the token a repeat is known to be one.
#[tokio::test]
async fn a_transaction_without_an_answer_is_repeated_under_its_token() {
    let service = Answers::none().await;
    let store = Store::new(service.client(), TABLE.to_owned());
    let writes = ["a", "b"].into_iter().flat_map(|sort| put(sort, Condition::None, Content::default()));
    let answer = store.commit(writes.collect()).await;
    assert!(matches!(answer, Err(Error::Unavailable { .. })), "{answer:?}");
    let requests = service.requests();
    assert!(requests.len() > 1);
    assert!(requests[0].contains("\"ClientRequestToken\":\""), "{}", requests[0]);
    assert!(requests.iter().all(|request| *request == requests[0]));
}

#[tokio::test]
async fn a_write_that_was_turned_away_is_tried_a_few_times() {
    let throttled =
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}"#;
    let service = Answers::always(400, throttled).await;
    let store = Store::new(service.client(), TABLE.to_owned());
    let answer = store.commit(put("a", Condition::Absent, Content::default())).await;
    let Err(Error::Unavailable { message, retry_after: Some(_) }) = answer else { panic!("{answer:?}") };
    assert!(message.contains("ThrottlingException: slow down"), "{message}");
    assert_eq!(service.requests().len(), 3);
    assert_eq!((store.counts().puts, store.counts().busy), (3, 3));
}

#[tokio::test]
async fn a_missing_table_is_named_as_the_cause() {
    let store = Store::new(client(), "elsewhere".to_owned());
    let all = Range { prefix: "", after: None, direction: Direction::Ascending, limit: 10 };
    let causes = [
        store.commit(put("a", Condition::Absent, Content::default())).await.unwrap_err(),
        store.get(&key("a")).await.unwrap_err(),
        store.query("p", all).await.unwrap_err(),
        store.next_due().await.unwrap_err(),
    ];
    for cause in causes {
        assert!(cause.to_string().contains("ResourceNotFoundException"), "{cause}");
    }
}
