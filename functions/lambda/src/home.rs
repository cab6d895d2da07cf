//! A service over the adapters of AWS, and what measures it.

use std::{future, path::Path, sync::Arc};

use aws::SdkConfig;
use embedded::{RandomIds, SystemClock};
use ports::{
    clock::Clock,
    secrets::{InOrder, Secrets},
};
use service::{Outside, Service, Settings};
use tasks::{Equipment, Outbound, Registry, aws::Own};

use crate::{Error, Role, Variables, groups, meter::Meter, observed::Observed};

/// Whose files are looked through for those that nobody has any more.
const TENANT: &str = "main";
/// Where attempts work: a function may write nowhere else.
const WORK: &str = "/tmp/roundtrip";

/// All that a function works with.
#[derive(Debug)]
pub struct Home {
    pub service: Service,
    pub meter: Arc<Meter>,
    aws: aws::Home,
}

impl Home {
    /// Opens what the environment names. Nothing is asked of the network yet; see [`Home::warm`].
    ///
    /// # Errors
    /// A variable is missing or cannot be read, or there is no place to work in.
    pub fn open(role: Role, variables: &Variables, settings: Settings) -> Result<Self, Error> {
        let environment =
            aws::Environment::from_variables(|name| variables.get(name).map(ToOwned::to_owned))?;
        let aws = aws::Home::open(&environment)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let meter = Arc::new(Meter::new(environment.stage.clone(), role.name(), Arc::clone(&clock)));
        let store = aws.store.clone();
        let outside = Outside {
            store: Arc::new(Observed::new(store, Arc::clone(meter.tally()))),
            blobs: aws.blobs.clone(),
            queue: aws.queue.clone(),
            replies: Some(aws.replies.clone()),
            runnables: registry(variables.outbound()?, &clock, aws.config())?.all().to_vec(),
            clock,
            ids: Arc::new(RandomIds::default()),
        };
        let groups = groups::read(variables, &environment.group_queues)?;
        let swept = match role {
            Role::Scheduler => vec![TENANT.to_owned()],
            Role::Api | Role::Worker | Role::Notifier => Vec::new(),
        };
        let all = Registry::catalogue();
        let elsewhere = all.types().iter().filter(|it| groups.has_route(it.name)).copied().collect();
        let secrets = secrets(settings.secrets, &aws);
        let settings = Settings { groups, swept, elsewhere, secrets, ..settings };
        Ok(Self { service: Service::new(outside, settings), meter, aws })
    }

    /// Opens the connections that the first invocation will use. One that cannot be opened is left to that invocation,
    /// which has the time to try again.
    pub async fn warm(&self) {
        self.aws.warm().await;
    }
}

/// Those of the environment, and then those of AWS, if there are any.
fn secrets(environment: Arc<dyn Secrets>, aws: &aws::Home) -> Arc<dyn Secrets> {
    match &aws.secrets {
        Some(secrets) => Arc::new(InOrder(vec![environment, secrets.clone()])),
        None => environment,
    }
}

/// The task types that can be run here.
fn registry(outbound: Outbound, clock: &Arc<dyn Clock>, own: &SdkConfig) -> Result<Registry, Error> {
    let root = Path::new(WORK).to_owned();
    let equipment = Equipment::below(root.clone(), outbound, clock);
    let equipment = equipment.map_err(|source| Error::Work { path: root, source })?;
    let own = own.clone();
    let own = Own::new(move || Box::pin(future::ready(own.clone())));
    Ok(Registry::new(Equipment { own: Some(own), ..equipment }))
}
