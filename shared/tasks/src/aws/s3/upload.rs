//! `io.kestra.plugin.aws.s3.Upload`: files of internal storage as objects.

use engine::{
    execution::{Level, Metric},
    flow::{PropertyType, Shape, TaskType},
};
use ports::Answer;
use serde_json::{Map, Value as Json, json};

use super::{
    BUCKET, client,
    description::{self, Description},
    object::present,
    parts::{self, Destination, Uploaded},
};
use crate::{
    aws::{
        Work,
        connection::{self, Connection, Patience},
    },
    plain::{Done, Made},
    properties::{Properties, property, required},
    storage::Source,
};

/// Files that one task uploads.
const FILES_MAX: usize = 10_000;

const OWN: [PropertyType; 23] = {
    let mut own = [BUCKET; 23];
    own[1] = required("from", Shape::Any);
    own[2] = required("key", Shape::String);
    own[3] = property("requestPayer", Shape::String);
    let mut index = 0;
    while index < description::PROPERTIES.len() {
        own[4 + index] = description::PROPERTIES[index];
        index += 1;
    }
    own
};
const PROPERTIES: [PropertyType; 35] = connection::with(OWN);

pub(crate) const UPLOAD: TaskType =
    TaskType { name: "io.kestra.plugin.aws.s3.Upload", aliases: &[], properties: &PROPERTIES };

/// What is uploaded.
#[derive(Debug, PartialEq)]
enum From {
    /// As `key`.
    One(String),
    /// Below `key`, under these names.
    Many(Vec<(String, String)>),
}

pub(crate) fn upload(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let (bucket, key) = (properties.required_text("bucket"), properties.required_text("key"));
        let description = Description::read(&mut properties);
        let from = from(properties.any("from")).map_err(|problem| properties.problem(problem));
        properties.finish()?;
        let client = client(work, &connection, Patience::PART).await?;
        let to = Destination { client: &client, bucket: &bucket, key: &key, description: &description };
        let told = |Uploaded { tag, version }| [("eTag", json!(tag)), ("versionId", json!(version))];
        match from.unwrap_or(From::Many(Vec::new())) {
            From::One(uri) => {
                let (size, uploaded) = one(work, to, uri).await?;
                let [tag, version] = told(uploaded);
                let outputs = present([("bucket", json!(bucket)), ("key", json!(key)), tag, version]);
                let metrics = [Metric::counter("file.count", 1), Metric::counter("file.size", size)];
                Ok(Made { outputs, ..Made::default() }.measured(metrics))
            }
            From::Many(all) => {
                let (mut files, mut metrics) = (Map::new(), Vec::new());
                for (name, uri) in all {
                    let whole = format!("{}/{name}", key.trim_end_matches('/'));
                    let (size, uploaded) = one(work, Destination { key: &whole, ..to }, uri).await?;
                    let [tag, version] = told(uploaded);
                    files.insert(name, Json::Object(present([tag, version, ("contentLength", json!(size))])));
                    metrics.extend([Metric::counter("file.count", 1), Metric::counter("file.size", size)]);
                }
                let outputs =
                    [("bucket", json!(bucket)), ("key", json!(key)), ("files", Json::Object(files))];
                Ok(Made { outputs: present(outputs), ..Made::default() }.measured(metrics))
            }
        }
    })
}

async fn one(work: Work<'_>, to: Destination<'_>, uri: String) -> Result<(u64, Uploaded), String> {
    let source = Source::new(work.attempt, uri)?;
    let file = source.open(&*work.surroundings.blobs, None).await?;
    work.say(Level::Debug, format!("Uploading to '{}'", to.key)).await;
    Ok((file.facts.size, parts::upload(to, file).await?))
}

/// A URI; a list of them, of which more than one are named as they are in internal storage; or a map from names. Lists
/// and maps may be JSON in a text.
fn from(given: Option<&Json>) -> Result<From, String> {
    let wrong = || "`from` must be the URI of a file, a list of them, or a map of names to them".to_owned();
    let read = match given {
        None => return Err("`from` must not be null".to_owned()),
        Some(Json::String(text)) if text.trim_start().starts_with(['[', '{']) => {
            serde_json::from_str(text).map_err(|_| wrong())?
        }
        Some(given) => given.clone(),
    };
    let many = match read {
        Json::String(uri) => return Ok(From::One(uri.trim().to_owned())),
        Json::Array(items) => {
            let mut many = Vec::with_capacity(items.len());
            for item in items {
                let Json::String(uri) = item else { return Err(wrong()) };
                many.push((uri.rsplit('/').next().unwrap_or_default().to_owned(), uri));
            }
            match <[(String, String); 1]>::try_from(many) {
                Ok([(_, uri)]) => return Ok(From::One(uri)),
                Err(many) => many,
            }
        }
        Json::Object(items) => {
            let mut many = Vec::with_capacity(items.len());
            for (name, item) in items {
                let Json::String(uri) = item else { return Err(wrong()) };
                many.push((name, uri));
            }
            many
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => return Err(wrong()),
    };
    match many.len() {
        0 => Err("No files to upload: empty array provided in 'from' property".to_owned()),
        1..=FILES_MAX => Ok(From::Many(many)),
        more => Err(format!("`from` has {more} files; {FILES_MAX} may be uploaded at once")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{From, from};

    #[test]
    fn files_are_one_or_many() {
        let one = From::One("kestra:///a/b".to_owned());
        assert_eq!(from(Some(&json!("kestra:///a/b"))), Ok(one));
        assert_eq!(from(Some(&json!("[\"kestra:///a/b\"]"))), Ok(From::One("kestra:///a/b".to_owned())));
        let many = [("b", "kestra:///a/b"), ("d", "kestra:///d")];
        let many = From::Many(many.map(|(name, uri)| (name.to_owned(), uri.to_owned())).to_vec());
        assert_eq!(from(Some(&json!(["kestra:///a/b", "kestra:///d"]))), Ok(many));
        let named = From::Many(vec![("c".to_owned(), "kestra:///a/b".to_owned())]);
        assert_eq!(from(Some(&json!({"c": "kestra:///a/b"}))), Ok(named));
        assert!(from(Some(&json!([]))).is_err_and(|it| it.starts_with("No files to upload")));
        assert!(from(Some(&json!([1]))).is_err_and(|it| it.starts_with("`from` must be")));
    }
}
