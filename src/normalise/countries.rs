//! Which countries a record is really about, and why.
//!
//! A country in a heading or subject line weighs most; in the text it must be named again and again, and
//! not be lost beside others. The two sides of the record are its parties, not its subject, unless they are
//! named as such.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;
use crate::{
    authority::{Found, Lexicon},
    record::{Evidence, Form, Passage, PassageKind},
    schema::{Country, countries},
};

/// What a word tells of its country.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Name {
    country: usize,
    strength: f32,
    /// It names a place, not the country.
    is_place: bool,
}

static NAMES: LazyLock<Lexicon<Name>> = LazyLock::new(|| {
    let mut lexicon = Lexicon::default();
    for (country, entry) in countries().iter().enumerate() {
        for (names, strength, is_place) in [
            (&entry.names, 1.0, false),
            (&entry.demonyms, 0.8, false),
            (&entry.places, 0.8, true),
            (&entry.leaders, LEADER, false),
        ] {
            for name in names {
                lexicon.add(
                    name,
                    Name {
                        country,
                        strength,
                        is_place,
                    },
                );
            }
        }
    }
    lexicon
});

/// A treaty is not about the place where it was signed: `Treaty of Paris`, `Habana Convention`.
static NAMED_AFTER: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    [
        pattern(
            r"(?:Treaty|Treaties|Congress|Declaration|Peace|Conference|Convention|Act|Protocol) of $",
        ),
        pattern(r"^ (?:Convention|Conference|Treaty|Treaties|Declaration|Agreement|Protocol)\b"),
    ]
});

/// What the name of a leader or movement tells beside that of the country.
const LEADER: f32 = 0.5;

/// What a heading that names a country adds to the mentions in the text: a heading of the text, the subject
/// line, the title, the heading of a chapter; two of a kind count, no more.
const HEADED: f32 = 3.0;

/// The least weight of a subject: in a note of a few lines, and for each further thousand words.
const LEAST: f32 = 1.5;
const LEAST_PER_THOUSAND: f32 = 0.6;

/// The least share of the heaviest one's weight.
const SHARE: f32 = 0.25;

/// A party is the subject where its own affairs are told: in an estimate, or where it is named so many times
/// as often as the other party, and so often at least.
const OWN_AFFAIRS: (f32, f32) = (4.0, 6.0);

/// Named in most records of these volumes, whatever they are about.
const HOME: &str = "united-states";
const POWERS: [&str; 2] = [HOME, "soviet-union"];

/// The year from which `Russia` is another name of the Soviet Union.
const SOVIET: i16 = 1923;

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
    /// When it was written.
    pub year: Option<i16>,
    /// It reports a talk.
    pub is_talk: bool,
    /// It reports on the affairs of others: an estimate.
    pub is_estimate: bool,
}

/// The country to which a name leads.
pub fn named(name: &str) -> Option<&'static str> {
    Some(&country(names_in(name).next()?).label)
}

/// Names of countries in a text.
fn names_in(text: &str) -> impl Iterator<Item = Name> {
    let [before, behind] = &*NAMED_AFTER;
    let counts = move |found: &Found<Name>| {
        let (start, end) = found.span;
        let signed = || before.is_match(tail(&text[..start])) || behind.is_match(&text[end..]);
        !(found.meaning.is_place && signed())
    };
    let found = NAMES.find(text).into_iter().filter(counts);
    found.map(|found| found.meaning)
}

/// The last few letters of a text.
fn tail(text: &str) -> &str {
    let from = (0..=text.len().saturating_sub(16))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    &text[from.unwrap_or(0)..]
}

/// Whether a name is that of a country, a people or a place.
pub fn is_place(name: &str) -> bool {
    names_in(name).next().is_some_and(|f| f.strength > LEADER)
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
}

impl Tally {
    fn weight(&self) -> f32 {
        let headed = [self.title, self.subject, self.topic, self.chapter]
            .iter()
            .map(|n| (*n).min(2))
            .sum::<u32>();
        self.strength + HEADED * headed as f32
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
        for Name {
            country, strength, ..
        } in names_in(text)
        {
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
    for passage in sought.passages.iter().filter(is_told) {
        count(&passage.text, &mut |t, strength| {
            t.text += 1;
            t.strength += strength;
        });
    }
    if sought.year.is_none_or(|year| year >= SOVIET) {
        join(&mut tallies, "russia", "soviet-union");
    }
    choose(tallies, sought)
}

fn has_slug(tally: &Tally, slug: &str) -> bool {
    countries()[tally.country].slug == slug
}

/// Counts what is said of one under the name of another.
fn join(tallies: &mut Vec<Tally>, from: &str, to: &str) {
    let at = tallies.iter().position(|t| has_slug(t, from));
    let country = countries().iter().position(|c| c.slug == to);
    let (Some(at), Some(country)) = (at, country) else {
        return;
    };
    let moved = tallies.swap_remove(at);
    let Some(tally) = tallies.iter_mut().find(|t| t.country == country) else {
        tallies.push(Tally { country, ..moved });
        return;
    };
    tally.title += moved.title;
    tally.subject += moved.subject;
    tally.topic += moved.topic;
    tally.chapter += moved.chapter;
    tally.text += moved.text;
    tally.strength += moved.strength;
}

fn choose(mut tallies: Vec<Tally>, sought: &Sought<'_>) -> Vec<(&'static Country, Evidence)> {
    let named = sought.parties.iter().flat_map(|p| names_in(p));
    let parties: Vec<usize> = named
        .filter(|f| f.strength > LEADER)
        .map(|f| f.country)
        .collect();
    let is_power = |t: &Tally| POWERS.iter().any(|power| has_slug(t, power));
    let is_party = |t: &Tally| parties.contains(&t.country) || is_power(t);
    let words: usize = sought
        .passages
        .iter()
        .filter(is_told)
        .map(|p| p.text.split(' ').count())
        .sum();
    let least = LEAST + LEAST_PER_THOUSAND * words as f32 / 1000.0;
    let heaviest = tallies
        .iter()
        .filter(|t| !is_party(t))
        .map(Tally::weight)
        .fold(0.0, f32::max);
    let home = tallies
        .iter()
        .find(|t| has_slug(t, HOME))
        .map_or(0.0, |t| t.strength)
        .max(0.5);
    let (times, at_least) = OWN_AFFAIRS;
    let own_affairs = |t: &Tally| {
        let told = !sought.is_talk && t.strength >= at_least && t.strength >= times * home;
        !has_slug(t, HOME) && (sought.is_estimate || told)
    };
    tallies.retain(|t| {
        let headed = t.title + t.subject + t.topic + t.chapter > 0 && !is_power(t);
        if is_party(t) && !headed {
            return own_affairs(t);
        }
        t.weight() >= least && t.weight() >= heaviest * SHARE
    });
    tallies.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
    tallies.truncate(MOST);
    tallies
        .iter()
        .map(|t| (&countries()[t.country], t.evidence()))
        .collect()
}

/// Running text, notes left out.
fn is_told(passage: &&Passage) -> bool {
    passage.kind != PassageKind::Footnote
        && matches!(
            passage.form,
            Form::Paragraph | Form::Item | Form::Quote | Form::Row
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighed(topics: &[&str], text: &str, is_talk: bool) -> Vec<String> {
        let topics: Vec<String> = topics.iter().map(|t| (*t).to_owned()).collect();
        let passages = [Passage {
            text: text.into(),
            ..Passage::default()
        }];
        let sought = Sought {
            title: None,
            subject: None,
            topics: &topics,
            chapters: &[],
            passages: &passages,
            parties: vec!["Embassy in France"],
            year: Some(1961),
            is_talk,
            is_estimate: false,
        };
        weigh(&sought).into_iter().map(|(_, e)| e.value).collect()
    }

    #[test]
    fn subjects_outweigh_what_is_named_in_passing() {
        let text = "In Vientiane the Pathet Lao held the road, and the Laotian King left it. Norway was named once. The French, the French and the French said so.";
        assert_eq!(weighed(&["Cuba"], text, true), ["Cuba", "Laos"]);
    }

    #[test]
    fn a_treaty_is_not_about_the_place_where_it_was_signed() {
        assert_eq!(
            weighed(
                &[],
                "The Treaty of Vientiane and the Vientiane Convention, the Treaty of Vientiane.",
                true
            ),
            [""; 0]
        );
    }

    #[test]
    fn a_partys_own_affairs_are_a_subject() {
        let text = "Soviet, Soviet, Moscow, Russian, Kremlin, Soviet, USSR, Soviets.";
        assert_eq!(weighed(&[], text, true), [""; 0]);
        assert_eq!(weighed(&[], text, false), ["Soviet Union"]);
    }
}
