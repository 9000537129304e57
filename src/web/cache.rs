//! What browsers may keep: a page is the same as long as its address, the index's commit and the program
//! are. Its tag says all three, and who shows the tag again is answered at once, with nothing.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::LazyLock,
    time::SystemTime,
};

use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use tokio::task::spawn_blocking;

use crate::http::Reader;

/// Gives pages their tag and `no-cache`: keep it, but ask whether it still holds.
pub async fn tie_to_commit(service: Reader, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    // A commit that somebody sees for the first time takes a while.
    let search = service.search.clone();
    let Ok(Ok(commit)) = spawn_blocking(move || search.commit_name()).await else {
        return next.run(request).await;
    };
    let tag = tag(commit, &request);
    let shown = request.headers().get_all(header::IF_NONE_MATCH);
    let mut shown = shown.iter().filter_map(|value| value.to_str().ok());
    if shown.any(|list| list.split(',').any(|one| one.trim() == tag)) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        keep(&mut response, tag);
        return response;
    }
    let mut response = next.run(request).await;
    let kept = response.headers().contains_key(header::CACHE_CONTROL);
    if response.status() == StatusCode::OK && !kept {
        keep(&mut response, tag);
    }
    response
}

fn keep(response: &mut Response, tag: HeaderValue) {
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
}

/// A program that starts anew may be another one: its pages have other tags.
fn tag(commit: u64, request: &Request) -> HeaderValue {
    static STARTED: LazyLock<SystemTime> = LazyLock::new(SystemTime::now);
    let mut hasher = DefaultHasher::new();
    (*STARTED, request.uri()).hash(&mut hasher);
    let tag = format!("W/\"{commit:x}-{:x}\"", hasher.finish());
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("W/\"0\""))
}
