//! `GET /v1/volumes` and `GET /v1/volumes/{id}`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, Failure, given::Path, wire::Summary};
use crate::{
    index::VolumeSummary,
    search::{self, contents},
};

/// Every volume.
#[derive(Debug, Serialize, ToSchema)]
pub struct VolumesBody {
    volumes: Vec<VolumeLine>,
}

/// A volume in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct VolumeLine {
    id: String,
    title: Option<String>,
    records: usize,
    /// The earliest day of a record.
    first: Option<String>,
    /// The latest day of a record.
    last: Option<String>,
}

impl From<&VolumeSummary> for VolumeLine {
    fn from(volume: &VolumeSummary) -> Self {
        Self {
            id: volume.id.clone(),
            title: volume.title.clone(),
            records: volume.records,
            first: volume.first.map(|d| d.to_string()),
            last: volume.last.map(|d| d.to_string()),
        }
    }
}

/// A volume with its contents.
#[derive(Debug, Serialize, ToSchema)]
pub struct VolumeBody {
    #[serde(flatten)]
    line: VolumeLine,
    subseries: Option<String>,
    editors: Vec<String>,
    published: Option<String>,
    publisher: Option<String>,
    /// Place of publication.
    published_at: Option<String>,
    persons: usize,
    terms: usize,
    index_entries: usize,
    /// Divisions and records, in order of print.
    contents: Vec<ContentsLine>,
}

/// A division or a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContentsLine {
    /// 0 for the outermost divisions.
    depth: u8,
    /// The heading of a division.
    heading: Option<String>,
    /// A record.
    record: Option<Summary>,
}

impl From<&search::ContentsLine<'_>> for ContentsLine {
    fn from(line: &search::ContentsLine<'_>) -> Self {
        Self {
            depth: line.depth,
            heading: line.heading.map(str::to_owned),
            record: line.record.map(Summary::from),
        }
    }
}

/// Lists every volume.
#[utoipa::path(get, path = "/v1/volumes", tag = "Reading", responses((status = 200, body = VolumesBody)))]
pub async fn list_volumes(api: Api) -> Result<Json<VolumesBody>, Failure> {
    let volumes = api
        .pool
        .ask(&api.search, search::Search::list_volumes)
        .await?;
    Ok(Json(VolumesBody {
        volumes: volumes.iter().map(VolumeLine::from).collect(),
    }))
}

/// Shows a volume and its contents in order.
#[utoipa::path(get, path = "/v1/volumes/{id}", tag = "Reading",
    params(("id" = String, Path, description = "As in frus1961-63v05")),
    responses((status = 200, body = VolumeBody)))]
pub async fn find_volume(api: Api, Path(id): Path<String>) -> Result<Json<VolumeBody>, Failure> {
    let (summary, volume, cards) = api
        .pool
        .ask(&api.search, move |search| search.find_volume(&id))
        .await?;
    Ok(Json(VolumeBody {
        line: VolumeLine::from(&summary),
        contents: contents(&volume, &cards)
            .iter()
            .map(ContentsLine::from)
            .collect(),
        subseries: volume.subseries,
        editors: volume.editors,
        published: volume.published,
        publisher: volume.publisher,
        published_at: volume.published_at,
        persons: volume.persons.len(),
        terms: volume.terms.len(),
        index_entries: volume.index.len(),
    }))
}
