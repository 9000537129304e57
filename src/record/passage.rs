//! Passages, and what is missing between them.

use serde::{Deserialize, Serialize};

/// The longest stretch of text with one paragraph, one topic heading and one speaker.
///
/// All offsets are bytes into `text`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// Body, attachment or footnote.
    pub kind: PassageKind,
    /// What stands there: a paragraph, a heading, a signature ...
    pub form: Form,
    /// Paragraph number inside the record, from 1; passages of one paragraph share it.
    pub paragraph: u32,
    /// The printed page on which it begins.
    pub page: Option<String>,
    /// Where the page turns inside it, and to which page.
    pub breaks: Vec<(u32, String)>,
    /// Index into the record's topics: the heading above it.
    pub topic: Option<u16>,
    /// Index into the record's attachments, for kind `attachment`.
    pub attachment: Option<u16>,
    /// Who speaks, where the passage reports speech: the family name as commonly printed in the
    /// record, the whole name where two people share that.
    pub speaker: Option<String>,
    /// Who is spoken to, where that is clear.
    pub addressee: Option<String>,
    /// The footnote's mark, for kind `footnote`.
    pub label: Option<String>,
    /// Where footnotes are called, and their marks.
    pub calls: Vec<(u32, String)>,
    /// Where text was excised or omitted: phrases never match across these.
    pub gaps: Vec<(u32, u32)>,
    /// The words.
    pub text: String,
}

impl Passage {
    /// The printed page on which it ends.
    pub fn page_end(&self) -> Option<&str> {
        self.breaks
            .last()
            .map(|(_, page)| page.as_str())
            .or(self.page.as_deref())
    }

    /// The printed page at a byte offset.
    pub fn page_at(&self, offset: u32) -> Option<&str> {
        let turned = self
            .breaks
            .iter()
            .take_while(|(at, _)| *at <= offset)
            .last();
        turned
            .map(|(_, page)| page.as_str())
            .or(self.page.as_deref())
    }

    /// The part between two byte offsets, without white space at its ends; page turns, calls and gaps
    /// go with the words at which they stand.
    pub fn slice(&self, start: usize, end: usize) -> Self {
        let raw = &self.text[start..end];
        let from = start + (raw.len() - raw.trim_start().len());
        let text = raw.trim();
        let until = from + text.len();
        let (first, last) = (from as u32, until as u32);
        Self {
            page: self.page_at(first).map(str::to_owned),
            breaks: self
                .breaks
                .iter()
                .filter(|(at, _)| *at > first && *at < last)
                .map(|(at, page)| (at - first, page.clone()))
                .collect(),
            calls: self
                .calls
                .iter()
                .filter(|(at, _)| {
                    (*at as usize > start || *at == 0 && start == 0) && *at as usize <= end
                })
                .map(|(at, label)| ((*at).clamp(first, last) - first, label.clone()))
                .collect(),
            gaps: self
                .gaps
                .iter()
                .filter(|(at, _)| *at >= first && *at < last)
                .map(|(at, to)| (at - first, (*to).min(last) - first))
                .collect(),
            text: text.to_owned(),
            ..self.clone()
        }
    }

    /// The text cut at its gaps: stretches inside which a phrase may match, with their byte offsets.
    pub fn pieces(&self) -> impl Iterator<Item = (usize, &str)> {
        pieces(&self.text, &self.gaps)
    }
}

/// A text cut at both ends of every gap, with byte offsets.
pub fn pieces<'t>(
    text: &'t str,
    gaps: &[(u32, u32)],
) -> impl Iterator<Item = (usize, &'t str)> + use<'t> {
    let mut cuts = vec![0];
    cuts.extend(
        gaps.iter()
            .flat_map(|(start, end)| [*start as usize, *end as usize]),
    );
    cuts.push(text.len());
    let spans: Vec<_> = cuts.windows(2).map(|w| (w[0], w[1])).collect();
    spans
        .into_iter()
        .filter_map(|(a, b)| text.get(a..b).map(|piece| (a, piece)))
}

/// To which part of the record a passage belongs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PassageKind {
    /// The document itself.
    #[default]
    Body,
    /// An enclosure, annex or tab.
    Attachment,
    /// A numbered note.
    Footnote,
}

impl PassageKind {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Attachment => "attachment",
            Self::Footnote => "footnote",
        }
    }
}

/// What stands in a passage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Running text.
    #[default]
    Paragraph,
    /// A section heading.
    Heading,
    /// A note printed in the margin beside the text.
    Margin,
    /// A line of a list.
    Item,
    /// A row of a table; cells are separated by ` | `.
    Row,
    /// A quotation set off from the text.
    Quote,
    /// A dateline, address, salutation or other line outside the running text.
    Line,
    /// A signature or closing line.
    Signature,
    /// A line of the participants or subject block.
    Preamble,
}

impl Form {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paragraph => "paragraph",
            Self::Heading => "heading",
            Self::Margin => "margin",
            Self::Item => "item",
            Self::Row => "row",
            Self::Quote => "quote",
            Self::Line => "line",
            Self::Signature => "signature",
            Self::Preamble => "preamble",
        }
    }
}

/// A bracketed hole in the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// What is missing.
    pub kind: GapKind,
    /// The amount as printed: `1-1/2 lines`.
    pub amount: Option<String>,
    /// The amount in lines, where the print gives it or it can be reckoned from it.
    pub lines: Option<f32>,
    /// The bracket as printed.
    pub text: String,
    /// Index of the passage in which it stands.
    pub passage: u32,
}

/// What a gap stands for. Censors excise, editors omit: only `Omission` is the editors' work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GapKind {
    /// Lines not declassified.
    Lines,
    /// Paragraphs or pages not declassified.
    Paragraphs,
    /// A name not declassified.
    Name,
    /// A codeword not declassified.
    Codeword,
    /// An amount of money not declassified.
    Money,
    /// A source or document number not declassified.
    Source,
    /// Anything else not declassified.
    Text,
    /// Left out by the editors, not by censors.
    Omission,
}

impl GapKind {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Paragraphs => "paragraphs",
            Self::Name => "name",
            Self::Codeword => "codeword",
            Self::Money => "money",
            Self::Source => "source",
            Self::Text => "text",
            Self::Omission => "omission",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_keeps_its_marks() {
        let passage = Passage {
            page: Some("677".into()),
            breaks: vec![(6, "678".into())],
            calls: vec![(4, "1".into()), (12, "2".into())],
            gaps: vec![(9, 11)],
            text: "One. Two [x]. ".into(),
            ..Passage::default()
        };
        let slice = passage.slice(4, 14);
        assert_eq!(slice.text, "Two [x].");
        assert_eq!(slice.page.as_deref(), Some("677"));
        assert_eq!(slice.breaks, [(1, "678".to_owned())]);
        assert_eq!(slice.calls, [(7, "2".to_owned())]);
        assert_eq!(slice.gaps, [(4, 6)]);
        assert_eq!(passage.slice(0, 5).calls, [(4, "1".to_owned())]);
    }

    #[test]
    fn the_page_turns_in_mid_sentence() {
        let passage = Passage {
            page: Some("677".into()),
            breaks: vec![(4, "678".into())],
            text: "one two".into(),
            ..Passage::default()
        };
        assert_eq!(passage.page_at(3), Some("677"));
        assert_eq!(passage.page_at(4), Some("678"));
        assert_eq!(passage.page_end(), Some("678"));
    }

    #[test]
    fn pieces_are_cut_at_gaps() {
        let passage = Passage {
            text: "abc[x]def".into(),
            gaps: vec![(3, 6)],
            ..Passage::default()
        };
        let pieces: Vec<_> = passage.pieces().collect();
        assert_eq!(pieces, [(0, "abc"), (3, "[x]"), (6, "def")]);
    }
}
