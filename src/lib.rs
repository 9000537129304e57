//! memcon: full-text search over declassified records.
pub mod readers;
pub mod record;
pub mod schema;
pub mod normalise;
