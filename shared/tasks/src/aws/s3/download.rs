//! `io.kestra.plugin.aws.s3.Download`: one object, or some that fit, as files of internal storage.

use engine::{
    execution::{Level, Metric},
    flow::{PropertyType, Shape, TaskType},
};
use ports::Answer;
use serde_json::{Map, Value as Json};

use super::{
    BUCKET, client,
    listing::{self, Filter, Listing},
    object::{self, Named},
};
use crate::{
    aws::{
        Work,
        connection::{self, Connection, Patience},
    },
    plain::{Done, Made},
    properties::{Properties, property},
};

const OWN: [PropertyType; 13] = {
    let [a, b, c, d, e, f, g, h] = listing::PROPERTIES;
    let key = property("key", Shape::String);
    let version = property("versionId", Shape::String);
    let checksum = property("validateChecksum", Shape::NotBuilt);
    [BUCKET, property("requestPayer", Shape::String), key, version, checksum, a, b, c, d, e, f, g, h]
};
const PROPERTIES: [PropertyType; 25] = connection::with(OWN);

pub(crate) const DOWNLOAD: TaskType =
    TaskType { name: "io.kestra.plugin.aws.s3.Download", aliases: &[], properties: &PROPERTIES };

pub(crate) fn download(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let (key, version) = (properties.text("key"), properties.text("versionId"));
        let is_filtered = ["prefix", "delimiter", "regexp"].iter().any(|name| properties.has(name));
        if key.is_none() && !is_filtered {
            properties.problem(
                "Invalid configuration: either specify 'key' for single file download or at least one filtering \
                 parameter (prefix, delimiter, regexp) for multiple files download"
                    .to_owned(),
            );
        }
        let listing = Listing::read(&mut properties, Filter::Files);
        properties.finish()?;
        let client = client(work, &connection, Patience::PART).await?;
        let named = |key, version| Named {
            bucket: &listing.bucket,
            key,
            version,
            payer: listing.payer.clone(),
            owner: listing.owner.clone(),
        };
        if let Some(key) = key.as_deref().filter(|_| !is_filtered) {
            let file = object::download(work, &client, named(key, version), &work.attempt.folder).await?;
            let size = Metric::counter("file.size", file.size);
            return Ok(Made { outputs: file.told(), ..Made::default() }.measured([size]));
        }
        let found = listing.ask(&client).await?;
        if let Some(of) = found.of {
            work.say(Level::Warn, listing.cut(of)).await;
        }
        if found.objects.is_empty() {
            work.say(Level::Warn, "No objects found matching the filter criteria".to_owned()).await;
        }
        let (mut files, mut sizes) = (Map::new(), Vec::new());
        for (index, key) in found.objects.iter().filter_map(|it| it.key()).enumerate() {
            let folder = format!("{}/{index}", work.attempt.folder);
            let file = object::download(work, &client, named(key, None), &folder).await?;
            sizes.push(Metric::counter("file.size", file.size));
            files.insert(key.to_owned(), Json::Object(file.told()));
        }
        let mut made = Made::default();
        made.put("files", Json::Object(files));
        Ok(made.measured(sizes))
    })
}
