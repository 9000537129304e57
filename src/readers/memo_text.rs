//! A single document copied as text from a web page: page turns as `[Page 677]`, notes at the end.
//!
//! ```text
//! 323. Memorandum of Conversation Between ...0
//! The Ambassador called ... lighthouse. [Page 677] He added ...
//! - Source: Department of State, Central Files, POL US-USSR. Top Secret. Drafted by Rusk.↩
//! - See Document 296.↩
//! ```

use std::sync::LazyLock;

use regex::Regex;

use super::{
    Block, Dateline, Draft, Fault, Input, Item, NoteDraft, Reader, SourceNote,
    plain::{lift_calls, part_words},
};
use crate::record::Volume;

static PAGE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\s*\[Page ([0-9]+|[IVXLC]+)\]\s*").expect("a constant pattern"));
static DATELINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[A-Z][\w .]+, (?:undated|[A-Z][a-z]+ \d{1,2}(?:[-–]\d{1,2})?, \d{4}).{0,40}$")
        .expect("a constant pattern")
});

/// The format.
pub struct MemoText;

impl Reader for MemoText {
    fn name(&self) -> &'static str {
        "memo-text"
    }

    fn richness(&self) -> u8 {
        1
    }

    fn recognises(&self, input: &Input) -> bool {
        let mut lines = input
            .text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        lines.next().is_some_and(|line| heading(line).is_some())
            && lines.any(|line| line.starts_with("- ") && line.ends_with('↩'))
    }

    fn read(&self, input: &Input, take: &mut dyn FnMut(Item)) {
        let lines: Vec<&str> = input
            .text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let Some((heading, rest)) = lines
            .split_first()
            .and_then(|(first, rest)| Some((heading(first)?, rest)))
        else {
            take(Item::Fault(Fault {
                place: "1:1".into(),
                message: "has no numbered heading".into(),
            }));
            return;
        };
        let (volume, name) = match input.stem().rsplit_once("-d") {
            Some((volume, n)) if n.parse::<u32>().is_ok() => (volume.to_owned(), format!("d{n}")),
            _ => (input.stem().to_owned(), format!("d{}", heading.0)),
        };
        take(Item::Volume(Box::new(Volume {
            id: volume.clone(),
            ..Volume::default()
        })));
        take(Item::Draft(Box::new(Draft {
            volume,
            name,
            place: "1:1".into(),
            ..document(heading, rest)
        })));
    }
}

/// `323. Memorandum ...0`: number, title, and the mark of the source note, which may follow closely.
fn heading(line: &str) -> Option<(u32, &str, &str)> {
    let (number, title) = line.split_once(". ")?;
    let bare = title.strip_suffix("Source").unwrap_or_else(|| {
        let cut = title.trim_end_matches(|c: char| c.is_ascii_digit());
        if cut.ends_with(|c: char| c.is_alphabetic() || c == ')') {
            cut
        } else {
            title
        }
    });
    Some((number.parse().ok()?, bare, &title[bare.len()..]))
}

fn document((number, title, mark): (u32, &str, &str), lines: &[&str]) -> Draft {
    // The notes go on counting behind the source note's mark.
    let first = mark.parse::<u32>().map_or(0, |n| n as usize) + 1;
    let is_note = |line: &&&str| line.starts_with("- ") && line.ends_with('↩');
    let (mut sources, mut notes) = (Vec::new(), Vec::new());
    for line in lines.iter().filter(is_note) {
        let text = part_words(line.trim_start_matches("- ").trim_end_matches('↩'));
        if text.starts_with("Source:") {
            sources.push(SourceNote {
                text,
                inline: false,
            });
        } else {
            notes.push(NoteDraft {
                label: (first + notes.len()).to_string(),
                text,
                page: None,
            });
        }
    }
    let mut body: Vec<&str> = lines
        .iter()
        .filter(|line| !is_note(line))
        .copied()
        .collect();
    let dated = body.first().is_some_and(|line| DATELINE.is_match(line));
    let datelines = if dated {
        vec![Dateline {
            text: part_words(body.remove(0)),
            ..Dateline::default()
        }]
    } else {
        Vec::new()
    };
    let mut blocks = paged(&body);
    lift_calls(&mut blocks, &notes);
    let page = blocks.first().and_then(|b| b.page.clone());
    Draft {
        number: Some(number.to_string()),
        title: part_words(title),
        datelines,
        sources,
        blocks,
        notes,
        page,
        ..Draft::default()
    }
}

/// Takes the page turns out of the lines. The first page is the one before the first turn.
fn paged(lines: &[&str]) -> Vec<Block> {
    let first = lines
        .iter()
        .find_map(|line| PAGE.captures(line))
        .and_then(|c| c[1].parse::<u32>().ok());
    let before = first.and_then(|n| n.checked_sub(1)).filter(|n| *n > 0);
    let mut page = before.map(|n| n.to_string());
    let mut blocks = Vec::new();
    for line in lines {
        let mut block = Block {
            page: page.clone(),
            ..Block::default()
        };
        let mut at = 0;
        for turn in PAGE.captures_iter(line) {
            let whole = turn.get(0).expect("a match has a whole");
            block.push(&part_words(&line[at..whole.start()]));
            page = Some(turn[1].to_owned());
            if block.text.is_empty() {
                block.page.clone_from(&page);
            } else {
                block.push(" ");
                block
                    .breaks
                    .push((block.text.len() as u32, turn[1].to_owned()));
            }
            at = whole.end();
        }
        block.push(&part_words(&line[at..]));
        block.finish();
        blocks.push(block);
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_turn_in_mid_sentence() {
        let blocks = paged(&["Before.", "One [Page 677] two.", "After."]);
        assert_eq!(blocks[0].page.as_deref(), Some("676"));
        assert_eq!(
            (blocks[1].text.as_str(), &blocks[1].breaks[..]),
            ("One two.", &[(4, "677".to_owned())][..])
        );
        assert_eq!(blocks[2].page.as_deref(), Some("677"));
    }

    #[test]
    fn no_page_stands_before_the_first() {
        for line in ["Before. [Page 0] After.", "Before. [Page 1] After."] {
            assert_eq!(paged(&[line])[0].page, None);
        }
        document((1, "Report", "18446744073709551615"), &["- See above.↩"]);
    }

    #[test]
    fn the_mark_behind_the_heading_falls() {
        assert_eq!(
            heading("323. Memorandum (Dobrynin)0"),
            Some((323, "Memorandum (Dobrynin)", "0"))
        );
        assert_eq!(heading("4. Report No. 5"), Some((4, "Report No. 5", "")));
    }
}
