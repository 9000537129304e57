//! `/people`: everybody who is known, the busiest first, to be found by name.

use askama::Template;
use axum::response::Response;

use super::{
    address::Address,
    frame::{Frame, page},
};
use crate::{
    http::{Failure, Reader, given::Query},
    record::Identity,
    search::{People, PersonCounts},
};

/// People of a page.
const LIMIT: usize = 50;

#[derive(Template)]
#[template(path = "people.html", config = "src/web/askama.toml")]
struct PeoplePage {
    frame: Frame,
    asked: String,
    total: usize,
    /// The first and the last of those shown, from 1.
    shown: (usize, usize),
    people: Vec<Line>,
    previous: Option<Address>,
    next: Option<Address>,
}

/// A person in the list.
struct Line {
    name: String,
    address: Address,
    life: String,
    counts: Vec<Count>,
}

/// In how many records a person does something, and the search for them.
pub struct Count {
    /// What the person does there.
    pub label: &'static str,
    /// In how many.
    pub records: usize,
    /// These.
    pub address: Address,
}

/// Lists people.
pub async fn show_people(
    service: Reader,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let last = |name: &str| {
        params
            .iter()
            .rev()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    };
    let asked = last("q").unwrap_or_default().trim().to_owned();
    let offset = last("offset").unwrap_or("0").to_owned();
    let question = vec![
        ("q".to_owned(), asked.clone()),
        ("offset".to_owned(), offset.clone()),
        ("limit".to_owned(), LIMIT.to_string()),
    ];
    let (found, stats) = service
        .ask(move |search| Ok((search.find_people(&question)?, search.stats()?)))
        .await?;
    let frame = Frame {
        specimens: stats.specimens,
        styles: &["lists.css"],
        ..Frame::default()
    };
    Ok(page(&people_page(
        found,
        asked,
        offset.parse().unwrap_or(0),
        frame,
    )))
}

fn people_page(found: People, asked: String, offset: usize, frame: Frame) -> PeoplePage {
    let own = Address::new("/people").with_all(&[("q".to_owned(), asked.clone())]);
    let at = |offset: usize| match offset {
        0 => own.clone(),
        more => own.clone().set("offset", more.to_string()),
    };
    let end = offset + found.people.len();
    PeoplePage {
        frame,
        total: found.total,
        shown: (offset + 1, end),
        previous: (offset > 0).then(|| at(offset.saturating_sub(LIMIT))),
        next: (end < found.total && end > offset).then(|| at(end)),
        people: found
            .people
            .iter()
            .map(|(person, counts)| line(person, *counts))
            .collect(),
        asked,
    }
}

fn line(person: &Identity, counts: PersonCounts) -> Line {
    Line {
        name: person.name.clone(),
        address: Address::of(&["people", &person.id]),
        life: life(person),
        counts: self::counts(&person.name, counts),
    }
}

/// `1909–1994`, as far as it is known.
pub fn life(person: &Identity) -> String {
    match (&person.born, &person.died) {
        (Some(born), Some(died)) => format!("{born}–{died}"),
        (Some(born), None) => format!("born {born}"),
        (None, Some(died)) => format!("died {died}"),
        (None, None) => String::new(),
    }
}

/// What a person does, in how many records; the first is any of it.
pub fn counts(name: &str, counts: PersonCounts) -> Vec<Count> {
    let count = |label, field: &str, records| Count {
        label,
        records,
        address: Address::new("/search").with(field, name),
    };
    vec![
        count("Records", "person", counts.any),
        count("Speaks", "speaker", counts.speaks),
        count("Present", "participant", counts.participates),
        count("Sender", "sender", counts.writes),
        count("Addressee", "recipient", counts.receives),
        count("Drafter", "drafter", counts.drafts),
        count("Named", "mentioned", counts.mentioned),
    ]
}
