//! Labels that are set from outside.

use engine::{execution::Execution, flow::Label, id::ExecutionId, machine::control};

use crate::{
    Error, Service,
    record::Record,
    settings::LABELS_MAX,
    signal::Signal,
    start::{check_key, check_length},
};

impl Service {
    /// Sets labels of an execution, each in place of one of the same key.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for system labels and those over the limits.
    pub async fn set_labels(
        &self,
        tenant: &str,
        id: ExecutionId,
        labels: &[Label],
    ) -> Result<Execution, Error> {
        for label in labels {
            check_key(label)?;
            check_length(label)?;
        }
        let Some((record, _)) = self.read_record(tenant, id).await? else {
            return Err(Error::NotFound("Execution not found".to_owned()));
        };
        if self.is_held(&record) {
            return self.signal(tenant, id, &Signal::Labels(labels.to_vec())).await;
        }
        self.change(tenant, id, |_, record| {
            if self.is_held(record) {
                return Err(Error::IllegalState("somebody has just taken it up; try again".to_owned()));
            }
            let changed = control::set_labels(&record.execution, labels);
            if changed.labels.len() > LABELS_MAX.max(record.execution.labels.len()) {
                return Err(Error::argument(format!(
                    "{} labels; an execution takes {LABELS_MAX}",
                    changed.labels.len()
                )));
            }
            Ok(changed)
        })
        .await
    }

    /// Whether somebody may be carrying it.
    fn is_held(&self, record: &Record) -> bool {
        record.lease.is_some_and(|lease| lease.until > self.now())
    }
}
