//! Columns of whole values, decoded once per commit, with one numbering of values over all segments.
//! Counting facets is then one addition per record and value.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use tantivy::{Searcher, columnar::StrColumn};

use super::broken;
use crate::index::IndexError;

/// One field's values over a whole index.
#[derive(Debug, Default)]
pub struct Column {
    /// Values by number; numbers are in no order.
    pub values: Vec<String>,
    /// Per segment.
    pub segments: Vec<Arc<Segment>>,
}

/// One field's values in one segment.
#[derive(Debug, Default)]
pub struct Segment {
    /// For each document the end of its values in `numbers`; the start is the end of the one before.
    ends: Vec<u32>,
    numbers: Vec<u32>,
}

impl Segment {
    /// Numbers of a document's values.
    pub fn of(&self, document: u32) -> &[u32] {
        let document = document as usize;
        let Some(end) = self.ends.get(document) else {
            return &[];
        };
        let start = document
            .checked_sub(1)
            .map_or(0, |before| self.ends[before]);
        &self.numbers[start as usize..*end as usize]
    }
}

/// Columns of one commit, decoded when first asked for.
#[derive(Debug, Default)]
pub struct Columns(Mutex<BTreeMap<String, Arc<Column>>>);

impl Columns {
    /// The column of a name.
    pub fn get(&self, searcher: &Searcher, name: &str) -> Result<Arc<Column>, IndexError> {
        let mut known = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(column) = known.get(name) {
            return Ok(column.clone());
        }
        let column = Arc::new(decode(searcher, name)?);
        known.insert(name.to_owned(), column.clone());
        Ok(column)
    }
}

fn decode(searcher: &Searcher, name: &str) -> Result<Column, IndexError> {
    let mut column = Column::default();
    let mut numbers: HashMap<String, u32> = HashMap::new();
    for reader in searcher.segment_readers() {
        let mut segment = Segment::default();
        if let Some(strings) = reader.fast_fields().str(name).map_err(broken)? {
            let renumbered = renumber(&strings, &mut numbers, &mut column.values)?;
            segment.ends.reserve(reader.max_doc() as usize);
            for document in 0..reader.max_doc() {
                segment.numbers.extend(
                    strings
                        .term_ords(document)
                        .map(|ordinal| renumbered[ordinal as usize]),
                );
                segment.ends.push(segment.numbers.len() as u32);
            }
        }
        column.segments.push(Arc::new(segment));
    }
    Ok(column)
}

/// The segment's ordinals as numbers of the whole index.
fn renumber(
    strings: &StrColumn,
    numbers: &mut HashMap<String, u32>,
    values: &mut Vec<String>,
) -> Result<Vec<u32>, IndexError> {
    let mut renumbered = Vec::with_capacity(strings.num_terms());
    let mut stream = strings.dictionary().stream().map_err(broken)?;
    while stream.advance() {
        let value = String::from_utf8_lossy(stream.key());
        let number = match numbers.get(value.as_ref()) {
            Some(number) => *number,
            None => {
                let number = values.len() as u32;
                values.push(value.clone().into_owned());
                numbers.insert(value.into_owned(), number);
                number
            }
        };
        renumbered.push(number);
    }
    Ok(renumbered)
}
