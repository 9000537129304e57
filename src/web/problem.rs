//! Problems as pages: the same facts and hints that the API gives, with ways on.

use askama::Template;
use axum::{
    extract::Request,
    http::{HeaderMap, Uri, header},
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
    /// What is wrong, in sentence case.
    heading: Vec<Said<'a>>,
    /// The way on.
    hint: Vec<Said<'a>>,
    /// The same search, read as plain words.
    plainly: Option<String>,
    /// The same without the parameter at fault, and its name.
    without: Option<(&'a str, Address)>,
    /// Near records and their addresses.
    near: Vec<(&'a str, String)>,
}

/// Dresses a problem of any page as a page. What programs ask for below `/v1` stays as it is.
pub async fn dress(request: Request, next: Next) -> Response {
    let for_programs = is_for_programs(request.uri().path());
    let params = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    let query = params.filter(|(name, _)| name == "q").last();
    let query = query.map_or_else(String::new, |(_, value)| value.into_owned());
    let address = request.uri().clone();
    let response = next.run(request).await;
    match response.extensions().get::<Failure>() {
        Some(failure) if !for_programs => {
            dressed(failure.clone().body(), query, &address, &response)
        }
        _ => response,
    }
}

fn dressed(problem: &Body, query: String, address: &Uri, plain: &Response) -> Response {
    let heading = capital(&problem.detail);
    let hint = problem.hint.as_deref();
    let near = problem.near.iter();
    let near = near.map(|id| (id.as_str(), record_address(id)));
    let mut response = page(&ProblemPage {
        frame: Frame {
            query,
            ..Frame::default()
        },
        plainly: plainly(problem, address),
        without: without(problem, address),
        heading: said(&heading),
        hint: said(hint.unwrap_or_default()),
        problem,
        near: near.collect(),
    });
    *response.status_mut() = plain.status();
    keep(plain.headers(), response.headers_mut());
    response
}

/// A stretch of a sentence: whether it is code, and its words.
type Said<'a> = (bool, &'a str);

/// A sentence cut at its backticks; one without a fellow stays as it is.
fn said(sentence: &str) -> Vec<Said<'_>> {
    let mut said = Vec::new();
    let mut rest = sentence;
    while let Some((before, (code, after))) = rest
        .split_once('`')
        .and_then(|(before, after)| Some((before, after.split_once('`')?)))
    {
        said.extend([(false, before), (true, code)]);
        rest = after;
    }
    said.push((false, rest));
    said.retain(|(_, words)| !words.is_empty());
    said
}

/// With a capital at its head.
fn capital(sentence: &str) -> String {
    let mut signs = sentence.chars();
    let first = signs.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(signs).collect()
}

/// A query that cannot be read may be asked as plain words.
fn plainly(problem: &Body, address: &Uri) -> Option<String> {
    let asked = problem.caret.is_some() && address.path() == "/search";
    let params = form_urlencoded::parse(address.query()?.as_bytes()).into_owned();
    let again = Address::new("/search").with_all(&params.collect::<Vec<_>>());
    asked.then(|| again.set("lenient", "true").to_string())
}

fn is_for_programs(path: &str) -> bool {
    path == "/v1" || path.starts_with("/v1/")
}

/// The address without what is wrong in it. A commit that is gone was asked for by its cursor.
fn without<'a>(problem: &'a Body, address: &Uri) -> Option<(&'a str, Address)> {
    let gone = (problem.status == 410).then_some("cursor");
    let name = gone.or(problem.parameter.as_deref())?;
    let params = form_urlencoded::parse(address.query().unwrap_or_default().as_bytes());
    let params: Vec<_> = params.into_owned().collect();
    let all = Address::new(address.path()).with_all(&params);
    (all.get(name).is_some()).then(|| (name, all.without(name)))
}

fn record_address(id: &str) -> String {
    Address::of(&id.split('/').collect::<Vec<_>>()).to_string()
}

fn keep(from: &HeaderMap, to: &mut HeaderMap) {
    for name in [header::RETRY_AFTER, header::ALLOW, header::WWW_AUTHENTICATE] {
        if let Some(value) = from.get(&name) {
            to.insert(name, value.clone());
        }
    }
}
