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
    http::Token,
    index::{Engine, Location, open},
    server, specimens,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tower::ServiceExt;

/// An engine that holds the bundled specimens.
pub fn engine() -> Arc<dyn Engine> {
    let nothing = open(Location::Memory).expect("an engine in memory");
    specimens::standing_in_for(Arc::from(nothing)).expect("specimens are sound")
}

/// The server over the bundled specimens, without a socket.
pub fn app() -> Router {
    app_over(engine(), &Settings::default())
}

/// The server over an engine.
pub fn app_over(engine: Arc<dyn Engine>, settings: &Settings) -> Router {
    server::app(engine, settings).expect("sound settings")
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

/// A secret and the token that settings name for it.
pub fn token(secret: &str, sees: &[&str], writes: &[&str]) -> Token {
    let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
    let hash = Sha256::digest(secret.as_bytes());
    Token {
        name: format!("the owner of {secret}"),
        sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        sees: owned(sees),
        writes: owned(writes),
    }
}

/// Status, headers and body of any request, with a token where one is given.
pub async fn send(
    app: &Router,
    method: &str,
    uri: &str,
    token: Option<&str>,
    body: &str,
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(uri);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request
        .body(Body::from(body.to_owned()))
        .expect("a sound request");
    let response = app.clone().oneshot(request).await;
    let response = response.expect("the router never fails");
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), usize::MAX).await;
    let text = String::from_utf8_lossy(&bytes.expect("a body in memory")).into_owned();
    (status, headers, text)
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
