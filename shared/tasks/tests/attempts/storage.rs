//! Tasks about files of the internal storage.

use std::fmt::Write;

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use crate::world::{Memory, Ran, World};

const FOLDER: &str = "main/files/company/team/flow/executions/1/tasks/task/2";
const URI: &str = "kestra:///company/team/flow/executions/1";

/// A world with one file, `kestra:///in.txt`.
fn with(content: impl AsRef<[u8]>) -> World {
    World::with(Memory::default().with("main/files/in.txt", content))
}

async fn task(world: &World, name: &str, properties: Json) -> Ran {
    world.task(&format!("core.storage.{name}"), properties).await
}

/// What each of the properties fails with, one a line.
async fn failures(world: &World, name: &str, all: impl IntoIterator<Item = Json>) -> String {
    let mut failures = String::new();
    for properties in all {
        writeln!(failures, "{}", task(world, name, properties).await.failure()).unwrap();
    }
    assert_eq!(world.blobs.below(FOLDER), [], "a task that failed left a file");
    failures
}

fn written(world: &World, name: &str) -> String {
    world.blobs.content(&format!("{FOLDER}/{name}")).unwrap()
}

#[tokio::test]
async fn a_text_becomes_a_file_and_has_a_size() {
    let world = World::new();
    let ran = task(&world, "Write", json!({"content": "a;b\nä;2\n", "extension": "csv"})).await;
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"uri":"kestra:///company/team/flow/executions/1/tasks/task/2/content.csv"}
    "#);
    assert_eq!(written(&world, "content.csv"), "a;b\nä;2\n");
    let size = task(&world, "Size", json!({"uri": ran.outcome.outputs["uri"]})).await;
    assert_eq!(size.story(), "SUCCESS\n{\"size\":9}");

    let empty = task(&world, "Write", json!({"content": ""})).await;
    assert!(empty.story().contains("/content.tmp"), "{}", empty.story());
    assert_eq!(written(&world, "content.tmp"), "");
}

#[tokio::test]
async fn what_is_written_or_measured_wrongly_fails() {
    let world = World::new();
    let wrong = [json!({}), json!({"content": "a", "extension": "/../../b"}), json!({"content": ["a"]})];
    assert_snapshot!(failures(&world, "Write", wrong).await, @"
    `content` must not be null
    `extension` must be the end of a file's name such as .csv, without `/`, of 64 bytes at most
    `content` must be a string
    ");
    let wrong = ["kestra:///no.txt", "s3://b/k", "kestra:///a/../../b"].map(|uri| json!({ "uri": uri }));
    assert_snapshot!(failures(&world, "Size", wrong).await, @"
    there is no file kestra:///no.txt
    `s3://b/k` is not the URI of an internal-storage file, such as kestra:///company/team/a.csv
    `kestra:///a/../../b` is not the URI of an internal-storage file, such as kestra:///company/team/a.csv
    ");
}

#[tokio::test]
async fn files_are_put_one_behind_the_other() {
    let large = "x".repeat(3 << 20);
    let world = World::with(Memory::default().with("main/files/a", &large).with("main/files/b", "b"));
    let files = json!({"files": ["kestra:///a", "kestra:///b", "kestra:///a"], "separator": "--"});
    let ran = task(&world, "Concat", files).await;
    assert_eq!(ran.outcome.outputs["uri"], format!("{URI}/tasks/task/2/concat.tmp"));
    assert!(written(&world, "concat.tmp") == format!("{large}--b--{large}--"));

    let as_text = json!({"files": "[\"kestra:///b\", \"kestra:///b\"]", "extension": ".txt"});
    assert!(task(&world, "Concat", as_text).await.story().starts_with("SUCCESS"));
    assert_eq!(written(&world, "concat.txt"), "bb");
}

#[tokio::test]
async fn files_that_cannot_be_put_together_fail() {
    let world = World::with(Memory::default().with("main/files/b", "b"));
    let wrong = [
        json!({}),
        json!({"files": ["kestra:///b", "kestra:///no"]}),
        json!({"files": ["kestra:///b", "b"]}),
        json!({"files": "kestra:///b"}),
        json!({"files": vec!["kestra:///b"; 10_001]}),
    ];
    assert_snapshot!(failures(&world, "Concat", wrong).await, @"
    `files` must not be null
    there is no file kestra:///no
    `b` is not the URI of an internal-storage file, such as kestra:///company/team/a.csv
    `files` must be a list of strings
    `files` has 10001 files, of 10000 at most
    ");
}

#[tokio::test]
async fn a_file_is_split() {
    for (size, parts) in [
        (json!({"rows": 2}), &["1\n2\n", "3\n4\n", "5\n"][..]),
        (json!({"partitions": "2"}), &["1\n3\n5\n", "2\n4\n"]),
        (json!({"bytes": "4B"}), &["1\n2\n", "3\n4\n", "5\n"]),
        (json!({"rows": 4, "separator": ";"}), &["1;2;3;4;", "5;"]),
    ] {
        let world = with("1\r\n2\n3\n4\n5");
        let mut properties = size;
        properties["from"] = json!("kestra:///in.txt");
        let ran = task(&world, "Split", properties).await;
        let uris: Vec<String> =
            (1..=parts.len()).map(|it| format!("{URI}/tasks/task/2/bucket-{it:06}.txt")).collect();
        assert_eq!(ran.outcome.outputs, *json!({ "uris": uris }).as_object().unwrap());
        let all: Vec<String> =
            (1..=parts.len()).map(|it| written(&world, &format!("bucket-{it:06}.txt"))).collect();
        assert_eq!(all, parts);
        assert_eq!(world.blobs.below(FOLDER).len(), parts.len());
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_split_fails() {
    let world = with("1\n".repeat(5_001));
    let from = "kestra:///in.txt";
    let wrong = [
        json!({ "from": from }),
        json!({"from": from, "rows": 0}),
        json!({"from": from, "partitions": 1_001}),
        json!({"from": from, "bytes": "ten"}),
        json!({"from": "kestra:///no.txt", "rows": 1}),
    ];
    assert_snapshot!(failures(&world, "Split", wrong).await, @"
    one of `bytes`, `partitions` and `rows` must say how the file is split
    `rows` is `0`; it must be a number from 1
    `partitions` is `1001`; it must be a number from 1 to 1000
    `bytes` is `ten`; it must be a size in bytes, such as 10MB
    there is no file kestra:///no.txt
    ");
    let too_many = task(&world, "Split", json!({"from": from, "rows": 1})).await;
    assert_eq!(too_many.failure(), "the items make more than 5000 files; that is the limit");
}

#[tokio::test]
async fn lines_are_reversed() {
    for (content, reversed) in [
        ("", ""),
        ("\n", "\n"),
        ("a", "a\n"),
        ("a\r", "a\r\n"),
        ("a\nb", "b\na\n"),
        ("a\r\nb\r\n", "b\na\n"),
        ("\n\na\n", "a\n\n\n"),
    ] {
        let world = with(content);
        let ran = task(&world, "Reverse", json!({"from": "kestra:///in.txt"})).await;
        assert_eq!(ran.outcome.outputs["uri"], format!("{URI}/tasks/task/2/reversed.txt"));
        assert_eq!(written(&world, "reversed.txt"), reversed, "{content:?}");
    }
    let world = with("a\nb");
    let properties = json!({"from": "kestra:///in.txt", "separator": "é", "charset": "ISO-8859-1"});
    task(&world, "Reverse", properties).await;
    assert_eq!(world.blobs.below(FOLDER)[0].1, 4);
}

/// The blocks that a file is read in are 4 MiB.
#[tokio::test]
async fn lines_are_reversed_across_blocks() {
    const BLOCK: usize = 4 << 20;
    let long = "l".repeat(BLOCK * 2 + 5);
    // From the end: a feed that begins a block, one that ends a block, and a carriage return apart from its feed.
    for behind in [BLOCK - 1, BLOCK, BLOCK + 1, BLOCK - 3] {
        let last = "z".repeat(behind);
        let world = with(format!("first\r\n{long}\r\n\r\nmiddle\r\n{last}"));
        task(&world, "Reverse", json!({"from": "kestra:///in.txt", "separator": "|"})).await;
        let expected = format!("{last}|middle||{long}|first|");
        assert!(written(&world, "reversed.txt") == expected, "{behind}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_reversed_fails() {
    let world = with("a");
    let wrong = [
        json!({}),
        json!({"from": "kestra:///no.txt"}),
        json!({"from": "kestra:///in.txt", "charset": "UTF-16LE"}),
    ];
    assert_snapshot!(failures(&world, "Reverse", wrong).await, @"
    `from` must not be null
    there is no file kestra:///no.txt
    `charset` cannot be `UTF-16LE`
    ");
}

#[tokio::test]
async fn a_file_of_the_execution_is_deleted() {
    let input = "main/files/company/team/flow/executions/1/inputs/in/a.csv";
    let world = World::with(Memory::default().with(input, "a"));
    let uri = format!("{URI}/inputs/in/a.csv");
    // What stands in a folder does not go with it.
    let folder = task(&world, "Delete", json!({"uri": format!("{URI}/inputs")})).await;
    assert_eq!(folder.outcome.outputs["deleted"], false);
    assert!(world.blobs.content(input).is_some());

    let ran = task(&world, "Delete", json!({ "uri": uri })).await;
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"uri":"kestra:///company/team/flow/executions/1/inputs/in/a.csv","deleted":true}
    "#);
    assert!(world.blobs.content(input).is_none());
    let again = task(&world, "Delete", json!({ "uri": uri })).await;
    assert_eq!(again.outcome.outputs["deleted"], false);
    let fails = task(&world, "Delete", json!({"uri": uri, "errorOnMissing": "true"})).await;
    assert_eq!(fails.failure(), format!("Unable to find the file '{uri}'"));
}

#[tokio::test]
async fn a_file_of_others_is_not_deleted() {
    let of_others = [
        "company/team/flow/executions/11/inputs/in/a.csv",
        "company/team/flow/executions/2/tasks/task/2/a.csv",
        "company/team/_files/a.csv",
        "a.csv",
    ];
    let blobs =
        of_others.iter().fold(Memory::default(), |it, path| it.with(&format!("main/files/{path}"), ""));
    let world = World::with(blobs);
    for path in of_others {
        let uri = format!("kestra:///{path}");
        let ran = task(&world, "Delete", json!({ "uri": uri })).await;
        let refused = format!("{uri} is not a file of this execution, and only those can be deleted; ");
        assert!(ran.failure().starts_with(&refused), "{}", ran.failure());
    }
    assert_eq!(world.blobs.below("").len(), of_others.len());
}

#[tokio::test]
async fn items_are_filtered() {
    let items = "{\"n\":1,\"s\":\"a\"}\n\n{\"n\": 2}\r\n{n:3,s:b}\n{\"n\":0}\n";
    for (properties, kept, dropped) in [
        (json!({"filterCondition": "{{ n > 1 }}"}), "{\"n\": 2}\n{n:3,s:b}\n", 2),
        (
            json!({"filterCondition": "{{ n > 1 }}", "filterType": "EXCLUDE"}),
            "{\"n\":1,\"s\":\"a\"}\n{\"n\":0}\n",
            2,
        ),
        // Not only `false` is false.
        (json!({"filterCondition": " {{ n }} ", "filterType": "EXCLUDE"}), "{\"n\":0}\n", 3),
    ] {
        let world = with(items);
        let mut all = properties;
        all["from"] = json!("kestra:///in.txt");
        let ran = task(&world, "FilterItems", all).await;
        let uri = format!("{URI}/tasks/task/2/filtered.ion");
        let outputs = json!({"uri": uri, "processedItemsTotal": 4, "droppedItemsTotal": dropped});
        assert_eq!(Json::from(ran.outcome.outputs), outputs);
        assert_eq!(written(&world, "filtered.ion"), kept);
    }
}

#[tokio::test]
async fn more_items_than_a_batch_are_filtered() {
    let items: String = (0..2_500).fold(String::new(), |mut items, n| {
        writeln!(items, "{{\"n\":{n}}}").unwrap();
        items
    });
    let world = with(items);
    let properties =
        json!({"from": "kestra:///in.txt", "filterCondition": "{{ n % 1000 == 999 or n == 2000 }}"});
    let ran = task(&world, "FilterItems", properties).await;
    assert_eq!(ran.outcome.outputs["processedItemsTotal"], 2_500);
    assert_eq!(written(&world, "filtered.ion"), "{\"n\":999}\n{\"n\":1999}\n{\"n\":2000}\n");
}

#[tokio::test]
async fn items_that_cannot_be_judged_are_treated_as_said() {
    let world = with("{\"n\":1}\n{\"m\":2}\n[1]\n{\"n\":4}\n");
    let properties = |behaviour: &str, kind: &str| {
        json!({
            "from": "kestra:///in.txt",
            "filterCondition": "{{ n > 1 }}",
            "errorOrNullBehavior": behaviour,
            "filterType": kind,
        })
    };
    for (behaviour, kind, kept) in [
        ("INCLUDE", "INCLUDE", "{\"m\":2}\n[1]\n{\"n\":4}\n"),
        ("INCLUDE", "EXCLUDE", "{\"n\":1}\n{\"m\":2}\n[1]\n"),
        ("EXCLUDE", "INCLUDE", "{\"n\":4}\n"),
        ("EXCLUDE", "EXCLUDE", "{\"n\":1}\n"),
    ] {
        task(&world, "FilterItems", properties(behaviour, kind)).await;
        assert_eq!(written(&world, "filtered.ion"), kept, "{behaviour} {kind}");
    }
    world.blobs.remove(&format!("{FOLDER}/filtered.ion"));
    let wrong = [
        properties("FAIL", "INCLUDE"),
        properties("NEVER", "SOME"),
        json!({"from": "kestra:///no.txt", "filterCondition": "{{ n }}"}),
        json!({}),
    ];
    assert_snapshot!(failures(&world, "FilterItems", wrong).await, @"
    `filterCondition`: line 2: io.pebbletemplates.pebble.error.PebbleException: Could not perform greater than comparison: Unable to find `n` ({{ n > 1 }}:1)
    `filterType` cannot be `SOME`; `errorOrNullBehavior` cannot be `NEVER`
    there is no file kestra:///no.txt
    `from` must not be null; `filterCondition` must not be null
    ");
    let world = with("{\"n\":1}\n{{\n");
    let from = json!({"from": "kestra:///in.txt", "filterCondition": "{{ n }}"});
    assert_snapshot!(failures(&world, "FilterItems", [from.clone()]).await, @"`filterCondition`: line 2: it is not an item: a map in JSON or ION, on one line");
    let world = with(format!("{{\"n\":1}}\n{{\"n\":\"{}\"}}\n", "x".repeat(1 << 20)));
    assert_snapshot!(failures(&world, "FilterItems", [from]).await, @"line 2 of kestra:///in.txt has more than 1048576 bytes; that is the limit of an item");
}

#[tokio::test]
async fn of_items_with_the_same_key_the_last_one_stays() {
    let world = with(
        "{\"k\":\"a\",\"n\":1}\n{\"k\":\"b\",\"n\":2}\n{k:a,n:3}\n{\"k\":\"c\",\"n\":4}\n{\"k\":\"b\",\"n\":5}",
    );
    let ran = task(&world, "DeduplicateItems", json!({"from": "kestra:///in.txt", "expr": "{{ k }}"})).await;
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"uri":"kestra:///company/team/flow/executions/1/tasks/task/2/deduplicated.ion","numKeys":3,"processedItemsTotal":5,"droppedItemsTotal":2}
    "#);
    let kept = "{k:a,n:3}\n{\"k\":\"c\",\"n\":4}\n{\"k\":\"b\",\"n\":5}\n";
    assert_eq!(written(&world, "deduplicated.ion"), kept);
}

#[tokio::test]
async fn items_without_a_key_or_with_too_many_fail() {
    let world = with("{\"k\":1}\n{\"l\":2}\n");
    let wrong = [
        json!({"from": "kestra:///in.txt", "expr": "{{ k }}"}),
        json!({"from": "kestra:///no.txt", "expr": "{{ k }}"}),
        json!({"from": "kestra:///in.txt"}),
    ];
    assert_snapshot!(failures(&world, "DeduplicateItems", wrong).await, @"
    `expr`: line 2: Unable to find `k` used in the expression `{{ k }}` at line 1
    there is no file kestra:///no.txt
    `expr` must not be null
    ");
    let items: String = (0..=400_000).fold(String::new(), |mut items, count| {
        writeln!(items, "{{\"count\":{count}}}").unwrap();
        items
    });
    let world = with(items);
    let too_many = json!({"from": "kestra:///in.txt", "expr": "the count"});
    assert_snapshot!(failures(&world, "DeduplicateItems", [too_many]).await, @"kestra:///in.txt has more than 400000 different keys; that is the limit of one file");
}

#[tokio::test]
async fn the_files_of_an_execution_are_purged() {
    let others = "main/files/company/team/flow/executions/10/inputs/a/a.txt";
    let files = Memory::default()
        .with("main/files/company/team/flow/executions/1/inputs/a/ä.txt", "1")
        .with("main/files/company/team/flow/executions/1/tasks/other/3/b.txt", "2")
        .with(others, "3");
    let world = World::with(files);
    task(&world, "Write", json!({"content": "4"})).await;
    let purged = task(&world, "PurgeCurrentExecutionFiles", json!({})).await;
    let uris = ["inputs/a/%C3%A4.txt", "tasks/other/3/b.txt", "tasks/task/2/content.tmp"];
    let uris = uris.map(|file| format!("{URI}/{file}"));
    assert_eq!(Json::from(purged.outcome.outputs.clone()), json!({"uris": uris}));
    assert_eq!(world.blobs.below(""), [(others.to_owned(), 1)]);
    let again = task(&world, "PurgeCurrentExecutionFiles", json!({})).await;
    assert_eq!(again.story(), "SUCCESS\n{\"uris\":[]}");
}

#[tokio::test]
async fn only_so_many_files_are_purged_as_can_be_told() {
    let path = |number: usize| format!("main/files/company/team/flow/executions/1/tasks/t/{number}/a");
    for (files, purged) in [(5_000, true), (5_001, false)] {
        let world = World::with((0..files).fold(Memory::default(), |memory, it| memory.with(&path(it), "")));
        let ran = task(&world, "PurgeCurrentExecutionFiles", json!({})).await;
        assert_eq!(world.blobs.below("").len(), if purged { 0 } else { files });
        if purged {
            assert_eq!(ran.outcome.outputs["uris"].as_array().unwrap().len(), files);
        } else {
            assert!(ran.failure().starts_with("the execution has more files than can be told: 5000"));
        }
    }
}
