//! The contents of a volume: its divisions and records in the order of print.

use std::collections::HashMap;

use crate::{index::Card, record::Volume};

/// A division or a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContentsLine<'v> {
    /// 0 for the outermost divisions.
    pub depth: u8,
    /// The heading of a division.
    pub heading: Option<&'v str>,
    /// A record.
    pub record: Option<&'v Card>,
}

/// The printed order, as far as records are held; then those that it does not name.
pub fn contents<'v>(volume: &'v Volume, cards: &'v [Card]) -> Vec<ContentsLine<'v>> {
    let mut by_name: HashMap<&str, &Card> = cards.iter().map(|c| (c.id.name(), c)).collect();
    let line = |depth, heading, record| ContentsLine {
        depth,
        heading,
        record,
    };
    let mut lines = Vec::new();
    for entry in &volume.contents {
        match &entry.record {
            Some(name) => {
                let held = by_name.remove(name.as_str());
                lines.extend(held.map(|card| line(entry.depth, None, Some(card))));
            }
            None => lines.push(line(entry.depth, entry.heading.as_deref(), None)),
        }
    }
    let unnamed = cards.iter().filter(|c| by_name.contains_key(c.id.name()));
    lines.extend(unnamed.map(|card| line(0, None, Some(card))));
    lines
}
