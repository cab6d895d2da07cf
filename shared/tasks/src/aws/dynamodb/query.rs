//! `io.kestra.plugin.aws.dynamodb.Query`: the items of a key.

use engine::flow::{PropertyType, Shape, TaskType};
use ports::Answer;

use super::{
    TABLE, client,
    rows::{FETCH, LIMIT, Page, Wanted},
    value::{Attributes, attributes},
};
use crate::{
    aws::{
        Work,
        connection::{self, Connection},
        said::said,
    },
    plain::Done,
    properties::{Properties, property, required},
};

const PROPERTIES: [PropertyType; 18] = connection::with([
    TABLE,
    FETCH,
    LIMIT,
    required("keyConditionExpression", Shape::String),
    required("expressionAttributeValues", Shape::Any),
    property("filterExpression", Shape::String),
]);

pub(crate) const QUERY: TaskType =
    TaskType { name: "io.kestra.plugin.aws.dynamodb.Query", aliases: &[], properties: &PROPERTIES };

pub(crate) fn query(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let table = properties.required_text("tableName");
        let condition = properties.required_text("keyConditionExpression");
        let values = properties.map("expressionAttributeValues");
        let filter = properties.text("filterExpression");
        let wanted = Wanted::read(&mut properties);
        properties.finish()?;
        let values = attributes(values)?;
        let client = client(work, &connection).await?;
        let ask = |from: Option<Attributes>, limit: Option<i32>| -> Answer<'_, Page> {
            let query = client.query().table_name(&table).key_condition_expression(&condition);
            let query = query.set_expression_attribute_values(Some(values.clone())).set_limit(limit);
            let query = query.set_filter_expression(filter.clone()).set_exclusive_start_key(from);
            Box::pin(async move {
                let found = query.send().await.map_err(said)?;
                Ok((found.items.unwrap_or_default(), found.last_evaluated_key))
            })
        };
        wanted.gather(work, ask).await
    })
}
