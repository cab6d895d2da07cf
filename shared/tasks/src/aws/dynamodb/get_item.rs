//! `io.kestra.plugin.aws.dynamodb.GetItem`: an item by its key.

use engine::flow::{PropertyType, Shape, TaskType};
use ports::Answer;
use serde_json::Value as Json;

use super::{
    TABLE, client,
    value::{attributes, row},
};
use crate::{
    aws::{
        Work,
        connection::{self, Connection},
        said::said,
    },
    plain::{Done, outputs},
    properties::{Properties, required},
};

const PROPERTIES: [PropertyType; 14] = connection::with([TABLE, required("key", Shape::Any)]);

pub(crate) const GET_ITEM: TaskType =
    TaskType { name: "io.kestra.plugin.aws.dynamodb.GetItem", aliases: &[], properties: &PROPERTIES };

pub(crate) fn get_item(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let (table, key) = (properties.required_text("tableName"), properties.map("key"));
        properties.finish()?;
        let key = attributes(key)?;
        let client = client(work, &connection).await?;
        let found = client.get_item().table_name(table).set_key(Some(key)).send().await.map_err(said)?;
        // Kestra: the row is empty when there is no such item.
        Ok(outputs([("row", Json::Object(row(found.item.unwrap_or_default())))]))
    })
}
