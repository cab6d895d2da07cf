//! What tasks ask of the engine that runs them: the port's questions, answered by the use cases.
//!
//! # Invariants
//! * A task asks within its own tenant; nothing here takes a tenant from a property.
//! * An answer that cannot be given now is told apart from one that cannot be given.

mod count;
mod files;
mod logs;
mod purge;
mod render;
mod triggers;
mod values;

use std::sync::{Mutex, PoisonError};

use engine::{
    id::{ExecutionId, TaskRunId},
    input::{Sent, Submitted},
    secrets::Masks,
};
use expression::Supplied;
use ports::{
    Answer,
    blobs::ByteStream,
    engine::{
        Counted, Engine, Error as Refused, Existing, Expected, FileOfNamespace, Lines, LogPurge, Purge,
        Purged, Rendering, Stored, TriggerName, Value,
    },
};
use serde_json::{Map, Value as Json};

use crate::{Class, Error, LogQuery, Service};

/// Who answers what one attempt asks.
#[derive(Debug)]
pub struct Asked {
    service: Service,
    /// The secrets that it came to know by what was rendered for it.
    told: Mutex<Masks>,
}

impl Service {
    /// What an attempt sees of it.
    pub fn asked(&self) -> Asked {
        Asked { service: self.clone(), told: Mutex::default() }
    }
}

impl Asked {
    /// What it may not put out, besides what was in its properties.
    pub(crate) fn told(&self) -> Masks {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, secrets: &Supplied) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        *told = std::mem::take(&mut *told).and_given(secrets);
    }
}

impl Engine for Asked {
    fn count<'a>(&'a self, tenant: &'a str, which: &'a Counted) -> Answer<'a, Result<u64, Refused>> {
        Box::pin(async move { self.service.count_executions(tenant, which).await.map_err(told) })
    }

    fn resume<'a>(
        &'a self,
        tenant: &'a str,
        execution: ExecutionId,
        inputs: Map<String, Json>,
    ) -> Answer<'a, Result<(), Refused>> {
        Box::pin(async move {
            let resumption = match self.service.begin_resume(tenant, execution).await {
                Err(Error::NotFound(_)) => {
                    return Err(Refused::Refused(format!("No execution found for execution id {execution}")));
                }
                begun => begun.map_err(told)?,
            };
            let submitted: Submitted =
                inputs.into_iter().map(|(name, value)| (name, Sent::Json(value))).collect();
            self.service.resume(resumption, &submitted).await.map(|_| ()).map_err(told)
        })
    }

    fn purge<'a>(&'a self, tenant: &'a str, which: &'a Purge) -> Answer<'a, Result<Purged, Refused>> {
        Box::pin(async move { self.service.purge_executions(tenant, which).await.map_err(told) })
    }

    fn log_lines<'a>(
        &'a self,
        tenant: &'a str,
        execution: ExecutionId,
    ) -> Answer<'a, Result<Option<Lines>, Refused>> {
        Box::pin(async move {
            let found = self.service.logs(tenant, execution, LogQuery::default()).await.map_err(told)?;
            Ok(found.map(|(execution, lines)| Lines {
                namespace: execution.namespace,
                flow_id: execution.flow_id,
                lines,
            }))
        })
    }

    fn purge_logs<'a>(&'a self, tenant: &'a str, which: &'a LogPurge) -> Answer<'a, Result<u64, Refused>> {
        Box::pin(async move { self.service.purge_log_lines(tenant, which).await.map_err(told) })
    }

    fn value<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        key: &'a str,
    ) -> Answer<'a, Result<Option<Stored>, Refused>> {
        Box::pin(async move { self.service.kept_value(tenant, namespace, key).await.map_err(told) })
    }

    fn set_value<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        key: &'a str,
        value: Value,
        expected: Expected,
    ) -> Answer<'a, Result<(), Refused>> {
        Box::pin(async move {
            let kept = self.service.keep_value(tenant, namespace, key, &value, expected).await;
            kept.map_err(|error| match error.class() {
                Class::Contention => Refused::Changed(key.to_owned()),
                Class::Caller | Class::Transient | Class::Bug => told(error),
            })
        })
    }

    fn remove_value<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        key: &'a str,
    ) -> Answer<'a, Result<bool, Refused>> {
        Box::pin(async move { self.service.forget_value(tenant, namespace, key).await.map_err(told) })
    }

    fn keys<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        prefix: &'a str,
    ) -> Answer<'a, Result<Vec<String>, Refused>> {
        Box::pin(async move { self.service.kept_keys(tenant, namespace, prefix).await.map_err(told) })
    }

    fn files<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
    ) -> Answer<'a, Result<Vec<FileOfNamespace>, Refused>> {
        Box::pin(async move { self.service.files_for_task(tenant, namespace).await.map_err(told) })
    }

    fn write_file<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        path: &'a str,
        content: ByteStream,
        existing: Existing,
    ) -> Answer<'a, Result<Option<String>, Refused>> {
        Box::pin(async move {
            self.service.write_file_for_task((tenant, namespace), path, content, existing).await.map_err(told)
        })
    }

    fn remove_file<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        path: &'a str,
    ) -> Answer<'a, Result<bool, Refused>> {
        Box::pin(
            async move { self.service.remove_file_for_task(tenant, namespace, path).await.map_err(told) },
        )
    }

    fn toggle<'a>(
        &'a self,
        tenant: &'a str,
        which: &'a TriggerName,
        enabled: bool,
    ) -> Answer<'a, Result<(), Refused>> {
        Box::pin(async move { self.service.toggle_trigger(tenant, which, enabled).await.map_err(told) })
    }

    fn render<'a>(
        &'a self,
        tenant: &'a str,
        execution: ExecutionId,
        task_run: TaskRunId,
        rendering: &'a Rendering,
    ) -> Answer<'a, Result<Vec<Result<String, String>>, Refused>> {
        Box::pin(async move {
            let rendered = self.service.render_for_task(tenant, execution, task_run, rendering).await;
            let (rendered, secrets) = rendered.map_err(told)?;
            self.remember(&secrets);
            Ok(rendered)
        })
    }
}

/// The error as a task is told of it.
#[allow(clippy::needless_pass_by_value, reason = "the form `map_err` wants")]
fn told(error: Error) -> Refused {
    match error.class() {
        Class::Contention | Class::Transient => Refused::Unavailable(error.to_string()),
        Class::Caller | Class::Bug => Refused::Refused(error.to_string()),
    }
}
