//! Everything a function needs of AWS, opened from its environment.

use std::sync::Arc;

use aws_config::SdkConfig;
use ports::store::Key;

use crate::{
    Environment, Error,
    blobs::Blobs,
    clients,
    connections::Connections,
    error::reason,
    process,
    queue::Queue,
    replies::Replies,
    secrets::Secrets,
    store::{self, Store},
};

/// The ports on AWS.
#[derive(Debug)]
pub struct Home {
    pub store: Arc<Store>,
    pub blobs: Arc<Blobs>,
    pub queue: Arc<Queue>,
    pub replies: Arc<Replies>,
    /// Where the environment names a place for them.
    pub secrets: Option<Arc<Secrets>>,
    sqs: aws_sdk_sqs::Client,
    environment: Environment,
    config: SdkConfig,
}

/// What was asked of the services so far.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Counts {
    pub store: store::Counts,
    /// Messages the work queue took.
    pub dispatches: u64,
}

impl Home {
    /// Opens what the environment names, with region, credentials and endpoint as the platform tells them. Asks nothing
    /// of the services yet.
    ///
    /// # Errors
    /// No region is known, or nobody is trusted.
    pub fn open(environment: &Environment) -> Result<Self, Error> {
        let connections = Connections::new().map_err(|error| Error::nobody_trusted(&error))?;
        Self::with(connections.clone(), &process::config(&connections), environment)
    }

    /// The same with region, credentials and endpoint from here.
    ///
    /// # Errors
    /// As [`Home::open`].
    pub fn over(config: &SdkConfig, environment: &Environment) -> Result<Self, Error> {
        Self::with(Connections::new().map_err(|error| Error::nobody_trusted(&error))?, config, environment)
    }

    fn with(connections: Connections, config: &SdkConfig, environment: &Environment) -> Result<Self, Error> {
        if config.region().is_none() {
            return Err(Error::NoRegion);
        }
        let config = config.to_builder().http_client(connections).build();
        let (dynamodb, sqs, s3) = (clients::dynamodb(&config), clients::sqs(&config), clients::s3(&config));
        let Environment { table, queue_url, group_queues, reply_prefix, bucket, .. } = environment.clone();
        Ok(Self {
            store: Arc::new(Store::new(dynamodb, table)),
            replies: Arc::new(Replies::new(sqs.clone(), &queue_url, reply_prefix)),
            queue: Arc::new(Queue::new(sqs.clone(), queue_url, group_queues)),
            blobs: Arc::new(Blobs::new(s3, bucket)),
            secrets: environment.secrets.as_ref().map(|source| Arc::new(Secrets::new(source, &config))),
            sqs,
            environment: environment.clone(),
            config,
        })
    }

    /// Opens the connections that the first request would wait for: name, TCP, TLS and credentials take some 50 ms for
    /// each service, and the time before the first request is not part of any. S3 is left out, since most requests have
    /// no files. The table is asked for an item that is never there. A service that does not answer is left to the first
    /// request.
    pub async fn warm(&self) {
        let nothing = Key { partition: "warm".to_owned(), sort: "nothing".to_owned() };
        let table = ports::store::Store::get(&*self.store, &nothing);
        let queue = self.sqs.get_queue_attributes().queue_url(&self.environment.queue_url).send();
        let (table, queue) = tokio::join!(table, queue);
        if let Err(error) = table {
            tracing::warn!(%error, table = self.environment.table, "the table does not answer");
        }
        if let Err(error) = queue {
            tracing::warn!(
                error = reason(&error),
                queue = self.environment.queue_url,
                "the queue does not answer"
            );
        }
    }

    /// What other clients of the SDK are made of that work as this process.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    pub fn counts(&self) -> Counts {
        Counts { store: self.store.counts(), dispatches: self.queue.sent() }
    }
}
