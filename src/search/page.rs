//! One page of an answer: parameters > [`Request`], [`Hits`] > [`Page`].

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use super::{
    Params, Problem, facets,
    histogram::{self, Step},
    question::{Question, choice, last_given, number},
    zero::Zero,
};
use crate::{
    index::{Facet, Filter, Hit, Hits, Request, Sort, words::fold_value},
    record::Record,
    schema::schema,
};

/// Hits of a page that asks for no number.
const LIMIT: usize = 20;
/// The most hits of a page.
pub const MAX_LIMIT: usize = 200;
/// Passages of a hit that asks for no number.
const PASSAGES: usize = 3;
/// The most passages of a hit.
pub const MAX_PASSAGES: usize = 20;

/// Parameters beside those of every question.
pub const PARAMETERS: &[&str] = &["facets", "interval", "sort", "limit", "cursor", "passages"];

/// A question, understood.
pub struct Asked {
    /// What is asked.
    pub question: Question,
    /// For the engine.
    pub request: Request,
    /// How to count by date, if that is asked.
    pub by_date: Option<Step>,
    /// Ties a cursor to its question.
    fingerprint: u64,
}

/// One page of hits.
#[derive(Debug, Clone)]
pub struct Page {
    /// All records that match.
    pub total: usize,
    /// How long it took.
    pub took: Duration,
    /// The hits of this page.
    pub hits: Vec<Hit>,
    /// Counts, in order of request.
    pub facets: Vec<FacetCounts>,
    /// With a span of dates: matching records that it leaves out because they have no date.
    pub undated: Option<usize>,
    /// Where nothing was found: why.
    pub zero: Option<Zero>,
    /// Asks for the next page, if there is one.
    pub cursor: Option<String>,
    /// Only the bundled specimens are held.
    pub specimens: bool,
}

/// Counts of one field, with labels.
#[derive(Debug, Clone)]
pub struct FacetCounts {
    /// The field.
    pub field: String,
    /// Of counts by date: `day`, `month`, `year` or `decade`.
    pub interval: Option<&'static str>,
    /// Most first; dates in order.
    pub buckets: Vec<Bucket>,
    /// The sum over the values not returned.
    pub other: usize,
    /// Records without a value.
    pub missing: usize,
}

/// A value and its records.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// As filters take it.
    pub value: String,
    /// As people read it.
    pub label: String,
    /// Records that have it.
    pub count: usize,
}

/// What stands on a printed page.
#[derive(Debug, Clone)]
pub struct PageOfPrint {
    /// The volume.
    pub volume: String,
    /// The page as printed.
    pub page: String,
    /// Its records with the ordinals of their passages on it, in order of print.
    pub records: Vec<(Record, Vec<usize>)>,
}

/// Reads the parameters of a search.
pub fn read(params: &Params) -> Result<Asked, Problem> {
    let question = Question::read(params, PARAMETERS)?;
    let facets = facets::read(last_given(params, "facets").unwrap_or_default())?;
    let mut request = Request {
        facets: facets.fields,
        sort: sort(params)?,
        limit: number(params, "limit", LIMIT, MAX_LIMIT)?,
        passages: number(params, "passages", PASSAGES, MAX_PASSAGES)?,
        ..question.request()
    };
    let fingerprint = fingerprint(&request);
    if let Some(cursor) = last_given(params, "cursor") {
        request.offset = offset(cursor, fingerprint)?;
    }
    Ok(Asked {
        by_date: histogram::asked(params, facets.date)?,
        question,
        request,
        fingerprint,
    })
}

/// The order of hits.
pub fn sort(params: &Params) -> Result<Sort, Problem> {
    let orders = [
        ("relevance", Sort::Relevance),
        ("date", Sort::DateAscending),
        ("-date", Sort::DateDescending),
    ];
    choice(params, "sort", &orders)
}

/// The same question gives the same number, whatever the page.
fn fingerprint(request: &Request) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!(
        "{:?} {:?} {:?}",
        request.query, request.filters, request.sort
    )
    .hash(&mut hasher);
    hasher.finish()
}

/// A cursor is the offset of the next page and the fingerprint of the question, in hexadecimal.
fn cursor(offset: usize, fingerprint: u64) -> String {
    format!("{offset:x}-{fingerprint:x}")
}

fn offset(cursor: &str, expected: u64) -> Result<usize, Problem> {
    let parts = cursor.split_once('-').and_then(|(offset, fingerprint)| {
        Some((
            usize::from_str_radix(offset, 16).ok()?,
            u64::from_str_radix(fingerprint, 16).ok()?,
        ))
    });
    match parts {
        Some((offset, fingerprint)) if fingerprint == expected => Ok(offset),
        Some(_) => Err(Problem::parameter(
            "cursor",
            "this cursor belongs to another question",
            Some("ask again without it".into()),
        )),
        None => Err(Problem::parameter(
            "cursor",
            "this is no cursor of this server",
            Some("take it as the answer before gave it".into()),
        )),
    }
}

/// Puts an answer together.
pub fn answer(asked: &Asked, hits: Hits, specimens: bool) -> Page {
    let next = asked.request.offset + hits.hits.len();
    let more = next < hits.total && !hits.hits.is_empty();
    Page {
        total: hits.total,
        took: Duration::ZERO,
        facets: hits.facets.into_iter().map(labelled).collect(),
        hits: hits.hits,
        undated: None,
        zero: None,
        cursor: more.then(|| cursor(next, asked.fingerprint)),
        specimens,
    }
}

/// The counts of a declared field, with labels.
pub fn labelled(facet: Facet) -> FacetCounts {
    let label = |value: &str| {
        let field = schema().field(&facet.field);
        field.map_or_else(|| value.to_owned(), |f| schema().label(f, value))
    };
    let bucket = |(value, count): (String, usize)| Bucket {
        label: label(&value),
        value,
        count,
    };
    FacetCounts {
        buckets: facet.buckets.into_iter().map(bucket).collect(),
        field: facet.field.clone(),
        interval: None,
        other: facet.other,
        missing: facet.missing,
    }
}

/// The request for what stands on a printed page: far fewer records than this share one.
pub fn of_print(volume: &str, page: &str) -> Request {
    let filter = |field: &str, value: &str| Filter {
        field: field.into(),
        any: vec![value.to_owned()],
        none: Vec::new(),
    };
    Request {
        filters: vec![filter("volume", volume), filter("page", page)],
        limit: 1000,
        ..Request::default()
    }
}

/// The passages of some records on a page.
pub fn print(volume: &str, page: &str, mut records: Vec<Record>) -> PageOfPrint {
    records.sort_by(|a, b| (a.number, &a.id).cmp(&(b.number, &b.id)));
    // Filters take any spelling of a value; so must this.
    let asked = fold_value(page);
    let is_asked = |printed: &str| fold_value(printed) == asked;
    let volume = records
        .first()
        .map_or(volume.to_owned(), |r| r.id.volume().to_owned());
    let on_page = |record: Record| {
        let stands = |p: &crate::record::Passage| {
            p.page.as_deref().is_some_and(is_asked)
                || p.breaks.iter().any(|(_, turned)| is_asked(turned))
        };
        let ordinals = record
            .passages
            .iter()
            .enumerate()
            .filter(|(_, p)| stands(p))
            .map(|(i, _)| i)
            .collect();
        (record, ordinals)
    };
    PageOfPrint {
        volume,
        page: page.to_owned(),
        records: records.into_iter().map(on_page).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(pairs: &[(&str, &str)]) -> String {
        let params: Vec<_> = pairs
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        let problem = read(&params).err().expect("a problem");
        format!("{problem} ({})", problem.hint().unwrap_or_default())
    }

    #[test]
    fn parameters_are_checked() {
        insta::assert_snapshot!(problem(&[("kinds", "x")]), @"unknown parameter `kinds` (did you mean `kind`?)");
        insta::assert_snapshot!(problem(&[("sort", "best")]), @"`sort` cannot be `best` (it is one of relevance, date, -date)");
        insta::assert_snapshot!(problem(&[("limit", "201")]), @"`limit` cannot be `201` (it is a number from 0 to 200)");
        insta::assert_snapshot!(problem(&[("date_from", "May")]), @"`May` is no date (write 1963, 1963-05 or 1963-05-18)");
        insta::assert_snapshot!(problem(&[("cursor", "x")]), @"this is no cursor of this server (take it as the answer before gave it)");
        insta::assert_snapshot!(problem(&[("cursor", "14-1")]), @"this cursor belongs to another question (ask again without it)");
    }

    #[test]
    fn cursors_come_back() {
        assert_eq!(offset(&cursor(40, 7), 7), Ok(40));
    }
}
