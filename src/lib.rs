//! memcon: full-text search over declassified records.
pub mod api;
pub mod cli;
pub mod config;
pub mod index;
pub mod ingest;
pub mod normalise;
pub mod readers;
pub mod record;
pub mod schema;
pub mod search;
pub mod server;
pub mod specimens;
