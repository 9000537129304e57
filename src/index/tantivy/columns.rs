//! Columns of whole values, decoded once per commit, with one numbering of values over all segments.
//! Counting facets is then one addition per record and value.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use tantivy::{Searcher, columnar::StrColumn};

use super::broken;
use crate::index::{IndexError, words::fold_value};

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
    let mut segments = Vec::new();
    let mut numbering = Numbering::default();
    for reader in searcher.segment_readers() {
        let mut segment = Segment::default();
        if let Some(strings) = reader.fast_fields().str(name).map_err(broken)? {
            let mut uses = vec![0usize; strings.num_terms()];
            segment.ends.reserve(reader.max_doc() as usize);
            for document in 0..reader.max_doc() {
                let there = !reader.is_deleted(document);
                for ordinal in strings.term_ords(document).take_while(|_| there) {
                    uses[ordinal as usize] += 1;
                    segment.numbers.push(ordinal as u32);
                }
                segment.ends.push(segment.numbers.len() as u32);
            }
            let renumbered = numbering.renumber(&strings, &uses)?;
            segment
                .numbers
                .iter_mut()
                .for_each(|n| *n = renumbered[*n as usize]);
        }
        segments.push(Arc::new(segment));
    }
    Ok(Column {
        values: numbering.values(),
        segments,
    })
}

/// One number for all spellings that filters take for the same value.
#[derive(Default)]
struct Numbering {
    numbers: HashMap<String, u32>,
    /// For each number its spellings and how often each stands.
    spellings: Vec<Vec<(String, usize)>>,
}

impl Numbering {
    /// The segment's ordinals as numbers of the whole index.
    fn renumber(&mut self, strings: &StrColumn, uses: &[usize]) -> Result<Vec<u32>, IndexError> {
        let mut renumbered = Vec::with_capacity(uses.len());
        let mut stream = strings.dictionary().stream().map_err(broken)?;
        while stream.advance() {
            let spelling = String::from_utf8_lossy(stream.key()).into_owned();
            let fresh = self.spellings.len() as u32;
            let number = *self.numbers.entry(fold_value(&spelling)).or_insert(fresh);
            if number == fresh {
                self.spellings.push(Vec::new());
            }
            let used = uses.get(renumbered.len()).copied().unwrap_or(0);
            let known = &mut self.spellings[number as usize];
            match known.iter_mut().find(|(s, _)| *s == spelling) {
                Some((_, count)) => *count += used,
                None => known.push((spelling, used)),
            }
            renumbered.push(number);
        }
        Ok(renumbered)
    }

    /// Each value in its commonest spelling.
    fn values(self) -> Vec<String> {
        let commonest = |spellings: Vec<(String, usize)>| {
            spellings
                .into_iter()
                .max_by_key(|(_, n)| *n)
                .map(|(s, _)| s)
        };
        self.spellings
            .into_iter()
            .map(|s| commonest(s).unwrap_or_default())
            .collect()
    }
}
