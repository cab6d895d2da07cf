//! `io.kestra.plugin.aws.s3.List`: the objects of a bucket.

use engine::{
    execution::{Level, Metric},
    flow::{PropertyType, Shape, TaskType},
};
use ports::Answer;
use serde_json::Value as Json;

use super::{
    BUCKET, client,
    listing::{self, FILTER, Filter, Listing},
    object::listed,
};
use crate::{
    aws::{
        Work,
        connection::{self, Connection, Patience},
    },
    plain::{Done, outputs},
    properties::{Properties, property},
};

const OWN: [PropertyType; 11] = {
    let [a, b, c, d, e, f, g, h] = listing::PROPERTIES;
    [BUCKET, property("requestPayer", Shape::String), FILTER, a, b, c, d, e, f, g, h]
};
const PROPERTIES: [PropertyType; 23] = connection::with(OWN);

pub(crate) const LIST: TaskType =
    TaskType { name: "io.kestra.plugin.aws.s3.List", aliases: &[], properties: &PROPERTIES };

pub(crate) fn list(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let listing = Listing::read(&mut properties, Filter::Both);
        properties.finish()?;
        let client = client(work, &connection, Patience::SMALL).await?;
        let found = listing.ask(&client).await?;
        let count = found.of.unwrap_or(found.objects.len()) as u64;
        if let Some(of) = found.of {
            work.say(Level::Warn, listing.cut(of)).await;
        }
        let objects: Json = found.objects.iter().map(|it| Json::Object(listed(it))).collect();
        Ok(outputs([("objects", objects)]).measured([Metric::counter("s3.objects.count", count)]))
    })
}
