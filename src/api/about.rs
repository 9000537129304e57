//! What the server is and whether it is well.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, Failure, Service};

/// Said while nothing has been ingested.
pub const SPECIMENS: &str = "these are specimens that come with memcon, not real records; `memcon ingest PATH` takes in real volumes";

/// What the server is.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndexBody {
    name: &'static str,
    version: &'static str,
    records: usize,
    volumes: usize,
    /// Where to go on.
    links: Vec<&'static str>,
    /// Set while only the bundled specimens are held.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
}

/// Says what is here and where to go on.
#[utoipa::path(get, path = "/v1", tag = "About", responses((status = 200, body = IndexBody)))]
pub async fn show_index(api: Api) -> Result<Json<IndexBody>, Failure> {
    let stats = api
        .pool
        .ask(&api.search, super::super::search::Search::stats)
        .await?;
    Ok(Json(IndexBody {
        name: "memcon",
        version: env!("CARGO_PKG_VERSION"),
        records: stats.records,
        volumes: stats.volumes,
        links: vec![
            "/v1/search?q=",
            "/v1/volumes",
            "/v1/fields",
            "/v1/syntax",
            "/openapi.json",
        ],
        notice: stats.specimens.then_some(SPECIMENS),
    }))
}

/// Health.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthBody {
    /// `ok`.
    status: &'static str,
}

/// Answers while the process runs.
#[utoipa::path(get, path = "/healthz", tag = "About", responses((status = 200, body = HealthBody)))]
pub async fn show_health() -> Json<HealthBody> {
    Json(HealthBody { status: "ok" })
}

/// Readiness.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadinessBody {
    /// `ready`.
    status: &'static str,
    records: usize,
    generation: u64,
}

/// Answers 200 when questions can be answered, and 503 with the reason when they cannot, also while the
/// server stops.
#[utoipa::path(get, path = "/readyz", tag = "About",
    responses((status = 200, body = ReadinessBody)))]
pub async fn show_readiness(
    State(service): State<Service>,
    api: Api,
) -> Result<Json<ReadinessBody>, Failure> {
    let stats = service.health.check(&api.search).await?;
    Ok(Json(ReadinessBody {
        status: "ready",
        records: stats.records,
        generation: stats.generation,
    }))
}
