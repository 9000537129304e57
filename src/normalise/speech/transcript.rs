//! Verbatim transcripts: `MR. MOSS: ...`, `The Secretary: ...`, `K: ... P: ...`.

use std::{collections::HashMap, sync::LazyLock};

use regex::Regex;

use super::{
    MAX_CAST,
    cast::{Cast, Member},
    is_told,
    words::words,
};
use crate::{
    normalise::pattern,
    record::{Form, Passage, surname, without_titles},
};

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<label>(?:The )?(?:[A-Z][\w.'’ʼ-]*\.? ?){1,5}|[A-Z]{1,3})\s?:\s")
});

/// Paragraphs that must begin with a speaker's name, at least, and their share of all.
const LABELLED: (usize, usize) = (4, 3);

/// Words before a colon that name no speaker.
const NO_NAMES: &[&str] = &[
    "subject",
    "note",
    "comment",
    "source",
    "question",
    "answer",
    "summary",
    "action",
    "participants",
    "present",
    "place",
    "date",
    "time",
    "reference",
    "part",
    "annex",
    "tab",
    "text",
    "conclusion",
    "recommendation",
];

/// Whether the paragraphs begin with the names of their speakers, each of several again and again.
pub fn is_transcript(passages: &[Passage]) -> bool {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut all = 0;
    for passage in passages.iter().filter(|p| is_told(p)) {
        all += 1;
        if let Some(label) = label(&passage.text) {
            *counts.entry(label).or_default() += 1;
        }
    }
    let labelled: usize = counts.values().sum();
    let again = counts.values().filter(|n| **n >= 2).count();
    labelled >= LABELLED.0 && labelled * LABELLED.1 >= all && again >= 2
}

/// Every paragraph to the one who is named before it; those between stay with the speaker before.
pub fn attribute(mut passages: Vec<Passage>, cast: &mut Cast) -> Vec<Passage> {
    let mut now: Option<usize> = None;
    let mut before: Option<usize> = None;
    for passage in &mut passages {
        if passage.form == Form::Heading {
            now = None;
        }
        if !is_told(passage) {
            continue;
        }
        if names_nobody(&passage.text) {
            now = None;
        } else if let Some(label) = label(&passage.text) {
            let next = member(label, cast);
            if next != now {
                before = now;
            }
            now = next;
        } else if passage.text.starts_with(['[', '(']) {
            continue;
        }
        passage.speaker = now.map(|m| cast.called(m).to_owned());
        passage.addressee = now
            .and_then(|m| cast.other_than(m).or(before.filter(|b| *b != m)))
            .map(|m| cast.called(m).to_owned());
    }
    passages
}

/// The speaker's name before the colon.
fn label(text: &str) -> Option<&str> {
    label_of(text).filter(|label| !is_no_name(label))
}

/// `Note: ...`, `Question: ...`: somebody else's words, and nobody's name.
fn names_nobody(text: &str) -> bool {
    label_of(text).is_some_and(is_no_name)
}

fn label_of(text: &str) -> Option<&str> {
    let label = LABEL.captures(text)?.name("label")?.as_str().trim();
    (label.len() <= MAX_LABEL).then_some(label)
}

/// In bytes.
const MAX_LABEL: usize = 80;

fn is_no_name(label: &str) -> bool {
    let first = label.split([' ', '.']).next().unwrap_or_default();
    NO_NAMES.contains(&first.to_lowercase().as_str())
}

/// The member that a label names; who is not yet of the cast joins it.
fn member(label: &str, cast: &mut Cast) -> Option<usize> {
    let printed = words(label);
    if let Some((Ok(member), _)) = cast.named(&printed, 0) {
        return Some(member);
    }
    if let Some((holders, _)) = cast.office(&printed, 0, true)
        && let [one] = holders[..]
    {
        return Some(one);
    }
    let initials: String = label.chars().filter(|c| c.is_alphabetic()).collect();
    if initials.len() <= 3 && initials.chars().all(char::is_uppercase) {
        return by_initials(&initials, cast);
    }
    let name = in_title_case(label);
    let surname = surname(without_titles(&name));
    let room = cast.members().len() < MAX_CAST;
    (room && !surname.is_empty()).then(|| {
        cast.admit(Member {
            name,
            surname,
            ..Member::default()
        })
    })
}

/// `K`, or `HAK`: the only member whose family name begins so. A single letter may stand for an office too.
fn by_initials(initials: &str, cast: &Cast) -> Option<usize> {
    let family = initials.chars().last()?;
    if initials.len() == 1 && cast.has_office_in(family) {
        return None;
    }
    let mut fitting = cast
        .present()
        .filter(|m| cast.members()[*m].surname.starts_with(family));
    fitting.next().filter(|_| fitting.next().is_none())
}

fn in_title_case(label: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        let head: String = chars.next().into_iter().collect();
        let shouted = word.chars().count() > 1 && word.chars().all(|c| !c.is_lowercase());
        if shouted {
            head + &chars.as_str().to_lowercase()
        } else {
            word.to_owned()
        }
    };
    label
        .split_whitespace()
        .map(word)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speakers_stand_before_colons() {
        let texts = [
            "MR. MOSS: Where is the herring?",
            "The Secretary: In the harbor.",
            "MR. MOSS: All of it?",
            "It was more last year.",
            "The Secretary: All of it.",
        ];
        let passages: Vec<Passage> = texts
            .iter()
            .map(|text| Passage {
                text: (*text).into(),
                ..Passage::default()
            })
            .collect();
        assert!(is_transcript(&passages));
        let mut cast = Cast::new(vec![Member {
            name: "The Secretary".into(),
            surname: "Tennant".into(),
            ..Member::default()
        }]);
        let told = attribute(passages, &mut cast);
        let speakers: Vec<_> = told.iter().map(|p| p.speaker.as_deref().unwrap()).collect();
        assert_eq!(speakers, ["Moss", "Tennant", "Moss", "Moss", "Tennant"]);
        assert_eq!(told[0].addressee.as_deref(), Some("Tennant"));
    }
}
