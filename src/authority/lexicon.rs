//! Names of several words, found in running text in one pass.

use std::collections::HashMap;

use crate::record::{fold_char, is_apostrophe};

/// Names, each with what it stands for.
#[derive(Debug, Clone)]
pub struct Lexicon<T> {
    /// First folded word > the names that begin with it, longest first.
    entries: HashMap<String, Vec<Entry<T>>>,
    /// Names of things stand in small letters too.
    any_case: bool,
}

#[derive(Debug, Clone)]
struct Entry<T> {
    /// The words behind the first, folded.
    rest: Vec<String>,
    /// Printed in capitals throughout: `US` is not `us`.
    shouted: bool,
    meaning: T,
}

/// A name in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<T> {
    /// What it stands for.
    pub meaning: T,
    /// Where it stands, in bytes.
    pub span: (usize, usize),
}

impl<T> Default for Lexicon<T> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            any_case: false,
        }
    }
}

impl<T: Copy> Lexicon<T> {
    /// Of names that may begin with a small letter.
    pub fn in_any_case() -> Self {
        Self {
            any_case: true,
            ..Self::default()
        }
    }

    /// Adds a name; the first meaning of a name stays.
    pub fn add(&mut self, name: &str, meaning: T) {
        let mut words: Vec<String> = Words::of(name).map(fold).collect();
        if words.is_empty() {
            return;
        }
        let first = words.remove(0);
        let own = self.entries.entry(first).or_default();
        if !own.iter().any(|entry| entry.rest == words) {
            own.push(Entry {
                shouted: is_shouted(name),
                rest: words,
                meaning,
            });
            own.sort_by_key(|entry| std::cmp::Reverse(entry.rest.len()));
        }
    }

    /// Every name in a text, the longest at each place.
    pub fn find(&self, text: &str) -> Vec<Found<T>> {
        let mut found = Vec::new();
        let mut folded = String::new();
        let mut words = Words::of(text);
        while let Some(first) = words.next() {
            if !self.any_case && !first.starts_with(char::is_uppercase) {
                continue;
            }
            folded.clear();
            push_folded(first, &mut folded);
            let Some(own) = self.entries.get(&folded) else {
                continue;
            };
            let meant = own.iter().find(|entry| {
                let mut behind = words.clone();
                let mut follows =
                    |want: &String| behind.next().is_some_and(|word| fold(word) == *want);
                (!entry.shouted || is_shouted(first)) && entry.rest.iter().all(&mut follows)
            });
            if let Some(entry) = meant {
                let start = words.at - first.len();
                for _ in &entry.rest {
                    words.next();
                }
                found.push(Found {
                    meaning: entry.meaning,
                    span: (start, words.at),
                });
            }
        }
        found
    }
}

fn is_shouted(name: &str) -> bool {
    name.chars().all(|c| !c.is_lowercase())
}

/// Words of letters and figures, with dots and apostrophes inside; hyphens part them.
#[derive(Debug, Clone)]
pub struct Words<'t> {
    text: &'t str,
    /// Behind the word given last, in bytes.
    at: usize,
}

impl<'t> Words<'t> {
    /// Of a text.
    pub fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }
}

impl<'t> Iterator for Words<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let start = self.at + self.text[self.at..].find(char::is_alphanumeric)?;
        let mut end = start;
        let mut chars = self.text[start..].chars().peekable();
        while let Some(c) = chars.next() {
            let joins = (c == '.' || is_apostrophe(c))
                && chars.peek().is_some_and(|next| next.is_alphanumeric());
            if !c.is_alphanumeric() && !joins {
                break;
            }
            end += c.len_utf8();
        }
        self.at = end;
        Some(&self.text[start..end])
    }
}

fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    push_folded(word, &mut folded);
    folded
}

/// Folded, without dots and possessive ending: `U.S.S.R.'s` > `ussr`.
fn push_folded(word: &str, folded: &mut String) {
    word.chars()
        .filter(|c| *c != '.')
        .for_each(|c| fold_char(c, folded));
    if let Some(bare) = folded.strip_suffix("'s") {
        folded.truncate(bare.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_is_found() {
        let mut lexicon = Lexicon::default();
        lexicon.add("Kestria", 1);
        lexicon.add("East Kestria", 2);
        lexicon.add("U.K.S.", 3);
        let text = "In East Kestria, not in Kestriaʼs harbor; the U.K.S. said so in kestria.";
        let found = lexicon.find(text);
        let found: Vec<_> = found
            .iter()
            .map(|f| (f.meaning, &text[f.span.0..f.span.1]))
            .collect();
        assert_eq!(found, [(2, "East Kestria"), (1, "Kestriaʼs"), (3, "U.K.S")]);
    }
}
