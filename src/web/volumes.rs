//! `/volumes`: every volume and collection that is held, and the span of time that each covers.

use std::{collections::HashMap, str::FromStr};

use askama::Template;
use axum::{extract::State, response::Response};

use super::{
    address::Address,
    collection::Held,
    frame::{Frame, page},
    text::{Count, counted},
    timeline::{ByDate, Years},
};
use crate::{
    http::{Failure, Reader},
    index::VolumeSummary,
    record::{Moment, day_number},
    search::{Problem, Search},
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
pub async fn show_volumes(service: Reader, State(held): State<Held>) -> Result<Response, Failure> {
    let (collection, stats, chiefly) = service
        .ask(move |search| {
            let collection = held.at_hand(search)?;
            let chiefly = chiefly(search, &collection.volumes)?;
            Ok((collection, search.stats()?, chiefly))
        })
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
            .map(|volume| line(volume, drawn, chiefly.get(&volume.id)))
            .collect(),
    }))
}

/// The first day of a year.
fn day(year: &str) -> Option<i64> {
    Some(day_number(
        Moment::from_str(&format!("{year}-01-01")).ok()?.date,
    ))
}

fn line(volume: &VolumeSummary, all: Option<(i64, i64)>, chiefly: Option<&Years>) -> Line {
    Line {
        title: volume.title.clone().unwrap_or_else(|| volume.id.clone()),
        id: volume.id.clone(),
        address: Address::of(&["volumes", &volume.id]),
        records: Count(volume.records),
        years: chiefly.map_or_else(|| years(volume), Years::to_string),
        span: all.and_then(|all| {
            let days = chiefly.map_or_else(|| days(volume), days_of_years)?;
            Some(span(days, all))
        }),
    }
}

/// Whether its first year lies so far before its last that a few records may bear misprinted years.
pub fn far_apart(volume: &VolumeSummary) -> bool {
    const FAR: i16 = 100;
    let years = volume.first.zip(volume.last);
    years.is_some_and(|(first, last)| last.date.year() - first.date.year() > FAR)
}

/// The years of nearly all records, of each volume where a few may lie far away.
fn chiefly(search: &Search, volumes: &[VolumeSummary]) -> Result<HashMap<String, Years>, Problem> {
    let mut chiefly = HashMap::new();
    for volume in volumes.iter().filter(|volume| far_apart(volume)) {
        let of_volume = [("volume".to_owned(), volume.id.clone())];
        if let Some(years) = ByDate::of_search(search, &of_volume)?.years() {
            chiefly.insert(volume.id.clone(), years);
        }
    }
    Ok(chiefly)
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

/// The first and the last day of a volume.
fn days(volume: &VolumeSummary) -> Option<(i64, i64)> {
    let first = day_number(volume.first?.date);
    Some((first, day_number(volume.last?.date)))
}

fn days_of_years(years: &Years) -> Option<(i64, i64)> {
    Some((day(&years.first)?, day(&years.last)? + 365))
}

/// What of a picture from one day to another a volume covers.
fn span((first, last): (i64, i64), (begin, end): (i64, i64)) -> (f64, f64) {
    let whole = (end - begin).max(1) as f64;
    let place = |day: i64| {
        let share = (day - begin) as f64 / whole;
        (share.clamp(0.0, 1.0) * 10_000.0).round() / 10.0
    };
    let (first, last) = (place(first), place(last));
    // One day must be seen, too.
    (first.min(992.0), (last - first).max(8.0))
}
