//! `io.kestra.plugin.aws.s3.Delete`: removes an object.

use aws_sdk_s3::types::RequestCharged;
use engine::flow::{PropertyType, Shape, TaskType};
use ports::Answer;
use serde_json::json;

use super::{BUCKET, client, object::present, payer};
use crate::{
    aws::{
        Work,
        connection::{self, Connection, Patience},
        said::said,
    },
    plain::{Done, Made},
    properties::{Properties, property, required},
};

const PROPERTIES: [PropertyType; 17] = connection::with([
    BUCKET,
    required("key", Shape::String),
    property("bypassGovernanceRetention", Shape::Boolean),
    property("mfa", Shape::String),
    property("requestPayer", Shape::String),
]);

pub(crate) const DELETE: TaskType =
    TaskType { name: "io.kestra.plugin.aws.s3.Delete", aliases: &[], properties: &PROPERTIES };

pub(crate) fn delete(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let (bucket, key) = (properties.required_text("bucket"), properties.required_text("key"));
        let bypasses = properties.has("bypassGovernanceRetention");
        let bypasses = bypasses.then(|| properties.flag("bypassGovernanceRetention", false));
        let (mfa, paid) = (properties.text("mfa"), payer(properties.text("requestPayer")));
        properties.finish()?;
        let client = client(work, &connection, Patience::SMALL).await?;
        let delete = client.delete_object().bucket(bucket).key(key).set_mfa(mfa).set_request_payer(paid);
        let deleted = delete.set_bypass_governance_retention(bypasses).send().await.map_err(said)?;
        let outputs = present([
            ("versionId", json!(deleted.version_id())),
            ("deleteMarker", json!(deleted.delete_marker())),
            ("requestCharged", json!(deleted.request_charged().map(RequestCharged::as_str))),
        ]);
        Ok(Made { outputs, ..Made::default() })
    })
}
