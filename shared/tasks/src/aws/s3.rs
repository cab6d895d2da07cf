//! Objects in buckets.

mod copy;
mod delete;
mod description;
mod download;
mod downloads;
mod list;
mod listing;
mod object;
mod parts;
mod upload;

use engine::flow::PropertyType;

use super::{
    Work,
    connection::{Connection, Patience},
};
use crate::properties::required;

pub(crate) use self::{
    copy::{COPY, copy},
    delete::{DELETE, delete},
    download::{DOWNLOAD, download},
    downloads::{DOWNLOADS, downloads},
    list::{LIST, list},
    upload::{UPLOAD, upload},
};

use aws_sdk_s3::{
    Client,
    config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation},
    types::RequestPayer,
};
use engine::flow::Shape;

const BUCKET: PropertyType = required("bucket", Shape::String);

/// A client of the service, as the flow describes it.
async fn client(work: Work<'_>, connection: &Connection, patience: Patience) -> Result<Client, String> {
    let execution = work.attempt.execution.to_string();
    let config = connection.open(work.shared, patience, &execution).await?;
    let mut config = Builder::from(&config).force_path_style(connection.path_style);
    if connection.is_compatible {
        config = config
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    }
    Ok(Client::from_conf(config.build()))
}

/// `requestPayer` as the SDK has it.
fn payer(text: Option<String>) -> Option<RequestPayer> {
    text.map(|text| RequestPayer::from(text.as_str()))
}
