//! One line a request: what was asked by its route and shape, never by its words unless that is switched
//! on; readers' questions are their own. A slow one gets a second line with its plan, a failed one with the
//! reason.

use std::{
    panic::PanicHookInfo,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, Method, StatusCode, Uri},
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, Span};

use super::metrics::Metrics;
use crate::{
    config::Telemetry,
    http::{Failure, Searched},
    search::Shape,
};

/// The header that names a request, in logs and answers.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest name of a request that is taken over from outside.
const LONGEST_ID: usize = 64;

/// Routes whose parameters are those of a search.
const SEARCHES: [&str; 2] = ["/v1/search", "/search"];

/// The status under which requests are told whose client went away.
const GONE: u16 = 499;

/// Tells of every request, to the log and to the figures.
#[derive(Clone)]
pub struct Watcher {
    queries: bool,
    slow: Duration,
    metrics: Arc<Metrics>,
}

impl Watcher {
    /// As settings have it.
    pub fn new(telemetry: &Telemetry, metrics: Arc<Metrics>) -> Self {
        Self {
            queries: telemetry.log_queries,
            slow: Duration::from_millis(telemetry.slow_milliseconds),
            metrics,
        }
    }
}

/// Watches one request.
pub async fn watch(State(watcher): State<Watcher>, request: Request, next: Next) -> Response {
    let mut line = Line::new(watcher, &request);
    let span = line.span();
    let response = next.run(request).instrument(span.clone()).await;
    span.record("status", response.status().as_u16());
    line.tell(&response);
    response
}

/// Drops names of requests that no other program would give.
pub async fn check_id(mut request: Request) -> Request {
    let id = request.headers().get(&REQUEST_ID);
    let is_sound = id.is_none_or(|id| {
        let id = id.as_bytes();
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=LONGEST_ID).contains(&id.len()) && id.iter().all(plain)
    });
    if !is_sound {
        request.headers_mut().remove(&REQUEST_ID);
    }
    request
}

/// A request under way; where it is dropped before it was told, the client went away.
struct Line {
    watcher: Watcher,
    id: String,
    method: Method,
    route: String,
    uri: Uri,
    started: Instant,
    told: bool,
}

impl Line {
    fn new(watcher: Watcher, request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>();
        Self {
            watcher,
            id: id(request.headers()),
            method: request.method().clone(),
            route: route.map_or("none", MatchedPath::as_str).to_owned(),
            uri: request.uri().clone(),
            started: Instant::now(),
            told: false,
        }
    }

    /// What is logged meanwhile stands in it.
    fn span(&self) -> Span {
        let Self {
            id, method, route, ..
        } = self;
        tracing::info_span!("request", id, %method, route, status = tracing::field::Empty)
    }

    fn tell(&mut self, response: &Response) {
        let extensions = response.extensions();
        let searched = extensions.get::<Searched>();
        self.tell_status(response.status().as_u16(), searched);
        if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
            let detail = extensions
                .get::<Failure>()
                .map(|f| f.body().detail.as_str());
            tracing::error!(id = self.id, route = self.route, detail, "failed");
        }
    }

    fn tell_status(&mut self, status: u16, searched: Option<&Searched>) {
        self.told = true;
        let took = self.started.elapsed();
        self.watcher
            .metrics
            .answered(&self.method, &self.route, status, took);
        let q = self.q();
        tracing::info!(
            id = self.id,
            method = %self.method,
            route = self.route,
            status,
            duration_ms = milliseconds(took),
            shape = searched.map(|s| display(&s.shape)),
            hits = searched.map(|s| s.hits),
            q,
            "answered"
        );
        if took >= self.watcher.slow {
            self.tell_plan(status, took, searched);
        }
    }

    fn tell_plan(&self, status: u16, took: Duration, searched: Option<&Searched>) {
        let q = self.q();
        let plan = searched.map(|s| s.shape.plan()).or_else(|| self.plan());
        tracing::warn!(
            id = self.id,
            route = self.route,
            status,
            duration_ms = milliseconds(took),
            search_ms = searched.map(|s| milliseconds(s.took)),
            hits = searched.map(|s| s.hits),
            plan,
            q,
            "slow"
        );
    }

    /// The plan of a search that was not answered, as far as it can be told.
    fn plan(&self) -> Option<String> {
        let is_search = SEARCHES.contains(&self.route.as_str());
        let shape = is_search.then(|| Shape::read(&self.params()))?;
        shape.map(|shape| shape.plan())
    }

    /// The words of the query, where they may be told.
    fn q(&self) -> Option<String> {
        let params = self.watcher.queries.then(|| self.params())?;
        let q = params.into_iter().rev().find(|(name, _)| name == "q");
        q.map(|(_, words)| words)
    }

    fn params(&self) -> Vec<(String, String)> {
        let query = self.uri.query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.told {
            self.tell_status(GONE, None);
        }
    }
}

fn id(headers: &HeaderMap) -> String {
    let id = headers.get(&REQUEST_ID);
    let id = id.and_then(|id| id.to_str().ok());
    id.unwrap_or_default().to_owned()
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// Panics go to the log like everything else.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let place = panic.location().map(ToString::to_string);
        let message = panic.payload_as_str().unwrap_or("without words");
        tracing::error!(place, "panicked: {message}");
    }));
}
