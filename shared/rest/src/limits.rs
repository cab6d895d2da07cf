//! How much of a request is taken. What is beyond is refused with 413 and the limit's size.

/// Bytes of one text part of a form.
pub const TEXT_PART_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of all text parts of a form together, and of everything in it that is not a file.
pub const TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of the flows of one validation together.
pub const SOURCES_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of a JSON body of inputs.
pub const JSON_BYTES_MAX: usize = TEXT_BYTES_MAX;
/// Bytes of the list of files that are going to be uploaded.
pub const ANNOUNCEMENT_BYTES_MAX: usize = 256 * 1024;
/// Bytes of the head of one part of a form, and of what may stand before the first.
pub const PART_HEAD_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a trigger that is updated.
pub const TRIGGER_BYTES_MAX: usize = 256 * 1024;
/// Bytes of a user, token or tenant that is made.
pub const GRANT_BYTES_MAX: usize = 64 * 1024;
/// Bytes of the body of a webhook. Kestra: a message has at most 1 MiB.
pub const WEBHOOK_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of an expression that is evaluated for a caller.
pub const EXPRESSION_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a body that says what to do with executions: some 40,000 ids.
pub const ORDER_BYTES_MAX: usize = 1024 * 1024;
