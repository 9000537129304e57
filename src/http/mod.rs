//! What both faces share: the pool that runs their questions, places for exports, the server's health, what
//! a request gives, what the log is told, and problems with a status.

mod exports;
pub mod failure;
pub mod given;
mod health;
mod pool;
mod searched;

pub use exports::Exports;
pub use failure::Failure;
pub use health::Health;
pub use pool::{Load, Pool};
pub use searched::Searched;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::search::{Problem, Search};

/// What the handlers of both faces hold.
#[derive(Clone)]
pub struct Service {
    /// Answers questions.
    pub search: Search,
    /// Bounds how many are answered at once.
    pub pool: Pool,
    /// Bounds how many exports run at once.
    pub exports: Exports,
    /// Whether questions can be answered.
    pub health: Health,
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

/// The longest query of an address, in bytes: 2,000 characters of any script and what goes with them.
const MAX_QUERY: usize = 24_000;

/// The most parameters of a request.
const MAX_PARAMETERS: usize = 300;

/// Refuses addresses that are longer than any question.
pub async fn bound(request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    if query.len() > MAX_QUERY || query.split('&').count() > MAX_PARAMETERS {
        let fact = format!(
            "an address has at most {MAX_QUERY} bytes and {MAX_PARAMETERS} parameters behind the `?`"
        );
        return Failure::too_long(fact).into_response();
    }
    next.run(request).await
}

/// Answers whoever asks for more than reading.
pub async fn no_method() -> Failure {
    Failure::no_method()
}
