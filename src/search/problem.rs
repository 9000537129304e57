//! What can go wrong with a question, as facts: a sentence, a hint, a place. No status, no dress.

use super::Params;
use thiserror::Error;

/// A question that has no answer, and the way on.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum Problem {
    /// The query cannot be read.
    #[error("{fact}")]
    Query {
        /// What is wrong.
        fact: String,
        /// The query.
        query: String,
        /// Where, in characters from 0.
        position: usize,
        /// The way on.
        hint: Option<String>,
    },
    /// A parameter is unknown or has a value that it cannot have.
    #[error("{fact}")]
    Parameter {
        /// Its name.
        name: String,
        /// What is wrong.
        fact: String,
        /// The way on.
        hint: Option<String>,
    },
    /// Nothing is held under this name.
    #[error("{fact}")]
    NotFound {
        /// What is not there.
        fact: String,
        /// What is.
        hint: String,
        /// Ids of near records.
        near: Vec<String>,
    },
    /// A further page of an answer whose commit is held no longer.
    #[error(
        "records have been written since this cursor was given, and the answer to which it belongs is no \
         longer held"
    )]
    Gone,
    /// More is asked at once than the server does at once.
    #[error("the server is busy")]
    Busy,
    /// The answer takes longer than the server allows.
    #[error("no answer within {seconds} s")]
    Late {
        /// The limit.
        seconds: u64,
    },
    /// The index cannot be used.
    #[error("{0}")]
    Index(String),
}

impl Problem {
    /// A parameter that cannot be read.
    pub fn parameter(name: &str, fact: impl Into<String>, hint: Option<String>) -> Self {
        Self::Parameter {
            name: name.to_owned(),
            fact: fact.into(),
            hint,
        }
    }

    /// Nothing under this name.
    pub fn not_found(fact: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::NotFound {
            fact: fact.into(),
            hint: hint.into(),
            near: Vec::new(),
        }
    }

    /// What an engine says of a word of the query, at the word's place in `q`.
    pub fn placed_in(mut self, params: &Params) -> Self {
        if let Self::Query {
            query, position, ..
        } = &mut self
        {
            let asked = params.iter().find(|(name, _)| name == "q");
            if let Some((before, q)) =
                asked.and_then(|(_, q)| Some((q.split_once(query.as_str())?.0, q)))
            {
                *position = before.chars().count();
                *query = q.clone();
            }
        }
        self
    }

    /// The way on.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Query { hint, .. } | Self::Parameter { hint, .. } => hint.clone(),
            Self::NotFound { hint, .. } => Some(hint.clone()),
            Self::Gone => Some("ask again from the first page, without `cursor`".into()),
            Self::Busy => Some("ask again in a moment".into()),
            Self::Late { .. } => {
                Some("ask for less: fewer words, a volume, a span of years".into())
            }
            Self::Index(_) => {
                Some("`memcon check` tells what is damaged; ingesting again repairs it".into())
            }
        }
    }

    /// The query with a caret below the place, for terminals and clients.
    pub fn caret(&self) -> Option<String> {
        match self {
            Self::Query {
                query, position, ..
            } => Some(format!("{query}\n{}^", " ".repeat(*position))),
            _ => None,
        }
    }
}
