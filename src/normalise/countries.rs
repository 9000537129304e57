//! Which countries a record is really about, and why.
//!
//! A country in a heading or subject line weighs most; in the text it must be named again and again, and
//! not be lost beside others. The two sides of the record are its parties, not its subject, unless they are
//! named as such.

use std::sync::LazyLock;

use super::lexicon::Lexicon;
use crate::{
    record::{Evidence, Form, Passage, PassageKind},
    schema::{Country, countries},
};

/// What a word tells of its country.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Name {
    country: usize,
    strength: f32,
}

static NAMES: LazyLock<Lexicon<Name>> = LazyLock::new(|| {
    let mut lexicon = Lexicon::default();
    for (country, entry) in countries().iter().enumerate() {
        for (names, strength) in [
            (&entry.names, 1.0),
            (&entry.demonyms, 0.8),
            (&entry.places, 0.8),
            (&entry.leaders, 0.5),
        ] {
            for name in names {
                lexicon.add(name, Name { country, strength });
            }
        }
    }
    lexicon
});

/// What a mention weighs in a heading of the text, in the subject line, in the title, in a chapter's heading.
const TOPIC: f32 = 7.0;
const SUBJECT: f32 = 8.0;
const TITLE: f32 = 8.0;
const CHAPTER: f32 = 6.0;

/// The least weight of a subject, and its least share of the heaviest one's.
const LEAST: f32 = 5.0;
const SHARE: f32 = 0.22;

/// What a party of the record must weigh to be its subject, in shares of the heaviest other.
const PARTY: f32 = 3.0;

/// The most countries of a record.
const MOST: usize = 6;

/// Parts of a record in which countries are looked for.
pub struct Sought<'r> {
    /// The heading, where it names a subject and not the correspondents.
    pub title: Option<&'r str>,
    /// The subject line.
    pub subject: Option<&'r str>,
    /// Headings in the text.
    pub topics: &'r [String],
    /// Headings of the volume above the record.
    pub chapters: &'r [String],
    /// The text.
    pub passages: &'r [Passage],
    /// The two sides, as the heading and the list of participants name them.
    pub parties: Vec<&'r str>,
}

/// The country to which a name leads.
pub fn named(name: &str) -> Option<&'static str> {
    let found = NAMES.find(name);
    Some(&country(found.first()?.meaning).label)
}

fn country(name: Name) -> &'static Country {
    &countries()[name.country]
}

/// Counts of one country.
#[derive(Debug, Clone, Default)]
struct Tally {
    country: usize,
    title: u32,
    subject: u32,
    topic: u32,
    chapter: u32,
    text: u32,
    /// Mentions in the text by strength.
    strength: f32,
    /// Paragraphs that name it.
    paragraphs: u32,
}

impl Tally {
    fn weight(&self) -> f32 {
        let once = |n: u32, weight: f32| weight * (n.min(3) as f32).sqrt();
        once(self.title, TITLE)
            + once(self.subject, SUBJECT)
            + once(self.topic, TOPIC)
            + once(self.chapter, CHAPTER)
            + self.strength.powf(0.8)
    }

    fn evidence(&self) -> Evidence {
        let places = [
            ("title", self.title),
            ("subject", self.subject),
            ("topic", self.topic),
            ("chapter", self.chapter),
            ("text", self.text),
        ];
        Evidence {
            value: countries()[self.country].label.clone(),
            weight: (self.weight() * 10.0).round() / 10.0,
            places: places
                .iter()
                .filter(|(_, n)| *n > 0)
                .map(|(place, n)| ((*place).to_owned(), *n))
                .collect(),
        }
    }
}

/// The countries, heaviest first, with the evidence for each.
pub fn weigh(sought: &Sought<'_>) -> Vec<(&'static Country, Evidence)> {
    let mut tallies: Vec<Tally> = Vec::new();
    let mut count = |text: &str, add: &mut dyn FnMut(&mut Tally, f32)| {
        for found in NAMES.find(text) {
            let Name { country, strength } = found.meaning;
            let at = tallies
                .iter()
                .position(|t| t.country == country)
                .unwrap_or_else(|| {
                    tallies.push(Tally {
                        country,
                        ..Tally::default()
                    });
                    tallies.len() - 1
                });
            add(&mut tallies[at], strength);
        }
    };
    if let Some(title) = sought.title {
        count(title, &mut |t, _| t.title += 1);
    }
    if let Some(subject) = sought.subject {
        count(subject, &mut |t, _| t.subject += 1);
    }
    sought
        .topics
        .iter()
        .for_each(|topic| count(topic, &mut |t, _| t.topic += 1));
    sought
        .chapters
        .iter()
        .for_each(|chapter| count(chapter, &mut |t, _| t.chapter += 1));
    let told = |p: &&Passage| {
        p.kind != PassageKind::Footnote
            && matches!(
                p.form,
                Form::Paragraph | Form::Item | Form::Quote | Form::Row
            )
    };
    for passage in sought.passages.iter().filter(told) {
        count(&passage.text, &mut |t, strength| {
            t.text += 1;
            t.strength += strength;
        });
    }
    choose(tallies, &sought.parties)
}

fn choose(mut tallies: Vec<Tally>, parties: &[&str]) -> Vec<(&'static Country, Evidence)> {
    let parties: Vec<usize> = parties
        .iter()
        .flat_map(|p| NAMES.find(p))
        .map(|f| f.meaning.country)
        .collect();
    let is_party = |t: &Tally| {
        parties.contains(&t.country)
            || matches!(
                countries()[t.country].slug.as_str(),
                "united-states" | "soviet-union"
            )
    };
    tallies.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
    let heaviest = tallies
        .iter()
        .filter(|t| !is_party(t))
        .map(Tally::weight)
        .fold(0.0, f32::max);
    tallies.retain(|t| {
        let weight = t.weight();
        if is_party(t) {
            let headed = t.title + t.subject + t.topic + t.chapter > 0;
            return headed && weight >= LEAST && weight >= heaviest * PARTY;
        }
        weight >= LEAST && weight >= heaviest * SHARE
    });
    tallies.truncate(MOST);
    tallies
        .iter()
        .map(|t| (&countries()[t.country], t.evidence()))
        .collect()
}
