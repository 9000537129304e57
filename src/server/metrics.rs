//! Figures for Prometheus, on a listener of their own.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{Method, header},
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, text::encode},
    metrics::{
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::ConstGauge,
        histogram::Histogram,
    },
    registry::Registry,
};
use tokio::task::spawn_blocking;

use super::{connections::Seats, rate::Rate};
use crate::{
    http::{Failure, Service},
    index::Stats,
};

/// Seconds by which requests are told apart.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Which requests.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Requests {
    route: String,
    method: &'static str,
    status: u16,
}

/// Which durations.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Durations {
    route: String,
}

/// What was counted since the start.
pub struct Metrics {
    requests: Family<Requests, Counter>,
    durations: Family<Durations, Histogram, fn() -> Histogram>,
}

impl Metrics {
    /// Nothing so far.
    pub fn new() -> Self {
        Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
        }
    }

    /// Counts a request.
    pub fn answered(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let route = route.to_owned();
        let requests = Requests {
            route: route.clone(),
            method: known(method),
            status,
        };
        self.requests.get_or_create(&requests).inc();
        let durations = self.durations.get_or_create(&Durations { route });
        durations.observe(took.as_secs_f64());
    }
}

/// Anybody can invent methods; there is one figure for all of them.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// What is told when it is asked for.
pub struct Live {
    /// What answers questions.
    pub service: Service,
    /// Who is connected.
    pub seats: Arc<Seats>,
    /// Who asks too often.
    pub rate: Arc<Rate>,
    /// What the index holds, as of the last look.
    pub held: Mutex<Stats>,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

impl Collector for Live {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let held = self
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let load = self.service.pool.load();
        let seats = &self.seats;
        let exports = self.service.exports.running();
        let ready = !self.service.health.is_stopping();
        for (name, help, value) in [
            (
                "searches_running",
                "Questions being answered",
                load.running as u64,
            ),
            ("searches_waiting", "Questions in line", load.waiting as u64),
            ("exports_running", "Exports being sent", exports as u64),
            ("connections_open", "Connections open", seats.taken() as u64),
            (
                "ready",
                "Whether the server is not stopping",
                u64::from(ready),
            ),
            ("records", "Records held", held.records as u64),
            ("volumes", "Volumes held", held.volumes as u64),
            (
                "commit_generation",
                "The commit that answers",
                held.generation,
            ),
            ("index_bytes", "Bytes of the index on disk", held.bytes),
        ] {
            let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            let metric = encoder.encode_descriptor(name, help, None, gauge.metric_type())?;
            gauge.encode(metric)?;
        }
        for (name, help, value) in [
            (
                "searches_refused",
                "Questions refused because the line was full",
                load.refused,
            ),
            (
                "searches_late",
                "Questions that met the deadline",
                load.late,
            ),
            (
                "searches_abandoned",
                "Questions whose asker went away",
                load.abandoned,
            ),
            (
                "connections_refused",
                "Connections refused because there were too many",
                seats.refused(),
            ),
            (
                "rate_limited",
                "Requests refused because their address asks too often",
                self.rate.refused(),
            ),
        ] {
            let counter = ConstCounter::new(value);
            let metric = encoder.encode_descriptor(name, help, None, counter.metric_type())?;
            counter.encode(metric)?;
        }
        Ok(())
    }
}

/// What answers for figures.
#[derive(Clone)]
struct Figures {
    live: Arc<Live>,
    registry: Arc<Registry>,
}

/// The one route of the listener for figures.
pub fn router(metrics: &Metrics, live: Live) -> Router {
    let live = Arc::new(live);
    let mut registry = Registry::with_prefix("memcon");
    registry.register(
        "http_requests",
        "Requests answered",
        metrics.requests.clone(),
    );
    registry.register(
        "http_request_duration_seconds",
        "Seconds until an answer begins",
        metrics.durations.clone(),
    );
    registry.register_collector(Box::new(live.clone()));
    let registry = Arc::new(registry);
    Router::new()
        .route("/metrics", get(show_metrics))
        .with_state(Figures { live, registry })
}

async fn show_metrics(State(figures): State<Figures>) -> Result<Response, Failure> {
    let encoded = spawn_blocking(move || {
        if let Ok(stats) = figures.live.service.access.everything().stats() {
            *figures
                .live
                .held
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = stats;
        }
        let mut text = String::new();
        encode(&mut text, &figures.registry).map(|()| text)
    });
    let Ok(Ok(text)) = encoded.await else {
        return Err(Failure::defect());
    };
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
