//! Two ways to speak to one service: Kestra's paths and forms, and Conductor's.

use axum::http::Method;

use crate::methods::Methods;

/// Whose paths, errors and words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Api {
    /// `/api/v1/…` and `/api/v1/{tenant}/…`, and the probes.
    Kestra,
    /// `/api/…` and `/api/{tenant}/…`.
    Conductor,
}

/// A route of one of them: its path without prefix.
pub(crate) type Route = (Api, String, Methods);

impl Api {
    /// Both styles of path.
    pub(crate) fn prefixes(self) -> [&'static str; 2] {
        match self {
            Self::Kestra => ["/api/v1", "/api/v1/{tenant}"],
            Self::Conductor => ["/api", "/api/{tenant}"],
        }
    }

    /// Whose a path is that was asked for, whether or not there is such a route.
    pub(crate) fn of_path(path: &str) -> Self {
        let is_conductors =
            path.strip_prefix("/api/").is_some_and(|rest| rest.split('/').next() != Some("v1"));
        if is_conductors { Self::Conductor } else { Self::Kestra }
    }

    /// Whose a route is, and its path without prefix.
    pub(crate) fn of_route(route: &str) -> (Self, &str) {
        let api = Self::of_path(route);
        let [plain, with_tenant] = api.prefixes();
        let path = route.strip_prefix(with_tenant).or_else(|| route.strip_prefix(plain));
        (api, path.unwrap_or(route))
    }
}

/// Every method of these routes.
pub(crate) fn listed(routes: impl Iterator<Item = Route>) -> Vec<(Api, String, Method)> {
    let listed = routes.flat_map(|(api, path, methods)| {
        let methods: Vec<Method> = methods.names().collect();
        methods.into_iter().map(move |method| (api, path.clone(), method))
    });
    listed.collect()
}
