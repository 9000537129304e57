//! `GET /v1/search`.

use axum::{Extension, Json, response::IntoResponse};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::{Api, Failure, given::Query, interpretation::InterpretationBody, wire::HitBody};
use crate::{
    http::Searched,
    search::{Bucket, FacetCounts, GroupOfHits, Page, Zero},
};

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchBody {
    total: Total,
    /// Milliseconds inside the server.
    took_ms: f64,
    /// How many hits come before those of this page; with `group`: how many groups.
    first: usize,
    /// None where groups are asked for.
    hits: Vec<HitBody>,
    /// With `group`: the groups of this page, the one with the best hit first.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<GroupBody>>,
    /// With `group`: all groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups_total: Option<usize>,
    /// With `group`: matching records without a value, which are in no group.
    #[serde(skip_serializing_if = "Option::is_none")]
    ungrouped: Option<usize>,
    /// By field.
    facets: BTreeMap<String, FacetBody>,
    /// Where a span of dates is asked for: matching records left out because they have no date.
    #[serde(skip_serializing_if = "Option::is_none")]
    undated: Option<usize>,
    /// How the question was understood.
    interpretation: InterpretationBody,
    /// Where nothing was found: what is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    zero: Option<ZeroBody>,
    /// Ask again with this for the next page, over the same commit; `null` on the last.
    cursor: Option<String>,
    /// Set while only the bundled specimens are held.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
}

/// The matching records that have a value.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupBody {
    value: String,
    label: String,
    count: usize,
    /// The best of them.
    hits: Vec<HitBody>,
}

/// How many records match.
#[derive(Debug, Serialize, ToSchema)]
pub struct Total {
    value: usize,
    /// Always `exact`.
    relation: &'static str,
}

/// Why nothing was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZeroBody {
    /// The parts of the query that must all hold: how many records each finds alone.
    clauses: Vec<AloneBody>,
    /// The filters: how many records match without each.
    filters: Vec<WithoutBody>,
    /// Words that no record has.
    did_you_mean: Vec<SpellingBody>,
}

/// A part of a query.
#[derive(Debug, Serialize, ToSchema)]
pub struct AloneBody {
    clause: String,
    count: usize,
}

/// A filter.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithoutBody {
    /// As in an address, `kind=telegram`; `date` stands for all that is asked of dates.
    filter: String,
    count: usize,
}

/// A word that no record has.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpellingBody {
    word: String,
    /// Words of the text that are spelled nearly so, the nearest first.
    spellings: Vec<String>,
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
    responses((status = 200, body = SearchBody)))]
pub async fn search_records(
    api: Api,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<impl IntoResponse, Failure> {
    let page = api
        .pool
        .ask(&api.search, move |search| search.search_records(&params))
        .await?;
    let searched = Extension(Searched::from(&page));
    Ok((searched, Json(SearchBody::from(page))))
}

impl From<Page> for SearchBody {
    fn from(page: Page) -> Self {
        let grouped = page.grouped.as_ref();
        let hits = page.hits.iter().enumerate().map(|(at, hit)| {
            let body = HitBody::from(hit);
            match page.explanations.get(at) {
                Some(explanation) => body.explained(explanation),
                None => body,
            }
        });
        Self {
            groups: grouped.map(|g| g.groups.iter().map(GroupBody::from).collect()),
            groups_total: grouped.map(|g| g.total),
            ungrouped: grouped.map(|g| g.missing),
            total: Total {
                value: page.total,
                relation: "exact",
            },
            first: page.first,
            took_ms: (page.took.as_secs_f64() * 1e6).round() / 1e3,
            hits: hits.collect(),
            facets: page.facets.into_iter().map(facet).collect(),
            undated: page.undated,
            interpretation: InterpretationBody::from(page.interpretation),
            zero: page.zero.map(ZeroBody::from),
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

impl From<Zero> for ZeroBody {
    fn from(zero: Zero) -> Self {
        let clauses = zero.clauses.into_iter();
        let filters = zero.filters.into_iter();
        let words = zero.did_you_mean.into_iter();
        Self {
            clauses: clauses
                .map(|(clause, count)| AloneBody { clause, count })
                .collect(),
            filters: filters
                .map(|(filter, count)| WithoutBody { filter, count })
                .collect(),
            did_you_mean: words
                .map(|(word, spellings)| SpellingBody { word, spellings })
                .collect(),
        }
    }
}

impl From<&GroupOfHits> for GroupBody {
    fn from(group: &GroupOfHits) -> Self {
        Self {
            value: group.value.clone(),
            label: group.label.clone(),
            count: group.count,
            hits: group.hits.iter().map(HitBody::from).collect(),
        }
    }
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
