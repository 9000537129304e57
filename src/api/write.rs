//! Writing: `PUT` and `DELETE /v1/records/{id}`, `POST /v1/records`. Only with a token that may, and only what
//! is durable is answered with success.

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::ToSchema;

use super::{Failure, Service, given::Path};
use crate::{
    http::Asker,
    ingest::{Desk, Done, Refusal, Work},
    readers::{Draft, json_lines},
    record::RecordId,
    search::Problem,
};

/// The most lines that are taken in at once.
const MAX_LINES: usize = 10_000;

/// What became of a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrittenBody {
    id: String,
    /// `added`, `replaced`, `unchanged` or `removed`.
    result: &'static str,
}

/// What became of some lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinesBody {
    /// Records that are kept now.
    kept: usize,
    /// Lines of which nothing was kept.
    failed: usize,
    /// In order.
    lines: Vec<LineBody>,
}

/// What became of one line.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineBody {
    /// Counted from 1.
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// `added`, `replaced` or `unchanged`.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'static str>,
    /// Why nothing was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Keeps a record, in the place of any other of its id. Doing it again changes nothing.
#[utoipa::path(put, path = "/v1/records/{volume}/{name}", tag = "Writing",
    params(
        ("volume" = String, Path, description = "The volume or collection"),
        ("name" = String, Path, description = "The rest of its id")),
    request_body(content = Object, content_type = "application/json",
        description = "A record: title, date or dateline, source, text; `id`, if given, is that of the path"),
    security(("token" = [])),
    responses((status = 200, description = "It was there already, or took the place of another version", body = WrittenBody),
        (status = 201, description = "It is new", body = WrittenBody)))]
pub async fn put_record(
    State(service): State<Service>,
    asker: Asker,
    Path((collection, name)): Path<(String, String)>,
    body: Body,
) -> Result<Response, Failure> {
    let desk = desk(&service)?;
    asker.may_write(&collection)?;
    let id = record_id(&collection, &name)?;
    let place = desk.place().ok_or(Problem::Busy)?;
    let text = text(body, service.max_body).await?;
    let mut draft = json_lines::draft_of(&text, Some(&id)).map_err(unreadable)?;
    if draft.volume != collection || draft.name != name {
        let fact = format!(
            "the body is `{}/{}`, the path `{id}`",
            draft.volume, draft.name
        );
        return Err(Failure::no_record(fact));
    }
    draft.place.clear();
    let done = one(desk, Work::Put(Box::new(draft)), place).await?;
    let status = match done {
        Done::Added => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    Ok((status, Json(written(&id, done))).into_response())
}

/// Takes a record out. An ingest of a source that has it brings it back.
#[utoipa::path(delete, path = "/v1/records/{volume}/{name}", tag = "Writing",
    params(
        ("volume" = String, Path, description = "The volume or collection"),
        ("name" = String, Path, description = "The rest of its id")),
    security(("token" = [])),
    responses((status = 200, description = "It is gone", body = WrittenBody)))]
pub async fn remove_record(
    State(service): State<Service>,
    asker: Asker,
    Path((collection, name)): Path<(String, String)>,
) -> Result<Json<WrittenBody>, Failure> {
    let desk = desk(&service)?;
    asker.may_write(&collection)?;
    let id = record_id(&collection, &name)?;
    let place = desk.place().ok_or(Problem::Busy)?;
    match one(desk, Work::Remove(id.clone()), place).await? {
        Done::Absent => {
            let fact = format!("there is no record `{id}`");
            Err(Problem::not_found(fact, "it may have been removed before").into())
        }
        done => Ok(Json(written(&id, done))),
    }
}

/// Keeps many records, one a line. A line that cannot be read or kept is told, and the others are kept.
#[utoipa::path(post, path = "/v1/records", tag = "Writing",
    request_body(content = String, content_type = "application/x-ndjson",
        description = "On each line a record with its id"),
    security(("token" = [])),
    responses((status = 200, description = "What became of each line", body = LinesBody)))]
pub async fn post_records(
    State(service): State<Service>,
    asker: Asker,
    body: Body,
) -> Result<Json<LinesBody>, Failure> {
    let desk = desk(&service)?;
    asker.may_write_anywhere()?;
    let place = desk.place().ok_or(Problem::Busy)?;
    let text = text(body, service.max_body).await?;
    let mut lines: Vec<LineBody> = Vec::new();
    let (mut works, mut at) = (Vec::new(), Vec::new());
    if json_lines::lines(&text).nth(MAX_LINES).is_some() {
        return Err(Failure::more_lines_than(MAX_LINES));
    }
    for (line, json) in json_lines::lines(&text) {
        let (id, error) = match read_line(json, &asker) {
            Ok(draft) => {
                let id = format!("{}/{}", draft.volume, draft.name);
                at.push(lines.len());
                works.push(Work::Put(Box::new(draft)));
                (Some(id), None)
            }
            Err((id, error)) => (id, Some(error)),
        };
        lines.push(LineBody {
            line,
            id,
            result: None,
            error,
        });
    }
    let done = desk.hand_in(works, place).await.map_err(refused)?;
    let stopped = |done: &Result<Done, Refusal>| !matches!(done, Ok(_) | Err(Refusal::Record(_)));
    if let Some(Err(refusal)) = done.iter().find(|_| done.iter().all(stopped)) {
        // The disk or another writer stands in the way: nothing of this request is kept.
        return Err(refused(refusal.clone()));
    }
    for (at, done) in at.into_iter().zip(done) {
        match done {
            Ok(done) => lines[at].result = Some(name_of(done)),
            Err(refusal) => lines[at].error = Some(refusal.to_string()),
        }
    }
    let failed = lines.iter().filter(|line| line.error.is_some()).count();
    Ok(Json(LinesBody {
        kept: lines.len() - failed,
        failed,
        lines,
    }))
}

fn read_line(json: &str, asker: &Asker) -> Result<Draft, (Option<String>, String)> {
    let draft = json_lines::draft(json)
        .map_err(|(column, fact)| (None, format!("column {column}: {fact}")))?;
    let id = format!("{}/{}", draft.volume, draft.name);
    match asker.may_write(&draft.volume) {
        Ok(()) => Ok(draft),
        Err(failure) => Err((Some(id), failure.body().detail.clone())),
    }
}

/// Where nobody may write the server only reads.
fn desk(service: &Service) -> Result<&Desk, Failure> {
    service.desk.as_ref().ok_or_else(Failure::no_method)
}

fn record_id(collection: &str, name: &str) -> Result<RecordId, Failure> {
    RecordId::new(collection, name).map_err(|error| Failure::no_record(error.to_string()))
}

async fn text(body: Body, most: usize) -> Result<String, Failure> {
    let read = to_bytes(body, most).await;
    let bytes = read.map_err(|error| match error.to_string().contains("length limit") {
        true => Failure::longer_than(most),
        false => Failure::unreadable("body", "it broke off".into()),
    })?;
    String::from_utf8(bytes.into()).map_err(|error| Failure::no_record(error.to_string()))
}

async fn one(desk: &Desk, work: Work, place: OwnedSemaphorePermit) -> Result<Done, Failure> {
    let done = desk.hand_in(vec![work], place).await.map_err(refused)?;
    let done = done.into_iter().next();
    done.unwrap_or_else(|| Err(Refusal::Index("nothing was done".into())))
        .map_err(refused)
}

fn refused(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Record(fact) => Failure::no_record(fact),
        Refusal::Locked => Failure::locked(),
        Refusal::Index(fact) => Problem::Index(fact).into(),
    }
}

fn unreadable((column, fact): (usize, String)) -> Failure {
    Failure::no_record(format!("column {column}: {fact}"))
}

fn written(id: &RecordId, done: Done) -> WrittenBody {
    WrittenBody {
        id: id.to_string(),
        result: name_of(done),
    }
}

fn name_of(done: Done) -> &'static str {
    match done {
        Done::Added => "added",
        Done::Replaced => "replaced",
        Done::Unchanged => "unchanged",
        Done::Removed => "removed",
        Done::Absent => "absent",
    }
}
