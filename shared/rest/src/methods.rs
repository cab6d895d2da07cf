//! The methods of a path, so that a table of routes can tell what it has.

use axum::{
    handler::Handler,
    http::Method,
    routing::{MethodFilter, MethodRouter, on as axum_on},
};
use service::Service;

/// What answers a path, and to which methods. `GET` means `HEAD` as well.
#[derive(Debug)]
pub(crate) struct Methods {
    router: MethodRouter<Service>,
    filters: Vec<MethodFilter>,
}

const ALL: [(MethodFilter, Method); 5] = [
    (MethodFilter::GET, Method::GET),
    (MethodFilter::POST, Method::POST),
    (MethodFilter::PUT, Method::PUT),
    (MethodFilter::PATCH, Method::PATCH),
    (MethodFilter::DELETE, Method::DELETE),
];

pub(crate) fn on<H: Handler<T, Service>, T: 'static>(filter: MethodFilter, handler: H) -> Methods {
    Methods { router: axum_on(filter, handler), filters: vec![filter] }
}

pub(crate) fn get<H: Handler<T, Service>, T: 'static>(handler: H) -> Methods {
    on(MethodFilter::GET, handler)
}

pub(crate) fn post<H: Handler<T, Service>, T: 'static>(handler: H) -> Methods {
    on(MethodFilter::POST, handler)
}

pub(crate) fn put<H: Handler<T, Service>, T: 'static>(handler: H) -> Methods {
    on(MethodFilter::PUT, handler)
}

pub(crate) fn delete<H: Handler<T, Service>, T: 'static>(handler: H) -> Methods {
    on(MethodFilter::DELETE, handler)
}

impl Methods {
    pub(crate) fn post<H: Handler<T, Service>, T: 'static>(self, handler: H) -> Self {
        self.merge(post(handler))
    }

    pub(crate) fn put<H: Handler<T, Service>, T: 'static>(self, handler: H) -> Self {
        self.merge(put(handler))
    }

    pub(crate) fn delete<H: Handler<T, Service>, T: 'static>(self, handler: H) -> Self {
        self.merge(delete(handler))
    }

    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.filters.extend(other.filters);
        Self { router: self.router.merge(other.router), filters: self.filters }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = Method> {
        // A filter holds another when it does not grow by it.
        let holds = |filter: &MethodFilter| self.filters.iter().any(|it| it.or(*filter) == *it);
        ALL.into_iter().filter(move |(filter, _)| holds(filter)).map(|(_, method)| method)
    }

    pub(crate) fn into_router(self) -> MethodRouter<Service> {
        self.router
    }
}
