//! Problems as pages: the same facts and hints that the API gives, with ways on.

use askama::Template;
use axum::{
    extract::Request,
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};

use super::{
    address::Address,
    frame::{Frame, page},
};
use crate::http::{Failure, failure::Body};

#[derive(Template)]
#[template(path = "problem.html", config = "src/web/askama.toml")]
struct ProblemPage<'a> {
    frame: Frame,
    problem: &'a Body,
    /// Near records and their addresses.
    near: Vec<(&'a str, String)>,
}

/// Dresses a problem of any page as a page. What programs ask for below `/v1` stays as it is.
pub async fn dress(request: Request, next: Next) -> Response {
    let for_programs = request.uri().path().starts_with("/v1");
    let params = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    let query = params.filter(|(name, _)| name == "q").last();
    let query = query.map_or_else(String::new, |(_, value)| value.into_owned());
    let response = next.run(request).await;
    match response.extensions().get::<Failure>() {
        Some(failure) if !for_programs => dressed(failure.clone().body(), query, &response),
        _ => response,
    }
}

fn dressed(problem: &Body, query: String, plain: &Response) -> Response {
    let near = problem.near.iter();
    let near = near.map(|id| (id.as_str(), record_address(id)));
    let mut response = page(&ProblemPage {
        frame: Frame {
            query,
            ..Frame::default()
        },
        problem,
        near: near.collect(),
    });
    *response.status_mut() = plain.status();
    keep(plain.headers(), response.headers_mut());
    response
}

fn record_address(id: &str) -> String {
    Address::of(&id.split('/').collect::<Vec<_>>()).to_string()
}

fn keep(from: &HeaderMap, to: &mut HeaderMap) {
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = from.get(&name) {
            to.insert(name, value.clone());
        }
    }
}
