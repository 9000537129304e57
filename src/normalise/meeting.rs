//! Who met, where no list tells: from the words in which a telegram, diary or note speaks of the meeting.
//!
//! `my conversation with Vorel`, `Vorel told me`, `attended by Moss, Quill and Zahn`, `Moss met with Vorel`.

use std::sync::LazyLock;

use regex::Regex;

use super::{countries, pattern};
use crate::record::{Form, Passage, PassageKind, surname, without_titles};

/// A name, perhaps with its title.
const NAME: &str = r"(?:(?:the )?(?:(?:Soviet|British|French|German|Foreign|Prime|Vice|First|Under|Deputy|Dep|Fon|Acting) )*(?:President|Ambassador|Amb|Minister|Min|Secretary|Chairman|Premier|Chancellor|General|Marshal|Admiral|Senator|Governor|Director|Professor|Mr\.|Mrs\.|Dr\.|Lord|Sir) (?:(?:[A-Z]\.|[A-Z][a-zé]+) ){0,2}(?:de |De |von |van )?[A-Z][\w'’ʼ-]+|(?:(?:[A-Z]\.|[A-Z][a-zé]+) ){0,2}[A-Z][a-zé][\w'’ʼ-]+)";

/// What people do who meet.
const TALK: &str = "(?:conversation|talk|meeting|luncheon|lunch|dinner|breakfast|session|discussion|interview|visit|audience|exchange)s?";

/// A letter, as far as names in these records have them: all of Unicode makes the patterns large.
const LETTER: &str = "[A-Za-z0-9À-ž]";

fn lettered(text: &str) -> Regex {
    pattern(&text.replace(r"\w", LETTER))
}

fn named(text: &str) -> Regex {
    lettered(
        &text
            .replace("NAME", &format!("(?P<name>{NAME})"))
            .replace("TALK", TALK),
    )
}

/// The writer meets somebody.
static WITH_ME: LazyLock<[Regex; 7]> = LazyLock::new(|| {
    [
        named(r"\b[Aa]t (?:the )?NAME[’ʼ']s invitation, (?:and \w+ )?I\b"),
        named(r"\b(?:[Dd]uring|[Ii]n|[Aa]t|[Aa]fter) (?:\w+ ){0,4}TALK with NAME"),
        named(
            r"\b(?:response|reply|answer) (?:to )?my (?:\w+ ){0,3}(?:inquiry|question|query)(?: \([^)]*\))?,? NAME",
        ),
        named(r"\b(?:[Mm]y|[Oo]ur) (?:\w+ ){0,3}TALK (?:\w+ ){0,4}with NAME"),
        named(r"\bI (?:have |had |also |then )?(?:\w+ ){0,6}?TALK (?:\w+ ){0,4}with NAME"),
        named(
            r"\bI (?:\w+ )?(?:saw|met|met with|called on|lunched with|dined with|spoke to|spoke with|talked to|talked with|mentioned to|told|asked|said to|took up with) NAME",
        ),
        named(
            r"\bNAME(?:,[^,.;]{1,60},)? (?:told|asked|invited|informed|received|called on|approached|assured|reminded|said to|remarked to|mentioned to) me\b",
        ),
    ]
});
/// Others meet.
static TOGETHER: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    let pair = |text: &str| {
        lettered(
            &text
                .replace("NAME1", &format!("(?P<one>{NAME})"))
                .replace("NAME2", &format!("(?P<name>{NAME})"))
                .replace("TALK", TALK),
        )
    };
    [
        pair(
            r"\bNAME1 (?:also |then |again )?(?:met with|lunched with|dined with|called on|spoke with|talked with|conferred with) NAME2",
        ),
        pair(r"\b(?:reports?|says?|said) NAME2 told (?:him|her)\b"),
        pair(r"\bTALK between NAME1 and NAME2"),
        pair(r"\bNAME1(?:[’ʼ']s?)? (?:\w+ ){0,2}TALK with NAME2"),
    ]
});
/// A meeting of several, all named in a row.
static ATTENDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:attended by|those present (?:were|included)|[Pp]resent were) (?P<names>[^.;]{3,300})",
    )
});
/// A meeting at which several speak.
static ASSEMBLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:[Ii]n|[Aa]t|[Dd]uring) (?:a|the|his|an) (?:\w+ ){0,4}(?:meeting|conversation|luncheon|session|discussion)\b",
    )
});
static SPOKE: LazyLock<Regex> = LazyLock::new(|| {
    named(
        r"(?:^|[.”’] |, |and )NAME,? [“]?(?:said|replied|asked|stated|remarked|noted|suggested|added|argued|urged|agreed|commented|pointed out|observed|believed|reported|indicated) ?[“]?",
    )
});
static OFFICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b[Tt]he (?P<office>President|Secretary|Vice President|Prime Minister|Chancellor) [“]?(?:said|replied|asked|stated|remarked|noted|suggested|added|agreed|commented|indicated|recognized|again|and)\b",
    )
});
static COMPANIONS: LazyLock<Regex> = LazyLock::new(|| {
    lettered(&format!(
        r"\b(?:arrived with|came with|accompanied by) (?P<one>{NAME})(?:,? and (?:with |by )?(?P<other>{NAME}))?"
    ))
});
static PARTICIPANT: LazyLock<Regex> = LazyLock::new(|| named(r"\bone of the participants, NAME"));

/// Who came with those who are named: `arrived with Mr. Moss and with Mr. Quill`.
pub fn companions(passages: &[Passage]) -> Vec<String> {
    let mut met = Met::default();
    let told = |p: &&Passage| p.kind == PassageKind::Body && p.form == Form::Paragraph;
    for passage in passages.iter().filter(told) {
        for found in COMPANIONS.captures_iter(&passage.text) {
            met.add(&found["one"]);
            if let Some(other) = found.name("other") {
                met.add(other.as_str());
            }
        }
    }
    met.names
}

/// Who met, as named; `author` is the writer.
pub fn read(passages: &[Passage], kind: &str, author: Option<&str>) -> Vec<String> {
    let told = |p: &&Passage| {
        p.kind == PassageKind::Body && matches!(p.form, Form::Paragraph | Form::Item | Form::Quote)
    };
    let texts: Vec<&str> = passages
        .iter()
        .filter(told)
        .map(|p| p.text.as_str())
        .collect();
    let mut met = Met::default();
    let own = author.filter(|_| kind != "editorial-note");
    if let Some(author) = own {
        let first_person = texts.iter().take(OWN).filter(|t| FIRST_PERSON.is_match(t));
        let others: Vec<&str> = first_person
            .flat_map(|t| WITH_ME.iter().flat_map(|p| p.captures_iter(t)))
            .filter_map(|c| c.name("name").map(|m| m.as_str()))
            .collect();
        if !others.is_empty() {
            met.add(author);
            others.iter().for_each(|name| met.add(name));
        }
    }
    for text in texts.iter().take(OPENING).filter(|t| CUE.is_match(t)) {
        for found in TOGETHER.iter().flat_map(|p| p.captures_iter(text)) {
            let one = found.name("one").map(|m| m.as_str());
            let reporter = one.or_else(|| found.get(0).and_then(|m| last_name(&text[..m.start()])));
            if let (Some(one), Some(other)) = (reporter, found.name("name")) {
                met.add(one);
                met.add(other.as_str());
            }
        }
        for found in ATTENDED.captures_iter(text) {
            for name in found["names"]
                .split([','])
                .flat_map(|part| part.split(" and "))
            {
                met.add_listed(name.trim());
            }
        }
    }
    let assembled = texts.iter().take(OPENING).any(|t| ASSEMBLY.is_match(t));
    if kind == "editorial-note" && assembled {
        for text in &texts {
            PARTICIPANT
                .captures_iter(text)
                .chain(SPOKE.captures_iter(text))
                .for_each(|c| met.add(&c["name"]));
            OFFICE
                .captures_iter(text)
                .for_each(|c| met.add(&format!("The {}", &c["office"])));
        }
    }
    met.names
}

/// Paragraphs in which a record tells that people met.
const OPENING: usize = 3;

/// Paragraphs in which the writer tells of a meeting of his own.
const OWN: usize = 8;

/// Without one of these nobody meets: the patterns that look for names are slower.
static CUE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&r"met with|lunched|dined|called on|spoke with|talked with|conferred| told h|attended by|present|TALK (?:between|with)".replace("TALK", TALK))
});
static FIRST_PERSON: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:I|me|[Mm]y|[Oo]ur)\b"));

/// The last name in a text: `Herring merchant Quill ` > `Quill`.
fn last_name(text: &str) -> Option<&str> {
    text.split_whitespace()
        .next_back()
        .filter(|w| w.starts_with(char::is_uppercase))
}

/// The most people of whom a text tells that they met.
const MOST: usize = 60;

#[derive(Default)]
struct Met {
    names: Vec<String>,
}

impl Met {
    fn add(&mut self, name: &str) {
        let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
        let name = name
            .strip_suffix("ʼs")
            .or_else(|| name.strip_suffix("’s"))
            .unwrap_or(name);
        let family = surname(without_titles(name));
        let full = self.names.len() >= MOST;
        let known = self
            .names
            .iter()
            .any(|n| surname(without_titles(n)) == family);
        if !full && !known && is_person(name, &family) {
            self.names.push(name.to_owned());
        }
    }

    /// A part of a list: a name, or an office with its article.
    fn add_listed(&mut self, part: &str) {
        let words = part.split_whitespace().count();
        if (1..=5).contains(&words)
            && part
                .split_whitespace()
                .next_back()
                .is_some_and(|w| w.starts_with(char::is_uppercase))
        {
            self.add(part);
        }
    }
}

/// Words with a capital that are no person's name.
const NOBODY: &[&str] = &[
    "Department",
    "Embassy",
    "Ministry",
    "Government",
    "Foreign",
    "Soviet",
    "Soviets",
    "American",
    "Party",
    "Council",
    "Committee",
    "Congress",
    "Senate",
    "House",
    "State",
    "Office",
    "Deptel",
    "Embtel",
    "Berlin",
    "Western",
    "West",
    "East",
    "Allies",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "This",
    "That",
    "These",
    "Those",
    "They",
    "There",
    "When",
    "What",
    "Who",
    "While",
    "After",
    "Before",
    "However",
    "Both",
    "Some",
    "Most",
    "Many",
    "Such",
    "Nothing",
    "Everyone",
    "Press",
    "Board",
    "Union",
    "Cabinet",
    "Ministers",
    "Ambassadors",
    "He",
    "She",
    "It",
    "We",
    "One",
    "Another",
    "His",
    "Her",
    "My",
    "Our",
    "Their",
    "Communist",
    "Chinese",
    "Communists",
    "Policy",
    "Group",
    "They",
    "Please",
    "Section",
    "Messrs",
    "Delegation",
    "Mission",
    "NATO",
];

/// Whether a name with capitals is that of a person.
pub fn is_person(name: &str, family: &str) -> bool {
    let office_alone = name.starts_with("The ") || name.starts_with("the ");
    !family.is_empty()
        && family.chars().any(char::is_lowercase)
        && (office_alone
            || !matches!(
                family,
                "President"
                    | "Secretary"
                    | "Ambassador"
                    | "Minister"
                    | "Chairman"
                    | "General"
                    | "Premier"
            ))
        && !NOBODY.contains(&family)
        && !name
            .split_whitespace()
            .next()
            .is_some_and(|first| NOBODY.contains(&first) && first != "Soviet" && first != "Foreign")
        && !countries::is_place(family)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(kind: &str, author: Option<&str>, text: &str) -> Vec<String> {
        let passage = Passage {
            text: text.into(),
            ..Passage::default()
        };
        read(&[passage], kind, author)
    }

    #[test]
    fn those_who_met_are_named() {
        for (kind, author, text, want) in [
            (
                "telegram",
                Some("Moss"),
                "Herewith a few points from my long talk on Tuesday with Vorel.",
                &["Moss", "Vorel"][..],
            ),
            (
                "telegram",
                Some("Moss"),
                "Ambassador Vorel told me that the harbor was closed.",
                &["Moss", "Ambassador Vorel"],
            ),
            (
                "telegram",
                Some("Moss"),
                "The harbor is closed, and Vorel said so in a speech.",
                &[],
            ),
            (
                "telegram",
                None,
                "Herring merchant Quill reports Vorel told him of it.",
                &["Quill", "Vorel"],
            ),
            (
                "memorandum",
                None,
                "It was a short affair, attended by the President, Moss and General Ivor Zahn.",
                &["the President", "Moss", "General Ivor Zahn"],
            ),
            (
                "editorial-note",
                None,
                "In the spring Moss met with President De Quill on the pier.",
                &["Moss", "President De Quill"],
            ),
            (
                "editorial-note",
                None,
                "In a telegram Moss stated that the harbor was closed.",
                &[],
            ),
        ] {
            assert_eq!(met(kind, author, text), want, "{text}");
        }
    }
}
