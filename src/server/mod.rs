//! Listening: both faces behind their middleware, until a signal asks to stop.
//!
//! `listen` takes connections, as many as `connections` has places for; `address` tells who asks and `rate`
//! how much he may; `bodies` refuses what no route takes, `log` writes one line a request, `metrics` counts;
//! `signals` tells when to stop.

mod address;
mod bodies;
mod connections;
mod listen;
mod log;
mod metrics;
mod rate;
mod signals;

use std::{
    any::Any,
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, Method, header},
    middleware::{from_fn, from_fn_with_state, map_request},
    response::Response,
};
use tokio::{
    net::TcpListener,
    sync::watch,
    time::{sleep, timeout},
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::CorsLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    timeout::{RequestBodyDeadlineLayer, ResponseBodyDeadlineLayer},
};

pub use address::Peer;
pub use listen::listen;
pub use log::log_panics;
pub use signals::Signals;

use self::{
    address::Proxies,
    connections::Seats,
    listen::Listening,
    log::{REQUEST_ID, Watcher},
    metrics::{Live, Metrics},
    rate::Rate,
};
use crate::{
    api,
    config::{Limits, Settings},
    http::{self, Access, Exports, Failure, Health, Pool, Service},
    index::Engine,
    ingest::Desk,
    web,
};

/// Connections to the listener for figures.
const SCRAPERS: usize = 16;

/// The server, not yet listening.
pub struct Server {
    service: Service,
    limits: Limits,
    app: Router,
    seats: Arc<Seats>,
    rate: Arc<Rate>,
    metrics: Arc<Metrics>,
}

/// The whole server as one service: what tests call and what listens.
///
/// # Errors
/// As [`Server::new`].
pub fn app(engine: Arc<dyn Engine>, settings: &Settings) -> Result<Router, String> {
    Ok(Server::new(engine, settings)?.app)
}

impl Server {
    /// Answers from what is kept, as settings have it.
    ///
    /// # Errors
    /// A sentence that names the setting at fault.
    pub fn new(engine: Arc<dyn Engine>, settings: &Settings) -> Result<Self, String> {
        let limits = settings.limits.clone();
        let service = service(engine, settings)?;
        let metrics = Arc::new(Metrics::new());
        let rate = Arc::new(Rate::new(&limits));
        let watcher = Watcher::new(&settings.telemetry, metrics.clone());
        let faces = api::router(service.clone()).merge(web::router(service.clone()));
        Ok(Self {
            app: layered(faces, &limits, rate.clone(), watcher),
            seats: Seats::new(
                limits.connections,
                limits.connections_per_address,
                Proxies::new(&limits.trusted_proxies),
            ),
            service,
            limits,
            rate,
            metrics,
        })
    }

    /// Answers until `stop` comes, figures on their own listener; then `/readyz` says so, requests under way
    /// are finished, and whoever does not end in time is left.
    pub async fn serve(
        self,
        listener: TcpListener,
        figures: Option<TcpListener>,
        stop: impl Future<Output = ()>,
    ) {
        let (stopping, told) = watch::channel(false);
        let health = self.service.health.clone();
        let (drain, rest) = (self.limits.drain_seconds, self.limits.stop_seconds);
        let seats = self.seats.clone();
        if let Some(figures) = figures {
            tokio::spawn(self.figures().run(figures, told.clone()));
        }
        let listening = Listening::new(self.app, self.seats, &self.limits);
        let listening = tokio::spawn(listening.run(listener, told));
        stop.await;
        health.stop();
        tracing::info!("stopping: requests under way are finished");
        sleep(Duration::from_secs(drain)).await;
        stopping.send_replace(true);
        listening.await.ok();
        if timeout(Duration::from_secs(rest), seats.all_left())
            .await
            .is_err()
        {
            tracing::warn!(
                connections = seats.taken(),
                "stopped before all was answered"
            );
        }
    }

    /// All of it without a socket.
    pub fn app(&self) -> Router {
        self.app.clone()
    }

    fn figures(&self) -> Listening {
        let live = Live {
            service: self.service.clone(),
            seats: self.seats.clone(),
            rate: self.rate.clone(),
            held: Mutex::default(),
        };
        let seats = Seats::new(SCRAPERS, SCRAPERS, Proxies::default());
        Listening::new(metrics::router(&self.metrics, live), seats, &self.limits)
    }
}

fn service(engine: Arc<dyn Engine>, settings: &Settings) -> Result<Service, String> {
    let access = Access::new(engine.clone(), &settings.closed, &settings.tokens)?;
    let desk = access.may_be_written().then(|| Desk::open(engine));
    Ok(Service {
        access: Arc::new(access),
        desk: desk.transpose().map_err(|error| error.to_string())?,
        max_body: settings.limits.body_bytes,
        pool: Pool::new(
            settings.searches,
            settings.waiting,
            Duration::from_secs(settings.deadline_seconds),
        ),
        exports: Exports::new(settings.limits.exports),
        health: Health::default(),
    })
}

/// Routes behind all middleware, the outermost first.
fn layered(routes: Router, limits: &Limits, rate: Arc<Rate>, watcher: Watcher) -> Router {
    let layers = ServiceBuilder::new()
        .layer(map_request(log::check_id))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(from_fn_with_state(watcher, log::watch))
        .layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| {
            Response::from(Failure::defect())
        }))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'"),
        ))
        .layer(
            CorsLayer::new()
                .allow_origin(tower_http::cors::Any)
                .allow_methods([Method::GET]),
        )
        .layer(from_fn_with_state(rate, rate::limit))
        .layer(from_fn(bodies::refuse))
        .layer(DefaultBodyLimit::max(limits.body_bytes))
        .layer(RequestBodyDeadlineLayer::new(Duration::from_secs(
            limits.body_seconds,
        )))
        .layer(ResponseBodyDeadlineLayer::new(Duration::from_secs(
            limits.answer_seconds,
        )))
        .layer(CompressionLayer::new());
    routes.layer(from_fn(http::bound)).layer(layers)
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, extract::Request, http::StatusCode, routing::get};
    use tower::ServiceExt;

    use super::*;
    use crate::config::Telemetry;

    /// Some routes behind all middleware.
    fn behind_all(routes: Router) -> Router {
        behind(routes, &Limits::default())
    }

    fn behind(routes: Router, limits: &Limits) -> Router {
        let watcher = Watcher::new(&Telemetry::default(), Arc::new(Metrics::new()));
        layered(routes, limits, Arc::new(Rate::new(limits)), watcher)
    }

    async fn ask(app: &Router, request: Request) -> Response {
        app.clone().oneshot(request).await.unwrap()
    }

    fn asking(path: &str) -> Request {
        Request::get(path).body(Body::empty()).unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_of_one_request() {
        async fn panicking() {
            panic!("of one request");
        }
        let routes = Router::new()
            .route("/panicking", get(panicking))
            .route("/sound", get(|| async { "sound" }));
        let app = behind_all(routes);
        let failed = ask(&app, asking("/panicking")).await;
        assert_eq!(failed.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(failed.headers()["content-type"], "application/problem+json");
        assert_eq!(ask(&app, asking("/sound")).await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn names_of_requests_are_taken_over_only_where_they_are_sound() {
        let app = behind_all(Router::new().route("/", get(|| async {})));
        let named = |id: &str| {
            let request = Request::get("/").header(REQUEST_ID, id);
            ask(&app, request.body(Body::empty()).unwrap())
        };
        assert_eq!(named("abc-1.2_3").await.headers()[REQUEST_ID], "abc-1.2_3");
        for odd in ["a b", "a\u{e9}", "", &"a".repeat(65)] {
            let given = named(odd).await.headers()[REQUEST_ID].clone();
            assert_eq!(given.len(), 36, "{odd:?} became {given:?}");
        }
    }

    #[tokio::test]
    async fn a_body_may_not_be_larger_than_it_may() {
        let take = |body: axum::body::Bytes| async move { body.len().to_string() };
        let limits = Limits {
            body_bytes: 16_384,
            ..Limits::default()
        };
        let app = behind(Router::new().route("/", axum::routing::post(take)), &limits);
        let sent = |bytes: usize| {
            let body = Body::from("x".repeat(bytes));
            ask(&app, Request::post("/").body(body).unwrap())
        };
        assert_eq!(sent(16_384).await.status(), StatusCode::OK);
        assert_eq!(sent(16_385).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}
