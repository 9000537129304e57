//! Documents within a range, listed once. tantivy's own set of them reads ahead and loses count where a
//! negation asks it to seek.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED,
    query::{EnableScoring, Explanation, Query, RangeQuery, Scorer, Weight},
};

/// Documents within a range; all score 0.
#[derive(Debug, Clone)]
pub struct Listed(pub RangeQuery);

impl Query for Listed {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(ListedWeight(self.0.weight(scoring)?)))
    }
}

struct ListedWeight(Box<dyn Weight>);

impl Weight for ListedWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut ahead = self.0.scorer(reader, boost)?;
        let mut docs = Vec::new();
        while ahead.doc() != TERMINATED {
            docs.push(ahead.doc());
            ahead.advance();
        }
        Ok(Box::new(List { docs, at: 0 }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.0.explain(reader, doc)
    }
}

/// Documents in order.
struct List {
    docs: Vec<DocId>,
    at: usize,
}

impl DocSet for List {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.at += self.docs[self.at.min(self.docs.len())..].partition_point(|doc| *doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.docs.get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        self.docs.len() as u32
    }
}

impl Scorer for List {
    fn score(&mut self) -> Score {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_walked_and_sought() {
        let mut list = List {
            docs: vec![2, 5, 9],
            at: 0,
        };
        assert_eq!((list.doc(), list.seek(3), list.seek(5)), (2, 5, 5));
        assert_eq!(
            (list.advance(), list.advance(), list.seek(20)),
            (9, TERMINATED, TERMINATED)
        );
        assert_eq!(list.advance(), TERMINATED);
    }
}
