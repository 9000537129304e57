//! A passage cut into pieces in order: words, and what opens, closes or stands between them. Templates only
//! write them down.

use std::collections::BTreeSet;

use crate::record::Passage;

/// A piece of a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Text(String),
    /// A link begins.
    Link(String),
    /// It ends.
    LinkEnd,
    /// A gap begins: the class that tells its kind, and its size in lines.
    Gap(&'static str, u8),
    /// It ends.
    GapEnd,
    /// A mark begins: its number, and whether it is its first piece.
    Mark(usize, bool),
    /// It ends: its number, and whether this was its last piece.
    MarkEnd(usize, bool),
    /// The printed page turns: to which, and whether it is the first turn to it.
    Turn(String, bool),
    /// A footnote is called.
    Call(Call),
}

/// The call of a footnote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its mark as printed.
    pub label: String,
    /// The anchor of the call.
    pub own: String,
    /// The anchor of the note; none where the note is not printed.
    pub note: Option<String>,
}

/// A stretch of a passage and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch<T> {
    /// From this byte.
    pub from: usize,
    /// To this byte, not included.
    pub to: usize,
    /// What it is.
    pub what: T,
}

impl<T> Stretch<T> {
    fn covers(&self, at: usize) -> bool {
        self.from <= at && at < self.to
    }
}

/// All that stands in a passage beside its words. Stretches of one kind stand apart from each other.
#[derive(Debug, Clone, Default)]
pub struct Marked {
    /// Where links lead.
    pub links: Vec<Stretch<String>>,
    /// Gaps: class, and size in lines.
    pub gaps: Vec<Stretch<(&'static str, u8)>>,
    /// Marks, by number.
    pub marks: Vec<Stretch<usize>>,
    /// Page turns; whether each is the first to its page.
    pub turns: Vec<(usize, String, bool)>,
    /// Calls of footnotes.
    pub calls: Vec<(usize, Call)>,
}

impl Marked {
    /// The pieces between two bytes; what stands between words at the end belongs to them.
    pub fn pieces(&self, passage: &Passage, from: usize, to: usize) -> Vec<Piece> {
        let mut writer = Writer {
            marked: self,
            open: State::default(),
            pieces: Vec::new(),
        };
        let cuts = self.cuts(&passage.text, from, to);
        for (at, next) in cuts.iter().zip(cuts.iter().skip(1)) {
            writer.between(*at);
            writer.state(State::at(self, *at), *at);
            writer.text(&passage.text[*at..*next]);
        }
        writer.state(State::default(), to);
        if to == passage.text.len() {
            writer.between(to);
        }
        writer.pieces
    }

    /// Every byte at which something begins, ends or stands.
    fn cuts(&self, text: &str, from: usize, to: usize) -> Vec<usize> {
        fn ends<T>(stretches: &[Stretch<T>]) -> impl Iterator<Item = usize> {
            stretches.iter().flat_map(|s| [s.from, s.to])
        }
        let stretches = ends(&self.links)
            .chain(ends(&self.gaps))
            .chain(ends(&self.marks));
        let points = self
            .turns
            .iter()
            .map(|t| t.0)
            .chain(self.calls.iter().map(|c| c.0));
        let inner = stretches.chain(points).filter(|at| *at > from && *at < to);
        let sound = inner.filter(|at| text.is_char_boundary(*at));
        let cuts: BTreeSet<usize> = sound.chain([from, to]).collect();
        cuts.into_iter().collect()
    }
}

/// What is open, as indexes: a gap stands inside a link, a mark inside a gap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct State {
    link: Option<usize>,
    gap: Option<usize>,
    mark: Option<usize>,
}

impl State {
    fn at(marked: &Marked, at: usize) -> Self {
        fn index<T>(stretches: &[Stretch<T>], at: usize) -> Option<usize> {
            stretches.iter().position(|s| s.covers(at))
        }
        Self {
            link: index(&marked.links, at),
            gap: index(&marked.gaps, at),
            mark: index(&marked.marks, at),
        }
    }
}

struct Writer<'m> {
    marked: &'m Marked,
    open: State,
    pieces: Vec<Piece>,
}

impl Writer<'_> {
    /// Writes what stands at a byte between words, outside of all that is open.
    fn between(&mut self, at: usize) {
        let calls = self.marked.calls.iter().filter(|(place, _)| *place == at);
        let calls = calls.map(|(_, call)| Piece::Call(call.clone()));
        let turns = self
            .marked
            .turns
            .iter()
            .filter(|(place, _, _)| *place == at);
        let turns = turns.map(|(_, page, first)| Piece::Turn(page.clone(), *first));
        let pieces: Vec<Piece> = calls.chain(turns).collect();
        if !pieces.is_empty() {
            self.state(State::default(), at);
            self.pieces.extend(pieces);
        }
    }

    /// Closes what is no longer open, innermost first, and opens what is.
    fn state(&mut self, next: State, at: usize) {
        let (link, gap) = (self.open.link != next.link, self.open.gap != next.gap);
        let inside_gap = link || gap;
        if inside_gap || self.open.mark != next.mark {
            self.close_mark(at);
            if inside_gap {
                if self.open.gap.is_some() {
                    self.pieces.push(Piece::GapEnd);
                }
                self.open.gap = None;
            }
            if link {
                if self.open.link.is_some() {
                    self.pieces.push(Piece::LinkEnd);
                }
                self.open.link = None;
            }
        }
        self.open_up(next, at);
    }

    fn close_mark(&mut self, at: usize) {
        if let Some(open) = self.open.mark.take() {
            let mark = &self.marked.marks[open];
            self.pieces.push(Piece::MarkEnd(mark.what, at >= mark.to));
        }
    }

    fn open_up(&mut self, next: State, at: usize) {
        if self.open.link.is_none()
            && let Some(link) = next.link
        {
            self.pieces
                .push(Piece::Link(self.marked.links[link].what.clone()));
        }
        if self.open.gap.is_none()
            && let Some(gap) = next.gap
        {
            let gap = &self.marked.gaps[gap];
            let (class, lines) = gap.what;
            // Only its first piece is as tall as what is missing.
            let lines = if at <= gap.from { lines } else { 0 };
            self.pieces.push(Piece::Gap(class, lines));
        }
        if self.open.mark.is_none()
            && let Some(mark) = next.mark
        {
            let mark = &self.marked.marks[mark];
            self.pieces.push(Piece::Mark(mark.what, at <= mark.from));
        }
        self.open = next;
    }

    fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.pieces.push(Piece::Text(text.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch<T>(from: usize, to: usize, what: T) -> Stretch<T> {
        Stretch { from, to, what }
    }

    /// Pieces in a short notation.
    fn shown(pieces: &[Piece]) -> String {
        let one = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Link(_) => "{".into(),
            Piece::LinkEnd => "}".into(),
            Piece::Gap(..) => "[".into(),
            Piece::GapEnd => "]".into(),
            Piece::Mark(n, first) => {
                if *first {
                    format!("<{n} ")
                } else {
                    "<".into()
                }
            }
            Piece::MarkEnd(n, last) => {
                if *last {
                    format!(" {n}>")
                } else {
                    ">".into()
                }
            }
            Piece::Turn(page, _) => format!("|{page}|"),
            Piece::Call(call) => format!("^{}", call.label),
        };
        pieces.iter().map(one).collect()
    }

    #[test]
    fn pieces_nest_and_leave_nothing_open() {
        let passage = Passage {
            text: "one two three four".into(),
            ..Passage::default()
        };
        let call = Call {
            label: "1".into(),
            own: "fnref1".into(),
            note: None,
        };
        let marked = Marked {
            links: vec![stretch(0, 7, "/a".to_owned())],
            gaps: vec![stretch(8, 13, ("withheld", 1))],
            marks: vec![stretch(4, 10, 1), stretch(14, 18, 2)],
            turns: vec![(5, "3".into(), true)],
            calls: vec![(18, call)],
        };
        let pieces = marked.pieces(&passage, 0, 18);
        insta::assert_snapshot!(shown(&pieces), @"{one <1 t>}|3|{<wo>}< >[<th 1>ree] <2 four 2>^1");
        assert_eq!(shown(&marked.pieces(&passage, 8, 13)), "[<th 1>ree]");
    }
}
