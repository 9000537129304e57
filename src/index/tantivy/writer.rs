//! The one writer. A record's place is taken in one batch (delete, add), so it is never half there and
//! never there twice; a commit carries the schema's fingerprint.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use tantivy::{
    Directory, IndexWriter, Searcher, TantivyDocument, TantivyError, Term,
    indexer::{IndexWriterOptions, LogMergePolicy, UserOperation},
};

use super::{
    all_of, broken,
    document::{
        PERSON, Prepared, VOLUME, person_key, prepare, prepare_person, prepare_volume, volume_key,
    },
    folder::WriterLock,
    opened::{Core, Counts, Opened, Payload},
    stored::Stored,
};
use crate::{
    index::{IndexError, Outcome, Writer},
    record::{Identity, Record, RecordId, Volume},
    schema::schema,
};

/// Memory for all indexing threads together.
const MEMORY: usize = 160 << 20;
const THREADS: usize = 2;

/// Writes to one index.
pub struct TantivyWriter {
    core: Arc<Core>,
    /// The generation that is written: the current one as long as the lock is held.
    opened: Arc<Opened>,
    writer: IndexWriter,
    /// What is held, by id.
    held: Mutex<HashMap<String, Held>>,
    /// Volumes described: id > how much the description tells.
    volumes: Mutex<HashMap<String, usize>>,
    /// People, by id.
    people: Mutex<HashMap<String, Identity>>,
    /// Dropped last, when the writer has stopped.
    _lock: Option<WriterLock>,
}

/// A record that is held.
struct Held {
    hash: u64,
    richness: u8,
    /// The file that this writer took it from.
    file: Option<String>,
}

impl TantivyWriter {
    /// Takes the lock and learns what is held.
    pub fn open(core: &Arc<Core>) -> Result<Self, IndexError> {
        let (lock, opened) = core.begin_writing()?;
        let options = IndexWriterOptions::builder()
            .num_worker_threads(THREADS)
            .memory_budget_per_thread(MEMORY / THREADS)
            .build();
        let writer: IndexWriter = opened.index.writer_with_options(options).map_err(locked)?;
        // Numbers begin anew at the last commit: what a writer that was killed left would be in the way.
        writer.garbage_collect_files().wait().map_err(broken)?;
        let mut merging = LogMergePolicy::default();
        merging.set_del_docs_ratio_before_merge(0.2);
        writer.set_merge_policy(Box::new(merging));
        let searcher = opened.reader.searcher();
        let volumes = all_of(&searcher, &core.fields, VOLUME, Stored::volume)?.into_iter();
        let volumes = volumes.map(|v| (v.id.clone(), telling(&v))).collect();
        let people = all_of(&searcher, &core.fields, PERSON, Stored::person)?.into_iter();
        let people = people.map(|p| (p.id.clone(), p)).collect();
        Ok(Self {
            core: core.clone(),
            writer,
            people: Mutex::new(people),
            held: Mutex::new(held(&searcher)?),
            volumes: Mutex::new(volumes),
            opened,
            _lock: lock,
        })
    }

    fn counts(&self) -> Counts {
        fn len<T>(known: &Mutex<HashMap<String, T>>) -> usize {
            known.lock().unwrap_or_else(PoisonError::into_inner).len()
        }
        Counts {
            records: len(&self.held),
            volumes: len(&self.volumes),
            people: len(&self.people),
        }
    }

    fn replace(&self, id: &str, documents: Vec<TantivyDocument>) -> Result<(), IndexError> {
        let term = Term::from_field_text(self.core.fields.owner, id);
        let mut operations = vec![UserOperation::Delete(term)];
        operations.extend(documents.into_iter().map(UserOperation::Add));
        self.writer.run(operations).map_err(broken)?;
        Ok(())
    }
}

/// Ids, hashes and richness of every record in the last commit.
fn held(searcher: &Searcher) -> Result<HashMap<String, Held>, IndexError> {
    let mut held = HashMap::new();
    for segment in searcher.segment_readers() {
        let columns = segment.fast_fields();
        let (hashes, richness) = (
            columns.u64("_hash").map_err(broken)?,
            columns.u64("_richness").map_err(broken)?,
        );
        let Some(ids) = columns.str("_id").map_err(broken)? else {
            continue;
        };
        for doc in segment.doc_ids_alive() {
            let (Some(ordinal), Some(hash)) = (ids.term_ords(doc).next(), hashes.first(doc)) else {
                continue;
            };
            let mut id = String::new();
            ids.ord_to_str(ordinal, &mut id).map_err(broken)?;
            let richness = richness.first(doc).unwrap_or(0) as u8;
            held.insert(
                id,
                Held {
                    hash,
                    richness,
                    file: None,
                },
            );
        }
    }
    Ok(held)
}

/// How much a description tells: one with a title before one without, then by its size.
fn telling(volume: &Volume) -> usize {
    volume.contents.len()
        + volume.persons.len()
        + volume.index.len()
        + if volume.title.is_some() { 1_000_000 } else { 0 }
}

impl Writer for TantivyWriter {
    fn put(&self, record: Record) -> Result<Outcome, IndexError> {
        let Prepared { documents, hash } =
            prepare(&record, schema(), &self.core.fields).map_err(IndexError::Broken)?;
        let richness = record.provenance.richness;
        // The lock is held over the batch: decisions and batches must have one order.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let file = record.provenance.file;
        let outcome = match held.get(record.id.as_str()) {
            Some(known) if known.hash == hash => return Ok(Outcome::Unchanged),
            Some(known) if known.richness > richness => return Ok(Outcome::KeptRicher),
            // Of two files read at once the later by name wins, whichever thread is faster.
            Some(known) if known.richness == richness && known.file.as_ref() > Some(&file) => {
                return Ok(Outcome::KeptRicher);
            }
            Some(_) => Outcome::Replaced,
            None => Outcome::Added,
        };
        self.replace(record.id.as_str(), documents)?;
        held.insert(
            record.id.as_str().to_owned(),
            Held {
                hash,
                richness,
                file: Some(file),
            },
        );
        Ok(outcome)
    }

    fn put_volume(&self, volume: Volume) -> Result<(), IndexError> {
        let mut known = self.volumes.lock().unwrap_or_else(PoisonError::into_inner);
        let tells = telling(&volume);
        if known.get(&volume.id).is_some_and(|k| *k > tells) {
            return Ok(());
        }
        let document = prepare_volume(&volume, &self.core.fields).map_err(IndexError::Broken)?;
        self.replace(&volume_key(&volume.id), vec![document])?;
        known.insert(volume.id, tells);
        Ok(())
    }

    fn put_person(&self, person: Identity) -> Result<(), IndexError> {
        let mut known = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let person = match known.get(&person.id) {
            Some(held) => {
                let joined = joined(held, person);
                if joined == *held {
                    return Ok(());
                }
                joined
            }
            None => person,
        };
        let document = prepare_person(&person, &self.core.fields).map_err(IndexError::Broken)?;
        self.replace(&person_key(&person.id), vec![document])?;
        known.insert(person.id.clone(), person);
        Ok(())
    }

    fn remove(&self, id: &RecordId) -> Result<bool, IndexError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.remove(id.as_str()).is_none() {
            return Ok(false);
        }
        self.replace(id.as_str(), Vec::new())?;
        Ok(true)
    }

    fn commit(&mut self) -> Result<(), IndexError> {
        let payload = Payload {
            schema: self.core.fingerprint.clone(),
            held: Some(self.counts()),
        };
        let mut commit = self.writer.prepare_commit().map_err(broken)?;
        commit.set_payload(&payload.write());
        commit.commit().map_err(broken)?;
        // tantivy renames the list of segments into place and leaves the name to the system.
        self.opened.shelf.sync_directory().map_err(broken)?;
        self.opened.reload()
    }

    fn finish(mut self: Box<Self>) -> Result<(), IndexError> {
        self.commit()?;
        let Self {
            opened,
            writer,
            _lock,
            ..
        } = *self;
        writer.wait_merging_threads().map_err(broken)?;
        opened.shelf.sync_directory().map_err(broken)?;
        opened.reload()
    }
}

/// Whether it is the lock that is missing.
fn locked(error: TantivyError) -> IndexError {
    match error {
        TantivyError::LockFailure(..) => IndexError::Locked,
        other => broken(other),
    }
}

/// What two volumes know of one person, in one order whichever comes first.
fn joined(held: &Identity, new: Identity) -> Identity {
    let both = |a: &[String], b: Vec<String>| {
        let all: BTreeSet<String> = a.iter().cloned().chain(b).collect();
        all.into_iter().collect()
    };
    let fuller = |a: String, b: String| if (b.len(), &b) > (a.len(), &a) { b } else { a };
    Identity {
        name: fuller(held.name.clone(), new.name),
        forms: both(&held.forms, new.forms),
        offices: both(&held.offices, new.offices),
        born: held.born.clone().or(new.born),
        died: held.died.clone().or(new.died),
        id: held.id.clone(),
    }
}

/// Bytes of all files below a folder.
pub fn bytes_below(folder: &Path) -> u64 {
    let files = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok);
    files
        .filter_map(|entry| entry.metadata().ok())
        .filter(std::fs::Metadata::is_file)
        .map(|m| m.len())
        .sum()
}
