//! What a question is like without its words: for logs, where readers' questions have no place.

use std::fmt::{self, Display, Write};

use super::{
    Interpretation, Params,
    page::{self, Asked},
    question::Question,
};
use crate::{
    index::{Filter, Query, Sort, Unit},
    schema::schema,
};

/// The longest text of a shape, in characters; a query has at most 256 words.
const LONGEST: usize = 500;

/// The structure of a question: its operators, and the names of what stands beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// `AND(word, phrase)`; `all` without a query.
    pub query: String,
    /// Fields that are filtered, those that only exclude with `-`; `date` for a span of dates.
    pub filters: Vec<String>,
    /// Fields that are counted.
    pub facets: Vec<String>,
    /// The field of groups.
    pub group: Option<String>,
    /// The order of hits.
    pub sort: &'static str,
    /// Hits, or groups, that are asked for, and how many are passed over.
    pub limit: usize,
    /// See [`Shape::limit`].
    pub offset: usize,
    /// The query's words, phrases and patterns, with their counts where they are known.
    pub clauses: Vec<ClauseShape>,
}

/// A word, phrase or pattern without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseShape {
    /// `word`, `phrase`, `title:pattern` ...
    pub kind: String,
    /// The forms of the index that it stands for.
    pub forms: usize,
    /// How many records have the most frequent of them.
    pub records: usize,
}

impl Shape {
    /// Of a search that was not answered; nothing where it is no question.
    pub fn read(params: &Params) -> Option<Self> {
        let question = Question::read(params, page::PARAMETERS).ok()?;
        Some(Self::of(&page::read(params, question).ok()?))
    }

    /// Of a question that is understood.
    pub(super) fn of(asked: &Asked) -> Self {
        let Asked {
            question,
            request,
            grouping,
            ..
        } = asked;
        let filters = question.filters.iter().map(filter);
        let dates = question.dates.are_asked().then(|| "date".to_owned());
        let facets = request.facets.iter().map(|(field, _)| field.clone());
        let by_date = asked.by_date.map(|_| "date".to_owned());
        let page = grouping.as_ref();
        Self {
            query: cut(&structure(&question.typed)),
            filters: filters.chain(dates).collect(),
            facets: facets.chain(by_date).collect(),
            group: page.map(|g| g.field.clone()),
            sort: match request.sort {
                Sort::Relevance => "relevance",
                Sort::DateAscending => "date",
                Sort::DateDescending => "-date",
            },
            limit: page.map_or(request.limit, |g| g.limit),
            offset: page.map_or(request.offset, |g| g.offset),
            clauses: Vec::new(),
        }
    }

    /// With what the index says of the clauses.
    pub(super) fn counted(self, typed: &Query, interpretation: &Interpretation) -> Self {
        let clauses = typed.leaves().into_iter().zip(&interpretation.clauses);
        let clauses = clauses.map(|(leaf, clause)| ClauseShape {
            kind: structure(leaf),
            forms: clause.terms.len() + clause.more,
            records: clause.terms.iter().map(|(_, n)| *n).max().unwrap_or(0),
        });
        Self {
            clauses: clauses.collect(),
            ..self
        }
    }

    /// All of it, as the log of slow searches has it.
    pub fn plan(&self) -> String {
        let mut plan = self.to_string();
        let Self {
            sort,
            limit,
            offset,
            ..
        } = self;
        // Writing to a string never fails.
        let _ = write!(plan, " sort={sort} limit={limit} offset={offset}");
        for (nth, clause) in self.clauses.iter().enumerate() {
            let ClauseShape {
                kind,
                forms,
                records,
            } = clause;
            let before = if nth == 0 { "; " } else { ", " };
            let _ = write!(plan, "{before}{kind}: {forms} forms, {records} records");
        }
        plan
    }
}

/// The query, and names of filters, facets and groups: one short line.
impl Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.query)?;
        for (name, list) in [("filters", &self.filters), ("facets", &self.facets)] {
            if !list.is_empty() {
                write!(f, " {name}={}", list.join(","))?;
            }
        }
        match &self.group {
            Some(field) => write!(f, " group={field}"),
            None => Ok(()),
        }
    }
}

fn filter(filter: &Filter) -> String {
    let only_excludes = filter.any.is_empty();
    format!("{}{}", if only_excludes { "-" } else { "" }, filter.field)
}

fn structure(query: &Query) -> String {
    let one = |field: &Option<String>, kind: &str| match field {
        Some(field) => format!("{}:{kind}", declared(field)),
        None => kind.to_owned(),
    };
    match query {
        Query::All => "all".into(),
        Query::Word { field, exact, .. } => one(field, if *exact { "form" } else { "word" }),
        Query::Cased { field, .. } => one(field, "cased"),
        Query::Phrase { field, .. } => one(field, "phrase"),
        Query::Like { field, .. } => one(field, "pattern"),
        Query::Fuzzy { field, .. } => one(field, "fuzzy"),
        Query::Near { parts, ordered, .. } => {
            several(if *ordered { "BEFORE" } else { "NEAR" }, parts)
        }
        Query::Same { parts, unit } => match unit {
            Unit::Passage => several("SAMEPARA", parts),
            Unit::Topic => several("SAMETOPIC", parts),
        },
        Query::Variants { typed, .. } => structure(typed),
        Query::Boost { query, .. } => structure(query),
        Query::Value { field, .. } => format!("{}:value", declared(field)),
        Query::Between { field, .. } | Query::Within { field, .. } => {
            format!("{}:range", declared(field))
        }
        Query::Exists { field } => format!("has:{}", declared(field)),
        Query::Said { query, .. } => format!("SAID({})", structure(query)),
        Query::And(parts) => several("AND", parts),
        Query::Or(parts) => several("OR", parts),
        Query::Not(query) => format!("NOT({})", structure(query)),
    }
}

/// What is no field may be a reader's word.
fn declared(field: &str) -> &str {
    if schema().field(field).is_some() {
        field
    } else {
        "?"
    }
}

/// Neighbours of one kind are written once, with their number.
fn several(name: &str, parts: &[Query]) -> String {
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for part in parts.iter().map(structure) {
        match kinds.last_mut() {
            Some((kind, times)) if *kind == part => *times += 1,
            _ => kinds.push((part, 1)),
        }
    }
    let kinds = kinds.into_iter().map(|(kind, times)| match times {
        1 => kind,
        _ => format!("{times} {kind}"),
    });
    format!("{name}({})", kinds.collect::<Vec<_>>().join(", "))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(pairs: &[(&str, &str)]) -> String {
        let owned = |(n, v): &(&str, &str)| ((*n).to_owned(), (*v).to_owned());
        let params: Vec<_> = pairs.iter().map(owned).collect();
        Shape::read(&params).map_or_else(|| "none".into(), |s| s.plan())
    }

    #[test]
    fn a_shape_has_operators_and_fields_but_no_words() {
        insta::assert_snapshot!(shape(&[]), @"all sort=relevance limit=20 offset=0");
        insta::assert_snapshot!(shape(&[("q", "laos poland \"test ban\" -(cuba OR missil*)")]), @"AND(2 word, phrase, NOT(OR(word, pattern))) sort=relevance limit=20 offset=0");
        insta::assert_snapshot!(shape(&[("q", "title:laos NEAR/5 title:pole~"), ("kind", "-letter"), ("place", "Moscow"), ("date_from", "1961"), ("facets", "kind,date"), ("limit", "5")]), @"NEAR(title:word, title:fuzzy) filters=-kind,place,date facets=kind,date sort=relevance limit=5 offset=0");
        insta::assert_snapshot!(shape(&[("q", "speaker:vorel oyster"), ("group", "volume"), ("sort", "date")]), @"SAID(word) group=volume sort=date limit=10 offset=0");
        insta::assert_snapshot!(shape(&[("q", "(")]), @"none");
        let long = shape(&[("q", &"laos =pole ".repeat(120))]);
        assert!(long.chars().count() < LONGEST + 100, "{long}");
    }
}
