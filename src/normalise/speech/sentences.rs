//! Where sentences begin and end.

/// Abbreviations whose dot ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "messrs", "gen", "sen", "gov", "col", "maj", "capt", "lt", "adm",
    "amb", "prof", "rep", "hon", "st", "no", "nos", "vol", "vols", "p", "pp", "cf", "vs", "viz",
    "dept", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec",
    "e.g", "i.e", "approx", "fig", "art", "sec", "govt", "ft", "mt", "fon", "min", "ex", "brig",
];

/// Words that begin a sentence even after a dotted acronym: `... by the U.S. The total ...`.
const OPENERS: &[&str] = &[
    "The", "He", "She", "It", "We", "They", "This", "These", "That", "Those", "In", "On", "At",
    "If", "When", "But", "And", "There", "As", "For", "However", "Mr.", "Mrs.", "His", "Our",
    "Their", "To", "I",
];

/// Byte spans of the sentences of a paragraph, in order; together they cover it. What stands in square
/// brackets is never divided.
pub fn sentences(text: &str) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut bracket = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => bracket = closing_bracket(text, at).unwrap_or(0),
            _ if at < bracket || at < start => {}
            b'.' | b'?' | b'!' => {
                if let Some(next) = end_of_sentence(text, start, at) {
                    spans.push((start, next));
                    start = next;
                }
            }
            _ => {}
        }
    }
    if start < text.len() {
        spans.push((start, text.len()));
    }
    spans
}

/// The end of a bracket that is no longer than an editor's remark.
fn closing_bracket(text: &str, at: usize) -> Option<usize> {
    let reach = text.len().min(at + LONGEST_BRACKET);
    text.as_bytes()[at..reach]
        .iter()
        .position(|b| *b == b']')
        .map(|close| at + close)
}

/// In bytes.
const LONGEST_BRACKET: usize = 1000;

/// The beginning of the next sentence, where the stop at `at` ends this one.
fn end_of_sentence(text: &str, start: usize, at: usize) -> Option<usize> {
    // Of a row of dots only the last may end it.
    if text[at + 1..].starts_with('.') {
        return None;
    }
    let rest = &text[at + 1..];
    let closing = rest.trim_start_matches(['”', '"', '’', 'ʼ', '\'', ')', ']', '.']);
    let after = closing.trim_start();
    if after.is_empty() || after.len() == closing.len() {
        return None;
    }
    let next = after.trim_start_matches(['“', '"', '(', '[', '‘']);
    if !next.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) {
        return None;
    }
    let before = &text[start..at];
    let stop = text.as_bytes()[at] == b'.';
    if stop && closing.len() == rest.len() && ends_in_abbreviation(before, next) {
        return None;
    }
    Some(text.len() - after.len())
}

fn ends_in_abbreviation(before: &str, next: &str) -> bool {
    let word = before
        .rsplit([' ', '(', '“', '\u{a0}'])
        .next()
        .unwrap_or_default();
    let lower = word.to_lowercase();
    if ABBREVIATIONS.contains(&lower.as_str()) {
        return true;
    }
    let letters = word.split('.').all(|part| part.chars().count() <= 1);
    let numeral =
        !word.is_empty() && word.chars().all(|c| c.is_ascii_digit()) && before.len() == word.len();
    let opener = next.split_whitespace().next().unwrap_or_default();
    // An initial (`A. Penhallow`), an acronym (`U.S. Government`), a paragraph's number.
    numeral
        || (letters
            && word.starts_with(char::is_uppercase)
            && !(word.contains('.') && OPENERS.contains(&opener)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        sentences(text)
            .into_iter()
            .map(|(a, b)| text[a..b].trim())
            .collect()
    }

    #[test]
    fn stops_end_sentences_and_dots_do_not() {
        assert_eq!(
            cut("Mr. Moss left. “No harbor,” he said.) The U.S. The end at 3 p.m. was near."),
            [
                "Mr. Moss left.",
                "“No harbor,” he said.)",
                "The U.S.",
                "The end at 3 p.m. was near."
            ]
        );
        assert_eq!(
            cut("1. Herring. A. Quill of the U.S. Navy came."),
            ["1. Herring.", "A. Quill of the U.S. Navy came."]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn sentences_cover_the_text(text in "\\PC{0,120}") {
            let spans = sentences(&text);
            prop_assert_eq!(spans.iter().map(|(a, b)| &text[*a..*b]).collect::<String>(), text);
        }
    }
}
