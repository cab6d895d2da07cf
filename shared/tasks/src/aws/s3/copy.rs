//! `io.kestra.plugin.aws.s3.Copy`: an object to another place, by S3 itself.

use std::fmt::Write as _;

use aws_sdk_s3::{Client, types::ServerSideEncryption};
use engine::flow::{PropertyType, Shape, TaskType};
use ports::Answer;
use serde_json::json;

use super::{client, object::present};
use crate::{
    aws::{
        Work,
        connection::{self, Connection, Patience},
        said::said,
    },
    plain::{Done, Made},
    properties::{Properties, property, required},
};

const ENCRYPTION: Shape = Shape::OneOf(&["NONE", "AES256", "AWS_KMS"]);
const PLACE: [PropertyType; 4] = [
    property("bucket", Shape::String),
    property("key", Shape::String),
    property("serverSideEncryption", ENCRYPTION),
    property("kmsKeyId", Shape::String),
];
const FROM: Shape = Shape::Map {
    class: "io.kestra.plugin.aws.s3.Copy-CopyObjectFrom",
    properties: &{
        let [bucket, key, encryption, kms] = PLACE;
        [bucket, key, encryption, kms, property("versionId", Shape::String)]
    },
};
pub(super) const TO: Shape =
    Shape::Map { class: "io.kestra.plugin.aws.s3.Copy-CopyObject", properties: &PLACE };

const PROPERTIES: [PropertyType; 15] =
    connection::with([required("from", FROM), property("to", TO), property("delete", Shape::Boolean)]);

pub(crate) const COPY: TaskType =
    TaskType { name: "io.kestra.plugin.aws.s3.Copy", aliases: &[], properties: &PROPERTIES };

/// Where an object is, or goes.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    pub(super) bucket: String,
    pub(super) key: String,
    version: Option<String>,
    encryption: Option<ServerSideEncryption>,
    kms_key: Option<String>,
}

impl Place {
    pub(super) fn new(bucket: &str, key: &str) -> Self {
        Self { bucket: bucket.to_owned(), key: key.to_owned(), ..Self::default() }
    }

    /// As it is, under another key.
    pub(super) fn keyed(&self, key: String) -> Self {
        Self { key, ..self.clone() }
    }

    /// Reads both its bucket and its key.
    pub(super) fn read(properties: &mut Properties<'_>) -> Self {
        let bucket = properties.required_text("bucket");
        let key = properties.required_text("key");
        Self { bucket, key, ..Self::rest(properties) }
    }

    /// As [`Self::read`], where what is absent is that of another.
    fn read_or(properties: &mut Properties<'_>, other: &Self) -> Self {
        let bucket = properties.text("bucket").unwrap_or_else(|| other.bucket.clone());
        let key = properties.text("key").unwrap_or_else(|| other.key.clone());
        Self { bucket, key, ..Self::rest(properties) }
    }

    fn rest(properties: &mut Properties<'_>) -> Self {
        let encryption = match properties.text("serverSideEncryption").as_deref() {
            Some("AES256") => Some(ServerSideEncryption::Aes256),
            Some("AWS_KMS") => Some(ServerSideEncryption::AwsKms),
            Some(_) | None => None,
        };
        let is_kms = encryption == Some(ServerSideEncryption::AwsKms);
        Self {
            version: properties.text("versionId"),
            encryption,
            kms_key: properties.text("kmsKeyId").filter(|_| is_kms),
            ..Self::default()
        }
    }

    /// As the API wants the source: bytes that a URL cannot have are escaped.
    fn source(&self) -> String {
        let mut source = String::new();
        for byte in format!("{}/{}", self.bucket, self.key).bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
                source.push(char::from(byte));
            } else {
                let _ = write!(source, "%{byte:02X}");
            }
        }
        match &self.version {
            Some(version) => format!("{source}?versionId={version}"),
            None => source,
        }
    }
}

/// Copies; gives the `ETag` and the version of the copy.
///
/// # Errors
/// The service's.
pub(super) async fn copy_object(
    client: &Client,
    from: &Place,
    to: &Place,
) -> Result<(Option<String>, Option<String>), String> {
    let copy = client.copy_object().copy_source(from.source()).bucket(&to.bucket).key(&to.key);
    let copy = copy.set_server_side_encryption(to.encryption.clone()).set_ssekms_key_id(to.kms_key.clone());
    let copied = copy.send().await.map_err(said)?;
    let tag = copied.copy_object_result().and_then(|it| it.e_tag()).map(ToOwned::to_owned);
    Ok((tag, copied.version_id))
}

/// # Errors
/// The service's.
pub(super) async fn delete_object(client: &Client, at: &Place) -> Result<(), String> {
    client.delete_object().bucket(&at.bucket).key(&at.key).send().await.map_err(said).map(|_| ())
}

pub(crate) fn copy(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let from = properties.section("from", Place::read);
        let to = properties.section("to", |to| Place::read_or(to, &from));
        let moves = properties.flag("delete", false);
        properties.finish()?;
        if moves && (&from.bucket, &from.key) == (&to.bucket, &to.key) {
            return Err("`delete` would remove the copy: it has the place of what is copied".to_owned());
        }
        let client = client(work, &connection, Patience::PART).await?;
        let (tag, version) = copy_object(&client, &from, &to).await?;
        if moves {
            delete_object(&client, &from).await?;
        }
        let outputs = present([
            ("bucket", json!(to.bucket)),
            ("key", json!(to.key)),
            ("eTag", json!(tag)),
            ("versionId", json!(version)),
        ]);
        Ok(Made { outputs, ..Made::default() })
    })
}
