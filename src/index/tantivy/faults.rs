//! Disks that fail: at every call that writes, one after the other, and with everything lost that was not made
//! durable. What was committed is there afterwards, whole, and writing goes on.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tantivy::{
    Directory,
    directory::{
        AntiCallToken, DirectoryLock, FileHandle, Lock, RamDirectory, TerminatingWrite,
        WatchCallback, WatchHandle, WritePtr,
        error::{DeleteError, LockError, OpenReadError, OpenWriteError},
    },
};

use super::{
    TantivyEngine,
    directory::Shelf,
    opened::{Core, Opened},
};
use crate::{
    index::{Engine, IndexError},
    record::{Passage, Record, RecordId},
    schema::schema,
};

/// A disk on which the call of a number fails, and all after it.
#[derive(Debug, Clone)]
struct Disk {
    files: RamDirectory,
    /// What a loss of power leaves: the files as they were when names were last made durable.
    durable: Arc<Mutex<RamDirectory>>,
    calls: Arc<AtomicUsize>,
    fails_at: usize,
}

impl Disk {
    fn new(fails_at: usize) -> Self {
        Self {
            files: RamDirectory::create(),
            durable: Arc::new(Mutex::new(RamDirectory::create())),
            calls: Arc::default(),
            fails_at,
        }
    }

    fn call(&self) -> io::Result<()> {
        if self.calls.fetch_add(1, Ordering::SeqCst) >= self.fails_at {
            return Err(io::Error::other("the disk failed"));
        }
        Ok(())
    }

    /// What is there after the power came back.
    fn after_loss(&self) -> RamDirectory {
        copy(&self.durable.lock().unwrap())
    }
}

fn copy(of: &RamDirectory) -> RamDirectory {
    let copy = RamDirectory::create();
    of.persist(&copy).unwrap();
    copy
}

/// A file on the disk.
struct OnDisk(WritePtr, Disk);

impl Write for OnDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.call()?;
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl TerminatingWrite for OnDisk {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        self.1.call()?;
        self.0.terminate_ref(token)
    }
}

impl Directory for Disk {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.files.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.call().map_err(|error| DeleteError::IoError {
            io_error: Arc::new(error),
            filepath: path.to_owned(),
        })?;
        self.files.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.call()
            .map_err(|error| OpenWriteError::wrap_io_error(error, path.to_owned()))?;
        let file = OnDisk(self.files.open_write(path)?, self.clone());
        Ok(BufWriter::new(Box::new(file)))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.files.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.call()?;
        self.files.atomic_write(path, data)
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        // Locks are the system's, not the disk's.
        let _ = lock;
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.call()?;
        *self.durable.lock().unwrap() = copy(&self.files);
        Ok(())
    }
}

fn record(number: usize, version: usize) -> Record {
    Record {
        id: RecordId::new("v", &format!("d{number}")).unwrap(),
        passages: vec![Passage {
            text: format!("herring {number}, version {version}"),
            ..Passage::default()
        }],
        ..Record::default()
    }
}

/// What is put before each commit: number and version. Some take the place of others.
const COMMITS: [[(usize, usize); 2]; 4] = [
    [(0, 1), (1, 1)],
    [(2, 1), (3, 1)],
    [(0, 2), (3, 2)],
    [(1, 2), (3, 3)],
];

/// Goes through all commits; how many it was told are kept.
fn work(engine: &TantivyEngine) -> usize {
    let mut kept = 0;
    let mut step = || -> Result<(), IndexError> {
        let mut writer = engine.writer()?;
        for records in COMMITS {
            for (number, version) in records {
                writer.put(record(number, version))?;
            }
            writer.commit()?;
            kept += 1;
        }
        writer.finish()
    };
    step().ok();
    kept
}

fn engine(opened: Opened) -> TantivyEngine {
    TantivyEngine::of(Core::over(opened, None, schema().fingerprint()))
}

fn made(disk: &Disk) -> Result<TantivyEngine, IndexError> {
    let shelf = Shelf::over(disk.clone());
    Opened::make(shelf, &schema().fingerprint()).map(engine)
}

/// The records after so many commits.
fn after(commits: usize) -> Vec<Record> {
    let mut versions = std::collections::BTreeMap::new();
    versions.extend(COMMITS[..commits].concat());
    versions.into_iter().map(|(n, v)| record(n, v)).collect()
}

/// Opens what is left, finds it as after one of the commits that were begun, and writes on.
fn recovers(files: RamDirectory, kept: Option<usize>, place: &str) {
    let opened = Opened::open_on(Shelf::over(files), None, &schema().fingerprint());
    let engine = match opened {
        Ok(opened) => engine(opened),
        // A folder's pointer leads to a generation only when that is made.
        Err(error) => return assert_eq!(kept, None, "{place}: {error}"),
    };
    assert_eq!(engine.check().unwrap(), [""; 0], "{place}");
    let kept = kept.unwrap_or(0);
    let held: Vec<Record> = (0..4)
        .filter_map(|number| engine.record(&record(number, 1).id).unwrap())
        .collect();
    let next = (kept + 1).min(COMMITS.len());
    assert!(
        held == after(kept) || held == after(next),
        "{place}: {kept} commits were kept, {held:?} is there"
    );
    assert_eq!(work(&engine), COMMITS.len(), "{place}");
    assert_eq!(engine.check().unwrap(), [""; 0], "{place}");
}

#[test]
fn whichever_call_fails_nothing_that_was_kept_is_lost() {
    let calls = {
        let disk = Disk::new(usize::MAX);
        assert_eq!(work(&made(&disk).unwrap()), COMMITS.len());
        disk.calls.load(Ordering::SeqCst)
    };
    assert!(calls > 50, "{calls} calls");
    for fails_at in 0..calls {
        let disk = Disk::new(fails_at);
        let kept = made(&disk).ok().map(|engine| work(&engine));
        let place = format!("call {fails_at} of {calls} failed");
        recovers(copy(&disk.files), kept, &place);
        let place = format!("power was lost at call {fails_at} of {calls}");
        recovers(disk.after_loss(), kept, &place);
    }
}
