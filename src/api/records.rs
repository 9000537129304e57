//! `GET /v1/records/{id}`; ids carry a slash.

use axum::{Json, extract::State};

use super::{Api, Failure, given::Path, wire::RecordBody};

/// Shows a record, whole, with what it cites and what cites it.
#[utoipa::path(get, path = "/v1/records/{id}", tag = "Reading",
    params(("id" = String, Path, description = "VOLUME/NAME, as in frus1961-63v05/d323")),
    responses((status = 200, body = RecordBody), (status = 404, body = super::problem::Body)))]
pub async fn find_record(
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<RecordBody>, Failure> {
    let (record, links) = api
        .pool
        .ask(&api.search, move |search| {
            let record = search.find_record(&id)?;
            let links = search.links_of(&record)?;
            Ok((record, links))
        })
        .await?;
    Ok(Json(RecordBody::new(&record, &links)))
}
