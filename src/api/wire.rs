//! JSON as clients see it. Renaming a field of a record never changes these.
//!
//! Dates are `1963-05-18` or `1963-05-18T15:30`; pages are as printed (`677`, `XXI`); controlled values
//! are slugs of `index_schema/vocabularies/`; offsets are in characters (Unicode scalar values).

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    index::{Card, Explanation, Hit, Place},
    record::{self, Part, Record},
    search::{Mark, Reading, shown},
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
    /// Passages that answer, these among them; 0 where none are asked for.
    passages_total: usize,
    /// With `explain=true`: the parts of the score.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplanationBody>,
}

/// The parts of a score.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplanationBody {
    /// By how rare its words are and how often it has them (BM25).
    words: f32,
    /// For words that stand together in one place of the text and in headings above it.
    together: f32,
    /// For the records before and behind it in its chapter.
    neighbours: f32,
    /// For the best records of its chapter.
    chapter: f32,
    /// What each word, phrase or pattern counts alone.
    clauses: Vec<ClauseScore>,
}

/// What a clause counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClauseScore {
    /// As the query language has it.
    clause: String,
    score: f32,
}

impl HitBody {
    /// With the parts of its score.
    pub fn explained(mut self, explanation: &Explanation) -> Self {
        let clauses = explanation.clauses.iter();
        self.explanation = Some(ExplanationBody {
            words: explanation.words,
            together: explanation.together,
            neighbours: explanation.neighbours,
            chapter: explanation.chapter,
            clauses: clauses
                .map(|(query, score)| ClauseScore {
                    clause: shown(query),
                    score: *score,
                })
                .collect(),
        });
        self
    }
}

impl From<&Hit> for HitBody {
    fn from(hit: &Hit) -> Self {
        Self {
            score: hit.score,
            explanation: None,
            passages_total: hit.all_places,
            summary: Summary::from(&hit.card),
            passages: hit
                .places
                .iter()
                .map(|place| PlaceBody::of(&hit.card.id, place))
                .collect(),
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
    /// Who is spoken to.
    to: Option<String>,
    text: String,
    /// `[start, end)` in characters of `text`.
    marks: Vec<[usize; 2]>,
    /// The page on which it stands in the printed volume, on the publisher's site, where there is one.
    permalink: Option<String>,
}

impl PlaceBody {
    /// A place of a record.
    pub fn of(id: &record::RecordId, place: &Place) -> Self {
        Self {
            permalink: id.permalink(place.page.as_deref()),
            ordinal: place.ordinal,
            kind: place.kind.as_str(),
            page: place.page.clone(),
            page_end: place.page_end.clone(),
            topic: place.topic.clone(),
            speaker: place.speaker.clone(),
            to: place.addressee.clone(),
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
    /// Everybody who speaks, takes part, writes, receives, drafts or is named.
    people: Vec<Appearance>,
    topics: Vec<String>,
    countries: Vec<String>,
    /// Controlled subjects, each as its chain of headings from the broadest.
    subjects: Vec<Vec<String>>,
    /// Why countries and subjects were chosen.
    evidence: Vec<Evidence>,
    /// Entries of the volume's printed index that name one of its pages.
    index_terms: Vec<IndexTerm>,
    /// Its own number, where it is a numbered telegram, airgram or despatch.
    telegram: Option<String>,
    /// What text and notes point to, place by place.
    citations: Vec<Citation>,
    /// Held records that it cites, in order of date; at most 200.
    cites: Vec<String>,
    cites_total: usize,
    /// Records that cite it, or a page on which it stands, in order of date; at most 200.
    cited_by: Vec<String>,
    cited_by_total: usize,
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
    /// With a query: whether the record meets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    matches: Option<bool>,
    /// With a query: every mark of the passages, in order of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    hits: Option<Vec<MarkBody>>,
    /// With a query: `false` where `hits` and `marks` are only the first many thousands.
    #[serde(skip_serializing_if = "Option::is_none")]
    hits_complete: Option<bool>,
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
    /// `interpreter`, `notetaker`.
    role: Option<String>,
    /// As printed.
    office: Option<String>,
    person: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Appearance {
    /// The id, where the person is known.
    person: Option<String>,
    name: String,
    /// `speaks`, `participates`, `writes`, `receives`, `drafts`, `mentioned`.
    parts: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Evidence {
    /// The country, or the last heading of the subject.
    value: String,
    /// Comparable within one record.
    weight: f32,
    places: Vec<EvidencePlace>,
}

#[derive(Debug, Serialize, ToSchema)]
struct EvidencePlace {
    /// `title`, `subject`, `topic`, `text`.
    place: String,
    count: u32,
}

#[derive(Debug, Serialize, ToSchema)]
struct IndexTerm {
    headings: Vec<String>,
    /// The first page of the record that the entry names.
    page: String,
}

/// A record of the same volume, pages of another volume, or a telegram by its number.
#[derive(Debug, Serialize, ToSchema)]
struct Citation {
    /// As printed.
    text: String,
    record: Option<String>,
    volume: Option<String>,
    pages: Option<Pages>,
    telegram: Option<String>,
    /// Who sent that telegram.
    sender: Option<String>,
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
    /// Who is spoken to.
    to: Option<String>,
    /// `body`, `attachment` or `footnote`.
    kind: &'static str,
    /// `paragraph`, `heading`, `item`, `row`, `quote`, `line`, `signature`, `margin` or `preamble`.
    form: &'static str,
    /// Index of the attachment to which it belongs.
    attachment: Option<u16>,
    text: String,
    /// Of a record read with a query: `[start, end)` in characters of `text`, as in searches.
    #[serde(skip_serializing_if = "Option::is_none")]
    marks: Option<Vec<[usize; 2]>>,
}

/// A mark in a record.
#[derive(Debug, Serialize, ToSchema)]
struct MarkBody {
    /// The passage.
    ordinal: usize,
    /// The printed page on which the mark begins.
    page: Option<String>,
    /// In characters of the passage's text.
    start: usize,
    /// As `start`, not included.
    end: usize,
}

impl MarkBody {
    fn of(record: &Record, mark: &Mark<'_>) -> Self {
        let text = &record.passages[mark.ordinal].text;
        let start = text[..mark.range.0].chars().count();
        Self {
            ordinal: mark.ordinal,
            page: mark.page.map(str::to_owned),
            start,
            end: start + text[mark.range.0..mark.range.1].chars().count(),
        }
    }
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

impl From<&record::Participant> for Participant {
    fn from(p: &record::Participant) -> Self {
        Self {
            name: p.name.clone(),
            surname: p.surname.clone(),
            side: p.side.clone(),
            role: p.role.clone(),
            office: p.office.clone(),
            person: p.person.clone(),
        }
    }
}

impl From<&record::Appearance> for Appearance {
    fn from(a: &record::Appearance) -> Self {
        Self {
            person: a.person.clone(),
            name: a.name.clone(),
            parts: a.parts.iter().map(|part| part_name(*part)).collect(),
        }
    }
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Speaks => "speaks",
        Part::Participates => "participates",
        Part::Writes => "writes",
        Part::Receives => "receives",
        Part::Drafts => "drafts",
        Part::Mentioned => "mentioned",
    }
}

impl From<&record::Evidence> for Evidence {
    fn from(e: &record::Evidence) -> Self {
        let places = e.places.iter().map(|(place, count)| EvidencePlace {
            place: place.clone(),
            count: *count,
        });
        Self {
            value: e.value.clone(),
            weight: e.weight,
            places: places.collect(),
        }
    }
}

impl From<&record::IndexTerm> for IndexTerm {
    fn from(term: &record::IndexTerm) -> Self {
        Self {
            headings: term.headings.clone(),
            page: term.page.clone(),
        }
    }
}

impl From<&record::Citation> for Citation {
    fn from(c: &record::Citation) -> Self {
        Self {
            text: c.text.clone(),
            record: c.record.as_ref().map(ToString::to_string),
            volume: c.volume.clone(),
            pages: c.pages.as_ref().map(Pages::from),
            telegram: c.telegram.clone(),
            sender: c.sender.clone(),
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
        to: p.addressee.clone(),
        kind: p.kind.as_str(),
        form: p.form.as_str(),
        attachment: p.attachment,
        text: p.text.clone(),
        marks: None,
    }
}

/// As [`passage`], with its marks where a query is given.
fn marked(reading: &Reading, ordinal: usize) -> Passage {
    let text = &reading.record.passages[ordinal].text;
    let marks = || in_characters(text, reading.marks_of(ordinal));
    Passage {
        marks: reading.asked.then(marks),
        ..passage(&reading.record, ordinal)
    }
}

impl RecordBody {
    /// A record with what it cites, what cites it, and where it answers.
    pub fn new(reading: &Reading) -> Self {
        let (r, links) = (&reading.record, &reading.links);
        let hits = || reading.hits().map(|mark| MarkBody::of(r, &mark));
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
            participants: r.participants.iter().map(Participant::from).collect(),
            people: r.people.iter().map(Appearance::from).collect(),
            topics: r.topics.clone(),
            countries: r.countries.clone(),
            subjects: r.subjects.clone(),
            evidence: r.evidence.iter().map(Evidence::from).collect(),
            index_terms: r.index_terms.iter().map(IndexTerm::from).collect(),
            telegram: r.telegram.clone(),
            citations: r.citations.iter().map(Citation::from).collect(),
            cites: links.cites.iter().map(|c| c.id.to_string()).collect(),
            cites_total: links.cites_total,
            cited_by: links.cited_by.iter().map(|c| c.id.to_string()).collect(),
            cited_by_total: links.cited_by_total,
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
            passages: (0..r.passages.len()).map(|i| marked(reading, i)).collect(),
            matches: reading.asked.then_some(reading.matches),
            hits: reading.asked.then(|| hits().collect()),
            hits_complete: reading.asked.then_some(reading.complete),
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
