//! The part of flowable tasks that touches the world.

mod working_directory;

pub(crate) use self::working_directory::{WORKING_DIRECTORY, WorkingDirectory};
