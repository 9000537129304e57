//! `/people/{id}`: who a person is, what the person does in how many records, when, and whom the person meets.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;

use super::{
    address::Address,
    frame::{Frame, page},
    network::{DRAWN, Network},
    people::{Count, counts, life},
    timeline::{ByDate, Timeline},
};
use crate::{
    http::{Failure, Reader, given::Path},
    search::{Met, PersonFound, Problem, Search},
};

#[derive(Template)]
#[template(path = "person.html", config = "src/web/askama.toml")]
struct PersonPage {
    frame: Frame,
    name: String,
    life: String,
    forms: Vec<String>,
    offices: Vec<String>,
    counts: Vec<Count>,
    timeline: Option<Timeline>,
    network: Option<Network>,
    met: Vec<MetLine>,
}

/// Somebody met.
struct MetLine {
    name: String,
    address: Address,
    records: usize,
    /// The search for records in which both are present.
    together: Address,
}

/// A person, and whom those met meet in turn.
struct Found {
    person: PersonFound,
    theirs: BTreeMap<String, Vec<Met>>,
    by_date: ByDate,
    specimens: bool,
}

/// Shows a person.
pub async fn show_person(service: Reader, Path(id): Path<String>) -> Result<Response, Failure> {
    let found = service.ask(move |search| find(search, &id)).await?;
    Ok(page(&person_page(found)))
}

fn find(search: &Search, id: &str) -> Result<Found, Problem> {
    let person = search.find_person(id)?;
    let mut theirs = BTreeMap::new();
    for id in person
        .met
        .iter()
        .take(DRAWN)
        .filter_map(|met| met.id.as_ref())
    {
        theirs.insert(id.clone(), search.find_person(id)?.met);
    }
    let own = [("person".to_owned(), person.identity.name.clone())];
    Ok(Found {
        by_date: ByDate::of_search(search, &own)?,
        theirs,
        specimens: search.stats()?.specimens,
        person,
    })
}

fn person_page(found: Found) -> PersonPage {
    let person = found.person;
    let name = person.identity.name.clone();
    let records = Address::new("/search").with("person", name.as_str());
    PersonPage {
        frame: Frame {
            specimens: found.specimens,
            styles: &["lists.css"],
            ..Frame::default()
        },
        life: life(&person.identity),
        counts: counts(&name, person.counts)
            .into_iter()
            .filter(|c| c.records > 0)
            .collect(),
        timeline: Timeline::of(&found.by_date, &records),
        network: Network::of(&name, &person.met, &found.theirs),
        met: person.met.iter().map(|met| line(&name, met)).collect(),
        forms: person.identity.forms,
        offices: person.identity.offices,
        name,
    }
}

fn line(name: &str, met: &Met) -> MetLine {
    let search = |name: &str| Address::new("/search").with("participant", name);
    let both = format!("participant:\"{}\"", met.name.replace('"', " "));
    MetLine {
        name: met.name.clone(),
        address: match &met.id {
            Some(id) => Address::of(&["people", id]),
            None => search(&met.name),
        },
        records: met.records,
        together: search(name).with("q", both),
    }
}
