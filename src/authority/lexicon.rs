//! Names of several words, found in running text in one pass.

use std::collections::HashMap;

use crate::record::{fold_char, is_apostrophe};

/// Names, each with what it stands for.
#[derive(Debug, Clone)]
pub struct Lexicon<T> {
    /// First folded word > the words behind it, and the meaning; longest first.
    entries: HashMap<String, Vec<Entry<T>>>,
    /// Names of things stand in small letters too.
    any_case: bool,
}

impl<T> Default for Lexicon<T> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            any_case: false,
        }
    }
}

#[derive(Debug, Clone)]
struct Entry<T> {
    /// The words behind the first.
    rest: Vec<String>,
    /// Printed in capitals throughout: `US` is not `us`.
    shouted: bool,
    meaning: T,
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
        let mut words: Vec<String> = cut(name).map(fold).collect();
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
    pub fn find(&self, text: &str) -> Vec<T> {
        let mut found = Vec::new();
        let mut folded = String::new();
        let mut words = cut(text);
        while let Some(word) = words.next() {
            if !self.any_case && !word.starts_with(char::is_uppercase) {
                continue;
            }
            folded.clear();
            push_folded(word, &mut folded);
            let Some(own) = self.entries.get(&folded) else {
                continue;
            };
            let meant = own.iter().find(|entry| {
                let mut behind = words.clone();
                (!entry.shouted || is_shouted(word))
                    && entry
                        .rest
                        .iter()
                        .all(|want| behind.next().is_some_and(|word| fold(word) == *want))
            });
            if let Some(entry) = meant {
                found.push(entry.meaning);
                for _ in &entry.rest {
                    words.next();
                }
            }
        }
        found
    }
}

fn is_shouted(name: &str) -> bool {
    name.chars().all(|c| !c.is_lowercase())
}

/// Words of letters, figures and dots; hyphens part them.
fn cut(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split(|c: char| !(c.is_alphanumeric() || c == '.' || is_apostrophe(c)))
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|w| !w.is_empty())
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
        let found =
            lexicon.find("In East Kestria, not in Kestriaʼs harbor; the UKS said so in kestria.");
        assert_eq!(found, [2, 1, 3]);
    }
}
