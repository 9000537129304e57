//! A document as its source has it: text in blocks, with what the mark-up says about stretches of it.

use crate::record::Form;

/// A document, read and not yet interpreted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// The volume or collection: `frus1961-63v05`.
    pub volume: String,
    /// The name inside it: `d323`.
    pub name: String,
    /// The number as the source gives it.
    pub number: Option<String>,
    /// The heading without number and notes.
    pub title: String,
    /// `editorial-note`, where the mark-up says so.
    pub subtype: Option<String>,
    /// Sender and addressee, where the mark-up names them.
    pub names: Vec<Name>,
    /// The volume's ids of persons whom the mark-up names in the text, each once.
    pub persons: Vec<String>,
    /// Datelines of the document itself, in order.
    pub datelines: Vec<Dateline>,
    /// First and last moment, where the mark-up gives them for the whole document.
    pub moments: Option<(String, String)>,
    /// The notes that tell the source.
    pub sources: Vec<SourceNote>,
    /// The text in order, attachments included.
    pub blocks: Vec<Block>,
    /// Numbered notes in order.
    pub notes: Vec<NoteDraft>,
    /// Enclosures in order; blocks refer to them by index.
    pub attachments: Vec<AttachmentDraft>,
    /// Targets of references.
    pub references: Vec<Reference>,
    /// The headings of the volume's divisions above it, outermost first.
    pub chapters: Vec<String>,
    /// The printed page at its beginning.
    pub page: Option<String>,
    /// Where it stands in the file: `line:column`.
    pub place: String,
}

/// A block of text: a paragraph, a heading, a row of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Block {
    /// What the source's own structure says that it is.
    pub form: Form,
    /// Set apart as a heading by its typography alone: centred, or italic throughout. Of a
    /// participants list: it heads the lines below it.
    pub set_apart: bool,
    /// Index of the attachment to which it belongs.
    pub attachment: Option<usize>,
    /// The printed page at its beginning.
    pub page: Option<String>,
    /// Page turns: byte offset into `text`, new page.
    pub breaks: Vec<(u32, String)>,
    /// Calls of notes: byte offset into `text`, the note's mark.
    pub calls: Vec<(u32, String)>,
    /// The words; white space folded.
    pub text: String,
}

/// A person or office named in a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Sender or addressee.
    pub role: Role,
    /// As printed.
    pub text: String,
    /// The volume's id of the person: `p_RD1`.
    pub person: Option<String>,
}

/// What a heading says a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The sender.
    From,
    /// The addressee.
    To,
}

/// A dateline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dateline {
    /// The whole line as printed; lines are divided by `\n`.
    pub text: String,
    /// The marked place, if any; lines are divided by `\n`.
    pub place: Option<String>,
    /// The marked date as printed, if any.
    pub date: Option<String>,
    /// `when`, or `from`/`notBefore` and `to`/`notAfter`.
    pub moments: Option<(String, Option<String>)>,
}

/// A note that tells where the original is kept, or what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceNote {
    /// As printed.
    pub text: String,
    /// Printed above the document (`724.3415/3603: Telegram`), not at its foot.
    pub inline: bool,
}

/// A numbered note.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteDraft {
    /// Its mark: `2`, `a`, `*`.
    pub label: String,
    /// Its words.
    pub text: String,
    /// The page on which it is called.
    pub page: Option<String>,
}

/// An enclosure's own heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttachmentDraft {
    /// The mark above it: `[Inclosure 2.]`.
    pub label: Option<String>,
    /// Its heading.
    pub title: Option<String>,
    /// Its datelines.
    pub datelines: Vec<Dateline>,
    /// Sender and addressee, where the mark-up names them.
    pub names: Vec<Name>,
}

/// The target of a reference: `#d296`, `frus1961-63v07`, `#pg_636`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// As the mark-up has it.
    pub target: String,
}

impl Block {
    /// Appends text, folding white space at the seam and inside.
    pub fn push(&mut self, text: &str) {
        let seam = |block: &mut String| {
            if !block.is_empty() && !block.ends_with([' ', '\n']) {
                block.push(' ');
            }
        };
        if text.starts_with(char::is_whitespace) {
            seam(&mut self.text);
        }
        for (index, word) in text.split_whitespace().enumerate() {
            if index > 0 {
                self.text.push(' ');
            }
            self.text.push_str(word);
        }
        if text.ends_with(char::is_whitespace) {
            seam(&mut self.text);
        }
    }

    /// Starts a new line inside the block.
    pub fn new_line(&mut self) {
        while self.text.ends_with(' ') {
            self.text.pop();
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// Drops white space at the end; offsets behind the end move to it, page turns there go
    /// since no text follows them.
    pub fn finish(&mut self) {
        self.text.truncate(self.text.trim_end().len());
        let end = self.text.len() as u32;
        self.breaks.retain(|(at, _)| *at < end);
        for (at, _) in &mut self.calls {
            *at = (*at).min(end);
        }
    }
}
