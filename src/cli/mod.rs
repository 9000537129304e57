//! The command line: one file per verb. The only place that knows which engine is open.

mod backup;
mod check;
mod ingest;
mod logging;
mod reindex;
mod schema;
mod search;
mod serve;
mod show;
mod stats;
mod token;

pub use schema::field_table;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context;
use clap::{CommandFactory, Parser, Subcommand};

use crate::{
    config::Settings,
    index::{Engine, IndexError, Location, open},
};

/// Full-text search over declassified records.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    propagate_version = true,
    after_help = "Examples:
  memcon ingest frus/*.xml         take volumes in
  memcon serve                     answer on http://127.0.0.1:8080
  memcon search 'laos \"pathet lao\"' --kind telegram
  memcon show frus1961-63v05/d323

Without anything ingested, `serve` and `search` answer from a few specimens that come with the program."
)]
pub struct Cli {
    /// The data folder [default: ./data]
    #[arg(long, global = true, env = "MEMCON_DATA", value_name = "DIR")]
    data: Option<PathBuf>,

    /// A settings file in TOML; README.md lists what can be set
    #[arg(long, global = true, env = "MEMCON_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take in files: FRUS volumes in TEI, volumes and single memos as plain text, also gzipped
    Ingest(ingest::Ingest),
    /// Answer over HTTP
    Serve(serve::Serve),
    /// Search from the terminal
    Search(search::Search),
    /// Show a record
    Show(show::Show),
    /// Count what is held
    Stats,
    /// Read everything back and report what is damaged
    Check,
    /// Copy the last commit to a folder or a cloud store, also while others serve and write
    Backup(backup::Backup),
    /// Make a backup the index of the data folder
    Restore(backup::Restore),
    /// Rebuild the index from the records stored in it, for another schema
    Reindex,
    /// Make a token for readers of closed records or for programs that write
    Token(token::Token),
    /// Print the fields, analyzers and vocabularies
    Schema(schema::Schema),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Runs the command line; the exit code is 0 only if everything went well.
///
/// # Errors
/// What stands in the way, with a hint on a line of its own.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let mut settings =
        Settings::load(cli.config.as_deref()).context("the settings cannot be read")?;
    if let Some(data) = cli.data {
        settings.data = data;
    }
    let _logging = logging::start(&settings)?;
    match cli.command {
        Command::Ingest(verb) => verb.run(&settings),
        Command::Serve(verb) => verb.run(settings),
        Command::Search(verb) => verb.run(&settings),
        Command::Show(verb) => verb.run(&settings),
        Command::Stats => stats::run(&settings),
        Command::Check => check::run(&settings),
        Command::Backup(verb) => verb.run(&settings),
        Command::Restore(verb) => verb.run(&settings),
        Command::Reindex => reindex::run(&settings),
        Command::Token(verb) => verb.run(),
        Command::Schema(verb) => verb.run(),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "memcon", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Opens what was ingested.
fn open_existing(settings: &Settings) -> anyhow::Result<Box<dyn Engine>> {
    open(Location::Existing(&settings.data)).map_err(explain)
}

/// Opens what was ingested, for which the specimens stand in until something is.
fn open_or_specimens(settings: &Settings) -> anyhow::Result<Arc<dyn Engine>> {
    let kept: Arc<dyn Engine> =
        Arc::from(open(Location::Awaited(&settings.data)).map_err(explain)?);
    if kept.stats().map_err(explain)?.records > 0 {
        return Ok(kept);
    }
    crate::specimens::standing_in_for(kept).map_err(explain)
}

/// The fact, then the way on.
fn explain(error: IndexError) -> anyhow::Error {
    let hint = match &error {
        IndexError::Missing(_) => Some("`memcon ingest PATH` makes one"),
        IndexError::Foreign(_) => Some("name another folder with --data DIR"),
        IndexError::OtherSchema { .. } => {
            Some("`memcon reindex` rebuilds it from the records stored in it")
        }
        IndexError::Locked => Some("wait until it is done"),
        IndexError::Store(_) => Some(
            "name a folder, or an address of a cloud store where memcon is built with the feature `cloud`",
        ),
        IndexError::Broken(_) => {
            Some("`memcon check` tells what is damaged; a full or read-only disk shows here too")
        }
        IndexError::Field { .. } | IndexError::Expansion { .. } | IndexError::Late => None,
    };
    match hint {
        Some(hint) => anyhow::anyhow!("{error}\n\nhint: {hint}"),
        None => anyhow::anyhow!("{error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
