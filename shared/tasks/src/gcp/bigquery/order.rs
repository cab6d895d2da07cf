//! What a flow wants to be loaded, where to, and as whom.

use std::fmt::Write;

use ports::run::Attempt;
use sha2::{Digest, Sha256};

use super::{super::account::Account, configuration::Configuration, job::Name, policy::Policy, table::Table};
use crate::{properties::Properties, storage::Source};

/// What a token is for unless `scopes` says otherwise (Kestra: the same).
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
/// Characters of each word of a job's id, which has 1,024 at most.
const WORD_CHARACTERS_MAX: usize = 200;

/// The properties of one attempt, read.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) source: Source,
    pub(super) fails_on_empty: bool,
    pub(super) account: Account,
    /// Separated by spaces.
    pub(super) scopes: String,
    /// Whose job it is, and whose table unless that is named with its project.
    pub(super) project: String,
    pub(super) table: Table,
    pub(super) configuration: Configuration,
    pub(super) policy: Policy,
    location: Option<String>,
}

impl Order {
    /// # Errors
    /// Everything that is wrong with the properties.
    pub(super) fn read(attempt: &Attempt) -> Result<Self, String> {
        let mut properties = Properties::new(&attempt.properties);
        let from = properties.required_text("from");
        let fails_on_empty = properties.flag("failedOnEmpty", true);
        let mut said = |name: &str| properties.text(name).filter(|it| !it.is_empty());
        let (project, location, key) = (said("projectId"), said("location"), said("serviceAccount"));
        let scopes = properties.strings("scopes");
        let configuration = Configuration::read(&mut properties);
        let policy = Policy::read(&mut properties);
        let account = match key.as_deref().map(Account::read) {
            Some(Ok(account)) => Some(account),
            Some(Err(problem)) => {
                properties.problem(problem);
                None
            }
            None => {
                properties.problem(
                    "`serviceAccount` must be set: the JSON text of the key of a service account that may run jobs and \
                     change the table, such as `{{ secret('GCP_SERVICE_ACCOUNT') }}`; credentials of the machine are \
                     never used"
                        .to_owned(),
                );
                None
            }
        };
        properties.finish()?;
        let (Some(account), Some(table)) = (account, configuration.table.clone()) else {
            return Err("`serviceAccount` and `destinationTable` must be set".to_owned());
        };
        let project = project.or_else(|| account.project.clone()).or_else(|| table.project.clone());
        let project = project.ok_or(
            "`projectId` must be set: neither `serviceAccount` nor `destinationTable` names a project",
        )?;
        Ok(Self {
            source: Source::new(attempt, from)?,
            fails_on_empty,
            account,
            scopes: if scopes.is_empty() { SCOPE.to_owned() } else { scopes.join(" ") },
            project,
            table,
            configuration,
            policy,
            location,
        })
    }

    /// The name of a job: always the same for that attempt of a task run, that round, and what is to be loaded.
    pub(super) fn job(&self, attempt: &Attempt, number: u32, round: u32) -> Name {
        let what = Sha256::new()
            .chain_update(self.configuration.json(&self.project).to_string())
            .chain_update(&self.source.uri)
            .finalize();
        let (namespace, flow) = (word(&attempt.namespace), word(&attempt.flow_id));
        let mut id = format!("{namespace}_{flow}_{}_{}_", attempt.execution, attempt.task_run);
        for byte in &what[..4] {
            let _ = write!(id, "{byte:02x}");
        }
        let _ = write!(id, "_{number}_{round}");
        Name { project: self.project.clone(), id, location: self.location.clone() }
    }
}

/// As a job's id may have it.
fn word(text: &str) -> String {
    let sound = |sign: char| if sign.is_ascii_alphanumeric() || sign == '-' { sign } else { '_' };
    text.chars().take(WORD_CHARACTERS_MAX).map(sound).collect()
}
