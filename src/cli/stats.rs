//! `memcon stats`

use std::process::ExitCode;

use comfy_table::{CellAlignment, Table, presets::NOTHING};

use super::{explain, open_existing};
use crate::config::Settings;

/// Counts what is held.
pub fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    let engine = open_existing(settings)?;
    let stats = engine.stats().map_err(explain)?;
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(["volume", "records", "from", "to", "title"]);
    for volume in engine.volumes().map_err(explain)? {
        let day = |d: Option<crate::record::Moment>| d.map_or(String::new(), |d| d.to_string());
        table.add_row([
            volume.id,
            volume.records.to_string(),
            day(volume.first),
            day(volume.last),
            volume.title.unwrap_or_default(),
        ]);
    }
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}\n");
    println!(
        "{} records of {} volumes, {:.1} MB on disk",
        stats.records,
        stats.volumes,
        stats.bytes as f64 / 1e6
    );
    Ok(ExitCode::SUCCESS)
}
