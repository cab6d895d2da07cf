//! The server that most tests share: one process of them all, or a deployment.

use std::{env, sync::OnceLock};

use crate::{http::Client, server::Server};

/// A deployment to test instead of a server started here, such as `http://localhost:8080`.
pub const BASE_URL: &str = "E2E_BASE_URL";

/// Speaks to the shared server; the first call starts it.
pub fn client() -> &'static Client {
    static SITE: OnceLock<(Client, Option<Server>)> = OnceLock::new();
    let (client, _) = SITE.get_or_init(|| {
        if let Ok(base) = env::var(BASE_URL) {
            return (Client::new(&base), None);
        }
        let server = Server::lasting();
        (server.client().clone(), Some(server))
    });
    client
}
