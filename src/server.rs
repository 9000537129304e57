//! Listening: both faces behind their middleware, until a signal asks to stop.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{HeaderName, HeaderValue, Request, Response, header},
    middleware::from_fn,
};
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    classify::ServerErrorsFailureClass,
    compression::CompressionLayer,
    cors::CorsLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};
use tracing::Span;

use crate::{
    api,
    config::Settings,
    http::{self, Access, Failure, Pool, Service},
    index::Engine,
    ingest::Desk,
    web,
};

/// The whole server as one service over what is kept: what tests call and what listens.
///
/// # Errors
/// A sentence that names the setting at fault.
pub fn app(engine: Arc<dyn Engine>, settings: &Settings) -> Result<Router, String> {
    let pool = Pool::new(
        settings.searches,
        settings.waiting,
        Duration::from_secs(settings.deadline_seconds),
    );
    let request_id = HeaderName::from_static("x-request-id");
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(request_id.clone(), MakeRequestUuid))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_request(())
                .on_response(log)
                .on_failure(log_failure),
        )
        .layer(PropagateRequestIdLayer::new(request_id))
        .layer(CatchPanicLayer::custom(
            |_: Box<dyn std::any::Any + Send>| axum::response::Response::from(Failure::defect()),
        ))
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
                .allow_methods([axum::http::Method::GET]),
        )
        .layer(CompressionLayer::new());
    let access = Access::new(engine.clone(), &settings.closed, &settings.tokens)?;
    let desk = access.may_be_written().then(|| Desk::open(engine));
    let service = Service {
        access: Arc::new(access),
        pool,
        desk: desk.transpose().map_err(|error| error.to_string())?,
        max_body: settings.body_megabytes << 20,
    };
    let faces = api::router(service.clone())
        .merge(web::router(service))
        .layer(from_fn(http::bound))
        .layer(layers);
    Ok(faces)
}

/// One line a request: never the words of a query, which are the reader's own.
fn span(request: &Request<Body>) -> Span {
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    tracing::info_span!("request", id, method = %request.method(), path = %request.uri().path())
}

fn log<B>(response: &Response<B>, took: Duration, _: &Span) {
    tracing::info!(
        status = response.status().as_u16(),
        duration_ms = took.as_secs_f64() * 1e3,
        "answered"
    );
}

fn log_failure(failure: ServerErrorsFailureClass, took: Duration, _: &Span) {
    tracing::error!(%failure, duration_ms = took.as_secs_f64() * 1e3, "failed");
}

/// Takes the address.
///
/// # Errors
/// As the system gives it: in use, not permitted.
pub async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Answers until interrupted or terminated; requests under way are finished.
///
/// # Errors
/// Where the socket fails.
pub async fn serve(listener: TcpListener, app: Router) -> io::Result<()> {
    axum::serve(listener, app)
        .with_graceful_shutdown(stopped())
        .await
}

async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let mut terminated =
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(signal) => signal,
                Err(error) => {
                    tracing::warn!(%error, "cannot listen for SIGTERM");
                    interrupted.await.ok();
                    return;
                }
            };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupted.await.ok();
    tracing::info!("stopping: requests under way are finished");
}
