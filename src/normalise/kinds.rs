//! What kind of document it is: by its heading, then by the note above it, then by who writes to whom.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;
use crate::{
    readers::{Draft, Role},
    schema::schema,
};

static NUMBERED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\W*No\.? ?\d+"));
static OFFICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:Embassy|Legation|Department of State|Ministry|Foreign Office|Chargé|Secretary of State for Foreign Affairs)\b",
    )
});

/// A slug of `vocabularies/kind.toml`.
pub fn kind(heading: &str, draft: &Draft) -> String {
    if draft.subtype.as_deref() == Some("editorial-note") {
        return "editorial-note".into();
    }
    let title = Words::of(heading);
    let by_title = KINDS
        .iter()
        .find(|kind| kind.titles.iter().any(|phrase| title.has(phrase)));
    let notes: Vec<Words> = draft
        .sources
        .iter()
        .filter(|n| n.inline)
        .map(|n| Words::of(&n.text))
        .collect();
    let by_note = || {
        KINDS.iter().find(|kind| {
            kind.notes
                .iter()
                .any(|phrase| notes.iter().any(|n| n.has(phrase)))
        })
    };
    let found: Option<&Kind> = by_title.or_else(by_note);
    found.map_or_else(
        || correspondence(heading, draft).into(),
        |kind| kind.slug.to_owned(),
    )
}

/// Older volumes head a document by its correspondents alone: `Mr. Seward to Mr. Adams`.
/// Numbered ones are despatches, those from office to office are notes, the rest are letters.
fn correspondence(heading: &str, draft: &Draft) -> &'static str {
    let has = |role| draft.names.iter().any(|n| n.role == role);
    let named = has(Role::From) && has(Role::To);
    if !named && !heading.contains(" to ") {
        return "other";
    }
    let numbered = draft
        .sources
        .iter()
        .filter(|n| n.inline)
        .map(|n| n.text.as_str());
    let mut opening = numbered.chain(
        draft
            .blocks
            .iter()
            .take(3)
            .map(|b| b.text.as_str())
            .filter(|t| t.len() < 40),
    );
    if opening.any(|text| NUMBERED.is_match(text)) {
        return "despatch";
    }
    let (from, to) = heading.split_once(" to ").unwrap_or((heading, ""));
    if OFFICE.is_match(from) && OFFICE.is_match(to) {
        "note"
    } else {
        "letter"
    }
}

/// Folded words of a text, for phrase matching.
struct Words(String);

impl Words {
    fn of(text: &str) -> Self {
        let folded: String = text
            .chars()
            .flat_map(char::to_lowercase)
            .map(|c| if c.is_alphanumeric() { c } else { ' ' })
            .collect();
        Self(format!(
            " {} ",
            folded.split_whitespace().collect::<Vec<_>>().join(" ")
        ))
    }

    fn has(&self, phrase: &Phrase) -> bool {
        if phrase.opens {
            self.0.starts_with(&phrase.words.0)
        } else {
            self.0.contains(&phrase.words.0)
        }
    }
}

/// A phrase of the vocabulary; `^` before it: it opens the text.
struct Phrase {
    words: Words,
    opens: bool,
}

/// A kind with its phrases folded, once.
struct Kind {
    slug: &'static str,
    titles: Vec<Phrase>,
    notes: Vec<Phrase>,
}

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let phrases = |texts: &[String]| {
        let phrase = |text: &String| Phrase {
            words: Words::of(text),
            opens: text.starts_with('^'),
        };
        texts.iter().map(phrase).collect()
    };
    let kinds = &schema().vocabulary("kind").entries;
    kinds
        .iter()
        .map(|entry| Kind {
            slug: &entry.slug,
            titles: phrases(&entry.titles),
            notes: phrases(&entry.notes),
        })
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::SourceNote;

    #[test]
    fn headings_tell_the_kind() {
        for (heading, kind) in [
            (
                "Memorandum of Conversation Between Secretary of State Halloran and the Kestrian Ambassador",
                "memorandum-of-conversation",
            ),
            (
                "Circular Telegram From the Department of State to All Posts",
                "telegram",
            ),
            ("Circular Airgram From the Department of State", "airgram"),
            (
                "Special National Intelligence Estimate",
                "intelligence-estimate",
            ),
            ("Current Intelligence Weekly Review", "intelligence-report"),
            (
                "Record of Secretary of State Ruskʼs Staff Meeting",
                "minutes",
            ),
            ("Memorandum for the Record", "memorandum"),
            ("Marlowe Diary Entry", "diary-entry"),
            (
                "Special Background Paper Prepared in the Department of State",
                "paper",
            ),
            ("Mr. Seward to Lord Lyons", "letter"),
            ("The British Embassy to the Department of State", "note"),
            ("[Untitled]", "other"),
        ] {
            assert_eq!(super::kind(heading, &Draft::default()), kind, "{heading}");
        }
    }

    #[test]
    fn the_note_above_helps() {
        let draft = |note: &str| Draft {
            sources: vec![SourceNote {
                text: note.into(),
                inline: true,
            }],
            ..Draft::default()
        };
        assert_eq!(
            kind(
                "The Consul at Geneva (Gilbert) to the Secretary of State",
                &draft("724.3415/3603: Telegram")
            ),
            "telegram"
        );
        assert_eq!(
            kind("Mr. Adams to Mr. Seward", &draft("No. 12.]")),
            "despatch"
        );
    }
}
