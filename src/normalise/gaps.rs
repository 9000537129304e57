//! What is missing: excisions by censors and omissions by editors, kept apart.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;
use crate::record::{Gap, GapKind, Passage};

/// A bracket long enough for the longest remark of an editor.
static BRACKET: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[[^\[\]]{3,600}\]"));
static OMITTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\[(?:here follow|here is|omitted here|\w+ omitted|.{0,60}\b(?:omitted|not printed here)\b)|^\[\.\.\.|^\[… ?omi",
    )
});
static CENSORED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:not declassified|remain(?:s)? classified|excised|sanitized|deleted for security)\b",
    )
});
static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<less>less than )?(?P<n>\d+(?:[-–]\d+/\d+|\s?½)?|\d+/\d+|½|one|two|three|four|five|six|seven|eight|nine|ten)(?:[-–\s]+(?:1/2|½))?[- ](?P<unit>lines?|paragraphs?|pages?|words?|columns?|sentences?|names?)\b",
    )
});
static LINES: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\((?P<n>\d+(?:[-–]\d+/\d+)?) lines?"));

/// Text lines of a printed page and of a paragraph, for amounts given in those.
const LINES_PER_PAGE: f32 = 40.0;

/// A gap and where it stands, in bytes.
pub struct Found {
    gap: Gap,
    span: (u32, u32),
}

/// Every gap of the passages, in order.
pub fn find(passages: &[Passage]) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, passage) in passages.iter().enumerate() {
        for bracket in BRACKET.find_iter(&passage.text) {
            if let Some(kind) = kind(bracket.as_str()) {
                let (amount, lines) = amount(bracket.as_str());
                let text = bracket.as_str().to_owned();
                found.push(Found {
                    gap: Gap {
                        kind,
                        amount,
                        lines,
                        text,
                        passage: index as u32,
                    },
                    span: (bracket.start() as u32, bracket.end() as u32),
                });
            }
        }
    }
    found
}

/// Tells the passages where their gaps are.
pub fn cut(mut passages: Vec<Passage>, found: &[Found]) -> Vec<Passage> {
    for Found { gap, span } in found {
        passages[gap.passage as usize].gaps.push(*span);
    }
    passages
}

impl From<Found> for Gap {
    fn from(found: Found) -> Self {
        found.gap
    }
}

fn kind(bracket: &str) -> Option<GapKind> {
    let text = bracket.to_lowercase();
    if CENSORED.is_match(&text) {
        let has = |word: &str| text.contains(word);
        return Some(if has("codeword") || has("code word") {
            GapKind::Codeword
        } else if has("paragraph") || has("page") || has("column)") {
            GapKind::Paragraphs
        } else if has("line") || has("word") || has("sentence") {
            GapKind::Lines
        } else if has("dollar") || has("amount") {
            GapKind::Money
        } else if has("name") {
            GapKind::Name
        } else if has("source") || has("file") || has("number") || has("document") {
            GapKind::Source
        } else {
            GapKind::Text
        });
    }
    OMITTED.is_match(&text).then_some(GapKind::Omission)
}

/// The amount as printed and in lines.
fn amount(bracket: &str) -> (Option<String>, Option<f32>) {
    let Some(found) = AMOUNT.captures(bracket) else {
        return (None, None);
    };
    let printed = found[0].trim().to_owned();
    let given = LINES.captures(bracket).and_then(|c| quantity(&c["n"]));
    let unit = found["unit"].to_lowercase();
    let lines = match quantity(&found["n"]) {
        _ if given.is_some() => given,
        Some(n) if unit.starts_with("line") => Some(if found.name("less").is_some() {
            n / 2.0
        } else {
            n
        }),
        Some(n) if unit.starts_with("page") => Some(n * LINES_PER_PAGE),
        _ => None,
    };
    (Some(printed), lines)
}

/// `1-1/2`, `1/2`, `½`, `3`, `three`.
fn quantity(text: &str) -> Option<f32> {
    const WORDS: [&str; 10] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    let text = text.to_lowercase();
    if let Some(n) = WORDS.iter().position(|w| *w == text) {
        return Some(n as f32 + 1.0);
    }
    let fraction = |f: &str| {
        let (a, b) = f.split_once('/')?;
        Some(a.parse::<f32>().ok()? / b.parse::<f32>().ok().filter(|b| *b > 0.0)?)
    };
    if let Some(whole) = text.strip_suffix('½') {
        return Some(whole.trim().parse::<f32>().unwrap_or(0.0) + 0.5);
    }
    match text.split_once(['-', '–']) {
        Some((whole, part)) => Some(whole.parse::<f32>().ok()? + fraction(part)?),
        None if text.contains('/') => fraction(&text),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(GapKind, Option<String>, Option<f32>)> {
        let passage = Passage {
            text: text.into(),
            ..Passage::default()
        };
        find(&[passage])
            .into_iter()
            .map(|f| (f.gap.kind, f.gap.amount, f.gap.lines))
            .collect()
    }

    #[test]
    fn excisions_and_omissions_are_apart() {
        for (text, kind, amount, lines) in [
            (
                "a [1-1/2 lines of source text not declassified] b",
                GapKind::Lines,
                Some("1-1/2 lines"),
                Some(1.5),
            ),
            (
                "[less than 1 line of source text not declassified]",
                GapKind::Lines,
                Some("less than 1 line"),
                Some(0.5),
            ),
            ("[name not declassified]", GapKind::Name, None, None),
            ("[codeword not declassified]", GapKind::Codeword, None, None),
            (
                "[2 paragraphs (14 lines) not declassified]",
                GapKind::Paragraphs,
                Some("2 paragraphs"),
                Some(14.0),
            ),
            (
                "[dollar amount not declassified]",
                GapKind::Money,
                None,
                None,
            ),
            (
                "[Here follow 8 paragraphs on nuclear testing.]",
                GapKind::Omission,
                Some("8 paragraphs"),
                None,
            ),
            (
                "[Omitted here is discussion of Berlin.]",
                GapKind::Omission,
                None,
                None,
            ),
        ] {
            assert_eq!(
                read(text),
                [(kind, amount.map(str::to_owned), lines)],
                "{text}"
            );
        }
        assert_eq!(read("He [Kennedy] said [sic] that [U.S.] prisoners"), []);
    }
}
