//! The embedded engine, and the only code that names tantivy.
//!
//! One document per record, volume and person. `folder` keeps generations of the index and `opened` the one
//! that answers; `directory` reads their files, `rebuild` makes a new one, `backup` copies one away and back,
//! `check` reads it back, `veil` keeps records from some readers and `having` counts what is left. `fields`
//! derives the schema, `analyzer` makes terms, `document` and `stored` put records in and take them out,
//! `writer` writes; `faults` tries disks that fail. `answer` searches: `compile` translates the query, `expand`
//! its wildcards, `spans` finds words near each other, `range` and `excluded` bear what a negation asks,
//! `bounded` stops at the deadline, `statistics` tells how rare words are, `word` scores them, `collect` and
//! `columns` count, `rank` and `neighbours` take a second look, `places` finds passages, `group` puts matches
//! into groups. `pinned` holds one commit for several questions; `days` counts by date, `dictionary` looks
//! words up, `terms` tells what a word of a question stands for, `explain` why a hit is where it is.

mod analyzer;
mod answer;
mod backup;
mod bounded;
mod check;
mod collect;
mod columns;
mod compile;
mod days;
mod dictionary;
mod directory;
mod document;
mod excluded;
mod expand;
mod explain;
#[cfg(test)]
mod faults;
mod fields;
mod folder;
mod group;
mod having;
mod neighbours;
mod opened;
mod pinned;
mod places;
mod range;
mod rank;
mod rebuild;
mod spans;
mod statistics;
mod stored;
mod terms;
mod veil;
mod word;
mod writer;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tantivy::{
    DocAddress, Searcher, Term,
    collector::{Count, DocSetCollector},
    query::TermQuery,
    schema::IndexRecordOption,
};

pub use self::{
    backup::{backup, restore},
    rebuild::rebuild,
};
use self::{
    columns::{Column, Columns},
    compile::Compiler,
    directory::Shelf,
    document::{PERSON, VOLUME},
    fields::{Fields, span_columns, value_column},
    folder::Folder,
    neighbours::Neighbours,
    opened::{Core, Opened},
    pinned::PinnedCommit,
    statistics::{Seen, Statistics},
    stored::Stored,
    writer::TantivyWriter,
};
use super::{
    Card, Closed, Engine, Filter, Hits, IndexError, Location, Pinned, Request, Stats,
    VolumeSummary, Writer,
};
use crate::{
    index::words::fold_value,
    record::{Identity, Moment, Record, RecordId, Volume, date_of},
    schema::schema,
};

/// An index, as somebody sees it.
pub struct TantivyEngine {
    core: Arc<Core>,
    veil: Option<Veil>,
}

/// What is kept from whoever asks.
struct Veil {
    closed: Vec<Closed>,
    /// The commit that was asked for last, without it.
    snapshot: Mutex<Option<Arc<Snapshot>>>,
}

/// One commit with its decoded columns.
struct Snapshot {
    /// Grows from commit to commit; no two ways of seeing one have the same.
    number: u64,
    /// The generation of which it is a commit.
    opened: Arc<Opened>,
    /// The commit as it is.
    whole: Searcher,
    /// The commit as it is seen: without what is closed.
    searcher: Searcher,
    columns: Columns,
    people: Mutex<Option<Arc<Vec<Identity>>>>,
    neighbours: OnceLock<Neighbours>,
    /// The records that are seen, where some are not.
    seen: OnceLock<Seen>,
}

impl Snapshot {
    fn of(opened: Arc<Opened>, whole: Searcher, searcher: Searcher) -> Self {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        Self {
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            opened,
            whole,
            searcher,
            columns: Columns::default(),
            people: Mutex::default(),
            neighbours: OnceLock::new(),
            seen: OnceLock::new(),
        }
    }

    /// The values of a field, of every record.
    fn values(&self, field: &str) -> Result<Arc<Column>, IndexError> {
        let name = schema().field(field).map(value_column);
        let name = name.ok_or_else(|| IndexError::Broken(format!("no field `{field}`")))?;
        self.columns.get(&self.searcher, &name)
    }

    /// The statistics by which hits are ranked: what is kept from somebody does not show in scores either.
    fn statistics(&self, fields: &Fields) -> Result<Statistics<'_>, IndexError> {
        if !self.is_veiled() {
            return Statistics::of_all(&self.searcher, fields.entity).map_err(broken);
        }
        let seen = match self.seen.get() {
            Some(seen) => seen,
            None => {
                let found = Seen::of(&self.searcher, fields.entity).map_err(broken)?;
                self.seen.get_or_init(|| found)
            }
        };
        Ok(Statistics::of_seen(&self.searcher, seen))
    }

    /// Whether it is that commit of that generation.
    fn is_of(&self, opened: &Arc<Opened>, whole: &Searcher) -> bool {
        Arc::ptr_eq(&self.opened, opened) && self.whole.generation() == whole.generation()
    }

    /// A person as this commit tells of them.
    fn as_seen(&self, person: Identity) -> Identity {
        if self.is_veiled() {
            veil::person_without(person)
        } else {
            person
        }
    }

    /// Whether something is kept from whoever sees it.
    fn is_veiled(&self) -> bool {
        self.whole.generation().segments() != self.searcher.generation().segments()
    }

    /// How many records a volume has, seen or not.
    fn records_of(&self, volume: &str) -> Result<usize, IndexError> {
        let field = self.whole.schema().get_field("volume").map_err(broken)?;
        let volume = Term::from_field_text(field, &fold_value(volume));
        let volume = TermQuery::new(volume, IndexRecordOption::Basic);
        self.whole.search(&volume, &Count).map_err(broken)
    }

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
    let all = all_with_addresses(searcher, fields, entity, read)?;
    Ok(all.into_iter().map(|(_, read)| read).collect())
}

/// As [`all_of`], each with its address.
fn all_with_addresses<'s, T>(
    searcher: &'s Searcher,
    fields: &'s Fields,
    entity: &str,
    read: fn(&Stored<'s>) -> Result<T, IndexError>,
) -> Result<Vec<(DocAddress, T)>, IndexError> {
    let query = TermQuery::new(
        Term::from_field_text(fields.entity, entity),
        IndexRecordOption::Basic,
    );
    let found = searcher.search(&query, &DocSetCollector).map_err(broken)?;
    let mut found: Vec<DocAddress> = found.into_iter().collect();
    found.sort_unstable();
    found
        .into_iter()
        .map(|address| Ok((address, read(&Stored::open(searcher, fields, address)?)?)))
        .collect()
}

/// Opens or makes an index.
pub fn open(location: Location<'_>) -> Result<Box<dyn Engine>, IndexError> {
    let fingerprint = schema().fingerprint();
    let in_memory = |folder| {
        let opened = Opened::make(Shelf::memory(), &schema().fingerprint())?;
        Ok::<_, IndexError>(Core::over(opened, folder, schema().fingerprint()))
    };
    let core = match location {
        Location::Memory => in_memory(None)?,
        Location::Existing(data) => {
            let core = Core::open(Folder::new(data), fingerprint)?;
            core.ok_or_else(|| IndexError::Missing(data.display().to_string()))?
        }
        Location::Folder(data) => match Core::open(Folder::new(data), fingerprint)? {
            Some(core) => core,
            None => {
                let core = in_memory(Some(Folder::new(data)))?;
                core.begin_writing()?;
                core
            }
        },
        Location::Awaited(data) => match Core::open(Folder::new(data), fingerprint)? {
            Some(core) => core,
            None => in_memory(Some(Folder::new(data)))?,
        },
    };
    let engine = TantivyEngine::of(core);
    if matches!(location, Location::Existing(_) | Location::Awaited(_)) {
        engine.core.watch();
    }
    Ok(Box::new(engine))
}

impl TantivyEngine {
    fn of(core: Core) -> Self {
        Self {
            core: Arc::new(core),
            veil: None,
        }
    }

    fn fields(&self) -> &Arc<Fields> {
        &self.core.fields
    }

    /// The newest commit as it is seen here; its columns are decoded once.
    fn snapshot(&self) -> Result<Arc<Snapshot>, IndexError> {
        let open = newest(&self.core);
        let Some(veil) = &self.veil else {
            return Ok(open);
        };
        let mut known = veil.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(snapshot) = known
            .as_ref()
            .filter(|s| s.is_of(&open.opened, &open.whole))
        {
            return Ok(snapshot.clone());
        }
        let searcher = veil::veiled(&open, self.fields(), &veil.closed)?;
        let (opened, whole) = (open.opened.clone(), open.whole.clone());
        let snapshot = Arc::new(Snapshot::of(opened, whole, searcher));
        *known = Some(snapshot.clone());
        Ok(snapshot)
    }

    /// A volume's description, of which readers from whom records are kept see less.
    fn as_seen(&self, volume: Volume, snapshot: &Snapshot) -> Result<Volume, IndexError> {
        if !snapshot.is_veiled() {
            return Ok(volume);
        }
        let seen = self.records_of(&volume.id)?;
        if seen.len() == snapshot.records_of(&volume.id)? {
            return Ok(volume);
        }
        let seen = seen.into_iter().map(|card| card.id.name().to_owned());
        Ok(veil::volume_without(volume, &seen.collect()))
    }

    /// Descriptions of volumes in the last commit.
    fn volumes_held(&self) -> Result<Vec<Volume>, IndexError> {
        let searcher = &self.snapshot()?.searcher;
        all_of(searcher, self.fields(), VOLUME, Stored::volume)
    }

    /// Counts and spans of every volume, without opening a description.
    fn volumes_counted(&self) -> Result<Vec<VolumeSummary>, IndexError> {
        let snapshot = self.snapshot()?;
        let column = snapshot.values("volume")?;
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
        answer::answer(self.fields(), &*self.snapshot()?, request)
    }

    fn pinned(&self) -> Result<Arc<dyn Pinned>, IndexError> {
        Ok(Arc::new(PinnedCommit {
            fields: self.fields().clone(),
            snapshot: self.snapshot()?,
        }))
    }

    fn without(&self, closed: &[Closed]) -> Arc<dyn Engine> {
        let already = self.veil.iter().flat_map(|veil| &veil.closed);
        let closed: Vec<Closed> = already.chain(closed).cloned().collect();
        let veil = (!closed.is_empty()).then(|| Veil {
            closed,
            snapshot: Mutex::default(),
        });
        Arc::new(Self {
            core: self.core.clone(),
            veil,
        })
    }

    fn health(&self) -> Result<(), IndexError> {
        self.core.health()
    }

    fn record(&self, id: &RecordId) -> Result<Option<Record>, IndexError> {
        let snapshot = self.snapshot()?;
        find(&snapshot.searcher, self.fields(), id.as_str())?
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
        let snapshot = self.snapshot()?;
        find(&snapshot.searcher, self.fields(), &document::volume_key(id))?
            .map(|stored| stored.volume())
            .transpose()?
            .map(|volume| self.as_seen(volume, &snapshot))
            .transpose()
    }

    fn person(&self, id: &str) -> Result<Option<Identity>, IndexError> {
        let snapshot = self.snapshot()?;
        find(&snapshot.searcher, self.fields(), &document::person_key(id))?
            .map(|stored| stored.person())
            .transpose()
            .map(|person| person.map(|person| snapshot.as_seen(person)))
    }

    fn people(&self) -> Result<Arc<Vec<Identity>>, IndexError> {
        let snapshot = self.snapshot()?;
        let mut known = snapshot
            .people
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(people) = known.as_ref() {
            return Ok(people.clone());
        }
        let people = all_of(&snapshot.searcher, self.fields(), PERSON, Stored::person)?;
        let mut people: Vec<Identity> = people.into_iter().map(|p| snapshot.as_seen(p)).collect();
        people.sort_by(|a, b| a.id.cmp(&b.id));
        let people = Arc::new(people);
        *known = Some(people.clone());
        Ok(people)
    }

    fn records_of(&self, volume: &str) -> Result<Vec<Card>, IndexError> {
        let snapshot = self.snapshot()?;
        let compiler = Compiler {
            schema: schema(),
            fields: self.fields(),
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
            .map(|address| Stored::open(&snapshot.searcher, self.fields(), address)?.card());
        let mut cards: Vec<Card> = cards.collect::<Result<_, IndexError>>()?;
        cards.sort_by(|a, b| {
            (a.number.is_none(), a.number, &a.id).cmp(&(b.number.is_none(), b.number, &b.id))
        });
        Ok(cards)
    }

    fn stats(&self) -> Result<Stats, IndexError> {
        let snapshot = self.snapshot()?;
        let generation = &snapshot.opened.generation;
        let volumes = self.volumes_counted()?;
        Ok(Stats {
            records: volumes.iter().map(|v| v.records).sum(),
            volumes: volumes.len(),
            bytes: generation.as_deref().map_or(0, writer::bytes_below),
            generation: snapshot.number,
            specimens: false,
        })
    }

    fn check(&self) -> Result<Vec<String>, IndexError> {
        check::check(&newest(&self.core), self.fields())
    }

    fn writer(&self) -> Result<Box<dyn Writer + '_>, IndexError> {
        Ok(Box::new(TantivyWriter::open(&self.core)?))
    }
}

/// The newest commit, with everything to see.
fn newest(core: &Core) -> Arc<Snapshot> {
    let opened = core.opened();
    let searcher = opened.reader.searcher();
    let mut known = core.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(snapshot) = known.as_ref().filter(|s| s.is_of(&opened, &searcher)) {
        return snapshot.clone();
    }
    let snapshot = Arc::new(Snapshot::of(opened, searcher.clone(), searcher));
    *known = Some(snapshot.clone());
    snapshot
}

/// The day of a count of minutes.
fn day_of(minutes: i64) -> Option<Moment> {
    date_of(minutes.div_euclid(1440)).map(Moment::day)
}
