//! What plain texts made from web pages have in common: words run together, notes called by bare digits.

use std::sync::LazyLock;

use regex::Regex;

use super::{Block, NoteDraft};

static RUN_TOGETHER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) ([a-zʼ’]|[a-z],) ([A-Z]{2,})
        | \b([Tt]he|[Tt]o|[Aa]nd|[Oo]f|[Ii]n|[Bb]y|[Ff]or|[Ff]rom|[Ww]ith|[Aa]t) ([A-Z][a-z]{2,})
        | ([a-z],) ([A-Z]\b|[A-Z]/)",
    )
    .expect("a constant pattern")
});

static PAGE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\s*\[Page ([0-9]+|[IVXLC]+)\]\s*").expect("a constant pattern"));

/// Puts back the space that was lost where mark-up was taken out (`inNATO`, `theDepartment`,
/// `Series,USSR`), and takes away what was left of a tag (`>Washington`).
pub fn part_words(text: &str) -> String {
    let text = text.trim_start().trim_start_matches('>');
    let parted = RUN_TOGETHER.replace_all(text, "$1$3$5 $2$4$6");
    parted.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes the page turns (`[Page 677]`) out of the lines, cleaning what is between them. Where nobody says on which
/// page they begin, it is the one before the first turn.
pub fn paged(lines: &[&str], first: Option<String>, clean: fn(&str) -> String) -> Vec<Block> {
    let turn = lines.iter().find_map(|line| PAGE.captures(line));
    let before = turn.and_then(|c| c[1].parse::<u32>().ok()?.checked_sub(1));
    let before = before.filter(|n| *n > 0).map(|n| n.to_string());
    let mut page = first.or(before);
    let mut blocks = Vec::new();
    for line in lines {
        let mut block = Block {
            page: page.clone(),
            ..Block::default()
        };
        let mut at = 0;
        for turn in PAGE.captures_iter(line) {
            let whole = turn.get(0).expect("a match has a whole");
            block.push(&clean(&line[at..whole.start()]));
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
        block.push(&clean(&line[at..]));
        block.finish();
        blocks.push(block);
    }
    blocks
}

/// Takes bare call digits out of the blocks (`presented at Geneva2 had`) and keeps them as calls.
///
/// Notes are called in order, so the search for each goes on behind the one before. A note whose call
/// is not found (its block may be missing) stays uncalled.
pub fn lift_calls(blocks: &mut [Block], notes: &[NoteDraft]) {
    let mut start = (0, 0);
    for note in notes {
        let found = find_call(blocks, start, &note.label, is_call)
            .or_else(|| find_call(blocks, start, &note.label, is_weak_call));
        let Some((index, at)) = found else { continue };
        let block = &mut blocks[index];
        block.text.replace_range(at..at + note.label.len(), "");
        if block.text[at..].starts_with(char::is_alphanumeric) {
            block.text.insert(at, ' ');
        }
        for (turn, _) in block
            .breaks
            .iter_mut()
            .filter(|(turn, _)| *turn as usize > at)
        {
            *turn = turn.saturating_sub(note.label.len() as u32);
        }
        block.calls.push((at as u32, note.label.clone()));
        start = (index, at);
    }
}

type Judge = fn(before: &str, after: &str) -> bool;

fn find_call(
    blocks: &[Block],
    start: (usize, usize),
    label: &str,
    judge: Judge,
) -> Option<(usize, usize)> {
    blocks
        .iter()
        .enumerate()
        .skip(start.0)
        .find_map(|(index, block)| {
            let from = if index == start.0 { start.1 } else { 0 };
            block.text[from..]
                .match_indices(label)
                .map(|(at, _)| from + at)
                .find(|at| judge(&block.text[..*at], &block.text[at + label.len()..]))
                .map(|at| (index, at))
        })
}

/// A digit set close behind a word or its punctuation, with no word going on behind it.
fn is_call(before: &str, after: &str) -> bool {
    let mut back = before.chars().rev();
    let (Some(last), previous) = (back.next(), back.next()) else {
        return false;
    };
    let behind_word = last.is_alphabetic()
        || matches!(
            last,
            ')' | ']' | '”' | '"' | '’' | 'ʼ' | '?' | '!' | ';' | ':'
        );
    let behind_stop = matches!(last, '.' | ',') && !previous.is_some_and(|c| c.is_ascii_digit());
    (behind_word || behind_stop) && ends_here(after)
}

/// As [`is_call`], behind a figure's stop: `in 1961.3 The`.
fn is_weak_call(before: &str, after: &str) -> bool {
    let year = before.len() >= 5 && before.is_char_boundary(before.len() - 5) && {
        let tail = &before[before.len() - 5..];
        tail.ends_with(['.', ',']) && tail[..4].bytes().all(|b| b.is_ascii_digit())
    };
    year && ends_here(after)
}

fn ends_here(after: &str) -> bool {
    !after.starts_with(|c: char| c.is_ascii_digit() || c.is_lowercase() || c == '/' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_turn_in_mid_sentence() {
        let blocks = paged(
            &["Before.", "One [Page 677] two.", "After."],
            None,
            part_words,
        );
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
            assert_eq!(paged(&[line], None, part_words)[0].page, None);
        }
    }

    #[test]
    fn words_are_parted() {
        assert_eq!(
            part_words("discussed inNATO and theDepartment, Series,USSR"),
            "discussed in NATO and the Department, Series, USSR"
        );
        assert_eq!(
            part_words("McNamara, ChiCom, FonMin, DeGaulle"),
            "McNamara, ChiCom, FonMin, DeGaulle"
        );
    }

    #[test]
    fn calls_are_lifted_in_order() {
        let mut blocks = vec![
            Block {
                text: "U-1 flew 1 hour; agreed at Geneva1 had been. In 1961.2 Then".into(),
                ..Block::default()
            },
            Block {
                text: "Dean Rusk4".into(),
                ..Block::default()
            },
        ];
        let notes: Vec<_> = ["1", "2", "3", "4"]
            .map(|l| NoteDraft {
                label: l.into(),
                ..NoteDraft::default()
            })
            .into();
        lift_calls(&mut blocks, &notes);
        assert_eq!(
            blocks[0].text,
            "U-1 flew 1 hour; agreed at Geneva had been. In 1961. Then"
        );
        assert_eq!(
            blocks[0].calls,
            [(33, "1".to_owned()), (52, "2".to_owned())]
        );
        assert_eq!(blocks[1].calls, [(9, "4".to_owned())]);
    }
}
