//! A word, scored by BM25 with the constants of `index_schema/ranking.toml`: tantivy's own are fixed.

use std::sync::Arc;

use tantivy::{
    DocId, DocSet, Score, SegmentReader, Term,
    fieldnorm::FieldNormReader,
    postings::{Postings, SegmentPostings},
    query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight},
    schema::IndexRecordOption,
};

use super::statistics::rarity;
use crate::schema::ranking;

/// Records that have a term.
#[derive(Debug, Clone)]
pub struct WordQuery {
    term: Term,
}

impl WordQuery {
    /// For one term of a field with words.
    pub fn new(term: Term) -> Self {
        Self { term }
    }
}

impl Query for WordQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let EnableScoring::Enabled {
            statistics_provider: statistics,
            ..
        } = scoring
        else {
            return Ok(Box::new(WordWeight::unscored(self.term.clone())));
        };
        let records = statistics.total_num_docs()?;
        let having = statistics.doc_freq(&self.term)?;
        let tokens = statistics.total_num_tokens(self.term.field())?;
        let average = tokens as f32 / records.max(1) as f32;
        Ok(Box::new(WordWeight {
            term: self.term.clone(),
            rarity: rarity(having, records),
            lengths: lengths(average.max(1.0)),
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        visitor(&self.term, false);
    }
}

/// What is added to the frequency below the line, for each length that tantivy tells apart.
fn lengths(average: f32) -> Arc<[f32; 256]> {
    let (k1, b) = (ranking().saturation, ranking().length);
    let mut lengths = [0.0; 256];
    for (id, length) in lengths.iter_mut().enumerate() {
        let words = FieldNormReader::id_to_fieldnorm(id as u8) as f32;
        *length = k1 * (1.0 - b + b * words / average);
    }
    Arc::new(lengths)
}

struct WordWeight {
    term: Term,
    rarity: f32,
    lengths: Arc<[f32; 256]>,
}

impl WordWeight {
    fn unscored(term: Term) -> Self {
        Self {
            term,
            rarity: 0.0,
            lengths: Arc::new([1.0; 256]),
        }
    }
}

impl Weight for WordWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let field = self.term.field();
        let inverted = reader.inverted_index(field)?;
        let found = inverted.read_postings(&self.term, IndexRecordOption::WithFreqs)?;
        let Some(postings) = found else {
            return Ok(Box::new(EmptyScorer));
        };
        Ok(Box::new(WordScorer {
            postings,
            norms: reader.get_fieldnorms_reader(field)?,
            weight: self.rarity * boost * (ranking().saturation + 1.0),
            lengths: self.lengths.clone(),
        }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        let score = if scorer.doc() <= doc && scorer.seek(doc) == doc {
            scorer.score()
        } else {
            0.0
        };
        Ok(Explanation::new("a word", score))
    }
}

struct WordScorer {
    postings: SegmentPostings,
    norms: FieldNormReader,
    weight: f32,
    lengths: Arc<[f32; 256]>,
}

impl DocSet for WordScorer {
    fn advance(&mut self) -> DocId {
        self.postings.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.postings.seek(target)
    }

    fn doc(&self) -> DocId {
        self.postings.doc()
    }

    fn size_hint(&self) -> u32 {
        self.postings.size_hint()
    }
}

impl Scorer for WordScorer {
    fn score(&mut self) -> Score {
        let frequency = self.postings.term_freq() as f32;
        let length = self.lengths[self.norms.fieldnorm_id(self.postings.doc()) as usize];
        self.weight * frequency / (frequency + length)
    }
}
