//! What an ingest did: counts, remarks, and every failure with its place.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// A failure and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// `line:column`, or empty for the whole file.
    pub place: String,
    /// The fact, lower-case.
    pub message: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let colon = if self.place.is_empty() { "" } else { ":" };
        write!(f, "{}{colon}{}: {}", self.file, self.place, self.message)
    }
}

/// What became of one file.
#[derive(Debug, Clone, Default)]
pub struct FileReport {
    /// Its name.
    pub name: String,
    /// Text read, in bytes.
    pub bytes: u64,
    /// Volumes in it.
    pub volumes: BTreeSet<String>,
    /// Records that are new.
    pub added: usize,
    /// Records that took the place of another version.
    pub replaced: usize,
    /// Records held already.
    pub unchanged: usize,
    /// Records held from a richer source.
    pub kept_richer: usize,
    /// Passages of its records.
    pub passages: usize,
    /// Remarks and how often each was made.
    pub remarks: BTreeMap<String, usize>,
    /// What could not be read.
    pub failures: Vec<Finding>,
}

impl FileReport {
    /// Notes a failure.
    pub fn fail(&mut self, place: &str, message: impl Into<String>) {
        self.failures.push(Finding {
            file: self.name.clone(),
            place: place.to_owned(),
            message: message.into(),
        });
    }

    /// Notes a remark.
    pub fn remark(&mut self, text: &str) {
        *self.remarks.entry(text.to_owned()).or_default() += 1;
    }

    /// Records of the file, whatever became of them.
    pub fn records(&self) -> usize {
        self.added + self.replaced + self.unchanged + self.kept_richer
    }
}

/// What an ingest did.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Per file.
    pub files: Vec<FileReport>,
    /// How long it took.
    pub took: Duration,
}

impl Report {
    /// The sum of a count over all files.
    pub fn sum(&self, count: impl Fn(&FileReport) -> usize) -> usize {
        self.files.iter().map(count).sum()
    }

    /// Text read, in bytes.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|f| f.bytes).sum()
    }

    /// Volumes met.
    pub fn volumes(&self) -> usize {
        self.files
            .iter()
            .flat_map(|f| &f.volumes)
            .collect::<BTreeSet<_>>()
            .len()
    }

    /// Every failure.
    pub fn failures(&self) -> impl Iterator<Item = &Finding> {
        self.files.iter().flat_map(|f| &f.failures)
    }

    /// Remarks by what they say, most frequent first.
    pub fn remarks(&self) -> Vec<(String, usize)> {
        let mut sums: BTreeMap<&str, usize> = BTreeMap::new();
        for (text, count) in self.files.iter().flat_map(|f| &f.remarks) {
            *sums.entry(text).or_default() += count;
        }
        let mut remarks: Vec<_> = sums
            .into_iter()
            .map(|(text, count)| (text.to_owned(), count))
            .collect();
        remarks.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        remarks
    }
}
