//! Where a hit lies. Asked only for the records on the page of results: the postings of the query's own
//! terms give positions, the stored table turns a position into a passage, and only the passages shown
//! are cut into words again to draw the marks.

use std::collections::HashMap;

use tantivy::{
    DocAddress, DocId, DocSet, Searcher, Term,
    postings::{Postings, SegmentPostings},
    schema::IndexRecordOption,
};

use super::{
    broken,
    compile::{Leaf, Pattern},
    fields::Fields,
    stored::TextView,
};
use crate::{
    index::{
        IndexError, PassageView, Place,
        words::{BREAK_POSITIONS, Cutter},
    },
    record::{Form, PassageKind, pieces},
};

/// Occurrences looked at for one pattern in one record: enough for any reader.
const MAX_SPANS: usize = 20_000;

/// How much of a leaf's weight a passage gets when the leaf stands in the heading above it.
const HEADING_SHARE: f32 = 0.6;

/// How much the closeness of all leaves counts beside their presence.
const CLOSENESS: f32 = 1.0;

/// Positions of one occurrence, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    first: u32,
    last: u32,
    leaf: usize,
    whole: bool,
}

/// Finds places in the records of one commit; postings stay open from record to record.
pub struct Locator<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    leaves: &'a [Leaf],
    open: HashMap<(u32, String, String), Option<SegmentPostings>>,
}

impl<'a> Locator<'a> {
    /// For the leaves of one query. Records must be asked for in order of their addresses.
    pub fn new(searcher: &'a Searcher, fields: &'a Fields, leaves: &'a [Leaf]) -> Self {
        Self {
            searcher,
            fields,
            leaves,
            open: HashMap::new(),
        }
    }

    /// The best places of a record, best first; without any, its first paragraph unmarked.
    pub fn places(
        &mut self,
        address: DocAddress,
        text: &TextView<'_>,
        wanted: usize,
    ) -> Result<Vec<Place>, IndexError> {
        if wanted == 0 {
            return Ok(Vec::new());
        }
        let notes_from = text
            .passages
            .iter()
            .position(|p| p.kind == PassageKind::Footnote)
            .unwrap_or(text.passages.len());
        let mut by_passage: HashMap<usize, Vec<Span>> = HashMap::new();
        for (field, passages) in [
            ("body", 0..notes_from),
            ("notes", notes_from..text.passages.len()),
        ] {
            let starts = &text.starts[passages.clone()];
            for span in self.spans(address, field)? {
                let index = starts.partition_point(|start| *start <= span.first);
                if let Some(index) = index.checked_sub(1) {
                    by_passage
                        .entry(passages.start + index)
                        .or_default()
                        .push(span);
                }
            }
        }
        let ranked = rank(text, &by_passage, self.leaves);
        let best = ranked.into_iter().take(wanted).map(|ordinal| {
            let spans = by_passage.get(&ordinal).map_or(&[][..], Vec::as_slice);
            place(text, ordinal, spans)
        });
        let places: Vec<Place> = best.collect();
        Ok(if places.is_empty() {
            first_paragraph(text).into_iter().collect()
        } else {
            places
        })
    }

    fn spans(&mut self, address: DocAddress, field: &str) -> Result<Vec<Span>, IndexError> {
        let mut spans = Vec::new();
        let leaves = self.leaves;
        for (index, leaf) in leaves
            .iter()
            .enumerate()
            .filter(|(_, l)| l.fields.iter().any(|f| f == field))
        {
            for pattern in &leaf.patterns {
                let firsts = self.firsts(address, field, pattern)?;
                let length = pattern.terms.last().map_or(0, |(offset, _)| *offset);
                spans.extend(firsts.into_iter().take(MAX_SPANS).map(|first| Span {
                    first,
                    last: first + length,
                    leaf: index,
                    whole: pattern.whole,
                }));
            }
        }
        spans.sort_unstable();
        Ok(spans)
    }

    /// Positions at which a pattern begins.
    fn firsts(
        &mut self,
        address: DocAddress,
        field: &str,
        pattern: &Pattern,
    ) -> Result<Vec<u32>, IndexError> {
        let mut firsts: Option<Vec<u32>> = None;
        for (offset, term) in &pattern.terms {
            let positions = self.positions(address, field, term)?;
            let shifted = positions.into_iter().filter_map(|p| p.checked_sub(*offset));
            firsts = Some(match firsts {
                None => shifted.collect(),
                Some(known) => {
                    let mut known = known.into_iter().peekable();
                    shifted
                        .filter(|p| {
                            while known.next_if(|k| k < p).is_some() {}
                            known.peek() == Some(p)
                        })
                        .collect()
                }
            });
            if firsts.as_ref().is_some_and(Vec::is_empty) {
                break;
            }
        }
        Ok(firsts.unwrap_or_default())
    }

    fn positions(
        &mut self,
        address: DocAddress,
        field: &str,
        term: &str,
    ) -> Result<Vec<u32>, IndexError> {
        let key = (address.segment_ord, field.to_owned(), term.to_owned());
        if !self.open.contains_key(&key) {
            let postings = self.postings(address.segment_ord, field, term)?;
            self.open.insert(key.clone(), postings);
        }
        let mut positions = Vec::new();
        if let Some(Some(postings)) = self.open.get_mut(&key)
            && reach(postings, address.doc_id)
        {
            postings.positions(&mut positions);
        }
        Ok(positions)
    }

    fn postings(
        &self,
        segment: u32,
        field: &str,
        term: &str,
    ) -> Result<Option<SegmentPostings>, IndexError> {
        let Some(words) = self.fields.declared.get(field).and_then(|h| h.words) else {
            return Ok(None);
        };
        let inverted = self
            .searcher
            .segment_reader(segment)
            .inverted_index(words)
            .map_err(broken)?;
        let term = Term::from_field_text(words, term);
        inverted
            .read_postings(&term, IndexRecordOption::WithFreqsAndPositions)
            .map_err(broken)
    }
}

fn reach(postings: &mut SegmentPostings, doc: DocId) -> bool {
    if postings.doc() < doc {
        postings.seek(doc);
    }
    postings.doc() == doc
}

/// Passages that answer, best first: those with the most telling leaves, close together, under a
/// heading that answers too. Headings themselves lead to the text below them.
fn rank(
    text: &TextView<'_>,
    by_passage: &HashMap<usize, Vec<Span>>,
    leaves: &[Leaf],
) -> Vec<usize> {
    let mut by_topic: HashMap<u16, Vec<usize>> = HashMap::new();
    for (ordinal, spans) in by_passage {
        let passage = &text.passages[*ordinal];
        if let (true, Some(topic)) = (is_heading(passage), passage.topic) {
            by_topic
                .entry(topic)
                .or_default()
                .extend(spans.iter().map(|s| s.leaf));
        }
    }
    let mut scored: Vec<(usize, f32)> = by_passage
        .iter()
        .filter(|(ordinal, _)| !is_heading(&text.passages[**ordinal]))
        .map(|(ordinal, spans)| {
            let heading = text.passages[*ordinal]
                .topic
                .and_then(|t| by_topic.get(&t))
                .map_or(&[][..], Vec::as_slice);
            (
                *ordinal,
                score(spans, heading, leaves, &text.passages[*ordinal]),
            )
        })
        .collect();
    if scored.is_empty() {
        let mut below: Vec<usize> = by_passage
            .keys()
            .map(|heading| below(text, *heading))
            .collect();
        below.sort_unstable();
        below.dedup();
        return below;
    }
    scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    scored.into_iter().map(|(ordinal, _)| ordinal).collect()
}

fn is_heading(passage: &PassageView<'_>) -> bool {
    matches!(passage.form, Form::Heading | Form::Margin)
}

/// The first passage below a heading that is none.
fn below(text: &TextView<'_>, heading: usize) -> usize {
    let following = text.passages[heading..].iter().position(|p| !is_heading(p));
    following.map_or(heading, |offset| heading + offset)
}

fn score(spans: &[Span], heading: &[usize], leaves: &[Leaf], passage: &PassageView<'_>) -> f32 {
    let mut counts = vec![0usize; leaves.len()];
    spans.iter().for_each(|s| counts[s.leaf] += 1);
    let mut sum = 0.0;
    for (index, leaf) in leaves.iter().enumerate() {
        if counts[index] > 0 {
            sum += leaf.weight * (1.0 + (counts[index] as f32).ln() * 0.2);
        } else if heading.contains(&index) {
            sum += leaf.weight * HEADING_SHARE;
        }
    }
    let part = if passage.kind == PassageKind::Footnote {
        0.7
    } else {
        1.0
    };
    part * (sum + CLOSENESS * closeness(spans, leaves))
}

/// For neighbouring leaves that differ: the smaller weight, divided by their distance.
fn closeness(spans: &[Span], leaves: &[Leaf]) -> f32 {
    let mut best: HashMap<(usize, usize), f32> = HashMap::new();
    for pair in spans.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if a.leaf != b.leaf && b.first >= a.last {
            let distance = (b.first - a.last).max(1) as f32;
            let gain = leaves[a.leaf].weight.min(leaves[b.leaf].weight) / distance;
            let known = best
                .entry((a.leaf.min(b.leaf), a.leaf.max(b.leaf)))
                .or_default();
            *known = known.max(gain);
        }
    }
    best.values().sum()
}

fn first_paragraph(text: &TextView<'_>) -> Option<Place> {
    let running =
        |p: &PassageView<'_>| p.form == Form::Paragraph && p.kind != PassageKind::Footnote;
    let ordinal = text
        .passages
        .iter()
        .position(running)
        .or((!text.passages.is_empty()).then_some(0))?;
    Some(place(text, ordinal, &[]))
}

fn place(text: &TextView<'_>, ordinal: usize, spans: &[Span]) -> Place {
    let passage = &text.passages[ordinal];
    let topic = passage
        .topic
        .and_then(|t| text.topics.get(t as usize))
        .map(|t| (*t).to_owned());
    Place {
        ordinal,
        kind: passage.kind,
        page: passage.page.map(str::to_owned),
        page_end: passage.page_end().map(str::to_owned),
        topic,
        speaker: passage.speaker.map(str::to_owned),
        text: passage.text.to_owned(),
        marks: marks(passage, text.starts[ordinal], spans),
    }
}

/// Byte ranges of the spans: the passage is cut into words again, from its first position.
fn marks(passage: &PassageView<'_>, start: u32, spans: &[Span]) -> Vec<(usize, usize)> {
    if spans.is_empty() {
        return Vec::new();
    }
    let mut parts: HashMap<u32, (usize, usize)> = HashMap::new();
    let mut wholes: HashMap<u32, (usize, usize)> = HashMap::new();
    let mut base = start;
    for (offset, piece) in pieces(passage.text, &passage.gaps) {
        let mut cutter = Cutter::new(piece);
        while let Some(word) = cutter.next_word() {
            let target = if word.whole { &mut wholes } else { &mut parts };
            target
                .entry(base + word.position)
                .or_insert((offset + word.start, offset + word.end));
        }
        base += cutter.positions() + BREAK_POSITIONS;
    }
    let mut marks: Vec<(usize, usize)> = spans
        .iter()
        .filter_map(|span| {
            let first = if span.whole {
                wholes.get(&span.first)
            } else {
                parts.get(&span.first)
            }?;
            let last = if span.whole {
                first
            } else {
                parts.get(&span.last)?
            };
            Some((first.0, last.1))
        })
        .collect();
    marks.sort_unstable();
    let mut apart: Vec<(usize, usize)> = Vec::with_capacity(marks.len());
    for (from, to) in marks {
        match apart.last_mut() {
            Some(last) if from < last.1 => last.1 = last.1.max(to),
            _ => apart.push((from, to)),
        }
    }
    apart
}
