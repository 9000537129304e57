//! memcon: full-text search over declassified records.
pub mod readers;
pub mod record;
pub mod schema;
pub mod normalise;
pub mod index;
pub mod search;
pub mod config;
pub mod ingest;
pub mod api;
pub mod server;
pub mod cli;
pub mod specimens;
