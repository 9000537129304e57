//! Records like a given one: those that share the words that tell it apart.

use std::collections::HashMap;

use super::{Params, Problem, Search, question::check_names};
use crate::{
    index::{Hit, Pinned, Query, Request, words::Cutter},
    record::{PassageKind, Record},
};

/// How many records are shown.
const SHOWN: usize = 10;

/// How many words tell a record apart.
const TELLING: usize = 25;

/// The most different words that are weighed.
const MAX_WORDS: usize = 5000;

/// A shorter word tells nothing.
const SHORTEST: usize = 3;

/// Records like another.
#[derive(Debug, Clone, Default)]
pub struct Similar {
    /// The words by which they were found, the most telling first.
    pub words: Vec<String>,
    /// Most alike first.
    pub hits: Vec<Hit>,
}

impl Search {
    /// At most ten records that share the most telling words of this one.
    ///
    /// # Errors
    /// [`Problem::NotFound`] tells what is there instead.
    pub fn similar_records(&self, id: &str, params: &Params) -> Result<Similar, Problem> {
        check_names(params, &[])?;
        let record = self.find_record(id)?;
        let commit = self.engine.pinned()?;
        let words = telling_words(commit.as_ref(), &record)?;
        if words.is_empty() {
            return Ok(Similar::default());
        }
        let itself = Query::Value {
            field: "id".into(),
            value: record.id.to_string(),
        };
        let any = words.iter().map(|word| Query::Word {
            field: Some("body".into()),
            text: word.clone(),
            exact: false,
        });
        let request = Request {
            query: Query::And(vec![Query::Or(any.collect()), Query::Not(Box::new(itself))]),
            limit: SHOWN,
            passages: 1,
            ..Request::default()
        };
        let hits = commit.search(&request)?.hits;
        Ok(Similar { words, hits })
    }
}

/// The words that stand often in the record and in few others, one of each stem.
fn telling_words(commit: &dyn Pinned, record: &Record) -> Result<Vec<String>, Problem> {
    let counted = counted_words(record);
    let words: Vec<String> = counted.iter().map(|(word, _)| word.clone()).collect();
    let records = commit.search(&Request::default())?.total as f64;
    let mut by_stem: HashMap<String, (usize, usize, &String)> = HashMap::new();
    for ((word, times), (stem, held)) in counted.iter().zip(commit.frequencies(&words)?) {
        by_stem.entry(stem).or_insert((0, held, word)).0 += times;
    }
    let weigh = |(times, held, word): (usize, usize, &String)| {
        let often = 1.0 + (times as f64).ln();
        (often * (records / held as f64).ln(), word.clone())
    };
    let shared = by_stem.into_values().filter(|(_, held, _)| *held > 1);
    let mut weighed: Vec<(f64, String)> = shared.map(weigh).filter(|(w, _)| *w > 0.0).collect();
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let telling = weighed.into_iter().take(TELLING);
    Ok(telling.map(|(_, word)| word).collect())
}

/// Folded words of the text without its notes, and how often each stands there, in order of the text.
fn counted_words(record: &Record) -> Vec<(String, usize)> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut counted: Vec<(String, usize)> = Vec::new();
    let text = record.passages.iter();
    for passage in text.filter(|p| p.kind != PassageKind::Footnote) {
        let mut cutter = Cutter::new(&passage.text);
        while let Some(word) = cutter.next_word() {
            if word.whole || word.text.chars().count() < SHORTEST {
                continue;
            }
            if let Some(place) = places.get(word.text) {
                counted[*place].1 += 1;
            } else if counted.len() < MAX_WORDS && word.text.chars().all(char::is_alphabetic) {
                places.insert(word.text.to_owned(), counted.len());
                counted.push((word.text.to_owned(), 1));
            }
        }
    }
    counted
}
