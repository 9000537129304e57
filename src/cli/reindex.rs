//! `memcon reindex`

use std::process::ExitCode;

use super::explain;
use crate::{config::Settings, index::rebuild};

/// Rebuilds the index under the present schema.
pub fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    let records = rebuild(&settings.data).map_err(explain)?;
    println!("{records} records rebuilt");
    Ok(ExitCode::SUCCESS)
}
