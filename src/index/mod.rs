//! Keeping records and answering queries: the [`Engine`] trait and the plain data it speaks.
//!
//! Nothing here knows a person's query syntax, labels, paging or HTTP: those live above, so every
//! engine shares them. To add an engine, add a folder and an arm in [`open`].

pub mod deadline;
mod query;
mod stand_in;
mod tantivy;
mod view;
pub mod words;

use std::{path::Path, sync::Arc};

pub use query::{Filter, Query, Range, Unit};
pub use stand_in::StandIn;
use thiserror::Error;
pub use view::PassageView;

use crate::record::{DateSpan, Identity, Moment, PassageKind, Record, RecordId, Volume};

/// What keeps records and answers queries. Calls block; callers run them on threads made for that.
pub trait Engine: Send + Sync {
    /// Answers a query.
    ///
    /// # Errors
    /// [`IndexError`], also for a request that names what the schema does not have.
    fn search(&self, request: &Request) -> Result<Hits, IndexError>;

    /// The present commit, held for several questions of one answer.
    ///
    /// # Errors
    /// As [`Engine::record`].
    fn pinned(&self) -> Result<Arc<dyn Pinned>, IndexError>;

    /// The same records as they are seen by somebody from whom some are kept: in all that it answers these are
    /// not there.
    fn without(&self, closed: &[Closed]) -> Arc<dyn Engine>;

    /// Whether what answers is the newest state of what is kept.
    ///
    /// # Errors
    /// [`IndexError`] tells why the newest cannot be read; the one before goes on answering.
    fn health(&self) -> Result<(), IndexError>;

    /// Whether others stand in for records until there are some, see [`StandIn`].
    fn is_stand_in(&self) -> bool {
        false
    }

    /// One record.
    ///
    /// # Errors
    /// [`IndexError`] where the index cannot be read.
    fn record(&self, id: &RecordId) -> Result<Option<Record>, IndexError>;

    /// Every volume with the number and the dates of its records, by id.
    ///
    /// # Errors
    /// As [`Engine::record`].
    fn volumes(&self) -> Result<Vec<VolumeSummary>, IndexError>;

    /// One volume, whole.
    ///
    /// # Errors
    /// As [`Engine::record`].
    fn volume(&self, id: &str) -> Result<Option<Volume>, IndexError>;

    /// The names of a volume's records, in order of number.
    ///
    /// # Errors
    /// As [`Engine::record`].
    fn records_of(&self, volume: &str) -> Result<Vec<Card>, IndexError>;

    /// One person.
    ///
    /// # Errors
    /// As [`Engine::record`].
    fn person(&self, id: &str) -> Result<Option<Identity>, IndexError>;

    /// Every person, by id. Read once for each commit.
    ///
    /// # Errors
    /// As [`Engine::record`].
    fn people(&self) -> Result<Arc<Vec<Identity>>, IndexError>;

    /// Counts over the whole index.
    ///
    /// # Errors
    /// As [`Engine::record`].
    fn stats(&self) -> Result<Stats, IndexError>;

    /// Reads everything back: checksums, every record, every table of passages. The findings.
    ///
    /// # Errors
    /// As [`Engine::record`].
    fn check(&self) -> Result<Vec<String>, IndexError>;

    /// The one writer. A second one is refused while the first lives.
    ///
    /// # Errors
    /// [`IndexError::Locked`], or as [`Engine::record`].
    fn writer(&self) -> Result<Box<dyn Writer + '_>, IndexError>;
}

/// One commit: it answers alike however much is written meanwhile.
pub trait Pinned: Send + Sync {
    /// Grows with every commit. Costs nothing.
    fn generation(&self) -> u64;

    /// Tells it from every other commit, also after a restart and from another process.
    fn name(&self) -> u64;

    /// Answers a query.
    ///
    /// # Errors
    /// As [`Engine::search`].
    fn search(&self, request: &Request) -> Result<Hits, IndexError>;

    /// One record.
    ///
    /// # Errors
    /// As [`Engine::record`].
    fn record(&self, id: &RecordId) -> Result<Option<Record>, IndexError>;

    /// Where a record answers a query, from beginning to end; `None` where it does not meet it.
    ///
    /// # Errors
    /// As [`Engine::search`].
    fn marks(&self, id: &RecordId, query: &Query) -> Result<Option<Marked>, IndexError>;

    /// The records that match, by the values of one field. Of the request, the place and the number of the
    /// hits and the counts do not count.
    ///
    /// # Errors
    /// As [`Engine::search`].
    fn groups(&self, request: &Request, grouping: &Grouping) -> Result<Groups, IndexError>;

    /// Why the hits that [`Pinned::search`] gives are where they are, one for each, in order.
    ///
    /// # Errors
    /// As [`Engine::search`].
    fn explain(&self, request: &Request) -> Result<Vec<Explanation>, IndexError>;

    /// The headings of all records that have one.
    ///
    /// # Errors
    /// As [`Engine::record`].
    fn titles(&self) -> Result<Vec<String>, IndexError>;

    /// On which days the records that match begin.
    ///
    /// # Errors
    /// As [`Engine::search`].
    fn days(&self, request: &Request) -> Result<Days, IndexError>;

    /// For each of these folded words the form under which its forms are one, and in how many records the
    /// text has any of them.
    ///
    /// # Errors
    /// As [`Engine::record`].
    fn frequencies(&self, words: &[String]) -> Result<Vec<(String, usize)>, IndexError>;

    /// The forms that a word, phrase, pattern or value stands for, and in how many records its field, or the
    /// text, has each: the most frequent first.
    ///
    /// # Errors
    /// As [`Engine::search`].
    fn terms(&self, leaf: &Query) -> Result<Vec<(String, usize)>, IndexError>;

    /// Words of the text that are spelled nearly like a folded one that no record has: the nearest first,
    /// then those of most records. `None` where some record has it.
    ///
    /// # Errors
    /// As [`Engine::record`].
    fn spelled_like(&self, word: &str) -> Result<Option<Vec<String>>, IndexError>;
}

/// Records that are kept from some readers: those for which everything given here holds. Nothing given closes
/// everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Closed {
    /// Volumes and collections, by id; with a `*` at its end any that begin so.
    pub collections: Vec<String>,
    /// Secrecy levels, slugs.
    pub levels: Vec<String>,
    /// Handling controls, slugs.
    pub controls: Vec<String>,
}

/// Whether a rule means a volume or collection: `jfk`, or with a star at its end any that begin so; in any case.
pub fn is_meant(rule: &str, collection: &str) -> bool {
    let (rule, collection) = (words::fold_value(rule), words::fold_value(collection));
    match rule.strip_suffix('*') {
        Some(beginning) => collection.starts_with(beginning),
        None => collection == rule,
    }
}

/// Matching records by day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Days {
    /// Days since 0001-01-01 and the records that begin on them, in order; none without records.
    pub days: Vec<(i64, usize)>,
    /// Records without a date.
    pub undated: usize,
}

/// As a value of a [`Filter`]: records that have none in the field.
pub const MISSING: &str = "~missing";

/// Writes records. Nothing is seen by readers before [`Writer::commit`].
pub trait Writer: Send + Sync {
    /// Keeps a record, unless it is held already or held from a richer source.
    ///
    /// # Errors
    /// [`IndexError`] where the index cannot be written.
    fn put(&self, record: Record) -> Result<Outcome, IndexError>;

    /// Keeps a volume's description, unless a richer one is held.
    ///
    /// # Errors
    /// As [`Writer::put`].
    fn put_volume(&self, volume: Volume) -> Result<(), IndexError>;

    /// Keeps a person; of two with one id the last stays.
    ///
    /// # Errors
    /// As [`Writer::put`].
    fn put_person(&self, person: Identity) -> Result<(), IndexError>;

    /// Takes a record out; whether it was there.
    ///
    /// # Errors
    /// As [`Writer::put`].
    fn remove(&self, id: &RecordId) -> Result<bool, IndexError>;

    /// Makes everything put so far durable, in one step.
    ///
    /// # Errors
    /// As [`Writer::put`].
    fn commit(&mut self) -> Result<(), IndexError>;

    /// Commits and waits for work in the background.
    ///
    /// # Errors
    /// As [`Writer::put`].
    fn finish(self: Box<Self>) -> Result<(), IndexError>;
}

/// What became of a record that was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    Added,
    /// It took the place of another version.
    Replaced,
    /// It was held already, the same to the byte.
    Unchanged,
    /// The version held comes from a richer source, or from the later of two files read at once, and
    /// stays.
    KeptRicher,
}

/// A search.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// What must be met.
    pub query: Query,
    /// What must hold besides; the counts of a field leave its own filter out.
    pub filters: Vec<Filter>,
    /// Fields to count, and how many values of each to return.
    pub facets: Vec<(String, usize)>,
    /// Order of the hits.
    pub sort: Sort,
    /// Hits to skip.
    pub offset: usize,
    /// Hits to return.
    pub limit: usize,
    /// Passages to return for each hit.
    pub passages: usize,
}

/// Order of hits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best first; without a query, in order of ingest.
    #[default]
    Relevance,
    /// Earliest first, undated last.
    DateAscending,
    /// Latest first, undated last.
    DateDescending,
}

/// What a search found.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    /// All records that match.
    pub total: usize,
    /// The ones asked for.
    pub hits: Vec<Hit>,
    /// The counts asked for, in order of request.
    pub facets: Vec<Facet>,
    /// The commit that answered; grows with every commit.
    pub generation: u64,
}

/// How matching records are put into groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grouping {
    /// A field that can be counted; a record with several values is in several groups.
    pub field: String,
    /// Groups to skip.
    pub offset: usize,
    /// Groups to return.
    pub limit: usize,
    /// Hits to return for each.
    pub hits: usize,
}

/// Matching records in groups.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    /// All groups.
    pub total: usize,
    /// The ones asked for, the one with the first hit first.
    pub groups: Vec<Group>,
    /// Matching records without a value.
    pub missing: usize,
}

/// Matching records that have a value.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// The value.
    pub value: String,
    /// How many they are.
    pub count: usize,
    /// The first of them, in the order of the request.
    pub hits: Vec<Hit>,
}

/// A record that matches.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Comparable within one answer.
    pub score: f32,
    /// What a list shows of it.
    pub card: Card,
    /// The best places, best first.
    pub places: Vec<Place>,
    /// Passages that answer, these among them; 0 where no places are asked for.
    pub all_places: usize,
}

/// Why a hit is where it is: the parts of its score.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Explanation {
    /// What its words count, by how rare they are and how often it has them (BM25).
    pub words: f32,
    /// What the words count for standing together in one place of its text and in headings above it.
    pub together: f32,
    /// What the records before and behind it in the chapter count.
    pub neighbours: f32,
    /// What the best records of its chapter count.
    pub chapter: f32,
    /// What each word, phrase or pattern counts in it alone.
    pub clauses: Vec<(Query, f32)>,
}

/// What a list shows of a record.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Card {
    /// Its id.
    pub id: RecordId,
    /// Its number.
    pub number: Option<u32>,
    /// Its heading.
    pub title: Option<String>,
    /// Its kind, a slug.
    pub kind: String,
    /// When.
    pub date: Option<DateSpan>,
    /// Where.
    pub place: Option<String>,
    /// Secrecy level, a slug.
    pub level: Option<String>,
    /// Handling controls, slugs.
    pub controls: Vec<String>,
    /// First and last page.
    pub pages: Option<crate::record::Pages>,
}

impl From<&Record> for Card {
    fn from(record: &Record) -> Self {
        Self {
            id: record.id.clone(),
            number: record.number,
            title: record.title.clone(),
            kind: record.kind.clone(),
            date: record.date.clone(),
            place: record.place.clone(),
            level: record.classification.level.clone(),
            controls: record.classification.controls.clone(),
            pages: record.pages.clone(),
        }
    }
}

/// A passage that answers a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    /// Index of the passage in its record.
    pub ordinal: usize,
    /// Body, attachment or footnote.
    pub kind: PassageKind,
    /// First page.
    pub page: Option<String>,
    /// Last page.
    pub page_end: Option<String>,
    /// The heading above it.
    pub topic: Option<String>,
    /// Who speaks.
    pub speaker: Option<String>,
    /// Who is spoken to.
    pub addressee: Option<String>,
    /// The words.
    pub text: String,
    /// What answers the query: byte ranges of `text`, in order, apart from each other.
    pub marks: Vec<(usize, usize)>,
}

/// Every place at which a record answers a query: the marks of its [`Place`]s, and those of the passages that
/// no search shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marked {
    /// Passages that answer, in order, each with byte ranges of its text, in order, apart from each other.
    pub passages: Vec<(usize, Vec<(usize, usize)>)>,
    /// Whether these are all; engines may stop after many thousands.
    pub complete: bool,
}

/// Counts of one field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facet {
    /// The field.
    pub field: String,
    /// Values and how many records have them, most first, then by value.
    pub buckets: Vec<(String, usize)>,
    /// The sum over the values that are not returned.
    pub other: usize,
    /// Records without a value.
    pub missing: usize,
}

/// A volume in a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VolumeSummary {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// Its records.
    pub records: usize,
    /// The earliest day of a record.
    pub first: Option<Moment>,
    /// The latest day of a record.
    pub last: Option<Moment>,
}

/// Counts over an index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Records held.
    pub records: usize,
    /// Volumes held.
    pub volumes: usize,
    /// Bytes on disk; 0 in memory.
    pub bytes: u64,
    /// The commit.
    pub generation: u64,
    /// Whether these are specimens that stand in for records.
    pub specimens: bool,
}

/// Why an index cannot answer.
#[derive(Debug, Error)]
pub enum IndexError {
    /// No index in the folder.
    #[error("there is no index in `{0}`")]
    Missing(String),
    /// The folder holds something else.
    #[error("`{0}` is no memcon data folder: it holds other files")]
    Foreign(String),
    /// Made under another schema.
    #[error("the index was made under another schema ({found}, this program has {expected})")]
    OtherSchema {
        /// The index's fingerprint.
        found: String,
        /// The program's fingerprint.
        expected: String,
    },
    /// Another process writes.
    #[error("another process is writing to the index")]
    Locked,
    /// A field that cannot be used so.
    #[error("field `{field}` cannot be used {how}")]
    Field {
        /// Its name.
        field: String,
        /// As a filter, as a facet ...
        how: &'static str,
    },
    /// The deadline came first.
    #[error("the time for the question is over")]
    Late,
    /// A pattern that stands for too many words.
    #[error("{fact}")]
    Expansion {
        /// The pattern.
        typed: String,
        /// Which bound is met.
        fact: String,
        /// The way on.
        hint: String,
    },
    /// A store of backups that cannot be used.
    #[error("the backups cannot be used: {0}")]
    Store(String),
    /// The files are damaged or the disk fails.
    #[error("the index cannot be used: {0}")]
    Broken(String),
}

/// Where the index of a data folder is kept.
#[derive(Debug, Clone, Copy)]
pub enum Location<'a> {
    /// In memory, gone with the program.
    Memory,
    /// In a data folder that holds an index.
    Existing(&'a Path),
    /// In a data folder, made where there is none.
    Folder(&'a Path),
    /// In a data folder; where there is none it is empty until somebody makes one.
    Awaited(&'a Path),
}

/// Opens an index.
///
/// # Errors
/// [`IndexError`] says what stands in the way.
pub fn open(location: Location<'_>) -> Result<Box<dyn Engine>, IndexError> {
    tantivy::open(location)
}

/// What a backup, or a restoring, did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// The backup: a number that grows, and when it was made.
    pub name: String,
    /// Records in it.
    pub records: usize,
    /// Its files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// The bytes that had to be copied: what a backup before has is not copied again.
    pub copied: u64,
}

/// Copies the last commit of a data folder to a store, whatever is written meanwhile: a folder, or with the
/// feature `cloud` an address such as `s3://bucket/path`. Of the backups there the last `keep` stay.
///
/// # Errors
/// [`IndexError`] says what stands in the way; backups made before are whole then.
pub fn backup(folder: &Path, store: &str, keep: Option<usize>) -> Result<Copied, IndexError> {
    tantivy::backup(folder, store, keep)
}

/// Makes a backup, the last or the one named, a data folder's index. One that answers already goes on until the
/// other takes its place in one step.
///
/// # Errors
/// [`IndexError`] says what stands in the way; the folder is as it was then.
pub fn restore(folder: &Path, store: &str, name: Option<&str>) -> Result<Copied, IndexError> {
    tantivy::restore(folder, store, name)
}

/// Rebuilds a data folder's index under the present schema, from the records stored in it. The old
/// index answers until the new one takes its place. The number of records.
///
/// # Errors
/// [`IndexError`] says what stands in the way; the old index is untouched then.
pub fn rebuild(folder: &Path) -> Result<usize, IndexError> {
    tantivy::rebuild(folder)
}
