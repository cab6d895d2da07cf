//! What a flow says of an object that is uploaded, besides what is in it.

use aws_sdk_s3::{
    operation::{
        create_multipart_upload::builders::CreateMultipartUploadFluentBuilder as Create,
        put_object::builders::PutObjectFluentBuilder as Put,
    },
    primitives::{DateTime, DateTimeFormat},
    types::{
        ChecksumAlgorithm, ObjectCannedAcl, ObjectLockLegalHoldStatus, ObjectLockMode, ServerSideEncryption,
        StorageClass,
    },
};
use engine::flow::{PropertyType, Shape};

use super::payer;
use crate::properties::{Properties, property};

pub(super) const PROPERTIES: [PropertyType; 19] = [
    property("metadata", Shape::StringMapOrString),
    property("cacheControl", Shape::String),
    property("contentType", Shape::String),
    property("contentEncoding", Shape::String),
    property("contentDisposition", Shape::String),
    property("contentLanguage", Shape::String),
    property("contentLength", Shape::Integer),
    property("expires", Shape::String),
    property("acl", Shape::String),
    property("storageClass", Shape::String),
    property("serverSideEncryption", Shape::OneOf(&["AES256", "AWS_KMS", "AWS_KMS_DSSE", "AWS_FSX"])),
    property("bucketKeyEnabled", Shape::Boolean),
    property("checksumAlgorithm", Shape::OneOf(&["CRC32", "CRC32_C", "SHA1", "SHA256", "CRC64_NVME"])),
    property("expectedBucketOwner", Shape::String),
    property("objectLockMode", Shape::OneOf(&["GOVERNANCE", "COMPLIANCE"])),
    property("objectLockLegalHoldStatus", Shape::OneOf(&["ON", "OFF"])),
    property("objectLockRetainUntilDate", Shape::String),
    property("checksum", Shape::String),
    property("tagging", Shape::StringMapOrString),
];

#[derive(Debug)]
pub(super) struct Description {
    metadata: Vec<(String, String)>,
    cache_control: Option<String>,
    content_type: Option<String>,
    content_encoding: Option<String>,
    content_disposition: Option<String>,
    content_language: Option<String>,
    expires: Option<DateTime>,
    acl: Option<ObjectCannedAcl>,
    storage_class: Option<StorageClass>,
    encryption: Option<ServerSideEncryption>,
    bucket_key: Option<bool>,
    pub(super) algorithm: Option<ChecksumAlgorithm>,
    pub(super) checksum: Option<String>,
    pub(super) owner: Option<String>,
    lock_mode: Option<ObjectLockMode>,
    legal_hold: Option<ObjectLockLegalHoldStatus>,
    retain_until: Option<DateTime>,
    tagging: Option<String>,
    pub(super) payer: Option<String>,
}

/// Both requests take the same, and have no type in common.
macro_rules! described {
    ($it:expr, $request:expr) => {{
        let mut request = $request;
        for (name, value) in &$it.metadata {
            request = request.metadata(name, value);
        }
        request
            .set_cache_control($it.cache_control.clone())
            .set_content_type($it.content_type.clone())
            .set_content_encoding($it.content_encoding.clone())
            .set_content_disposition($it.content_disposition.clone())
            .set_content_language($it.content_language.clone())
            .set_expires($it.expires)
            .set_acl($it.acl.clone())
            .set_storage_class($it.storage_class.clone())
            .set_server_side_encryption($it.encryption.clone())
            .set_bucket_key_enabled($it.bucket_key)
            .set_checksum_algorithm($it.algorithm.clone())
            .set_expected_bucket_owner($it.owner.clone())
            .set_object_lock_mode($it.lock_mode.clone())
            .set_object_lock_legal_hold_status($it.legal_hold.clone())
            .set_object_lock_retain_until_date($it.retain_until)
            .set_tagging($it.tagging.clone())
            .set_request_payer(payer($it.payer.clone()))
    }};
}
impl Description {
    /// `contentLength` is not looked at: how long a file is, is known.
    pub(super) fn read(properties: &mut Properties<'_>) -> Self {
        let tags = properties.texts_by_name("tagging");
        let is_bucket_key = properties.has("bucketKeyEnabled");
        let (algorithm, checksum) =
            (properties.word("checksumAlgorithm", algorithm), properties.text("checksum"));
        if checksum.is_some() && algorithm.is_none() {
            properties.problem("`checksum` needs its `checksumAlgorithm`".to_owned());
        }
        Self {
            metadata: properties.texts_by_name("metadata"),
            cache_control: properties.text("cacheControl"),
            content_type: properties.text("contentType"),
            content_encoding: properties.text("contentEncoding"),
            content_disposition: properties.text("contentDisposition"),
            content_language: properties.text("contentLanguage"),
            expires: moment(properties, "expires"),
            acl: properties.text("acl").map(|it| ObjectCannedAcl::from(it.as_str())),
            storage_class: properties.text("storageClass").map(|it| StorageClass::from(it.as_str())),
            encryption: properties.word("serverSideEncryption", encryption),
            bucket_key: is_bucket_key.then(|| properties.flag("bucketKeyEnabled", false)),
            algorithm,
            checksum,
            owner: properties.text("expectedBucketOwner"),
            lock_mode: properties.text("objectLockMode").map(|it| ObjectLockMode::from(it.as_str())),
            legal_hold: properties
                .text("objectLockLegalHoldStatus")
                .map(|it| ObjectLockLegalHoldStatus::from(it.as_str())),
            retain_until: moment(properties, "objectLockRetainUntilDate"),
            tagging: (!tags.is_empty())
                .then(|| url::form_urlencoded::Serializer::new(String::new()).extend_pairs(tags).finish()),
            payer: properties.text("requestPayer"),
        }
    }

    /// A request to upload it whole.
    pub(super) fn of_whole(&self, request: Put) -> Put {
        let request = described!(self, request);
        match (&self.algorithm, self.checksum.clone()) {
            (Some(ChecksumAlgorithm::Crc32), sum @ Some(_)) => request.set_checksum_crc32(sum),
            (Some(ChecksumAlgorithm::Crc32C), sum @ Some(_)) => request.set_checksum_crc32_c(sum),
            (Some(ChecksumAlgorithm::Sha1), sum @ Some(_)) => request.set_checksum_sha1(sum),
            (Some(ChecksumAlgorithm::Sha256), sum @ Some(_)) => request.set_checksum_sha256(sum),
            (Some(ChecksumAlgorithm::Crc64Nvme), sum @ Some(_)) => request.set_checksum_crc64_nvme(sum),
            _ => request,
        }
    }

    /// A request to upload it in parts.
    pub(super) fn of_parts(&self, request: Create) -> Create {
        described!(self, request)
    }
}

fn moment(properties: &mut Properties<'_>, name: &str) -> Option<DateTime> {
    let text = properties.text(name)?;
    let read = DateTime::from_str(&text, DateTimeFormat::DateTimeWithOffset);
    read.map_err(|_| {
        properties.problem(format!("`{name}`: `{text}` is not a moment such as 2030-01-31T12:00:00Z"));
    })
    .ok()
}

/// By the names that Kestra gives them.
fn algorithm(name: &str) -> Option<ChecksumAlgorithm> {
    match name {
        "CRC32" => Some(ChecksumAlgorithm::Crc32),
        "CRC32_C" => Some(ChecksumAlgorithm::Crc32C),
        "SHA1" => Some(ChecksumAlgorithm::Sha1),
        "SHA256" => Some(ChecksumAlgorithm::Sha256),
        "CRC64_NVME" => Some(ChecksumAlgorithm::Crc64Nvme),
        _ => None,
    }
}

fn encryption(name: &str) -> Option<ServerSideEncryption> {
    match name {
        "AES256" => Some(ServerSideEncryption::Aes256),
        "AWS_KMS" => Some(ServerSideEncryption::AwsKms),
        "AWS_KMS_DSSE" => Some(ServerSideEncryption::AwsKmsDsse),
        "AWS_FSX" => Some(ServerSideEncryption::AwsFsx),
        _ => None,
    }
}
