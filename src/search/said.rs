//! Who says it: `speaker:NAME` among other words turns those into what NAME says.

use super::syntax::joined;
use crate::{index::Query, record::without_titles};

/// The field of those who speak.
const SPEAKER: &str = "speaker";

/// The parts of an AND: where some name a speaker, the words without a field become what is said.
pub fn said_in(parts: Vec<Query>) -> Vec<Query> {
    let is_speaker = |part: &Query| speakers(part).is_some();
    let (named, others): (Vec<Query>, Vec<Query>) = parts.into_iter().partition(is_speaker);
    if named.is_empty() {
        return others;
    }
    let (spoken, mut all): (Vec<Query>, Vec<Query>) = others.into_iter().partition(has_bare_words);
    let Some(spoken) = joined(spoken, Query::And) else {
        all.extend(named);
        return all;
    };
    for clause in named {
        let names = speakers(&clause).unwrap_or_default();
        let by = |name: &String| said_by(name, &spoken);
        let said = joined(names.iter().map(by).collect(), Query::Or);
        all.extend(said.map(|said| weighed_as(&clause, said)));
        // Who is asked not to say something must speak nevertheless.
        if !needs_bare_words(&spoken) {
            all.push(clause);
        }
    }
    all
}

/// How many clauses [`said_in`] adds: what is said is asked once for each speaker.
pub fn added_by(parts: &[Query]) -> usize {
    let names: usize = parts
        .iter()
        .filter_map(speakers)
        .map(|names| names.len())
        .sum();
    let spoken: usize = parts
        .iter()
        .filter(|part| has_bare_words(part))
        .map(clauses)
        .sum();
    names.saturating_sub(1) * spoken
}

/// Words, phrases and values of a query.
fn clauses(query: &Query) -> usize {
    match query {
        Query::And(parts)
        | Query::Or(parts)
        | Query::Near { parts, .. }
        | Query::Same { parts, .. } => parts.iter().map(clauses).sum(),
        Query::Not(part) | Query::Said { query: part, .. } | Query::Boost { query: part, .. } => {
            clauses(part)
        }
        _ => 1,
    }
}

/// What one person says. The family name tells who; of a whole name the other words must be a
/// speaker's too.
fn said_by(name: &str, spoken: &Query) -> Query {
    let words = without_titles(name).split(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = words.filter(|w| w.chars().count() > 1).collect();
    let named = |word: &&str| Query::Word {
        field: Some(SPEAKER.to_owned()),
        text: (*word).to_owned(),
        exact: false,
    };
    let said = Query::Said {
        speaker: name.to_owned(),
        query: Box::new(spoken.clone()),
    };
    if words.len() < 2 {
        return said;
    }
    let named = words.iter().map(named);
    Query::And(std::iter::once(said).chain(named).collect())
}

/// The names of a clause that asks for speakers and nothing else.
fn speakers(query: &Query) -> Option<Vec<String>> {
    match query {
        Query::Word { field, text, .. } | Query::Phrase { field, text } => {
            (field.as_deref() == Some(SPEAKER)).then(|| vec![text.clone()])
        }
        Query::Boost { query, .. } => speakers(query),
        Query::Or(parts) => {
            let names: Option<Vec<_>> = parts.iter().map(speakers).collect();
            names.map(|names| names.concat())
        }
        _ => None,
    }
}

/// With the weight that the clause has.
fn weighed_as(clause: &Query, said: Query) -> Query {
    match clause {
        Query::Boost { factor, .. } => Query::Boost {
            query: Box::new(said),
            factor: *factor,
        },
        _ => said,
    }
}

fn has_bare_words(query: &Query) -> bool {
    match query {
        Query::Word { field, .. }
        | Query::Phrase { field, .. }
        | Query::Cased { field, .. }
        | Query::Like { field, .. }
        | Query::Fuzzy { field, .. } => field.is_none(),
        Query::And(parts)
        | Query::Or(parts)
        | Query::Near { parts, .. }
        | Query::Same { parts, .. } => parts.iter().any(has_bare_words),
        Query::Not(part) | Query::Boost { query: part, .. } => has_bare_words(part),
        _ => false,
    }
}

/// Whether nothing meets the query without one of its words being there.
fn needs_bare_words(query: &Query) -> bool {
    match query {
        Query::Word { field, .. }
        | Query::Phrase { field, .. }
        | Query::Cased { field, .. }
        | Query::Like { field, .. }
        | Query::Fuzzy { field, .. } => field.is_none(),
        Query::Boost { query, .. } => needs_bare_words(query),
        Query::And(parts) | Query::Near { parts, .. } | Query::Same { parts, .. } => {
            parts.iter().any(needs_bare_words)
        }
        Query::Or(parts) => parts.iter().all(needs_bare_words),
        _ => false,
    }
}
