//! Wildcards and misspellings > the terms of the index that they stand for, within bounds.

use std::{
    cell::RefCell,
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use tantivy::{InvertedIndexReader, Searcher, SegmentReader, postings::TermInfo, schema::Field};
use tantivy_fst::Automaton;

use super::{broken, having::having_in};
use crate::index::{
    IndexError, deadline,
    words::{ANY, ONE},
};

/// Words that one pattern may stand for.
pub const MAX_LIKE: usize = 256;

/// Words taken for one misspelling in one field.
pub const MAX_FUZZY: usize = 64;

/// Words that all patterns and misspellings of a query may stand for.
pub const MAX_EXPANSIONS: usize = 1024;

/// Different patterns and misspellings of a query: each is a walk through dictionaries.
pub const MAX_PATTERNS: usize = 32;

/// What an occurrence counts with so many letters changed.
const NEARNESS: [f32; 3] = [1.0, 0.5, 0.25];

/// Words a few letters away.
struct Near(DFA);

impl Automaton for Near {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.initial_state()
    }

    fn is_match(&self, state: &u32) -> bool {
        matches!(self.0.distance(*state), Distance::Exact(_))
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != SINK_STATE
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.0.transition(*state, byte)
    }
}

/// Expands the patterns of one query.
pub struct Expander<'a> {
    searcher: &'a Searcher,
    /// As typed, and what it stands for in any field.
    found: RefCell<BTreeMap<String, BTreeSet<String>>>,
    /// By field, beginning, pattern and edits, what was found already.
    known: RefCell<BTreeMap<(Field, String, u8), Expansion>>,
}

/// Terms and what an occurrence counts, the most frequent first.
pub type Expansion = Vec<(String, f32)>;

impl<'a> Expander<'a> {
    /// For one commit.
    pub fn new(searcher: &'a Searcher) -> Self {
        Self {
            searcher,
            found: RefCell::default(),
            known: RefCell::default(),
        }
    }

    /// Terms of a field that begin with the prefix and go on as the pattern says, the most frequent first.
    pub fn like(
        &self,
        field: Field,
        prefix: &str,
        pattern: &str,
        typed: &str,
    ) -> Result<Expansion, IndexError> {
        let key = (field, format!("{prefix}{pattern}"), 0);
        if let Some(known) = self.known.borrow().get(&key) {
            return Ok(known.clone());
        }
        self.note(typed, std::iter::empty())?;
        deadline::in_time()?;
        let pattern: Vec<char> = pattern.chars().collect();
        let literal: String = pattern
            .iter()
            .take_while(|c| !matches!(**c, ANY | ONE))
            .collect();
        let from = format!("{prefix}{literal}");
        let end = pattern.iter().rposition(|c| matches!(*c, ANY | ONE));
        let end: String = pattern[end.map_or(0, |at| at + 1)..].iter().collect();
        let mut terms: BTreeMap<String, u64> = BTreeMap::new();
        for reader in self.searcher.segment_readers() {
            let inverted = reader.inverted_index(field).map_err(broken)?;
            let range = inverted.terms().range().ge(from.as_bytes());
            let mut stream = range.into_stream().map_err(broken)?;
            while stream.advance() {
                let key = stream.key();
                if !key.starts_with(from.as_bytes()) {
                    break;
                }
                let ends = key.ends_with(end.as_bytes());
                if let Some(term) = own_term(key, prefix).filter(|_| ends)
                    && matches(&pattern, &term[prefix.len()..])
                {
                    add(reader, &inverted, term, stream.value(), &mut terms)?;
                }
                if terms.len() > MAX_LIKE {
                    return Err(too_many(
                        typed,
                        format!("`{typed}` stands for more than {MAX_LIKE} words"),
                    ));
                }
            }
        }
        let forms = terms.keys().map(|term| term[prefix.len()..].to_owned());
        self.note(typed, forms)?;
        let found = by_frequency(terms.into_iter().map(|(term, n)| (term, 1.0, n)));
        self.known.borrow_mut().insert(key, found.clone());
        Ok(found)
    }

    /// Terms of a field that begin with the prefix and go on as the word does but for some letters; of
    /// more than [`MAX_FUZZY`] the nearest, then the most frequent.
    pub fn fuzzy(
        &self,
        field: Field,
        prefix: &str,
        word: &str,
        edits: u8,
        typed: &str,
    ) -> Result<Expansion, IndexError> {
        static BUILDERS: OnceLock<[LevenshteinAutomatonBuilder; 2]> = OnceLock::new();
        let key = (field, format!("{prefix}{word}"), edits);
        if let Some(known) = self.known.borrow().get(&key) {
            return Ok(known.clone());
        }
        self.note(typed, std::iter::empty())?;
        deadline::in_time()?;
        let builders = BUILDERS.get_or_init(|| {
            [
                LevenshteinAutomatonBuilder::new(1, true),
                LevenshteinAutomatonBuilder::new(2, true),
            ]
        });
        let builder = &builders[usize::from(edits > 1)];
        let mut terms: BTreeMap<String, u64> = BTreeMap::new();
        for reader in self.searcher.segment_readers() {
            let inverted = reader.inverted_index(field).map_err(broken)?;
            let automaton = Near(builder.build_dfa(&format!("{prefix}{word}")));
            let range = inverted.terms().search(automaton).ge(prefix.as_bytes());
            let mut stream = range.into_stream().map_err(broken)?;
            while stream.advance() {
                if let Some(term) = own_term(stream.key(), prefix) {
                    add(reader, &inverted, term, stream.value(), &mut terms)?;
                }
            }
        }
        let mut near: Vec<(usize, Reverse<u64>, String)> = terms
            .into_iter()
            .map(|(term, n)| {
                let distance = strsim::osa_distance(&term[prefix.len()..], word);
                (distance, Reverse(n), term)
            })
            .collect();
        near.sort();
        near.truncate(MAX_FUZZY);
        let forms = near
            .iter()
            .map(|(.., term)| term[prefix.len()..].to_owned());
        self.note(typed, forms)?;
        let near = near.into_iter();
        let found =
            by_frequency(near.map(|(distance, n, term)| (term, NEARNESS[distance.min(2)], n.0)));
        self.known.borrow_mut().insert(key, found.clone());
        Ok(found)
    }

    /// Counts what a pattern stands for.
    fn note(&self, typed: &str, forms: impl Iterator<Item = String>) -> Result<(), IndexError> {
        let mut found = self.found.borrow_mut();
        let own = found.entry(typed.to_owned()).or_default();
        own.extend(forms);
        let full = own.len() > MAX_LIKE;
        if found.len() > MAX_PATTERNS {
            return Err(IndexError::Expansion {
                typed: typed.to_owned(),
                fact: format!("more than {MAX_PATTERNS} patterns and misspellings"),
                hint: "ask with fewer of them".into(),
            });
        }
        if full {
            return Err(too_many(
                typed,
                format!("`{typed}` stands for more than {MAX_LIKE} words"),
            ));
        }
        if found.values().map(BTreeSet::len).sum::<usize>() > MAX_EXPANSIONS {
            return Err(too_many(
                typed,
                format!(
                    "the patterns of the query stand for more than {MAX_EXPANSIONS} words together"
                ),
            ));
        }
        Ok(())
    }
}

/// Counts a term with the records of a segment that have it, if there are any.
fn add(
    segment: &SegmentReader,
    inverted: &InvertedIndexReader,
    term: &str,
    info: &TermInfo,
    terms: &mut BTreeMap<String, u64>,
) -> Result<(), IndexError> {
    let records = having_in(segment, inverted, info).map_err(broken)?;
    if records > 0 {
        *terms.entry(term.to_owned()).or_default() += records;
    }
    Ok(())
}

fn own_term<'k>(key: &'k [u8], prefix: &str) -> Option<&'k str> {
    std::str::from_utf8(key)
        .ok()
        .filter(|t| t.starts_with(prefix))
}

fn too_many(typed: &str, fact: String) -> IndexError {
    IndexError::Expansion {
        typed: typed.to_owned(),
        fact,
        hint: "write more letters before the `*`".into(),
    }
}

fn by_frequency(terms: impl Iterator<Item = (String, f32, u64)>) -> Vec<(String, f32)> {
    let mut terms: Vec<(String, f32, u64)> = terms.collect();
    terms.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    terms
        .into_iter()
        .map(|(term, weight, _)| (term, weight))
        .collect()
}

/// Whether a text is as the pattern says: [`ANY`] for any letters, [`ONE`] for one.
fn matches(pattern: &[char], text: &str) -> bool {
    let mut at = 0;
    // Where the last ANY stands, and what is left of the text behind it.
    let mut back: Option<(usize, std::str::Chars<'_>)> = None;
    let mut rest = text.chars();
    loop {
        let before = rest.clone();
        match (pattern.get(at), rest.next()) {
            (None, None) => return true,
            (Some(&ANY), _) => {
                back = Some((at, before.clone()));
                rest = before;
                at += 1;
            }
            (Some(p), Some(c)) if *p == ONE || *p == c => at += 1,
            _ => {
                let Some((star, from)) = &mut back else {
                    return false;
                };
                if from.next().is_none() {
                    return false;
                }
                at = *star + 1;
                rest = from.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::words::veiled;

    #[test]
    fn patterns_fit() {
        for (pattern, text, fits) in [
            ("missil*", "missile", true),
            ("missil*", "missil", true),
            ("missil*", "missal", false),
            ("te?t", "test", true),
            ("te?t", "tet", false),
            ("*grad", "leningrad", true),
            ("*grad", "grade", false),
            ("*a*b*c", "xaxxbaxbyc", true),
            ("*a*b*c", "xaxxaycy", false),
        ] {
            let pattern: Vec<char> = veiled(pattern).chars().collect();
            assert_eq!(matches(&pattern, text), fits, "{pattern:?} {text}");
        }
    }
}
