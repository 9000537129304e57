//! Nothing found: which part of the question is in the way, and what else could be meant.

use super::{Problem, question::Question, shown};
use crate::index::{Filter, Pinned, Query, words::folded_words};

/// The most searches beside the one that found nothing.
const SEARCHES: usize = 8;

/// Of these, how many the clauses may take from the filters.
const FOR_CLAUSES: usize = 4;

/// The most words that are looked up.
const WORDS: usize = 8;

/// Why nothing was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Zero {
    /// The parts of the query that must all hold, each alone under the same filters.
    pub clauses: Vec<(String, usize)>,
    /// Each filter, and how many records match without it.
    pub filters: Vec<(String, usize)>,
    /// Words that no record has, and spellings near them.
    pub did_you_mean: Vec<(String, Vec<String>)>,
}

/// Looks for the reasons.
pub fn explain(commit: &dyn Pinned, question: &Question) -> Result<Zero, Problem> {
    let parts: &[Query] = match &question.typed {
        Query::And(parts) if parts.len() > 1 => parts,
        _ => &[],
    };
    let without = without_each(question);
    let clauses = parts.len().min(SEARCHES - without.len().min(FOR_CLAUSES));
    let count = |question: &Question| Ok(commit.search(&question.request())?.total);
    let mut zero = Zero::default();
    for part in parts.iter().take(clauses) {
        let alone = question.asking(part.clone());
        zero.clauses.push((shown(part), count(&alone)?));
    }
    for (name, rest) in without.into_iter().take(SEARCHES - clauses) {
        let found: Result<usize, Problem> = count(&rest);
        zero.filters.push((name, found?));
    }
    let mut words = Vec::new();
    gather_words(&question.typed, &mut words);
    words.truncate(WORDS);
    for word in words {
        if let Some(near) = commit.spelled_like(&word)? {
            zero.did_you_mean.push((word, near));
        }
    }
    Ok(zero)
}

/// The question without each filter in turn, and without its dates.
fn without_each(question: &Question) -> Vec<(String, Question)> {
    let mut rests = Vec::new();
    for (index, filter) in question.filters.iter().enumerate() {
        let mut rest = question.clone();
        rest.filters.remove(index);
        rests.push((named(filter), rest));
    }
    if question.dates.narrow() {
        let mut rest = question.clone();
        rest.dates = super::dates::Dates::default();
        rests.push(("date".into(), rest));
    }
    rests
}

/// A filter as it stands in an address: `kind=telegram&kind=-airgram`.
fn named(filter: &Filter) -> String {
    let any = filter.any.iter().map(|v| format!("{}={v}", filter.field));
    let none = filter.none.iter().map(|v| format!("{}=-{v}", filter.field));
    any.chain(none).collect::<Vec<_>>().join("&")
}

/// Folded words of a query, each once.
fn gather_words(query: &Query, words: &mut Vec<String>) {
    match query {
        Query::Word { text, .. } | Query::Phrase { text, .. } => {
            for word in folded_words(text) {
                if !words.contains(&word) {
                    words.push(word);
                }
            }
        }
        Query::And(parts) | Query::Or(parts) => {
            parts.iter().for_each(|part| gather_words(part, words));
        }
        Query::Said { query, .. } => gather_words(query, words),
        _ => {}
    }
}
