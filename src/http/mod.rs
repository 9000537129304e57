//! What both faces share: the pool that runs their questions, what a request gives, and problems with a
//! status.

pub mod failure;
pub mod given;
mod pool;

pub use failure::Failure;
pub use pool::Pool;

use crate::search::{Problem, Search};

/// What the handlers of both faces hold.
#[derive(Clone)]
pub struct Service {
    /// Answers questions.
    pub search: Search,
    /// Bounds how many are answered at once.
    pub pool: Pool,
}

impl Service {
    /// Asks on a thread of its own, see [`Pool::ask`].
    ///
    /// # Errors
    /// As [`Pool::ask`].
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Search) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Failure> {
        self.pool.ask(&self.search, question).await
    }
}

/// Answers whoever asks for more than reading.
pub async fn no_method() -> Failure {
    Failure::no_method()
}
