//! Where a hit lies. Asked only for the records on the page of results and for one that is read whole: the postings of the query's own
//! terms give positions, the stored table turns a position into a passage, and only the passages shown
//! are cut into words again to draw the marks.

use std::sync::Arc;

use tantivy::{
    DocAddress, DocId, DocSet, Searcher, Term,
    postings::{Postings, SegmentPostings},
    query::{EnableScoring, Query, Weight},
    schema::{Field, IndexRecordOption},
};

use super::{
    broken,
    compile::Leaf,
    fields::{Fields, RUNNING, SAID},
    spans::{self, Node, Plan},
    stored::{Table, Text},
};
use crate::{
    index::{
        IndexError, Marked, PassageView, Place,
        words::{BREAK_POSITIONS, Cutter, speaker_key},
    },
    record::pieces,
    schema::schema,
};

/// Occurrences looked at for one pattern in one record: enough for any reader.
const MAX_SPANS: usize = 20_000;

/// How much of a leaf's weight a passage gets when the leaf stands in the heading above it.
const HEADING_SHARE: f32 = 0.6;

/// How much each doubling of a leaf's occurrences adds, in its weight.
const REPETITION: f32 = 0.2;

/// What a footnote counts beside running text.
const FOOTNOTE_SHARE: f32 = 0.7;

/// The most passages of a record that are compared with each other.
const MAX_COMPARED: usize = 64;

/// Positions of one occurrence, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first.
    pub first: u32,
    /// The last.
    last: u32,
    /// Of which leaf.
    pub leaf: usize,
    whole: bool,
}

#[cfg(test)]
impl Span {
    /// One word at a position.
    pub fn at(first: u32, leaf: usize) -> Self {
        Self {
            first,
            last: first,
            leaf,
            whole: false,
        }
    }
}

/// The spans of one passage, in order.
struct Spot {
    ordinal: usize,
    spans: Vec<Span>,
}

/// A term of a running field, looked up once for each segment.
struct Lookup {
    field: Field,
    term: String,
    segment: u32,
    postings: Option<SegmentPostings>,
}

/// A pattern with its terms as lookups.
struct Sought {
    leaf: usize,
    whole: bool,
    /// Distance from the first, and index of the lookup.
    terms: Vec<(u32, usize)>,
}

/// A plan in one field, opened once for each segment.
struct Planned<'a> {
    leaf: usize,
    field: Field,
    plan: &'a Plan,
    segment: u32,
    node: Option<Node>,
}

/// Finds places in the records of one commit; postings stay open from record to record.
pub struct Locator<'a> {
    searcher: &'a Searcher,
    leaves: &'a [Leaf],
    lookups: Vec<Lookup>,
    /// For the text and for the footnotes.
    sought: [Vec<Sought>; 2],
    /// As `sought`, of words by their positions.
    planned: [Vec<Planned<'a>>; 2],
    /// The field of starts.
    starts: Field,
    /// Keys of the people who are to speak, where nothing is asked of what they say.
    speakers: Vec<String>,
    /// Alternatives that ask for several words, and the leaves in each.
    alternatives: Vec<Alternative<'a>>,
}

/// A part of a query that its leaves answer only together.
struct Alternative<'a> {
    whole: &'a Arc<dyn Query>,
    own: Vec<usize>,
    /// Made for the first record.
    weight: Option<Box<dyn Weight>>,
}

fn alternatives(leaves: &[Leaf]) -> Vec<Alternative<'_>> {
    let mut found: Vec<Alternative<'_>> = Vec::new();
    for (number, leaf) in leaves.iter().enumerate() {
        for whole in &leaf.within {
            match found
                .iter_mut()
                .find(|known| Arc::ptr_eq(known.whole, whole))
            {
                Some(known) => known.own.push(number),
                None => found.push(Alternative {
                    whole,
                    own: vec![number],
                    weight: None,
                }),
            }
        }
    }
    found
}

impl<'a> Locator<'a> {
    /// For the leaves of one query. Records must be asked for in order of their addresses.
    pub fn new(
        searcher: &'a Searcher,
        fields: &Fields,
        leaves: &'a [Leaf],
        speakers: Vec<String>,
    ) -> Self {
        let mut locator = Self {
            searcher,
            leaves,
            lookups: Vec::new(),
            sought: [Vec::new(), Vec::new()],
            planned: [Vec::new(), Vec::new()],
            starts: fields.starts,
            speakers,
            alternatives: alternatives(leaves),
        };
        for (part, source) in RUNNING.iter().enumerate() {
            let declared = schema().fields.iter().find(|f| f.source == *source);
            if let Some(field) = declared {
                locator.seek(part, &field.name, fields);
            }
        }
        // What people say has the positions of the text.
        locator.seek(0, SAID, fields);
        locator
    }

    /// Notes what to look for in one field.
    fn seek(&mut self, part: usize, name: &str, fields: &Fields) {
        let Some(field) = fields.words_of(name) else {
            return;
        };
        for (index, leaf) in self.leaves.iter().enumerate() {
            let own = leaf.plans.iter().filter(|(f, _)| f == name);
            self.planned[part].extend(own.map(|(_, plan)| Planned {
                leaf: index,
                field,
                plan,
                segment: u32::MAX,
                node: None,
            }));
            if !leaf.fields.iter().any(|f| f == name) {
                continue;
            }
            for pattern in leaf.patterns.iter().chain(&leaf.variants) {
                let terms = pattern.terms.iter();
                let terms = terms
                    .map(|(at, term)| (*at, self.lookup(field, term)))
                    .collect();
                self.sought[part].push(Sought {
                    leaf: index,
                    whole: pattern.whole,
                    terms,
                });
            }
        }
    }

    fn lookup(&mut self, field: Field, term: &str) -> usize {
        let known = self
            .lookups
            .iter()
            .position(|l| l.field == field && l.term == term);
        known.unwrap_or_else(|| {
            self.lookups.push(Lookup {
                field,
                term: term.to_owned(),
                segment: u32::MAX,
                postings: None,
            });
            self.lookups.len() - 1
        })
    }

    /// The best places of a record, best first, and how many there are; without any, what the people asked for
    /// say, or its first paragraph, unmarked.
    pub fn places(
        &mut self,
        address: DocAddress,
        text: &Text<'_>,
        wanted: usize,
    ) -> Result<(Vec<Place>, usize), IndexError> {
        if wanted == 0 {
            return Ok((Vec::new(), 0));
        }
        let spots = self.spots(address, text)?;
        let all = spots.len();
        let mut places = Vec::new();
        for ordinal in rank(&text.table, &spots, self.leaves, wanted) {
            let spans = spots
                .iter()
                .find(|s| s.ordinal == ordinal)
                .map_or(&[][..], |s| s.spans.as_slice());
            places.push(place(text, ordinal, spans)?);
        }
        if places.is_empty() {
            places = self.spoken(text, wanted)?;
        }
        if places.is_empty() {
            places.extend(first_paragraph(text)?);
        }
        Ok((places, all))
    }

    /// Every passage of a record that answers, with its marks.
    pub fn marks(&mut self, address: DocAddress, text: &Text<'_>) -> Result<Marked, IndexError> {
        let spots = self.spots(address, text)?;
        let mut left = MAX_SPANS;
        let mut passages = Vec::with_capacity(spots.len());
        for spot in spots {
            let spans = &spot.spans[..spot.spans.len().min(left)];
            left -= spans.len();
            let passage = text.passage(spot.ordinal)?;
            let marks = marks(&passage, text.table.starts[spot.ordinal], spans);
            passages.push((spot.ordinal, marks));
            if left == 0 {
                break;
            }
        }
        passages.retain(|(_, marks)| !marks.is_empty());
        Ok(Marked {
            passages,
            complete: left > 0,
        })
    }

    /// The spans of a record by passage, in order.
    fn spots(&mut self, address: DocAddress, text: &Text<'_>) -> Result<Vec<Spot>, IndexError> {
        let notes_from = text.table.notes_from as usize;
        let unmet = self.unmet(address)?;
        let mut spots = Vec::new();
        for (part, ordinals) in [0..notes_from, notes_from..text.len()]
            .into_iter()
            .enumerate()
        {
            let mut spans = self.spans(address, part)?;
            spans.retain(|span| !unmet[span.leaf]);
            gather(
                &spans,
                ordinals.start,
                &text.table.starts[ordinals],
                &mut spots,
            );
        }
        Ok(spots)
    }

    /// Which leaves stand in an alternative that the record does not meet.
    fn unmet(&mut self, address: DocAddress) -> Result<Vec<bool>, IndexError> {
        let mut unmet = vec![false; self.leaves.len()];
        let reader = self.searcher.segment_reader(address.segment_ord);
        for alternative in &mut self.alternatives {
            let weight = match &alternative.weight {
                Some(weight) => weight,
                None => {
                    let scoring = EnableScoring::disabled_from_searcher(self.searcher);
                    let weight = alternative.whole.weight(scoring).map_err(broken)?;
                    alternative.weight.insert(weight)
                }
            };
            let mut scorer = weight.scorer(reader, 1.0).map_err(broken)?;
            if !reach(scorer.as_mut(), address.doc_id) {
                alternative.own.iter().for_each(|leaf| unmet[*leaf] = true);
            }
        }
        Ok(unmet)
    }

    /// What the people asked for say first.
    fn spoken(&self, text: &Text<'_>, wanted: usize) -> Result<Vec<Place>, IndexError> {
        let mut places = Vec::new();
        if self.speakers.is_empty() {
            return Ok(places);
        }
        for ordinal in 0..text.len() {
            let speaker = text.passage(ordinal)?.speaker.map(speaker_key);
            if speaker.is_some_and(|key| self.speakers.contains(&key)) {
                places.push(place(text, ordinal, &[])?);
            }
            if places.len() == wanted {
                break;
            }
        }
        Ok(places)
    }

    /// What stands in the text, notes left out, in order.
    pub fn spans_in_text(&mut self, address: DocAddress) -> Result<Vec<Span>, IndexError> {
        self.spans(address, 0)
    }

    fn spans(&mut self, address: DocAddress, part: usize) -> Result<Vec<Span>, IndexError> {
        let mut spans = Vec::new();
        for index in 0..self.sought[part].len() {
            let terms = self.sought[part][index].terms.clone();
            let Sought { leaf, whole, .. } = self.sought[part][index];
            let length = terms.last().map_or(0, |(offset, _)| *offset);
            let firsts = self.firsts(address, &terms)?;
            spans.extend(firsts.into_iter().take(MAX_SPANS).map(|first| Span {
                first,
                last: first + length,
                leaf,
                whole,
            }));
        }
        for planned in &mut self.planned[part] {
            let leaf = planned.leaf;
            planned.each(self.searcher, self.starts, address, &mut |span| {
                spans.push(Span {
                    first: span.first,
                    last: span.last,
                    leaf,
                    whole: span.whole,
                });
            })?;
        }
        spans.sort_unstable();
        spans.dedup();
        Ok(spans)
    }

    /// Positions at which terms at these distances begin.
    fn firsts(
        &mut self,
        address: DocAddress,
        terms: &[(u32, usize)],
    ) -> Result<Vec<u32>, IndexError> {
        let mut firsts: Option<Vec<u32>> = None;
        for (offset, lookup) in terms {
            let positions = self.positions(address, *lookup)?;
            let shifted = positions.into_iter().filter_map(|p| p.checked_sub(*offset));
            let met: Vec<u32> = match firsts {
                None => shifted.collect(),
                Some(known) => {
                    let mut known = known.into_iter().peekable();
                    let meets = |p: &u32| {
                        while known.next_if(|k| k < p).is_some() {}
                        known.peek() == Some(p)
                    };
                    shifted.filter(meets).collect()
                }
            };
            if met.is_empty() {
                return Ok(met);
            }
            firsts = Some(met);
        }
        Ok(firsts.unwrap_or_default())
    }

    fn positions(&mut self, address: DocAddress, lookup: usize) -> Result<Vec<u32>, IndexError> {
        let lookup = &mut self.lookups[lookup];
        if lookup.segment != address.segment_ord {
            let inverted = self
                .searcher
                .segment_reader(address.segment_ord)
                .inverted_index(lookup.field)
                .map_err(broken)?;
            let term = Term::from_field_text(lookup.field, &lookup.term);
            lookup.postings = inverted
                .read_postings(&term, IndexRecordOption::WithFreqsAndPositions)
                .map_err(broken)?;
            lookup.segment = address.segment_ord;
        }
        let mut positions = Vec::new();
        if let Some(postings) = &mut lookup.postings
            && reach(postings, address.doc_id)
        {
            postings.positions(&mut positions);
        }
        Ok(positions)
    }
}

impl Planned<'_> {
    /// Calls with every word that stands as it should in a record.
    fn each(
        &mut self,
        searcher: &Searcher,
        starts: Field,
        address: DocAddress,
        found: &mut dyn FnMut(&spans::Span),
    ) -> Result<(), IndexError> {
        if self.segment != address.segment_ord {
            let reader = searcher.segment_reader(address.segment_ord);
            let node = self.plan.open(reader, self.field, starts);
            self.node = Some(node.map_err(broken)?);
            self.segment = address.segment_ord;
        }
        if let Some(node) = &mut self.node
            && node.seek(address.doc_id) == address.doc_id
        {
            let mut met = Vec::new();
            node.spans(&mut met);
            met.iter().for_each(|span| span.each(found));
        }
        Ok(())
    }
}

/// Moves documents on to one of them, if they are not behind it; whether it is there.
pub fn reach(docs: &mut (impl DocSet + ?Sized), doc: DocId) -> bool {
    if docs.doc() < doc {
        docs.seek(doc);
    }
    docs.doc() == doc
}

/// Spans by passage: both run in order of position.
fn gather(spans: &[Span], base: usize, starts: &[u32], spots: &mut Vec<Spot>) {
    let mut rest = spans;
    while let Some(span) = rest.first() {
        let index = starts.partition_point(|start| *start <= span.first);
        let end = starts.get(index).copied().unwrap_or(u32::MAX);
        let (own, others) = rest.split_at(rest.partition_point(|s| s.first < end));
        if let Some(index) = index.checked_sub(1) {
            spots.push(Spot {
                ordinal: base + index,
                spans: own.to_vec(),
            });
        }
        rest = others;
    }
}

/// Passages that answer, best first: those with the most telling leaves, close together, under a
/// heading that answers too. Headings themselves lead to the text below them.
fn rank(table: &Table<'_>, spots: &[Spot], leaves: &[Leaf], wanted: usize) -> Vec<usize> {
    // Without headings a passage scores at most this: only passages in reach are compared.
    let mut bounds: Vec<(f32, &Spot)> = spots
        .iter()
        .map(|spot| (worth(&spot.spans, leaves), spot))
        .collect();
    bounds.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.ordinal.cmp(&b.1.ordinal)));
    bounds.truncate(MAX_COMPARED.max(wanted));
    let is_heading = |(_, spot): &(f32, &Spot)| table.shapes[spot.ordinal].is_heading();
    let (headings, running): (Vec<_>, Vec<_>) = bounds.into_iter().partition(is_heading);
    if running.is_empty() {
        let below = headings.iter().map(|(_, spot)| below(table, spot.ordinal));
        let mut below: Vec<usize> = below.collect();
        below.sort_unstable();
        below.dedup();
        below.truncate(wanted);
        return below;
    }
    let topic = |spot: &Spot| table.shapes[spot.ordinal].topic();
    let score = |(worth, spot): (f32, &Spot)| {
        let above = headings
            .iter()
            .filter(|(_, heading)| topic(heading).is_some() && topic(heading) == topic(spot));
        let heading = above
            .map(|(_, heading)| lent(heading, spot, leaves))
            .fold(0.0, f32::max);
        let share = if spot.ordinal < table.notes_from as usize {
            1.0
        } else {
            FOOTNOTE_SHARE
        };
        (spot.ordinal, (worth + heading) * share)
    };
    let mut scored: Vec<(usize, f32)> = running.into_iter().map(score).collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    scored.truncate(wanted);
    scored.into_iter().map(|(ordinal, _)| ordinal).collect()
}

/// The first passage below a heading that is none.
fn below(table: &Table<'_>, heading: usize) -> usize {
    let mut others = heading..table.shapes.len();
    let found = others.find(|ordinal| !table.shapes[*ordinal].is_heading());
    found.unwrap_or(heading)
}

/// What the spans of a passage are worth: each leaf's weight, a little more for repetition, and more
/// where different leaves stand close together.
fn worth(spans: &[Span], leaves: &[Leaf]) -> f32 {
    let mut counts = vec![0u32; leaves.len()];
    spans.iter().for_each(|s| counts[s.leaf] += 1);
    let met = leaves.iter().zip(counts).filter(|(_, n)| *n > 0);
    let sum: f32 = met
        .map(|(leaf, n)| leaf.weight * (1.0 + (n as f32).ln() * REPETITION))
        .sum();
    sum + closeness(spans, leaves)
}

/// What a heading lends to a passage below it: a share of the leaves that the passage lacks.
fn lent(heading: &Spot, passage: &Spot, leaves: &[Leaf]) -> f32 {
    let has = |spot: &Spot, leaf: usize| spot.spans.iter().any(|s| s.leaf == leaf);
    let lacking = (0..leaves.len()).filter(|leaf| has(heading, *leaf) && !has(passage, *leaf));
    lacking
        .map(|leaf| leaves[leaf].weight * HEADING_SHARE)
        .sum()
}

/// For neighbouring leaves that differ: the smaller weight, divided by their distance.
fn closeness(spans: &[Span], leaves: &[Leaf]) -> f32 {
    let mut best: Vec<((usize, usize), f32)> = Vec::new();
    for pair in spans.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if a.leaf != b.leaf && b.first >= a.last {
            let distance = (b.first - a.last).max(1) as f32;
            let gain = leaves[a.leaf].weight.min(leaves[b.leaf].weight) / distance;
            let key = (a.leaf.min(b.leaf), a.leaf.max(b.leaf));
            match best.iter_mut().find(|(k, _)| *k == key) {
                Some((_, known)) => *known = known.max(gain),
                None => best.push((key, gain)),
            }
        }
    }
    best.into_iter().map(|(_, gain)| gain).sum()
}

fn first_paragraph(text: &Text<'_>) -> Result<Option<Place>, IndexError> {
    if text.len() == 0 {
        return Ok(None);
    }
    let mut shapes = text.table.shapes[..text.table.notes_from as usize].iter();
    let ordinal = shapes.position(|shape| shape.is_paragraph()).unwrap_or(0);
    place(text, ordinal, &[]).map(Some)
}

fn place(text: &Text<'_>, ordinal: usize, spans: &[Span]) -> Result<Place, IndexError> {
    let passage = text.passage(ordinal)?;
    let topic = passage
        .topic
        .and_then(|t| text.table.topics.get(t as usize))
        .map(|t| (*t).to_owned());
    Ok(Place {
        ordinal,
        kind: passage.kind,
        page: passage.page.map(str::to_owned),
        page_end: passage.page_end().map(str::to_owned),
        topic,
        speaker: passage.speaker.map(str::to_owned),
        addressee: passage.addressee.map(str::to_owned),
        text: passage.text.to_owned(),
        marks: marks(&passage, text.table.starts[ordinal], spans),
    })
}

/// Byte ranges of the spans: the passage is cut into words again, from its first position.
fn marks(passage: &PassageView<'_>, start: u32, spans: &[Span]) -> Vec<(usize, usize)> {
    if spans.is_empty() {
        return Vec::new();
    }
    let last = spans.iter().map(|s| s.last).max().unwrap_or(start);
    // In order of position, a whole compound before its parts.
    let mut words: Vec<(u32, bool, usize, usize)> = Vec::new();
    let mut base = start;
    'pieces: for (offset, piece) in pieces(passage.text, &passage.gaps) {
        let mut cutter = Cutter::without_folding(piece);
        while let Some(word) = cutter.next_word() {
            // Nothing behind the last span is of use, not even the count.
            if base + word.position > last {
                break 'pieces;
            }
            words.push((
                base + word.position,
                word.whole,
                offset + word.start,
                offset + word.end,
            ));
        }
        base += cutter.positions() + BREAK_POSITIONS;
    }
    let word_at = |position: u32, whole: bool| {
        let from = words.partition_point(|(at, ..)| *at < position);
        let here = || words[from..].iter().take_while(|(at, ..)| *at == position);
        here()
            .find(|(_, w, ..)| *w == whole)
            .or_else(|| here().next())
            .map(|(_, _, from, to)| (*from, *to))
    };
    let mut marks: Vec<(usize, usize)> = spans
        .iter()
        .filter_map(|span| {
            let first = word_at(span.first, span.whole)?;
            let last = if span.whole {
                first
            } else {
                word_at(span.last, false)?
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
