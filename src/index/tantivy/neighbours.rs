//! Which record stands beside which: the order of print, decoded once per commit.

use std::collections::HashMap;

use tantivy::{DocAddress, Searcher};

use super::{broken, columns::Columns};
use crate::index::IndexError;

/// The place of every record.
#[derive(Debug, Default)]
pub struct Neighbours {
    /// For each segment and document.
    places: Vec<Vec<Place>>,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// The record before it in the same chapter.
    pub before: Option<DocAddress>,
    /// The record behind it in the same chapter.
    pub behind: Option<DocAddress>,
    /// Its chapter, numbered over the whole index; 0 for what is no record.
    pub chapter: u32,
}

impl Neighbours {
    /// Of one commit.
    pub fn of(searcher: &Searcher, columns: &Columns) -> Result<Self, IndexError> {
        let volumes = columns.get(searcher, "volume")?;
        let headings = columns.get(searcher, "chapter.value")?;
        let mut chapters: HashMap<(u32, &[u32]), u32> = HashMap::new();
        let mut places: Vec<Vec<Place>> = Vec::new();
        let mut order: Vec<(u32, i64, DocAddress)> = Vec::new();
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            let numbers = reader.fast_fields().i64("number").map_err(broken)?;
            let mut own = vec![Place::default(); reader.max_doc() as usize];
            for doc in reader.doc_ids_alive() {
                let Some(volume) = volumes.segments[segment].of(doc).first() else {
                    continue;
                };
                let above = headings.segments[segment].of(doc);
                let next = chapters.len() as u32 + 1;
                let chapter = *chapters.entry((*volume, above)).or_insert(next);
                own[doc as usize].chapter = chapter;
                if let Some(number) = numbers.first(doc) {
                    order.push((chapter, number, DocAddress::new(segment as u32, doc)));
                }
            }
            places.push(own);
        }
        order.sort_unstable();
        let mut neighbours = Self { places };
        for pair in order.windows(2) {
            let [(one, _, first), (other, _, second)] = *pair else {
                continue;
            };
            if one == other {
                neighbours.place(first).behind = Some(second);
                neighbours.place(second).before = Some(first);
            }
        }
        Ok(neighbours)
    }

    fn place(&mut self, at: DocAddress) -> &mut Place {
        &mut self.places[at.segment_ord as usize][at.doc_id as usize]
    }

    /// Where a record stands.
    pub fn at(&self, address: DocAddress) -> Place {
        self.places[address.segment_ord as usize][address.doc_id as usize]
    }
}
