//! A query that stops when its time is over, however many records it would go through.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, Term,
    query::{EnableScoring, Explanation, Query, Scorer, Weight},
};

use crate::index::deadline;

/// Steps between two looks at the clock.
const STEPS: u32 = 512;

/// Another query, until the time for the question is over, or nobody waits for its answer any more.
#[derive(Debug)]
pub struct Bounded {
    /// What is asked.
    pub query: Box<dyn Query>,
    /// Set where that came first.
    pub stopped: Arc<AtomicBool>,
}

impl Clone for Bounded {
    fn clone(&self) -> Self {
        Self {
            query: self.query.box_clone(),
            stopped: self.stopped.clone(),
        }
    }
}

impl Query for Bounded {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(BoundedWeight {
            weight: self.query.weight(scoring)?,
            stopped: self.stopped.clone(),
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.query.query_terms(visitor);
    }
}

struct BoundedWeight {
    weight: Box<dyn Weight>,
    stopped: Arc<AtomicBool>,
}

impl Weight for BoundedWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scorer = BoundedScorer {
            scorer: self.weight.scorer(reader, boost)?,
            stopped: self.stopped.clone(),
            steps: 0,
            over: false,
        };
        scorer.look();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.weight.explain(reader, doc)
    }
}

struct BoundedScorer {
    scorer: Box<dyn Scorer>,
    stopped: Arc<AtomicBool>,
    steps: u32,
    over: bool,
}

impl BoundedScorer {
    fn look(&mut self) {
        if deadline::is_over() {
            self.over = true;
            self.stopped.store(true, Ordering::Relaxed);
        }
    }

    fn step(&mut self) {
        self.steps += 1;
        if self.steps.is_multiple_of(STEPS) {
            self.look();
        }
    }
}

impl DocSet for BoundedScorer {
    fn advance(&mut self) -> DocId {
        self.step();
        if self.over {
            TERMINATED
        } else {
            self.scorer.advance()
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.step();
        if self.over {
            TERMINATED
        } else {
            self.scorer.seek(target)
        }
    }

    fn doc(&self) -> DocId {
        if self.over {
            TERMINATED
        } else {
            self.scorer.doc()
        }
    }

    fn size_hint(&self) -> u32 {
        self.scorer.size_hint()
    }
}

impl Scorer for BoundedScorer {
    fn score(&mut self) -> Score {
        self.scorer.score()
    }
}
