//! The feed: the table's stream, record by record.
//!
//! The stream tells each change of an item once or more, in order for one key, for 24 hours. An item that expired is
//! told as removed, like any other.

use aws_lambda_events::dynamodb::EventRecord;
use ports::store::{Change, Error};

use super::item;

/// What a record of the stream tells. The stream must give old and new images.
///
/// # Errors
/// [`Error::Corrupt`] for a record that no item of ours can have left: of another table, or without its images.
pub fn change(record: EventRecord) -> Result<Change, Error> {
    let images = record.change;
    let (image, removed) = match (images.new_image.is_empty(), images.old_image.is_empty()) {
        (false, _) => (images.new_image, false),
        (true, false) => (images.old_image, true),
        (true, true) => {
            let (kind, id) = (record.event_name, record.event_id);
            return Err(Error::Corrupt(format!("the record {id} of the stream ({kind}) has no image")));
        }
    };
    let item = item::item(image.into())?;
    Ok(Change { key: item.key, version: item.version, content: (!removed).then_some(item.content) })
}

#[cfg(test)]
mod tests;
