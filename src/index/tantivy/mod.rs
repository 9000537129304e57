//! The embedded engine, and the only code that names tantivy.
//!
//! One document per record, volume and person. `folder` opens, makes and rebuilds; `fields` derives the
//! schema, `analyzer` makes terms, `document` and `stored` put records in and take them out, `writer`
//! writes. `answer` searches: `compile` translates the query, `expand` its wildcards, `spans` finds words
//! near each other, `range` and `excluded` bear what a negation asks, `bounded` stops at the deadline,
//! `statistics` tells how rare words are, `word` scores them, `collect` and `columns` count, `rank` and
//! `neighbours` take a second look, `places` finds passages, `group` puts matches into groups. `pinned` holds
//! one commit for several questions; `days` counts by date, `dictionary` looks words
//! up, `terms` tells what a word of a question stands for, `explain` why a hit is where it is.

mod analyzer;
mod answer;
mod bounded;
mod collect;
mod columns;
mod compile;
mod days;
mod dictionary;
mod document;
mod excluded;
mod expand;
mod explain;
mod fields;
mod folder;
mod group;
mod neighbours;
mod pinned;
mod places;
mod range;
mod rank;
mod spans;
mod statistics;
mod stored;
mod terms;
mod word;
mod writer;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use tantivy::{
    DocAddress, Index, IndexReader, ReloadPolicy, Searcher, Term, collector::DocSetCollector,
    query::TermQuery, schema::IndexRecordOption,
};

pub use self::folder::{open, rebuild};
use self::{
    columns::Columns,
    compile::Compiler,
    document::{PERSON, VOLUME},
    fields::{Fields, span_columns},
    neighbours::Neighbours,
    pinned::PinnedCommit,
    stored::Stored,
    writer::TantivyWriter,
};
use super::{
    Card, Engine, Filter, Hits, IndexError, Pinned, Request, Stats, VolumeSummary, Writer,
};
use crate::{
    record::{Identity, Moment, Record, RecordId, Volume, date_of},
    schema::schema,
};

/// An index and its reader.
pub struct TantivyEngine {
    index: Index,
    reader: IndexReader,
    fields: Arc<Fields>,
    fingerprint: String,
    folder: Option<PathBuf>,
    snapshot: Mutex<Option<Arc<Snapshot>>>,
}

/// One commit with its decoded columns.
struct Snapshot {
    searcher: Searcher,
    columns: Columns,
    people: Mutex<Option<Arc<Vec<Identity>>>>,
    neighbours: OnceLock<Neighbours>,
}

impl Snapshot {
    /// Which record stands beside which; found out when first asked for.
    fn neighbours(&self) -> Result<&Neighbours, IndexError> {
        if let Some(known) = self.neighbours.get() {
            return Ok(known);
        }
        let found = Neighbours::of(&self.searcher, &self.columns)?;
        Ok(self.neighbours.get_or_init(|| found))
    }
}

fn broken(error: impl std::fmt::Display) -> IndexError {
    IndexError::Broken(error.to_string())
}

/// What is stored under a key.
fn find<'s>(
    searcher: &'s Searcher,
    fields: &'s Fields,
    key: &str,
) -> Result<Option<Stored<'s>>, IndexError> {
    let query = TermQuery::new(
        Term::from_field_text(fields.id, key),
        IndexRecordOption::Basic,
    );
    let found = searcher.search(&query, &DocSetCollector).map_err(broken)?;
    found
        .into_iter()
        .next()
        .map(|address| Stored::open(searcher, fields, address))
        .transpose()
}

/// Everything of one kind, see [`Fields::entity`], in order of address: so it is stored.
fn all_of<'s, T>(
    searcher: &'s Searcher,
    fields: &'s Fields,
    entity: &str,
    read: fn(&Stored<'s>) -> Result<T, IndexError>,
) -> Result<Vec<T>, IndexError> {
    let query = TermQuery::new(
        Term::from_field_text(fields.entity, entity),
        IndexRecordOption::Basic,
    );
    let found = searcher.search(&query, &DocSetCollector).map_err(broken)?;
    let mut found: Vec<DocAddress> = found.into_iter().collect();
    found.sort_unstable();
    found
        .into_iter()
        .map(|address| read(&Stored::open(searcher, fields, address)?))
        .collect()
}

impl TantivyEngine {
    fn over(
        index: Index,
        fields: Fields,
        fingerprint: String,
        folder: Option<PathBuf>,
    ) -> Result<Self, IndexError> {
        fields::register_analyzers(&index, schema());
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::OnCommitWithDelay)
            .try_into()
            .map_err(broken)?;
        Ok(Self {
            index,
            reader,
            fields: Arc::new(fields),
            fingerprint,
            folder,
            snapshot: Mutex::new(None),
        })
    }

    fn reload(&self) -> Result<(), IndexError> {
        self.reader.reload().map_err(broken)
    }

    /// The newest commit; its columns are decoded once.
    fn snapshot(&self) -> Arc<Snapshot> {
        let searcher = self.reader.searcher();
        let mut known = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        match known.as_ref() {
            Some(snapshot) if snapshot.searcher.generation() == searcher.generation() => {
                snapshot.clone()
            }
            _ => {
                let snapshot = Arc::new(Snapshot {
                    searcher,
                    columns: Columns::default(),
                    people: Mutex::default(),
                    neighbours: OnceLock::new(),
                });
                *known = Some(snapshot.clone());
                snapshot
            }
        }
    }

    /// Descriptions of volumes in the last commit.
    fn volumes_held(&self) -> Result<Vec<Volume>, IndexError> {
        all_of(
            &self.reader.searcher(),
            &self.fields,
            VOLUME,
            Stored::volume,
        )
    }

    /// Counts and spans of every volume, without opening a description.
    fn volumes_counted(&self) -> Result<Vec<VolumeSummary>, IndexError> {
        let snapshot = self.snapshot();
        let column = snapshot.columns.get(&snapshot.searcher, "volume")?;
        let mut summaries: Vec<VolumeSummary> = column
            .values
            .iter()
            .map(|id| VolumeSummary {
                id: id.clone(),
                ..VolumeSummary::default()
            })
            .collect();
        for (segment, reader) in snapshot.searcher.segment_readers().iter().enumerate() {
            let (from, to) = span_columns("date");
            let dates = reader.fast_fields();
            let (from, to) = (
                dates.i64(&from).map_err(broken)?,
                dates.i64(&to).map_err(broken)?,
            );
            for doc in reader.doc_ids_alive() {
                for number in column.segments[segment].of(doc) {
                    let summary = &mut summaries[*number as usize];
                    summary.records += 1;
                    if let Some(day) = from.first(doc).and_then(day_of) {
                        summary.first = Some(summary.first.map_or(day, |known| known.min(day)));
                    }
                    if let Some(day) = to.first(doc).and_then(day_of) {
                        summary.last = Some(summary.last.map_or(day, |known| known.max(day)));
                    }
                }
            }
        }
        summaries.retain(|s| s.records > 0);
        summaries.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(summaries)
    }
}

impl Engine for TantivyEngine {
    fn search(&self, request: &Request) -> Result<Hits, IndexError> {
        answer::answer(&self.fields, &self.snapshot(), request)
    }

    fn pinned(&self) -> Arc<dyn Pinned> {
        Arc::new(PinnedCommit {
            fields: self.fields.clone(),
            snapshot: self.snapshot(),
        })
    }

    fn record(&self, id: &RecordId) -> Result<Option<Record>, IndexError> {
        let searcher = self.reader.searcher();
        find(&searcher, &self.fields, id.as_str())?
            .map(|stored| stored.record())
            .transpose()
    }

    fn volumes(&self) -> Result<Vec<VolumeSummary>, IndexError> {
        let mut summaries = self.volumes_counted()?;
        let described = self.volumes_held()?.into_iter().map(|v| (v.id, v.title));
        let mut titles: HashMap<String, Option<String>> = described.collect();
        for summary in &mut summaries {
            summary.title = titles.remove(&summary.id).flatten();
        }
        Ok(summaries)
    }

    fn volume(&self, id: &str) -> Result<Option<Volume>, IndexError> {
        let searcher = self.reader.searcher();
        find(&searcher, &self.fields, &document::volume_key(id))?
            .map(|stored| stored.volume())
            .transpose()
    }

    fn person(&self, id: &str) -> Result<Option<Identity>, IndexError> {
        let searcher = self.reader.searcher();
        find(&searcher, &self.fields, &document::person_key(id))?
            .map(|stored| stored.person())
            .transpose()
    }

    fn people(&self) -> Result<Arc<Vec<Identity>>, IndexError> {
        let snapshot = self.snapshot();
        let mut known = snapshot
            .people
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(people) = known.as_ref() {
            return Ok(people.clone());
        }
        let mut people = all_of(&snapshot.searcher, &self.fields, PERSON, Stored::person)?;
        people.sort_by(|a, b| a.id.cmp(&b.id));
        let people = Arc::new(people);
        *known = Some(people.clone());
        Ok(people)
    }

    fn records_of(&self, volume: &str) -> Result<Vec<Card>, IndexError> {
        let snapshot = self.snapshot();
        let compiler = Compiler {
            schema: schema(),
            fields: &self.fields,
        };
        let filter = Filter {
            field: "volume".into(),
            any: vec![volume.to_owned()],
            none: Vec::new(),
        };
        let found = snapshot
            .searcher
            .search(compiler.filter(&filter)?.as_ref(), &DocSetCollector)
            .map_err(broken)?;
        let cards = found
            .into_iter()
            .map(|address| Stored::open(&snapshot.searcher, &self.fields, address)?.card());
        let mut cards: Vec<Card> = cards.collect::<Result<_, IndexError>>()?;
        cards.sort_by(|a, b| {
            (a.number.is_none(), a.number, &a.id).cmp(&(b.number.is_none(), b.number, &b.id))
        });
        Ok(cards)
    }

    fn stats(&self) -> Result<Stats, IndexError> {
        let searcher = self.reader.searcher();
        let volumes = self.volumes_counted()?;
        Ok(Stats {
            records: volumes.iter().map(|v| v.records).sum(),
            volumes: volumes.len(),
            bytes: self.folder.as_deref().map_or(0, writer::bytes_below),
            generation: searcher.generation().generation_id(),
            specimens: false,
        })
    }

    fn check(&self) -> Result<Vec<String>, IndexError> {
        let mut findings: Vec<String> = self
            .index
            .validate_checksum()
            .map_err(broken)?
            .into_iter()
            .map(|file| format!("{}: the checksum does not fit", file.display()))
            .collect();
        let searcher = self.reader.searcher();
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            for doc in reader.doc_ids_alive() {
                let stored = Stored::open(
                    &searcher,
                    &self.fields,
                    DocAddress::new(segment as u32, doc),
                )?;
                findings.extend(check_stored(&stored).err().map(|error| {
                    let name = stored.card().map_or_else(
                        |_| format!("segment {segment}, document {doc}"),
                        |c| c.id.to_string(),
                    );
                    format!("{name}: {error}")
                }));
            }
        }
        Ok(findings)
    }

    fn writer(&self) -> Result<Box<dyn Writer + '_>, IndexError> {
        Ok(Box::new(TantivyWriter::open(self)?))
    }
}

/// Reads everything of one document back.
fn check_stored(stored: &Stored<'_>) -> Result<(), IndexError> {
    if stored.is_volume() {
        return stored.volume().map(drop);
    }
    if stored.is_person() {
        return stored.person().map(drop);
    }
    if stored.is_record() {
        let passages = stored.record()?.passages.len();
        let table = stored.text()?.table;
        if table.starts.len() != passages || table.shapes.len() != passages {
            return Err(IndexError::Broken(
                "a table of passages does not fit its text".into(),
            ));
        }
    }
    Ok(())
}

/// The day of a count of minutes.
fn day_of(minutes: i64) -> Option<Moment> {
    date_of(minutes.div_euclid(1440)).map(Moment::day)
}
