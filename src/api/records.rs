//! `GET /v1/records/{id}`; ids carry a slash.

use axum::{Json, extract::State};

use super::{Api, Failure, given::Path, wire::RecordBody};

/// Shows a record, whole.
#[utoipa::path(get, path = "/v1/records/{id}", tag = "Reading",
    params(("id" = String, Path, description = "VOLUME/NAME, as in frus1961-63v05/d323")),
    responses((status = 200, body = RecordBody), (status = 404, body = super::problem::Body)))]
pub async fn find_record(
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<RecordBody>, Failure> {
    let record = api
        .pool
        .ask(&api.search, move |search| search.find_record(&id))
        .await?;
    Ok(Json(RecordBody::from(&record)))
}
