//! `/`: what is here, and where to begin.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};

use super::{
    address::Address,
    collection::{Collection, Held},
    examples::{Example, is_numbered},
    frame::{Frame, page},
    text::{Count, counted},
    timeline::{ByDate, Timeline},
    titles::Titles,
};
use crate::{
    http::{Failure, Reader},
    index::VolumeSummary,
    search::{FacetCounts, Page, People, Problem, Search},
};

/// Volumes, people and values that are shown of each.
const SHOWN: usize = 12;

/// Topics that are looked at for some that tell what they are.
const TOPICS: usize = 60;

/// Examples that are shown; the page of help has them all.
const EXAMPLES: usize = 6;

#[derive(Template)]
#[template(path = "home.html", config = "src/web/askama.toml")]
struct HomePage {
    frame: Frame,
    /// What is held, in a sentence.
    held: String,
    /// What this is, in a sentence.
    lead: &'static str,
    examples: Vec<Example>,
    timeline: Option<Timeline>,
    volumes: Vec<Line>,
    /// Whether there are more volumes than shown.
    further_volumes: bool,
    doors: Vec<Door>,
}

/// The most frequent of one sort of ways in.
struct Door {
    title: &'static str,
    lines: Vec<Line>,
    /// To all of them.
    all: (&'static str, &'static str),
}

/// A way into the collection.
struct Line {
    text: String,
    count: Count,
    address: Address,
}

struct Found {
    all: Page,
    by_date: ByDate,
    people: People,
    collection: Arc<Collection>,
}

/// Shows what the collection holds.
pub async fn show_home(service: Reader, State(held): State<Held>) -> Result<Response, Failure> {
    let answer = service.ask(move |search| Ok(page(&home_page(find(search, &held)?))));
    answer.await
}

fn find(search: &Search, held: &Held) -> Result<Found, Problem> {
    let asked = |params: &[(&str, &str)]| -> Vec<(String, String)> {
        params
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect()
    };
    let facets = format!("topic:{TOPICS},country:{SHOWN},kind:{SHOWN},date");
    let whole = [("facets", facets.as_str()), ("limit", "0")];
    let all = search.search_records(&asked(&whole))?;
    Ok(Found {
        by_date: ByDate::of(search, &[], &all.facets)?,
        people: search.find_people(&asked(&[("limit", &SHOWN.to_string())]))?,
        collection: held.at_hand(search)?,
        all,
    })
}

fn home_page(found: Found) -> HomePage {
    let Found {
        all,
        by_date,
        people,
        collection,
    } = found;
    let examples = collection.examples.iter().take(EXAMPLES);
    let volumes = collection.volumes.iter();
    let search = Address::new("/search");
    let values = |field: &str| -> Vec<Line> {
        let counts = all.facets.iter().find(|f| f.field == field);
        counts.map_or_else(Vec::new, |counts| lines(counts, &search))
    };
    let doors = [
        door("People", busiest(&people), "Everybody", "/people"),
        door("Topics", telling(values("topic")), "All topics", "/topics"),
        door(
            "Countries",
            values("country"),
            "All countries",
            "/countries",
        ),
        door(
            "Kinds of document",
            values("kind"),
            "All kinds",
            "/search/values?field=kind",
        ),
    ];
    HomePage {
        lead: lead(&collection.volumes),
        held: held_in_words(all.total, &collection),
        timeline: Timeline::of(&by_date, &search),
        further_volumes: collection.volumes.len() > SHOWN,
        volumes: volumes
            .take(SHOWN)
            .map(|v| volume(v, &collection.titles))
            .collect(),
        doors: doors
            .into_iter()
            .filter(|door| !door.lines.is_empty())
            .collect(),
        examples: examples.cloned().collect(),
        frame: Frame {
            specimens: all.specimens,
            styles: &["search.css", "home.css"],
            ..Frame::default()
        },
    }
}

fn door(title: &'static str, lines: Vec<Line>, all: &'static str, link: &'static str) -> Door {
    Door {
        title,
        lines,
        all: (all, link),
    }
}

/// Without headings that only count.
fn telling(topics: Vec<Line>) -> Vec<Line> {
    let telling = topics.into_iter().filter(|topic| !is_numbered(&topic.text));
    telling.take(SHOWN).collect()
}

fn busiest(people: &People) -> Vec<Line> {
    let busy = people.people.iter().filter(|(_, counts)| counts.any > 0);
    busy.map(|(person, counts)| Line {
        text: person.name.clone(),
        count: Count(counts.any),
        address: Address::of(&["people", &person.id]),
    })
    .collect()
}

fn held_in_words(records: usize, collection: &Collection) -> String {
    let what = format!(
        "{} of {}",
        counted(records, "record", "records"),
        counted(collection.volumes.len(), "volume", "volumes")
    );
    match &collection.covered {
        Some(years) => format!("{what}, {years}"),
        None => what,
    }
}

/// Says what the volumes are.
fn lead(volumes: &[VolumeSummary]) -> &'static str {
    if !volumes.is_empty() && volumes.iter().all(|v| v.id.starts_with("frus")) {
        "Volumes of the Foreign Relations of the United States, searched in full text; every hit names its printed page."
    } else {
        "Declassified records, searched in full text; every hit names its printed page."
    }
}

fn lines(counts: &FacetCounts, search: &Address) -> Vec<Line> {
    let buckets = counts.buckets.iter();
    buckets
        .map(|bucket| Line {
            text: bucket.label.clone(),
            count: Count(bucket.count),
            address: search.clone().with(&counts.field, bucket.value.clone()),
        })
        .collect()
}

fn volume(volume: &VolumeSummary, titles: &Titles) -> Line {
    Line {
        text: titles.short(&volume.id).to_owned(),
        count: Count(volume.records),
        address: Address::of(&["volumes", &volume.id]),
    }
}
