//! `GET /v1/search`.

use axum::{Json, extract::State};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::{Api, Failure, given::Query, wire::HitBody};
use crate::search::Page;

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchBody {
    total: Total,
    /// Milliseconds inside the server.
    took_ms: f64,
    hits: Vec<HitBody>,
    /// By field.
    facets: BTreeMap<String, FacetBody>,
    /// Ask again with this for the next page; `null` on the last.
    cursor: Option<String>,
    /// Set while only the bundled specimens are held.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
}

/// How many records match.
#[derive(Debug, Serialize, ToSchema)]
pub struct Total {
    value: usize,
    /// Always `exact`.
    relation: &'static str,
}

/// Counts of one field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetBody {
    buckets: Vec<BucketBody>,
    /// The sum over the values that are not listed.
    other: usize,
    /// Records without a value.
    missing: usize,
}

/// A value and its records.
#[derive(Debug, Serialize, ToSchema)]
pub struct BucketBody {
    value: String,
    label: String,
    count: usize,
}

/// Searches records; the filters are those of `/v1/fields`.
#[utoipa::path(get, path = "/v1/search", tag = "Searching",
    responses((status = 200, body = SearchBody), (status = 400, body = super::problem::Body), (status = 503, body = super::problem::Body)))]
pub async fn search_records(
    State(api): State<Api>,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Json<SearchBody>, Failure> {
    let page = api
        .pool
        .ask(&api.search, move |search| search.search_records(&params))
        .await?;
    Ok(Json(SearchBody::from(page)))
}

impl From<Page> for SearchBody {
    fn from(page: Page) -> Self {
        let facets = page.facets.into_iter().map(|facet| {
            let buckets = facet.buckets.into_iter().map(|b| BucketBody {
                value: b.value,
                label: b.label,
                count: b.count,
            });
            (
                facet.field,
                FacetBody {
                    buckets: buckets.collect(),
                    other: facet.other,
                    missing: facet.missing,
                },
            )
        });
        Self {
            total: Total {
                value: page.total,
                relation: "exact",
            },
            took_ms: (page.took.as_secs_f64() * 1e6).round() / 1e3,
            hits: page.hits.iter().map(HitBody::from).collect(),
            facets: facets.collect(),
            cursor: page.cursor,
            notice: page.specimens.then_some(super::about::SPECIMENS),
        }
    }
}
