//! Bytes > Draft > Record > Engine: files are read in parallel, everything that goes wrong is named
//! with its place, and nothing that goes wrong in one file touches another.

mod desk;
mod report;
mod sources;

use std::{
    collections::{HashMap, HashSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

pub use desk::{Desk, Done, Refusal, Work};
pub use report::{FileReport, Finding, Report};
pub use sources::{Found, Source, find};

use crate::{
    authority::{Authority, Taxonomy},
    index::{Engine, IndexError, Outcome, Writer},
    normalise::{Context, normalise},
    readers::{Draft, Input, Item, Reader, reader_for},
    record::{Provenance, Record},
};

/// Text after which what was put so far is made durable where nobody says otherwise, in megabytes.
pub const COMMIT_MEGABYTES: u64 = 256;

/// Is told how an ingest goes on.
pub type Observer<'a> = &'a (dyn Fn(Event<'_>) + Sync);

/// A step of an ingest.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A file was read.
    Read(&'a FileReport),
    /// Everything of these files is kept, whatever happens from now on.
    Kept(&'a [FileReport]),
}

/// How to ingest.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Threads that read and normalise.
    pub threads: usize,
    /// Who is who.
    pub authority: &'a Authority,
    /// Subjects beyond countries.
    pub taxonomy: Option<&'a Taxonomy>,
    /// Whether volumes' printed indexes become subject headings of their records.
    pub printed_index: bool,
    /// Text after which what was put so far is made durable, in bytes; whole files are.
    pub commit_bytes: u64,
}

impl Options<'static> {
    /// With the shipped authority file.
    pub fn with_threads(threads: usize) -> Self {
        Self {
            threads,
            authority: Authority::shipped(),
            taxonomy: None,
            printed_index: true,
            commit_bytes: COMMIT_MEGABYTES << 20,
        }
    }
}

/// Ingests some sources.
///
/// # Errors
/// [`IndexError`] where the index cannot be written: what was committed before is kept, and ingesting
/// again goes on from there.
pub fn ingest(
    engine: &dyn Engine,
    sources: &[Source],
    options: Options<'_>,
    observer: Observer<'_>,
) -> Result<Report, IndexError> {
    let started = Instant::now();
    let mut writer = engine.writer()?;
    let mut report = Report::default();
    // The largest first: no thread is left with a large one at the end.
    let mut ordered = sources.to_vec();
    ordered.sort_by_key(|source| std::cmp::Reverse(source.bytes()));
    let mut rest = &ordered[..];
    while !rest.is_empty() {
        let files = Run::new(writer.as_ref(), rest, options, observer).run()?;
        writer.commit()?;
        observer(Event::Kept(&files));
        rest = &rest[files.len()..];
        report.files.extend(files);
    }
    writer.finish()?;
    report.took = started.elapsed();
    report.files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(report)
}

/// Sources up to the next commit.
struct Run<'a> {
    writer: &'a dyn Writer,
    sources: &'a [Source],
    options: Options<'a>,
    observer: Observer<'a>,
    next: AtomicUsize,
    bytes: AtomicU64,
    stopped: AtomicBool,
}

impl<'a> Run<'a> {
    fn new(
        writer: &'a dyn Writer,
        sources: &'a [Source],
        options: Options<'a>,
        observer: Observer<'a>,
    ) -> Self {
        Self {
            writer,
            sources,
            options,
            observer,
            next: AtomicUsize::new(0),
            bytes: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
        }
    }

    /// Reads until the sources or the bytes of a commit are spent; what became of each that was read.
    fn run(&self) -> Result<Vec<FileReport>, IndexError> {
        let gathered = Mutex::new((Vec::new(), None));
        thread::scope(|scope| {
            for _ in 0..self.options.threads.clamp(1, 64) {
                scope.spawn(|| self.work(&gathered));
            }
        });
        let (files, failure) = gathered
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        failure.map_or(Ok(files), Err)
    }

    fn work(&self, gathered: &Mutex<(Vec<FileReport>, Option<IndexError>)>) {
        while !self.stopped.load(Ordering::Relaxed)
            && self.bytes.load(Ordering::Relaxed) < self.options.commit_bytes
        {
            let Some(source) = self.sources.get(self.next.fetch_add(1, Ordering::Relaxed)) else {
                break;
            };
            let (file, failure) = self.read(source);
            self.bytes.fetch_add(file.bytes, Ordering::Relaxed);
            (self.observer)(Event::Read(&file));
            let mut gathered = gathered.lock().unwrap_or_else(PoisonError::into_inner);
            gathered.0.push(file);
            if let Some(error) = failure {
                self.stopped.store(true, Ordering::Relaxed);
                gathered.1.get_or_insert(error);
            }
        }
    }

    fn read(&self, source: &Source) -> (FileReport, Option<IndexError>) {
        let mut file = FileReport {
            name: source.name(),
            ..FileReport::default()
        };
        let input = match source.open() {
            Ok(input) => input,
            Err(error) => {
                file.fail("", error.to_string());
                return (file, None);
            }
        };
        file.bytes = input.text.len() as u64;
        let Some(reader) = reader_for(&input) else {
            file.fail("1:1", "is in no format that memcon reads");
            return (file, None);
        };
        if let Some(doubt) = &input.doubt {
            file.remark(doubt);
        }
        let mut taking = Taking {
            run: self,
            reader,
            input: &input,
            context: Context::new(
                self.options.authority,
                self.options.taxonomy,
                self.options.printed_index,
            ),
            names: HashMap::new(),
            people: HashSet::new(),
            file,
            failure: None,
        };
        // A reader's panic costs the rest of its file, not the ingest.
        let whole = catch_unwind(AssertUnwindSafe(|| {
            reader.read(&input, &mut |item| taking.take(item));
        }));
        if whole.is_err() {
            taking
                .file
                .fail("", "the reader stopped: this is a defect of memcon");
        }
        (taking.file, taking.failure)
    }
}

/// Keeps a record, and whoever appears in it and was not kept yet.
fn keep(
    writer: &dyn Writer,
    context: &Context<'_>,
    record: Record,
    kept: &mut HashSet<String>,
) -> Result<Outcome, IndexError> {
    for id in record.people.iter().filter_map(|a| a.person.as_deref()) {
        if !kept.contains(id)
            && let Some(identity) = context.person(id)
        {
            writer.put_person(identity.clone())?;
            kept.insert(id.to_owned());
        }
    }
    writer.put(record)
}

/// Takes the items of one file.
struct Taking<'a> {
    run: &'a Run<'a>,
    reader: &'static dyn Reader,
    input: &'a Input,
    context: Context<'a>,
    /// Names met, and how often.
    names: HashMap<String, usize>,
    /// People kept already.
    people: HashSet<String>,
    file: FileReport,
    failure: Option<IndexError>,
}

impl Taking<'_> {
    fn take(&mut self, item: Item) {
        if self.failure.is_some() {
            return;
        }
        match item {
            Item::Volume(volume) => {
                self.file.volumes.insert(volume.id.clone());
                self.context.take_up(&volume);
                self.failure = self.run.writer.put_volume(*volume).err();
            }
            Item::Draft(draft) => self.draft(*draft),
            Item::Fault(fault) => self.file.fail(&fault.place, fault.message),
        }
    }

    /// Another name for a document whose own is taken.
    fn free_name(&mut self, name: &str) -> Option<String> {
        let mut count = *self
            .names
            .entry(name.to_owned())
            .and_modify(|n| *n += 1)
            .or_insert(1);
        if count == 1 {
            return None;
        }
        let mut free = format!("{name}-{count}");
        while self.names.contains_key(&free) {
            count += 1;
            free = format!("{name}-{count}");
        }
        self.names.insert(name.to_owned(), count);
        self.names.insert(free.clone(), 1);
        Some(free)
    }

    fn draft(&mut self, mut draft: Draft) {
        let place = std::mem::take(&mut draft.place);
        if let Some(free) = self.free_name(&draft.name) {
            let id = format!("{}/{}", draft.volume, draft.name);
            self.file.fail(
                &place,
                format!("the id `{id}` stands twice in this file; the later is kept as `{free}`"),
            );
            draft.name = free;
        }
        let provenance = Provenance {
            reader: self.reader.name().to_owned(),
            richness: self.reader.richness(),
            file: self.input.name.clone(),
        };
        match normalise(draft, provenance, &self.context) {
            Ok(record) => {
                self.file.passages += record.passages.len();
                record
                    .remarks
                    .iter()
                    .for_each(|remark| self.file.remark(&remark.to_string()));
                match keep(self.run.writer, &self.context, record, &mut self.people) {
                    Ok(outcome) => self.file.count(outcome),
                    Err(error) => self.failure = Some(error),
                }
            }
            Err(error) => self.file.fail(
                &place,
                format!("{error}: volume and name are letters, figures, `.`, `_` and `-`"),
            ),
        }
    }
}

impl FileReport {
    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Added => self.added += 1,
            Outcome::Replaced => self.replaced += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::KeptRicher => self.kept_richer += 1,
        }
    }
}
