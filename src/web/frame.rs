//! What every page has around it: the head with styles and scripts, the box to ask in, the ways to the
//! lists, the foot.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::assets::asset;
use crate::http::Failure;

/// What the templates of all pages need.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// What stands in the box: the query at hand.
    pub query: String,
    /// Whether only the bundled specimens are held.
    pub specimens: bool,
    /// Names of further styles of this page.
    pub styles: &'static [&'static str],
    /// Names of further scripts of this page.
    pub scripts: &'static [&'static str],
}

impl Frame {
    /// The address of an asset.
    pub fn asset(&self, name: &str) -> String {
        asset(name)
    }
}

/// Sends a page.
pub fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be written");
            Failure::defect().into_response()
        }
    }
}
