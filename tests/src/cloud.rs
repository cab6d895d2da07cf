//! The whole deployment on this machine: `template.yaml`, deployed by `sam` into an emulator of AWS, which runs the
//! functions as processes and holds each to what its role allows.

mod build;
mod deploy;
mod template;

use std::collections::BTreeMap;

use tempfile::TempDir;

use crate::{
    aws::Aws,
    emulator::{Account, Emulator},
    http::Client,
};

/// The account: requests that name none, as those of the API's callers, belong to it.
const ACCOUNT: &str = "000000000000";
/// What its stack is called.
const STACK: &str = "roundtrip";
/// The API's id, so that its URL is known before it is deployed.
const API: &str = "roundtrip";

/// A deployment that ends when dropped, and when this process does, however it goes.
#[derive(Debug)]
pub struct Cloud {
    emulator: Emulator,
    client: Client,
    outputs: BTreeMap<String, String>,
}

impl Cloud {
    /// Builds the functions from the sources at hand, starts an emulator and deploys. Takes about 20 s once all is built.
    pub fn start() -> Self {
        let functions = build::functions();
        let emulator = Emulator::strict();
        // Of the emulator's folder it would be removed too late when this process is killed while `sam` runs.
        let folder = TempDir::new_in(emulator.folder()).expect("a folder");
        let template = template::copy(functions, folder.path());
        let url = format!("{}/_aws/execute-api/{API}/$default", emulator.base());
        let account = account(&emulator);
        deploy::deploy(STACK, &template, folder.path(), &account, &[("ms-custom-id", API)], &[("Url", &url)]);
        let outputs = Aws::of(&account).outputs(STACK);
        Self { emulator, client: Client::new(&url), outputs }
    }

    /// Speaks to the API.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Where everything is.
    pub fn account(&self) -> Account {
        account(&self.emulator)
    }

    /// Its services.
    pub fn aws(&self) -> Aws {
        Aws::of(&self.account())
    }

    /// An output of the template, such as `TableName`.
    #[track_caller]
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).unwrap_or_else(|| panic!("the template has no output `{name}`"))
    }

    /// With which an API function that runs elsewhere on this machine belongs to this deployment. It has a URL of its
    /// own.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let mut variables = self.aws().variables(self.output("ApiName"));
        variables.remove("ROUNDTRIP_URL");
        variables.extend(self.account().variables().map(|(name, value)| (name.to_owned(), value)));
        variables
    }

    /// What the emulator wrote, for who looks for a reason.
    pub fn messages(&self) -> String {
        self.emulator.messages()
    }
}

fn account(emulator: &Emulator) -> Account {
    Account { id: ACCOUNT.to_owned(), endpoint: emulator.base() }
}
