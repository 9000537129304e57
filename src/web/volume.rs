//! `/volumes/{id}`: what a volume is, when its records were written, and its contents in the order of print.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, response::Response};

use super::{
    address::Address,
    bars::{Bars, Span},
    frame::{Frame, page},
    volumes::years,
};
use crate::{
    http::{Failure, Service, given::Path},
    index::{Card, VolumeSummary},
    record::Volume,
    schema::schema,
    search::{ContentsLine, contents},
};

/// A volume of at most so many months is drawn by months.
const MONTHS: i64 = 72;

#[derive(Template)]
#[template(path = "volume.html", config = "src/web/askama.toml")]
struct VolumePage {
    frame: Frame,
    id: String,
    title: String,
    facts: Vec<(&'static str, String)>,
    bars: Option<Bars>,
    undated: usize,
    divisions: Vec<(String, u8, String)>,
    blocks: Vec<Block>,
}

/// A part of the contents.
enum Block {
    /// A division: its anchor, the level of its heading, its heading.
    Division(String, u8, String),
    /// Records below it.
    Records(Vec<Line>),
}

/// A record in the contents.
struct Line {
    address: Address,
    number: Option<u32>,
    title: String,
    date: Option<String>,
    level: Option<String>,
    pages: Option<String>,
}

/// Shows a volume.
pub async fn show_volume(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let ((summary, volume, cards), stats) = service
        .ask(move |search| Ok((search.find_volume(&id)?, search.stats()?)))
        .await?;
    let frame = Frame {
        specimens: stats.specimens,
        styles: &["lists.css"],
        ..Frame::default()
    };
    let lines = contents(&volume, &cards);
    let blocks = blocks(&lines);
    let divisions = blocks.iter().filter_map(|block| match block {
        Block::Division(anchor, level, heading) => Some((anchor.clone(), *level, heading.clone())),
        Block::Records(_) => None,
    });
    Ok(page(&VolumePage {
        frame,
        title: summary.title.clone().unwrap_or_else(|| summary.id.clone()),
        facts: facts(&summary, &volume),
        bars: coverage(&summary.id, &cards),
        undated: cards.iter().filter(|card| card.date.is_none()).count(),
        divisions: divisions.collect(),
        id: summary.id,
        blocks,
    }))
}

fn facts(summary: &VolumeSummary, volume: &Volume) -> Vec<(&'static str, String)> {
    let house = [&volume.published_at, &volume.publisher, &volume.published];
    let house: Vec<&str> = house.into_iter().flatten().map(String::as_str).collect();
    let number = |n: usize| if n == 0 { String::new() } else { n.to_string() };
    let facts = [
        ("Records", summary.records.to_string()),
        ("Years", years(summary)),
        ("Sub-series", volume.subseries.clone().unwrap_or_default()),
        ("Editors", volume.editors.join("; ")),
        ("Published", house.join(", ")),
        ("Persons listed", number(volume.persons.len())),
        ("Abbreviations listed", number(volume.terms.len())),
        ("Entries of the printed index", number(volume.index.len())),
    ];
    facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// Divisions and, below each, its records.
fn blocks(lines: &[ContentsLine<'_>]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for line in lines {
        if let Some(card) = line.record {
            match blocks.last_mut() {
                Some(Block::Records(records)) => records.push(self::line(card)),
                _ => blocks.push(Block::Records(vec![self::line(card)])),
            }
        } else if let Some(heading) = line.heading {
            let anchor = format!("c{}", blocks.len());
            let level = (line.depth + 2).min(4);
            blocks.push(Block::Division(anchor, level, heading.to_owned()));
        }
    }
    blocks
}

fn line(card: &Card) -> Line {
    let level = schema().field("classification").zip(card.level.as_deref());
    Line {
        address: Address::of(&[card.id.volume(), card.id.name()]),
        number: card.number,
        title: card.title.clone().unwrap_or_else(|| card.id.to_string()),
        date: card.date.as_ref().map(|date| date.text.clone()),
        level: level.map(|(field, slug)| schema().label(field, slug)),
        pages: card
            .pages
            .as_ref()
            .map(|pages| match pages.first == pages.last {
                true => format!("p. {}", pages.first),
                false => format!("pp. {}–{}", pages.first, pages.last),
            }),
    }
}

/// Records by month, or by year where the volume covers many.
fn coverage(volume: &str, cards: &[Card]) -> Option<Bars> {
    let mut months: BTreeMap<i64, usize> = BTreeMap::new();
    for date in cards.iter().filter_map(|card| card.date.as_ref()) {
        let day = date.from.date;
        *months
            .entry(i64::from(day.year()) * 12 + i64::from(day.month()) - 1)
            .or_default() += 1;
    }
    let span = months.last_key_value()?.0 - months.first_key_value()?.0;
    let by_month = span < MONTHS;
    let mut counted: BTreeMap<i64, usize> = BTreeMap::new();
    for (month, count) in months {
        let at = if by_month {
            month
        } else {
            month.div_euclid(12)
        };
        *counted.entry(at).or_default() += count;
    }
    let span = |(at, count): (i64, usize)| {
        let label = match by_month {
            true => format!("{:04}-{:02}", at.div_euclid(12), at.rem_euclid(12) + 1),
            false => at.to_string(),
        };
        let address = Address::new("/search").with("volume", volume);
        Span {
            at,
            count,
            address: address
                .with("date_from", label.as_str())
                .with("date_to", label.as_str()),
            label,
        }
    };
    Bars::of(counted.into_iter().map(span).collect())
}
