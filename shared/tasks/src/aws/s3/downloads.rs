//! `io.kestra.plugin.aws.s3.Downloads`: objects that fit as files of internal storage; then they may be moved, or go.

use engine::{
    execution::{Level, Metric},
    flow::{PropertyType, Shape, TaskType},
};
use ports::Answer;
use serde_json::{Map, Value as Json};

use super::{
    BUCKET, client,
    copy::{Place, TO, copy_object, delete_object},
    listing::{self, FILTER, Filter, Listing},
    object::{self, Named, listed},
};
use crate::{
    aws::{
        Work,
        connection::{self, Connection, Patience},
    },
    plain::{Done, outputs},
    properties::{Properties, property},
};

const OWN: [PropertyType; 14] = {
    let [a, b, c, d, e, f, g, h] = listing::PROPERTIES;
    let action = property("action", Shape::OneOf(&["MOVE", "DELETE", "NONE"]));
    let checksum = property("validateChecksum", Shape::NotBuilt);
    let payer = property("requestPayer", Shape::String);
    [BUCKET, payer, FILTER, action, property("moveTo", TO), checksum, a, b, c, d, e, f, g, h]
};
const PROPERTIES: [PropertyType; 26] = connection::with(OWN);

pub(crate) const DOWNLOADS: TaskType =
    TaskType { name: "io.kestra.plugin.aws.s3.Downloads", aliases: &[], properties: &PROPERTIES };

/// What becomes of an object that was downloaded.
enum After {
    Nothing,
    Delete,
    Move(Place),
}

pub(crate) fn downloads(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let after = after(&mut properties);
        let listing = Listing::read(&mut properties, Filter::Both);
        properties.finish()?;
        let client = client(work, &connection, Patience::PART).await?;
        let found = listing.ask(&client).await?;
        if let Some(of) = found.of {
            work.say(Level::Warn, listing.cut(of)).await;
        }
        let (mut objects, mut files, mut size) = (Vec::new(), Map::new(), 0);
        // What ends with a slash stands for a directory, and has nothing in it.
        let of_files =
            found.objects.iter().filter_map(|it| Some((it, it.key().filter(|key| !key.ends_with('/'))?)));
        for (index, (object, key)) in of_files.enumerate() {
            let named = Named {
                bucket: &listing.bucket,
                key,
                version: None,
                payer: listing.payer.clone(),
                owner: listing.owner.clone(),
            };
            let folder = format!("{}/{index}", work.attempt.folder);
            let file = object::download(work, &client, named, &folder).await?;
            size += file.size;
            let mut told = listed(object);
            told.insert("uri".to_owned(), Json::from(file.uri.as_str()));
            objects.push(Json::Object(told));
            files.insert(key.to_owned(), Json::from(file.uri));
        }
        // Only now: what cannot be downloaded whole stays where it is.
        for key in found.objects.iter().filter_map(|it| it.key()) {
            let from = Place::new(&listing.bucket, key);
            match &after {
                After::Nothing => break,
                After::Delete => {}
                After::Move(to) => {
                    let name = key.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
                    let key = format!("{}/{name}", to.key.trim_end_matches('/'));
                    copy_object(&client, &from, &to.keyed(key)).await?;
                }
            }
            delete_object(&client, &from).await?;
        }
        let count = Metric::counter("files.count", files.len() as u64);
        let size = Metric::counter("files.size.total", size);
        let made = outputs([("objects", Json::Array(objects)), ("outputFiles", Json::Object(files))]);
        Ok(made.measured([count, size]))
    })
}

fn after(properties: &mut Properties<'_>) -> After {
    match properties.text("action").as_deref() {
        Some("DELETE") => After::Delete,
        Some("MOVE") if properties.has("moveTo") => After::Move(properties.section("moveTo", Place::read)),
        Some("MOVE") => {
            properties.problem("`action: MOVE` needs `moveTo`, a `bucket` and a `key`".to_owned());
            After::Nothing
        }
        Some("NONE") | None => After::Nothing,
        Some(other) => {
            properties.problem(format!("`action` cannot be `{other}`"));
            After::Nothing
        }
    }
}
