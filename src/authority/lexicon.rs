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

/// A name in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<T> {
    /// What it stands for.
    pub meaning: T,
    /// Words before it in the text.
    pub at: usize,
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
    pub fn find(&self, text: &str) -> Vec<Found<T>> {
        let words: Vec<&str> = cut(text).collect();
        let mut found = Vec::new();
        let mut folded = String::new();
        let mut at = 0;
        while at < words.len() {
            let mut taken = 1;
            if self.any_case || words[at].starts_with(char::is_uppercase) {
                folded.clear();
                push_folded(words[at], &mut folded);
                let meant = self.entries.get(&folded).and_then(|own| {
                    own.iter().find(|entry| {
                        entry.rest.len() < words.len() - at
                            && (!entry.shouted || is_shouted(words[at]))
                            && entry
                                .rest
                                .iter()
                                .zip(&words[at + 1..])
                                .all(|(want, word)| fold(word) == *want)
                    })
                });
                if let Some(entry) = meant {
                    found.push(Found {
                        meaning: entry.meaning,
                        at,
                    });
                    taken += entry.rest.len();
                }
            }
            at += taken;
        }
        found
    }
}

fn is_shouted(name: &str) -> bool {
    name.chars().all(|c| !c.is_lowercase())
}

/// Words of letters, figures and dots; hyphens part them.
fn cut(text: &str) -> impl Iterator<Item = &str> {
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
        let found: Vec<_> = lexicon
            .find("In East Kestria, not in Kestriaʼs harbor; the UKS said so in kestria.")
            .into_iter()
            .map(|f| (f.meaning, f.at))
            .collect();
        assert_eq!(found, [(2, 1), (1, 5), (3, 8)]);
    }
}
