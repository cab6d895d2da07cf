//! Every route, as a table. The same table serves `/api/v1/…` and `/api/v1/{tenant}/…`.

use axum::{
    Router,
    http::{HeaderValue, Method, Uri},
    middleware,
};
use service::Service;

use crate::{
    access::Gate,
    error::Error,
    methods::{Methods, delete, get, post, put},
    outside::{self, Layers, Origins},
    routes::{
        again, bulk, control, create, eval, executions, files, flows, follow, graphs, kv, labels, logs,
        metrics, namespace_files, not_built, probes, resume, templates, tenants, tokens, trigger_actions,
        triggers, uploads, users, validate, webhook,
    },
};

/// Both styles of path.
const PREFIXES: [&str; 2] = ["/api/v1", "/api/v1/{tenant}"];

/// The whole API over a service.
pub fn router(service: Service) -> Router {
    let mut router = Router::new();
    for (path, methods) in probes() {
        router = router.route(path, methods.into_router());
    }
    for prefix in PREFIXES {
        for (path, methods) in built().chain(not_built()) {
            router = router.route(&format!("{prefix}{path}"), methods.into_router());
        }
    }
    let gate = Gate::new(service.clone(), listed(probed().chain(built())), listed(not_built()));
    let origins = service.settings().cors_origins.iter();
    let origins: Origins = origins.filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    let layers = Layers { origins, gate, service: service.clone() };
    router
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(layers, outside::layers))
        .with_state(service)
}

/// Every method of every path of the router.
pub fn table() -> Vec<(Method, String)> {
    let of = |(path, methods): (String, Methods), prefix: &'static str| {
        let methods: Vec<Method> = methods.names().collect();
        methods.into_iter().map(move |method| (method, format!("{prefix}{path}")))
    };
    let probes = probed().flat_map(move |it| of(it, ""));
    let routes = PREFIXES.into_iter();
    let routes = routes.flat_map(|prefix| built().chain(not_built()).flat_map(move |it| of(it, prefix)));
    probes.chain(routes).collect()
}

fn listed(routes: impl Iterator<Item = (String, Methods)>) -> Vec<(String, Method)> {
    let listed = routes.flat_map(|(path, methods)| {
        let methods: Vec<Method> = methods.names().collect();
        methods.into_iter().map(move |method| (path.clone(), method))
    });
    listed.collect()
}

fn probes() -> [(&'static str, Methods); 2] {
    [("/health", get(probes::health)), ("/ping", get(probes::ping))]
}

fn probed() -> impl Iterator<Item = (String, Methods)> {
    probes().into_iter().map(|(path, methods)| (path.to_owned(), methods))
}

fn built() -> impl Iterator<Item = (String, Methods)> {
    let routes = routes().into_iter().map(|(path, methods)| (path.to_owned(), methods));
    routes.chain(bulk::routes()).chain(trigger_actions::routes())
}

fn not_built() -> impl Iterator<Item = (String, Methods)> {
    not_built::routes().map(|(path, methods)| (path.to_owned(), methods))
}

fn routes() -> Vec<(&'static str, Methods)> {
    vec![
        ("/flows", post(flows::create)),
        ("/flows/search", get(flows::search)),
        ("/flows/validate", post(flows::validate)),
        ("/flows/{namespace}", get(flows::list)),
        ("/flows/{namespace}/{id}", get(flows::get).put(flows::update).delete(flows::delete)),
        ("/flows/{namespace}/{id}/graph", get(graphs::of_flow)),
        ("/executions/{id}/graph", get(graphs::of_execution)),
        ("/flows/{namespace}/{id}/revisions", get(flows::revisions)),
        ("/namespaces/{namespace}", get(namespace_files::namespace)),
        (
            "/namespaces/{namespace}/files",
            get(namespace_files::read)
                .post(namespace_files::write)
                .put(namespace_files::rename)
                .delete(namespace_files::delete),
        ),
        ("/namespaces/{namespace}/files/search", get(namespace_files::search)),
        ("/namespaces/{namespace}/files/stats", get(namespace_files::stats)),
        (
            "/namespaces/{namespace}/files/directory",
            get(namespace_files::list).post(namespace_files::make_directory),
        ),
        ("/templates", post(templates::create)),
        ("/templates/search", get(templates::search)),
        ("/templates/distinct-namespaces", get(templates::namespaces)),
        ("/templates/validate", post(templates::validate)),
        ("/templates/{namespace}/{id}", get(templates::get).put(templates::update).delete(templates::delete)),
        ("/namespaces/{namespace}/kv", get(kv::list)),
        ("/namespaces/{namespace}/kv/{key}", get(kv::get).put(kv::set).delete(kv::delete)),
        ("/executions", get(executions::list)),
        ("/executions/search", get(executions::search)),
        ("/executions/{id}", get(executions::get).delete(executions::delete)),
        ("/executions/{namespace}/{id}", post(create::create)),
        ("/executions/{namespace}/{id}/validate", post(validate::validate)),
        ("/executions/{namespace}/{id}/uploads", post(uploads::reserve)),
        ("/executions/{namespace}/{id}/uploads/{execution}/{input}/{file}", put(uploads::put)),
        ("/executions/trigger/{namespace}/{id}", post(create::create)),
        (
            "/executions/webhook/{namespace}/{id}/{key}",
            get(webhook::call).post(webhook::call).put(webhook::call),
        ),
        // A flow may be named like what can be asked of an execution: a POST means the flow.
        ("/executions/{id}/kill", delete(control::kill).merge(create::named("kill"))),
        ("/executions/{id}/actions/kill", delete(control::kill)),
        ("/executions/{id}/pause", post(control::pause)),
        ("/executions/{id}/actions/pause", post(control::pause)),
        ("/executions/{id}/resume", post(resume::resume)),
        ("/executions/{id}/actions/resume", post(resume::resume)),
        ("/executions/{id}/resume/validate", post(resume::validate)),
        ("/executions/{id}/actions/resume/validate", post(resume::validate)),
        ("/executions/{id}/restart", post(again::restart)),
        ("/executions/{id}/actions/restart", post(again::restart)),
        ("/executions/{id}/replay", post(again::replay)),
        ("/executions/{id}/actions/replay", post(again::replay)),
        ("/executions/{id}/state", post(again::state)),
        ("/executions/{id}/actions/state", post(again::state)),
        ("/executions/{id}/change-status", post(again::change_status)),
        ("/executions/{id}/actions/change-status", post(again::change_status)),
        ("/executions/{id}/labels", post(labels::set)),
        ("/executions/{id}/actions/labels", post(labels::set)),
        ("/executions/{id}/unqueue", post(control::unqueue)),
        ("/executions/{id}/actions/unqueue", post(control::unqueue)),
        ("/executions/{id}/force-run", post(control::force_run)),
        ("/executions/{id}/actions/force-run", post(control::force_run)),
        ("/executions/{id}/eval", post(eval::in_execution)),
        ("/executions/{id}/actions/eval", post(eval::in_execution)),
        ("/executions/{id}/eval/{task_run}", post(eval::in_task_run)),
        ("/executions/{id}/actions/eval/{task_run}", post(eval::in_task_run)),
        ("/executions/{id}/follow", get(follow::follow).merge(create::named("follow"))),
        ("/executions/{id}/file", get(files::download).merge(create::named("file"))),
        ("/executions/{id}/file/metas", get(files::metas)),
        ("/executions/{id}/file/preview", get(files::preview)),
        ("/logs/{id}", get(logs::list)),
        ("/logs/{id}/download", get(logs::download)),
        ("/metrics/{id}", get(metrics::list)),
        ("/metrics/names/{namespace}/{id}", get(metrics::names)),
        ("/metrics/names/{namespace}/{id}/{task}", get(metrics::names)),
        ("/metrics/tasks/{namespace}/{id}", get(metrics::tasks)),
        ("/metrics/aggregates/{namespace}/{id}/{metric}", get(metrics::aggregate)),
        ("/metrics/aggregates/{namespace}/{id}/{task}/{metric}", get(metrics::aggregate)),
        ("/triggers", put(trigger_actions::update)),
        ("/triggers/backfill/create", put(trigger_actions::create_backfill)),
        ("/triggers/{namespace}/{id}/{trigger}", delete(trigger_actions::reset)),
        ("/triggers/{namespace}/{id}/{trigger}/unlock", post(trigger_actions::unlock)),
        ("/triggers/{namespace}/{id}/{trigger}/restart", post(trigger_actions::restart)),
        ("/triggers/search", get(triggers::search)),
        ("/triggers/{namespace}/{id}", get(triggers::list)),
        ("/tokens", get(tokens::list).post(tokens::create)),
        ("/tokens/{id}", delete(tokens::revoke)),
        ("/users", get(users::list).post(users::create)),
        ("/users/{name}", delete(users::remove)),
        ("/tenants", get(tenants::list).post(tenants::create)),
    ]
}

async fn unknown() -> Error {
    Error::Unknown
}

async fn wrong_method(method: Method, uri: Uri) -> Error {
    Error::Method { method: method.to_string(), path: uri.path().to_owned() }
}

#[cfg(test)]
mod tests {
    use service::access::RESERVED;

    use super::*;
    use crate::access;

    /// A route without a rule would be for administrators alone, and a rule without a route is forgotten.
    #[test]
    fn every_route_has_a_rule_and_every_rule_a_route() {
        let routes = listed(probed().chain(built()));
        for (path, method) in &routes {
            assert!(access::rule(path, method).is_some(), "{method} {path} has no rule in access/rules.rs");
        }
        for (method, path) in access::ruled() {
            let there =
                routes.iter().any(|(it, of)| *it == path && method.as_ref().is_none_or(|it| it == of));
            assert!(there, "access/rules.rs has a rule for {method:?} {path}, which is no route");
        }
    }

    #[test]
    fn no_tenant_is_called_like_a_resource() {
        for (path, _) in built().chain(not_built()) {
            let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
            let is_name = first.bytes().all(|it| it.is_ascii_lowercase());
            assert!(!is_name || RESERVED.contains(&first), "`{first}` has to be reserved");
        }
    }
}
