//! Everything a function needs of AWS, opened from its environment.

use std::sync::Arc;

use aws_config::{BehaviorVersion, SdkConfig};

use crate::{
    Environment, Error,
    blobs::Blobs,
    clients,
    error::reason,
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
    dynamodb: aws_sdk_dynamodb::Client,
    sqs: aws_sdk_sqs::Client,
    environment: Environment,
}

/// What was asked of the services so far.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Counts {
    pub store: store::Counts,
    /// Messages the work queue took.
    pub dispatches: u64,
}

impl Home {
    /// Opens what the environment names, with region, credentials and endpoint as the SDK finds them. Asks nothing of
    /// the services yet.
    ///
    /// # Errors
    /// No region is known.
    pub async fn open(environment: &Environment) -> Result<Self, Error> {
        Self::over(&aws_config::defaults(BehaviorVersion::latest()).load().await, environment)
    }

    /// The same with region, credentials and endpoint from here.
    ///
    /// # Errors
    /// As [`Home::open`].
    pub fn over(config: &SdkConfig, environment: &Environment) -> Result<Self, Error> {
        if config.region().is_none() {
            return Err(Error::NoRegion);
        }
        let (dynamodb, sqs, s3) = (clients::dynamodb(config), clients::sqs(config), clients::s3(config));
        let Environment { table, queue_url, group_queues, reply_prefix, bucket, .. } = environment.clone();
        Ok(Self {
            store: Arc::new(Store::new(dynamodb.clone(), table)),
            replies: Arc::new(Replies::new(sqs.clone(), &queue_url, reply_prefix)),
            queue: Arc::new(Queue::new(sqs.clone(), queue_url, group_queues)),
            blobs: Arc::new(Blobs::new(s3, bucket)),
            secrets: environment.secrets.as_ref().map(|source| Arc::new(Secrets::new(source, config))),
            dynamodb,
            sqs,
            environment: environment.clone(),
        })
    }

    /// Opens the connections that the first request would wait for: name, TCP, TLS and credentials take some 50 ms for
    /// each service, and the time before the first request is not part of any. S3 is left out, since most requests have
    /// no files. A service that does not answer is left to the first request.
    pub async fn warm(&self) {
        let table = self.dynamodb.describe_table().table_name(&self.environment.table).send();
        let queue = self.sqs.get_queue_attributes().queue_url(&self.environment.queue_url).send();
        let (table, queue) = tokio::join!(table, queue);
        if let Err(error) = table {
            tracing::warn!(
                error = reason(&error),
                table = self.environment.table,
                "the table does not answer"
            );
        }
        if let Err(error) = queue {
            tracing::warn!(
                error = reason(&error),
                queue = self.environment.queue_url,
                "the queue does not answer"
            );
        }
    }

    pub fn counts(&self) -> Counts {
        Counts { store: self.store.counts(), dispatches: self.queue.sent() }
    }
}
