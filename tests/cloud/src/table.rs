//! The table, as the template describes it.

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
        ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType, TimeToLiveSpecification,
    },
};

/// Of every account's table.
pub const NAME: &str = "roundtrip";

/// Makes it; gives its name.
pub async fn make(client: &Client) -> &'static str {
    let text = ScalarAttributeType::S;
    let attributes = [
        ("pk", text.clone()),
        ("sk", text.clone()),
        ("ws", text.clone()),
        ("w", ScalarAttributeType::N),
        ("l", text.clone()),
        ("p", text),
    ];
    let attributes = attributes.map(|(name, kind)| {
        let definition = AttributeDefinition::builder().attribute_name(name).attribute_type(kind);
        definition.build().expect("it is whole")
    });
    let summary = Projection::builder().projection_type(ProjectionType::Include).non_key_attributes("s");
    let keys = Projection::builder().projection_type(ProjectionType::KeysOnly);
    let stream =
        StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewAndOldImages);
    let made = client.create_table().table_name(NAME).billing_mode(BillingMode::PayPerRequest);
    let made = made.set_attribute_definitions(Some(attributes.into())).set_key_schema(Some(key("pk", "sk")));
    let made = made.global_secondary_indexes(index("due", key("ws", "w"), keys.build()));
    let made = made.global_secondary_indexes(index("list", key("l", "p"), summary.build()));
    let made = made.stream_specification(stream.build().expect("it is whole"));
    made.send().await.expect("the emulator makes a table at once");
    let expiry = TimeToLiveSpecification::builder().enabled(true).attribute_name("x");
    let expiry = expiry.build().expect("it is whole");
    let expires = client.update_time_to_live().table_name(NAME).time_to_live_specification(expiry);
    expires.send().await.expect("the table is there");
    NAME
}

fn key(hash: &str, range: &str) -> Vec<KeySchemaElement> {
    let element = |name, kind| {
        let element = KeySchemaElement::builder().attribute_name(name).key_type(kind);
        element.build().expect("it is whole")
    };
    vec![element(hash, KeyType::Hash), element(range, KeyType::Range)]
}

fn index(name: &str, key: Vec<KeySchemaElement>, projection: Projection) -> GlobalSecondaryIndex {
    let index = GlobalSecondaryIndex::builder().index_name(name).set_key_schema(Some(key));
    index.projection(projection).build().expect("it is whole")
}
