//! Where a field's values stand in a record: the only binding between `fields.toml` and [`Record`].

use std::borrow::Cow;

use crate::record::{DateSpan, GapKind, PassageKind, Record, surname};

/// The values of one source in one record.
#[derive(Debug)]
pub enum Values<'a> {
    /// Whole values or texts, one item each.
    Texts(Vec<Cow<'a, str>>),
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
    ("drafters", |r| {
        Values::Texts(
            r.drafted_by
                .iter()
                .map(|name| Cow::Owned(surname(name)))
                .collect(),
        )
    }),
    ("from", |r| one(r.from.as_deref())),
    ("to", |r| one(r.to.as_deref())),
    ("subject", |r| one(r.subject.as_deref())),
    ("participants", |r| {
        Values::Texts(
            r.participants
                .iter()
                .map(|p| Cow::Borrowed(p.surname.as_str()))
                .collect(),
        )
    }),
    ("topics", |r| many(&r.topics)),
    ("countries", |r| many(&r.countries)),
    ("references", |r| {
        let inside = r.references.iter().map(|id| Cow::Borrowed(id.as_str()));
        let outside = r
            .external_references
            .iter()
            .map(|v| Cow::Borrowed(v.as_str()));
        Values::Texts(inside.chain(outside).collect())
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
