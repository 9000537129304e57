//! `GET /v1/pages/{volume}/{page}`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, Failure, given::Path, wire::Excerpt};

/// A printed page.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageBody {
    volume: String,
    page: String,
    /// Its records, each with the passages that stand on it, at least in part.
    records: Vec<Excerpt>,
}

/// Shows what stands on a printed page.
#[utoipa::path(get, path = "/v1/pages/{volume}/{page}", tag = "Reading",
    params(("volume" = String, Path), ("page" = String, Path, description = "As printed: 677, XXI")),
    responses((status = 200, body = PageBody)))]
pub async fn find_page(
    api: Api,
    Path((volume, page)): Path<(String, String)>,
) -> Result<Json<PageBody>, Failure> {
    let found = api
        .pool
        .ask(&api.search, move |search| search.find_page(&volume, &page))
        .await?;
    let records = found
        .records
        .iter()
        .map(|(record, ordinals)| Excerpt::new(record, ordinals))
        .collect();
    Ok(Json(PageBody {
        volume: found.volume,
        page: found.page,
        records,
    }))
}
