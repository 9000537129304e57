//! Words by their positions: what tantivy has no query for. A [`Plan`] says what is sought in one field;
//! opened on a segment it steps through the documents that may have it and tells the spans where they do.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fmt::{Debug, Formatter},
};

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term,
    fieldnorm::FieldNormReader,
    postings::{Postings, SegmentPostings},
    query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight},
    schema::{Field, IndexRecordOption},
};

use crate::{
    index::deadline,
    schema::{Ranking, ranking},
};

/// Spans looked at in one document.
const MAX_SPANS: usize = 20_000;

/// What is sought in one field.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// Any of these terms, the most frequent first, each occurrence counting for its weight.
    Terms {
        /// Terms and weights.
        terms: Vec<(String, f32)>,
        /// They are compounds as a whole.
        whole: bool,
    },
    /// Plans whose first positions stand at these distances.
    Row(Vec<(u32, Plan)>),
    /// Any of these.
    Any(Vec<Plan>),
    /// The first, where the second is not.
    But(Box<Plan>, Box<Plan>),
    /// All of these, the last at most `distance` positions behind the first.
    Near {
        /// What stands near.
        parts: Vec<Plan>,
        /// The length of the window, less what its parts are longer than a word.
        distance: u32,
        /// Only in this order.
        ordered: bool,
    },
    /// All of these between two starts.
    Same {
        /// What stands together.
        parts: Vec<Plan>,
        /// The term of the field of starts.
        starts: &'static str,
    },
}

/// Positions of one occurrence, both included.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// The first.
    pub first: u32,
    /// The last.
    pub last: u32,
    /// A compound as a whole.
    pub whole: bool,
    weight: f32,
    /// What a window is made of.
    inside: Vec<Span>,
}

impl Span {
    fn of(first: u32, last: u32, weight: f32) -> Self {
        Self {
            first,
            last,
            whole: false,
            weight,
            inside: Vec::new(),
        }
    }

    /// Around spans that stand in one window.
    fn around(inside: Vec<Span>) -> Self {
        Self {
            first: inside.iter().map(|s| s.first).min().unwrap_or(0),
            last: inside.iter().map(|s| s.last).max().unwrap_or(0),
            whole: false,
            weight: inside.iter().map(|s| s.weight).fold(1.0, f32::min),
            inside,
        }
    }

    fn apart_from(&self, other: &Self) -> bool {
        self.last < other.first || other.last < self.first
    }

    /// Calls with every span that is no window.
    pub fn each(&self, found: &mut dyn FnMut(&Span)) {
        if self.inside.is_empty() {
            found(self);
        }
        self.inside.iter().for_each(|span| span.each(found));
    }
}

impl Plan {
    /// How rare it is: of words next to or near each other the sum, of alternatives the least.
    pub fn rarity(
        &self,
        field: Field,
        of_term: &dyn Fn(&Term) -> tantivy::Result<f32>,
    ) -> tantivy::Result<f32> {
        let sum = |parts: &mut dyn Iterator<Item = &Plan>| {
            parts
                .map(|part| part.rarity(field, of_term))
                .sum::<tantivy::Result<f32>>()
        };
        match self {
            Plan::Terms { terms, .. } => match terms.first() {
                Some((term, _)) => of_term(&Term::from_field_text(field, term)),
                // No such word in this field: it tells nothing of the others.
                None => Ok(f32::INFINITY),
            },
            Plan::But(of, _) => of.rarity(field, of_term),
            Plan::Row(parts) => sum(&mut parts.iter().map(|(_, part)| part)),
            Plan::Near { parts, .. } | Plan::Same { parts, .. } => sum(&mut parts.iter()),
            Plan::Any(parts) => {
                let mut least = f32::INFINITY;
                for part in parts {
                    least = least.min(part.rarity(field, of_term)?);
                }
                Ok(if least.is_finite() { least } else { 0.0 })
            }
        }
    }

    /// Opens it on a segment.
    pub fn open(
        &self,
        reader: &SegmentReader,
        field: Field,
        starts: Field,
    ) -> tantivy::Result<Node> {
        let open = |part: &Plan| part.open(reader, field, starts);
        let nodes = |parts: &[Plan]| parts.iter().map(open).collect::<tantivy::Result<Vec<_>>>();
        let mut node = match self {
            Plan::Terms { terms, whole } => {
                let inverted = reader.inverted_index(field)?;
                let mut postings = Vec::with_capacity(terms.len());
                for (term, weight) in terms {
                    let term = Term::from_field_text(field, term);
                    let found =
                        inverted.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?;
                    postings.extend(found.map(|p| (p, *weight)));
                }
                Node::terms(postings, *whole)
            }
            Plan::Any(parts) => Node::Any {
                parts: nodes(parts)?,
                doc: 0,
            },
            Plan::But(of, but) => Node::But {
                of: Box::new(open(of)?),
                but: Box::new(open(but)?),
            },
            Plan::Row(parts) => Node::All {
                join: Join::Row(parts.iter().map(|(offset, _)| *offset).collect()),
                parts: parts
                    .iter()
                    .map(|(_, part)| open(part))
                    .collect::<tantivy::Result<_>>()?,
                doc: 0,
            },
            Plan::Near {
                parts,
                distance,
                ordered,
            } => Node::All {
                join: Join::Near(*distance, *ordered),
                parts: nodes(parts)?,
                doc: 0,
            },
            Plan::Same {
                parts,
                starts: term,
            } => {
                let term = Term::from_field_text(starts, term);
                let found = reader
                    .inverted_index(starts)?
                    .read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?;
                Node::All {
                    join: Join::Same(found.map(Box::new)),
                    parts: nodes(parts)?,
                    doc: 0,
                }
            }
        };
        node.start();
        Ok(node)
    }
}

/// A plan on one segment. It only goes on, as postings do.
pub enum Node {
    /// Any of some terms.
    Terms(Terms),
    /// The first without the second.
    But {
        /// What is sought.
        of: Box<Node>,
        /// Where it does not count.
        but: Box<Node>,
    },
    /// All of the parts.
    All {
        /// How they stand to each other.
        join: Join,
        /// What is joined.
        parts: Vec<Node>,
        /// Here.
        doc: DocId,
    },
    /// Any of the parts.
    Any {
        /// Alternatives.
        parts: Vec<Node>,
        /// Here.
        doc: DocId,
    },
}

/// Postings of several terms, in one order.
pub struct Terms {
    postings: Vec<(SegmentPostings, f32)>,
    whole: bool,
    /// Those at the present document.
    here: Vec<usize>,
    /// The others, nearest first.
    ahead: BinaryHeap<Reverse<(DocId, usize)>>,
    doc: DocId,
}

/// How the parts of a [`Node::All`] stand to each other.
pub enum Join {
    /// At these distances.
    Row(Vec<u32>),
    /// In a window, and whether in order.
    Near(u32, bool),
    /// Between two of these starts.
    Same(Option<Box<SegmentPostings>>),
}

impl Terms {
    fn seek(&mut self, target: DocId) -> DocId {
        for index in std::mem::take(&mut self.here) {
            let postings = &mut self.postings[index].0;
            let doc = if postings.doc() + 1 == target {
                postings.advance()
            } else if postings.doc() < target {
                postings.seek(target)
            } else {
                postings.doc()
            };
            if doc != TERMINATED {
                self.ahead.push(Reverse((doc, index)));
            }
        }
        while let Some(Reverse((doc, index))) = self.ahead.peek().copied() {
            if doc >= target {
                break;
            }
            self.ahead.pop();
            let doc = self.postings[index].0.seek(target);
            if doc != TERMINATED {
                self.ahead.push(Reverse((doc, index)));
            }
        }
        self.doc = self.ahead.peek().map_or(TERMINATED, |first| first.0.0);
        while let Some(Reverse((doc, index))) = self.ahead.peek().copied() {
            if doc != self.doc {
                break;
            }
            self.ahead.pop();
            self.here.push(index);
        }
        self.doc
    }

    fn spans(&mut self, found: &mut Vec<Span>) {
        let mut positions = Vec::new();
        for index in &self.here {
            let (postings, weight) = &mut self.postings[*index];
            postings.positions(&mut positions);
            found.extend(positions.iter().take(MAX_SPANS).map(|at| Span {
                whole: self.whole,
                ..Span::of(*at, *at, *weight)
            }));
        }
        if self.here.len() > 1 {
            sort(found);
        }
    }
}

impl Node {
    fn terms(postings: Vec<(SegmentPostings, f32)>, whole: bool) -> Self {
        let docs = postings.iter().enumerate();
        let docs = docs.filter(|(_, (p, _))| p.doc() != TERMINATED);
        let ahead = docs.map(|(i, (p, _))| Reverse((p.doc(), i))).collect();
        Self::Terms(Terms {
            postings,
            whole,
            here: Vec::new(),
            ahead,
            doc: 0,
        })
    }

    /// Goes to the first document.
    fn start(&mut self) {
        match self {
            Node::Terms(terms) => {
                terms.seek(0);
            }
            Node::All { .. } | Node::Any { .. } => {
                self.go(0);
            }
            // Its parts have started.
            Node::But { .. } => {}
        }
    }

    /// The present document.
    pub fn doc(&self) -> DocId {
        match self {
            Node::Terms(terms) => terms.doc,
            Node::But { of, .. } => of.doc(),
            Node::All { doc, .. } | Node::Any { doc, .. } => *doc,
        }
    }

    /// The first document from here on that may have it, at this one or behind it.
    pub fn seek(&mut self, target: DocId) -> DocId {
        if self.doc() >= target {
            return self.doc();
        }
        self.go(target)
    }

    fn go(&mut self, mut target: DocId) -> DocId {
        match self {
            Node::Terms(terms) => terms.seek(target),
            Node::But { of, .. } => of.seek(target),
            Node::Any { parts, doc } => {
                let docs = parts.iter_mut().map(|part| part.seek(target));
                *doc = docs.min().unwrap_or(TERMINATED);
                *doc
            }
            Node::All { parts, doc, .. } => {
                if parts.is_empty() {
                    target = TERMINATED;
                }
                'again: while target < TERMINATED {
                    for part in parts.iter_mut() {
                        let found = part.seek(target);
                        if found > target {
                            target = found;
                            continue 'again;
                        }
                    }
                    break;
                }
                *doc = target.min(TERMINATED);
                *doc
            }
        }
    }

    /// The spans in the present document, in order; none where the words stand otherwise.
    pub fn spans(&mut self, found: &mut Vec<Span>) {
        match self {
            Node::Terms(terms) => terms.spans(found),
            Node::But { of, but } => {
                of.spans(found);
                if but.seek(of.doc()) == of.doc() {
                    let mut others = Vec::new();
                    but.spans(&mut others);
                    found.retain(|s| others.binary_search_by_key(&s.first, |o| o.first).is_err());
                }
            }
            Node::Any { parts, doc } => {
                for part in parts.iter_mut().filter(|part| part.doc() == *doc) {
                    let mut own = Vec::new();
                    part.spans(&mut own);
                    found.append(&mut own);
                }
                sort(found);
                found
                    .dedup_by(|a, b| (a.first, a.last) == (b.first, b.last) && a.inside.is_empty());
            }
            Node::All { join, parts, doc } => {
                let mut lists = Vec::with_capacity(parts.len());
                for part in parts {
                    let mut own = Vec::new();
                    part.spans(&mut own);
                    if own.is_empty() {
                        return;
                    }
                    own.truncate(MAX_SPANS);
                    lists.push(own);
                }
                match join {
                    Join::Row(offsets) => row(&lists, offsets, found),
                    Join::Near(distance, ordered) => windows(&lists, *distance, *ordered, found),
                    Join::Same(starts) => {
                        let mut positions = Vec::new();
                        if let Some(starts) = starts
                            && (starts.doc() >= *doc || starts.seek(*doc) >= *doc)
                            && starts.doc() == *doc
                        {
                            starts.positions(&mut positions);
                        }
                        together(lists, &positions, found);
                    }
                }
            }
        }
    }

    /// What the occurrences in the present document count together.
    fn frequency(&mut self) -> f32 {
        if let Node::Terms(terms) = self {
            let counted = terms.here.iter().map(|index| {
                let (postings, weight) = &terms.postings[*index];
                postings.term_freq() as f32 * weight
            });
            return counted.sum();
        }
        let mut spans = Vec::new();
        self.spans(&mut spans);
        spans.iter().map(|span| span.weight).sum()
    }

    fn size_hint(&self) -> u32 {
        match self {
            Node::Terms(terms) => {
                let sizes = terms.postings.iter().map(|(p, _)| p.size_hint());
                sizes.fold(0, u32::saturating_add)
            }
            Node::But { of, .. } => of.size_hint(),
            Node::Any { parts, .. } => {
                let sizes = parts.iter().map(Node::size_hint);
                sizes.fold(0, u32::saturating_add)
            }
            Node::All { parts, .. } => parts.iter().map(Node::size_hint).min().unwrap_or(0),
        }
    }
}

fn sort(spans: &mut [Span]) {
    spans.sort_by_key(|span| (span.first, span.last));
}

/// Spans at fixed distances.
fn row(lists: &[Vec<Span>], offsets: &[u32], found: &mut Vec<Span>) {
    let Some((firsts, others)) = lists.split_first() else {
        return;
    };
    let base = offsets.first().copied().unwrap_or(0);
    'spans: for span in firsts {
        let (mut last, mut weight) = (span.last, span.weight);
        for (list, offset) in others.iter().zip(&offsets[1..]) {
            let at = span.first + (offset - base);
            match list.binary_search_by_key(&at, |s| s.first) {
                Ok(index) => {
                    last = last.max(list[index].last);
                    weight = weight.min(list[index].weight);
                }
                Err(_) => continue 'spans,
            }
        }
        found.push(Span {
            whole: others.is_empty() && span.whole,
            ..Span::of(span.first, last, weight)
        });
    }
}

/// Windows with one span of each list, none over another: each is the shortest that begins where it does.
fn windows(lists: &[Vec<Span>], distance: u32, ordered: bool, found: &mut Vec<Span>) {
    for (leading, list) in lists.iter().enumerate() {
        for span in list {
            found.extend(window(lists, leading, span, distance, ordered).map(Span::around));
            if found.len() >= MAX_SPANS {
                return;
            }
        }
        if ordered {
            break;
        }
    }
    sort(found);
}

fn window(
    lists: &[Vec<Span>],
    leading: usize,
    span: &Span,
    distance: u32,
    ordered: bool,
) -> Option<Vec<Span>> {
    let mut chosen = vec![span.clone()];
    let mut spare = distance + span.last - span.first;
    for list in lists.iter().enumerate().filter(|(i, _)| *i != leading) {
        let behind = match chosen.last() {
            Some(last) if ordered => last.last,
            _ => span.last,
        };
        let from = list.1.partition_point(|s| s.first <= behind);
        let next = list.1[from..]
            .iter()
            .find(|s| chosen.iter().all(|c| c.apart_from(s)))?;
        spare += next.last - next.first;
        chosen.push(next.clone());
        // Parts may still make room, but never more than a phrase is long.
    }
    let last = chosen.iter().map(|s| s.last).max()?;
    (last - span.first <= spare).then_some(chosen)
}

/// One span around everything that stands between two starts, where each list has something there.
fn together(lists: Vec<Vec<Span>>, starts: &[u32], found: &mut Vec<Span>) {
    let place = |span: &Span| starts.partition_point(|start| *start <= span.first);
    let mut places: Vec<usize> = lists[0].iter().map(place).collect();
    places.dedup();
    for list in &lists[1..] {
        places.retain(|here| list.binary_search_by_key(here, place).is_ok());
    }
    for here in places {
        let mut inside = Vec::new();
        for list in &lists {
            let from = list.partition_point(|span| place(span) < here);
            let own = list[from..].iter().take_while(|span| place(span) == here);
            inside.extend(own.cloned());
        }
        found.push(Span::around(inside));
    }
}

/// A plan in one field, as a query.
#[derive(Clone)]
pub struct SpanQuery {
    /// Where it is sought.
    pub field: Field,
    /// The field of starts.
    pub starts: Field,
    /// What is sought.
    pub plan: Plan,
}

impl Debug for SpanQuery {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "SpanQuery({:?} {:?})", self.field, self.plan)
    }
}

impl Query for SpanQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let (mut rarity, mut average) = (0.0, 1.0);
        if let EnableScoring::Enabled {
            statistics_provider: statistics,
            ..
        } = scoring
        {
            let all = statistics.total_num_docs()?;
            rarity = self.plan.rarity(self.field, &|term| {
                let having = statistics.doc_freq(term)? as f32;
                Ok((1.0 + (all as f32 - having + 0.5).max(0.0) / (having + 0.5)).ln())
            })?;
            let tokens = statistics.total_num_tokens(self.field)?;
            average = (tokens as f32 / all.max(1) as f32).max(1.0);
        }
        Ok(Box::new(SpanWeight {
            query: self.clone(),
            rarity,
            average,
        }))
    }
}

struct SpanWeight {
    query: SpanQuery,
    rarity: f32,
    average: f32,
}

impl Weight for SpanWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let field = self.query.field;
        let node = self.query.plan.open(reader, field, self.query.starts)?;
        if node.doc() == TERMINATED {
            return Ok(Box::new(EmptyScorer));
        }
        let lengths = reader.fieldnorms_readers().get_field(field)?;
        let mut scorer = SpanScorer {
            node,
            lengths: lengths.unwrap_or_else(|| FieldNormReader::constant(reader.max_doc(), 1)),
            weight: self.rarity * (1.0 + ranking().saturation) * boost,
            average: self.average,
            frequency: 0.0,
            over: false,
        };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!(
                "document {doc} does not match"
            )));
        }
        Ok(Explanation::new("words by their positions", scorer.score()))
    }
}

struct SpanScorer {
    node: Node,
    lengths: FieldNormReader,
    weight: f32,
    average: f32,
    /// Of the present document.
    frequency: f32,
    /// The deadline came.
    over: bool,
}

impl SpanScorer {
    /// Goes on until the words stand as they should, or until the deadline: one document may take long, and
    /// many may be passed over.
    fn settle(&mut self) -> DocId {
        let is_long = !matches!(self.node, Node::Terms(_));
        while self.node.doc() != TERMINATED {
            if is_long && deadline::is_over() {
                self.over = true;
                break;
            }
            self.frequency = self.node.frequency();
            if self.frequency > 0.0 {
                break;
            }
            let next = self.node.doc() + 1;
            self.node.seek(next);
        }
        self.doc()
    }
}

impl DocSet for SpanScorer {
    fn advance(&mut self) -> DocId {
        if self.doc() == TERMINATED {
            return TERMINATED;
        }
        let next = self.node.doc() + 1;
        self.node.seek(next);
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc() >= target {
            return self.doc();
        }
        self.node.seek(target);
        self.settle()
    }

    fn doc(&self) -> DocId {
        if self.over {
            TERMINATED
        } else {
            self.node.doc()
        }
    }

    fn size_hint(&self) -> u32 {
        self.node.size_hint()
    }
}

impl Scorer for SpanScorer {
    fn score(&mut self) -> Score {
        let length = self.lengths.fieldnorm(self.node.doc()) as f32;
        let Ranking {
            saturation: k1,
            length: b,
            ..
        } = ranking();
        let norm = k1 * (1.0 - b + b * length / self.average);
        self.weight * self.frequency / (self.frequency + norm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(firsts: &[(u32, u32)]) -> Vec<Span> {
        firsts.iter().map(|(a, b)| Span::of(*a, *b, 1.0)).collect()
    }

    fn shown(found: &[Span]) -> Vec<(u32, u32)> {
        found.iter().map(|s| (s.first, s.last)).collect()
    }

    fn met(lists: &[&[(u32, u32)]], distance: u32, ordered: bool) -> Vec<(u32, u32)> {
        let lists: Vec<_> = lists.iter().map(|l| spans(l)).collect();
        let mut found = Vec::new();
        windows(&lists, distance, ordered, &mut found);
        shown(&found)
    }

    #[test]
    fn windows_are_found() {
        let (a, b): (&[_], &[_]) = (&[(0, 0), (20, 20)], &[(5, 5), (18, 18)]);
        assert_eq!(met(&[a, b], 5, false), [(0, 5), (18, 20)]);
        assert_eq!(met(&[a, b], 4, false), [(18, 20)]);
        assert_eq!(met(&[a, b], 5, true), [(0, 5)]);
        // No span serves twice.
        assert_eq!(met(&[a, a], 5, false), []);
        assert_eq!(met(&[&[(0, 1)], &[(1, 1), (3, 3)]], 2, false), [(0, 3)]);
        assert_eq!(met(&[&[(1, 1)], &[(0, 1), (4, 5)]], 3, false), [(1, 5)]);
        // What a phrase is longer than a word does not count.
        assert_eq!(met(&[&[(0, 3)], &[(5, 9)]], 2, false), [(0, 9)]);
        // All of them in one window.
        assert_eq!(met(&[&[(0, 0)], &[(8, 8)], &[(4, 4)]], 8, false), [(0, 8)]);
        assert_eq!(met(&[&[(0, 0)], &[(8, 8)], &[(4, 4)]], 7, false), []);
    }

    #[test]
    fn what_stands_together_is_found() {
        let mut found = Vec::new();
        let lists = vec![
            spans(&[(0, 0), (150, 150), (152, 152)]),
            spans(&[(101, 101), (160, 160)]),
        ];
        together(lists, &[0, 100, 140], &mut found);
        assert_eq!(shown(&found), [(150, 160)]);
        assert_eq!(found[0].inside.len(), 3);
    }
}
