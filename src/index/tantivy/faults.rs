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

fn record(number: usize) -> Record {
    Record {
        id: RecordId::new("v", &format!("d{number}")).unwrap(),
        passages: vec![Passage {
            text: format!("herring {number}"),
            ..Passage::default()
        }],
        ..Record::default()
    }
}

/// Makes an index and commits three times, two records each, the second time in the place of two others; the
/// numbers of the records that it was told are kept.
fn work(disk: &Disk) -> Vec<usize> {
    let mut kept = Vec::new();
    let mut step = || -> Result<(), IndexError> {
        let fingerprint = schema().fingerprint();
        let opened = Opened::make(Shelf::over(disk.clone()), None, &fingerprint)?;
        let engine = TantivyEngine::of(Core::over(opened, None, fingerprint));
        let mut writer = engine.writer()?;
        for numbers in [[0, 1], [2, 3], [4, 5]] {
            for number in numbers {
                writer.put(record(number))?;
            }
            writer.commit()?;
            kept.extend(numbers);
        }
        writer.finish()
    };
    step().ok();
    kept
}

/// Opens what is left, makes sure of what was kept, and writes on.
fn recovers(files: RamDirectory, kept: &[usize], place: &str) {
    let fingerprint = schema().fingerprint();
    let opened = Opened::open_on(Shelf::over(files), None, &fingerprint);
    let opened = match opened {
        Ok(opened) => opened,
        // A folder's pointer leads to a generation only after its first commit.
        Err(error) => return assert!(kept.is_empty(), "{place}: {error}"),
    };
    let engine = TantivyEngine::of(Core::over(opened, None, fingerprint));
    assert_eq!(engine.check().unwrap(), [""; 0], "{place}");
    for number in kept {
        let found = engine.record(&record(*number).id).unwrap();
        assert_eq!(found, Some(record(*number)), "{place}: {number}");
    }
    let held = engine.stats().unwrap().records;
    assert!(
        held % 2 == 0,
        "{place}: a commit is whole, not {held} records"
    );
    let mut writer = engine.writer().unwrap();
    (0..6).for_each(|number| {
        writer.put(record(number)).unwrap();
    });
    writer.commit().unwrap();
    assert_eq!(engine.stats().unwrap().records, 6, "{place}");
}

#[test]
fn whichever_call_fails_nothing_that_was_kept_is_lost() {
    let calls = {
        let disk = Disk::new(usize::MAX);
        assert_eq!(work(&disk), [0, 1, 2, 3, 4, 5]);
        disk.calls.load(Ordering::SeqCst)
    };
    assert!(calls > 50, "{calls} calls");
    for fails_at in 0..calls {
        let disk = Disk::new(fails_at);
        let kept = work(&disk);
        recovers(
            disk.files.clone(),
            &kept,
            &format!("call {fails_at} failed"),
        );
        let left = disk.after_loss();
        recovers(left, &kept, &format!("power was lost at call {fails_at}"));
    }
}
