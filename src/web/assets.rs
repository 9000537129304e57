//! Styles, scripts and the icon, inside the binary. Their addresses carry a hash of their content, so a
//! browser may keep them for ever.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use rust_embed::Embed;

use crate::http::{
    Failure,
    given::{Path, Query},
};

#[derive(Embed)]
#[folder = "src/web/assets"]
struct Assets;

/// The address of an asset at its present content.
pub fn asset(name: &str) -> String {
    let hash = Assets::get(name).map_or([0; 32], |file| file.metadata.sha256_hash());
    let short: String = hash[..6].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("/assets/{name}?v={short}")
}

/// Sends an asset.
pub async fn send_asset(
    Path(name): Path<String>,
    Query(params): Query<Vec<(String, String)>>,
) -> Response {
    let Some(file) = Assets::get(&name) else {
        return Failure::no_route(&format!("/assets/{name}")).into_response();
    };
    let kind = HeaderValue::from_str(file.metadata.mimetype());
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    // Under another hash it is asked for by a page of another program.
    let is_own = params
        .iter()
        .any(|(_, hash)| asset(&name).ends_with(hash.as_str()));
    let kept = match is_own {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, HeaderValue::from_static(kept)),
    ];
    (headers, file.data).into_response()
}
