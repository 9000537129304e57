//! Small texts of pages: numbers as people read them, a passage cut down to what answers.

use std::fmt;

/// A number with its thousands apart: `8,194`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count(pub usize);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// `1 record`, `8,194 records`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", Count(count), if count == 1 { one } else { many })
}

/// A text cut where code stands in it between backticks.
pub fn with_code(text: &str) -> Vec<Piece> {
    let parts = text.split('`').enumerate();
    let piece = |(at, text): (usize, &str)| Piece {
        text: text.to_owned(),
        marked: at % 2 == 1,
    };
    parts.map(piece).collect()
}

/// Part of a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Whether they answer the query.
    pub marked: bool,
}

/// How much stands before the first mark of an excerpt.
const BEFORE: usize = 90;

/// At most about so many bytes of a passage, those with the most marks; cut between words.
pub fn excerpt(text: &str, marks: &[(usize, usize)], most: usize) -> Vec<Piece> {
    let (from, to) = window(text, marks, most);
    let mut pieces = Vec::new();
    let mut push = |text: &str, marked| {
        if !text.is_empty() {
            let text = text.to_owned();
            pieces.push(Piece { text, marked });
        }
    };
    push(if from > 0 { "… " } else { "" }, false);
    let mut at = from;
    for (start, end) in marks.iter().filter(|(s, e)| *s >= from && *e <= to) {
        push(&text[at..*start], false);
        push(&text[*start..*end], true);
        at = *end;
    }
    push(&text[at..to], false);
    push(if to < text.len() { " …" } else { "" }, false);
    pieces
}

fn window(text: &str, marks: &[(usize, usize)], most: usize) -> (usize, usize) {
    if text.len() <= most {
        return (0, text.len());
    }
    let inside = |start: usize| {
        let ends = marks
            .iter()
            .filter(|(s, e)| *s >= start && *e <= start + most - BEFORE);
        ends.count()
    };
    let starts = marks.iter().map(|(start, _)| *start).rev();
    let start = starts.max_by_key(|start| inside(*start)).unwrap_or(0);
    let from = word_start(text, start.saturating_sub(BEFORE).min(text.len() - most));
    // A mark that is longer than the excerpt is shown to its end.
    let mark = marks.iter().find(|(s, _)| *s == start);
    let end = (from + most)
        .max(mark.map_or(0, |(_, e)| *e))
        .min(text.len());
    (from.min(start), word_end(text, end))
}

/// The beginning of a word at or before a place.
fn word_start(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    text[..at].rfind(char::is_whitespace).map_or(0, |space| {
        space + text[space..].chars().next().map_or(1, char::len_utf8)
    })
}

/// The end of a word at or after a place.
fn word_end(text: &str, at: usize) -> usize {
    let at = text.ceil_char_boundary(at);
    text[at..]
        .find(char::is_whitespace)
        .map_or(text.len(), |space| at + space)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, marks: &[(usize, usize)], most: usize) -> String {
        let pieces = excerpt(text, marks, most).into_iter();
        pieces
            .map(|p| {
                if p.marked {
                    format!("[{}]", p.text)
                } else {
                    p.text
                }
            })
            .collect()
    }

    #[test]
    fn numbers_are_readable() {
        let read = |n| Count(n).to_string();
        assert_eq!(
            [read(0), read(999), read(8194), read(1_000_000)],
            ["0", "999", "8,194", "1,000,000"]
        );
        assert_eq!(counted(1, "record", "records"), "1 record");
    }

    #[test]
    fn an_excerpt_has_the_marks() {
        assert_eq!(
            shown("The herring left.", &[(4, 11)], 200),
            "The [herring] left."
        );
        let long = format!(
            "{} herring {} nets {}",
            "á é í ".repeat(80),
            "ó ".repeat(90),
            "ú ".repeat(60)
        );
        let mark = |word: &str| {
            let at = long.find(word).unwrap();
            (at, at + word.len())
        };
        let cut = shown(&long, &[mark("herring"), mark("nets")], 150);
        assert!(
            cut.starts_with("… ") && cut.ends_with(" …") && cut.contains("[herring]"),
            "{cut}"
        );
        assert!(cut.len() < 200 && !cut.contains("nets"), "{cut}");
        assert!(shown(&long, &[], 100).starts_with("á é í"));
    }

    #[test]
    fn an_excerpt_never_breaks_a_letter() {
        let text = "ééééé ".repeat(100);
        for most in 91..140 {
            for at in (0..500).step_by(2).filter(|at| text.is_char_boundary(*at)) {
                excerpt(&text, &[(at, text.ceil_char_boundary(at + 2))], most);
            }
        }
    }
}
