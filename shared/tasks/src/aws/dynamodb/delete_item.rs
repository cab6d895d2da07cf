//! `io.kestra.plugin.aws.dynamodb.DeleteItem`: removes an item by its key, if it is there.

use engine::flow::{PropertyType, Shape, TaskType};
use ports::Answer;

use super::{TABLE, client, value::attributes};
use crate::{
    aws::{
        Work,
        connection::{self, Connection},
        said::said,
    },
    plain::{Done, Made},
    properties::{Properties, required},
};

const PROPERTIES: [PropertyType; 14] = connection::with([TABLE, required("key", Shape::Any)]);

pub(crate) const DELETE_ITEM: TaskType =
    TaskType { name: "io.kestra.plugin.aws.dynamodb.DeleteItem", aliases: &[], properties: &PROPERTIES };

pub(crate) fn delete_item(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let (table, key) = (properties.required_text("tableName"), properties.map("key"));
        properties.finish()?;
        let key = attributes(key)?;
        let client = client(work, &connection).await?;
        client.delete_item().table_name(table).set_key(Some(key)).send().await.map_err(said)?;
        Ok(Made::default())
    })
}
