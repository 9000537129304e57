//! `memcon check`

use std::process::ExitCode;

use super::{explain, open_existing};
use crate::config::Settings;

/// Reads everything back.
pub fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    let engine = open_existing(settings)?;
    let findings = engine.check().map_err(explain)?;
    for finding in &findings {
        println!("{finding}");
    }
    let stats = engine.stats().map_err(explain)?;
    println!(
        "{} records of {} volumes read back, {} damaged",
        stats.records,
        stats.volumes,
        findings.len()
    );
    Ok(if findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
