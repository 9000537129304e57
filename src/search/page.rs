//! One page of an answer: parameters > [`Request`], [`Hits`] > [`Page`].

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use super::{Params, Problem, dates, facets, filters, near::meant, syntax};
use crate::{
    index::{Filter, Hit, Hits, Query, Range, Request, Sort, words::fold_value},
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

/// Parameters beside the filters.
const PARAMETERS: &[&str] = &[
    "q",
    "match",
    "date_from",
    "date_to",
    "facets",
    "sort",
    "limit",
    "cursor",
    "passages",
];

/// A question, understood.
pub struct Asked {
    /// For the engine.
    pub request: Request,
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
    /// Most first.
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
    let filters = schema().filters().map(|f| f.name.as_str());
    let known: Vec<&str> = PARAMETERS.iter().copied().chain(filters).collect();
    check_names(params, &known)?;
    let one = |name: &str| last_given(params, name);
    let neighbours = match one("match") {
        None | Some("all") => syntax::Match::All,
        Some("any") => syntax::Match::Any,
        Some(other) => return Err(one_of("match", other, &["all", "any"])),
    };
    let query = syntax::parse(one("q").unwrap_or_default(), neighbours)?;
    let query = within_dates(
        query,
        date(one("date_from"), "date_from")?,
        date(one("date_to"), "date_to")?,
    );
    let sort = match one("sort") {
        None | Some("relevance") => Sort::Relevance,
        Some("date") => Sort::DateAscending,
        Some("-date") => Sort::DateDescending,
        Some(other) => return Err(one_of("sort", other, &["relevance", "date", "-date"])),
    };
    let mut request = Request {
        query,
        filters: filters::read(params)?,
        facets: facets::read(one("facets").unwrap_or_default())?,
        sort,
        offset: 0,
        limit: number(one("limit"), "limit", LIMIT, MAX_LIMIT)?,
        passages: number(one("passages"), "passages", PASSAGES, MAX_PASSAGES)?,
    };
    let fingerprint = fingerprint(&request);
    if let Some(cursor) = one("cursor") {
        request.offset = offset(cursor, fingerprint)?;
    }
    Ok(Asked {
        request,
        fingerprint,
    })
}

/// The last value of a parameter, unless it is empty.
pub fn last_given<'p>(params: &'p Params, name: &str) -> Option<&'p str> {
    let given = params.iter().rev().find(|(n, _)| n == name);
    given.map(|(_, v)| v.trim()).filter(|v| !v.is_empty())
}

/// Every parameter must be one of these.
pub fn check_names(params: &Params, known: &[&str]) -> Result<(), Problem> {
    for (name, _) in params {
        if !known.contains(&name.as_str()) {
            let hint = meant(name, known.iter().copied(), || {
                "the parameters are listed in /openapi.json".into()
            });
            return Err(Problem::parameter(
                name,
                format!("unknown parameter `{name}`"),
                Some(hint),
            ));
        }
    }
    Ok(())
}

fn one_of(name: &str, value: &str, values: &[&str]) -> Problem {
    Problem::parameter(
        name,
        format!("`{name}` cannot be `{value}`"),
        Some(format!("it is one of {}", values.join(", "))),
    )
}

/// A number up to a bound.
pub fn number(
    value: Option<&str>,
    name: &str,
    default: usize,
    most: usize,
) -> Result<usize, Problem> {
    match value.map(str::parse) {
        None => Ok(default),
        Some(Ok(n)) if n <= most => Ok(n),
        Some(_) => {
            let fact = format!("`{name}` cannot be `{}`", value.unwrap_or_default());
            Err(Problem::parameter(
                name,
                fact,
                Some(format!("it is a number from 0 to {most}")),
            ))
        }
    }
}

fn date(value: Option<&str>, name: &str) -> Result<Option<(i64, i64)>, Problem> {
    value
        .map(|text| {
            let hint = || Some("write 1963, 1963-05 or 1963-05-18".into());
            dates::minutes(text)
                .ok_or_else(|| Problem::parameter(name, format!("`{text}` is no date"), hint()))
        })
        .transpose()
}

fn within_dates(query: Query, from: Option<(i64, i64)>, to: Option<(i64, i64)>) -> Query {
    if from.is_none() && to.is_none() {
        return query;
    }
    let range = Range {
        from: from.map(|(first, _)| first),
        to: to.map(|(_, last)| last),
    };
    Query::And(vec![
        query,
        Query::Between {
            field: "date".into(),
            range,
        },
    ])
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
pub fn answer(asked: &Asked, hits: Hits, took: Duration, specimens: bool) -> Page {
    let next = asked.request.offset + hits.hits.len();
    let more = next < hits.total && !hits.hits.is_empty();
    let facets = hits.facets.into_iter().map(|facet| {
        let field = schema()
            .field(&facet.field)
            .expect("facets are declared fields");
        let bucket = |(value, count): (String, usize)| Bucket {
            label: schema().label(field, &value),
            value,
            count,
        };
        FacetCounts {
            buckets: facet.buckets.into_iter().map(bucket).collect(),
            field: facet.field,
            other: facet.other,
            missing: facet.missing,
        }
    });
    Page {
        total: hits.total,
        took,
        facets: facets.collect(),
        hits: hits.hits,
        cursor: more.then(|| cursor(next, asked.fingerprint)),
        specimens,
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
