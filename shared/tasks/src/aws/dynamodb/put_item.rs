//! `io.kestra.plugin.aws.dynamodb.PutItem`: writes an item, in place of one with the same key.

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

const PROPERTIES: [PropertyType; 14] = connection::with([TABLE, required("item", Shape::Any)]);

pub(crate) const PUT_ITEM: TaskType =
    TaskType { name: "io.kestra.plugin.aws.dynamodb.PutItem", aliases: &[], properties: &PROPERTIES };

pub(crate) fn put_item(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let (table, item) = (properties.required_text("tableName"), properties.map("item"));
        properties.finish()?;
        let item = attributes(item)?;
        let client = client(work, &connection).await?;
        client.put_item().table_name(table).set_item(Some(item)).send().await.map_err(said)?;
        Ok(Made::default())
    })
}
