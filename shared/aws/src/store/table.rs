//! The table in the shape that the deployment's template gives it, for the cloud on one machine: an emulator, tests.
//!
//! A deployed table is made by the template alone; nothing in the functions calls this.

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
        ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType, TimeToLiveSpecification,
    },
};
use ports::store::Error;

use super::{DUE, LIST, item, outcome::Failure};

const WHOLE: &str = "all that is required is set";

/// Makes the table: two indexes, a stream of old and new images, expiry.
///
/// # Errors
/// [`Error::Unavailable`] with the service's reason, for one when the table is already there.
pub async fn create_table(client: &Client, table: &str) -> Result<(), Error> {
    let keys_only = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
    let summary = Projection::builder()
        .projection_type(ProjectionType::Include)
        .non_key_attributes(item::SUMMARY)
        .build();
    let request = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes()))
        .set_key_schema(Some(schema(item::PARTITION, item::SORT)))
        .global_secondary_indexes(index(DUE, item::WAKE_SHARD, item::WAKE_AT, keys_only))
        .global_secondary_indexes(index(LIST, item::LIST, item::PLACE, summary))
        .stream_specification(stream());
    request.send().await.map_err(|error| Failure::of(&error).of_read())?;
    let request = client.update_time_to_live().table_name(table).time_to_live_specification(expiry());
    request.send().await.map_err(|error| Failure::of(&error).of_read())?;
    Ok(())
}

/// Those that a key is made of.
fn attributes() -> Vec<AttributeDefinition> {
    let text = ScalarAttributeType::S;
    let attributes = [
        (item::PARTITION, text.clone()),
        (item::SORT, text.clone()),
        (item::WAKE_SHARD, text.clone()),
        (item::WAKE_AT, ScalarAttributeType::N),
        (item::LIST, text.clone()),
        (item::PLACE, text),
    ];
    let definition = |(name, kind)| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().expect(WHOLE)
    };
    attributes.map(definition).into()
}

fn stream() -> StreamSpecification {
    let stream = StreamSpecification::builder().stream_enabled(true);
    stream.stream_view_type(StreamViewType::NewAndOldImages).build().expect(WHOLE)
}

fn expiry() -> TimeToLiveSpecification {
    TimeToLiveSpecification::builder().enabled(true).attribute_name(item::EXPIRES).build().expect(WHOLE)
}

fn index(name: &str, hash: &str, range: &str, projection: Projection) -> GlobalSecondaryIndex {
    let index = GlobalSecondaryIndex::builder().index_name(name).set_key_schema(Some(schema(hash, range)));
    index.projection(projection).build().expect(WHOLE)
}

fn schema(hash: &str, range: &str) -> Vec<KeySchemaElement> {
    let element =
        |(name, kind)| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().expect(WHOLE);
    [(hash, KeyType::Hash), (range, KeyType::Range)].map(element).into()
}
