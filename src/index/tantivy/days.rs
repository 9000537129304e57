//! One pass over the matches: how many begin on each day.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use tantivy::{
    DocId, Score, Searcher, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
    columnar::Column,
};

use super::{
    broken,
    compile::Compiler,
    fields::{Fields, span_columns},
    statistics::Statistics,
};
use crate::{
    index::{Days, Filter, IndexError, Request},
    schema::schema,
};

/// Counts the matches of a request by day.
pub fn days(fields: &Fields, searcher: &Searcher, request: &Request) -> Result<Days, IndexError> {
    let compiler = Compiler {
        schema: schema(),
        fields,
    };
    let statistics = Statistics::of_all(searcher, fields.entity).map_err(broken)?;
    let filters: Vec<&Filter> = request.filters.iter().collect();
    let compiled = compiler.compile(&request.query, &filters, &statistics)?;
    searcher
        .search(compiled.query.as_ref(), &ByDay)
        .map_err(broken)
}

struct ByDay;

struct SegmentByDay {
    dates: Column<i64>,
    counts: FxHashMap<i64, usize>,
    undated: usize,
}

impl Collector for ByDay {
    type Child = SegmentByDay;
    type Fruit = Days;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentByDay> {
        Ok(SegmentByDay {
            dates: reader.fast_fields().i64(&span_columns("date").0)?,
            counts: FxHashMap::default(),
            undated: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<(Vec<(i64, usize)>, usize)>) -> tantivy::Result<Days> {
        let mut sum: BTreeMap<i64, usize> = BTreeMap::new();
        let undated = segments.iter().map(|(_, undated)| undated).sum();
        for (day, count) in segments.into_iter().flat_map(|(days, _)| days) {
            *sum.entry(day).or_default() += count;
        }
        Ok(Days {
            days: sum.into_iter().collect(),
            undated,
        })
    }
}

impl SegmentCollector for SegmentByDay {
    type Fruit = (Vec<(i64, usize)>, usize);

    fn collect(&mut self, doc: DocId, _: Score) {
        match self.dates.first(doc) {
            Some(minutes) => *self.counts.entry(minutes.div_euclid(1440)).or_default() += 1,
            None => self.undated += 1,
        }
    }

    fn harvest(self) -> Self::Fruit {
        (self.counts.into_iter().collect(), self.undated)
    }
}
