//! How a question was understood: each word, phrase, pattern or value of it with the terms of the index
//! that it stands for, other forms that are looked for beside it, and what was passed over.

use super::{Problem, question::Question, shown, variants::Variant};
use crate::index::{IndexError, Pinned, Query};

/// Clauses whose terms are told.
const CLAUSES: usize = 32;

/// Terms of one clause that are told.
const TERMS: usize = 20;

/// How a question was understood.
#[derive(Debug, Clone, Default)]
pub struct Interpretation {
    /// The query in its canonical form; empty without one.
    pub query: String,
    /// Its words, phrases, patterns and values, in order.
    pub clauses: Vec<Clause>,
    /// Other forms that are looked for beside what is typed.
    pub variants: Vec<Variant>,
    /// What was passed over: marks without a letter or figure.
    pub ignored: Vec<String>,
    /// Why the text was read as plain words.
    pub instead: Option<Problem>,
}

/// A word, phrase, pattern or value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// As the query language has it.
    pub clause: String,
    /// The forms that it stands for in the index, and in how many records its field, or the text, has each;
    /// the most frequent first. Of a phrase its words.
    pub terms: Vec<(String, usize)>,
    /// How many more forms there are.
    pub more: usize,
}

/// Tells how a question was understood by a commit.
pub fn interpret(commit: &dyn Pinned, question: &Question) -> Result<Interpretation, Problem> {
    if question.text.is_empty() {
        return Ok(Interpretation::default());
    }
    let clauses = question.typed.leaves().into_iter().enumerate();
    let clauses = clauses.map(|(index, leaf)| clause(commit, leaf, index < CLAUSES));
    Ok(Interpretation {
        query: shown(&question.typed),
        clauses: clauses.collect::<Result<_, _>>()?,
        variants: question.variants(),
        ignored: question.ignored.clone(),
        instead: question.instead.clone(),
    })
}

fn clause(commit: &dyn Pinned, leaf: &Query, told: bool) -> Result<Clause, IndexError> {
    let mut terms = match told {
        true => commit.terms(leaf)?,
        false => Vec::new(),
    };
    let more = terms.len().saturating_sub(TERMS);
    terms.truncate(TERMS);
    Ok(Clause {
        clause: shown(leaf),
        terms,
        more,
    })
}
