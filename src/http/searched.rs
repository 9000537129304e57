//! What the log is told of a search: an extension of its answer, which both faces add.

use std::{sync::Arc, time::Duration};

use crate::search::{Page, Shape};

/// A search that was answered.
#[derive(Debug, Clone)]
pub struct Searched {
    /// What the question is like, without its words.
    pub shape: Arc<Shape>,
    /// All records that match.
    pub hits: usize,
    /// How long the search took.
    pub took: Duration,
}

impl From<&Page> for Searched {
    fn from(page: &Page) -> Self {
        Self {
            shape: Arc::new(page.shape.clone()),
            hits: page.total,
            took: page.took,
        }
    }
}
