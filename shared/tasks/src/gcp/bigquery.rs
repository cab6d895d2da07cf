//! Tasks of BigQuery.

mod configuration;
mod job;
mod load;
mod order;
mod policy;
mod statistics;
mod table;
mod upload;
mod work;

pub(crate) use load::{LOAD, Load};
