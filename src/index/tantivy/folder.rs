//! An index in a data folder: opening, making, refusing, rebuilding.
//!
//! `DIR/index` is the index. A rebuild goes to `DIR/index.new` and takes its place by renaming.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tantivy::{DocAddress, Index, IndexSettings, TantivyError, directory::MmapDirectory};

use super::{
    TantivyEngine, broken,
    fields::{self, Fields},
    stored::Stored,
    writer::TantivyWriter,
};
use crate::{
    index::{Engine, IndexError, Location, Writer},
    schema::schema,
};

const CURRENT: &str = "index";
const FRESH: &str = "index.new";
const RETIRED: &str = "index.old";

/// What a data folder may hold; a new disk brings the last.
const OWN: &[&str] = &[CURRENT, FRESH, RETIRED, "lost+found"];

/// What a commit carries.
#[derive(Serialize, Deserialize)]
struct Payload {
    schema: String,
}

/// The payload of a commit made under a schema.
pub fn payload(fingerprint: &str) -> String {
    serde_json::to_string(&Payload {
        schema: fingerprint.to_owned(),
    })
    .expect("a string is JSON")
}

/// Opens or makes an index.
pub fn open(location: Location<'_>) -> Result<Box<dyn Engine>, IndexError> {
    let fingerprint = schema().fingerprint();
    let (tantivy_schema, fields) = fields::build(schema());
    let (index, folder) = match location {
        Location::Memory => (
            Index::builder()
                .schema(tantivy_schema)
                .settings(IndexSettings::default())
                .create_in_ram()
                .map_err(broken)?,
            None,
        ),
        Location::Existing(data) => {
            settle(data)?;
            let folder = index_folder(data);
            if !is_index(&folder) {
                check_own(data)?;
                return Err(IndexError::Missing(data.display().to_string()));
            }
            (open_folder(&folder, &fingerprint)?, Some(folder))
        }
        Location::Folder(data) => {
            settle(data)?;
            let folder = index_folder(data);
            if is_index(&folder) {
                (open_folder(&folder, &fingerprint)?, Some(folder))
            } else {
                check_own(data)?;
                (create(&folder, tantivy_schema, &fingerprint)?, Some(folder))
            }
        }
    };
    Ok(Box::new(TantivyEngine::over(
        index,
        fields,
        fingerprint,
        folder,
    )?))
}

/// Rebuilds into a folder beside the old one, then takes its place by renaming. Nobody else writes
/// meanwhile; whoever reads goes on reading the old one.
pub fn rebuild(data: &Path) -> Result<usize, IndexError> {
    settle(data)?;
    let (current, fresh, retired) = (index_folder(data), data.join(FRESH), data.join(RETIRED));
    if !is_index(&current) {
        return Err(IndexError::Missing(data.display().to_string()));
    }
    let old = open_any(&current)?;
    let lock: tantivy::IndexWriter = old.writer_with_num_threads(1, 20 << 20).map_err(locked)?;
    remove(&fresh)?;
    let fingerprint = schema().fingerprint();
    let (tantivy_schema, fields) = fields::build(schema());
    let index = create(&fresh, tantivy_schema, &fingerprint)?;
    let new = TantivyEngine::over(index, fields, fingerprint, Some(fresh.clone()))?;
    let count = copy(&old, &new)?;
    drop(new);
    fs::rename(&current, &retired).map_err(broken)?;
    fs::rename(&fresh, &current).map_err(broken)?;
    drop(lock);
    remove(&retired)?;
    Ok(count)
}

/// Ends a rebuild that was broken off: before the last rename the old index is taken back, after it the
/// old one goes.
fn settle(data: &Path) -> Result<(), IndexError> {
    let (current, retired) = (index_folder(data), data.join(RETIRED));
    if is_index(&current) {
        return remove(&retired);
    }
    if is_index(&retired) {
        fs::rename(&retired, &current).map_err(broken)
    } else {
        Ok(())
    }
}

fn remove(folder: &Path) -> Result<(), IndexError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(broken(error)),
        _ => Ok(()),
    }
}

/// Whether it is the lock that is missing.
pub fn locked(error: TantivyError) -> IndexError {
    match error {
        TantivyError::LockFailure(..) => IndexError::Locked,
        other => broken(other),
    }
}

/// Records, volumes and people of an index of any schema, put into a new one.
fn copy(old: &Index, new: &TantivyEngine) -> Result<usize, IndexError> {
    let fields = stored_fields(old)?;
    let searcher = old.reader().map_err(broken)?.searcher();
    let writer = TantivyWriter::open(new)?;
    let mut count = 0;
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        for doc in reader.doc_ids_alive() {
            let stored = Stored::open(&searcher, &fields, DocAddress::new(segment as u32, doc))?;
            if stored.is_record() {
                writer.put(stored.record()?)?;
                count += 1;
            } else if stored.is_volume() {
                writer.put_volume(stored.volume()?)?;
            } else if stored.is_person() {
                writer.put_person(stored.person()?)?;
            }
        }
    }
    Box::new(writer).finish()?;
    Ok(count)
}

/// The engine's own stored fields have the same names under every schema.
fn stored_fields(index: &Index) -> Result<Fields, IndexError> {
    let (_, mut fields) = fields::build(schema());
    let found = |name: &str| index.schema().get_field(name).map_err(broken);
    fields.id = found("_id")?;
    fields.card = found("_card")?;
    fields.table = found("_table")?;
    fields.passages = found("_passages")?;
    fields.whole = found("_whole")?;
    fields.provenance = found("_provenance")?;
    // Indexes made before there were people have none: no stored field has the number then.
    fields.person = found("_person").unwrap_or(fields.person);
    Ok(fields)
}

fn index_folder(data: &Path) -> PathBuf {
    data.join(CURRENT)
}

fn is_index(folder: &Path) -> bool {
    folder.join("meta.json").is_file()
}

/// A folder with other things in it is somebody else's.
fn check_own(data: &Path) -> Result<(), IndexError> {
    let mut entries = match fs::read_dir(data) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(broken(error)),
    };
    let foreign = entries.any(|e| e.is_ok_and(|e| !OWN.iter().any(|own| e.file_name() == *own)));
    if foreign {
        Err(IndexError::Foreign(data.display().to_string()))
    } else {
        Ok(())
    }
}

fn create(
    folder: &Path,
    tantivy_schema: tantivy::schema::Schema,
    fingerprint: &str,
) -> Result<Index, IndexError> {
    fs::create_dir_all(folder).map_err(broken)?;
    let directory = MmapDirectory::open(folder).map_err(broken)?;
    let index = Index::builder()
        .schema(tantivy_schema)
        .open_or_create(directory)
        .map_err(broken)?;
    // The first commit writes down under which schema the index is made.
    let mut writer: tantivy::IndexWriter =
        index.writer_with_num_threads(1, 20 << 20).map_err(broken)?;
    let mut commit = writer.prepare_commit().map_err(broken)?;
    commit.set_payload(&payload(fingerprint));
    commit.commit().map_err(broken)?;
    Ok(index)
}

fn open_any(folder: &Path) -> Result<Index, IndexError> {
    Index::open(MmapDirectory::open(folder).map_err(broken)?).map_err(broken)
}

fn open_folder(folder: &Path, fingerprint: &str) -> Result<Index, IndexError> {
    let index = open_any(folder)?;
    let found = index
        .load_metas()
        .map_err(broken)?
        .payload
        .unwrap_or_default();
    let found =
        serde_json::from_str::<Payload>(&found).map_or_else(|_| "none".to_owned(), |p| p.schema);
    if found == fingerprint {
        Ok(index)
    } else {
        Err(IndexError::OtherSchema {
            found,
            expected: fingerprint.to_owned(),
        })
    }
}
