//! Items of tables.

mod delete_item;
mod get_item;
mod put_item;
mod query;
mod rows;
mod scan;
mod value;

use aws_sdk_dynamodb::Client;
use engine::flow::{PropertyType, Shape};

use super::{
    Work,
    connection::{Connection, Patience},
};
use crate::properties::required;

pub(crate) use self::{
    delete_item::{DELETE_ITEM, delete_item},
    get_item::{GET_ITEM, get_item},
    put_item::{PUT_ITEM, put_item},
    query::{QUERY, query},
    scan::{SCAN, scan},
};

const TABLE: PropertyType = required("tableName", Shape::String);

/// A client of the service, as the flow describes it.
async fn client(work: Work<'_>, connection: &Connection) -> Result<Client, String> {
    let execution = work.attempt.execution.to_string();
    Ok(Client::new(&connection.open(work.shared, Patience::SMALL, &execution).await?))
}
