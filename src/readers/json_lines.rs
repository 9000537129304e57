//! Records as programs write them: one JSON object on each line.
//!
//! ```text
//! {"id": "vault/a-12", "title": "Memorandum From Halloran to Moss", "date": "1962-01-18",
//!  "source": "Department of State, Central Files. Secret.", "page": "4",
//!  "text": "The harbor is closed. [Page 5] It stays so.\n\nMoss agreed.", "notes": ["See Document 2."]}
//! ```
//!
//! Everything but `id` may be left out. What a heading, a dateline or a source note says is read from it as from
//! print.

use serde::Deserialize;

use super::{Dateline, Draft, Fault, Input, Item, NoteDraft, Reader, SourceNote, plain::paged};
use crate::record::RecordId;

/// A record, as it is handed in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// `COLLECTION/NAME`.
    id: Option<String>,
    /// The document number.
    number: Option<u32>,
    /// The heading.
    #[serde(default)]
    title: String,
    /// Place and date as printed: `Port Sabel, November 4, 1961, 6 p.m.`
    dateline: Option<String>,
    /// The day of the document, `1961-11-04`; a time of day stands in the dateline.
    date: Option<String>,
    /// The note that tells where the original is kept and how secret it was.
    source: Option<String>,
    /// Headings above it, outermost first.
    #[serde(default)]
    chapters: Vec<String>,
    /// The printed page on which it begins.
    page: Option<String>,
    /// Paragraphs, divided by blank lines; `[Page 5]` where a page turns.
    #[serde(default)]
    text: String,
    /// Footnotes in order.
    #[serde(default)]
    notes: Vec<String>,
}

/// The format.
pub struct JsonLines;

impl Reader for JsonLines {
    fn name(&self) -> &'static str {
        "json-lines"
    }

    /// What somebody writes as a record is meant to stay, whatever volume has it too.
    fn richness(&self) -> u8 {
        9
    }

    fn recognises(&self, input: &Input) -> bool {
        let first = input.text.lines().find(|line| !line.trim().is_empty());
        first.is_some_and(|line| {
            let line = line.trim_start_matches('\u{feff}').trim();
            line.starts_with('{') && line.contains("\"id\"")
        })
    }

    fn read(&self, input: &Input, take: &mut dyn FnMut(Item)) {
        for (number, line) in lines(&input.text) {
            match draft(line) {
                Ok(draft) => take(Item::Draft(Box::new(Draft {
                    place: format!("{number}:1"),
                    ..draft
                }))),
                Err((column, message)) => take(Item::Fault(Fault {
                    place: format!("{number}:{column}"),
                    message,
                })),
            }
        }
    }
}

/// Lines that are not blank, with their numbers from 1.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    numbered.filter(|(_, line)| !line.trim().is_empty())
}

/// Reads one record.
///
/// # Errors
/// The column and what is wrong there, lower-case.
pub fn draft(json: &str) -> Result<Draft, (usize, String)> {
    draft_of(json, None)
}

/// As [`draft`], of a record whose id is known where it does not say.
///
/// # Errors
/// As for [`draft`].
pub fn draft_of(json: &str, known: Option<&RecordId>) -> Result<Draft, (usize, String)> {
    let json = json.trim_start_matches('\u{feff}');
    let document: Document =
        serde_json::from_str(json).map_err(|error| (error.column().max(1), fact(&error)))?;
    let id = document.id.or_else(|| known.map(ToString::to_string));
    let id = id.ok_or_else(|| (1, "has no `id`".to_owned()))?;
    let Some((volume, name)) = id.split_once('/') else {
        let fact = format!("the id `{id}` is no COLLECTION/NAME");
        return Err((1, fact));
    };
    let paragraphs: Vec<&str> = document
        .text
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    let notes = document.notes.into_iter().enumerate();
    let dateline = document.dateline.map(|text| Dateline {
        text,
        ..Dateline::default()
    });
    let source = document.source.map(|text| SourceNote {
        text,
        inline: false,
    });
    Ok(Draft {
        volume: volume.to_owned(),
        name: name.to_owned(),
        number: document.number.map(|number| number.to_string()),
        title: folded(&document.title),
        datelines: dateline.into_iter().collect(),
        moments: document.date.map(|date| (date.clone(), date)),
        sources: source.into_iter().collect(),
        blocks: paged(&paragraphs, document.page.clone(), folded),
        notes: notes
            .map(|(at, text)| NoteDraft {
                label: (at + 1).to_string(),
                text: folded(&text),
                page: None,
            })
            .collect(),
        chapters: document.chapters,
        page: document.page,
        place: "1:1".into(),
        ..Draft::default()
    })
}

/// Without the place, which is told apart.
fn fact(error: &serde_json::Error) -> String {
    let fact = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    fact.strip_suffix(&place).unwrap_or(&fact).to_owned()
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_draft() {
        let json = r#"{"id": "vault/a-12", "title": "Memorandum", "page": "4", "text": "One. [Page 5] Two.\n\nThree.", "notes": ["See."]}"#;
        let draft = draft(json).unwrap();
        assert_eq!(
            (draft.volume.as_str(), draft.name.as_str()),
            ("vault", "a-12")
        );
        assert_eq!(draft.blocks[0].page.as_deref(), Some("4"));
        assert_eq!(draft.blocks[0].breaks, [(5, "5".to_owned())]);
        assert_eq!(draft.blocks[1].page.as_deref(), Some("5"));
        assert_eq!(draft.notes[0].label, "1");
    }

    #[test]
    fn what_is_no_record_is_told_with_its_place() {
        let refused = |json: &str| {
            let (column, fact) = draft(json).unwrap_err();
            format!("{column}: {fact}")
        };
        insta::assert_snapshot!(refused("{"), @"1: EOF while parsing an object");
        insta::assert_snapshot!(refused(r#"{"title": "x"}"#), @"1: has no `id`");
        insta::assert_snapshot!(refused(r#"{"id": "x"}"#), @"1: the id `x` is no COLLECTION/NAME");
        insta::assert_snapshot!(refused(r#"{"id": "x/y", "txt": ""}"#), @"19: unknown field `txt`, expected one of `id`, `number`, `title`, `dateline`, `date`, `source`, `chapters`, `page`, `text`, `notes`");
    }
}
