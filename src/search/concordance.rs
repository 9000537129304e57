//! Every occurrence of what is asked for, in a column, with the words around it.

use super::{
    Params, Problem, Search,
    question::{Question, choice, last_given, number},
};
use crate::index::{Card, Hit, Place, Request, Sort, words::fold_value};

/// Words on each side.
const AROUND: usize = 8;

/// Lines of a page that asks for no number.
const LINES: usize = 100;

/// The most lines of a page.
const MAX_LINES: usize = 500;

/// The most records that are read.
pub const MAX_RECORDS: usize = 2000;

/// No more records are read once there are so many occurrences.
pub const MAX_OCCURRENCES: usize = 10_000;

/// Records that are opened at once.
const AT_ONCE: usize = 250;

/// Passages of one record that are read.
const PASSAGES: usize = 1000;

/// A page of occurrences.
#[derive(Debug, Clone, Default)]
pub struct Concordance {
    /// Occurrences found.
    pub total: usize,
    /// Whether every matching record was read.
    pub complete: bool,
    /// The occurrences of this page, in order of the words beside them.
    pub lines: Vec<Occurrence>,
}

/// One occurrence.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// Its record.
    pub card: Card,
    /// The page on which its passage begins.
    pub page: Option<String>,
    /// The words before it.
    pub left: String,
    /// As printed.
    pub found: String,
    /// The words after it.
    pub right: String,
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

impl Search {
    /// Every occurrence in the matching records, earliest record first, sorted by the words beside it.
    ///
    /// # Errors
    /// [`Problem`] names the parameter, or the place in the query.
    pub fn concordance(&self, params: &Params) -> Result<Concordance, Problem> {
        let question = self.question(params, &["sort", "limit", "offset"])?;
        let side = choice(
            params,
            "sort",
            &[("right", Side::Right), ("left", Side::Left)],
        )?;
        let limit = number(params, "limit", LINES, MAX_LINES)?;
        let offset = number(params, "offset", 0, MAX_OCCURRENCES)?;
        if last_given(params, "q").is_none() {
            return Err(Problem::parameter(
                "q",
                "a concordance is made of words, and `q` has none",
                Some("write q=\"good offices\"".into()),
            ));
        }
        let (mut lines, complete) = self.occurrences(&question)?;
        lines.sort_by_cached_key(|line| beside(line, side));
        Ok(Concordance {
            total: lines.len(),
            complete,
            lines: lines.into_iter().skip(offset).take(limit).collect(),
        })
    }

    /// Occurrences in order of date, and whether these are all.
    fn occurrences(&self, question: &Question) -> Result<(Vec<Occurrence>, bool), Problem> {
        let commit = self.engine.pinned()?;
        let mut request = Request {
            sort: Sort::DateAscending,
            limit: AT_ONCE,
            passages: PASSAGES,
            ..question.request()
        };
        let mut lines = Vec::new();
        loop {
            let found = commit.search(&request)?;
            request.offset += found.hits.len();
            lines.extend(found.hits.iter().flat_map(of_record));
            let all = request.offset >= found.total || found.hits.is_empty();
            if all || request.offset >= MAX_RECORDS || lines.len() >= MAX_OCCURRENCES {
                let cut = lines.len() > MAX_OCCURRENCES;
                lines.truncate(MAX_OCCURRENCES);
                return Ok((lines, all && !cut));
            }
        }
    }
}

/// The occurrences of a record, in order of its text.
fn of_record(hit: &Hit) -> Vec<Occurrence> {
    let mut places: Vec<&Place> = hit.places.iter().collect();
    places.sort_by_key(|place| place.ordinal);
    let each = places
        .into_iter()
        .flat_map(|place| place.marks.iter().map(move |mark| (place, *mark)));
    each.map(|(place, (start, end))| Occurrence {
        card: hit.card.clone(),
        page: place.page.clone(),
        left: last_words(&place.text[..start]),
        found: place.text[start..end].to_owned(),
        right: first_words(&place.text[end..]),
    })
    .collect()
}

fn last_words(text: &str) -> String {
    let mut words: Vec<&str> = text.split_whitespace().rev().take(AROUND).collect();
    words.reverse();
    words.join(" ")
}

fn first_words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(AROUND).collect();
    words.join(" ")
}

/// The words by which a line is sorted: those nearest to it first.
fn beside(line: &Occurrence, side: Side) -> Vec<String> {
    let bare = |word: &str| -> String {
        let folded = fold_value(word);
        folded.chars().filter(|c| c.is_alphanumeric()).collect()
    };
    match side {
        Side::Left => line.left.split(' ').rev().map(bare).collect(),
        Side::Right => line.right.split(' ').map(bare).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_words_sort() {
        let line = Occurrence {
            card: Card::default(),
            page: None,
            left: last_words("a b c d e f g h i, The old"),
            found: "lamp".into(),
            right: first_words(" burned; out."),
        };
        assert_eq!(line.left, "d e f g h i, The old");
        assert_eq!(beside(&line, Side::Left)[..3], ["old", "the", "i"]);
        assert_eq!(beside(&line, Side::Right), ["burned", "out"]);
    }
}
