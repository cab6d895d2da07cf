//! The SDK's view of an account of the emulator.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::{Credentials, SharedCredentialsProvider};
use tests::emulator::{Account, REGION};

/// For clients that see this account. Nothing of our own environment counts.
pub fn config(account: &Account) -> SdkConfig {
    let credentials = Credentials::new(&account.id, "test", None, None, "emulator");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .endpoint_url(&account.endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}
