//! Bodies of requests: none where one only reads. Routes that take one are bounded by
//! [`axum::extract::DefaultBodyLimit`], which each may set anew.

use axum::{
    body::HttpBody,
    extract::Request,
    http::{HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::http::Failure;

/// Refuses a body where none is taken; the connection is closed, so that it need not be read.
pub async fn refuse(request: Request, next: Next) -> Response {
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !only_reads || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let mut response = Failure::too_large().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
