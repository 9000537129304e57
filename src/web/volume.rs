//! `/volumes/{id}`: what a volume is, when its records were written, and its contents in the order of print.

use askama::Template;
use axum::response::Response;

use super::{
    address::Address,
    frame::{Frame, page},
    record::dates,
    timeline::{ByDate, Timeline},
    volumes::{far_apart, years},
};
use crate::{
    http::{Failure, Reader, given::Path},
    index::{Card, VolumeSummary},
    record::Volume,
    schema::schema,
    search::{ContentsLine, contents},
};

#[derive(Template)]
#[template(path = "volume.html", config = "src/web/askama.toml")]
struct VolumePage {
    frame: Frame,
    id: String,
    title: String,
    facts: Vec<(&'static str, String)>,
    timeline: Option<Timeline>,
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
    /// The source tells that it bears none.
    unmarked: bool,
    /// It is a note of the editors.
    editorial: bool,
    pages: Option<String>,
}

/// Shows a volume.
pub async fn show_volume(service: Reader, Path(id): Path<String>) -> Result<Response, Failure> {
    let (found, by_date, stats) = service
        .ask(move |search| {
            let of_volume = [("volume".to_owned(), id.clone())];
            let found = search.find_volume(&id)?;
            Ok((
                found,
                ByDate::of_search(search, &of_volume)?,
                search.stats()?,
            ))
        })
        .await?;
    let (summary, volume, cards) = found;
    let records = Address::new("/search").with("volume", summary.id.as_str());
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
        facts: facts(&summary, &volume, &by_date),
        timeline: Timeline::of(&by_date, &records),
        undated: cards.iter().filter(|card| card.date.is_none()).count(),
        divisions: divisions.collect(),
        id: summary.id,
        blocks,
    }))
}

fn facts(
    summary: &VolumeSummary,
    volume: &Volume,
    by_date: &ByDate,
) -> Vec<(&'static str, String)> {
    let house = [&volume.published_at, &volume.publisher, &volume.published];
    let house: Vec<&str> = house.into_iter().flatten().map(String::as_str).collect();
    let number = |n: usize| if n == 0 { String::new() } else { n.to_string() };
    let chiefly = by_date.years().filter(|_| far_apart(summary));
    let years = chiefly.map_or_else(|| years(summary), |years| years.to_string());
    let facts = [
        ("Records", summary.records.to_string()),
        ("Years", years),
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

fn is_editorial(card: &Card) -> bool {
    card.kind == "editorial-note"
}

/// The date in words; that there is none is said, except of notes of the editors.
fn date(card: &Card) -> Option<String> {
    let missing = || "No date given".to_owned();
    let date = card.date.as_ref().map(dates::readable);
    date.or_else(|| (!is_editorial(card)).then(missing))
}

fn line(card: &Card) -> Line {
    let level = schema().field("classification").zip(card.level.as_deref());
    Line {
        address: Address::of(&[card.id.volume(), card.id.name()]),
        number: card.number,
        title: card.title.clone().unwrap_or_else(|| card.id.to_string()),
        date: date(card),
        unmarked: card.level.as_deref() == Some("none"),
        editorial: is_editorial(card),
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
