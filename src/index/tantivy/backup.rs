//! Backups of a commit, in a folder or a cloud store, and the way back.
//!
//! | in the store | what it is |
//! |---|---|
//! | `files/SHA256` | a file of some backup, under the hash of its content |
//! | `backups/NUMBER-TIME.json` | a backup: its files, and the list of its segments |
//!
//! Files of an index never change, so a backup copies only what no backup before has. The description is written
//! last: a backup that was broken off is none.

use std::{
    collections::HashSet,
    fmt::Write as _,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use object_store::{
    ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, WriteMultipart,
    local::LocalFileSystem, path::Path as Key,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tantivy::{
    Directory, Index,
    directory::{FileSlice, ManagedDirectory, RamDirectory, error::OpenReadError},
};

use super::{
    broken,
    directory::Shelf,
    folder::Folder,
    opened::{META, Payload},
};
use crate::{
    index::{Copied, IndexError},
    schema::schema,
};

/// How often a commit is taken anew where another took its place before all its files were open.
const TRIES: usize = 20;

/// Bytes that are copied at once.
const PART: usize = 8 << 20;

/// The file in which tantivy notes what it wrote, so that it can remove it.
const MANAGED: &str = ".managed.json";

const BACKUPS: &str = "backups";
const FILES: &str = "files";

/// The description of a backup.
#[derive(Debug, Serialize, Deserialize)]
struct Described {
    /// The program that made it.
    memcon: String,
    made: String,
    schema: String,
    records: usize,
    files: Vec<Piece>,
    /// The list of segments.
    meta: String,
}

/// A file of a backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Piece {
    name: String,
    bytes: u64,
    sha256: String,
}

impl Frozen {
    /// A file whose checksum does not fit, if there is one: the next backup would take the place of a good one.
    fn damaged(&self) -> Result<Option<PathBuf>, IndexError> {
        let managed = ManagedDirectory::wrap(Box::new(self.shelf.clone())).map_err(broken)?;
        for (name, _) in &self.files {
            if !managed.validate_checksum(name).map_err(broken)? {
                return Ok(Some(name.clone()));
            }
        }
        Ok(None)
    }
}

/// A commit with all its files open: they can be read whatever is deleted.
struct Frozen {
    shelf: Shelf,
    meta: Vec<u8>,
    payload: Payload,
    files: Vec<(PathBuf, FileSlice)>,
}

/// Copies the last commit to a store.
pub fn backup(data: &Path, store: &str, keep: Option<usize>) -> Result<Copied, IndexError> {
    let folder = Folder::new(data);
    let frozen = frozen(&folder)?;
    if let Some(file) = frozen.damaged()? {
        let fact = format!("`{}` is damaged: `memcon check` tells more", file.display());
        return Err(IndexError::Broken(fact));
    }
    let store = opened(store, true)?;
    blocking(async {
        let names = names(store.as_ref()).await?;
        let mut copied = Copied {
            name: next_name(&names),
            records: frozen.payload.held.map_or(0, |held| held.records),
            files: frozen.files.len(),
            ..Copied::default()
        };
        let mut files = Vec::new();
        for (name, file) in &frozen.files {
            let piece = piece(name, file)?;
            copied.bytes += piece.bytes;
            if !has(store.as_ref(), &piece).await? {
                copied.copied += piece.bytes;
                send(store.as_ref(), &piece, file).await?;
            }
            files.push(piece);
        }
        let described = Described {
            memcon: env!("CARGO_PKG_VERSION").into(),
            made: Timestamp::now().to_string(),
            schema: frozen.payload.schema,
            records: copied.records,
            files: files.clone(),
            meta: String::from_utf8_lossy(&frozen.meta).into_owned(),
        };
        let described = serde_json::to_vec_pretty(&described).map_err(broken)?;
        let key = Key::from(format!("{BACKUPS}/{}.json", copied.name));
        let once = PutOptions::from(PutMode::Create);
        let put = store.put_opts(&key, PutPayload::from(described), once);
        put.await.map_err(failed)?;
        // Somebody else may have removed what no backup of theirs had.
        for (piece, (_, file)) in files.iter().zip(&frozen.files) {
            if !has(store.as_ref(), piece).await? {
                send(store.as_ref(), piece, file).await?;
            }
        }
        if let Some(keep) = keep {
            prune(store.as_ref(), keep.max(1)).await?;
        }
        Ok(copied)
    })
}

/// Makes a backup the current generation.
pub fn restore(data: &Path, store: &str, name: Option<&str>) -> Result<Copied, IndexError> {
    let folder = Folder::new(data);
    folder.check_own()?;
    let store = opened(store, false)?;
    let lock = folder.lock()?;
    folder.sweep(&lock);
    let generation = folder.next(&lock)?;
    let copied = blocking(fetch(store.as_ref(), name, &generation))?;
    let index = Index::open(Shelf::folder(&generation)?).map_err(broken)?;
    let (found, expected) = (Payload::of(&index)?.schema, schema().fingerprint());
    if found != expected && folder.current()?.is_some() {
        // In an empty folder it is kept, and `reindex` makes it an index of this program.
        return Err(IndexError::OtherSchema { found, expected });
    }
    index.reader().map_err(broken)?;
    if let Some(file) = index.validate_checksum().map_err(broken)?.iter().next() {
        let fact = format!("{}: the checksum does not fit", file.display());
        return Err(IndexError::Store(fact));
    }
    folder.appoint(&generation, &lock)?;
    Ok(copied)
}

/// Opens every file of the last commit.
fn frozen(folder: &Folder) -> Result<Frozen, IndexError> {
    for _ in 0..TRIES {
        let Some(generation) = folder.current()? else {
            folder.check_own()?;
            return Err(IndexError::Missing(folder.name()));
        };
        let shelf = Shelf::folder(&generation)?;
        let meta = shelf.atomic_read(Path::new(META)).map_err(broken)?;
        let over = RamDirectory::create();
        over.atomic_write(Path::new(META), &meta).map_err(broken)?;
        let index = Index::open(shelf.below(over)).map_err(broken)?;
        let listed = index.load_metas().map_err(broken)?.list_segment_files();
        let mut files = Vec::new();
        for name in listed {
            match shelf.open_read(&name) {
                Ok(file) => files.push((name, file)),
                // Not every file that a segment may have is there.
                Err(OpenReadError::FileDoesNotExist(_)) => {}
                Err(error) => return Err(broken(error)),
            }
        }
        files.sort_by(|a, b| a.0.cmp(&b.0));
        let now = shelf.atomic_read(Path::new(META));
        if folder.current()? == Some(generation) && now.is_ok_and(|now| now == meta) {
            index.reader().map_err(broken)?;
            let payload = Payload::of(&index)?;
            return Ok(Frozen {
                shelf,
                meta,
                payload,
                files,
            });
        }
    }
    Err(IndexError::Locked)
}

/// A folder, or the address of a cloud store.
fn opened(store: &str, make: bool) -> Result<Arc<dyn ObjectStore>, IndexError> {
    if store.contains("://") {
        return in_cloud(store);
    }
    if make {
        fs::create_dir_all(store).map_err(failed)?;
    }
    let folder = LocalFileSystem::new_with_prefix(store).map_err(failed)?;
    Ok(Arc::new(folder.with_fsync(true)))
}

#[cfg(feature = "cloud")]
fn in_cloud(address: &str) -> Result<Arc<dyn ObjectStore>, IndexError> {
    let address = url::Url::parse(address).map_err(failed)?;
    // Keys and regions are where the tools of each store look for them: in the environment.
    let settings = std::env::vars().map(|(name, value)| (name.to_ascii_lowercase(), value));
    let (store, path) = object_store::parse_url_opts(&address, settings).map_err(failed)?;
    Ok(Arc::new(object_store::prefix::PrefixStore::new(
        store, path,
    )))
}

#[cfg(not(feature = "cloud"))]
fn in_cloud(address: &str) -> Result<Arc<dyn ObjectStore>, IndexError> {
    let fact = format!("`{address}`: this memcon was built without the feature `cloud`");
    Err(IndexError::Store(fact))
}

/// Names of all backups, in order.
async fn names(store: &dyn ObjectStore) -> Result<Vec<String>, IndexError> {
    let listed: Vec<_> = store
        .list(Some(&Key::from(BACKUPS)))
        .try_collect()
        .await
        .map_err(failed)?;
    let named = listed
        .iter()
        .filter_map(|object| object.location.filename());
    let mut names: Vec<String> = named
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

/// The number orders backups: clocks may jump.
fn next_name(names: &[String]) -> String {
    let number = |name: &String| name.split('-').next().and_then(|n| n.parse::<u32>().ok());
    let next = names.iter().filter_map(number).max().unwrap_or(0) + 1;
    let now = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    format!("{next:06}-{now}")
}

fn piece(name: &Path, file: &FileSlice) -> Result<Piece, IndexError> {
    let mut hasher = Sha256::new();
    each_part(file, |part| {
        hasher.update(part);
    })?;
    Ok(Piece {
        name: name.to_string_lossy().into_owned(),
        bytes: file.num_bytes().get_bytes(),
        sha256: hex(&hasher.finalize()),
    })
}

fn each_part(file: &FileSlice, mut take: impl FnMut(&[u8])) -> Result<(), IndexError> {
    let length = file.num_bytes().get_bytes() as usize;
    for start in (0..length).step_by(PART) {
        let part = file.read_bytes_slice(start..length.min(start + PART));
        take(part.map_err(broken)?.as_slice());
    }
    Ok(())
}

fn key(piece: &Piece) -> Key {
    Key::from(format!("{FILES}/{}", piece.sha256))
}

/// Whether a backup before has it, whole.
async fn has(store: &dyn ObjectStore, piece: &Piece) -> Result<bool, IndexError> {
    match store.head(&key(piece)).await {
        Ok(there) => Ok(there.size == piece.bytes),
        Err(object_store::Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

/// Copies a file; it is there whole or not at all.
async fn send(store: &dyn ObjectStore, piece: &Piece, file: &FileSlice) -> Result<(), IndexError> {
    let upload = store.put_multipart(&key(piece)).await.map_err(failed)?;
    let mut writing = WriteMultipart::new_with_chunk_size(upload, PART);
    let length = piece.bytes as usize;
    for start in (0..length).step_by(PART) {
        let part = file.read_bytes_slice(start..length.min(start + PART));
        writing.wait_for_capacity(2).await.map_err(failed)?;
        writing.write(part.map_err(broken)?.as_slice());
    }
    writing.finish().await.map_err(failed)?;
    Ok(())
}

async fn described(store: &dyn ObjectStore, name: &str) -> Result<Described, IndexError> {
    let key = Key::from(format!("{BACKUPS}/{name}.json"));
    let bytes = store.get(&key).await.map_err(failed)?.bytes().await;
    serde_json::from_slice(&bytes.map_err(failed)?).map_err(failed)
}

/// Copies a backup, the last if none is named, to an empty folder, and makes it durable.
async fn fetch(
    store: &dyn ObjectStore,
    name: Option<&str>,
    generation: &Path,
) -> Result<Copied, IndexError> {
    let names = names(store).await?;
    let name = match name {
        Some(name) => names.iter().find(|known| *known == name),
        None => names.last(),
    };
    let name = name.ok_or_else(|| IndexError::Store("there is no such backup".into()))?;
    let described = described(store, name).await?;
    let mut copied = Copied {
        name: name.clone(),
        records: described.records,
        files: described.files.len(),
        ..Copied::default()
    };
    let mut managed = Vec::new();
    for piece in &described.files {
        let file = plain_name(&piece.name)?;
        receive(store, piece, &generation.join(file)).await?;
        copied.bytes += piece.bytes;
        copied.copied += piece.bytes;
        managed.push(file);
    }
    let managed = serde_json::to_vec(&managed).map_err(broken)?;
    write(&generation.join(MANAGED), &managed)?;
    write(&generation.join(META), described.meta.as_bytes())?;
    Ok(copied)
}

/// A name that leads nowhere else.
fn plain_name(name: &str) -> Result<&str, IndexError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '.';
    if !name.is_empty() && name.chars().all(plain) && !name.starts_with('.') {
        return Ok(name);
    }
    Err(IndexError::Store(format!(
        "`{name}` is no file of an index"
    )))
}

async fn receive(store: &dyn ObjectStore, piece: &Piece, to: &Path) -> Result<(), IndexError> {
    let mut file = File::create(to).map_err(broken)?;
    let mut hasher = Sha256::new();
    let mut stream = store.get(&key(piece)).await.map_err(failed)?.into_stream();
    while let Some(part) = stream.next().await {
        let part = part.map_err(failed)?;
        hasher.update(&part);
        file.write_all(&part).map_err(broken)?;
    }
    if hex(&hasher.finalize()) != piece.sha256 {
        let fact = format!("`{}` is not as it was when it was copied", piece.name);
        return Err(IndexError::Store(fact));
    }
    file.sync_all().map_err(broken)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), IndexError> {
    let written = File::create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(broken)
}

/// Removes all backups but the last so many, and the files of none.
async fn prune(store: &dyn ObjectStore, keep: usize) -> Result<(), IndexError> {
    let names = names(store).await?;
    let (old, kept) = names.split_at(names.len().saturating_sub(keep));
    let mut used = HashSet::new();
    for name in kept {
        let files = described(store, name).await?.files;
        used.extend(files.into_iter().map(|piece| piece.sha256));
    }
    for name in old {
        let key = Key::from(format!("{BACKUPS}/{name}.json"));
        store.delete(&key).await.map_err(failed)?;
    }
    let files: Vec<_> = store
        .list(Some(&Key::from(FILES)))
        .try_collect()
        .await
        .map_err(failed)?;
    for file in files.into_iter().map(|object| object.location) {
        if !file.filename().is_some_and(|hash| used.contains(hash)) {
            store.delete(&file).await.map_err(failed)?;
        }
    }
    Ok(())
}

fn blocking<T>(work: impl Future<Output = Result<T, IndexError>>) -> Result<T, IndexError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.map_err(broken)?.block_on(work)
}

fn failed(error: impl std::fmt::Display) -> IndexError {
    IndexError::Store(error.to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backups_are_ordered_by_number_and_names_stay_inside() {
        let names = ["000009-20260101T000000Z", "000010-19990101T000000Z"].map(str::to_owned);
        assert!(next_name(&names).starts_with("000011-"));
        for bad in ["../x", "a/b", "", ".managed.json", "a\0"] {
            assert!(plain_name(bad).is_err(), "{bad}");
        }
    }
}
