//! Answering a search: compile, collect, open the hits of the page.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tantivy::{DocAddress, Searcher, query::EnableScoring};

use super::{
    Snapshot,
    bounded::Bounded,
    broken,
    collect::{Collect, Collected, Counts},
    columns::Column,
    compile::{Compiler, Leaf},
    fields::{Fields, span_columns, value_column},
    places::Locator,
    rank::{Headings, Look, look_again},
    stored::Stored,
};
use crate::{
    index::{
        Facet, Filter, Hit, Hits, IndexError, Marked, Query, Request, Sort, deadline,
        words::speaker_key,
    },
    record::RecordId,
    schema::{FieldKind, ranking, schema},
};

/// Answers a search on one commit.
pub fn answer(fields: &Fields, snapshot: &Snapshot, request: &Request) -> Result<Hits, IndexError> {
    let searching = Searching {
        fields,
        snapshot,
        request,
    };
    let (mut collected, leaves, columns) = searching.ranked()?;
    let end = request.offset.saturating_add(request.limit);
    collected.best.truncate(end);
    let shown = collected.best.get(request.offset..).unwrap_or_default();
    let counted = request.facets.iter().zip(&columns).zip(&collected.counts);
    Ok(Hits {
        total: collected.total,
        hits: searching.open_hits(shown, &leaves)?,
        facets: counted
            .map(|(((field, size), column), counts)| facet(field, *size, column, counts))
            .collect(),
        generation: snapshot.number,
    })
}

/// Where one record answers a query on one commit; `None` where it does not meet it.
pub fn marks(
    fields: &Fields,
    snapshot: &Snapshot,
    id: &RecordId,
    query: &Query,
) -> Result<Option<Marked>, IndexError> {
    let itself = Query::Value {
        field: ID.into(),
        value: id.to_string(),
    };
    let request = Request {
        query: Query::And(vec![query.clone(), itself]),
        sort: Sort::DateAscending,
        limit: 1,
        ..Request::default()
    };
    let searching = Searching {
        fields,
        snapshot,
        request: &request,
    };
    let (collected, leaves, _) = searching.collect()?;
    let Some((address, _)) = collected.best.first() else {
        return Ok(None);
    };
    let stored = Stored::open(&snapshot.searcher, fields, *address)?;
    let mut locator = Locator::new(&snapshot.searcher, fields, &leaves, Vec::new());
    locator.marks(*address, &stored.text()?).map(Some)
}

/// A search under way.
pub struct Searching<'a> {
    /// Handles of every field.
    pub fields: &'a Fields,
    /// The commit.
    pub snapshot: &'a Snapshot,
    /// What is asked.
    pub request: &'a Request,
}

/// What one pass gives: the matches, the leaves to look for in them, the columns that were counted.
pub type Found = (Collected, Vec<Leaf>, Vec<Arc<Column>>);

impl Searching<'_> {
    /// What matches, the best first, after the second look.
    pub fn ranked(&self) -> Result<Found, IndexError> {
        self.looked_at().map(|(found, _)| found)
    }

    /// As [`Searching::ranked`], with what the second look gave to each.
    pub fn looked_at(&self) -> Result<(Found, Vec<Look>), IndexError> {
        let (mut collected, leaves, columns) = self.collect()?;
        let mut looks = Vec::new();
        if self.ranks() && !leaves.is_empty() {
            let searcher = &self.snapshot.searcher;
            // Other forms of a name find records and say nothing of how well these answer.
            let typed: Vec<Leaf> = leaves.iter().map(Leaf::as_typed).collect();
            looks = look_again(
                &mut collected.best,
                &typed,
                self.snapshot.neighbours()?,
                &mut Locator::new(searcher, self.fields, &typed, Vec::new()),
                &mut Headings::new(searcher, self.fields, &typed),
            )?;
        }
        Ok(((collected, leaves, columns), looks))
    }

    fn collect(&self) -> Result<Found, IndexError> {
        let (searcher, request) = (&self.snapshot.searcher, self.request);
        let facet_of = |filter: &Filter| {
            request
                .facets
                .iter()
                .position(|(field, _)| *field == filter.field)
        };
        let (mut required, mut own_filters) = (Vec::new(), Vec::new());
        let mut statistics = self.snapshot.statistics(self.fields)?;
        let compiler = Compiler {
            schema: schema(),
            fields: self.fields,
        };
        for filter in &request.filters {
            let passing = passing(searcher, compiler.filter(filter)?.as_ref())?;
            statistics.narrow(&passing);
            match facet_of(filter) {
                Some(facet) => own_filters.push((facet, passing)),
                None => required.push(filter),
            }
        }
        let compiled = compiler.compile(&request.query, &required, &statistics)?;
        let columns = self.columns()?;
        let collect = Collect {
            best: self.best(),
            sort: request.sort,
            date_column: date_column(),
            facets: columns.clone(),
            own_filters,
        };
        let stopped = Arc::new(AtomicBool::new(false));
        let query = match deadline::until() {
            Some(_) => Box::new(Bounded {
                query: compiled.query,
                stopped: stopped.clone(),
            }),
            None => compiled.query,
        };
        let collected =
            searcher.search_with_statistics_provider(query.as_ref(), &collect, &statistics);
        if stopped.load(Ordering::Relaxed) {
            return Err(IndexError::Late);
        }
        // Parts of the query look at the clock themselves and end early.
        deadline::in_time()?;
        Ok((collected.map_err(broken)?, compiled.leaves, columns))
    }

    /// Whether hits are wanted, and the best first.
    fn ranks(&self) -> bool {
        self.request.limit > 0 && self.request.sort == Sort::Relevance
    }

    /// How many hits to keep: those that get a second look are always the same, whatever page is asked.
    fn best(&self) -> usize {
        let wanted = self.request.offset.saturating_add(self.request.limit);
        match self.request.limit {
            0 => 0,
            _ if self.ranks() => wanted.max(ranking().pool),
            _ => wanted,
        }
    }

    fn columns(&self) -> Result<Vec<Arc<Column>>, IndexError> {
        let asked = self.request.facets.iter();
        asked.map(|(field, _)| self.column(field)).collect()
    }

    /// The column of a field that can be counted.
    pub fn column(&self, field: &str) -> Result<Arc<Column>, IndexError> {
        let declared = schema().field(field).filter(|f| f.facet);
        let unusable = || IndexError::Field {
            field: field.to_owned(),
            how: "as a facet",
        };
        self.snapshot.columns.get(
            &self.snapshot.searcher,
            &value_column(declared.ok_or_else(unusable)?),
        )
    }

    /// Records are opened in order of address, as postings run, and given in order of rank.
    pub fn open_hits(
        &self,
        best: &[(DocAddress, f32)],
        leaves: &[Leaf],
    ) -> Result<Vec<Hit>, IndexError> {
        let searcher = &self.snapshot.searcher;
        let speakers = speakers(self.request);
        let mut locator = Locator::new(searcher, self.fields, leaves, speakers);
        let mut order: Vec<usize> = (0..best.len()).collect();
        order.sort_by_key(|i| best[*i].0);
        let mut hits: HashMap<usize, Hit> = HashMap::new();
        for index in order {
            deadline::in_time()?;
            let (address, score) = best[index];
            let stored = Stored::open(searcher, self.fields, address)?;
            let (places, all_places) =
                locator.places(address, &stored.text()?, self.request.passages)?;
            hits.insert(
                index,
                Hit {
                    score,
                    card: stored.card()?,
                    places,
                    all_places,
                },
            );
        }
        Ok((0..best.len())
            .filter_map(|index| hits.remove(&index))
            .collect())
    }
}

/// Keys of those whom the query or a filter names as speakers.
fn speakers(request: &Request) -> Vec<String> {
    fn name<'q>(query: &'q Query, names: &mut Vec<&'q str>) {
        match query {
            Query::Word { field, text, .. } | Query::Phrase { field, text }
                if field.as_deref() == Some(SPEAKER) =>
            {
                names.push(text);
            }
            Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|part| name(part, names)),
            _ => {}
        }
    }
    let mut names = Vec::new();
    name(&request.query, &mut names);
    let filters = request.filters.iter().filter(|f| f.field == SPEAKER);
    names.extend(filters.flat_map(|f| f.any.iter().map(String::as_str)));
    names.into_iter().map(speaker_key).collect()
}

/// The field of ids.
const ID: &str = "id";

/// The field of those who speak.
const SPEAKER: &str = "speaker";

fn date_column() -> String {
    let date = schema().fields.iter().find(|f| f.kind == FieldKind::Date);
    span_columns(date.map_or("date", |f| f.name.as_str())).0
}

/// For each segment the documents that pass a filter.
fn passing(
    searcher: &Searcher,
    filter: &dyn tantivy::query::Query,
) -> Result<Vec<Arc<Vec<bool>>>, IndexError> {
    let weight = filter
        .weight(EnableScoring::disabled_from_searcher(searcher))
        .map_err(broken)?;
    let mut sets = Vec::new();
    for reader in searcher.segment_readers() {
        let mut set = vec![false; reader.max_doc() as usize];
        let mut note = |docs: &[u32]| {
            for doc in docs {
                set[*doc as usize] = true;
            }
        };
        weight
            .for_each_no_score(reader, &mut note)
            .map_err(broken)?;
        sets.push(Arc::new(set));
    }
    Ok(sets)
}

fn facet(field: &str, size: usize, column: &Column, counts: &Counts) -> Facet {
    let mut found: Vec<(u32, &String)> = counts
        .by_value
        .iter()
        .zip(&column.values)
        .filter(|(n, _)| **n > 0)
        .map(|(n, v)| (*n, v))
        .collect();
    let order = |a: &(u32, &String), b: &(u32, &String)| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1));
    if found.len() > size && size > 0 {
        found.select_nth_unstable_by(size - 1, order);
    }
    let other = found.iter().skip(size).map(|(n, _)| *n as usize).sum();
    found.truncate(size);
    found.sort_by(order);
    let buckets = found
        .into_iter()
        .map(|(n, v)| (v.clone(), n as usize))
        .collect();
    Facet {
        field: field.to_owned(),
        buckets,
        other,
        missing: counts.missing,
    }
}
