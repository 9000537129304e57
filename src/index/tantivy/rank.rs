//! A second look at the best few hundred records: words that stand together count again, and a record is
//! worth more where its neighbours and its chapter answer too.
//!
//! Measured on the printed-index set over twenty volumes (nDCG@10, recall at 20): BM25 with tantivy's constants
//! 0.640, 0.769; with those of `ranking.toml` 0.651, 0.772; with the best window 0.667, 0.774; with the neighbours
//! 0.674, 0.798; with the chapter 0.676, 0.803.

use std::collections::HashMap;

use tantivy::DocAddress;

use super::{
    compile::Leaf,
    neighbours::Neighbours,
    places::{Locator, Span},
};
use crate::{
    index::IndexError,
    schema::{Ranking, ranking},
};

/// How much each doubling of a word's occurrences in a window adds, in its weight.
const REPETITION: f32 = 0.2;

/// How many of a chapter's best tell what it is worth.
const CHAPTER_BEST: usize = 3;

/// Orders the first of `best` anew; they come ordered by BM25.
pub fn look_again(
    best: &mut [(DocAddress, f32)],
    leaves: &[Leaf],
    neighbours: &Neighbours,
    locator: &mut Locator<'_>,
) -> Result<(), IndexError> {
    let ranking = ranking();
    let reach = best.len().min(ranking.pool);
    let pool = &mut best[..reach];
    add_windows(pool, leaves, locator, ranking)?;
    let own: HashMap<DocAddress, f32> = pool.iter().copied().collect();
    let chapters = chapters(pool, neighbours);
    for (address, score) in pool.iter_mut() {
        let place = neighbours.at(*address);
        let beside = [place.before, place.behind].into_iter().flatten();
        let beside: f32 = beside.filter_map(|near| own.get(&near)).sum();
        let chapter = chapters.get(&place.chapter).copied().unwrap_or(0.0);
        *score += ranking.neighbours * beside + ranking.chapter * chapter;
    }
    pool.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
    Ok(())
}

/// Adds what the best window of each record's text is worth; in order of address, as postings run.
fn add_windows(
    pool: &mut [(DocAddress, f32)],
    leaves: &[Leaf],
    locator: &mut Locator<'_>,
    ranking: &Ranking,
) -> Result<(), IndexError> {
    let mut order: Vec<usize> = (0..pool.len().min(ranking.looked_into)).collect();
    order.sort_by_key(|i| pool[*i].0);
    for index in order {
        let (address, score) = &mut pool[index];
        let spans = locator.spans_in_text(*address)?;
        *score += ranking.together * window(&spans, leaves, ranking.window);
    }
    Ok(())
}

/// The most that any window of so many positions holds: the weights of the leaves in it, more for
/// repetition. Spans are in order.
fn window(spans: &[Span], leaves: &[Leaf], length: u32) -> f32 {
    let mut counts = vec![0u32; leaves.len()];
    let (mut from, mut most) = (0, 0.0f32);
    for span in spans {
        counts[span.leaf] += 1;
        while span.first - spans[from].first >= length {
            counts[spans[from].leaf] -= 1;
            from += 1;
        }
        let held = counts.iter().zip(leaves).filter(|(count, _)| **count > 0);
        let worth =
            held.map(|(count, leaf)| leaf.weight * (1.0 + REPETITION * (*count as f32).log2()));
        most = most.max(worth.sum());
    }
    most
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
            patterns: Vec::new(),
            fields: Vec::new(),
            weight,
        };
        let leaves = [leaf(1.0), leaf(2.0)];
        let spans = |places: &[(u32, usize)]| -> Vec<Span> {
            places
                .iter()
                .map(|(first, leaf)| Span::at(*first, *leaf))
                .collect()
        };
        assert_eq!(window(&spans(&[]), &leaves, 10), 0.0);
        assert_eq!(window(&spans(&[(0, 0), (50, 1)]), &leaves, 10), 2.0);
        assert_eq!(window(&spans(&[(0, 0), (5, 1)]), &leaves, 10), 3.0);
        assert!(window(&spans(&[(0, 0), (1, 0), (5, 1)]), &leaves, 10) > 3.0);
    }
}
