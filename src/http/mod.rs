//! What both faces share: who asks and what they may see, the pool that runs their questions, places for exports, the
//! server's health, what a request gives, what the log is told, and problems with a status.

pub mod access;
mod exports;
pub mod failure;
pub mod given;
mod health;
mod pool;
mod reader;
mod searched;

use std::sync::Arc;

pub use access::{Access, Asker, Closing, Token};
pub use exports::Exports;
pub use failure::Failure;
pub use health::Health;
pub use pool::{Load, Pool};
pub use reader::Reader;
pub use searched::Searched;

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::ingest::Desk;

/// What both faces are made over. Handlers get at it as the [`Reader`] who asks.
#[derive(Clone)]
pub struct Service {
    /// Who may ask what.
    pub access: Arc<Access>,
    /// Bounds how many are answered at once.
    pub pool: Pool,
    /// Bounds how many exports run at once.
    pub exports: Exports,
    /// Whether questions can be answered.
    pub health: Health,
    /// Takes in what is written, where anybody may write.
    pub desk: Option<Desk>,
    /// The longest body that is taken in, in bytes.
    pub max_body: usize,
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

/// Tells those between the server and a reader that answers differ by who asks, and that what somebody with a
/// token was told is for them alone.
pub async fn keep_apart(request: Request, next: Next) -> Response {
    let shown = request.headers().contains_key(header::AUTHORIZATION);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("authorization"));
    if shown {
        let alone = HeaderValue::from_static("private, no-cache");
        headers.insert(header::CACHE_CONTROL, alone);
    }
    response
}

/// Answers whoever asks for more than reading.
pub async fn no_method() -> Failure {
    Failure::no_method()
}
