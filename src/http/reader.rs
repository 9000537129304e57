//! Whoever asks, as handlers have them: the only way to a [`Search`].

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};

use super::{Exports, Failure, Pool, Service, access::Asker};
use crate::search::{Problem, Search};

/// Somebody who asks, with what they may see and the pool in which it is answered.
#[derive(Clone)]
pub struct Reader {
    /// Answers with what they may see.
    pub search: Search,
    /// Bounds how many are answered at once.
    pub pool: Pool,
    /// Bounds how many exports run at once.
    pub exports: Exports,
}

impl Reader {
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

impl<S: Send + Sync> FromRequestParts<S> for Reader
where
    Service: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let service = Service::from_ref(state);
        let Asker { search, .. } = service.access.asker(&parts.headers)?;
        Ok(Self {
            search,
            pool: service.pool,
            exports: service.exports,
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asker
where
    Service: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        Service::from_ref(state).access.asker(&parts.headers)
    }
}
