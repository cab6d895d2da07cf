//! Who asks, and whether he may: before every route.
//!
//! Where nobody has to say who he is, this costs one look at a flag.

mod audit;
mod header;
mod rules;
mod source;

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use axum::{
    extract::{FromRequestParts, MatchedPath, RawPathParams, Request},
    http::{HeaderValue, Method, header as names, request::Parts},
    response::{IntoResponse, Response},
};
use engine::id::ExecutionId;
use service::{
    Service,
    access::{Callers, MAIN, Permission, Principal, Reach, Refused, Role},
};

use crate::{api::Api, conductor, error::Error, params::Params};
pub(crate) use rules::{Concerns, OfMethod, OfPath, Rule};
pub use source::Source;
pub(crate) use source::source;

/// Who asks, as somebody before this process found out: an ARN, a subject. Counts where the settings say that callers are
/// vouched for, and only there.
#[derive(Debug, Clone)]
pub struct Caller(pub String);

/// What stands before the routes.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    service: Service,
    rules: Arc<HashMap<(Api, String, Method), Rule>>,
}

impl Gate {
    /// For these routes: their paths without prefix, and their methods; the built ones, and those that are not.
    pub(crate) fn new(
        service: Service,
        built: Vec<(Api, String, Method)>,
        unbuilt: Vec<(Api, String, Method)>,
    ) -> Self {
        let known = unbuilt.into_iter().map(|route| (route, Rule::Known));
        let ruled = built.into_iter().map(|route| {
            // What nobody thought about is not for everybody.
            let rule = rule(route.0, &route.1, &route.2)
                .unwrap_or(Rule::Needs(Permission::Administer, Concerns::All));
            (route, rule)
        });
        Self { service, rules: Arc::new(known.chain(ruled).collect()) }
    }

    fn rule(&self, route: Option<&str>, method: &Method) -> Rule {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let path = route.map(Api::of_route);
        // A path or method that there is not: told to who is known.
        path.and_then(|(api, path)| self.rules.get(&(api, path.to_owned(), method.clone())).copied())
            .unwrap_or(Rule::Known)
    }
}

/// What the table says of a route.
pub(crate) fn rule(api: Api, path: &str, method: &Method) -> Option<Rule> {
    let (open, rules) = tables(api);
    if open.contains(&path) {
        return Some(Rule::Open);
    }
    let (_, methods) = rules.iter().find(|(it, _)| *it == path)?;
    let (_, permission, concerns) = methods.iter().find(|(it, ..)| *it == method.as_str())?;
    Some(Rule::Needs(*permission, *concerns))
}

/// The paths that are open, and what the others need.
fn tables(api: Api) -> (&'static [&'static str], &'static [rules::OfPath]) {
    match api {
        Api::Kestra => (rules::OPEN, rules::RULES),
        Api::Conductor => (conductor::rules::OPEN, conductor::rules::RULES),
    }
}

/// What the tables have: a method, where it names one, and the path.
#[cfg(test)]
pub(crate) fn ruled() -> impl Iterator<Item = (Api, Option<Method>, &'static str)> {
    [Api::Kestra, Api::Conductor].into_iter().flat_map(|api| {
        let (open, rules) = tables(api);
        let open = open.iter().map(move |path| (api, None, *path));
        let needs = rules.iter().flat_map(move |(path, methods)| {
            methods.iter().map(move |(method, ..)| (api, Some(method.parse().unwrap()), *path))
        });
        open.chain(needs)
    })
}

/// Lets those pass who may.
pub(crate) async fn guard<F: Future<Output = Response>>(
    gate: Gate,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    if !gate.service.is_guarded() {
        return next(request).await;
    }
    Box::pin(guarded(gate, request, next)).await
}

async fn guarded<F: Future<Output = Response>>(
    gate: Gate,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let rule = gate.rule(route.as_ref().map(MatchedPath::as_str), &parts.method);
    let source = source::source(&parts, &gate.service.settings().trusted_proxies);
    let principal = match rule {
        Rule::Open => vouched_for(&gate.service, &parts),
        Rule::Known | Rule::Needs(..) => match known(&gate.service, &parts, source).await {
            Ok(principal) => Some(principal),
            Err(error) => return error.into_response(),
        },
    };
    let who = principal.as_ref().map(|it| it.name.as_str());
    let line = audit::Line::of(rule, who, source, route.as_ref(), &mut parts, &gate.service).await;
    let permitted = match (&principal, rule) {
        (Some(principal), Rule::Needs(permission, concerns)) => {
            permit(&gate.service, principal, permission, concerns, &mut parts).await
        }
        (Some(_) | None, Rule::Open | Rule::Known) | (None, Rule::Needs(..)) => Ok(()),
    };
    let mut response = match permitted {
        Ok(()) => {
            if let Some(principal) = principal {
                parts.extensions.insert(Asker(principal));
            }
            next(Request::from_parts(parts, body)).await
        }
        Err(error) => error.into_response(),
    };
    if let Some(line) = line {
        line.write(response.status());
    }
    // What was shown to one caller is not for who uses his computer, or the same proxy, after him.
    response.headers_mut().entry(names::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn known(service: &Service, parts: &Parts, source: Option<IpAddr>) -> Result<Arc<Principal>, Error> {
    if is_vouched(service) {
        // Whoever comes without a name found a way around those who ask.
        return vouched_for(service, parts).ok_or(Error::Unauthorized);
    }
    let recognised = service.recognise(header::credentials(&parts.headers), source).await;
    recognised.map_err(refused)
}

/// Why somebody is not let in, as an answer.
pub(crate) fn refused(refused: Refused) -> Error {
    match refused {
        Refused::Unknown => Error::Unauthorized,
        Refused::Expired => Error::ExpiredToken,
        Refused::TooMany { retry_after } => Error::TooManyAttempts(retry_after),
        Refused::Trouble(error) => Error::Service(error),
    }
}

fn vouched_for(service: &Service, parts: &Parts) -> Option<Arc<Principal>> {
    let Caller(name) = parts.extensions.get().filter(|_| is_vouched(service))?;
    Some(everything(name.clone()))
}

fn is_vouched(service: &Service) -> bool {
    service.settings().access.callers == Callers::Vouched
}

fn everything(name: String) -> Arc<Principal> {
    Arc::new(Principal { name, role: Role::Admin, reach: Reach::default() })
}

async fn permit(
    service: &Service,
    principal: &Arc<Principal>,
    permission: Permission,
    concerns: Concerns,
    parts: &mut Parts,
) -> Result<(), Error> {
    Asker(Arc::clone(principal)).check_may(permission)?;
    let Reach { namespaces, tenants } = &principal.reach;
    if namespaces.is_none() && tenants.is_none() {
        return Ok(());
    }
    let tenant = crate::tenant::in_path(parts, service).await?.unwrap_or_else(|| MAIN.to_owned());
    if !principal.reach.tenant(&tenant) {
        return Err(Error::Forbidden(format!("'{}' may not ask the tenant '{tenant}'", principal.name)));
    }
    let Some(namespaces) = namespaces else {
        // Tenants are made by who reaches all of them.
        return match (permission, concerns) {
            (Permission::Administer, Concerns::All) => {
                Err(Error::Forbidden("a limited administrator makes no tenants".to_owned()))
            }
            _ => Ok(()),
        };
    };
    let within = |namespace: &str| within(&principal.reach, namespace);
    match concerns {
        Concerns::Path(name) => within(&param(parts, service, name).await?),
        Concerns::Workflow(name) => {
            let name = param(parts, service, name).await?;
            within(service.workflow_named(&name).0)
        }
        Concerns::Execution => {
            // A text that is no id is the id of no execution: the route says so.
            let Ok(id) = param(parts, service, "id").await?.parse::<ExecutionId>() else { return Ok(()) };
            match service.namespace_of_execution(&tenant, id).await? {
                Some(namespace) if !principal.reach.namespace(&namespace) => {
                    Err(Error::not_found("Execution not found"))
                }
                Some(_) | None => Ok(()),
            }
        }
        Concerns::Query => match Params::of(&parts.uri).text("namespace") {
            Some(namespace) => within(&namespace),
            None => Err(Error::Forbidden(format!(
                "the query parameter `namespace` has to name one of {}, or one below it",
                namespaces.join(", ")
            ))),
        },
        Concerns::Body | Concerns::Nothing => Ok(()),
        Concerns::All => Err(Error::Forbidden(format!("it concerns more than {}", namespaces.join(", ")))),
    }
}

fn within(reach: &Reach, namespace: &str) -> Result<(), Error> {
    if reach.namespace(namespace) {
        return Ok(());
    }
    let all = reach.namespaces.as_deref().unwrap_or_default().join(", ");
    Err(Error::Forbidden(format!("the namespace '{namespace}' is none of {all}, and not below them")))
}

async fn param(parts: &mut Parts, service: &Service, name: &str) -> Result<String, Error> {
    let params = RawPathParams::from_request_parts(parts, service)
        .await
        .map_err(|error| Error::argument(format!("the path has to be UTF-8: {error}")))?;
    Ok(params.iter().find(|(it, _)| *it == name).map(|(_, value)| value.to_owned()).unwrap_or_default())
}

/// Who asks, for handlers that alone know what a request concerns.
#[derive(Debug, Clone)]
pub(crate) struct Asker(Arc<Principal>);

impl Asker {
    pub(crate) fn principal(&self) -> &Principal {
        &self.0
    }

    /// Whether there are namespaces that he may not ask for.
    pub(crate) fn is_limited(&self) -> bool {
        self.0.reach.namespaces.is_some()
    }

    /// # Errors
    /// When his role does not have the permission.
    pub(crate) fn check_may(&self, permission: Permission) -> Result<(), Error> {
        if self.0.may(permission) {
            return Ok(());
        }
        let (role, says) = (self.0.role.name(), permission.says());
        Err(Error::Forbidden(format!("the role `{role}` may not {says}")))
    }

    /// # Errors
    /// When a namespace is beyond his reach.
    pub(crate) fn check(&self, namespace: &str) -> Result<(), Error> {
        within(&self.0.reach, namespace)
    }

    /// # Errors
    /// When one of these executions is beyond his reach, or not there.
    pub(crate) async fn check_all(
        &self,
        service: &Service,
        tenant: &str,
        ids: &[String],
    ) -> Result<(), Error> {
        for id in ids.iter().filter(|_| self.is_limited()).take(service::settings::BATCH_MAX) {
            let Ok(id) = id.parse() else { continue };
            if let Some(namespace) = service.namespace_of_execution(tenant, id).await?
                && !self.0.reach.namespace(&namespace)
            {
                return Err(Error::not_found("Execution not found"));
            }
        }
        Ok(())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = std::convert::Infallible;

    /// Where nobody has to say who he is, everybody may do everything.
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let known = parts.extensions.get::<Self>().cloned();
        Ok(known.unwrap_or_else(|| Self(everything("anybody".to_owned()))))
    }
}
