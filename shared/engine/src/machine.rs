//! How an execution moves.
