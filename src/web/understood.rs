//! How a query was understood: the words of the index that its parts stand for, the other forms of names that
//! are looked for beside them, each with the search without it, and what was passed over.

use super::{address::Address, text::Count};
use crate::search::Interpretation;

/// Words of the index that are told of each part.
const TERMS: usize = 8;

/// How a query was understood.
#[derive(Debug, Clone)]
pub struct Understood {
    /// Its parts.
    pub parts: Vec<Part>,
    /// Other forms that are looked for.
    pub variants: Vec<OtherForm>,
    /// The search without any of these.
    pub as_typed: Address,
    /// Marks that were passed over.
    pub ignored: Vec<String>,
    /// Why it was read as plain words, and the place.
    pub instead: Option<(String, Option<String>)>,
}

/// A part of the query.
#[derive(Debug, Clone)]
pub struct Part {
    /// As the query language has it.
    pub clause: String,
    /// Words of the index, and in how many records each is.
    pub terms: Vec<(String, Count)>,
    /// How many more words there are.
    pub more: Option<Count>,
}

/// Another form of a name.
#[derive(Debug, Clone)]
pub struct OtherForm {
    /// What was typed.
    pub typed: String,
    /// What is looked for beside it.
    pub form: String,
    /// The search without it.
    pub without: Address,
}

impl Understood {
    /// From what the search tells; nothing where nothing was typed.
    pub fn of(told: &Interpretation, address: &Address) -> Option<Self> {
        if told.query.is_empty() && told.instead.is_none() {
            return None;
        }
        let parts = told.clauses.iter().map(|clause| {
            let more = clause.more + clause.terms.len().saturating_sub(TERMS);
            let terms = clause.terms.iter().take(TERMS);
            Part {
                clause: clause.clause.clone(),
                terms: terms
                    .map(|(term, records)| (term.clone(), Count(*records)))
                    .collect(),
                more: (more > 0).then_some(Count(more)),
            }
        });
        let variants = told.variants.iter().map(|variant| OtherForm {
            typed: variant.typed.clone(),
            form: variant.form.clone(),
            without: address
                .clone()
                .with("without_variant", variant.form.clone()),
        });
        Some(Self {
            parts: parts.collect(),
            variants: variants.collect(),
            as_typed: address
                .clone()
                .without("without_variant")
                .set("variants", "off"),
            ignored: told.ignored.clone(),
            instead: told
                .instead
                .as_ref()
                .map(|problem| (problem.to_string(), problem.caret())),
        })
    }
}
