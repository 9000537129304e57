//! `memcon backup STORE` and `memcon restore STORE`

use std::process::ExitCode;

use clap::Args;

use super::explain;
use crate::{
    config::Settings,
    index::{Copied, IndexError, Location, backup, open, restore},
};

/// Copy the last commit away, also while others serve and write
#[derive(Debug, Args)]
pub struct Backup {
    /// A folder, or with the feature `cloud` an address: s3://BUCKET/PATH, gs://..., az://...
    #[arg(value_name = "STORE")]
    store: String,

    /// Remove all backups in it but the last so many
    #[arg(long, value_name = "NUMBER")]
    keep: Option<usize>,
}

/// Make a backup the index of the data folder
#[derive(Debug, Args)]
pub struct Restore {
    /// Where backups are
    #[arg(value_name = "STORE")]
    store: String,

    /// Which one [default: the last]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Also where the data folder holds an index: the backup takes its place
    #[arg(long)]
    replace: bool,
}

impl Backup {
    /// Copies and reports.
    pub fn run(&self, settings: &Settings) -> anyhow::Result<ExitCode> {
        let copied = backup(&settings.data, &self.store, self.keep).map_err(explain)?;
        print("backed up", &copied);
        Ok(ExitCode::SUCCESS)
    }
}

impl Restore {
    /// Copies back and reports.
    pub fn run(&self, settings: &Settings) -> anyhow::Result<ExitCode> {
        let held = match open(Location::Existing(&settings.data)) {
            Ok(engine) => engine.stats().map_err(explain)?.records > 0,
            Err(IndexError::Missing(_)) => false,
            // What cannot be read now may be worth more than a backup.
            Err(_) => true,
        };
        if held && !self.replace {
            anyhow::bail!(
                "`{}` holds an index\n\nhint: name another folder with --data DIR, or let the backup take its place with --replace",
                settings.data.display()
            );
        }
        let name = self.name.as_deref();
        let copied = restore(&settings.data, &self.store, name).map_err(explain)?;
        print("restored", &copied);
        Ok(ExitCode::SUCCESS)
    }
}

fn print(done: &str, copied: &Copied) {
    println!(
        "{} {done}: {} records, {} files, {:.1} MB, of which {:.1} MB copied",
        copied.name,
        copied.records,
        copied.files,
        copied.bytes as f64 / 1e6,
        copied.copied as f64 / 1e6
    );
}
