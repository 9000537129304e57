//! A second look at the best few hundred records: words that stand together count again, and a record is
//! worth more where its neighbours and its chapter answer too.
//!
//! Measured offline on the printed-index set over twenty volumes (nDCG@10, recall at 20): BM25 with tantivy's
//! constants 0.640, 0.769; with those of `ranking.toml` 0.651, 0.772; with the best window 0.662, 0.770; with the
//! neighbours 0.673, 0.798; with the chapter 0.676, 0.803; the window by the share that it covers 0.689, 0.812; with
//! the headings 0.704, 0.821.

use std::{collections::HashMap, sync::LazyLock};

use tantivy::{
    DocAddress, Searcher, Term,
    postings::SegmentPostings,
    schema::{Field, IndexRecordOption},
};

use super::{
    broken,
    compile::Leaf,
    fields::Fields,
    neighbours::Neighbours,
    places::{Locator, Span, reach},
};
use crate::{
    index::{IndexError, deadline},
    schema::{Ranking, ranking},
};

/// How much each doubling of a word's occurrences in a window adds, in its weight.
const REPETITION: f32 = 0.2;

/// How many of a chapter's best tell what it is worth.
const CHAPTER_BEST: usize = 3;

/// What the second look adds to a record's score.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// The record.
    pub address: DocAddress,
    /// What its words count by BM25.
    pub words: f32,
    /// What the best window of its text and the headings above it count.
    pub together: f32,
    /// What the records before and behind it count.
    pub neighbours: f32,
    /// What the best of its chapter count.
    pub chapter: f32,
}

/// Orders the first of `best` anew; they come ordered by BM25. What each was given.
pub fn look_again(
    best: &mut [(DocAddress, f32)],
    leaves: &[Leaf],
    neighbours: &Neighbours,
    locator: &mut Locator<'_>,
    headings: &mut Headings<'_>,
) -> Result<Vec<Look>, IndexError> {
    let ranking = ranking();
    let reach = best.len().min(ranking.pool);
    let pool = &mut best[..reach];
    let words: Vec<f32> = pool.iter().map(|(_, score)| *score).collect();
    add_windows(pool, leaves, locator, headings, ranking)?;
    let own: HashMap<DocAddress, f32> = pool.iter().copied().collect();
    let chapters = chapters(pool, neighbours);
    let mut looks = Vec::with_capacity(reach);
    for ((address, score), words) in pool.iter_mut().zip(words) {
        let place = neighbours.at(*address);
        let beside = [place.before, place.behind].into_iter().flatten();
        let beside: f32 = beside.filter_map(|near| own.get(&near)).sum();
        let chapter = chapters.get(&place.chapter).copied().unwrap_or(0.0);
        let look = Look {
            address: *address,
            words,
            together: *score - words,
            neighbours: ranking.neighbours * beside,
            chapter: ranking.chapter * chapter,
        };
        *score += look.neighbours + look.chapter;
        looks.push(look);
    }
    pool.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
    Ok(looks)
}

/// Adds what the best window of each record's text is worth, with the headings above it; in order of
/// address, as postings run.
fn add_windows(
    pool: &mut [(DocAddress, f32)],
    leaves: &[Leaf],
    locator: &mut Locator<'_>,
    headings: &mut Headings<'_>,
    ranking: &Ranking,
) -> Result<(), IndexError> {
    let whole: f32 = leaves.iter().map(|leaf| leaf.weight).sum();
    let mut order: Vec<usize> = (0..pool.len().min(ranking.looked_into)).collect();
    order.sort_by_key(|i| pool[*i].0);
    for index in order {
        deadline::in_time()?;
        let (address, score) = &mut pool[index];
        let spans = locator.spans_in_text(*address)?;
        let (mut worth, held) = window(&spans, leaves, ranking.window);
        for (number, leaf) in leaves.iter().enumerate() {
            if !held[number] && headings.hold(number, *address)? {
                worth += ranking.headed * leaf.weight;
            }
        }
        if whole > 0.0 {
            *score += ranking.together * worth * worth / whole;
        }
    }
    Ok(())
}

/// The most that any window of so many positions holds: the weights of the leaves in it, more for
/// repetition; and which leaves those are. Spans are in order.
fn window(spans: &[Span], leaves: &[Leaf], length: u32) -> (f32, Vec<bool>) {
    let mut counts = vec![0usize; leaves.len()];
    let mut best = counts.clone();
    let (mut from, mut most) = (0, 0.0f32);
    for span in spans {
        counts[span.leaf] += 1;
        while span.first - spans[from].first >= length {
            counts[spans[from].leaf] -= 1;
            from += 1;
        }
        let worth = counts.iter().zip(leaves);
        let worth: f32 = worth
            .map(|(count, leaf)| leaf.weight * repeated(*count))
            .sum();
        if worth > most {
            most = worth;
            best.copy_from_slice(&counts);
        }
    }
    (most, best.into_iter().map(|count| count > 0).collect())
}

/// What so many occurrences count beside one.
fn repeated(count: usize) -> f32 {
    /// Few windows hold more; those are reckoned.
    static KNOWN: LazyLock<[f32; 32]> = LazyLock::new(|| std::array::from_fn(reckoned));
    fn reckoned(count: usize) -> f32 {
        match count {
            0 => 0.0,
            _ => 1.0 + REPETITION * (count as f32).log2(),
        }
    }
    let known = KNOWN.get(count).copied();
    known.unwrap_or_else(|| reckoned(count))
}

/// The words of the question in the fields that stand above whole records.
pub struct Headings<'a> {
    searcher: &'a Searcher,
    /// For each leaf its single words in each field.
    words: Vec<Vec<Word>>,
}

struct Word {
    term: Term,
    segment: u32,
    postings: Option<SegmentPostings>,
}

impl<'a> Headings<'a> {
    /// For the leaves of one query. Records must be asked for in order of their addresses.
    pub fn new(searcher: &'a Searcher, fields: &Fields, leaves: &[Leaf]) -> Self {
        let above: Vec<Field> = ranking()
            .headings
            .iter()
            .filter_map(|name| fields.words_of(name))
            .collect();
        let words = leaves.iter().map(|leaf| {
            let single = leaf
                .patterns
                .iter()
                .filter(|p| p.terms.len() == 1)
                .map(|p| &p.terms[0].1);
            let each = single.flat_map(|term| {
                above
                    .iter()
                    .map(move |field| Term::from_field_text(*field, term))
            });
            let word = |term| Word {
                term,
                segment: u32::MAX,
                postings: None,
            };
            each.map(word).collect()
        });
        Self {
            searcher,
            words: words.collect(),
        }
    }

    /// Whether a leaf stands above a record.
    fn hold(&mut self, leaf: usize, address: DocAddress) -> Result<bool, IndexError> {
        for word in &mut self.words[leaf] {
            if word.segment != address.segment_ord {
                let reader = self.searcher.segment_reader(address.segment_ord);
                let inverted = reader.inverted_index(word.term.field()).map_err(broken)?;
                word.postings = inverted
                    .read_postings(&word.term, IndexRecordOption::Basic)
                    .map_err(broken)?;
                word.segment = address.segment_ord;
            }
            if let Some(postings) = &mut word.postings
                && reach(postings, address.doc_id)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What each chapter's best are worth, on average.
fn chapters(pool: &[(DocAddress, f32)], neighbours: &Neighbours) -> HashMap<u32, f32> {
    let mut scores: HashMap<u32, Vec<f32>> = HashMap::new();
    for (address, score) in pool {
        scores
            .entry(neighbours.at(*address).chapter)
            .or_default()
            .push(*score);
    }
    let worth = |mut own: Vec<f32>| {
        own.sort_by(|a, b| b.total_cmp(a));
        own.iter().take(CHAPTER_BEST).sum::<f32>() / CHAPTER_BEST as f32
    };
    scores
        .into_iter()
        .map(|(chapter, own)| (chapter, worth(own)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_stand_together_are_worth_more() {
        let leaf = |weight| Leaf {
            weight,
            ..Leaf::default()
        };
        let leaves = [leaf(1.0), leaf(2.0)];
        let spans = |places: &[(u32, usize)]| -> Vec<Span> {
            places
                .iter()
                .map(|(first, leaf)| Span::at(*first, *leaf))
                .collect()
        };
        let worth = |places: &[(u32, usize)]| window(&spans(places), &leaves, 10);
        assert_eq!(worth(&[]), (0.0, vec![false, false]));
        assert_eq!(worth(&[(0, 0), (50, 1)]), (2.0, vec![false, true]));
        assert_eq!(worth(&[(0, 0), (5, 1)]), (3.0, vec![true, true]));
        assert!(worth(&[(0, 0), (1, 0), (5, 1)]).0 > 3.0);
    }
}
