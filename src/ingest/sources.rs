//! What to read: files named, files below folders named, texts that come with the program.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Finding;
use crate::readers::{Input, InputError};

/// Endings of files that are taken from a folder; a file that is named itself is always tried.
const ENDINGS: &[&str] = &["xml", "tei", "txt", "jsonl", "ndjson"];

/// Something to read.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// A text of the program's own: name and content.
    Bundled(&'static str, &'static str),
}

impl Source {
    /// As reports name it.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Bundled(name, _) => (*name).to_owned(),
        }
    }

    /// Its size on disk, as far as it can be told.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::File(path) => path.metadata().map_or(0, |m| m.len()),
            Self::Bundled(_, text) => text.len() as u64,
        }
    }

    /// Its content.
    ///
    /// # Errors
    /// [`InputError`] completes a sentence that begins with the name.
    pub fn open(&self) -> Result<Input, InputError> {
        match self {
            Self::File(path) => Input::open(path),
            Self::Bundled(name, text) => Input::read(name, text.as_bytes()),
        }
    }
}

/// What was found below some paths.
#[derive(Debug, Default)]
pub struct Found {
    /// To be read, in order of name.
    pub sources: Vec<Source>,
    /// Files of folders that have other endings.
    pub skipped: usize,
    /// Paths that cannot be looked into.
    pub failures: Vec<Finding>,
}

/// Finds the files to read. Hidden files are passed over; links to folders are not followed.
pub fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let visible = |e: &walkdir::DirEntry| {
            e.depth() == 0 || !e.file_name().to_string_lossy().starts_with('.')
        };
        for entry in WalkDir::new(path)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(visible)
        {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) if is_readable(entry.path()) => files.push(entry.into_path()),
                Ok(_) => found.skipped += 1,
                Err(error) => {
                    let file = error.path().unwrap_or(path).display().to_string();
                    found.failures.push(Finding {
                        file,
                        place: String::new(),
                        message: format!("cannot be looked into: {error}"),
                    });
                }
            }
        }
    }
    files.dedup();
    found.sources = files.into_iter().map(Source::File).collect();
    found
}

fn is_readable(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let bare = name.strip_suffix(".gz").unwrap_or(&name);
    bare.rsplit_once('.')
        .is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_give_known_endings() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.xml", "b.txt.gz", "c.pdf", ".hidden.xml"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let found = find(&[folder.path().to_owned()]);
        assert_eq!((found.sources.len(), found.skipped), (2, 1));
        let named = find(&[
            folder.path().join("c.pdf"),
            folder.path().join("missing.xml"),
        ]);
        assert_eq!(named.sources.len(), 2);
    }
}
