//! `GET /v1/records/{id}` and `GET /v1/records/{id}/similar`; ids carry a slash.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Api, Failure,
    given::{Path, Query},
    wire::{HitBody, RecordBody},
};

/// Records like another.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarBody {
    id: String,
    /// The words that tell it apart, by which the others were found.
    words: Vec<String>,
    /// Most alike first, at most 10.
    records: Vec<HitBody>,
}

/// Shows a record, whole, with what it cites and what cites it; with a query, also where it answers. The
/// other parameters of a search may be given and do not count.
#[utoipa::path(get, path = "/v1/records/{volume}/{name}", tag = "Reading",
    params(
        ("volume" = String, Path, description = "As in frus1961-63v05"),
        ("name" = String, Path, description = "The rest of its id, as in d323"),
        ("q" = Option<String>, Query, description = "A query: passages get `marks`, and `hits` lists them all in order."),
        ("match" = Option<String>, Query, description = "What words next to each other mean: `all` (default) or `any`.")),
    responses((status = 200, body = RecordBody)))]
pub async fn find_record(
    api: Api,
    Path(parts): Path<Vec<String>>,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Json<RecordBody>, Failure> {
    let id = parts.join("/");
    let reading = api
        .pool
        .ask(&api.search, move |search| search.read_record(&id, &params))
        .await?;
    Ok(Json(RecordBody::new(&reading)))
}

/// Lists records that share the words that tell this one apart.
#[utoipa::path(get, path = "/v1/records/{volume}/{name}/similar", tag = "Reading",
    params(
        ("volume" = String, Path, description = "As in frus1961-63v05"),
        ("name" = String, Path, description = "The rest of its id, as in d323")),
    responses((status = 200, body = SimilarBody)))]
pub async fn find_similar(
    api: Api,
    Path((volume, name)): Path<(String, String)>,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Json<SimilarBody>, Failure> {
    let id = format!("{volume}/{name}");
    let asked = id.clone();
    let found = api
        .pool
        .ask(&api.search, move |search| {
            search.similar_records(&asked, &params)
        })
        .await?;
    Ok(Json(SimilarBody {
        id,
        words: found.words,
        records: found.hits.iter().map(HitBody::from).collect(),
    }))
}
