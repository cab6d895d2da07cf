//! Which objects of a bucket a task is about.

use aws_sdk_s3::{
    Client,
    types::{EncodingType, Object},
};
use engine::flow::{PropertyType, Shape};
use regex::Regex;

use super::payer;
use crate::{
    aws::said::said,
    properties::{Properties, property},
};

/// Objects that one call lists, and Kestra's default.
const KEYS_MAX: u64 = 1_000;
/// Objects that a task is about, unless a flow says otherwise. Kestra: the same.
const FILES: u64 = 25;

pub(super) const PROPERTIES: [PropertyType; 8] = [
    property("prefix", Shape::String),
    property("delimiter", Shape::String),
    property("marker", Shape::String),
    property("encodingType", Shape::String),
    property("maxKeys", Shape::Integer),
    property("expectedBucketOwner", Shape::String),
    property("regexp", Shape::String),
    property("maxFiles", Shape::Integer),
];

pub(super) const FILTER: PropertyType = property("filter", Shape::OneOf(&["FILES", "DIRECTORY", "BOTH"]));

/// What a key has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    Files,
    /// Ends with a `/`.
    Directory,
    Both,
}

/// What is asked.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) bucket: String,
    pub(super) payer: Option<String>,
    pub(super) owner: Option<String>,
    prefix: Option<String>,
    delimiter: Option<String>,
    marker: Option<String>,
    encoding: Option<EncodingType>,
    keys_max: u64,
    pattern: Option<Regex>,
    files_max: usize,
    filter: Filter,
}

/// What was found.
pub(super) struct Found {
    pub(super) objects: Vec<Object>,
    /// How many there were, when not all are told.
    pub(super) of: Option<usize>,
}

impl Listing {
    pub(super) fn read(properties: &mut Properties<'_>, default: Filter) -> Self {
        let pattern = properties.text("regexp").and_then(|text| {
            let whole = Regex::new(&format!("^(?:{text})$"));
            whole.map_err(|error| properties.problem(format!("`regexp`: {error}"))).ok()
        });
        let filter = |text: &str| match text {
            "FILES" => Some(Filter::Files),
            "DIRECTORY" => Some(Filter::Directory),
            "BOTH" => Some(Filter::Both),
            _ => None,
        };
        let files_max = properties.whole("maxFiles").unwrap_or(FILES);
        Self {
            bucket: properties.required_text("bucket"),
            payer: properties.text("requestPayer"),
            owner: properties.text("expectedBucketOwner"),
            prefix: properties.text("prefix"),
            delimiter: properties.text("delimiter"),
            marker: properties.text("marker"),
            encoding: properties.text("encodingType").map(|it| EncodingType::from(it.as_str())),
            keys_max: properties.whole("maxKeys").unwrap_or(KEYS_MAX).min(KEYS_MAX),
            pattern,
            files_max: usize::try_from(files_max).unwrap_or(usize::MAX),
            filter: properties.word("filter", filter).unwrap_or(default),
        }
    }

    /// Asks once, as Kestra does: of `maxKeys` keys, those that fit.
    ///
    /// # Errors
    /// The bucket cannot be listed.
    pub(super) async fn ask(&self, client: &Client) -> Result<Found, String> {
        let keys_max = i32::try_from(self.keys_max).unwrap_or(i32::MAX);
        let list = client.list_objects().bucket(&self.bucket).max_keys(keys_max);
        let list = list.set_prefix(self.prefix.clone()).set_delimiter(self.delimiter.clone());
        let list = list.set_marker(self.marker.clone()).set_encoding_type(self.encoding.clone());
        let list = list.set_expected_bucket_owner(self.owner.clone());
        let listed = list.set_request_payer(payer(self.payer.clone())).send().await.map_err(said)?;
        let mut objects = listed.contents.unwrap_or_default();
        objects.retain(|object| object.key().is_some_and(|key| self.fits(key)));
        let of = (objects.len() > self.files_max).then_some(objects.len());
        objects.truncate(self.files_max);
        Ok(Found { objects, of })
    }

    fn fits(&self, key: &str) -> bool {
        let is_directory = key.ends_with('/');
        let fits = match self.filter {
            Filter::Files => !is_directory,
            Filter::Directory => is_directory,
            Filter::Both => true,
        };
        fits && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(key))
    }

    /// What a flow is told when there are more objects than it takes.
    pub(super) fn cut(&self, of: usize) -> String {
        format!(
            "Listing returned {of} files but maxFiles limit is {max}. Only the first {max} files will be returned. \
             Increase the maxFiles property if you need more files.",
            max = self.files_max
        )
    }
}
