//! `GET /v1/search`.

use axum::{Json, extract::State};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::{Api, Failure, given::Query, wire::HitBody};
use crate::search::{Bucket, FacetCounts, Page};

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchBody {
    total: Total,
    /// Milliseconds inside the server.
    took_ms: f64,
    hits: Vec<HitBody>,
    /// By field.
    facets: BTreeMap<String, FacetBody>,
    /// Where a span of dates is asked for: matching records left out because they have no date.
    #[serde(skip_serializing_if = "Option::is_none")]
    undated: Option<usize>,
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
    /// Of counts by date: `day`, `month`, `year` or `decade`.
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<&'static str>,
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
        Self {
            total: Total {
                value: page.total,
                relation: "exact",
            },
            took_ms: (page.took.as_secs_f64() * 1e6).round() / 1e3,
            hits: page.hits.iter().map(HitBody::from).collect(),
            facets: page.facets.into_iter().map(facet).collect(),
            undated: page.undated,
            cursor: page.cursor,
            notice: page.specimens.then_some(super::about::SPECIMENS),
        }
    }
}

fn facet(counts: FacetCounts) -> (String, FacetBody) {
    let body = FacetBody {
        interval: counts.interval,
        buckets: counts.buckets.into_iter().map(BucketBody::from).collect(),
        other: counts.other,
        missing: counts.missing,
    };
    (counts.field, body)
}

impl From<Bucket> for BucketBody {
    fn from(bucket: Bucket) -> Self {
        Self {
            value: bucket.value,
            label: bucket.label,
            count: bucket.count,
        }
    }
}
