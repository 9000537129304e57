//! `GET /v1/concordance`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, Failure, given::Query};
use crate::search::Occurrence;

/// Occurrences with the words around them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConcordanceBody {
    /// Occurrences found.
    total: usize,
    /// Whether every matching record was read: at most 2000 records, until there are 10000 occurrences.
    complete: bool,
    /// In order of the words beside them.
    lines: Vec<OccurrenceBody>,
}

/// One occurrence.
#[derive(Debug, Serialize, ToSchema)]
pub struct OccurrenceBody {
    /// The record's id.
    record: String,
    title: Option<String>,
    /// The first day of the record.
    date: Option<String>,
    /// The page on which the passage begins.
    page: Option<String>,
    /// At most 8 words before it.
    left: String,
    /// As printed.
    found: String,
    /// At most 8 words after it.
    right: String,
}

/// Lists every occurrence of a word or phrase with the words around it.
#[utoipa::path(get, path = "/v1/concordance", tag = "Searching",
    params(
        ("sort" = Option<String>, Query, description = "By the words after, `right` (default), or before, `left`"),
        ("limit" = Option<usize>, Query, description = "Lines to list, 0 to 500; 100 where not given"),
        ("offset" = Option<usize>, Query, description = "Lines to pass over, at most 10000")),
    responses((status = 200, body = ConcordanceBody)))]
pub async fn show_concordance(
    api: Api,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Json<ConcordanceBody>, Failure> {
    let found = api
        .pool
        .ask(&api.search, move |search| search.concordance(&params))
        .await?;
    Ok(Json(ConcordanceBody {
        total: found.total,
        complete: found.complete,
        lines: found.lines.into_iter().map(OccurrenceBody::from).collect(),
    }))
}

impl From<Occurrence> for OccurrenceBody {
    fn from(line: Occurrence) -> Self {
        Self {
            record: line.card.id.to_string(),
            title: line.card.title,
            date: line.card.date.map(|d| d.from.date.to_string()),
            page: line.page,
            left: line.left,
            found: line.found,
            right: line.right,
        }
    }
}
