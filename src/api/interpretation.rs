//! How a question was understood, as clients see it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::search::{Interpretation, Problem, Variant};

/// How a question was understood.
#[derive(Debug, Serialize, ToSchema)]
pub struct InterpretationBody {
    /// The query in its canonical form, every group in parentheses; empty without one.
    query: String,
    /// Its words, phrases, patterns and values, in order.
    clauses: Vec<ClauseBody>,
    /// Other forms that are looked for beside what is typed, and count less. `variants=off` switches all of
    /// them off, `without_variant=FORM` one.
    variants: Vec<VariantBody>,
    /// Marks that were passed over.
    ignored: Vec<String>,
    /// With `lenient=true`: why the text was read as plain words.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<InsteadBody>,
}

/// A word, phrase, pattern or value.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClauseBody {
    /// As the query language has it.
    clause: String,
    /// The forms in the index that it stands for, the most frequent first; of a phrase its words.
    terms: Vec<TermBody>,
    /// How many more there are.
    more: usize,
}

/// A form in the index.
#[derive(Debug, Serialize, ToSchema)]
pub struct TermBody {
    term: String,
    /// Records that have it in their text, or in the field that the clause names.
    records: usize,
}

/// Another form.
#[derive(Debug, Serialize, ToSchema)]
pub struct VariantBody {
    /// What was typed.
    typed: String,
    /// What is looked for beside it.
    form: String,
    /// `name`, `person` (whoever is known by that name, however named in a record), `place`,
    /// `abbreviation` or `record` (its id, number or file).
    kind: &'static str,
}

/// Why a text is no query.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsteadBody {
    detail: String,
    hint: Option<String>,
    /// In characters from 0.
    position: Option<usize>,
    /// The text and, on the next line, a caret below the place.
    caret: Option<String>,
}

impl From<Interpretation> for InterpretationBody {
    fn from(understood: Interpretation) -> Self {
        let clauses = understood.clauses.into_iter().map(|clause| ClauseBody {
            clause: clause.clause,
            terms: clause
                .terms
                .into_iter()
                .map(|(term, records)| TermBody { term, records })
                .collect(),
            more: clause.more,
        });
        Self {
            query: understood.query,
            clauses: clauses.collect(),
            variants: understood
                .variants
                .into_iter()
                .map(VariantBody::from)
                .collect(),
            ignored: understood.ignored,
            instead: understood.instead.map(InsteadBody::from),
        }
    }
}

impl From<Variant> for VariantBody {
    fn from(variant: Variant) -> Self {
        Self {
            typed: variant.typed,
            form: variant.form,
            kind: variant.kind.as_str(),
        }
    }
}

impl From<Problem> for InsteadBody {
    fn from(problem: Problem) -> Self {
        let position = match problem {
            Problem::Query { position, .. } => Some(position),
            _ => None,
        };
        Self {
            detail: problem.to_string(),
            hint: problem.hint(),
            position,
            caret: problem.caret(),
        }
    }
}
