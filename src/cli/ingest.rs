//! `memcon ingest PATH...`

use std::{
    io::{IsTerminal, stderr},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use comfy_table::{CellAlignment, Table, presets::NOTHING};
use indicatif::{ProgressBar, ProgressStyle};

use super::explain;
use crate::{
    authority::{Authority, Taxonomy},
    config::Settings,
    index::{Location, open},
    ingest::{COMMIT_MEGABYTES, Event, FileReport, Found, Options, Report, find, ingest},
    readers::Input,
};

/// Take in files
#[derive(Debug, Args)]
pub struct Ingest {
    /// Files and folders; of a folder, files that end in .xml, .tei or .txt, also with .gz
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Who is who: people in JSON Lines, beside those that memcon knows
    #[arg(long, value_name = "FILE")]
    authority: Option<PathBuf>,

    /// Subjects: the Office of the Historian's taxonomy in XML
    #[arg(long, value_name = "FILE")]
    taxonomy: Option<PathBuf>,

    /// Make what was read durable after so many megabytes of text
    #[arg(long, value_name = "MB", default_value_t = COMMIT_MEGABYTES, value_parser = clap::value_parser!(u64).range(1..=4096))]
    commit_every: u64,

    /// Leave the volumes' printed indexes out of the records' subject headings
    #[arg(long)]
    no_printed_index: bool,
}

/// Remarks shown by name; the rest is counted.
const REMARKS: usize = 8;

impl Ingest {
    /// Ingests and reports; fails where anything could not be read.
    pub fn run(&self, settings: &Settings) -> anyhow::Result<ExitCode> {
        let authority = self.authority()?;
        let taxonomy = self.taxonomy()?;
        let options = Options {
            threads: settings.threads,
            authority: &authority,
            taxonomy: taxonomy.as_ref(),
            printed_index: !self.no_printed_index,
            commit_bytes: self.commit_every << 20,
        };
        let found = find(&self.paths);
        let engine = open(Location::Folder(&settings.data)).map_err(explain)?;
        let progress = Progress::new(found.sources.len());
        let report = ingest(engine.as_ref(), &found.sources, options, &|event| {
            progress.tell(event);
        })
        .map_err(explain)?;
        progress.finish();
        print(&report, &found);
        let failed = report.failures().next().is_some() || !found.failures.is_empty();
        Ok(if failed {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }
}

impl Ingest {
    fn authority(&self) -> anyhow::Result<Authority> {
        let mut authority = Authority::shipped().clone();
        if let Some(path) = &self.authority {
            let hint = "every line is a person, as {\"id\": \"...\", \"name\": \"Family, Given\"}";
            let added = authority.add(&read(path)?);
            added.map_err(|error| no_use(path, &error, hint))?;
        }
        Ok(authority)
    }

    fn taxonomy(&self) -> anyhow::Result<Option<Taxonomy>> {
        let hint = "memcon reads categories and tags with labels, as in the Office of the Historian's subject-taxonomy.xml";
        let Some(path) = &self.taxonomy else {
            return Ok(None);
        };
        let read = Taxonomy::read(&read(path)?);
        read.map(Some).map_err(|error| no_use(path, &error, hint))
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    let input =
        Input::open(path).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    Ok(input.text)
}

fn no_use(path: &Path, error: &dyn std::fmt::Display, hint: &str) -> anyhow::Error {
    anyhow::anyhow!("{}: {error}\n\nhint: {hint}", path.display())
}

/// A bar of what is read on a terminal, lines of what is kept elsewhere.
struct Progress(Option<ProgressBar>);

impl Progress {
    fn new(files: usize) -> Self {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} files  {wide_msg}");
        let bar = stderr().is_terminal().then(|| {
            ProgressBar::new(files as u64)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self(bar)
    }

    fn tell(&self, event: Event<'_>) {
        match (&self.0, event) {
            (Some(bar), Event::Read(file)) => {
                bar.set_message(file.name.clone());
                bar.inc(1);
            }
            (None, Event::Kept(files)) => files
                .iter()
                .for_each(|file| eprintln!("{}: {} records", file.name, file.records())),
            _ => {}
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

fn print(report: &Report, found: &Found) {
    let remarks = report.remarks();
    if !remarks.is_empty() {
        println!("Remarks:");
        for (text, count) in remarks.iter().take(REMARKS) {
            println!("  {count:>6}  {text}");
        }
        if remarks.len() > REMARKS {
            let rest: usize = remarks.iter().skip(REMARKS).map(|(_, n)| n).sum();
            println!(
                "  {rest:>6}  of {} other kinds; `memcon show ID` lists those of a record",
                remarks.len() - REMARKS
            );
        }
        println!();
    }
    let mut failures = report.failures().chain(&found.failures).peekable();
    if failures.peek().is_some() {
        println!("Failures:");
        failures.for_each(|failure| println!("  {failure}"));
        println!();
    }
    println!("{}", closing(report, found));
}

fn closing(report: &Report, found: &Found) -> Table {
    let megabytes = report.bytes() as f64 / 1e6;
    let seconds = report.took.as_secs_f64().max(1e-9);
    let failures = report.failures().count() + found.failures.len();
    let remarks: usize = report.remarks().iter().map(|(_, n)| n).sum();
    let mut table = Table::new();
    table.load_style(NOTHING);
    let mut row = |name: &str, value: String| {
        table.add_row([name.to_owned(), value]);
    };
    row("volumes", report.volumes().to_string());
    row("records", report.sum(FileReport::records).to_string());
    row("  new", report.sum(|f| f.added).to_string());
    row("  replaced", report.sum(|f| f.replaced).to_string());
    row("  unchanged", report.sum(|f| f.unchanged).to_string());
    row(
        "  kept from a richer source",
        report.sum(|f| f.kept_richer).to_string(),
    );
    row("passages", report.sum(|f| f.passages).to_string());
    row("remarks", remarks.to_string());
    row("failures", failures.to_string());
    row("files of other kinds", found.skipped.to_string());
    row(
        "text",
        format!(
            "{megabytes:.1} MB in {seconds:.1} s, {:.1} MB/s",
            megabytes / seconds
        ),
    );
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
