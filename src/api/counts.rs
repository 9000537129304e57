//! `GET /v1/facets/{field}` and `GET /v1/trend`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Api, Failure,
    given::{Path, Query},
    search::BucketBody,
};

/// Values of a facet.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValuesBody {
    field: String,
    /// All values that fit.
    total: usize,
    /// Most records first.
    values: Vec<BucketBody>,
    /// Matching records without a value.
    missing: usize,
}

/// Matching records by year.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrendBody {
    /// Matching records, dated or not.
    total: usize,
    /// Matching records without a date.
    undated: usize,
    /// Every year with records under the filters, earliest first.
    years: Vec<TrendYearBody>,
}

/// A year of a trend.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrendYearBody {
    year: String,
    /// Records that match.
    matching: usize,
    /// All records under the same filters and dates.
    all: usize,
}

/// Lists the values of a facet that begin as typed, counted as in a search.
#[utoipa::path(get, path = "/v1/facets/{field}", tag = "Searching",
    params(
        ("field" = String, Path, description = "A field that /v1/fields marks as a facet"),
        ("prefix" = Option<String>, Query, description = "Beginnings of words of the value: `dob ana`"),
        ("limit" = Option<usize>, Query, description = "Values to list, 0 to 1000; 20 where not given")),
    responses((status = 200, body = ValuesBody)))]
pub async fn list_values(
    api: Api,
    Path(field): Path<String>,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Json<ValuesBody>, Failure> {
    let found = api
        .pool
        .ask(&api.search, move |search| {
            search.facet_values(&field, &params)
        })
        .await?;
    Ok(Json(ValuesBody {
        field: found.field,
        total: found.total,
        values: found.values.into_iter().map(BucketBody::from).collect(),
        missing: found.missing,
    }))
}

/// Counts matching records by year, beside all records of that year.
#[utoipa::path(get, path = "/v1/trend", tag = "Searching",
    responses((status = 200, body = TrendBody)))]
pub async fn show_trend(
    api: Api,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Json<TrendBody>, Failure> {
    let trend = api
        .pool
        .ask(&api.search, move |search| search.trend(&params))
        .await?;
    let years = trend.years.iter().map(|y| TrendYearBody {
        year: format!("{:04}", y.year),
        matching: y.matching,
        all: y.all,
    });
    Ok(Json(TrendBody {
        total: trend.total,
        undated: trend.undated,
        years: years.collect(),
    }))
}
