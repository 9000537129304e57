//! Verbs of saying: `index_schema/vocabularies/saying.toml` as a table.

use std::{collections::HashMap, sync::LazyLock};

use crate::schema::schema;

/// What a verb tells of its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Speaks.
    Say,
    /// Asks.
    Ask,
    /// Answers.
    Answer,
    /// Thinks aloud.
    Think,
    /// Speaks, and of several: they talk with each other.
    Confer,
    /// Does something and says nothing.
    Act,
}

/// The vocabulary, by first word.
pub struct Verbs {
    single: HashMap<&'static str, Verb>,
    /// First word > second word and what the two tell.
    double: HashMap<&'static str, Vec<(&'static str, Verb)>>,
    talk: Vec<&'static str>,
}

static VERBS: LazyLock<Verbs> = LazyLock::new(Verbs::read);

/// How far behind its first word the second of two may stand.
const REACH: usize = 4;

/// Past forms that no rule makes.
const IRREGULAR: &[(&str, &str)] = &[
    ("say", "said"),
    ("tell", "told"),
    ("think", "thought"),
    ("feel", "felt"),
    ("speak", "spoke"),
    ("begin", "began"),
    ("leave", "left"),
    ("come", "came"),
    ("meet", "met"),
    ("deny", "denied"),
    ("reply", "replied"),
    ("go", "went"),
    ("make", "made"),
    ("take", "took"),
    ("put", "put"),
    ("see", "saw"),
    ("hold", "held"),
    ("understand", "understood"),
    ("give", "gave"),
    ("draw", "drew"),
    ("refer", "referred"),
    ("bring", "brought"),
    ("admit", "admitted"),
    ("plead", "pleaded"),
    ("call", "called"),
    ("read", "read"),
    ("clarify", "clarified"),
    ("specify", "specified"),
    ("imply", "implied"),
    ("justify", "justified"),
];

impl Verbs {
    /// The table.
    pub fn table() -> &'static Self {
        &VERBS
    }

    fn read() -> Self {
        let mut verbs = Self {
            single: HashMap::new(),
            double: HashMap::new(),
            talk: Vec::new(),
        };
        for entry in &schema().vocabulary("saying").entries {
            let verb = match entry.slug.as_str() {
                "say" => Verb::Say,
                "ask" => Verb::Ask,
                "answer" => Verb::Answer,
                "think" => Verb::Think,
                "confer" => Verb::Confer,
                "act" => Verb::Act,
                _ => {
                    verbs.talk.extend(entry.aliases.iter().map(String::as_str));
                    continue;
                }
            };
            for alias in &entry.aliases {
                match alias.split_once(' ') {
                    Some((first, second)) => {
                        verbs.double.entry(first).or_default().push((second, verb));
                    }
                    None => {
                        verbs.single.insert(alias, verb);
                    }
                }
            }
        }
        verbs
    }

    /// What the verb at the head of `words` tells; lower-case words. `made no comment` says nothing.
    pub fn find(&self, words: &[&str]) -> Option<Verb> {
        let first = *words.first()?;
        let behind = &words[1..words.len().min(1 + REACH)];
        if let Some(pairs) = self.double.get(first) {
            for (at, word) in behind.iter().enumerate() {
                if let Some((_, verb)) = pairs.iter().find(|(second, _)| second == word) {
                    let denied = behind[..at].iter().any(|w| matches!(*w, "no" | "not"));
                    return Some(if denied { Verb::Act } else { *verb });
                }
            }
        }
        if matches!(first, "made" | "raised" | "gave" | "offered") && behind.first() == Some(&"no")
        {
            return Some(Verb::Act);
        }
        self.single.get(first).copied()
    }

    /// As [`Verbs::find`] for the form behind `did` or `to`: `mention`, `say`.
    pub fn find_base(&self, words: &[&str]) -> Option<Verb> {
        let base = *words.first()?;
        let irregular = IRREGULAR
            .iter()
            .find(|(b, _)| *b == base)
            .map(|(_, past)| (*past).to_owned());
        let regular = if base.ends_with('e') {
            format!("{base}d")
        } else {
            format!("{base}ed")
        };
        let past = irregular.unwrap_or(regular);
        let mut again: Vec<&str> = words.to_vec();
        again[0] = &past;
        self.find(&again)
    }

    /// Whether a lower-case word is a noun of the talk itself.
    pub fn is_talk(&self, word: &str) -> bool {
        self.talk.contains(&word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> Option<Verb> {
        Verbs::table().find(&text.split(' ').collect::<Vec<_>>())
    }

    #[test]
    fn verbs_tell_what_their_subjects_do() {
        assert_eq!(find("said that"), Some(Verb::Say));
        assert_eq!(find("made the same point"), Some(Verb::Say));
        assert_eq!(find("made no comment"), Some(Verb::Act));
        assert_eq!(find("made a chair"), None);
        assert_eq!(find("went on to say"), Some(Verb::Say));
        assert_eq!(
            Verbs::table().find_base(&["mention", "it"]),
            Some(Verb::Say)
        );
        assert_eq!(Verbs::table().find_base(&["reply"]), Some(Verb::Answer));
    }
}
