//! The table, as the template describes it.

use aws::store::create_table;
use aws_sdk_dynamodb::Client;

/// Of every account's table.
pub const NAME: &str = "roundtrip";

/// Makes it; gives its name.
pub async fn make(client: &Client) -> &'static str {
    create_table(client, NAME).await.expect("the emulator makes a table at once");
    NAME
}
