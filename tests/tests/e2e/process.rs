//! What only a server of one's own can show: its memory, its children, its end and its return.

mod access;
mod bad;
mod bigquery;
mod callers;
mod capacity;
mod children;
mod flows;
mod large;
mod outgoing;
mod restart;
mod secrets;
