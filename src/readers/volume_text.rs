//! A whole volume as plain text: numbered headings that end in `Source`, notes behind `* * *`.
//!
//! ```text
//! 323. Memorandum of Conversation Between ...Source
//!
//! Washington, May 18, 1963, 3:30 p.m.
//!
//! The Ambassador called ...
//!
//! * * *
//!
//! * Source: Department of State, Central Files, POL KES-OST. Top Secret; Eyes Only. Drafted by Moss.
//!
//! 1 See Document 296.
//! ```

use super::{
    Block, Dateline, Draft, Fault, Input, Item, NoteDraft, Reader, SourceNote,
    plain::{lift_calls, part_words},
};
use crate::record::{Contents, Volume};

const RULE: &str = "* * *";

/// The format.
pub struct VolumeText;

impl Reader for VolumeText {
    fn name(&self) -> &'static str {
        "volume-text"
    }

    fn richness(&self) -> u8 {
        2
    }

    fn recognises(&self, input: &Input) -> bool {
        let mut lines = input
            .text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        let first = lines.next().and_then(heading);
        first.is_some_and(|(_, title)| is_marked(title))
            && lines.any(|line| line.starts_with("* Source:"))
    }

    fn read(&self, input: &Input, take: &mut dyn FnMut(Item)) {
        let lines: Vec<&str> = input.text.lines().map(str::trim).collect();
        let starts = headings(&lines);
        let volume = input.stem();
        let contents = starts
            .iter()
            .map(|(_, number)| Contents {
                depth: 0,
                heading: None,
                record: Some(format!("d{number}")),
            })
            .collect();
        take(Item::Volume(Box::new(Volume {
            id: volume.to_owned(),
            contents,
            ..Volume::default()
        })));
        for (index, (start, number)) in starts.iter().enumerate() {
            let end = starts.get(index + 1).map_or(lines.len(), |(next, _)| *next);
            let draft = document(volume, *number, &lines[*start..end]);
            let place = format!("{}:1", start + 1);
            take(if draft.blocks.is_empty() {
                Item::Fault(Fault {
                    place,
                    message: format!("document {number} has no text"),
                })
            } else {
                Item::Draft(Box::new(Draft { place, ..draft }))
            });
        }
    }
}

/// `323. Memorandum ...`: number and the rest.
fn heading(line: &str) -> Option<(u32, &str)> {
    let (number, title) = line.split_once(". ")?;
    Some((number.parse().ok()?, title))
}

fn is_marked(title: &str) -> bool {
    title.ends_with("Source") || title.starts_with("Editorial Note")
}

/// Lines on which documents begin: marked headings in ascending order of number.
fn headings(lines: &[&str]) -> Vec<(usize, u32)> {
    let mut found: Vec<(usize, u32)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((number, title)) = heading(line) else {
            continue;
        };
        let in_order = found
            .last()
            .is_none_or(|(_, last)| number > *last && number - last <= 5);
        if in_order && is_marked(title) {
            found.push((at, number));
        }
    }
    found
}

fn document(volume: &str, number: u32, lines: &[&str]) -> Draft {
    let title = heading(lines[0]).map_or(lines[0], |(_, title)| title);
    let title = title.strip_suffix("Source").unwrap_or(title);
    let rule = lines
        .iter()
        .rposition(|line| *line == RULE)
        .unwrap_or(lines.len());
    let (body, tail) = lines.split_at(rule);
    let (sources, notes) = notes(tail);
    let mut texts = body[1..]
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| part_words(line))
        .peekable();
    let dateline = texts.next_if(|_| !title.starts_with("Editorial Note"));
    let mut blocks: Vec<Block> = texts
        .map(|text| Block {
            text,
            ..Block::default()
        })
        .collect();
    lift_calls(&mut blocks, &notes);
    Draft {
        volume: volume.to_owned(),
        name: format!("d{number}"),
        number: Some(number.to_string()),
        title: part_words(title),
        datelines: dateline
            .map(|text| Dateline {
                text,
                ..Dateline::default()
            })
            .into_iter()
            .collect(),
        sources,
        blocks,
        notes,
        ..Draft::default()
    }
}

/// Notes that print may leave out between two numbers.
const SKIPPED: u32 = 3;

/// `2 For text ...`: number and the rest.
fn numbered(line: &str) -> Option<(u32, &str)> {
    let (number, text) = line.split_once([' ', '\t'])?;
    Some((number.parse().ok()?, text))
}

/// `* Source: ...`, then numbered notes; a paragraph without the next number goes on with the last.
fn notes(lines: &[&str]) -> (Vec<SourceNote>, Vec<NoteDraft>) {
    let (mut sources, mut notes): (Vec<SourceNote>, Vec<NoteDraft>) = (Vec::new(), Vec::new());
    for line in lines
        .iter()
        .filter(|line| !line.is_empty() && **line != RULE)
    {
        let last = notes
            .last()
            .and_then(|n| n.label.parse::<u32>().ok())
            .unwrap_or(0);
        if let Some(text) = line.strip_prefix("* ") {
            sources.push(SourceNote {
                text: part_words(text),
                inline: false,
            });
        } else if let Some((label, text)) =
            numbered(line).filter(|(n, _)| (last + 1..=last + SKIPPED).contains(n))
        {
            notes.push(NoteDraft {
                label: label.to_string(),
                text: part_words(text),
                page: None,
            });
        } else if let Some(last) = notes.last_mut() {
            last.text = format!("{}\n{}", last.text, part_words(line));
        } else if let Some(source) = sources.last_mut() {
            source.text = format!("{}\n{}", source.text, part_words(line));
        }
    }
    (sources, notes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numbered_paragraph_is_no_heading() {
        let lines = [
            "1. LetterSource",
            "2. In the second place",
            "2. Editorial Note",
            "9. TelegramSource",
        ];
        assert_eq!(headings(&lines), [(0, 1), (2, 2)]);
        let last = ["4294967294. LetterSource", "4294967295. LetterSource"];
        assert_eq!(headings(&last).len(), 2);
    }

    #[test]
    fn notes_go_on_over_paragraphs() {
        let (sources, notes) = notes(&[
            RULE,
            "* Source: Files. Secret.",
            "",
            "1 See Document 2.",
            "The rest of it.",
            "2 Ibid.",
        ]);
        assert_eq!(sources[0].text, "Source: Files. Secret.");
        let texts: Vec<_> = notes.iter().map(|n| n.text.as_str()).collect();
        assert_eq!(texts, ["See Document 2.\nThe rest of it.", "Ibid."]);
    }
}
