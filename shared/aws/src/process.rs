//! What the platform tells a function of the account it works in.

use aws_config::{
    BehaviorVersion, Region, SdkConfig, ecs::EcsCredentialsProvider,
    environment::EnvironmentVariableCredentialsProvider, meta::credentials::CredentialsProviderChain,
    provider_config::ProviderConfig,
};
use aws_credential_types::provider::SharedCredentialsProvider;

use crate::connections::Connections;

/// Where a function is, and as whom: by its variables, and by its container's endpoint where they hold no key. Nothing
/// of what the SDK also looks at, files of a home and the metadata of a machine: a function has neither.
pub(crate) fn config(connections: &Connections) -> SdkConfig {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let asking = ProviderConfig::without_region().with_http_client(connections.clone());
    let container = EcsCredentialsProvider::builder().configure(&asking).build();
    let credentials =
        CredentialsProviderChain::first_try("environment", EnvironmentVariableCredentialsProvider::new())
            .or_else("container", container);
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials));
    config.set_region(region.map(Region::new)).set_endpoint_url(variable("AWS_ENDPOINT_URL"));
    config.build()
}
