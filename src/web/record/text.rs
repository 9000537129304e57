//! The text of a record as a page sets it: passages gathered into paragraphs, lists, tables and folds; each
//! footnote behind the block that calls it, so that a wide page can set it beside.

use std::collections::HashSet;

use super::{
    cast::{Cast, Who},
    notes::Notes,
    pieces::{Call, Marked, Piece, Stretch},
};
use crate::{
    record::{Form, GapKind, Passage, PassageKind, Record},
    search::Reading,
};

/// Lines of a participants block up to which it stays unfolded.
const OPEN_LINES: usize = 3;

/// The most lines as tall as which a gap is shown.
const TALLEST: u8 = 12;

/// The text in order.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// What stands in it.
    pub blocks: Vec<Block>,
    /// The headings of a table of contents: what they lead to, and their words.
    pub contents: Vec<(String, String)>,
    /// Printed pages in order.
    pub pages: Vec<String>,
    /// How many marks.
    pub hits: usize,
}

/// A block of the text.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading of its level.
    Heading(u8, Part),
    /// A paragraph, or a passage of one: its class, and its words.
    Paragraph(&'static str, Part),
    /// A list of items, each of some passages.
    List(Vec<Vec<Part>>),
    /// Rows of a table.
    Table(Vec<Row>),
    /// The printed page turns before a fold.
    Turn(String, bool),
    /// What is folded in begins.
    Fold(Fold),
    /// It ends.
    FoldEnd,
    /// A footnote.
    Note(Note),
}

/// One passage.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Its place in the record.
    pub ordinal: usize,
    /// Its words.
    pub pieces: Vec<Piece>,
    /// Whether somebody speaks.
    pub speech: bool,
    /// Who begins to speak here.
    pub who: Option<Who>,
    /// Whether the paragraph began before it.
    pub run_on: bool,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its place in the record.
    pub ordinal: usize,
    /// Its cells.
    pub cells: Vec<Vec<Piece>>,
    /// Columns over which its last cell goes.
    pub span: usize,
}

/// An attachment, or a block of lines above the text.
#[derive(Debug, Clone)]
pub struct Fold {
    /// Its anchor.
    pub anchor: String,
    /// What it is, where it has no heading.
    pub label: &'static str,
    /// Whether it is a block of lines above the text.
    pub preamble: bool,
    /// Whether it stands open.
    pub open: bool,
    /// Its heading.
    pub heading: Vec<Part>,
}

/// A footnote.
#[derive(Debug, Clone)]
pub struct Note {
    /// Its anchor.
    pub anchor: String,
    /// Its mark as printed.
    pub label: String,
    /// Where it is called; none where nothing calls it.
    pub call: Option<String>,
    /// Its words.
    pub part: Part,
}

/// Lays out the text of a record; `page` of a citation goes to `cited`.
pub fn lay_out(reading: &Reading, cast: &Cast, cited: &[(String, String)]) -> Text {
    let mut setter = Setter {
        record: &reading.record,
        reading,
        cast,
        cited,
        notes: Notes::of(&reading.record),
        called: Vec::new(),
        seen: HashSet::new(),
        page: None,
        topics: HashSet::new(),
        speaking: None,
        text: Text::default(),
    };
    setter.set();
    setter.text
}

struct Setter<'r> {
    record: &'r Record,
    reading: &'r Reading,
    cast: &'r Cast,
    /// Words that cite, and where they lead.
    cited: &'r [(String, String)],
    notes: Notes,
    /// Footnotes called since the last ones were set: the note's passage and the call.
    called: Vec<(usize, String)>,
    /// Pages to which the text has turned.
    seen: HashSet<String>,
    /// The page at hand.
    page: Option<String>,
    /// Topics that have begun.
    topics: HashSet<u16>,
    /// Who spoke last, and to whom.
    speaking: Option<(Option<String>, Option<String>)>,
    text: Text,
}

/// Passages from one ordinal to another.
type Run = std::ops::Range<usize>;

impl Setter<'_> {
    fn set(&mut self) {
        let text = self.record.passages.iter();
        let end = text.take_while(|p| p.kind != PassageKind::Footnote).count();
        for run in self.runs(0..end, |a, b| {
            (a.kind, a.attachment) == (b.kind, b.attachment)
        }) {
            match self.record.passages[run.start].attachment {
                Some(_) => self.attachment(run),
                None => self.body(run),
            }
        }
        for ordinal in end..self.record.passages.len() {
            self.note(ordinal, None);
        }
        self.flush_notes();
    }

    /// Neighbours that belong together.
    fn runs(&self, within: Run, together: impl Fn(&Passage, &Passage) -> bool) -> Vec<Run> {
        let passages = &self.record.passages[within.clone()];
        let mut at = within.start;
        let runs = passages.chunk_by(together).map(|run| {
            at += run.len();
            at - run.len()..at
        });
        runs.collect()
    }

    fn body(&mut self, run: Run) {
        let preamble = |p: &Passage| p.form == Form::Preamble;
        for run in self.runs(run, |a, b| preamble(a) == preamble(b)) {
            if preamble(&self.record.passages[run.start]) && run.len() > OPEN_LINES {
                self.preamble(run);
            } else {
                self.blocks(run);
            }
        }
    }

    fn preamble(&mut self, run: Run) {
        let fold = Fold {
            anchor: format!("b{}", run.start),
            label: "Subject and participants as printed",
            preamble: true,
            open: self.has_marks(run.clone()),
            heading: Vec::new(),
        };
        self.turn_before(run.start);
        self.text.blocks.push(Block::Fold(fold));
        self.blocks(run);
        self.text.blocks.push(Block::FoldEnd);
    }

    /// An attachment: its label and its heading stay visible.
    fn attachment(&mut self, run: Run) {
        let passages = &self.record.passages[run.clone()];
        let index = passages[0].attachment.unwrap_or_default();
        let known = self.record.attachments.get(index as usize);
        let heads = heads(passages);
        let rest = run.start + heads..run.end;
        let anchor = format!("a{}", run.start);
        let open = self.has_marks(rest.clone());
        self.turn_before(run.start);
        let heading: Vec<Part> = (run.start..rest.start).map(|o| self.part(o)).collect();
        let title = known.and_then(|a| a.title.clone().or_else(|| a.label.clone()));
        let title = title.unwrap_or_else(|| "Attachment".into());
        self.enter(anchor.clone(), title);
        self.text.blocks.push(Block::Fold(Fold {
            anchor,
            label: "Attachment",
            preamble: false,
            open,
            heading,
        }));
        self.blocks(rest);
        self.text.blocks.push(Block::FoldEnd);
    }

    /// Sets the page on which a fold begins before it, where it is seen.
    fn turn_before(&mut self, ordinal: usize) {
        if let Some(page) = self.record.passages[ordinal].page.clone()
            && let Some(first) = self.turn(&page)
        {
            self.text.blocks.push(Block::Turn(page, first));
        }
    }

    /// Turns to a page, if it is not at hand; whether it is the first turn to it.
    fn turn(&mut self, page: &str) -> Option<bool> {
        if self.page.as_deref() == Some(page) {
            return None;
        }
        self.page = Some(page.to_owned());
        let first = self.seen.insert(page.to_owned());
        if first {
            self.text.pages.push(page.to_owned());
        }
        Some(first)
    }

    fn has_marks(&self, run: Run) -> bool {
        let labels = run
            .clone()
            .flat_map(|o| self.record.passages[o].calls.iter());
        let mut notes = labels.filter_map(|(_, label)| self.notes.first(label));
        run.into_iter()
            .any(|o| !self.reading.marks_of(o).is_empty())
            || notes.any(|o| !self.reading.marks_of(o).is_empty())
    }

    fn blocks(&mut self, run: Run) {
        let listed = |form: Form| matches!(form, Form::Item | Form::Row);
        for run in self.runs(run, |a, b| {
            a.form == b.form && (listed(a.form) || a.paragraph == b.paragraph)
        }) {
            match self.record.passages[run.start].form {
                Form::Row => self.table(run),
                Form::Item => self.list(run),
                Form::Heading => run.for_each(|ordinal| self.heading(ordinal)),
                form => self.paragraph(run, class(form)),
            }
            self.flush_notes();
        }
    }

    /// The passages of a paragraph, each with its notes behind it.
    fn paragraph(&mut self, run: Run, class: &'static str) {
        let first = run.start;
        for ordinal in run {
            let part = Part {
                run_on: ordinal > first,
                ..self.part(ordinal)
            };
            self.text.blocks.push(Block::Paragraph(class, part));
            self.flush_notes();
        }
    }

    fn heading(&mut self, ordinal: usize) {
        let passage = &self.record.passages[ordinal];
        let level = if passage.attachment.is_some() { 3 } else { 2 };
        self.speaking = None;
        let part = self.part(ordinal);
        self.text.blocks.push(Block::Heading(level, part));
    }

    fn list(&mut self, run: Run) {
        let runs = self.runs(run, |a, b| a.paragraph == b.paragraph);
        let items = runs.into_iter().map(|run| self.parts(run)).collect();
        self.text.blocks.push(Block::List(items));
    }

    fn table(&mut self, run: Run) {
        let columns = |ordinal: usize| cells(&self.record.passages[ordinal].text).len();
        let widest = run.clone().map(columns).max().unwrap_or(1);
        let rows = run.map(|ordinal| self.row(ordinal, widest)).collect();
        self.text.blocks.push(Block::Table(rows));
    }

    fn row(&mut self, ordinal: usize, widest: usize) -> Row {
        let passage = &self.record.passages[ordinal];
        let marked = self.marked(ordinal);
        let cells = cells(&passage.text);
        Row {
            ordinal,
            span: widest + 1 - cells.len(),
            cells: cells
                .into_iter()
                .map(|(from, to)| marked.pieces(passage, from, to))
                .collect(),
        }
    }

    fn parts(&mut self, run: Run) -> Vec<Part> {
        let first = run.start;
        let set = |ordinal| Part {
            run_on: ordinal > first,
            ..self.part(ordinal)
        };
        run.map(set).collect()
    }

    fn part(&mut self, ordinal: usize) -> Part {
        let passage = &self.record.passages[ordinal];
        let marked = self.marked(ordinal);
        Part {
            ordinal,
            pieces: marked.pieces(passage, 0, passage.text.len()),
            speech: passage.speaker.is_some(),
            who: self.who(passage),
            run_on: false,
        }
    }

    /// Who speaks, where that changes.
    fn who(&mut self, passage: &Passage) -> Option<Who> {
        let now = Some((passage.speaker.clone(), passage.addressee.clone()));
        let changes = self.speaking != now;
        self.speaking = now;
        let speaker = passage.speaker.as_deref().filter(|_| changes)?;
        Some(self.cast.who(speaker, passage.addressee.as_deref()))
    }

    /// What stands in a passage beside its words.
    fn marked(&mut self, ordinal: usize) -> Marked {
        let passage = &self.record.passages[ordinal];
        self.begin_topic(ordinal, passage);
        let marks = self.reading.marks_of(ordinal).iter().map(|(from, to)| {
            self.text.hits += 1;
            stretch(*from, *to, self.text.hits)
        });
        let marks = marks.collect();
        Marked {
            links: self.links(passage),
            gaps: self.gaps(ordinal),
            marks,
            turns: self.turns(passage),
            calls: self.calls(passage),
        }
    }

    fn begin_topic(&mut self, ordinal: usize, passage: &Passage) {
        if let (Some(topic), Some(heading)) = (passage.topic, self.record.topic_of(passage))
            && passage.kind != PassageKind::Footnote
            && self.topics.insert(topic)
            && !self.cast.utters(heading)
        {
            self.enter(format!("p{ordinal}"), heading.to_owned());
        }
    }

    /// Enters a heading into the contents, unless it stands there just before.
    fn enter(&mut self, anchor: String, heading: String) {
        if self
            .text
            .contents
            .last()
            .is_none_or(|(_, last)| *last != heading)
        {
            self.text.contents.push((anchor, heading));
        }
    }

    fn links(&self, passage: &Passage) -> Vec<Stretch<String>> {
        let mut links: Vec<Stretch<String>> = Vec::new();
        for (words, address) in self.cited {
            for (from, found) in passage.text.match_indices(words.as_str()) {
                let to = from + found.len();
                let apart = links.iter().all(|l| to <= l.from || l.to <= from);
                if apart && stands_alone(&passage.text, from, to) {
                    links.push(stretch(from, to, address.clone()));
                }
            }
        }
        links.sort_by_key(|link| link.from);
        links
    }

    fn gaps(&self, ordinal: usize) -> Vec<Stretch<(&'static str, u8)>> {
        let passage = &self.record.passages[ordinal];
        let told = self.record.gaps.iter();
        let mut told = told.filter(|gap| gap.passage as usize == ordinal);
        let gaps = passage.gaps.iter().map(|(from, to)| {
            let gap = told.next();
            let class = match gap.map(|g| g.kind) {
                Some(GapKind::Omission) => "omitted",
                _ => "withheld",
            };
            let lines = gap
                .filter(|g| g.kind != GapKind::Omission)
                .and_then(|g| g.lines);
            let lines = lines.map_or(0, |lines| lines.ceil().clamp(0.0, f32::from(TALLEST)) as u8);
            stretch(*from as usize, *to as usize, (class, lines))
        });
        gaps.collect()
    }

    fn turns(&mut self, passage: &Passage) -> Vec<(usize, String, bool)> {
        if passage.kind == PassageKind::Footnote {
            return Vec::new();
        }
        let begins = passage.page.iter().map(|page| (0, page));
        let turns = passage.breaks.iter().map(|(at, page)| (*at as usize, page));
        let all = begins.chain(turns);
        all.filter_map(|(at, page)| Some((at, page.clone(), self.turn(page)?)))
            .collect()
    }

    fn calls(&mut self, passage: &Passage) -> Vec<(usize, Call)> {
        let mut calls = Vec::new();
        for (at, label) in &passage.calls {
            let (own, note) = self.notes.call(label);
            let anchor = note.map(|(ordinal, first)| {
                if first {
                    self.called.push((ordinal, own.clone()));
                }
                self.notes.anchor(ordinal)
            });
            let call = Call {
                label: label.clone(),
                own,
                note: anchor,
            };
            calls.push((*at as usize, call));
        }
        calls
    }

    /// Sets the notes that have been called, and those that these call.
    fn flush_notes(&mut self) {
        while !self.called.is_empty() {
            for (ordinal, call) in std::mem::take(&mut self.called) {
                self.note(ordinal, Some(call));
            }
        }
    }

    fn note(&mut self, ordinal: usize, call: Option<String>) {
        if !self.notes.set(ordinal) {
            return;
        }
        let speaking = self.speaking.take();
        let note = Note {
            anchor: self.notes.anchor(ordinal),
            label: self.record.passages[ordinal]
                .label
                .clone()
                .unwrap_or_default(),
            call,
            part: self.part(ordinal),
        };
        self.speaking = speaking;
        self.text.blocks.push(Block::Note(note));
    }
}

/// How many passages at the beginning of an attachment are its head: lines down to its first heading.
fn heads(passages: &[Passage]) -> usize {
    const DEEPEST: usize = 4;
    let above = passages.iter().take(DEEPEST);
    let before = above.take_while(|p| p.form == Form::Line).count();
    let headed = |at: usize| passages.get(at).is_some_and(|p| p.form == Form::Heading);
    match headed(before) {
        true => before + 1,
        false => before.min(1),
    }
}

fn stretch<T>(from: usize, to: usize, what: T) -> Stretch<T> {
    Stretch { from, to, what }
}

/// Whether no digit or letter goes on at either side: `Document 29` is no part of `Document 296`.
fn stands_alone(text: &str, from: usize, to: usize) -> bool {
    let before = text[..from].chars().next_back();
    let after = text[to..].chars().next();
    [before, after]
        .iter()
        .flatten()
        .all(|c| !c.is_alphanumeric())
}

/// The cells of a row: byte ranges.
fn cells(text: &str) -> Vec<(usize, usize)> {
    const BETWEEN: &str = " | ";
    let mut at = 0;
    let each = text.split(BETWEEN).map(|cell| {
        let from = at;
        at += cell.len() + BETWEEN.len();
        (from, from + cell.len())
    });
    each.collect()
}

fn class(form: Form) -> &'static str {
    match form {
        Form::Paragraph | Form::Heading => "prose",
        Form::Margin => "margin",
        Form::Item | Form::Row => "item",
        Form::Quote => "quote",
        Form::Line => "line",
        Form::Signature => "signature",
        Form::Preamble => "above",
    }
}
