//! A data folder: generations of the index, of which one is current, and one writer at a time.
//!
//! | in the folder | what it is |
//! |---|---|
//! | `current` | the name of the generation that answers |
//! | `gen-1`, `gen-2` ... | generations: each a whole index |
//! | `writer.lock` | locked by whoever writes, as long as the process lives |
//!
//! A generation is made beside the current one and takes its place in one step: a file is renamed over
//! `current`. Whatever a process that was killed leaves behind is swept away by the next writer.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use super::broken;
use crate::index::IndexError;

const CURRENT: &str = "current";
const FRESH: &str = "current.new";
const LOCK: &str = "writer.lock";
const GENERATION: &str = "gen-";

/// The only generation of folders made before there were generations.
const FIRST: &str = "index";

/// What else a data folder may hold: a new disk brings it.
const HARMLESS: &str = "lost+found";

/// How often a lock that is held is tried again, and how long is waited between. A process that was just
/// started holds the locks of the one that started it for a moment.
const TRIES: u32 = 25;
const BETWEEN: Duration = Duration::from_millis(40);

/// A data folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

/// Held while something is written; let go when it is dropped, or when the process ends.
#[derive(Debug)]
pub struct WriterLock(#[expect(dead_code, reason = "held, not read")] File);

impl Folder {
    /// A folder that may or may not exist.
    pub fn new(data: &Path) -> Self {
        Self(data.to_owned())
    }

    /// As people call it.
    pub fn name(&self) -> String {
        self.0.display().to_string()
    }

    /// The generation that answers; `None` where there is no index.
    ///
    /// # Errors
    /// [`IndexError::Broken`] where the folder cannot be read.
    pub fn current(&self) -> Result<Option<PathBuf>, IndexError> {
        let name = match fs::read_to_string(self.0.join(CURRENT)) {
            Ok(name) => name,
            Err(error) if is_absent(&error) => {
                let first = self.0.join(FIRST);
                if is_index(&first) {
                    return Ok(Some(first));
                }
                return self.check_unappointed().map(|()| None);
            }
            Err(error) => return Err(self.failed("read", &error)),
        };
        let name = name.trim();
        let generation = self.0.join(name);
        let named = name == FIRST || number(name).is_some();
        if named && is_index(&generation) {
            Ok(Some(generation))
        } else {
            let fact = format!("`{CURRENT}` in `{}` names no generation", self.name());
            Err(IndexError::Broken(fact))
        }
    }

    /// Waits a moment for the lock.
    ///
    /// # Errors
    /// [`IndexError::Locked`] where another writer lives.
    pub fn lock(&self) -> Result<WriterLock, IndexError> {
        fs::create_dir_all(&self.0).map_err(|error| self.failed("made", &error))?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.0.join(LOCK))
            .map_err(|error| self.failed("written", &error))?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(WriterLock(file)),
                Err(fs::TryLockError::WouldBlock) => thread::sleep(BETWEEN),
                Err(fs::TryLockError::Error(error)) => return Err(broken(error)),
            }
        }
        Err(IndexError::Locked)
    }

    /// An empty folder for the next generation. Only who holds the lock makes one.
    ///
    /// # Errors
    /// [`IndexError::Broken`] where the folder cannot be written.
    pub fn next(&self, _: &WriterLock) -> Result<PathBuf, IndexError> {
        let last = self.generations()?.into_iter().filter_map(|n| number(&n));
        let next = self
            .0
            .join(format!("{GENERATION}{}", last.max().unwrap_or(0) + 1));
        fs::create_dir_all(&next).map_err(|error| self.failed("written", &error))?;
        Ok(next)
    }

    /// Makes a generation the current one, durably, and sweeps the others away.
    ///
    /// # Errors
    /// [`IndexError::Broken`] where the folder cannot be written; the one before is current then.
    pub fn appoint(&self, generation: &Path, lock: &WriterLock) -> Result<(), IndexError> {
        let name = generation.file_name().unwrap_or_default();
        let fresh = self.0.join(FRESH);
        let written = sync(generation)
            .and_then(|()| File::create(&fresh))
            .and_then(|mut file| {
                file.write_all(name.as_encoded_bytes())?;
                file.sync_all()
            })
            .and_then(|()| sync(&self.0))
            .and_then(|()| fs::rename(&fresh, self.0.join(CURRENT)))
            .and_then(|()| sync(&self.0));
        written.map_err(|error| self.failed("written", &error))?;
        self.sweep(lock);
        Ok(())
    }

    /// Removes every generation but the current one. What cannot be removed now goes another time.
    pub fn sweep(&self, _: &WriterLock) {
        let (Ok(current), Ok(names)) = (self.current(), self.generations()) else {
            return;
        };
        for name in names {
            let generation = self.0.join(name);
            if Some(&generation) != current.as_ref()
                && let Err(error) = fs::remove_dir_all(&generation)
            {
                tracing::warn!(%error, "an old generation cannot be removed");
            }
        }
    }

    /// Without a pointer a generation is one that was not made ready, unless it holds records: then the pointer was
    /// lost, and whoever wrote would sweep them away.
    fn check_unappointed(&self) -> Result<(), IndexError> {
        for name in self.generations()? {
            let meta = fs::read_to_string(self.0.join(&name).join("meta.json"));
            if meta.is_ok_and(|meta| meta.contains("\"segment_id\"")) {
                return Err(IndexError::Broken(format!(
                    "`{}` holds `{name}` and no `{CURRENT}`; restore again, or write `{name}` into a file `{CURRENT}`",
                    self.name()
                )));
            }
        }
        Ok(())
    }

    /// Refuses a folder with other things in it: it is somebody else's.
    ///
    /// # Errors
    /// [`IndexError::Foreign`].
    pub fn check_own(&self) -> Result<(), IndexError> {
        let own = |name: &str| {
            number(name).is_some() || [CURRENT, FRESH, LOCK, FIRST, HARMLESS].contains(&name)
        };
        match self.entries()?.iter().all(|name| own(name)) {
            true => Ok(()),
            false => Err(IndexError::Foreign(self.name())),
        }
    }

    /// Names of all generations, the current one among them.
    fn generations(&self) -> Result<Vec<String>, IndexError> {
        let mut names = self.entries()?;
        names.retain(|name| name == FIRST || number(name).is_some());
        Ok(names)
    }

    fn entries(&self) -> Result<Vec<String>, IndexError> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(self.failed("read", &error)),
        };
        let names = entries.filter_map(Result::ok);
        Ok(names
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect())
    }

    fn failed(&self, how: &str, error: &io::Error) -> IndexError {
        IndexError::Broken(format!("`{}` cannot be {how}: {error}", self.name()))
    }
}

/// The number of a generation.
fn number(name: &str) -> Option<u64> {
    name.strip_prefix(GENERATION)?.parse().ok()
}

fn is_index(folder: &Path) -> bool {
    folder.join("meta.json").is_file()
}

fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

/// Makes the names in a folder durable.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_pointer_costs_nothing() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::new(data.path());
        let lock = folder.lock().unwrap();
        let generation = folder.next(&lock).unwrap();
        fs::write(generation.join("meta.json"), r#"{"segments":[]}"#).unwrap();
        assert_eq!(folder.current().unwrap(), None, "nothing is in it");
        let meta = r#"{"segments":[{"segment_id":"x"}]}"#;
        fs::write(generation.join("meta.json"), meta).unwrap();
        assert!(folder.current().is_err());
        folder.sweep(&lock);
        assert!(generation.exists());
    }

    fn made(folder: &Folder, lock: &WriterLock) -> PathBuf {
        let generation = folder.next(lock).unwrap();
        fs::write(generation.join("meta.json"), "{}").unwrap();
        generation
    }

    #[test]
    fn one_generation_takes_the_place_of_another() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::new(data.path());
        let lock = folder.lock().unwrap();
        assert_eq!(folder.current().unwrap(), None);
        let first = made(&folder, &lock);
        assert_eq!(folder.current().unwrap(), None, "made, but not appointed");
        folder.appoint(&first, &lock).unwrap();
        let second = made(&folder, &lock);
        assert_eq!(folder.current().unwrap(), Some(first.clone()));
        folder.appoint(&second, &lock).unwrap();
        assert_eq!(folder.current().unwrap(), Some(second));
        assert!(!first.exists());
    }

    #[test]
    fn one_writer_at_a_time() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::new(data.path());
        let lock = folder.lock().unwrap();
        assert!(matches!(folder.lock(), Err(IndexError::Locked)));
        drop(lock);
        folder.lock().unwrap();
    }

    #[test]
    fn a_pointer_leads_nowhere_else() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::new(data.path());
        for name in ["../elsewhere", "/etc", "gen-", "gen-1/..", ""] {
            fs::write(data.path().join(CURRENT), name).unwrap();
            assert!(folder.current().is_err(), "{name}");
        }
    }
}
