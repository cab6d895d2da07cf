//! The bucket.

use aws_sdk_s3::Client;
use tests::emulator::Account;

/// Makes the account's; gives its name, which no other account's bucket has.
pub async fn make(client: &Client, account: &Account) -> String {
    let name = format!("roundtrip-{}", account.id);
    client.create_bucket().bucket(&name).send().await.expect("the emulator makes a bucket at once");
    name
}
