//! What every answer about matching records begins with: the query, the dates and the filters.

use super::{
    Params, Problem, Search,
    dates::Dates,
    filters,
    near::{listed, meant},
    page,
    syntax::{self, Match},
    variants::{Variant, Variants},
};
use crate::{
    index::{Filter, Pinned, Query, Request},
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
    "variants",
    "without_variant",
    "lenient",
];

/// A question, understood.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The query as text.
    pub text: String,
    /// The query as typed.
    pub typed: Query,
    /// What in it was passed over.
    pub ignored: Vec<String>,
    /// Why the text was read as plain words: it is no query, and that was allowed.
    pub instead: Option<Problem>,
    /// Other forms of what is typed.
    variants: Variants,
    /// The dates asked for.
    pub dates: Dates,
    /// What must hold besides.
    pub filters: Vec<Filter>,
}

impl Search {
    /// Reads a question with the names of the present commit; parameters of other names must be among
    /// those of the answer.
    pub(super) fn question(
        &self,
        params: &Params,
        of_answer: &[&str],
    ) -> Result<Question, Problem> {
        self.question_in(self.engine.pinned()?.as_ref(), params, of_answer)
    }

    /// As [`Search::question`], with the names of a commit.
    pub(super) fn question_in(
        &self,
        commit: &dyn Pinned,
        params: &Params,
        of_answer: &[&str],
    ) -> Result<Question, Problem> {
        self.with_variants(commit, Question::read(params, of_answer)?, params)
    }

    /// The query alone, whatever else a search has beside it.
    pub(super) fn query_alone(
        &self,
        commit: &dyn Pinned,
        params: &Params,
    ) -> Result<Query, Problem> {
        check_question(params, page::PARAMETERS)?;
        let question = Question::query(params)?;
        Ok(self.with_variants(commit, question, params)?.varied())
    }

    fn with_variants(
        &self,
        commit: &dyn Pinned,
        question: Question,
        params: &Params,
    ) -> Result<Question, Problem> {
        let of = [("on", true), ("off", false)];
        if !choice(params, "variants", &of)? || question.text.is_empty() {
            return Ok(question);
        }
        let without = params.iter().filter(|(name, _)| name == "without_variant");
        let without: Vec<String> = without.map(|(_, form)| form.clone()).collect();
        Ok(Question {
            variants: Variants::new(
                self.names(commit)?,
                &without,
                neighbours(params)? == Match::Any,
            ),
            ..question
        })
    }
}

impl Question {
    /// Reads it, without other forms of names.
    pub fn read(params: &Params, of_answer: &[&str]) -> Result<Self, Problem> {
        check_question(params, of_answer)?;
        Ok(Self {
            dates: Dates::read(params)?,
            filters: filters::read(params)?,
            ..Self::query(params)?
        })
    }

    fn query(params: &Params) -> Result<Self, Problem> {
        let neighbours = neighbours(params)?;
        let lenient = choice(params, "lenient", &[("false", false), ("true", true)])?;
        let text = last_given(params, "q").unwrap_or_default().to_owned();
        let question = match syntax::parse_noting(&text, neighbours) {
            Ok((typed, ignored)) => Self {
                typed,
                ignored,
                ..Self::default()
            },
            Err(problem) if lenient => Self {
                typed: syntax::plain_words(&text, neighbours),
                instead: Some(problem),
                ..Self::default()
            },
            Err(problem) => return Err(problem),
        };
        Ok(Self { text, ..question })
    }

    /// The query with the other forms of what is typed.
    pub fn varied(&self) -> Query {
        self.variants.beside(&self.typed, &self.text).0
    }

    /// The other forms that are looked for.
    pub fn variants(&self) -> Vec<Variant> {
        self.variants.beside(&self.typed, &self.text).1
    }

    /// The same question about another query.
    pub fn asking(&self, typed: Query) -> Self {
        Self {
            typed,
            ..self.clone()
        }
    }

    /// For an engine; nothing is returned but the number of matches.
    pub fn request(&self) -> Request {
        self.only(self.dates.around(&self.varied()))
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

/// What words next to each other mean.
fn neighbours(params: &Params) -> Result<Match, Problem> {
    choice(params, "match", &[("all", Match::All), ("any", Match::Any)])
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
