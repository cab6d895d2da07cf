//! Removing an execution, with everything that is beside it.

use engine::id::ExecutionId;
use ports::store::{Condition, Content, Direction, Key, Range, WRITES_MAX, Write};

use super::{CHANGE_PAUSE, CHANGE_TRIES_MAX, not_found};
use crate::{Class, Error, Service, files, keys};

impl Service {
    /// Removes an execution that is over, with its log lines and, when asked to, its files. Files that stay are as good as
    /// before for whoever has their URIs.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` while it runs; `Contention` when others write it again and again.
    pub async fn delete_execution(&self, tenant: &str, id: ExecutionId, storage: bool) -> Result<(), Error> {
        for attempt in 1.. {
            match self.try_to_delete(tenant, id, storage).await {
                // It may have been restarted.
                Err(error) if error.class() == Class::Contention && attempt < CHANGE_TRIES_MAX => {
                    tokio::time::sleep(CHANGE_PAUSE * attempt).await;
                }
                deleted => return deleted,
            }
        }
        unreachable!("the last try returns")
    }

    async fn try_to_delete(&self, tenant: &str, id: ExecutionId, storage: bool) -> Result<(), Error> {
        let Some((record, version)) = self.read_record(tenant, id).await? else {
            return Err(not_found());
        };
        let execution = record.execution;
        if !execution.is_over() {
            return Err(Error::IllegalState(format!(
                "Execution must be terminated to be deleted, current state is '{}'; kill it first",
                execution.state.current().name()
            )));
        }
        // What does not fit into one commit with the execution goes before it, so that a delete that broke off can be
        // repeated.
        let beside = loop {
            let beside = self.beside(tenant, id).await?;
            // One is the execution, one says that its files stay.
            if beside.len() < WRITES_MAX - 1 {
                break beside;
            }
            self.remove(beside).await?;
        };
        let main = Write::Delete { key: keys::execution(tenant, id), condition: Condition::Version(version) };
        let beside = beside.into_iter().map(|key| Write::Delete { key, condition: Condition::None });
        let kept = (!storage).then(|| Write::Put {
            key: keys::kept(tenant, id),
            condition: Condition::None,
            content: Content::default(),
        });
        self.store().commit(std::iter::once(main).chain(kept).chain(beside).collect()).await?;
        // What was written in between: a signal, somebody who waits.
        loop {
            let beside = self.beside(tenant, id).await?;
            if beside.is_empty() {
                break;
            }
            self.remove(beside).await?;
        }
        if storage {
            let folder = files::execution_folder(tenant, &execution.namespace, &execution.flow_id, id);
            self.shared.outside.blobs.delete_under(&folder).await?;
        }
        Ok(())
    }

    /// Up to as many items of an execution as one commit takes, without its main item and the one that stays after it.
    async fn beside(&self, tenant: &str, id: ExecutionId) -> Result<Vec<Key>, Error> {
        let range = Range { prefix: "", after: None, direction: Direction::Ascending, limit: WRITES_MAX + 2 };
        let items = self.store().query(&keys::execution_partition(tenant, id), range).await?;
        let stays = |key: &Key| key.sort == keys::STATE || key.sort == keys::KEPT;
        let keys = items.into_iter().map(|item| item.key).filter(|key| !stays(key));
        Ok(keys.take(WRITES_MAX).collect())
    }

    async fn remove(&self, keys: Vec<Key>) -> Result<(), Error> {
        let writes = keys.into_iter().map(|key| Write::Delete { key, condition: Condition::None });
        Ok(self.store().commit(writes.collect()).await?)
    }
}
