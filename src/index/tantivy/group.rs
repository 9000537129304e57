//! Matching records by the values of one field: every match is ranked as without groups, then dealt out.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use tantivy::DocAddress;

use super::{Snapshot, answer::Searching, columns::Column, fields::Fields};
use crate::index::{Group, Grouping, Groups, Hit, IndexError, Request};

/// Puts the matches of one commit into groups.
pub fn groups(
    fields: &Fields,
    snapshot: &Snapshot,
    request: &Request,
    grouping: &Grouping,
) -> Result<Groups, IndexError> {
    let every = Request {
        facets: Vec::new(),
        offset: 0,
        limit: snapshot.searcher.num_docs() as usize,
        ..request.clone()
    };
    let searching = Searching {
        fields,
        snapshot,
        request: &every,
    };
    let column = searching.column(&grouping.field)?;
    let (collected, leaves, _) = searching.ranked()?;
    let dealt = Dealt::of(&collected.best, &column, grouping.hits);
    let shown = dealt.order.iter().skip(grouping.offset);
    let shown: Vec<u32> = shown.take(grouping.limit).copied().collect();
    let wanted: BTreeSet<usize> = shown
        .iter()
        .flat_map(|n| dealt.first(*n))
        .copied()
        .collect();
    let best: Vec<(DocAddress, f32)> = wanted.iter().map(|rank| collected.best[*rank]).collect();
    let opened = searching.open_hits(&best, &leaves)?;
    let opened: HashMap<usize, Hit> = wanted.into_iter().zip(opened).collect();
    let group = |number: u32| Group {
        value: column.values[number as usize].clone(),
        count: dealt.counts[number as usize],
        hits: dealt
            .first(number)
            .iter()
            .filter_map(|rank| opened.get(rank).cloned())
            .collect(),
    };
    Ok(Groups {
        total: dealt.order.len(),
        missing: dealt.missing,
        groups: shown.into_iter().map(group).collect(),
    })
}

/// Ranked matches by number of their values.
struct Dealt {
    /// Numbers in the order in which they are met.
    order: Vec<u32>,
    /// Matches for each number.
    counts: Vec<usize>,
    /// For each number met the places of its first matches in the ranking.
    first: HashMap<u32, Vec<usize>>,
    missing: usize,
}

impl Dealt {
    fn of(best: &[(DocAddress, f32)], column: &Arc<Column>, hits: usize) -> Self {
        let mut dealt = Self {
            order: Vec::new(),
            counts: vec![0; column.values.len()],
            first: HashMap::new(),
            missing: 0,
        };
        for (rank, (address, _)) in best.iter().enumerate() {
            let values = column.segments[address.segment_ord as usize].of(address.doc_id);
            dealt.missing += usize::from(values.is_empty());
            values
                .iter()
                .for_each(|number| dealt.deal(*number, rank, hits));
        }
        dealt
    }

    fn deal(&mut self, number: u32, rank: usize, hits: usize) {
        let count = &mut self.counts[number as usize];
        if *count == 0 {
            self.order.push(number);
        }
        *count += 1;
        let first = self.first.entry(number).or_default();
        if first.len() < hits && first.last() != Some(&rank) {
            first.push(rank);
        }
    }

    fn first(&self, number: u32) -> &[usize] {
        self.first.get(&number).map_or(&[], Vec::as_slice)
    }
}
