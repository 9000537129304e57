//! Where a field's values stand in a record: the only binding between `fields.toml` and [`Record`].

use std::borrow::Cow;

use crate::record::{Citation, DateSpan, GapKind, Pages, Part, PassageKind, Record, surname};

/// The values of one source in one record.
#[derive(Debug)]
pub enum Values<'a> {
    /// Whole values or texts, one item each.
    Texts(Vec<Cow<'a, str>>),
    /// Chains of headings from the broadest: each stands for those above it too.
    Paths(Vec<&'a [String]>),
    /// Whole numbers.
    Numbers(Vec<i64>),
    /// An interval.
    Span(Option<&'a DateSpan>),
    /// The passages of these kinds, with their positions.
    Passages(&'static [PassageKind]),
}

type Extract = for<'a> fn(&'a Record) -> Values<'a>;

/// Every source: its name, what it holds, how it is taken.
pub const SOURCES: &[(&str, Extract)] = &[
    ("id", |r| one(Some(r.id.as_str()))),
    ("number", |r| {
        Values::Numbers(r.number.map(i64::from).into_iter().collect())
    }),
    ("title", |r| one(r.title.as_deref())),
    ("chapters", |r| many(&r.chapters)),
    ("kind", |r| one(Some(r.kind.as_str()))),
    ("volume", |r| one(Some(r.id.volume()))),
    ("date", |r| Values::Span(r.date.as_ref())),
    ("year", |r| {
        let year = r
            .date
            .as_ref()
            .map(|d| Cow::Owned(d.from.date.year().to_string()));
        Values::Texts(year.into_iter().collect())
    }),
    ("dateline", |r| one(r.dateline.as_deref())),
    ("place", |r| one(r.place.as_deref())),
    ("classification", |r| one(r.classification.level.as_deref())),
    ("controls", |r| many(&r.classification.controls)),
    ("precedence", |r| {
        one(r.classification.precedence.as_deref())
    }),
    ("repository", |r| one(r.source.repository.as_deref())),
    ("collection", |r| one(r.source.collection.as_deref())),
    ("file", |r| one(r.source.file.as_deref())),
    ("source_note", |r| one(r.source.text.as_deref())),
    ("people", |r| people(r, |_| true)),
    ("speakers", |r| people(r, |part| part == Part::Speaks)),
    ("senders", |r| people(r, |part| part == Part::Writes)),
    ("recipients", |r| people(r, |part| part == Part::Receives)),
    ("mentioned", |r| people(r, |part| part == Part::Mentioned)),
    ("drafters", |r| {
        let printed = r.drafted_by.iter().map(|name| Cow::Owned(surname(name)));
        people_or(r, Part::Drafts, printed)
    }),
    ("from", |r| one(r.from.as_deref())),
    ("to", |r| one(r.to.as_deref())),
    ("subject", |r| one(r.subject.as_deref())),
    ("participants", |r| {
        let printed = r.participants.iter();
        let printed = printed.map(|p| Cow::Borrowed(p.surname.as_str()));
        people_or(r, Part::Participates, printed)
    }),
    ("topics", |r| many(&r.topics)),
    ("countries", |r| many(&r.countries)),
    ("subjects", |r| {
        Values::Paths(r.subjects.iter().map(Vec::as_slice).collect())
    }),
    ("index_terms", |r| {
        let terms = r.index_terms.iter();
        Values::Paths(terms.map(|t| t.headings.as_slice()).collect())
    }),
    ("telegram", |r| one(r.telegram.as_deref())),
    ("references", |r| {
        let inside = r.references.iter().map(|id| Cow::Borrowed(id.as_str()));
        let outside = r
            .external_references
            .iter()
            .map(|v| Cow::Borrowed(v.as_str()));
        let pages = r.citations.iter().flat_map(cited_pages);
        let telegrams = r
            .citations
            .iter()
            .filter_map(|c| c.telegram.as_deref())
            .map(telegram_key);
        let owned = pages.chain(telegrams).map(Cow::Owned);
        Values::Texts(inside.chain(outside).chain(owned).collect())
    }),
    ("redacted_lines", |r| {
        let gaps = r.gaps.iter().filter(|g| g.kind != GapKind::Omission);
        let lines: Vec<f32> = gaps.filter_map(|g| g.lines).collect();
        let sum = lines.iter().sum::<f32>().ceil() as i64;
        Values::Numbers((!lines.is_empty()).then_some(sum).into_iter().collect())
    }),
    ("redactions", |r| {
        let kinds = r
            .gaps
            .iter()
            .map(|g| g.kind)
            .filter(|k| *k != GapKind::Omission);
        Values::Texts(kinds.map(|k| Cow::Borrowed(k.as_str())).collect())
    }),
    ("pages", |r| {
        let turned = |p: &'_ crate::record::Passage| -> Vec<String> {
            p.page
                .iter()
                .cloned()
                .chain(p.breaks.iter().map(|(_, page)| page.clone()))
                .collect()
        };
        let mut pages: Vec<String> = r.passages.iter().flat_map(turned).collect();
        pages.dedup();
        Values::Texts(pages.into_iter().map(Cow::Owned).collect())
    }),
    ("body", |_| {
        Values::Passages(&[PassageKind::Body, PassageKind::Attachment])
    }),
    ("footnotes", |_| Values::Passages(&[PassageKind::Footnote])),
];

/// A source by name.
pub fn source(name: &str) -> Option<Extract> {
    SOURCES
        .iter()
        .find(|(n, _)| *n == name)
        .map(|(_, extract)| *extract)
}

fn one(text: Option<&str>) -> Values<'_> {
    Values::Texts(text.map(Cow::Borrowed).into_iter().collect())
}

fn many(texts: &[String]) -> Values<'_> {
    Values::Texts(texts.iter().map(|t| Cow::Borrowed(t.as_str())).collect())
}

/// The people who have one of these parts, by name.
fn people(record: &Record, has: fn(Part) -> bool) -> Values<'_> {
    let people = record.people.iter();
    let those = people.filter(|a| a.parts.iter().any(|part| has(*part)));
    Values::Texts(those.map(|a| Cow::Borrowed(a.name.as_str())).collect())
}

/// The people who have a part; where nobody has it, the names as printed.
fn people_or<'a>(
    record: &'a Record,
    part: Part,
    printed: impl Iterator<Item = Cow<'a, str>>,
) -> Values<'a> {
    let people = record.people.iter().filter(|a| a.parts.contains(&part));
    let mut names: Vec<_> = people.map(|a| Cow::Borrowed(a.name.as_str())).collect();
    if names.is_empty() {
        names.extend(printed);
    }
    Values::Texts(names)
}

/// The most pages of one citation: longer spans are misprints or whole chapters.
const CITED_PAGES: u32 = 50;

/// The pages that a citation of a volume names: `frus1961-63v07#pg_12`.
fn cited_pages(citation: &Citation) -> Vec<String> {
    let (Some(volume), Some(pages)) = (&citation.volume, &citation.pages) else {
        return Vec::new();
    };
    let pages = pages_between(pages);
    pages.iter().map(|page| page_key(volume, page)).collect()
}

/// Every page from the first to the last, where these are figures and not too far apart.
pub fn pages_between(pages: &Pages) -> Vec<String> {
    let (Ok(first), Ok(last)) = (pages.first.parse::<u32>(), pages.last.parse::<u32>()) else {
        return Vec::new();
    };
    if last.saturating_sub(first) >= CITED_PAGES {
        return Vec::new();
    }
    (first..=last).map(|page| page.to_string()).collect()
}

/// How the reference field names a telegram by its number: `telegram#2828`.
pub fn telegram_key(number: &str) -> String {
    format!("telegram#{number}")
}

/// A printed page as references name it: `frus1961-63v07#pg_12`.
pub fn page_key(volume: &str, page: &str) -> String {
    format!("{volume}#pg_{page}")
}
