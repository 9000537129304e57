//! What a record is: plain values, no I/O, no engine, no HTTP.
//!
//! A [`Record`] is one published or released document: a memorandum of conversation, a telegram, an
//! editorial note. Its text is a sequence of [`Passage`]s, the longest stretches with one paragraph,
//! one topic heading and one speaker. Controlled values (`kind`, classification level, controls ...)
//! are slugs of the vocabularies in `index_schema/vocabularies/`.

mod date;
mod fold;
mod id;
mod name;
mod passage;
mod person;
mod remark;
mod volume;

pub use date::{DateSpan, Moment, Precision, date_of, day_number};
pub use fold::{fold_char, fold_value, is_apostrophe, is_hyphen};
pub use id::{InvalidId, RecordId};
pub use name::{surname, without_titles};
pub use passage::{Form, Gap, GapKind, Passage, PassageKind, pieces};
pub use person::{Appearance, Identity, Part};
pub use remark::Remark;
pub use volume::{Contents, IndexEntry, IndexPages, Person, Term, Volume};

use serde::{Deserialize, Serialize};

/// One declassified or published document, normalised.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Stable and human: `frus1961-63v05/d323`.
    pub id: RecordId,
    /// The number printed before the heading, where the source has one.
    pub number: Option<u32>,
    /// The heading as printed, without its number and notes.
    pub title: Option<String>,
    /// Slug of `vocabularies/kind.toml`.
    pub kind: String,
    /// The headings of the volume's divisions above it, outermost first.
    pub chapters: Vec<String>,
    /// When it was written, as an interval; `None` for undated records.
    pub date: Option<DateSpan>,
    /// The dateline as printed, receipt marks included.
    pub dateline: Option<String>,
    /// The dateline's place.
    pub place: Option<String>,
    /// Secrecy as the source note states it.
    pub classification: Classification,
    /// Where the original is kept.
    pub source: Source,
    /// Who drafted it, names as printed.
    pub drafted_by: Vec<String>,
    /// Who cleared the draft, names as printed.
    pub cleared_by: Vec<String>,
    /// Who approved it, names as printed.
    pub approved_by: Vec<String>,
    /// The sender, as the heading names it.
    pub from: Option<String>,
    /// The addressee, as the heading names it.
    pub to: Option<String>,
    /// The subject lines, joined with `; `.
    pub subject: Option<String>,
    /// Who was present at the conversation or meeting that the record reports.
    pub participants: Vec<Participant>,
    /// Everybody who speaks, takes part, writes, receives, drafts or is named.
    pub people: Vec<Appearance>,
    /// Section headings inside the body, in order, as printed without numbering.
    pub topics: Vec<String>,
    /// Countries that the record is about, heaviest first: labels of `vocabularies/country.toml`.
    pub countries: Vec<String>,
    /// Controlled subjects, each as its chain of headings from the broadest: `Asia`, `Laos`.
    pub subjects: Vec<Vec<String>>,
    /// Why countries and subjects were chosen.
    pub evidence: Vec<Evidence>,
    /// Entries of the volume's printed index that name one of its pages.
    pub index_terms: Vec<IndexTerm>,
    /// Its own number, where it is a numbered telegram, airgram or despatch.
    pub telegram: Option<String>,
    /// Records of the same volume that text or notes point to.
    pub references: Vec<RecordId>,
    /// Other volumes that text or notes cite, as ids (`frus1961-63v07`).
    pub external_references: Vec<String>,
    /// What text and notes point to, place by place.
    pub citations: Vec<Citation>,
    /// Bracketed excisions and omissions, in order of print.
    pub gaps: Vec<Gap>,
    /// Enclosures, annexes and tabs; their text stands in `passages`.
    pub attachments: Vec<Attachment>,
    /// First and last printed page that carry its text.
    pub pages: Option<Pages>,
    /// The text, in order. Left out where a record is written down: engines keep it apart.
    #[serde(skip)]
    pub passages: Vec<Passage>,
    /// What could not be read with certainty.
    pub remarks: Vec<Remark>,
    /// Where the record came from. Left out as the passages are: it does not tell whether a record has
    /// changed.
    #[serde(skip)]
    pub provenance: Provenance,
}

impl Record {
    /// The footnotes: passages of kind [`PassageKind::Footnote`].
    pub fn footnotes(&self) -> impl Iterator<Item = &Passage> {
        self.passages
            .iter()
            .filter(|p| p.kind == PassageKind::Footnote)
    }

    /// The topic heading above a passage.
    pub fn topic_of(&self, passage: &Passage) -> Option<&str> {
        passage
            .topic
            .and_then(|i| self.topics.get(i as usize))
            .map(String::as_str)
    }
}

/// Secrecy level, handling controls and precedence, beside the words as printed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// Slug of `vocabularies/classification.toml`; `none` = the note says that there is no marking,
    /// `None` = the note is silent.
    pub level: Option<String>,
    /// Slugs of `vocabularies/control.toml`, in the order printed.
    pub controls: Vec<String>,
    /// Slug of `vocabularies/precedence.toml`: how fast it was sent.
    pub precedence: Option<String>,
    /// The sentence of the source note that states them.
    pub text: Option<String>,
}

/// The source citation, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The holding archive, library or agency.
    pub repository: Option<String>,
    /// The part of the citation after the repository, up to the file number.
    pub collection: Option<String>,
    /// The file designation: `611.61/11-161`, `POL US-USSR`.
    pub file: Option<String>,
    /// The whole note as printed.
    pub text: Option<String>,
}

/// Somebody present at the conversation or meeting.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Participant {
    /// As printed.
    pub name: String,
    /// The family name as commonly printed in the record.
    pub surname: String,
    /// The side of the table: `US`, `USSR`.
    pub side: Option<String>,
    /// What the person did there: `interpreter`, `notetaker`.
    pub role: Option<String>,
    /// The office, or its symbol, as printed.
    pub office: Option<String>,
    /// Id of the [`Identity`], where known.
    pub person: Option<String>,
}

/// Why a country or subject was chosen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The country, or the last heading of the subject.
    pub value: String,
    /// Comparable within one record.
    pub weight: f32,
    /// Where it is named, and how often: `title`, `subject`, `topic`, `text`.
    pub places: Vec<(String, u32)>,
}

/// An entry of the printed index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexTerm {
    /// Subject, sub-subject ..., outermost first.
    pub headings: Vec<String>,
    /// The first page of the record that it names.
    pub page: String,
}

/// Something that text or notes point to. Which of the fields are set tells what it is: a record of
/// the same volume, pages of another volume, or a telegram by its number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// As printed.
    pub text: String,
    /// The record, where the print names it.
    pub record: Option<RecordId>,
    /// The volume.
    pub volume: Option<String>,
    /// First and last page.
    pub pages: Option<Pages>,
    /// Number of a telegram, airgram or despatch.
    pub telegram: Option<String>,
    /// Who sent that telegram, in the form of a heading: `Embassy in Laos`.
    pub sender: Option<String>,
}

/// An enclosure, annex or tab.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// The inline mark above it: `Inclosure 2`, `Translation`.
    pub label: Option<String>,
    /// Its own heading.
    pub title: Option<String>,
    /// Its own date.
    pub date: Option<DateSpan>,
    /// Its own place.
    pub place: Option<String>,
    /// Its own sender, as the heading names it.
    pub from: Option<String>,
    /// Its own addressee, as the heading names it.
    pub to: Option<String>,
}

/// First and last printed page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pages {
    /// As printed: `677`, `XXI`.
    pub first: String,
    /// As printed; equal to `first` for a record on one page.
    pub last: String,
}

/// Which reader made the record from which file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Name of the reader: `tei`, `volume-text`, `memo-text`.
    pub reader: String,
    /// How much the format carries; of two sources of one record the richer is kept.
    pub richness: u8,
    /// File name, without its folders.
    pub file: String,
}
