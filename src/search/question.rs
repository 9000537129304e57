//! What every answer about matching records begins with: the query, the dates and the filters.

use super::{
    Params, Problem,
    dates::Dates,
    filters,
    near::{listed, meant},
    page, syntax,
};
use crate::{
    index::{Filter, Query, Request},
    schema::schema,
};

/// Parameters beside the filters.
const PARAMETERS: &[&str] = &[
    "q",
    "match",
    "date_from",
    "date_to",
    "date_match",
    "undated",
];

/// A question, understood.
#[derive(Debug, Clone)]
pub struct Question {
    /// The query as typed.
    pub typed: Query,
    /// The dates asked for.
    pub dates: Dates,
    /// What must hold besides.
    pub filters: Vec<Filter>,
}

impl Question {
    /// Reads it; parameters of other names must be among those of the answer.
    pub fn read(params: &Params, of_answer: &[&str]) -> Result<Self, Problem> {
        check_question(params, of_answer)?;
        Ok(Self {
            typed: typed(params)?,
            dates: Dates::read(params)?,
            filters: filters::read(params)?,
        })
    }

    /// The query, whatever else a search has beside it.
    pub fn query_alone(params: &Params) -> Result<Query, Problem> {
        check_question(params, page::PARAMETERS)?;
        typed(params)
    }

    /// For an engine; nothing is returned but the number of matches.
    pub fn request(&self) -> Request {
        self.only(self.dates.around(&self.typed))
    }

    /// As [`Question::request`], for another query under the same filters.
    pub fn only(&self, query: Query) -> Request {
        Request {
            query,
            filters: self.filters.clone(),
            ..Request::default()
        }
    }
}

/// The names must be those of a question or of the answer.
fn check_question(params: &Params, of_answer: &[&str]) -> Result<(), Problem> {
    check_names(params, &names(of_answer))
}

/// Whether a search takes a parameter of this name.
pub fn is_parameter(name: &str) -> bool {
    names(page::PARAMETERS).contains(&name)
}

fn names<'n>(of_answer: &[&'n str]) -> Vec<&'n str> {
    let filters = schema().filters().map(|f| f.name.as_str());
    let own = PARAMETERS.iter().chain(of_answer).copied();
    own.chain(filters).collect()
}

fn typed(params: &Params) -> Result<Query, Problem> {
    let neighbours = choice(
        params,
        "match",
        &[("all", syntax::Match::All), ("any", syntax::Match::Any)],
    )?;
    syntax::parse(last_given(params, "q").unwrap_or_default(), neighbours)
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

/// One of a few values; the first where none is given.
pub fn choice<T: Copy>(params: &Params, name: &str, of: &[(&str, T)]) -> Result<T, Problem> {
    let Some(value) = last_given(params, name) else {
        return Ok(of[0].1);
    };
    let found = of.iter().find(|(known, _)| *known == value);
    found.map(|(_, chosen)| *chosen).ok_or_else(|| {
        Problem::parameter(
            name,
            format!("`{name}` cannot be `{value}`"),
            Some(format!(
                "it is one of {}",
                listed(of.iter().map(|(n, _)| *n))
            )),
        )
    })
}

/// A number up to a bound.
pub fn number(params: &Params, name: &str, default: usize, most: usize) -> Result<usize, Problem> {
    let value = last_given(params, name);
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
