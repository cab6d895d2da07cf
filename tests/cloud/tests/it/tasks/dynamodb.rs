//! Items of tables.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use cloud::sdk;
use serde_json::{Value as Json, json};

use super::Site;

const TABLE: &str = "persons";

/// With a table of keys of a text and a number.
async fn site() -> Site {
    let site = Site::new();
    let client = aws_sdk_dynamodb::Client::new(&sdk::config(&site.account));
    let attribute = |name, of| AttributeDefinition::builder().attribute_name(name).attribute_type(of).build();
    let key = |name, of| KeySchemaElement::builder().attribute_name(name).key_type(of).build();
    let table = client.create_table().table_name(TABLE).billing_mode(BillingMode::PayPerRequest);
    let table = table.attribute_definitions(attribute("id", ScalarAttributeType::S).unwrap());
    let table = table.attribute_definitions(attribute("at", ScalarAttributeType::N).unwrap());
    let table = table.key_schema(key("id", KeyType::Hash).unwrap());
    table.key_schema(key("at", KeyType::Range).unwrap()).send().await.unwrap();
    site
}

fn task(site: &Site, of: &str, mut properties: Json) -> Json {
    properties["tableName"] = json!(TABLE);
    site.task(&format!("dynamodb.{of}"), properties)
}

#[tokio::test]
async fn an_item_is_put_got_and_deleted() {
    let site = site().await;
    let key = json!({"id": 1, "at": {"N": 5}});
    let item = json!({"id": 1, "at": {"N": 5}, "name": "Doe", "tags": ["a", "b"], "more": {"ok": false, "none": null}});
    let ended = site
        .run(vec![
            task(&site, "PutItem", json!({"item": item.to_string()})),
            task(&site, "GetItem", json!({"key": key})),
            task(&site, "DeleteItem", json!({"key": key})),
            task(&site, "GetItem", json!({"id": "again", "key": key})),
        ])
        .await;
    assert_eq!(
        ended.outputs("GetItem")["row"],
        json!({"at": 5, "id": "1", "more": {"none": null, "ok": false}, "name": "Doe", "tags": ["a", "b"]})
    );
    assert_eq!(ended.outputs("again")["row"], json!({}));
}

#[tokio::test]
async fn items_are_found_page_by_page() {
    let site = site().await;
    let client = aws_sdk_dynamodb::Client::new(&sdk::config(&site.account));
    // More than the megabyte of a page.
    for at in 0..5 {
        use aws_sdk_dynamodb::types::AttributeValue as Value;
        let put = client.put_item().table_name(TABLE).item("id", Value::S("a".to_owned()));
        let put = put.item("at", Value::N(at.to_string())).item("text", Value::S("x".repeat(300_000)));
        put.send().await.unwrap();
    }
    let query = json!({"keyConditionExpression": "id = :id", "expressionAttributeValues": {":id": "a"}});
    let with = |extra: Json| {
        let mut query = query.clone();
        query.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        query
    };
    let ended = site.run(vec![task(&site, "Query", query.clone())]).await;
    assert_eq!(ended.outputs("Query")["size"], 5);
    assert_eq!(ended.metrics("Query"), ["records=5"]);
    let file = String::from_utf8(site.content(&ended.outputs("Query")["uri"]).await).unwrap();
    let ats = file.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()["at"].clone());
    assert_eq!(ats.collect::<Json>(), json!([0, 1, 2, 3, 4]));

    let ended = site.run(vec![task(&site, "Query", with(json!({"fetchType": "FETCH", "limit": 2})))]).await;
    assert_eq!(ended.outputs("Query")["rows"].as_array().unwrap().len(), 2);
    assert_eq!(ended.outputs("Query")["rows"][1]["at"], 1);

    let filtered = with(json!({
        "fetchType": "FETCH_ONE", "filterExpression": "at2 = :at OR #x = :at",
    }));
    let ended = site.run(vec![task(&site, "Query", filtered)]).await;
    assert!(
        ended.failure().is_some_and(|it| it.starts_with("ValidationException: ")),
        "{:?}",
        ended.failure()
    );

    let one = json!({
        "fetchType": "FETCH_ONE", "filterExpression": "size(id) = :one",
        "expressionAttributeValues": {":one": {"N": 1}},
    });
    let ended = site.run(vec![task(&site, "Scan", one)]).await;
    assert_eq!(ended.outputs("Scan")["row"]["id"], "a");
    assert_eq!(ended.outputs("Scan")["size"], 1);

    let ended = site.run(vec![task(&site, "Scan", json!({"fetchType": "NONE"}))]).await;
    assert_eq!(json!(ended.outputs("Scan")), json!({"size": 5}));

    let ended = site.run(vec![task(&site, "Scan", json!({"fetchType": "FETCH"}))]).await;
    let failure = ended.failure().unwrap();
    assert!(failure.starts_with("the rows have more than 1048576 bytes"), "{failure}");
}

#[tokio::test]
async fn what_goes_wrong_is_said() {
    let site = site().await;
    let failures = [
        ("PutItem", json!({"item": {"id": "a"}}), "ValidationException: "),
        ("PutItem", json!({"item": "not a map"}), "`item` must be a map, or a map in JSON"),
        (
            "GetItem",
            json!({"key": {"id": "a", "at": {"N": "x"}}}),
            "`{N: \"x\"}` is not a value of the type `N`",
        ),
        ("DeleteItem", json!({"key": {"id": "a"}}), "ValidationException: "),
        (
            "Scan",
            json!({"filterExpression": "a = :a"}),
            "'expressionAttributeValues' must be provided when 'filterExpression' is used",
        ),
    ];
    for (of, properties, message) in failures {
        let ended = site.run(vec![task(&site, of, properties.clone())]).await;
        let failure = ended.failure().unwrap_or("nothing");
        assert!(failure.starts_with(message), "{of} {properties}: {failure}");
    }
    let nowhere = json!({"tableName": "nothing", "key": {"id": "a"}});
    let ended = site.one("dynamodb.GetItem", nowhere).await;
    assert!(ended.failure().unwrap().starts_with("ResourceNotFoundException"), "{:?}", ended.failure());
}
