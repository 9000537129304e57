//! What browsers may keep: a page is the same as long as its address, the index's commit and the program
//! are. Its tag says all three, and who shows the tag again is answered at once, with nothing.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::http::Service;

/// Gives pages their tag and `no-cache`: keep it, but ask whether it still holds.
pub async fn tie_to_generation(
    State(service): State<Service>,
    request: Request,
    next: Next,
) -> Response {
    let tag = tag(service.search.generation(), &request);
    let shown = request.headers().get(header::IF_NONE_MATCH);
    if shown.is_some_and(|shown| shown == tag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let mut response = next.run(request).await;
    let kept = response.headers().contains_key(header::CACHE_CONTROL);
    if response.status() == StatusCode::OK && !kept {
        let headers = response.headers_mut();
        headers.insert(header::ETAG, tag);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    response
}

fn tag(generation: u64, request: &Request) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    (env!("CARGO_PKG_VERSION"), super::assets::fingerprint()).hash(&mut hasher);
    request.uri().hash(&mut hasher);
    let tag = format!("W/\"{generation:x}-{:x}\"", hasher.finish());
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("W/\"0\""))
}
