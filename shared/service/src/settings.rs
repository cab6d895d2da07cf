//! What an operator may set, and the limits that hold everywhere.

use std::{sync::Arc, time::Duration};

use engine::flow::TaskType;
pub use expression::{Key, WrongKey};
use ports::secrets::Secrets;
use serde_json::{Map, Value as Json};

use crate::{Vault, WorkerGroups, access};

/// The settings of one deployment.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where clients reach this server; the start of an execution's `url`. A path alone when not set.
    pub url: Option<String>,
    /// How long `wait=true` waits at most, and when the caller names no time.
    pub wait_max: Duration,
    /// Bytes of one FILE input.
    pub file_bytes_max: u64,
    /// Bytes of the body of a request, where something before this process takes no more. Files then come by
    /// [`crate::Service::reserve_uploads`]. `None` for no limit beyond those of each kind of body.
    pub body_bytes_max: Option<u64>,
    /// Bytes of an answer, where something before this process hands no more on. A larger one leaves by a door of the
    /// blobs. `None` for no limit.
    pub answer_bytes_max: Option<u64>,
    /// Executions carried at the same time. More wait their turn.
    pub carried_max: usize,
    /// How long a lease lasts unless it is renewed.
    pub lease: Duration,
    /// How long one attempt may take here. A longer timeout is refused when a flow is created, and a task without one
    /// gets this one. `None` for no limit.
    pub attempt_max: Option<Duration>,
    /// Whether this process stands still between requests, as a function does. A request then carries nothing past its
    /// own answer: what has not ended by then is handed over.
    pub stands_still: bool,
    /// Bytes of an execution's stored form above which it is compressed: less is paid for then, and more is computed.
    pub plain_bytes_max: usize,
    /// The zone of dates that name none.
    pub zone: jiff::tz::TimeZone,
    /// `envs` of expressions.
    pub envs: Map<String, Json>,
    /// What SECRET inputs and encrypted outputs are kept with; the same in every process of a deployment. Without one
    /// SECRET inputs are refused.
    pub encryption_key: Option<Key>,
    /// What `secret()` gives.
    pub secrets: Arc<dyn Secrets>,
    /// Which attempts run here, and which elsewhere.
    pub groups: WorkerGroups,
    /// Task types that workers of a group run, where this process has nothing that does.
    pub elsewhere: Vec<TaskType>,
    /// Who has to say who he is.
    pub access: access::Rules,
    /// Whose word about where a request comes from is taken: `X-Forwarded-For`.
    pub trusted_proxies: Vec<access::Network>,
    /// Origins whose pages may call this server.
    pub cors_origins: Vec<String>,
    /// Whether no other process writes this store. Newest revisions are then read once, and leases of others are
    /// dead.
    pub alone: bool,
    /// Where a workflow is that Conductor's routes name without a namespace.
    pub conductor_namespace: String,
    /// Tenants in which files are looked for that nobody has any more, to be removed. Any process that ticks may do it.
    pub swept: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: None,
            wait_max: Duration::from_hours(1),
            file_bytes_max: 10 << 30,
            body_bytes_max: None,
            answer_bytes_max: None,
            carried_max: 1_024,
            lease: Duration::from_mins(1),
            attempt_max: None,
            stands_still: false,
            plain_bytes_max: crate::record::PLAIN_BYTES_MAX,
            zone: jiff::tz::TimeZone::UTC,
            envs: Map::new(),
            encryption_key: None,
            secrets: Arc::new(Vault::default()),
            groups: WorkerGroups::default(),
            elsewhere: Vec::new(),
            access: access::Rules::default(),
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            alone: false,
            conductor_namespace: CONDUCTOR_NAMESPACE.to_owned(),
            swept: Vec::new(),
        }
    }
}

/// See [`Settings::conductor_namespace`], where nothing else is said.
pub const CONDUCTOR_NAMESPACE: &str = "conductor";

/// Bytes of a flow's source.
pub const SOURCE_BYTES_MAX: usize = 256 * 1024;
/// How long the URL of an upload or download is sure to be valid.
pub const DOOR_VALID: Duration = Duration::from_mins(15);
/// Files that are announced at once.
pub const UPLOADS_MAX: usize = 100;
/// Labels of one execution.
pub const LABELS_MAX: usize = 100;
/// Bytes of a label's key or value.
pub const LABEL_BYTES_MAX: usize = 256;
/// Parts of one multipart body.
pub const PARTS_MAX: usize = 1_000;
/// Items one page of a search may ask for.
pub const PAGE_SIZE_MAX: usize = 1_000;
/// Bytes of an idempotency key.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;
/// Documents one validation takes.
pub const DOCUMENTS_MAX: usize = 200;
/// Executions one call may do something to.
pub const BATCH_MAX: usize = 1_000;
/// Executions whose summaries one search looks at.
pub const SCANNED_MAX: usize = 100_000;
/// Executions of a flow whose metrics one call reads.
pub const MEASURED_MAX: usize = 10_000;
/// Names of metrics, or of tasks, that one call gives.
pub const METRIC_NAMES_MAX: usize = 10_000;
/// Steps of the time over which one call puts metrics together.
pub const METRIC_STEPS_MAX: usize = 1_000;
