//! The server that most tests share: one process of them all, or a deployment.

use std::{
    env,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use crate::{cloud::Cloud, http::Client, server::Server, watch::Watch};

/// A deployment to test instead of a server started here, such as `http://localhost:8080`.
pub const BASE_URL: &str = "E2E_BASE_URL";

/// What is tested when no deployment is named: `cloud` is the cloud's functions in an emulator of AWS; `watch` is the
/// API function under `cargo lambda watch`, over a folder; `watch-cloud` is that function in the place of the cloud's
/// own; nothing, or `local`, is the one process.
pub const TARGET: &str = "E2E_TARGET";

/// Speaks to the shared server; the first call starts it.
pub fn client() -> &'static Client {
    static SITE: OnceLock<Site> = OnceLock::new();
    match SITE.get_or_init(Site::start) {
        Site::Elsewhere(client) => client,
        Site::Process(server) => server.client(),
        Site::Cloud(cloud) => cloud.client(),
        Site::Watch(watch) => watch.client(),
    }
}

/// Lives as long as this process.
#[derive(Debug)]
enum Site {
    Elsewhere(Client),
    Process(Server),
    Cloud(Cloud),
    Watch(Watch),
}

impl Site {
    fn start() -> Self {
        static TRIED: AtomicBool = AtomicBool::new(false);
        // Else every test would try again, and each try takes a minute.
        assert!(!TRIED.swap(true, Relaxed), "there is nothing to test: the first test that asked says why");
        if let Ok(base) = env::var(BASE_URL) {
            return Self::Elsewhere(Client::new(&base));
        }
        match env::var(TARGET).as_deref() {
            Ok("cloud") => Self::Cloud(Cloud::start()),
            Ok("watch") => Self::Watch(Watch::over_a_folder()),
            Ok("watch-cloud") => Self::Watch(Watch::in_a_cloud()),
            Ok("local") | Err(_) => Self::Process(Server::lasting()),
            Ok(other) => panic!("{TARGET} names no target: `{other}`"),
        }
    }
}
