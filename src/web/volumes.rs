//! `/volumes`: every volume and collection that is held, and the span of time that each covers.

use std::str::FromStr;

use askama::Template;
use axum::{extract::State, response::Response};

use super::{
    address::Address,
    collection::Held,
    frame::{Frame, page},
    text::{Count, counted},
    timeline::Years,
};
use crate::{
    http::{Failure, Service},
    index::VolumeSummary,
    record::{Moment, day_number},
};

#[derive(Template)]
#[template(path = "volumes.html", config = "src/web/askama.toml")]
struct VolumesPage {
    frame: Frame,
    total: String,
    volumes: Vec<Line>,
    /// The years of the picture: of nearly all records.
    years: Option<Years>,
}

/// A volume in the list.
struct Line {
    title: String,
    id: String,
    address: Address,
    records: Count,
    /// The years that it covers.
    years: String,
    /// Where its time begins in a picture of all, and how much of it it takes, in thousandths.
    span: Option<(f64, f64)>,
}

/// Lists every volume.
pub async fn show_volumes(
    State(service): State<Service>,
    State(held): State<Held>,
) -> Result<Response, Failure> {
    let (collection, stats) = service
        .ask(move |search| Ok((held.at_hand(search)?, search.stats()?)))
        .await?;
    let years = collection.covered.clone();
    let drawn = years
        .as_ref()
        .and_then(|years| Some((day(&years.first)?, day(&years.last)? + 366)));
    Ok(page(&VolumesPage {
        frame: Frame {
            specimens: stats.specimens,
            styles: &["lists.css"],
            ..Frame::default()
        },
        total: counted(stats.records, "record", "records"),
        years,
        volumes: collection
            .volumes
            .iter()
            .map(|volume| line(volume, drawn))
            .collect(),
    }))
}

/// The first day of a year.
fn day(year: &str) -> Option<i64> {
    Some(day_number(
        Moment::from_str(&format!("{year}-01-01")).ok()?.date,
    ))
}

fn line(volume: &VolumeSummary, all: Option<(i64, i64)>) -> Line {
    Line {
        title: volume.title.clone().unwrap_or_else(|| volume.id.clone()),
        id: volume.id.clone(),
        address: Address::of(&["volumes", &volume.id]),
        records: Count(volume.records),
        years: years(volume),
        span: all.and_then(|(begin, end)| span(volume, begin, end)),
    }
}

/// `1961–1963`, as far as it is known.
pub fn years(volume: &VolumeSummary) -> String {
    match (volume.first, volume.last) {
        (Some(first), Some(last)) if first.date.year() != last.date.year() => {
            format!("{}–{}", first.date.year(), last.date.year())
        }
        (Some(day), _) | (None, Some(day)) => day.date.year().to_string(),
        (None, None) => String::new(),
    }
}

/// What of a picture from one day to another a volume covers.
fn span(volume: &VolumeSummary, begin: i64, end: i64) -> Option<(f64, f64)> {
    let whole = (end - begin).max(1) as f64;
    let place = |day: i64| {
        let share = (day - begin) as f64 / whole;
        (share.clamp(0.0, 1.0) * 10_000.0).round() / 10.0
    };
    let first = place(day_number(volume.first?.date));
    let last = place(day_number(volume.last?.date));
    // One day must be seen, too.
    Some((first.min(992.0), (last - first).max(8.0)))
}
