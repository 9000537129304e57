//! How text is cut into words and folded: one way for documents, queries and marks.
//!
//! Case, accents and the apostrophes U+0027, U+2019 and U+02BC do not matter. A dotted acronym loses
//! its dots (`U.S.S.R.` = `USSR`), a possessive its ending. Words joined by hyphen, slash or
//! apostrophe, and identifiers with dots and colons between figures, are one *compound*: they are cut
//! into parts, which take one position each, and kept whole beside the first part.

pub use crate::record::fold_value;
use unicode_normalization::char::is_combining_mark;

use crate::record::{fold_char, is_apostrophe, is_hyphen, surname};

/// Stands between stretches of text across which no phrase runs.
pub const BREAK: char = '\u{2029}';

/// Positions that a [`BREAK`] takes: more than any nearness that can be asked for.
pub const BREAK_POSITIONS: u32 = 100;

/// Stands for any letters in a pattern. A letter of a script that no record has, since patterns are cut
/// and folded as words are.
pub const ANY: char = '\u{a4d0}';

/// Stands for one letter in a pattern.
pub const ONE: char = '\u{a4d1}';

/// Longer words are OCR's noise: they take a position and are not indexed.
pub const MAX_WORD_BYTES: usize = 100;

/// A folded word in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    /// Folded.
    pub text: &'a str,
    /// Bytes in the text.
    pub start: usize,
    /// Bytes in the text.
    pub end: usize,
    /// Counted from 0 over the whole text; a compound stands at its first part's position.
    pub position: u32,
    /// A compound as a whole; its parts follow.
    pub whole: bool,
}

/// Cuts a text into folded words, one after the other, without allocating for each.
pub struct Cutter<'t> {
    text: &'t str,
    at: usize,
    position: u32,
    /// Folded words of the unit that was cut last.
    folded: String,
    queue: Vec<Queued>,
    next: usize,
    /// Without it words have places and no text.
    folding: bool,
}

#[derive(Debug, Clone, Copy)]
struct Queued {
    folded: (usize, usize),
    span: (usize, usize),
    position: u32,
    whole: bool,
}

impl<'t> Cutter<'t> {
    /// Starts at the beginning of a text.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            position: 0,
            folded: String::new(),
            queue: Vec::new(),
            next: 0,
            folding: true,
        }
    }

    /// Tells only where words are: their texts stay empty, and noise is not left out.
    pub fn without_folding(text: &'t str) -> Self {
        Self {
            folding: false,
            ..Self::new(text)
        }
    }

    /// The next word, or `None` at the end.
    pub fn next_word(&mut self) -> Option<Word<'_>> {
        while self.next == self.queue.len() {
            if !self.cut_unit() {
                return None;
            }
        }
        let queued = self.queue[self.next];
        self.next += 1;
        Some(Word {
            text: &self.folded[queued.folded.0..queued.folded.1],
            start: queued.span.0,
            end: queued.span.1,
            position: queued.position,
            whole: queued.whole,
        })
    }

    /// As [`Word::text`], with capitals as printed, of a word that was cut; `None` where it has none.
    pub fn as_printed(&self, start: usize, end: usize, whole: bool) -> Option<String> {
        as_printed(&self.text[start..end], whole)
    }

    /// Positions taken so far.
    pub fn positions(&self) -> u32 {
        self.position
    }

    /// Cuts the next run of joined characters; false at the end of the text.
    fn cut_unit(&mut self) -> bool {
        self.queue.clear();
        self.folded.clear();
        self.next = 0;
        let Some((start, end)) = self.find_unit() else {
            return false;
        };
        let unit = &self.text[start..end];
        if unit.bytes().all(|b| b.is_ascii_alphanumeric()) {
            self.push(start, end, false);
        } else {
            self.cut_compound(start, unit);
        }
        true
    }

    /// The next run of word characters and joints; breaks on the way take their positions.
    fn find_unit(&mut self) -> Option<(usize, usize)> {
        let mut chars = self.text[self.at..].char_indices().peekable();
        let start = loop {
            let (offset, c) = chars.next()?;
            if c == BREAK {
                self.position += BREAK_POSITIONS;
            } else if c.is_alphanumeric() {
                break self.at + offset;
            }
            if chars.peek().is_none() {
                self.at = self.text.len();
            }
        };
        let bytes = self.text.as_bytes();
        let mut end = start;
        while end < bytes.len() {
            // The common case: ASCII letters and figures.
            if bytes[end].is_ascii_alphanumeric() {
                end += 1;
                continue;
            }
            if bytes[end].is_ascii() && !is_joint(char::from(bytes[end])) {
                break;
            }
            let rest = &self.text[end..];
            let mut following = rest.chars();
            let Some(c) = following.next() else { break };
            let next = following.next();
            let joined = c.is_alphanumeric()
                || is_combining_mark(c)
                || (is_joint(c)
                    && next
                        .is_some_and(|n| joins(self.text[start..end].chars().next_back(), c, n)));
            if !joined {
                break;
            }
            end += c.len_utf8();
        }
        self.at = end;
        Some((start, end))
    }

    fn cut_compound(&mut self, start: usize, unit: &str) {
        if let Some(acronym_end) = acronym(unit) {
            self.push(start, start + acronym_end, false);
            return;
        }
        let unit = unit
            .strip_suffix(['s', 'S'])
            .and_then(|u| u.strip_suffix(is_apostrophe))
            .unwrap_or(unit);
        let parts: Vec<(usize, &str)> = split(unit);
        match parts.as_slice() {
            [] => {}
            [(at, part)] => self.push(start + at, start + at + part.len(), false),
            [(_, _), (_, tail)] if is_contraction(unit, tail) => {
                self.push(start, start + unit.len(), false);
            }
            _ => {
                let position = self.position;
                self.push(start, start + unit.len(), true);
                self.position = position;
                for (at, part) in parts {
                    self.push(start + at, start + at + part.len(), false);
                }
            }
        }
    }

    fn push(&mut self, start: usize, end: usize, whole: bool) {
        let from = self.folded.len();
        if self.folding {
            fold_word(&self.text[start..end], whole, false, &mut self.folded);
        }
        let folded = (from, self.folded.len());
        let length = folded.1 - from;
        if !self.folding || (length > 0 && length <= MAX_WORD_BYTES) {
            let span = (start, end);
            self.queue.push(Queued {
                folded,
                span,
                position: self.position,
                whole,
            });
        }
        self.position += 1;
    }
}

/// Text as typed with its wildcards as [`ANY`] and [`ONE`]: every `*`, and `?` with more of a word behind
/// it; at the end it is a question's.
pub fn veiled(text: &str) -> String {
    let mut chars = text.chars().peekable();
    let mut veiled = String::with_capacity(text.len() + 8);
    while let Some(c) = chars.next() {
        veiled.push(match c {
            '*' => ANY,
            '?' if is_followed(chars.clone()) => ONE,
            _ => c,
        });
    }
    veiled
}

/// More question marks may stand between.
fn is_followed(mut rest: impl Iterator<Item = char>) -> bool {
    rest.find(|c| *c != '?')
        .is_some_and(|c| c.is_alphanumeric() || c == '*')
}

/// Whether some word of a text has wildcards, or one stands between words for a word.
pub fn has_wildcards(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric) && veiled(text).contains([ANY, ONE])
}

/// One word or compound, folded as a whole; `None` for more than one.
pub fn fold_whole(text: &str) -> Option<String> {
    let unit = text.trim_matches(|c: char| !c.is_alphanumeric());
    let inside = |c: char| c.is_alphanumeric() || is_combining_mark(c) || is_joint(c);
    if unit.is_empty() || !unit.chars().all(inside) {
        return None;
    }
    let mut folded = String::with_capacity(unit.len());
    fold_word(unit, true, false, &mut folded);
    Some(folded)
}

/// A word with its capitals, folded otherwise; `None` where it has none.
pub fn as_printed(word: &str, whole: bool) -> Option<String> {
    if !word.chars().any(char::is_uppercase) {
        return None;
    }
    let mut printed = String::with_capacity(word.len());
    fold_word(word, whole, true, &mut printed);
    Some(printed)
}

/// The folded words of a text in order, parts of compounds each for itself.
pub fn folded_words(text: &str) -> Vec<String> {
    let mut cutter = Cutter::new(text);
    let mut words = Vec::new();
    while let Some(word) = cutter.next_word() {
        if !word.whole {
            words.push(word.text.to_owned());
        }
    }
    words
}

/// Positions that a text takes.
pub fn positions(text: &str) -> u32 {
    let mut cutter = Cutter::without_folding(text);
    while cutter.cut_unit() {}
    cutter.positions()
}

/// What tells a speaker apart: the last word of the family name, folded. Particles fall, since `de
/// Gaulle` and `Gaulle` are one.
pub fn speaker_key(name: &str) -> String {
    let family = surname(name);
    let last = family.split_whitespace().next_back().unwrap_or_default();
    fold_value(last)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

fn is_joint(c: char) -> bool {
    is_apostrophe(c) || is_hyphen(c) || matches!(c, '/' | '.' | ':' | ',' | '&')
}

/// Whether a joint between two characters makes them one unit.
fn joins(before: Option<char>, joint: char, after: char) -> bool {
    let Some(before) = before else { return false };
    let figures = before.is_ascii_digit() && after.is_ascii_digit();
    match joint {
        '.' => figures || (before.is_alphabetic() && after.is_alphabetic()),
        ':' | ',' => figures,
        _ => after.is_alphanumeric(),
    }
}

/// The parts between joints. A dot between words (`end.The`) divides them as a space does; a comma
/// between figures (`15,000`) does not divide.
fn split(unit: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, c) in unit.char_indices() {
        if c != ',' && is_joint(c) {
            parts.push((from, &unit[from..at]));
            from = at + c.len_utf8();
        }
    }
    parts.push((from, &unit[from..]));
    parts.retain(|(_, part)| !part.is_empty());
    parts
}

/// The byte length of `U.S.S.R`, `p.m` at the beginning of a unit that is nothing else.
fn acronym(unit: &str) -> Option<usize> {
    let body = unit
        .strip_suffix(['s', 'S'])
        .and_then(|u| u.strip_suffix(is_apostrophe))
        .unwrap_or(unit);
    let mut letters = 0;
    for part in body.split('.') {
        let mut chars = part.chars();
        if !(chars.next()?.is_alphabetic() && chars.next().is_none()) {
            return None;
        }
        letters += 1;
    }
    (letters >= 2).then_some(body.len())
}

/// `don't`, `we'll`: one word.
fn is_contraction(unit: &str, tail: &str) -> bool {
    unit.chars().any(is_apostrophe)
        && matches!(
            tail.to_ascii_lowercase().as_str(),
            "t" | "ll" | "re" | "ve" | "d" | "m"
        )
}

/// Folds a word; joints fall, except in a whole compound with figures, which keeps them in one spelling; and
/// so do capitals, if they are to stay.
fn fold_word(word: &str, whole: bool, cased: bool, folded: &mut String) {
    let keeps = whole && word.bytes().any(|b| b.is_ascii_digit());
    for c in word.chars() {
        if cased && c.is_uppercase() {
            let from = folded.len();
            fold_char(c, folded);
            let capital = folded[from..].to_uppercase();
            folded.replace_range(from.., &capital);
        } else if c.is_ascii_alphanumeric() {
            folded.push(c.to_ascii_lowercase());
        } else if c == ',' {
        } else if is_joint(c) {
            match c {
                _ if !keeps => {}
                _ if is_hyphen(c) => folded.push('-'),
                _ => folded.push(c),
            }
        } else {
            fold_char(c, folded);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> String {
        let mut cutter = Cutter::new(text);
        let mut out = Vec::new();
        while let Some(word) = cutter.next_word() {
            let mark = if word.whole { "*" } else { "" };
            out.push(format!("{}{mark}@{}", word.text, word.position));
        }
        out.join(" ")
    }

    #[test]
    fn words_and_compounds() {
        for (text, expected) in [
            ("The Soviet Unionʼs note", "the@0 soviet@1 union@2 note@3"),
            (
                "U.S. and U.S.S.R., 3:30 p.m.",
                "us@0 and@1 ussr@2 3:30*@3 3@3 30@4 pm@5",
            ),
            ("NATO-Warsaw Pact", "natowarsaw*@0 nato@0 warsaw@1 pact@2"),
            ("non–aggression", "nonaggression*@0 non@0 aggression@1"),
            ("NSC-68", "nsc-68*@0 nsc@0 68@1"),
            ("611.00/5-1250", "611.00/5-1250*@0 611@0 00@1 5@2 1250@3"),
            (
                "Khrushchëv said 15,000 or 8.6 percent",
                "khrushchev@0 said@1 15000@2 or@3 8.6*@4 8@4 6@5 percent@6",
            ),
            (
                "don't O'Neill’s d'Orsay",
                "dont@0 oneill*@1 o@1 neill@2 dorsay*@3 d@3 orsay@4",
            ),
            (
                "end.The L.B.Zahnovsky",
                "endthe*@0 end@0 the@1 lbzahnovsky*@2 l@2 b@3 zahnovsky@4",
            ),
            ("a\u{2029}b", "a@0 b@101"),
            (
                "Léopoldville Straße Łódź",
                "leopoldville@0 strasse@1 lodz@2",
            ),
            ("Ἀθῆναι Москва", "αθηναι@0 москва@1"),
            ("", ""),
            ("... -- !", ""),
        ] {
            assert_eq!(cut(text), expected, "{text}");
        }
    }

    #[test]
    fn wildcards_are_letters() {
        let shown = |text: &str| {
            let veiled = veiled(text).replace(ANY, "%").replace(ONE, "_");
            (has_wildcards(text), veiled)
        };
        for (text, wild, expected) in [
            ("missil*", true, "missil%"),
            ("t??t", true, "t__t"),
            ("Who said so?", false, "Who said so?"),
            ("*", false, "%"),
            ("test * treaty", true, "test % treaty"),
        ] {
            assert_eq!(shown(text), (wild, expected.to_owned()), "{text}");
        }
        assert_eq!(
            cut(&veiled("Atomic bomb*")),
            format!("atomic@0 bomb{ANY}@1")
        );
        let whole = |text: &str| fold_whole(&veiled(text));
        assert_eq!(whole("Non-agg*"), Some(format!("nonagg{ANY}")));
        assert_eq!(whole("611.61/11-*,"), Some(format!("611.61/11-{ANY}")));
        assert_eq!(whole("a b"), None);
    }

    #[test]
    fn capitals_can_stay() {
        for (word, printed) in [
            ("SALT", Some("SALT")),
            ("salt", None),
            ("Khrushch\u{eb}v", Some("Khrushchev")),
            ("\u{c9}tat", Some("Etat")),
            ("U.S", Some("US")),
        ] {
            assert_eq!(as_printed(word, false).as_deref(), printed, "{word}");
        }
    }

    #[test]
    fn speakers_have_keys() {
        for (name, key) in [
            ("Dobrynin, Anatoly F.", "dobrynin"),
            ("Ambassador Thompson", "thompson"),
            ("President de Gaulle", "gaulle"),
            ("De Gaulle", "gaulle"),
            ("Khrushchëv", "khrushchev"),
            ("O\u{2019}Neill", "oneill"),
            ("…", ""),
        ] {
            assert_eq!(speaker_key(name), key, "{name}");
        }
    }

    #[test]
    fn noise_takes_its_position() {
        assert_eq!(cut(&format!("a {} b", "x".repeat(300))), "a@0 b@2");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn spans_lie_in_the_text_and_positions_never_fall(text in "\\PC{0,80}") {
            let mut cutter = Cutter::new(&text);
            let mut last = 0;
            while let Some(word) = cutter.next_word() {
                prop_assert!(text.is_char_boundary(word.start) && text.is_char_boundary(word.end));
                prop_assert!(word.start < word.end && word.position >= last);
                last = word.position;
            }
            prop_assert_eq!(positions(&text), cutter.positions());
        }

        #[test]
        fn folding_is_stable(text in "\\PC{0,40}") {
            let once = fold_value(&text);
            prop_assert_eq!(fold_value(&once), once.clone());
        }
    }
}
