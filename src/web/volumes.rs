//! `/volumes`: every volume and collection that is held, and the span of time that each covers.

use askama::Template;
use axum::{extract::State, response::Response};

use super::{
    address::Address,
    frame::{Frame, page},
};
use crate::{
    http::{Failure, Service},
    index::VolumeSummary,
    record::day_number,
};

#[derive(Template)]
#[template(path = "volumes.html", config = "src/web/askama.toml")]
struct VolumesPage {
    frame: Frame,
    records: usize,
    volumes: Vec<Line>,
    /// The earliest and the latest year of all.
    years: Option<(i16, i16)>,
}

/// A volume in the list.
struct Line {
    title: String,
    id: String,
    address: Address,
    records: usize,
    /// The years that it covers.
    years: String,
    /// Where its time begins in a picture of all, and how much of it it takes, in thousandths.
    span: Option<(f64, f64)>,
}

/// Lists every volume.
pub async fn show_volumes(State(service): State<Service>) -> Result<Response, Failure> {
    let (volumes, stats) = service
        .ask(|search| Ok((search.list_volumes()?, search.stats()?)))
        .await?;
    let firsts = volumes.iter().filter_map(|v| v.first);
    let lasts = volumes.iter().filter_map(|v| v.last);
    let all = firsts.min().zip(lasts.max());
    let all_days = all.map(|(first, last)| (day_number(first.date), day_number(last.date)));
    Ok(page(&VolumesPage {
        frame: Frame {
            specimens: stats.specimens,
            styles: &["lists.css"],
            ..Frame::default()
        },
        records: stats.records,
        years: all.map(|(first, last)| (first.date.year(), last.date.year())),
        volumes: volumes
            .iter()
            .map(|volume| line(volume, all_days))
            .collect(),
    }))
}

fn line(volume: &VolumeSummary, all: Option<(i64, i64)>) -> Line {
    Line {
        title: volume.title.clone().unwrap_or_else(|| volume.id.clone()),
        id: volume.id.clone(),
        address: Address::of(&["volumes", &volume.id]),
        records: volume.records,
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

fn span(volume: &VolumeSummary, begin: i64, end: i64) -> Option<(f64, f64)> {
    let whole = (end - begin).max(1) as f64;
    let place = |day: i64| ((day - begin) as f64 / whole * 10_000.0).round() / 10.0;
    let (first, last) = (
        place(day_number(volume.first?.date)),
        place(day_number(volume.last?.date)),
    );
    // One day must be seen, too.
    Some((first.min(992.0), (last - first).max(8.0)))
}
