//! A single document copied as text from a web page: page turns as `[Page 677]`, notes at the end.
//!
//! ```text
//! 323. Memorandum of Conversation Between ...0
//! The Ambassador called ... lighthouse. [Page 677] He added ...
//! - Source: Department of State, Central Files, POL KES-OST. Top Secret. Drafted by Moss.↩
//! - See Document 296.↩
//! ```

use std::sync::LazyLock;

use regex::Regex;

use super::{
    Dateline, Draft, Fault, Input, Item, NoteDraft, Reader, SourceNote,
    plain::{lift_calls, paged, part_words},
};
use crate::record::Volume;

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
    let mut blocks = paged(&body, None, part_words);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_stands_behind_the_last() {
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
