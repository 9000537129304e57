//! What the modules share: engines with specimens, requests, the corpus.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use memcon::{
    config::Settings,
    index::{Engine, Location, open},
    search::Search,
    server, specimens,
};
use serde_json::Value;
use tower::ServiceExt;

/// An engine that holds the bundled specimens.
pub fn engine() -> Arc<dyn Engine> {
    let nothing = open(Location::Memory).expect("an engine in memory");
    specimens::standing_in_for(Arc::from(nothing)).expect("specimens are sound")
}

/// The server over the bundled specimens, without a socket.
pub fn app() -> Router {
    server::app(Search::new(engine()), &Settings::default())
}

/// Status, headers and body of a GET.
pub async fn fetch(app: &Router, uri: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request = Request::get(uri)
        .body(Body::empty())
        .expect("a sound request");
    let response = app
        .clone()
        .oneshot(request)
        .await
        .expect("the router never fails");
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), usize::MAX)
        .await
        .expect("a body in memory");
    (status, headers, bytes.to_vec())
}

/// Status, content type and JSON body of a GET.
pub async fn get(app: &Router, uri: &str) -> (StatusCode, String, Value) {
    let (status, headers, bytes) = fetch(app, uri).await;
    let header = headers.get("content-type").and_then(|v| v.to_str().ok());
    let content_type = header.unwrap_or_default().to_owned();
    (
        status,
        content_type,
        serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    )
}

/// The project's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of real records, where it is at hand.
pub fn corpus() -> Option<PathBuf> {
    let folder = root().join("../shared/corpus");
    folder.is_dir().then_some(folder)
}
