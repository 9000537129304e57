//! Words of the text as the index has them: how many records have one, and what is spelled like it.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;
use strsim::osa_distance;
use tantivy::{Searcher, Term, schema::Field};

use super::{
    analyzer::{EXACT, push_stem},
    broken,
    fields::{Fields, RUNNING, body_stem},
    having::{having, having_in},
};
use crate::{index::IndexError, schema::schema};

/// How many spellings are offered.
const OFFERED: usize = 3;

/// A shorter word is near to everything.
const LEAST: usize = 4;

/// A longer word is no misspelling.
const MOST: usize = 40;

/// The stem of each word, and in how many records the text has it.
pub fn frequencies(
    fields: &Fields,
    searcher: &Searcher,
    words: &[String],
) -> Result<Vec<(String, usize)>, IndexError> {
    let body = body(fields)?;
    let stem = body_stem(schema());
    let frequency = |word: &String| {
        let mut term = String::new();
        match stem {
            Some(stem) => push_stem(stem, word, &mut term),
            None => term.extend([EXACT.to_string().as_str(), word]),
        }
        let found = having(searcher, &Term::from_field_text(body, &term))?;
        Ok((term, found))
    };
    words.iter().map(frequency).collect()
}

/// Spellings near a word that no record has; `None` where some record has it.
pub fn spelled_like(
    fields: &Fields,
    searcher: &Searcher,
    word: &str,
) -> Result<Option<Vec<String>>, IndexError> {
    if is_held(fields, searcher, word)? {
        return Ok(None);
    }
    let length = word.chars().count();
    if !(LEAST..=MOST).contains(&length) {
        return Ok(Some(Vec::new()));
    }
    let edits = if length > LEAST { 2 } else { 1 };
    let mut found: Vec<(usize, Reverse<u64>, String)> = near(body(fields)?, searcher, word, edits)?
        .into_iter()
        .map(|(spelling, records)| {
            let distance = osa_distance(word, &spelling);
            (distance, Reverse(records), spelling)
        })
        .collect();
    found.sort();
    let spellings = found.into_iter().map(|(_, _, spelling)| spelling);
    Ok(Some(spellings.take(OFFERED).collect()))
}

/// Whether a record has a word, in any form, where bare words are looked for.
fn is_held(fields: &Fields, searcher: &Searcher, word: &str) -> Result<bool, IndexError> {
    let exact = format!("{EXACT}{word}");
    for declared in schema().fields.iter().filter(|f| f.weight > 0.0) {
        let Some(field) = fields.words_of(&declared.name) else {
            continue;
        };
        let analyzer = declared.analyzer.as_ref();
        let mut forms = vec![exact.clone()];
        if let Some(stem) = analyzer.and_then(|a| schema().analyzers[a].stem) {
            let mut term = String::new();
            push_stem(stem, word, &mut term);
            forms.push(term);
        }
        for form in forms {
            let term = Term::from_field_text(field, &form);
            if having(searcher, &term)? > 0 {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Words with the same first letter within some edits, and how many records have them.
fn near(
    field: Field,
    searcher: &Searcher,
    word: &str,
    edits: usize,
) -> Result<FxHashMap<String, u64>, IndexError> {
    let mut found: FxHashMap<String, u64> = FxHashMap::default();
    let Some(first) = word.chars().next() else {
        return Ok(found);
    };
    let length = word.chars().count();
    let start = format!("{EXACT}{first}");
    let end = format!("{start}{}", char::MAX);
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(field).map_err(broken)?;
        let range = inverted.terms().range().ge(&start).lt(&end);
        let mut stream = range.into_stream().map_err(broken)?;
        while let Some((term, info)) = stream.next() {
            let spelling = std::str::from_utf8(term).ok();
            let spelling = spelling.and_then(|t| t.strip_prefix(EXACT));
            let fits = |s: &&str| {
                s.chars().count().abs_diff(length) <= edits && osa_distance(word, s) <= edits
            };
            if let Some(spelling) = spelling.filter(fits) {
                let records = having_in(segment, &inverted, info).map_err(broken)?;
                if records > 0 {
                    *found.entry(spelling.to_owned()).or_default() += records;
                }
            }
        }
    }
    Ok(found)
}

fn body(fields: &Fields) -> Result<Field, IndexError> {
    let declared = schema().fields.iter().find(|f| f.source == RUNNING[0]);
    let field = declared.and_then(|f| fields.words_of(&f.name));
    field.ok_or_else(|| IndexError::Broken("the schema has no field of running text".into()))
}
