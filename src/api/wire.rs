//! JSON as clients see it. Renaming a field of a record never changes these.
//!
//! Dates are `1963-05-18` or `1963-05-18T15:30`; pages are as printed (`677`, `XXI`); controlled values
//! are slugs of `index_schema/vocabularies/`; offsets are in characters (Unicode scalar values).

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    index::{Card, Hit, Place},
    record::{self, Record},
};

/// An interval of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct Date {
    from: String,
    to: Option<String>,
    /// `minute`, `day`, `month`, `year` or `range`.
    precision: &'static str,
    /// As printed.
    text: String,
}

impl From<&record::DateSpan> for Date {
    fn from(span: &record::DateSpan) -> Self {
        Self {
            from: span.from.to_string(),
            to: span.to.map(|t| t.to_string()),
            precision: span.precision.as_str(),
            text: span.text.clone(),
        }
    }
}

/// First and last printed page.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pages {
    first: String,
    last: String,
}

impl From<&record::Pages> for Pages {
    fn from(pages: &record::Pages) -> Self {
        Self {
            first: pages.first.clone(),
            last: pages.last.clone(),
        }
    }
}

/// A record in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Summary {
    id: String,
    title: Option<String>,
    number: Option<u32>,
    volume: String,
    kind: String,
    date: Option<Date>,
    place: Option<String>,
    classification: Marks,
    pages: Option<Pages>,
}

/// Secrecy in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Marks {
    level: Option<String>,
    controls: Vec<String>,
}

impl From<&Card> for Summary {
    fn from(card: &Card) -> Self {
        Self {
            id: card.id.to_string(),
            title: card.title.clone(),
            number: card.number,
            volume: card.id.volume().to_owned(),
            kind: card.kind.clone(),
            date: card.date.as_ref().map(Date::from),
            place: card.place.clone(),
            classification: Marks {
                level: card.level.clone(),
                controls: card.controls.clone(),
            },
            pages: card.pages.as_ref().map(Pages::from),
        }
    }
}

/// A record that matches, with the places that answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitBody {
    score: f32,
    #[serde(flatten)]
    summary: Summary,
    passages: Vec<PlaceBody>,
}

impl From<&Hit> for HitBody {
    fn from(hit: &Hit) -> Self {
        Self {
            score: hit.score,
            summary: Summary::from(&hit.card),
            passages: hit.places.iter().map(PlaceBody::from).collect(),
        }
    }
}

/// A passage that answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceBody {
    ordinal: usize,
    /// `body`, `attachment` or `footnote`.
    kind: &'static str,
    page: Option<String>,
    page_end: Option<String>,
    topic: Option<String>,
    speaker: Option<String>,
    text: String,
    /// `[start, end)` in characters of `text`.
    marks: Vec<[usize; 2]>,
}

impl From<&Place> for PlaceBody {
    fn from(place: &Place) -> Self {
        Self {
            ordinal: place.ordinal,
            kind: place.kind.as_str(),
            page: place.page.clone(),
            page_end: place.page_end.clone(),
            topic: place.topic.clone(),
            speaker: place.speaker.clone(),
            marks: in_characters(&place.text, &place.marks),
            text: place.text.clone(),
        }
    }
}

/// Byte ranges in order as ranges of characters.
fn in_characters(text: &str, marks: &[(usize, usize)]) -> Vec<[usize; 2]> {
    let (mut bytes, mut characters) = (0, 0);
    let mut advance = |to: usize| {
        characters += text[bytes..to].chars().count();
        bytes = to;
        characters
    };
    marks
        .iter()
        .map(|(from, to)| [advance(*from), advance(*to)])
        .collect()
}

/// A whole record.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordBody {
    id: String,
    number: Option<u32>,
    title: Option<String>,
    kind: String,
    volume: String,
    /// The headings of the volume's divisions above it, outermost first.
    chapters: Vec<String>,
    date: Option<Date>,
    /// The whole dateline as printed.
    dateline: Option<String>,
    place: Option<String>,
    classification: Classification,
    source: Source,
    drafted_by: Vec<String>,
    cleared_by: Vec<String>,
    approved_by: Vec<String>,
    from: Option<String>,
    to: Option<String>,
    subject: Option<String>,
    participants: Vec<Participant>,
    topics: Vec<String>,
    countries: Vec<String>,
    /// Records of the same volume.
    references: Vec<String>,
    /// Other volumes.
    external_references: Vec<String>,
    /// Every bracketed gap in order of print; those of kind `omission` are the editors' work.
    redactions: Vec<Gap>,
    /// The gaps of kind `omission` alone.
    omissions: Vec<Gap>,
    footnotes: Vec<Footnote>,
    attachments: Vec<Attachment>,
    pages: Option<Pages>,
    passages: Vec<Passage>,
    /// What could not be read with certainty.
    remarks: Vec<Remark>,
    /// The reader and the file that the record comes from.
    provenance: Provenance,
}

#[derive(Debug, Serialize, ToSchema)]
struct Classification {
    level: Option<String>,
    controls: Vec<String>,
    precedence: Option<String>,
    /// As printed.
    text: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Source {
    repository: Option<String>,
    collection: Option<String>,
    file: Option<String>,
    /// As printed.
    text: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Participant {
    name: String,
    surname: String,
    side: Option<String>,
    person: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Gap {
    /// `lines`, `paragraphs`, `name`, `codeword`, `money`, `source`, `text` or `omission`.
    kind: &'static str,
    /// As printed.
    amount: Option<String>,
    /// In lines, where that can be told.
    lines: Option<f32>,
    text: String,
    /// Ordinal of the passage in which it stands.
    passage: u32,
}

#[derive(Debug, Serialize, ToSchema)]
struct Footnote {
    number: Option<String>,
    text: String,
    page: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Attachment {
    label: Option<String>,
    title: Option<String>,
    date: Option<Date>,
    place: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Passage {
    ordinal: usize,
    paragraph: u32,
    page: Option<String>,
    page_end: Option<String>,
    topic: Option<String>,
    speaker: Option<String>,
    /// `body`, `attachment` or `footnote`.
    kind: &'static str,
    /// `paragraph`, `heading`, `item`, `row`, `quote`, `line`, `signature`, `margin` or `preamble`.
    form: &'static str,
    /// Index of the attachment to which it belongs.
    attachment: Option<u16>,
    text: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct Remark {
    field: String,
    message: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct Provenance {
    reader: String,
    file: String,
}

impl From<&record::Gap> for Gap {
    fn from(gap: &record::Gap) -> Self {
        Self {
            kind: gap.kind.as_str(),
            amount: gap.amount.clone(),
            lines: gap.lines,
            text: gap.text.clone(),
            passage: gap.passage,
        }
    }
}

impl From<&record::Attachment> for Attachment {
    fn from(a: &record::Attachment) -> Self {
        Self {
            label: a.label.clone(),
            title: a.title.clone(),
            date: a.date.as_ref().map(Date::from),
            place: a.place.clone(),
            from: a.from.clone(),
            to: a.to.clone(),
        }
    }
}

/// A passage as its record has it.
fn passage(record: &Record, ordinal: usize) -> Passage {
    let p = &record.passages[ordinal];
    Passage {
        ordinal,
        paragraph: p.paragraph,
        page: p.page.clone(),
        page_end: p.page_end().map(str::to_owned),
        topic: record.topic_of(p).map(str::to_owned),
        speaker: p.speaker.clone(),
        kind: p.kind.as_str(),
        form: p.form.as_str(),
        attachment: p.attachment,
        text: p.text.clone(),
    }
}

impl From<&Record> for RecordBody {
    fn from(r: &Record) -> Self {
        let omitted = |g: &&record::Gap| g.kind == record::GapKind::Omission;
        Self {
            id: r.id.to_string(),
            number: r.number,
            title: r.title.clone(),
            kind: r.kind.clone(),
            volume: r.id.volume().to_owned(),
            chapters: r.chapters.clone(),
            date: r.date.as_ref().map(Date::from),
            dateline: r.dateline.clone(),
            place: r.place.clone(),
            classification: Classification {
                level: r.classification.level.clone(),
                controls: r.classification.controls.clone(),
                precedence: r.classification.precedence.clone(),
                text: r.classification.text.clone(),
            },
            source: Source {
                repository: r.source.repository.clone(),
                collection: r.source.collection.clone(),
                file: r.source.file.clone(),
                text: r.source.text.clone(),
            },
            drafted_by: r.drafted_by.clone(),
            cleared_by: r.cleared_by.clone(),
            approved_by: r.approved_by.clone(),
            from: r.from.clone(),
            to: r.to.clone(),
            subject: r.subject.clone(),
            participants: r
                .participants
                .iter()
                .map(|p| Participant {
                    name: p.name.clone(),
                    surname: p.surname.clone(),
                    side: p.side.clone(),
                    person: p.person.clone(),
                })
                .collect(),
            topics: r.topics.clone(),
            countries: r.countries.clone(),
            references: r.references.iter().map(ToString::to_string).collect(),
            external_references: r.external_references.clone(),
            redactions: r.gaps.iter().map(Gap::from).collect(),
            omissions: r.gaps.iter().filter(omitted).map(Gap::from).collect(),
            footnotes: r
                .footnotes()
                .map(|p| Footnote {
                    number: p.label.clone(),
                    text: p.text.clone(),
                    page: p.page.clone(),
                })
                .collect(),
            attachments: r.attachments.iter().map(Attachment::from).collect(),
            pages: r.pages.as_ref().map(Pages::from),
            passages: (0..r.passages.len()).map(|i| passage(r, i)).collect(),
            remarks: r
                .remarks
                .iter()
                .map(|m| Remark {
                    field: m.field.clone(),
                    message: m.message.clone(),
                })
                .collect(),
            provenance: Provenance {
                reader: r.provenance.reader.clone(),
                file: r.provenance.file.clone(),
            },
        }
    }
}

/// A record with some of its passages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Excerpt {
    #[serde(flatten)]
    summary: Summary,
    passages: Vec<Passage>,
}

impl Excerpt {
    /// The passages of these ordinals.
    pub fn new(record: &Record, ordinals: &[usize]) -> Self {
        Self {
            summary: Summary::from(&Card::from(record)),
            passages: ordinals.iter().map(|i| passage(record, *i)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_characters() {
        assert_eq!(
            in_characters("Ruskʼs é note", &[(0, 4), (10, 14)]),
            [[0, 4], [8, 12]]
        );
    }
}
