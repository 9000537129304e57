//! The generation that answers, and how newer commits and newer generations are noticed.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
    thread,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tantivy::{Directory, Index, IndexReader, ReloadPolicy};

use super::{
    Snapshot, broken,
    directory::Shelf,
    fields::{self, Fields},
    folder::{Folder, WriterLock},
};
use crate::{index::IndexError, schema::schema};

/// How often a data folder is looked at for what another process wrote.
const EVERY: Duration = Duration::from_millis(250);

/// The file in which tantivy keeps the list of a commit's segments.
pub const META: &str = "meta.json";

/// What a commit carries.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Payload {
    /// The schema under which it was made.
    pub schema: String,
    /// How much is held; older commits do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Counts>,
}

/// How much a commit holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Records.
    pub records: usize,
    /// Volumes that are described.
    pub volumes: usize,
    /// People.
    pub people: usize,
}

impl Payload {
    /// As a commit carries it.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// That of an index's last commit.
    pub fn of(index: &Index) -> Result<Self, IndexError> {
        let metas = index.load_metas().map_err(broken)?;
        let payload = metas.payload.unwrap_or_default();
        Ok(serde_json::from_str(&payload).unwrap_or_default())
    }
}

/// One generation, open.
pub struct Opened {
    /// Its index.
    pub index: Index,
    /// Reads it, each commit after [`IndexReader::reload`].
    pub reader: IndexReader,
    /// Its files.
    pub shelf: Shelf,
    /// Its folder; `None` in memory.
    pub generation: Option<PathBuf>,
    /// Its list of segments when it was opened; schema and settings in it hold for good.
    pub meta: Vec<u8>,
}

impl Opened {
    /// Opens a generation of the present schema.
    fn open(generation: PathBuf, fingerprint: &str) -> Result<Self, IndexError> {
        Self::open_on(Shelf::folder(&generation)?, Some(generation), fingerprint)
    }

    /// Opens one from its files.
    pub fn open_on(
        shelf: Shelf,
        generation: Option<PathBuf>,
        fingerprint: &str,
    ) -> Result<Self, IndexError> {
        let index = Index::open(shelf.clone()).map_err(broken)?;
        let Payload { schema: found, .. } = Payload::of(&index)?;
        if found != fingerprint {
            return Err(IndexError::OtherSchema {
                found: if found.is_empty() {
                    "none".into()
                } else {
                    found
                },
                expected: fingerprint.to_owned(),
            });
        }
        Self::over(index, shelf, generation)
    }

    /// Makes one, with a first commit that says under which schema.
    pub fn make(shelf: Shelf, fingerprint: &str) -> Result<Self, IndexError> {
        let (tantivy_schema, _) = fields::build(schema());
        let index = Index::builder()
            .schema(tantivy_schema)
            .open_or_create(shelf.clone())
            .map_err(broken)?;
        let mut writer: tantivy::IndexWriter =
            index.writer_with_num_threads(1, 20 << 20).map_err(broken)?;
        let mut commit = writer.prepare_commit().map_err(broken)?;
        let payload = Payload {
            schema: fingerprint.to_owned(),
            held: Some(Counts::default()),
        };
        commit.set_payload(&payload.write());
        commit.commit().map_err(broken)?;
        shelf.sync_directory().map_err(broken)?;
        Self::over(index, shelf, None)
    }

    fn over(index: Index, shelf: Shelf, generation: Option<PathBuf>) -> Result<Self, IndexError> {
        let reader = reader_of(&index)?;
        let meta = shelf.atomic_read(Path::new(META)).map_err(broken)?;
        Ok(Self {
            index,
            reader,
            shelf,
            generation,
            meta,
        })
    }

    /// Takes the newest commit up.
    pub fn reload(&self) -> Result<(), IndexError> {
        self.reader.reload().map_err(broken)
    }
}

/// Reads an index as it is cut into words here, each commit when it is told to.
pub fn reader_of(index: &Index) -> Result<IndexReader, IndexError> {
    fields::register_analyzers(index, schema());
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
    reader.try_into().map_err(broken)
}

/// What all views of one index share.
pub struct Core {
    /// Handles of every field.
    pub fields: Arc<Fields>,
    /// The schema's.
    pub fingerprint: String,
    /// Where generations are; `None` in memory.
    pub folder: Option<Folder>,
    opened: RwLock<Arc<Opened>>,
    /// Held by whoever looks for what is newest.
    looking: Mutex<()>,
    /// The last commit that was asked for, with everything open to see.
    pub snapshot: Mutex<Option<Arc<Snapshot>>>,
    /// Why the newest state of the folder cannot be read, if so.
    trouble: Mutex<Option<String>>,
}

impl Core {
    /// Over a generation that is open.
    pub fn over(opened: Opened, folder: Option<Folder>, fingerprint: String) -> Self {
        let (_, fields) = fields::build(schema());
        Self {
            fields: Arc::new(fields),
            fingerprint,
            folder,
            opened: RwLock::new(Arc::new(opened)),
            looking: Mutex::default(),
            snapshot: Mutex::default(),
            trouble: Mutex::default(),
        }
    }

    /// The current generation of a folder, if there is one.
    pub fn open(folder: Folder, fingerprint: String) -> Result<Option<Self>, IndexError> {
        let Some(generation) = folder.current()? else {
            folder.check_own()?;
            return Ok(None);
        };
        let opened = Opened::open(generation, &fingerprint)?;
        Ok(Some(Self::over(opened, Some(folder), fingerprint)))
    }

    /// The generation that answers.
    pub fn opened(&self) -> Arc<Opened> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        opened.clone()
    }

    /// Takes up what is newest: another commit, or another generation.
    pub fn refresh(&self) -> Result<Arc<Opened>, IndexError> {
        let _looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = self.opened();
        let current = match &self.folder {
            Some(folder) => folder.current()?,
            None => None,
        };
        if current == opened.generation {
            opened.reload()?;
            return Ok(opened);
        }
        let missing =
            || IndexError::Missing(self.folder.as_ref().map_or_else(String::new, Folder::name));
        let newer = Opened::open(current.ok_or_else(missing)?, &self.fingerprint)?;
        let newer = Arc::new(newer);
        let mut place = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        *place = newer.clone();
        Ok(newer)
    }

    /// Keeps others from writing, and gives what to write to: made where there is nothing yet.
    pub fn begin_writing(&self) -> Result<(Option<WriterLock>, Arc<Opened>), IndexError> {
        let Some(folder) = &self.folder else {
            return Ok((None, self.opened()));
        };
        let lock = folder.lock()?;
        match folder.current()? {
            Some(_) => folder.sweep(&lock),
            None => {
                let generation = folder.next(&lock)?;
                Opened::make(Shelf::folder(&generation)?, &self.fingerprint)?;
                folder.appoint(&generation, &lock)?;
            }
        }
        Ok((Some(lock), self.refresh()?))
    }

    /// Whether the newest state of the folder answers.
    pub fn health(&self) -> Result<(), IndexError> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match trouble.as_ref() {
            Some(trouble) => Err(IndexError::Broken(trouble.clone())),
            None => Ok(()),
        }
    }

    /// From now on notices what other processes write, until it is dropped.
    pub fn watch(self: &Arc<Self>) {
        let Some(folder) = self.folder.clone() else {
            return;
        };
        let weak = Arc::downgrade(self);
        let look = move || {
            let mut seen = None;
            while let Some(core) = weak.upgrade() {
                let now = state(&folder);
                if seen != Some(now) {
                    seen = core.notice().then_some(now);
                }
                drop(core);
                thread::sleep(EVERY);
            }
        };
        let started = thread::Builder::new().name("watch".into()).spawn(look);
        if let Err(error) = started {
            tracing::error!(%error, "what other processes write will not be noticed");
        }
    }

    /// Takes up what is newest; whether that went well.
    fn notice(&self) -> bool {
        let found = self.refresh();
        // A folder in which nothing was made yet is no trouble.
        let trouble = match (found, self.opened().generation.is_some()) {
            (Ok(_), _) | (Err(IndexError::Missing(_)), false) => None,
            (Err(error), _) => Some(error.to_string()),
        };
        let mut known = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(trouble) = &trouble
            && known.as_ref() != Some(trouble)
        {
            tracing::error!(trouble, "the newest state of the index cannot be read");
        }
        *known = trouble;
        known.is_none()
    }
}

/// Differs when something was committed or appointed, by what the files say: clocks may jump.
fn state(folder: &Folder) -> u64 {
    let mut hasher = DefaultHasher::new();
    match folder.current() {
        Ok(Some(generation)) => (&generation, meta_of(&generation)).hash(&mut hasher),
        Ok(None) => 0.hash(&mut hasher),
        Err(error) => error.to_string().hash(&mut hasher),
    }
    hasher.finish()
}

fn meta_of(generation: &Path) -> Option<Vec<u8>> {
    std::fs::read(generation.join(META)).ok()
}
