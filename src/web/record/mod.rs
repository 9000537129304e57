//! `/{volume}/{name}`: a record, set for reading. The path is that of the publisher's own pages, so that an
//! address of theirs leads here with another host.
//!
//! With `q` its hits are marked and numbered; with `from`, the parameters of a search, it leads back to the
//! results and on to the next of them; `page` chooses the page that is cited.
//!
//! Anchors: `p12` a passage, `pg_679` a page of print, `h3` a hit, `fn3` a footnote, `fnref3` its call,
//! `a40` an attachment.

mod cast;
mod citing;
pub(super) mod dates;
mod facts;
mod notes;
mod pieces;
mod text;
mod way;

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};

use self::{
    cast::Cast,
    citing::{ChicagoNote, Cited, LinkedData},
    facts::{Fact, Side, Value},
    pieces::Piece,
    text::{Block, Text},
    way::{Given, Step, Way, titled},
};
use super::{
    address::Address,
    collection::{Collection, Held},
    frame::{Frame, page},
    titles::Titles,
};
use crate::{
    http::{
        Failure, Reader,
        given::{Path, Query},
    },
    index::Card,
    record::{self, Record, RecordId, Volume},
    search::{Problem, Reading, Search, Similar, contents},
};

/// No volume: what programs ask for stands below it.
const FOR_PROGRAMS: &str = "v1";

/// How many entries of a list stand unfolded.
const SHOWN: usize = 12;

#[derive(Template)]
#[template(path = "record/record.html", config = "src/web/askama.toml")]
struct RecordPage {
    frame: Frame,
    title: String,
    number: Option<u32>,
    /// The volume: its address and title.
    volume: (String, String),
    /// The divisions of the volume above it, and searches for what stands in them.
    chapters: Vec<(String, String)>,
    dateline: Option<String>,
    /// The date for machines.
    day: Option<String>,
    /// Nothing tells when it was written.
    undated: bool,
    source: Option<String>,
    marking: Vec<Value>,
    above: Vec<Fact>,
    below: Vec<Fact>,
    sides: Vec<Side>,
    participants: usize,
    people: Listed<Value>,
    text: Text,
    /// What is wrong with the query.
    unread: Option<String>,
    reading: Reading,
    way: Option<Way>,
    previous: Option<Step>,
    next: Option<Step>,
    cites: Listed<Line>,
    cited_by: Listed<Line>,
    elsewhere: Vec<String>,
    similar: Vec<Line>,
    words: String,
    citation: Citation,
}

/// Entries that stand unfolded, and those that do not.
#[derive(Debug, Clone)]
struct Listed<T> {
    total: usize,
    first: Vec<T>,
    rest: Vec<T>,
}

impl<T> Listed<T> {
    fn of(total: usize, mut all: Vec<T>) -> Self {
        let rest = all.split_off(all.len().min(SHOWN));
        Self {
            total,
            first: all,
            rest,
        }
    }
}

/// Another record in a list.
#[derive(Debug, Clone)]
struct Line {
    address: String,
    title: String,
    date: Option<String>,
    /// The volume, where it is another.
    volume: Option<String>,
}

/// The box from which a record is cited.
struct Citation {
    note: ChicagoNote,
    bibtex: String,
    ris: String,
    meta: Vec<(&'static str, String)>,
    data: LinkedData,
    /// The publisher's own page, at the page in view.
    permalink: Option<String>,
    /// What goes with a choice of another page.
    kept: Vec<(String, String)>,
}

/// All that a page is made of.
struct Found {
    reading: Reading,
    unread: Option<Problem>,
    similar: Similar,
    volume: Volume,
    before: Option<Card>,
    after: Option<Card>,
    way: Option<Way>,
    collection: Arc<Collection>,
    specimens: bool,
}

/// Shows a record.
pub async fn show_record(
    service: Reader,
    State(held): State<Held>,
    Path((volume, name)): Path<(String, String)>,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    if volume == FOR_PROGRAMS {
        return Err(Failure::no_route(&format!("/{volume}/{name}")));
    }
    let given = Given::read(&params);
    let id = format!("{volume}/{name}");
    let answer = service.ask(move |search| {
        let found = find(search, &held, &id, &given)?;
        Ok(page(&record_page(found, &given)))
    });
    answer.await
}

/// Leads from the publisher's path to ours.
pub async fn redirect_to_record(
    Path((volume, name)): Path<(String, String)>,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Redirect, Failure> {
    // A path that begins with two slashes would lead to another host.
    let id = RecordId::new(&volume, &name)
        .map_err(|_| Failure::no_route(&format!("/historicaldocuments/{volume}/{name}")))?;
    let address = Address::of(&[id.volume(), id.name()]).with_all(&params);
    Ok(Redirect::permanent(&address.to_string()))
}

/// Leads from the publisher's path to our volume.
pub async fn redirect_to_volume(Path(volume): Path<String>) -> Response {
    Redirect::permanent(&Address::of(&["volumes", &volume]).to_string()).into_response()
}

fn find(search: &Search, held: &Held, id: &str, given: &Given) -> Result<Found, Problem> {
    let (reading, unread) = read(search, id, given)?;
    let (_, volume, cards) = search.find_volume(reading.record.id.volume())?;
    let order = contents(&volume, &cards);
    let order: Vec<&Card> = order.iter().filter_map(|line| line.record).collect();
    let own = order.iter().position(|card| card.id == reading.record.id);
    let neighbour = |at: Option<usize>| {
        at.and_then(|at| order.get(at))
            .map(|card| Card::clone(card))
    };
    let (before, after) = (
        neighbour(own.and_then(|at| at.checked_sub(1))),
        neighbour(own.map(|at| at + 1)),
    );
    Ok(Found {
        collection: held.at_hand(search)?,
        similar: search.similar_records(id, &[])?,
        before,
        after,
        way: given.way(search, id),
        specimens: search.is_specimens(),
        reading,
        unread,
        volume,
    })
}

/// The record with its marks; a query that cannot be read does not keep it from being read.
fn read(search: &Search, id: &str, given: &Given) -> Result<(Reading, Option<Problem>), Problem> {
    match search.read_record(id, &given.asked()) {
        Ok(reading) => Ok((reading, None)),
        Err(problem @ (Problem::Query { .. } | Problem::Parameter { .. })) => {
            Ok((search.read_record(id, &[])?, Some(problem)))
        }
        Err(problem) => Err(problem),
    }
}

fn record_page(found: Found, given: &Given) -> RecordPage {
    let Found {
        reading, volume, ..
    } = found;
    let record = &reading.record;
    let cast = Cast::of(record);
    let text = text::lay_out(&reading, &cast, &cited(&reading));
    let (links, titles) = (&reading.links, &found.collection.titles);
    let lines = |cards: &[Card]| {
        cards
            .iter()
            .map(|card| line(card, record.id.volume(), titles, given))
            .collect()
    };
    let volume_title = volume.title.clone().unwrap_or_else(|| volume.id.clone());
    RecordPage {
        frame: Frame {
            query: given.query.clone(),
            specimens: found.specimens,
            styles: &["record.css"],
            scripts: &["record.js"],
        },
        title: record
            .title
            .clone()
            .unwrap_or_else(|| record.id.to_string()),
        number: record.number,
        volume: (
            Address::of(&["volumes", record.id.volume()]).to_string(),
            volume_title,
        ),
        chapters: chapters(record),
        dateline: record.dateline.clone(),
        day: record.date.as_ref().map(|date| date.from.to_string()),
        undated: is_undated(record),
        source: record.source.text.clone(),
        marking: facts::marking(record),
        above: facts::above(record, &cast),
        below: facts::below(record),
        sides: facts::sides(record),
        participants: record.participants.len(),
        people: Listed::of(record.people.len(), facts::people(record)),
        unread: found.unread.map(|problem| problem.to_string()),
        way: found.way,
        previous: found.before.map(|card| given.step(&card)),
        next: found.after.map(|card| given.step(&card)),
        cites: Listed::of(links.cites_total, lines(&links.cites)),
        cited_by: Listed::of(links.cited_by_total, lines(&links.cited_by)),
        elsewhere: elsewhere(&reading),
        similar: found
            .similar
            .hits
            .iter()
            .map(|hit| line(&hit.card, record.id.volume(), titles, &Given::default()))
            .collect(),
        words: found.similar.words.join(", "),
        citation: citation(&reading, &volume, &text, given),
        text,
        reading,
    }
}

/// Whether a date must be said to be missing: an editorial note needs none, and a dateline may say so itself.
fn is_undated(record: &Record) -> bool {
    let says = |line: &String| line.to_lowercase().contains("undated");
    let told = record.date.is_some() || record.dateline.as_ref().is_some_and(says);
    !told && !citing::is_editorial(record)
}

fn chapters(record: &Record) -> Vec<(String, String)> {
    let within = |chapter: &String| {
        let volume = Address::new("/search").with("volume", record.id.volume());
        volume.with("chapter", chapter.as_str()).to_string()
    };
    let each = record.chapters.iter();
    each.map(|chapter| (chapter.clone(), within(chapter)))
        .collect()
}

fn line(card: &Card, volume: &str, titles: &Titles, given: &Given) -> Line {
    let bare = Given {
        from: None,
        ..given.clone()
    };
    Line {
        address: bare.record(card.id.volume(), card.id.name()).to_string(),
        title: titled(card),
        date: card.date.as_ref().map(dates::readable),
        volume: (card.id.volume() != volume).then(|| titles.short(card.id.volume()).to_owned()),
    }
}

/// Words of the text that cite a held record, and its address.
fn cited(reading: &Reading) -> Vec<(String, String)> {
    let held = |id: &RecordId| reading.links.cites.iter().any(|card| card.id == *id);
    let named = reading.record.citations.iter().filter_map(|citation| {
        let id = citation.record.as_ref().filter(|id| held(id))?;
        let address = Address::of(&[id.volume(), id.name()]).to_string();
        Some((citation.text.clone(), address))
    });
    let mut named: Vec<_> = named.filter(|(words, _)| words.len() > 2).collect();
    named.sort();
    named.dedup();
    named
}

/// What it cites that is not held, as printed.
fn elsewhere(reading: &Reading) -> Vec<String> {
    let held = |citation: &record::Citation| {
        let of = |id: &RecordId| reading.links.cites.iter().any(|card| card.id == *id);
        citation.record.as_ref().is_some_and(of)
    };
    let others = reading.record.citations.iter().filter(|c| !held(c));
    let mut texts: Vec<String> = Vec::new();
    for citation in others.filter(|c| !c.text.starts_with('#')) {
        if !texts.contains(&citation.text) {
            texts.push(citation.text.clone());
        }
    }
    texts
}

fn citation(reading: &Reading, volume: &Volume, text: &Text, given: &Given) -> Citation {
    let record = &reading.record;
    let cited = Cited { record, volume };
    let first = record.pages.as_ref().map(|pages| pages.first.clone());
    let chosen = given.page.clone().filter(|page| text.pages.contains(page));
    let page = chosen.or(first);
    let kept = given.record(record.id.volume(), record.id.name());
    Citation {
        permalink: record.id.permalink(page.as_deref()),
        note: cited.chicago(page.as_deref()),
        bibtex: cited.bibtex(),
        ris: cited.ris(),
        meta: cited.meta(),
        data: cited.linked_data(),
        kept: kept.params().to_vec(),
    }
}
