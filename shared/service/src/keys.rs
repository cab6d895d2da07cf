//! Where everything lives in the item store.
//!
//! ```text
//! partition                     sort                item
//! <tenant>/flows                <namespace>/<flow>  newest revision of a flow
//! <tenant>/flow/<ns>/<flow>     <revision>          one revision
//! <tenant>/templates            <namespace>/<id>    newest revision of a template
//! <tenant>/template/<ns>/<id>   <revision>          one revision
//! <tenant>/execution/<id>       state               the execution
//! <tenant>/execution/<id>       definition          the one that it came with, where it is registered nowhere
//! <tenant>/execution/<id>       signal/<id>         something it was told
//! <tenant>/execution/<id>       run/<n>/<writer>    task runs that have ended, moved out of it
//! <tenant>/execution/<id>       log/<n>/<writer>    lines moved out of it
//! <tenant>/execution/<id>       waiter/<id>         where somebody waits for its end
//! <tenant>/kv/<namespace>       <key>               a value of the key-value store
//! <tenant>/files/<namespace>    <path>              a file of a namespace, which names its blob
//! <tenant>/places               <ns>/<flow>         which executions of a flow have a place; behind it that of a key
//! <tenant>/queue/<ns>/<flow>    <created>/<id>      an execution that waits for one
//! <tenant>/offers/<queue>       <prio>/<time>/<run> an attempt that a worker outside may take, or has
//! <tenant>/limits               <type>              which attempts of a limited type workers have, or got of late
//! <tenant>/taskdefs             <type>              what holds for every task of a type of workers
//! <tenant>/listening            <ns>/<flow>         a flow that executions of others start
//! <tenant>/claims/<ns>/<flow>  <id>                which execution of an idempotency key is the newest, beyond the first
//! <tenant>/windows              <ns>/<flow>/<id>    what such a trigger has gathered
//! <tenant>/schedules            <ns>/<flow>/<id>    when a Schedule trigger fires next; that one stopped itself
//! <tenant>/execution/<id>       kept                it was deleted without its files
//! <tenant>/sweep                files               where the search for files of nobody is
//! addresses                     <address>           where a process can be told
//! access/users                  <name>              who may do what, with a password
//! access/tokens                 <SHA-256>           the same, with a token
//! tenants                       <name>              a tenant besides `main`
//! ```
//!
//! Executions are listed per flow, under `<tenant>/executions/<ns>/<flow>`, by time of creation; those of definitions that
//! are registered nowhere under `<tenant>/executions/<ns>/@`.

use std::fmt::Write as _;

use engine::{
    id::{ExecutionId, ID_CHARACTERS, TaskRunId},
    time::Timestamp,
};
use ports::store::Key;

use crate::{places::Of, revisions};

/// The sort key of an execution's main item.
pub(crate) const STATE: &str = "state";
/// The sort key of the definition that an execution came with.
const DEFINITION: &str = "definition";
/// How the sort keys of signals begin.
pub(crate) const SIGNALS: &str = "signal/";
/// How the sort keys of log chunks begin.
pub(crate) const LOGS: &str = "log/";
/// How the sort keys of parts of its task runs begin.
pub(crate) const RUNS: &str = "run/";

/// How the sort keys of waiters begin.
pub(crate) const WAITERS: &str = "waiter/";
/// The sort key of what is left of an execution whose files stay.
pub(crate) const KEPT: &str = "kept";
/// How the partitions of sweeps end.
const SWEEP: &str = "sweep";
/// How the partitions of places end.
const PLACES: &str = "places";
/// How the partitions of offers go on behind the tenant.
const OFFERS: &str = "offers";
/// How the partitions of limits end.
const LIMITS: &str = "limits";
/// How the partitions of schedules end.
const SCHEDULES: &str = "schedules";
/// The partition of the addresses. No tenant is in it: a process serves them all.
const ADDRESSES: &str = "addresses";

pub(crate) fn flows(tenant: &str) -> String {
    format!("{tenant}/flows")
}

pub(crate) fn flow_head(tenant: &str, namespace: &str, id: &str) -> Key {
    Key { partition: flows(tenant), sort: format!("{namespace}/{id}") }
}

pub(crate) fn flow_revisions(tenant: &str, namespace: &str, id: &str) -> String {
    format!("{tenant}/flow/{namespace}/{id}")
}

pub(crate) fn flow_revision(tenant: &str, namespace: &str, id: &str, revision: u32) -> Key {
    Key { partition: flow_revisions(tenant, namespace, id), sort: format!("{revision:010}") }
}

pub(crate) fn templates(tenant: &str) -> String {
    format!("{tenant}/templates")
}

pub(crate) fn template_head((tenant, namespace, id): &revisions::Key) -> Key {
    Key { partition: templates(tenant), sort: format!("{namespace}/{id}") }
}

pub(crate) fn template_revision((tenant, namespace, id): &revisions::Key, revision: u32) -> Key {
    Key { partition: format!("{tenant}/template/{namespace}/{id}"), sort: format!("{revision:010}") }
}

pub(crate) fn execution_partition(tenant: &str, id: ExecutionId) -> String {
    [tenant, "/execution/", id.text(&mut [0; ID_CHARACTERS])].concat()
}

pub(crate) fn execution(tenant: &str, id: ExecutionId) -> Key {
    Key { partition: execution_partition(tenant, id), sort: STATE.to_owned() }
}

pub(crate) fn inline_definition(tenant: &str, id: ExecutionId) -> Key {
    Key { partition: execution_partition(tenant, id), sort: DEFINITION.to_owned() }
}

pub(crate) fn signal(tenant: &str, id: ExecutionId, signal: u128) -> Key {
    Key { partition: execution_partition(tenant, id), sort: format!("{SIGNALS}{signal:032x}") }
}

pub(crate) fn waiter(tenant: &str, id: ExecutionId, waiter: u128) -> Key {
    Key { partition: execution_partition(tenant, id), sort: format!("{WAITERS}{waiter:032x}") }
}

pub(crate) fn kept(tenant: &str, id: ExecutionId) -> Key {
    Key { partition: execution_partition(tenant, id), sort: KEPT.to_owned() }
}

/// The partition of a namespace's values.
pub(crate) fn values(tenant: &str, namespace: &str) -> String {
    format!("{tenant}/kv/{namespace}")
}

pub(crate) fn value(tenant: &str, namespace: &str, key: &str) -> Key {
    Key { partition: values(tenant, namespace), sort: key.to_owned() }
}

/// The partition of a namespace's files.
pub(crate) fn files(tenant: &str, namespace: &str) -> String {
    format!("{tenant}/files/{namespace}")
}

pub(crate) fn places(of: Of<'_>) -> Key {
    Key { partition: format!("{}/{PLACES}", of.tenant), sort: sharing(of) }
}

/// The flow whose places these are.
pub(crate) fn as_places(key: &Key) -> Option<Of<'_>> {
    let (tenant, kind) = key.partition.split_once('/')?;
    let (namespace, rest) = key.sort.split_once('/')?;
    let (flow_id, key) = match rest.split_once('/') {
        Some((flow_id, key)) => (flow_id, Some(u128::from_str_radix(key, 16).ok()?)),
        None => (rest, None),
    };
    (kind == PLACES).then_some(Of { tenant, namespace, flow_id, key })
}

/// Those who share places: a flow, or those of its executions that have a key.
fn sharing(of: Of<'_>) -> String {
    let Of { tenant: _, namespace, flow_id, key } = of;
    match key {
        Some(key) => format!("{namespace}/{flow_id}/{key:032x}"),
        None => format!("{namespace}/{flow_id}"),
    }
}

/// Where executions wait for a place, by time of creation.
pub(crate) fn queue(of: Of<'_>) -> String {
    format!("{}/queue/{}", of.tenant, sharing(of))
}

/// Which execution of an idempotency key is the newest, by the id of the first.
pub(crate) fn claim(tenant: &str, namespace: &str, flow_id: &str, first: ExecutionId) -> Key {
    Key { partition: format!("{tenant}/claims/{namespace}/{flow_id}"), sort: first.to_string() }
}

/// Offers to workers: the highest priority first, then the oldest.
pub(crate) fn offers(tenant: &str, queue: &str) -> String {
    format!("{tenant}/{OFFERS}/{queue}")
}

/// The offer of an attempt, by its priority (0 to 99), when it was made, its task run and number.
pub(crate) fn offer(
    tenant: &str,
    queue: &str,
    (priority, at, run, number): (u8, Timestamp, TaskRunId, u32),
) -> Key {
    let (behind, at) = (99_u8.saturating_sub(priority), at.as_millis().max(0));
    Key { partition: offers(tenant, queue), sort: format!("{behind:02}/{at:015}/{run}/{number}") }
}

/// The tenant of an offer.
pub(crate) fn as_offer(key: &Key) -> Option<&str> {
    let mut parts = key.partition.splitn(3, '/');
    let tenant = parts.next()?;
    (parts.next() == Some(OFFERS) && parts.next().is_some()).then_some(tenant)
}

/// What workers have of a limited type.
pub(crate) fn limit(tenant: &str, task_type: &str) -> Key {
    Key { partition: format!("{tenant}/{LIMITS}"), sort: task_type.to_owned() }
}

/// The tenant and the type of such an item.
pub(crate) fn as_limit(key: &Key) -> Option<(&str, &str)> {
    let (tenant, kind) = key.partition.split_once('/')?;
    (kind == LIMITS).then_some((tenant, &key.sort))
}

/// What is defined for types of tasks.
pub(crate) fn task_definitions(tenant: &str) -> String {
    format!("{tenant}/taskdefs")
}

pub(crate) fn task_definition(tenant: &str, name: &str) -> Key {
    Key { partition: task_definitions(tenant), sort: name.to_owned() }
}

/// The flows that executions of others start.
pub(crate) fn listening(tenant: &str) -> String {
    format!("{tenant}/listening")
}

pub(crate) fn listener(tenant: &str, namespace: &str, flow_id: &str) -> Key {
    Key { partition: listening(tenant), sort: format!("{namespace}/{flow_id}") }
}

/// When schedules fire next.
pub(crate) fn schedules(tenant: &str) -> String {
    format!("{tenant}/{SCHEDULES}")
}

pub(crate) fn schedule(tenant: &str, namespace: &str, flow_id: &str, trigger: &str) -> Key {
    Key { partition: schedules(tenant), sort: format!("{namespace}/{flow_id}/{trigger}") }
}

/// The tenant, namespace, flow and trigger of a schedule.
pub(crate) fn as_schedule(key: &Key) -> Option<(&str, &str, &str, &str)> {
    let (tenant, kind) = key.partition.split_once('/')?;
    let mut parts = key.sort.splitn(3, '/');
    let named = (tenant, parts.next()?, parts.next()?, parts.next()?);
    (kind == SCHEDULES).then_some(named)
}

/// Where the sweep of a tenant is.
pub(crate) fn sweep(tenant: &str) -> Key {
    Key { partition: format!("{tenant}/{SWEEP}"), sort: "files".to_owned() }
}

/// The tenant that is swept.
pub(crate) fn as_sweep(key: &Key) -> Option<&str> {
    key.partition.split_once('/').filter(|(_, kind)| *kind == SWEEP).map(|(tenant, _)| tenant)
}

/// What a trigger has gathered.
pub(crate) fn window(tenant: &str, namespace: &str, flow_id: &str, trigger: &str) -> Key {
    Key { partition: format!("{tenant}/windows"), sort: format!("{namespace}/{flow_id}/{trigger}") }
}

pub(crate) fn address(address: &str) -> Key {
    Key { partition: ADDRESSES.to_owned(), sort: address.to_owned() }
}

pub(crate) fn is_address(key: &Key) -> bool {
    key.partition == ADDRESSES
}

/// The partition of the users. No tenant is in it, nor in the next two: who reaches which is said in the item.
pub(crate) const USERS: &str = "access/users";
pub(crate) const TOKENS: &str = "access/tokens";
pub(crate) const TENANTS: &str = "tenants";

/// An item of one of these.
pub(crate) fn access(partition: &str, name: &str) -> Key {
    Key { partition: partition.to_owned(), sort: name.to_owned() }
}

/// A chunk of a kind ([`LOGS`], [`RUNS`]), by its number and who wrote it.
pub(crate) fn chunk(tenant: &str, id: ExecutionId, kind: &str, number: u32, by: u128) -> Key {
    Key { partition: execution_partition(tenant, id), sort: format!("{kind}{number:08}/{by:032x}") }
}

/// The tenant and execution whose main item this is.
pub(crate) fn as_execution(key: &Key) -> Option<(&str, ExecutionId)> {
    if key.sort != STATE {
        return None;
    }
    let (tenant, id) = key.partition.split_once("/execution/")?;
    Some((tenant, id.parse().ok()?))
}

pub(crate) fn executions_of(tenant: &str, namespace: &str, flow_id: &str) -> String {
    [tenant, "/executions/", namespace, "/", flow_id].concat()
}

/// Those whose definition came with their start, whatever its name: no flow is called `@`.
pub(crate) fn executions_of_inline(tenant: &str, namespace: &str) -> String {
    executions_of(tenant, namespace, "@")
}

/// Sorts executions of a flow by time of creation, then by id.
pub(crate) fn place(created: Timestamp, id: ExecutionId) -> String {
    let mut place = String::with_capacity(16 + ID_CHARACTERS);
    write!(place, "{:015}/", created.as_millis().max(0)).expect("a String takes everything");
    place.push_str(id.text(&mut [0; ID_CHARACTERS]));
    place
}

pub(crate) fn id_of_place(place: &str) -> Option<ExecutionId> {
    place.split_once('/')?.1.parse().ok()
}
