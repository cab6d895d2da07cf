//! `io.kestra.plugin.aws.dynamodb.Scan`: the items of a table.

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
    properties::{Properties, property},
};

const PROPERTIES: [PropertyType; 17] = connection::with([
    TABLE,
    FETCH,
    LIMIT,
    property("filterExpression", Shape::String),
    property("expressionAttributeValues", Shape::Any),
]);

pub(crate) const SCAN: TaskType =
    TaskType { name: "io.kestra.plugin.aws.dynamodb.Scan", aliases: &[], properties: &PROPERTIES };

pub(crate) fn scan(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let table = properties.required_text("tableName");
        let filter = properties.text("filterExpression");
        let values = properties.map("expressionAttributeValues");
        if filter.is_some() && values.is_empty() {
            properties.problem(
                "'expressionAttributeValues' must be provided when 'filterExpression' is used".to_owned(),
            );
        }
        let wanted = Wanted::read(&mut properties);
        properties.finish()?;
        // Values that no expression names are refused by the service.
        let values = filter.is_some().then(|| attributes(values)).transpose()?;
        let client = client(work, &connection).await?;
        let ask = |from: Option<Attributes>, limit: Option<i32>| -> Answer<'_, Page> {
            let scan = client.scan().table_name(&table).set_filter_expression(filter.clone());
            let scan = scan.set_expression_attribute_values(values.clone()).set_limit(limit);
            let scan = scan.set_exclusive_start_key(from);
            Box::pin(async move {
                let found = scan.send().await.map_err(said)?;
                Ok((found.items.unwrap_or_default(), found.last_evaluated_key))
            })
        };
        wanted.gather(work, ask).await
    })
}
