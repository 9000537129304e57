//! Addresses: the whole service over the specimens, in memory. The first byte chooses the path, the rest is what
//! stands behind the `?`. No address makes the server fail.

#![no_main]

use std::sync::{Arc, LazyLock};

use axum::{
    Router,
    body::Body,
    http::{Request, Uri},
};
use libfuzzer_sys::fuzz_target;
use memcon::{config::Settings, server, specimens};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

const PATHS: &[&str] = &[
    "/v1/search",
    "/v1/export",
    "/v1/concordance",
    "/v1/trend",
    "/v1/suggest",
    "/v1/facets/topic",
    "/v1/records/specimens1962v01/d3",
    "/v1/records/specimens1962v01/d3/similar",
    "/v1/people",
    "/v1/people/vorel",
    "/v1/pages/specimens1962v01/2",
    "/search",
    "/search/values",
    "/specimens1962v01/d3",
    "/people",
    "/topics",
    "/",
];

static SERVICE: LazyLock<(Runtime, Router)> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let engine = specimens::engine().expect("the specimens are sound");
    (runtime, server::app(Arc::from(engine), &Settings::default()).expect("sound settings"))
});

fuzz_target!(|given: (u8, &str)| {
    let (path, parameters) = given;
    let path = PATHS[usize::from(path) % PATHS.len()];
    let Ok(uri) = format!("{path}?{parameters}").parse::<Uri>() else {
        return;
    };
    let (runtime, app) = &*SERVICE;
    let request = Request::get(uri).body(Body::empty()).expect("a request");
    let answer = runtime
        .block_on(app.clone().oneshot(request))
        .expect("the router never fails");
    let status = answer.status().as_u16();
    assert!(status < 500 || status == 503, "answered with {status}");
    runtime
        .block_on(axum::body::to_bytes(answer.into_body(), 64 << 20))
        .expect("a body of less than 64 MB");
});
