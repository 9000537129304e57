//! What normalising could not read with certainty.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A finding about one record: which field, and what was found there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The field concerned, by its name in `index_schema/fields.toml` or in the record.
    pub field: String,
    /// The finding, lower-case, without full stop.
    pub message: String,
}

impl Remark {
    /// A remark on a field.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}
