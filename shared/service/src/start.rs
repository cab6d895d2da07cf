//! Starting an execution: which flow, which inputs, which id.
//!
//! An idempotency key *is* the id: the id is derived from it, so that the condition of the first write ("no such
//! execution yet") makes every repeat, at the same time or after a crash, find the one execution there is.

use std::{sync::Arc, time::Duration};

use engine::{
    execution::{Execution, ExecutionTrigger},
    flow::{Flow, Label, label},
    id::ExecutionId,
    input::{self, Sent, Submitted},
    secrets::Masks,
    time::Timestamp,
};
use expression::Supplied;
use ports::blobs::ByteStream;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use tokio::{
    sync::OwnedSemaphorePermit,
    task::{JoinError, JoinHandle},
    time::Instant,
};

use crate::{
    Class, Error, Service, StoredFlow,
    carry::{self, NEEDS_ROUNDS_MAX},
    files,
    hold::Held,
    record::Record,
    settings::{IDEMPOTENCY_KEY_BYTES_MAX, LABEL_BYTES_MAX, LABELS_MAX},
    shift::Shift,
    uploads::Named,
};

/// How long a new execution that nobody waits for may stay untouched before it is looked for.
pub(crate) const HAND_OVER: Duration = Duration::from_secs(10);

/// Reads of an execution that is to be told as it is, while the store does not answer.
const READ_TRIES_MAX: usize = 5;
/// Between two of them.
const READ_PAUSE: Duration = Duration::from_millis(50);

/// What `begin` found.
#[derive(Debug)]
pub enum Begun {
    /// A new execution, not stored yet.
    New(Draft),
    /// The idempotency key belongs to this execution already.
    Existing(ExecutionId),
}

/// An execution that has an id but no inputs yet, so that files can be stored under it.
#[derive(Debug)]
pub struct Draft {
    pub tenant: String,
    pub id: ExecutionId,
    pub flow: Arc<StoredFlow>,
    /// Whether the id was derived from a key, so that others may come with the same.
    shared_id: bool,
}

/// How an execution is to start.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// As the caller gave them, in order.
    pub labels: Vec<Label>,
    /// Not before then.
    pub schedule_date: Option<Timestamp>,
    pub trigger: Option<ExecutionTrigger>,
    /// Answer when it has ended, or after so long; at once when `None`.
    pub wait: Option<Duration>,
}

/// What became of a start or of a wait.
#[derive(Debug, Clone)]
pub struct Started {
    pub execution: Execution,
    /// Whether a wait was asked for and the execution had ended before it was over.
    pub ended: bool,
}

impl Draft {
    /// Of a flow that is sound, under an id that belongs to what starts it.
    pub(crate) fn of(flow: Arc<StoredFlow>, id: ExecutionId) -> Self {
        Self { tenant: flow.tenant.clone(), id, flow, shared_id: true }
    }

    /// Of an execution whose id others may derive as well.
    pub(crate) fn derived(tenant: &str, id: ExecutionId, flow: Arc<StoredFlow>) -> Self {
        Self { tenant: tenant.to_owned(), id, flow, shared_id: true }
    }

    /// Of a flow that is sound; whether its id is derived from a key.
    pub(crate) fn begun(flow: Arc<StoredFlow>, id: ExecutionId, shared_id: bool) -> Self {
        Self { tenant: flow.tenant.clone(), id, flow, shared_id }
    }

    /// Whether the caller named an idempotency key.
    pub(crate) fn has_key(&self) -> bool {
        self.shared_id
    }

    /// The flow, known to be sound.
    #[allow(clippy::missing_panics_doc, reason = "`begin` makes drafts of sound flows alone")]
    pub fn flow(&self) -> &Flow {
        self.flow.flow.as_ref().expect("a draft is only made of a flow that can be read")
    }
}

impl Service {
    /// Finds the flow and takes an id.
    ///
    /// # Errors
    /// `NotFound` (`Requested Flow is not found.`), `IllegalState` (disabled, or stored but not valid any more).
    pub async fn begin(
        &self,
        tenant: &str,
        namespace: &str,
        flow_id: &str,
        revision: Option<u32>,
        idempotency_key: Option<&str>,
    ) -> Result<Begun, Error> {
        let id = match idempotency_key {
            None => ExecutionId::from_u128(self.new_id()),
            Some(key) => {
                let id = derived_id(tenant, namespace, flow_id, key)?;
                if self.read_record(tenant, id).await?.is_some() {
                    return Ok(Begun::Existing(id));
                }
                id
            }
        };
        let flow = self.flow_to_start(tenant, namespace, flow_id, revision).await?;
        Ok(Begun::New(Draft::begun(flow, id, idempotency_key.is_some())))
    }

    /// Stores a file for an input of the draft; gives its `kestra://` URI.
    ///
    /// # Errors
    /// `TooLarge`; `Invalid` when what is sent breaks off.
    pub async fn store_input_file(
        &self,
        draft: &Draft,
        input_id: &str,
        file_name: &str,
        content: ByteStream,
    ) -> Result<String, Error> {
        let path = files::input_path(&draft.tenant, &draft.flow, draft.id, input_id, file_name)?;
        self.shared.outside.blobs.put(&path, content, self.shared.settings.file_bytes_max).await?;
        Ok(files::uri(&path))
    }

    /// Says what became of each input, and stores nothing.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn check_inputs<'d>(
        &self,
        draft: &'d Draft,
        submitted: &Submitted,
    ) -> Result<input::Resolution<'d>, Error> {
        let mut supplied = Supplied::new();
        let now = self.now();
        for _ in 0..NEEDS_ROUNDS_MAX {
            match self.with_seal(|seal| input::resolve(draft.flow(), submitted, &supplied, now, seal)) {
                Ok(mut resolution) => {
                    resolution.mask(&Masks::of_given(&supplied));
                    return Ok(resolution);
                }
                Err(needs) => {
                    for need in needs {
                        let answer = Box::pin(self.fetch_before_start(&need)).await?;
                        supplied.insert(need, answer);
                    }
                }
            }
        }
        Err(carry::stuck())
    }

    /// Starts the execution, and carries it to its end when the caller waits.
    ///
    /// # Errors
    /// `Invalid` when an input or label is against the rules; nothing is stored then, and the files are forgotten,
    /// unless they were uploaded before the call.
    pub async fn start(
        &self,
        mut draft: Draft,
        submitted: Submitted,
        start: Start,
    ) -> Result<Started, Error> {
        match self.uploaded(&draft, &submitted).await {
            Ok(None) => {}
            Ok(Some(Named::New(id))) => (draft.id, draft.shared_id) = (id, true),
            Ok(Some(Named::Existing(id))) => {
                return Box::pin(self.started_before(&draft.tenant, id, start.wait)).await;
            }
            Err(refused) => return Box::pin(self.refused(draft, &submitted, refused)).await,
        }
        let (inputs, labels) = match self.accept(&draft, &submitted, &start.labels).await {
            Ok(accepted) => accepted,
            Err(refused) => return Box::pin(self.refused(draft, &submitted, refused)).await,
        };
        let mut execution = created(&draft, inputs, labels, self.now());
        execution.trigger = start.trigger;
        execution.schedule_date = start.schedule_date;
        self.start_created(&draft, execution, start.wait).await
    }

    /// Starts what was created of the draft, or finds it started.
    pub(crate) async fn start_created(
        &self,
        draft: &Draft,
        execution: Execution,
        wait: Option<Duration>,
    ) -> Result<Started, Error> {
        let held = held(draft, execution);
        let result = match wait {
            // The execution is boxed and not the future: it is what would be moved about.
            Some(at_most) => self.start_and_wait(Box::new(held), at_most).await,
            None => Box::pin(self.start_and_leave(held)).await,
        };
        match result {
            // Somebody else came with the same key and was first, or holds it now.
            Err(error) if error.class() == Class::Contention => {
                Box::pin(self.started_before(&draft.tenant, draft.id, wait)).await
            }
            other => other,
        }
    }

    /// The answer to a repeat.
    async fn started_before(
        &self,
        tenant: &str,
        id: ExecutionId,
        wait: Option<Duration>,
    ) -> Result<Started, Error> {
        match wait {
            Some(at_most) => self.wait(tenant, id, at_most).await,
            None => Ok(Started { execution: self.execution(tenant, id).await?, ended: false }),
        }
    }

    /// Forgets what came with a call that is refused.
    async fn refused(&self, draft: Draft, submitted: &Submitted, refused: Error) -> Result<Started, Error> {
        if submitted.values().any(|sent| matches!(sent, Sent::File { .. })) {
            self.abandon(draft).await;
        }
        Err(refused)
    }

    pub(crate) async fn accept(
        &self,
        draft: &Draft,
        submitted: &Submitted,
        given: &[Label],
    ) -> Result<(Map<String, Json>, Vec<Label>), Error> {
        let inputs = self.check_inputs(draft, submitted).await?.values()?;
        Ok((inputs, labels(draft.flow(), given, draft.id)?))
    }

    /// Forgets a draft and the files stored for it.
    pub async fn abandon(&self, draft: Draft) {
        // Under a shared id the files may be another's by now.
        if draft.shared_id {
            return;
        }
        let folder = files::execution_folder(&draft.tenant, &draft.flow.namespace, &draft.flow.id, draft.id);
        if let Err(error) = self.shared.outside.blobs.delete_under(&folder).await {
            tracing::warn!(%error, folder, "files of a refused call remain");
        }
    }

    /// The right to carry one more execution here.
    pub(crate) fn room_to_carry(&self) -> Result<OwnedSemaphorePermit, Error> {
        Arc::clone(&self.shared.carriers).try_acquire_owned().map_err(|_| Error::Unavailable {
            message: "as many executions are carried as this server may; try again".to_owned(),
            retry_after: Duration::from_secs(1),
        })
    }

    async fn start_and_wait(&self, mut held: Box<Held>, at_most: Duration) -> Result<Started, Error> {
        let permit = self.room_to_carry()?;
        if self.ends_at_once(&mut held).await? {
            return Ok(Started { execution: held.record.execution, ended: true });
        }
        // What follows is seldom needed and large.
        Box::pin(self.carry_and_wait(*held, at_most, permit)).await
    }

    async fn carry_and_wait(
        &self,
        held: Held,
        at_most: Duration,
        permit: OwnedSemaphorePermit,
    ) -> Result<Started, Error> {
        let tenant = held.record.execution.tenant.clone();
        let id = held.record.id();
        let answer_at = Instant::now() + at_most;
        let shift =
            if self.shared.settings.stands_still { Shift::of_request(answer_at) } else { Shift::ENDLESS };
        let service = self.clone();
        // A task of its own, so that it outlives a caller who leaves.
        let mut carrying = tokio::spawn(async move {
            let _permit = permit;
            service.carry(held, shift).await
        });
        let Ok(joined) = tokio::time::timeout_at(answer_at, &mut carrying).await else {
            return self.as_it_is(&tenant, id, carrying).await;
        };
        let trouble = match finished(joined) {
            Ok(execution) if execution.is_over() => return Ok(Started { execution, ended: true }),
            // It was parked or handed over: whoever takes it up next tells us.
            Ok(_) => None,
            // The store did not answer. What was committed before is taken up by the clock.
            Err(error) if error.class() == Class::Transient => Some(error),
            Err(error) => return Err(error),
        };
        match (self.wait(&tenant, id, answer_at.saturating_duration_since(Instant::now())).await, trouble) {
            (Err(Error::NotFound(_)), Some(trouble)) => Err(trouble),
            (waited, _) => waited,
        }
    }

    /// The execution at the end of a wait. What is not durable yet is not told: then the first commit is awaited.
    async fn as_it_is(
        &self,
        tenant: &str,
        id: ExecutionId,
        mut carrying: JoinHandle<Result<Execution, Error>>,
    ) -> Result<Started, Error> {
        let waiter = self.shared.waiters.register(id);
        let mut reads = 0;
        loop {
            let woken = waiter.woken();
            tokio::pin!(woken);
            woken.as_mut().enable();
            reads += 1;
            match self.execution(tenant, id).await {
                Err(Error::NotFound(_)) => {}
                Err(error) if error.class() == Class::Transient && reads < READ_TRIES_MAX => {
                    tokio::time::sleep(READ_PAUSE).await;
                    continue;
                }
                found => {
                    return found.map(|execution| Started { ended: execution.is_over(), execution });
                }
            }
            tokio::select! {
                biased;
                joined = &mut carrying => {
                    return finished(joined)
                        .map(|execution| Started { ended: execution.is_over(), execution });
                }
                () = woken => {}
            }
        }
    }

    pub(crate) async fn start_and_leave(&self, mut held: Held) -> Result<Started, Error> {
        if held.record.execution.schedule_date.is_none() {
            held.record.handed_over_until = Some(self.now().plus(HAND_OVER));
        }
        self.commit(&mut held).await?;
        let execution = held.record.execution;
        if execution.schedule_date.is_none_or(|date| date <= self.now())
            && let Err(refused) = self.dispatch(&execution.tenant, execution.id).await
        {
            tracing::debug!(%refused, execution = %execution.id, "the tick will find it");
        }
        Ok(Started { execution, ended: false })
    }
}

pub(crate) fn finished(joined: Result<Result<Execution, Error>, JoinError>) -> Result<Execution, Error> {
    joined.unwrap_or_else(|_| Err(Error::Internal("carrying the execution broke off (a panic)".to_owned())))
}

/// A new execution of a draft.
pub(crate) fn created(
    draft: &Draft,
    inputs: Map<String, Json>,
    labels: Vec<Label>,
    now: Timestamp,
) -> Execution {
    let flow = &draft.flow;
    let of = (flow.namespace.as_str(), flow.id.as_str(), flow.revision);
    Execution { inputs, labels, ..Execution::created(draft.id, draft.tenant.as_str(), of, now) }
}

/// A new execution in hand.
pub(crate) fn held(draft: &Draft, mut execution: Execution) -> Held {
    execution.origin.definition = draft.flow.inline;
    Held {
        offered: std::collections::BTreeMap::new(),
        record: Record::new(execution),
        version: None,
        flow: Arc::clone(&draft.flow),
        drained: Vec::new(),
        heard: 0,
        writer: None,
    }
}

/// The id that belongs to a key. Two different keys share one as often as two random ids do.
pub(crate) fn derived_id(
    tenant: &str,
    namespace: &str,
    flow_id: &str,
    key: &str,
) -> Result<ExecutionId, Error> {
    if key.is_empty() || key.len() > IDEMPOTENCY_KEY_BYTES_MAX {
        return Err(Error::argument(format!(
            "an idempotency key has 1 to {IDEMPOTENCY_KEY_BYTES_MAX} bytes, this one has {}",
            key.len()
        )));
    }
    Ok(id_of(&[tenant, namespace, flow_id, key]))
}

/// The id that belongs to these texts, always the same.
pub(crate) fn id_of(parts: &[&str]) -> ExecutionId {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    let half: [u8; 16] = digest[..16].try_into().expect("a SHA-256 digest has 32 bytes");
    ExecutionId::from_u128(u128::from_be_bytes(half))
}

/// Kestra's order: the flow's own (without system labels), the caller's, then the correlation id.
fn labels(flow: &Flow, given: &[Label], id: ExecutionId) -> Result<Vec<Label>, Error> {
    for label in given {
        if label.key != label::CORRELATION_ID {
            check_key(label)?;
        }
    }
    labels_of_child(flow, given, id)
}

/// As [`labels`], but system labels may have been inherited.
pub(crate) fn labels_of_child(flow: &Flow, given: &[Label], id: ExecutionId) -> Result<Vec<Label>, Error> {
    if given.len() > LABELS_MAX {
        return Err(Error::argument(format!("{} labels; an execution takes {LABELS_MAX}", given.len())));
    }
    for label in given {
        check_length(label)?;
    }
    let mut labels: Vec<Label> = flow.labels.iter().filter(|label| !label.is_system()).cloned().collect();
    labels.extend(given.iter().cloned());
    if !given.iter().any(|label| label.key == label::CORRELATION_ID) {
        labels.push(Label::new(label::CORRELATION_ID, id.to_string()));
    }
    Ok(labels)
}

/// That a caller may set it.
pub(crate) fn check_key(label: &Label) -> Result<(), Error> {
    if label.is_system() {
        return Err(Error::argument(format!(
            "System labels can only be set by Kestra itself, offending label: {}={}",
            label.key, label.value
        )));
    }
    Ok(())
}

pub(crate) fn check_length(label: &Label) -> Result<(), Error> {
    if label.key.len() > LABEL_BYTES_MAX || label.value.len() > LABEL_BYTES_MAX {
        return Err(Error::argument(format!(
            "key and value of a label have at most {LABEL_BYTES_MAX} bytes each, offending label: {}",
            label.key.chars().take(40).collect::<String>()
        )));
    }
    Ok(())
}
