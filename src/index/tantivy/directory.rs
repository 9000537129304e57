//! Where tantivy reads and writes: a folder or memory, with files laid over it if need be.

use std::{io, path::Path, sync::Arc};

use tantivy::{
    Directory,
    directory::{
        DirectoryLock, FileHandle, Lock, META_LOCK, MmapDirectory, RamDirectory, WatchCallback,
        WatchHandle, WritePtr,
        error::{DeleteError, LockError, OpenReadError, OpenWriteError},
    },
};

use super::broken;
use crate::index::IndexError;

/// A directory that can also be read where nothing can be written.
#[derive(Debug, Clone)]
pub struct Shelf {
    base: Box<dyn Directory>,
    /// Files that are seen in place of those below. With them, nothing is written.
    over: Option<RamDirectory>,
}

impl Shelf {
    /// A folder that exists.
    pub fn folder(folder: &Path) -> Result<Self, IndexError> {
        Ok(Self::over(MmapDirectory::open(folder).map_err(broken)?))
    }

    /// Memory.
    pub fn memory() -> Self {
        Self::over(RamDirectory::create())
    }

    /// Any other.
    pub fn over(base: impl Directory) -> Self {
        Self {
            base: Box::new(base),
            over: None,
        }
    }

    /// The same with other files laid over it. Files that are open here are opened there without looking at
    /// the disk, even after they were deleted.
    pub fn below(&self, over: RamDirectory) -> Self {
        Self {
            base: self.base.clone(),
            over: Some(over),
        }
    }

    fn lays_over(&self, path: &Path) -> Option<&RamDirectory> {
        let over = self.over.as_ref()?;
        over.exists(path).unwrap_or(false).then_some(over)
    }

    fn sealed<T>(&self, path: &Path, refused: fn(io::Error, &Path) -> T) -> Result<(), T> {
        match self.over {
            Some(_) => Err(refused(io::ErrorKind::ReadOnlyFilesystem.into(), path)),
            None => Ok(()),
        }
    }
}

impl Directory for Shelf {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        match self.lays_over(path) {
            Some(over) => over.get_file_handle(path),
            None => self.base.get_file_handle(path),
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.sealed(path, |error, path| DeleteError::IoError {
            io_error: Arc::new(error),
            filepath: path.to_owned(),
        })?;
        self.base.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        match self.lays_over(path) {
            Some(_) => Ok(true),
            None => self.base.exists(path),
        }
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.sealed(path, |error, path| {
            OpenWriteError::wrap_io_error(error, path.to_owned())
        })?;
        self.base.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        match self.lays_over(path) {
            Some(over) => over.atomic_read(path),
            None => self.base.atomic_read(path),
        }
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.sealed(path, |error, _| error)?;
        self.base.atomic_write(path, data)
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        let reads = lock.filepath == META_LOCK.filepath;
        if self.over.is_some() && reads {
            return Ok(no_lock());
        }
        match self.base.acquire_lock(lock) {
            // Readers keep writers from deleting what they are about to open. Where nothing can be written
            // there is no writer.
            Err(LockError::IoError(error)) if reads && is_read_only(&error) => Ok(no_lock()),
            other => other,
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        match self.over {
            Some(_) => Ok(WatchHandle::empty()),
            None => self.base.watch(callback),
        }
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.base.sync_directory()
    }
}

fn no_lock() -> DirectoryLock {
    DirectoryLock::from(Box::new(()))
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied
    )
}
