//! Why a hit is where it is: what the second look gave, and what each word counts alone.

use std::collections::HashMap;

use tantivy::{
    DocAddress, Searcher,
    query::{EnableScoring, Weight},
};

use super::{
    Snapshot, answer::Searching, broken, compile::Compiler, fields::Fields, places::reach,
    rank::Look,
};
use crate::{
    index::{Explanation, IndexError, Query, Request, deadline},
    schema::schema,
};

/// Words that are looked at one by one.
const CLAUSES: usize = 32;

/// Explains the hits of a page.
pub fn explain(
    fields: &Fields,
    snapshot: &Snapshot,
    request: &Request,
) -> Result<Vec<Explanation>, IndexError> {
    let searching = Searching {
        fields,
        snapshot,
        request,
    };
    let ((collected, ..), looks) = searching.looked_at()?;
    let looks: HashMap<DocAddress, Look> = looks.into_iter().map(|l| (l.address, l)).collect();
    let alone = alone(fields, snapshot, &request.query)?;
    let shown = collected.best.iter().skip(request.offset);
    let shown = shown.take(request.limit);
    shown
        .map(|(address, score)| {
            deadline::in_time()?;
            let mut explained = match looks.get(address) {
                Some(look) => Explanation {
                    words: look.words,
                    together: look.together,
                    neighbours: look.neighbours,
                    chapter: look.chapter,
                    clauses: Vec::new(),
                },
                None => Explanation {
                    words: *score,
                    ..Explanation::default()
                },
            };
            for (query, weight) in &alone {
                let counts = counts(&snapshot.searcher, weight.as_ref(), *address)?;
                explained
                    .clauses
                    .extend(counts.map(|c| ((*query).clone(), c)));
            }
            Ok(explained)
        })
        .collect()
}

/// A part of a query, and what weighs it.
type Alone<'q> = (&'q Query, Box<dyn Weight>);

/// The parts of a query that can stand alone.
fn alone<'q>(
    fields: &Fields,
    snapshot: &Snapshot,
    query: &'q Query,
) -> Result<Vec<Alone<'q>>, IndexError> {
    let (searcher, statistics) = (&snapshot.searcher, snapshot.statistics(fields)?);
    let compiler = Compiler {
        schema: schema(),
        fields,
    };
    let leaves = query.leaves().into_iter().take(CLAUSES);
    leaves
        .map(|leaf| {
            let compiled = compiler.compile(leaf, &[], &statistics)?;
            let scoring = EnableScoring::enabled_from_statistics_provider(&statistics, searcher);
            Ok((leaf, compiled.query.weight(scoring).map_err(broken)?))
        })
        .collect()
}

/// What it counts in one record; `None` where that does not meet it.
fn counts(
    searcher: &Searcher,
    weight: &dyn Weight,
    address: DocAddress,
) -> Result<Option<f32>, IndexError> {
    let reader = searcher.segment_reader(address.segment_ord);
    let mut scorer = weight.scorer(reader, 1.0).map_err(broken)?;
    let met = reach(scorer.as_mut(), address.doc_id);
    Ok(met.then(|| scorer.score()))
}
