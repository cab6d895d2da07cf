//! Tasks that call HTTP services, against a real server.

mod conductor;
mod downloading;
mod flows;
mod forbidden;
mod paths;
mod requests;
mod server;
mod streams;
