//! One page of an answer: parameters > [`Request`], [`Hits`] > [`Page`].

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use super::{
    Params, Problem, facets,
    grouping::{self, Grouped},
    histogram::{self, Step},
    interpretation::Interpretation,
    question::{Question, choice, last_given, number},
    shape::Shape,
    zero::Zero,
};
use crate::{
    index::{Explanation, Facet, Filter, Grouping, Hit, Hits, Request, Sort, words::fold_value},
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
pub const PARAMETERS: &[&str] = &[
    "facets",
    "interval",
    "group",
    "group_hits",
    "explain",
    "sort",
    "limit",
    "cursor",
    "passages",
];

/// A question, understood.
pub struct Asked {
    /// What is asked.
    pub question: Question,
    /// For the engine.
    pub request: Request,
    /// How to put hits into groups, if that is asked.
    pub grouping: Option<Grouping>,
    /// How to count by date, if that is asked.
    pub by_date: Option<Step>,
    /// Whether to tell why each hit is where it is.
    pub explain: bool,
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
    /// How many hits, or groups, come before this page.
    pub first: usize,
    /// The hits of this page; none where groups are asked for.
    pub hits: Vec<Hit>,
    /// The groups of this page, where they are asked for.
    pub grouped: Option<Grouped>,
    /// Why each hit is where it is, where that is asked.
    pub explanations: Vec<Explanation>,
    /// Counts, in order of request.
    pub facets: Vec<FacetCounts>,
    /// With a span of dates: matching records that it leaves out because they have no date.
    pub undated: Option<usize>,
    /// How the question was understood.
    pub interpretation: Interpretation,
    /// Where nothing was found: why.
    pub zero: Option<Zero>,
    /// Asks for the next page, if there is one.
    pub cursor: Option<String>,
    /// What the question is like, without its words.
    pub shape: Shape,
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

/// Reads the parameters of a search beside those of its question.
pub fn read(params: &Params, question: Question) -> Result<Asked, Problem> {
    let facets = facets::read(last_given(params, "facets").unwrap_or_default())?;
    let mut grouping = grouping::read(params)?;
    let mut request = Request {
        facets: facets.fields,
        sort: sort(params)?,
        limit: match grouping {
            Some(_) => 0,
            None => number(params, "limit", LIMIT, MAX_LIMIT)?,
        },
        passages: number(params, "passages", PASSAGES, MAX_PASSAGES)?,
        ..question.request()
    };
    let fingerprint = fingerprint(&question, request.sort, grouping.as_ref());
    let cursor = last_given(params, "cursor").map(|cursor| Cursor::read(cursor, fingerprint));
    let cursor = cursor.transpose()?;
    let offset = cursor.map_or(0, |c| c.offset);
    match &mut grouping {
        Some(grouping) => grouping.offset = offset,
        None => request.offset = offset,
    }
    Ok(Asked {
        explain: choice(params, "explain", &[("false", false), ("true", true)])?,
        by_date: histogram::asked(params, facets.date)?,
        question,
        request,
        grouping,
        fingerprint,
    })
}

/// The commit to which the cursor leads, if there is one.
pub fn commit_of(params: &Params) -> Option<u64> {
    let cursor = last_given(params, "cursor").and_then(Cursor::parse);
    cursor.map(|cursor| cursor.commit)
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

/// The same question gives the same number, whatever the page and whatever names are known.
fn fingerprint(question: &Question, sort: Sort, grouping: Option<&Grouping>) -> u64 {
    let mut hasher = DefaultHasher::new();
    let Question {
        typed,
        dates,
        filters,
        ..
    } = question;
    format!("{:?} {filters:?} {sort:?}", dates.around(typed)).hash(&mut hasher);
    grouping.map(|g| &g.field).hash(&mut hasher);
    hasher.finish()
}

/// The way to the next page: its offset, the commit that answers, and the fingerprint of the question; each in
/// hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    offset: usize,
    commit: u64,
    fingerprint: u64,
}

impl Cursor {
    fn write(self) -> String {
        let Self {
            offset,
            commit,
            fingerprint,
        } = self;
        format!("{offset:x}-{commit:x}-{fingerprint:x}")
    }

    fn parse(text: &str) -> Option<Self> {
        let (offset, rest) = text.split_once('-')?;
        let (commit, fingerprint) = rest.split_once('-')?;
        Some(Self {
            offset: usize::from_str_radix(offset, 16).ok()?,
            commit: u64::from_str_radix(commit, 16).ok()?,
            fingerprint: u64::from_str_radix(fingerprint, 16).ok()?,
        })
    }

    /// Reads one that must belong to a question.
    fn read(text: &str, question: u64) -> Result<Self, Problem> {
        match Self::parse(text) {
            Some(cursor) if cursor.fingerprint == question => Ok(cursor),
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
}

/// Puts an answer of the commit of that name together.
pub fn answer(
    asked: &Asked,
    hits: Hits,
    grouped: Option<Grouped>,
    commit: u64,
    specimens: bool,
) -> Page {
    let (shown, of) = match &grouped {
        Some(grouped) => (grouped.groups.len(), grouped.total),
        None => (hits.hits.len(), hits.total),
    };
    let before = asked
        .grouping
        .as_ref()
        .map_or(asked.request.offset, |g| g.offset);
    let next = Cursor {
        offset: before + shown,
        commit,
        fingerprint: asked.fingerprint,
    };
    let more = next.offset < of && shown > 0;
    Page {
        total: hits.total,
        first: before,
        took: Duration::ZERO,
        facets: hits.facets.into_iter().map(labelled).collect(),
        hits: hits.hits,
        grouped,
        explanations: Vec::new(),
        undated: None,
        interpretation: Interpretation::default(),
        zero: None,
        cursor: more.then(|| next.write()),
        shape: Shape::of(asked),
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
        let question = Question::read(&params, PARAMETERS);
        let problem = question
            .and_then(|q| read(&params, q))
            .err()
            .expect("a problem");
        format!("{problem} ({})", problem.hint().unwrap_or_default())
    }

    #[test]
    fn parameters_are_checked() {
        insta::assert_snapshot!(problem(&[("kinds", "x")]), @"unknown parameter `kinds` (did you mean `kind`?)");
        insta::assert_snapshot!(problem(&[("sort", "best")]), @"`sort` cannot be `best` (it is one of relevance, date, -date)");
        insta::assert_snapshot!(problem(&[("limit", "201")]), @"`limit` cannot be `201` (it is a number from 0 to 200)");
        insta::assert_snapshot!(problem(&[("date_from", "May")]), @"`May` is no date (write 1963, 1963-05, 1963-05-18 or 1963-05-18T15:30)");
        insta::assert_snapshot!(problem(&[("cursor", "x")]), @"this is no cursor of this server (take it as the answer before gave it)");
        insta::assert_snapshot!(problem(&[("cursor", "14-1-1")]), @"this cursor belongs to another question (ask again without it)");
    }

    #[test]
    fn cursors_come_back() {
        let cursor = Cursor {
            offset: 40,
            commit: 3,
            fingerprint: 7,
        };
        assert_eq!(Cursor::read(&cursor.write(), 7), Ok(cursor));
    }
}
