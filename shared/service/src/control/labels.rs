//! Labels that are set from outside.

use engine::{execution::Execution, flow::Label, id::ExecutionId, machine::control};

use crate::{
    Error, Service,
    record::Record,
    settings::LABELS_MAX,
    start::{check_key, check_length},
};

impl Service {
    /// Sets labels of an execution, each in place of one of the same key.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for system labels and those over the limits; `IllegalState` while somebody carries it.
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
        self.change(tenant, id, |_, record| {
            if self.is_held(record) {
                return Err(Error::IllegalState("The execution is not terminated".to_owned()));
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
