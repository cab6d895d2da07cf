//! What has to change on a server for it to have what a folder has.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    io::Write,
};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::{
    flows_of,
    folder::{Flows, Wanted},
};
use crate::{
    remote::server::{Server, Stored},
    report,
};

/// Questions to the server at the same time.
const SIDE_BY_SIDE: usize = 8;

/// One step for each flow, by namespace and id.
pub(super) struct Plan {
    steps: Vec<Step>,
}

/// What becomes of one flow.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) namespace: String,
    pub(super) id: String,
    pub(super) change: Change,
    /// As the folder has it, if it does.
    pub(super) wanted: Option<Wanted>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Create,
    /// Of a flow whose newest revision is this one.
    Update {
        revision: u64,
    },
    Unchanged,
    Delete,
}

impl Plan {
    /// Compares a folder with a server. `delete` takes away what the folder does not have, in the namespaces that it
    /// has flows of.
    pub(super) async fn make(server: &Server, wanted: Flows, delete: bool) -> Result<Self, report::Error> {
        let namespaces: BTreeSet<String> = wanted.keys().map(|(namespace, _)| namespace.clone()).collect();
        let lists = stream::iter(namespaces).map(async |namespace| {
            let ids = flows_of(server, &namespace).await?;
            Ok::<_, report::Error>(ids.into_iter().map(move |id| (namespace.clone(), id)).collect::<Vec<_>>())
        });
        let lists: Vec<Vec<(String, String)>> = lists.buffered(SIDE_BY_SIDE).try_collect().await?;
        let there: BTreeSet<(String, String)> = lists.into_iter().flatten().collect();
        let both = wanted.keys().filter(|name| there.contains(*name)).cloned().collect::<Vec<_>>();
        let stored = stream::iter(both).map(async |name| {
            let stored = server.flow(&name.0, &name.1).await?;
            Ok::<_, report::Error>((name, stored))
        });
        let mut stored: BTreeMap<(String, String), Option<Stored>> =
            stored.buffered(SIDE_BY_SIDE).try_collect().await?;
        let mut steps: Vec<Step> = Vec::new();
        if delete {
            let gone = there.into_iter().filter(|name| !wanted.contains_key(name));
            steps.extend(gone.map(|(namespace, id)| Step {
                namespace,
                id,
                change: Change::Delete,
                wanted: None,
            }));
        }
        for (name, wanted) in wanted {
            let change = match stored.remove(&name).flatten() {
                None => Change::Create,
                Some(stored) if stored.source == wanted.source => Change::Unchanged,
                Some(Stored { revision, .. }) => Change::Update { revision },
            };
            let (namespace, id) = name;
            steps.push(Step { namespace, id, change, wanted: Some(wanted) });
        }
        steps.sort_by(|a, b| (&a.namespace, &a.id).cmp(&(&b.namespace, &b.id)));
        Ok(Self { steps })
    }

    /// The steps that change something.
    pub(super) fn changes(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.change != Change::Unchanged)
    }

    pub(super) fn show(&self, out: &mut impl Write) -> std::io::Result<()> {
        for step in &self.steps {
            let Step { change, wanted, .. } = step;
            let from = wanted.as_ref().map(|it| format!("  {}", it.file.display())).unwrap_or_default();
            let since = match change {
                Change::Update { revision } => format!("  (revision {revision} is there)"),
                Change::Create | Change::Unchanged | Change::Delete => String::new(),
            };
            writeln!(out, "  {step}{from}{since}")?;
        }
        Ok(())
    }

    /// `2 created, 1 updated, 3 unchanged, 0 deleted`
    pub(super) fn counts(&self) -> String {
        let count = |word: &str| self.steps.iter().filter(|step| step.change.word() == word).count();
        format!(
            "{} created, {} updated, {} unchanged, {} deleted",
            count("create"),
            count("update"),
            count("unchanged"),
            count("delete")
        )
    }
}

impl Change {
    const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update { .. } => "update",
            Self::Unchanged => "unchanged",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<9} {}/{}", self.change.word(), self.namespace, self.id)
    }
}
