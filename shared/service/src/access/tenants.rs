//! Tenants: which there are. Everything that is kept has one in its key.

use std::{collections::HashSet, sync::Mutex};

use ports::store::{Condition, Content, Write};

use super::Principal;
use crate::{Error, Service, keys};

/// The tenant that is always there.
pub const MAIN: &str = "main";
/// What no tenant is called: resources of the API, whose paths would mean them, and first words of keys.
pub const RESERVED: [&str; 28] = [
    "access",
    "addresses",
    "basicAuth",
    "configs",
    "event",
    "executions",
    "flows",
    "health",
    "kv",
    "logs",
    "metadata",
    "metrics",
    "namespaces",
    "plugins",
    "scheduler",
    "schema",
    "stats",
    "tasks",
    "templates",
    "tenants",
    "token",
    "tokens",
    "triggers",
    "usages",
    "users",
    "v1",
    "webhooks",
    "workflow",
];
/// Characters of a name.
const NAME_MAX: usize = 64;

/// Those that were seen. None is ever removed.
#[derive(Debug, Default)]
pub(crate) struct Tenants {
    seen: Mutex<HashSet<String>>,
}

impl Tenants {
    fn has(&self, name: &str) -> bool {
        self.seen.lock().expect("nothing panics while it holds this").contains(name)
    }

    fn add(&self, name: &str) {
        self.seen.lock().expect("nothing panics while it holds this").insert(name.to_owned());
    }
}

impl Service {
    /// Whether there is a tenant of that name.
    ///
    /// # Errors
    /// The store's.
    pub async fn is_tenant(&self, name: &str) -> Result<bool, Error> {
        if name == MAIN {
            return Ok(true);
        }
        if !is_name(name) {
            return Ok(false);
        }
        if self.shared.tenants.has(name) {
            return Ok(true);
        }
        let there = self.store().get(&keys::access(keys::TENANTS, name)).await?.is_some();
        if there {
            self.shared.tenants.add(name);
        }
        Ok(there)
    }

    /// Makes a tenant, empty.
    ///
    /// # Errors
    /// `Invalid` for a name that is none, and for one that there is.
    pub async fn create_tenant(&self, name: &str) -> Result<(), Error> {
        if !is_name(name) {
            return Err(Error::argument(format!(
                "a tenant is called by 1 to {NAME_MAX} lower case letters, digits, `-` and `_`, begins with a letter \
                 or digit, and is not called like a resource: not '{name}'"
            )));
        }
        self.check_room(keys::TENANTS, "tenants").await?;
        let exists = || Error::argument(format!("there is a tenant '{name}' already"));
        if name == MAIN {
            return Err(exists());
        }
        let key = keys::access(keys::TENANTS, name);
        let put = Write::Put { key, condition: Condition::Absent, content: Content::default() };
        match self.store().commit(vec![put, self.first_sweep(name)?]).await {
            Err(ports::store::Error::Conflict(_)) => Err(exists()),
            done => Ok(done?),
        }
    }

    /// The tenants within somebody's reach, by name.
    ///
    /// # Errors
    /// The store's.
    pub async fn tenants(&self, by: &Principal) -> Result<Vec<String>, Error> {
        let made = self.access_entries(keys::TENANTS).await?;
        let mut names: Vec<String> = made.into_iter().map(|item| item.key.sort).collect();
        names.push(MAIN.to_owned());
        names.retain(|name| by.reach.tenant(name));
        names.sort();
        Ok(names)
    }
}

fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=NAME_MAX).contains(&name.len())
        && name.bytes().all(|byte| is_plain(byte) || byte == b'-' || byte == b'_')
        && name.bytes().next().is_some_and(is_plain)
        && !RESERVED.contains(&name)
}
