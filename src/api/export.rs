//! `GET /v1/export`: every hit as lines, a page at a time as the client reads on.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    Api, Failure,
    given::Query,
    wire::{PlaceBody, Summary},
};
use crate::{
    index::{Card, Hit},
    search::{Export, Format},
};

/// How often a busy server is asked again, each time after a second.
const PATIENCE: usize = 10;

/// A line of an export.
#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    summary: Summary,
    /// The best passage.
    passage: Option<PlaceBody>,
}

/// Streams every hit: `jsonl` with the best passage of each, or `csv`. A stream that breaks off ends with a
/// line that says so.
#[utoipa::path(get, path = "/v1/export", tag = "Searching",
    params(
        ("format" = Option<String>, Query, description = "`jsonl` (default) or `csv`"),
        ("sort" = Option<String>, Query, description = "`relevance` (default), `date` or `-date`")),
    responses((status = 200, description = "Lines, by `format`", content((String = "application/x-ndjson"), (String = "text/csv")))))]
pub async fn export_hits(
    api: Api,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let place = api.exports.begin()?;
    let (export, first) = api
        .pool
        .ask(&api.search, move |search| search.export(&params))
        .await?;
    let (kind, name) = match export.format {
        Format::JsonLines => ("application/x-ndjson", "memcon.jsonl"),
        Format::Csv => ("text/csv; charset=utf-8", "memcon.csv"),
    };
    let head = match export.format {
        Format::JsonLines => String::new(),
        Format::Csv => row(HEAD.map(str::to_owned)),
    };
    let begun = head + &lines(export.format, &first);
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, body(api, export, begun, place)).into_response())
}

/// What was begun, then page after page, each asked for when the one before has been sent. The place goes
/// back when the stream ends, or when nobody reads it any more.
fn body(api: Api, export: Export, begun: String, place: OwnedSemaphorePermit) -> Body {
    let state = (api, Some(export), Some(begun), place);
    let pages = stream::unfold(state, |(api, export, begun, place)| async move {
        if let Some(begun) = begun {
            return Some((Ok::<_, Infallible>(begun), (api, export, None, place)));
        }
        let export = export.filter(|e| !e.is_over())?;
        let format = export.format;
        let (lines, rest) = match next_page(&api, export).await {
            Ok((export, hits)) => (lines(format, &hits), Some(export)),
            Err(failure) => (broken_off(format, &failure), None),
        };
        Some((Ok(lines), (api, rest, None, place)))
    });
    // Compression asks once more behind the end.
    Body::from_stream(pages.fuse())
}

async fn next_page(api: &Api, export: Export) -> Result<(Export, Vec<Hit>), Failure> {
    let mut asked = 0;
    loop {
        let mut export = export.clone();
        let answer = api.pool.ask(&api.search, move |_| {
            let hits = export.next_page()?;
            Ok((export, hits))
        });
        match answer.await {
            Err(failure) if failure.is_busy() && asked < PATIENCE => asked += 1,
            other => return other,
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn lines(format: Format, hits: &[Hit]) -> String {
    match format {
        Format::JsonLines => hits.iter().map(json_line).collect(),
        Format::Csv => hits.iter().map(|hit| row(cells(&hit.card))).collect(),
    }
}

fn json_line(hit: &Hit) -> String {
    let line = Line {
        summary: Summary::from(&hit.card),
        passage: hit
            .places
            .first()
            .map(|place| PlaceBody::of(&hit.card.id, place)),
    };
    serde_json::to_string(&line).unwrap_or_default() + "\n"
}

/// The last line of a stream that breaks off.
fn broken_off(format: Format, failure: &Failure) -> String {
    let fact = format!("the export breaks off here: {}", failure.body().detail);
    match format {
        Format::JsonLines => serde_json::json!({ "error": fact }).to_string() + "\n",
        Format::Csv => {
            let mut cells = HEAD.map(|_| String::new());
            cells[0] = "error".into();
            cells[1] = fact;
            row(cells)
        }
    }
}

/// The columns.
const HEAD: [&str; 8] = [
    "id",
    "title",
    "date",
    "place",
    "kind",
    "classification",
    "first_page",
    "last_page",
];

fn cells(card: &Card) -> [String; 8] {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let pages = card.pages.as_ref();
    [
        card.id.to_string(),
        text(&card.title),
        card.date
            .as_ref()
            .map_or_else(String::new, |d| d.from.to_string()),
        text(&card.place),
        card.kind.clone(),
        text(&card.level),
        pages.map_or_else(String::new, |p| p.first.clone()),
        pages.map_or_else(String::new, |p| p.last.clone()),
    ]
}

fn row(cells: [String; 8]) -> String {
    cells.map(|cell| quoted(&cell)).join(",") + "\r\n"
}

/// A cell after RFC 4180. What a spreadsheet would take for a formula gets an apostrophe before it.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains(['"', ',', '\r', '\n']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("a, b", "\"a, b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("=1+1", "'=1+1"),
            ("-2,5", "\"'-2,5\""),
            ("@home", "'@home"),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }
}
