//! One pass over the matches: how many, which are best, how many have each value.
//!
//! A filter on a counted field is not part of the query but tested here, so that the counts of that
//! field can leave it out: a match that fails one such filter still counts for that filter's field.

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

use tantivy::{
    DocAddress, DocId, Score, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
    columnar::Column as NumberColumn,
};

use super::columns::{Column, Segment};
use crate::index::Sort;

/// What to collect.
pub struct Collect {
    /// How many of the best.
    pub best: usize,
    /// By what.
    pub sort: Sort,
    /// The name of the column to sort dates by.
    pub date_column: String,
    /// Columns to count.
    pub facets: Vec<Arc<Column>>,
    /// For some facets their own filter: for each segment, which documents pass.
    pub own_filters: Vec<(usize, Vec<Arc<Vec<bool>>>)>,
}

/// What was collected.
#[derive(Default)]
pub struct Collected {
    /// Matches in all.
    pub total: usize,
    /// The best, best first.
    pub best: Vec<(DocAddress, f32)>,
    /// Per facet.
    pub counts: Vec<Counts>,
}

/// Counts of one column.
#[derive(Default, Clone)]
pub struct Counts {
    /// By number of the value.
    pub by_value: Vec<u32>,
    /// Documents without a value.
    pub missing: usize,
}

/// Larger is better; ties go to the earlier document.
type Ranked = (i64, Reverse<DocId>, u32);

impl Collector for Collect {
    type Child = CollectSegment;
    type Fruit = Collected;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<CollectSegment> {
        let dates = match self.sort {
            Sort::Relevance => None,
            _ => Some(reader.fast_fields().i64(&self.date_column)?),
        };
        let columns = self
            .facets
            .iter()
            .map(|c| c.segments[segment as usize].clone());
        let own = self
            .own_filters
            .iter()
            .map(|(facet, sets)| (*facet, sets[segment as usize].clone()));
        Ok(CollectSegment {
            segment,
            best: self.best,
            sort: self.sort,
            dates,
            heap: BinaryHeap::new(),
            total: 0,
            facets: columns
                .zip(&self.facets)
                .map(|(c, whole)| {
                    (
                        c,
                        Counts {
                            by_value: vec![0; whole.values.len()],
                            missing: 0,
                        },
                    )
                })
                .collect(),
            own_filters: own.collect(),
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<CollectedSegment>) -> tantivy::Result<Collected> {
        let mut merged = Collected {
            counts: self
                .facets
                .iter()
                .map(|c| Counts {
                    by_value: vec![0; c.values.len()],
                    missing: 0,
                })
                .collect(),
            ..Collected::default()
        };
        let mut best = Vec::new();
        for segment in segments {
            merged.total += segment.total;
            best.extend(segment.best.into_iter().map(|(key, Reverse(doc), score)| {
                (key, DocAddress::new(segment.segment, doc), score)
            }));
            for (sum, counts) in merged.counts.iter_mut().zip(segment.counts) {
                sum.missing += counts.missing;
                sum.by_value
                    .iter_mut()
                    .zip(counts.by_value)
                    .for_each(|(a, b)| *a += b);
            }
        }
        best.sort_by_key(|(key, address, _)| (Reverse(*key), *address));
        best.truncate(self.best);
        merged.best = best
            .into_iter()
            .map(|(_, address, score)| (address, f32::from_bits(score)))
            .collect();
        Ok(merged)
    }
}

/// The collector of one segment.
pub struct CollectSegment {
    segment: SegmentOrdinal,
    best: usize,
    sort: Sort,
    dates: Option<NumberColumn<i64>>,
    heap: BinaryHeap<Reverse<Ranked>>,
    total: usize,
    facets: Vec<(Arc<Segment>, Counts)>,
    own_filters: Vec<(usize, Arc<Vec<bool>>)>,
}

/// What one segment gives.
pub struct CollectedSegment {
    segment: SegmentOrdinal,
    total: usize,
    best: Vec<Ranked>,
    counts: Vec<Counts>,
}

impl CollectSegment {
    fn key(&self, doc: DocId, score: Score) -> i64 {
        let date = || self.dates.as_ref().and_then(|column| column.first(doc));
        match self.sort {
            // Scores are not negative: their bits are in their order.
            Sort::Relevance => i64::from(score.max(0.0).to_bits()),
            Sort::DateAscending => date().map_or(i64::MIN, |minutes| -minutes),
            Sort::DateDescending => date().unwrap_or(i64::MIN),
        }
    }

    fn count(&mut self, facet: usize, doc: DocId) {
        let (column, counts) = &mut self.facets[facet];
        let values = column.of(doc);
        if values.is_empty() {
            counts.missing += 1;
        }
        for value in values {
            counts.by_value[*value as usize] += 1;
        }
    }

    fn rank(&mut self, doc: DocId, score: Score) {
        if self.best == 0 {
            return;
        }
        let ranked = (self.key(doc, score), Reverse(doc), score.to_bits());
        if self.heap.len() < self.best {
            self.heap.push(Reverse(ranked));
        } else if self
            .heap
            .peek()
            .is_some_and(|Reverse(worst)| ranked > *worst)
        {
            self.heap.pop();
            self.heap.push(Reverse(ranked));
        }
    }
}

impl SegmentCollector for CollectSegment {
    type Fruit = CollectedSegment;

    fn collect(&mut self, doc: DocId, score: Score) {
        let mut failed = self
            .own_filters
            .iter()
            .filter(|(_, set)| !set[doc as usize])
            .map(|(facet, _)| *facet);
        match (failed.next(), failed.next()) {
            (None, _) => {
                self.total += 1;
                self.rank(doc, score);
                (0..self.facets.len()).for_each(|facet| self.count(facet, doc));
            }
            (Some(facet), None) => self.count(facet, doc),
            (Some(_), Some(_)) => {}
        }
    }

    fn harvest(self) -> CollectedSegment {
        CollectedSegment {
            segment: self.segment,
            total: self.total,
            best: self
                .heap
                .into_iter()
                .map(|Reverse(ranked)| ranked)
                .collect(),
            counts: self.facets.into_iter().map(|(_, counts)| counts).collect(),
        }
    }
}
