//! `GET /v1/suggest`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, Failure, given::Query};

/// What could be meant.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestBody {
    /// Most records first, at most 10.
    suggestions: Vec<SuggestionBody>,
}

/// Something to search for.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionBody {
    /// `person`, `topic`, `place`, `country`, `index_term` or `title`.
    kind: &'static str,
    text: String,
    /// Finds it, as `q` of a search.
    query: String,
    /// Records that have it.
    count: usize,
}

/// Suggests people, topics, places, countries, printed index entries and headings of records that begin as typed.
#[utoipa::path(get, path = "/v1/suggest", tag = "Searching",
    params(("q" = Option<String>, Query, description = "Beginnings of words, at most 200 characters; one error in five letters or more is forgiven where nothing else begins so")),
    responses((status = 200, body = SuggestBody)))]
pub async fn suggest(
    api: Api,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Json<SuggestBody>, Failure> {
    let found = api
        .pool
        .ask(&api.search, move |search| search.suggest(&params))
        .await?;
    let suggestions = found.into_iter().map(|s| SuggestionBody {
        kind: s.kind,
        text: s.text,
        query: s.query,
        count: s.count,
    });
    Ok(Json(SuggestBody {
        suggestions: suggestions.collect(),
    }))
}
