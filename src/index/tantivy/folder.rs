//! An index in a data folder: opening, making, refusing, rebuilding.
//!
//! `DIR/index` is the index. A rebuild goes to `DIR/index.new` and takes its place by renaming.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tantivy::{DocAddress, Index, IndexSettings, directory::MmapDirectory};

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
            let folder = index_folder(data);
            if !is_index(&folder) {
                check_own(data)?;
                return Err(IndexError::Missing(data.display().to_string()));
            }
            (open_folder(&folder, &fingerprint)?, Some(folder))
        }
        Location::Folder(data) => {
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

/// Rebuilds into a folder beside the old one, then takes its place by renaming.
pub fn rebuild(data: &Path) -> Result<usize, IndexError> {
    let (old_folder, new_folder) = (index_folder(data), data.join("index.new"));
    if !is_index(&old_folder) {
        return Err(IndexError::Missing(data.display().to_string()));
    }
    let old = open_any(&old_folder)?;
    if new_folder.exists() {
        fs::remove_dir_all(&new_folder).map_err(broken)?;
    }
    let fingerprint = schema().fingerprint();
    let (tantivy_schema, fields) = fields::build(schema());
    let index = create(&new_folder, tantivy_schema, &fingerprint)?;
    let new = TantivyEngine::over(index, fields, fingerprint, Some(new_folder.clone()))?;
    let count = copy(&old, &new)?;
    drop(new);
    let retired = data.join("index.old");
    if retired.exists() {
        fs::remove_dir_all(&retired).map_err(broken)?;
    }
    fs::rename(&old_folder, &retired).map_err(broken)?;
    fs::rename(&new_folder, &old_folder).map_err(broken)?;
    fs::remove_dir_all(&retired).map_err(broken)?;
    Ok(count)
}

/// Records and volumes of an index of any schema, put into a new one.
fn copy(old: &Index, new: &TantivyEngine) -> Result<usize, IndexError> {
    let fields = stored_fields(old)?;
    let searcher = old.reader().map_err(broken)?.searcher();
    let mut writer = TantivyWriter::open(new)?;
    let mut count = 0;
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        for doc in reader.doc_ids_alive() {
            let stored = Stored::open(&searcher, &fields, DocAddress::new(segment as u32, doc))?;
            if stored.is_record() {
                writer.put(stored.record()?)?;
                count += 1;
            } else if stored.is_volume() {
                writer.put_volume(stored.volume()?)?;
            }
        }
    }
    writer.commit()?;
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
    Ok(fields)
}

fn index_folder(data: &Path) -> PathBuf {
    data.join("index")
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
    let foreign = entries.any(|e| {
        e.is_ok_and(|e| {
            !e.file_name().to_string_lossy().starts_with("index") && e.file_name() != "lost+found"
        })
    });
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
