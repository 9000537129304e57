//! From whom to whom: what the heading says.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;
use crate::readers::{Name, Role};

static BETWEEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bBetween (.+)$"));
static FROM: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bFrom (.+)$"));
static BY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:Prepared|Drafted|Written|Submitted) (?:by|in|for) (.+)$|\b(?:Memorandum|Note|Report|Paper|Statement|Comments|Draft|Aide-Mémoire) by (.+)$",
    )
});
static FOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:Memorandum|Note|Paper|Message|Letter|Telegram)s? (?:[fF]or|[tT]o) (.+)$")
});
static DIARY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:Extract From )?(?:the )?(.+?)(?:[ʼ’']s)? (?:Diary|Journal)\b"));
/// A `to` behind these words belongs to a title, not to the addressee.
static ACCREDITED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:Ambassador(?:[- ]?[Dd]esignate)?|Minister|Envoy|Representative|Delegat(?:e|ion)|Mission|Commissioner|Adviser|Assistant|Observer|Consul|Special Assistant|Counselor)$",
    )
});

/// Sender and addressee; for a conversation between two, its two sides.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Between {
    /// The sender.
    pub from: Option<String>,
    /// The addressee.
    pub to: Option<String>,
}

/// Reads a heading, with what the mark-up says about names in it.
pub fn read(heading: &str, names: &[Name], kind: &str) -> Between {
    let heading = heading.trim().trim_end_matches('.');
    if let Some(found) = BETWEEN.captures(heading)
        && kind != "minutes"
    {
        let (from, to) = pair(found.get(1).map_or("", |m| m.as_str()), " and ");
        return Between {
            from: party(from),
            to: to.and_then(party),
        };
    }
    if let Some(found) = FROM.captures(heading)
        && kind != "minutes"
    {
        let (from, to) = pair(found.get(1).map_or("", |m| m.as_str()), " to ");
        return Between {
            from: party(from),
            to: to.and_then(party),
        };
    }
    if let Some(found) = BY.captures(heading) {
        return Between {
            from: found
                .get(1)
                .or(found.get(2))
                .and_then(|m| party(m.as_str())),
            to: None,
        };
    }
    if kind == "diary-entry" {
        return Between {
            from: DIARY.captures(heading).and_then(|c| party(&c[1])),
            to: None,
        };
    }
    if let Some(found) = FOR.captures(heading) {
        let to = party(&found[1]).filter(|to| !to.starts_with("Record") && !to.starts_with("File"));
        return Between { from: None, to };
    }
    correspondents(heading, names, kind)
}

/// `Mr. Seward to Lord Lyons`, `The Consul at Geneva (Gilbert) to the Secretary of State`.
fn correspondents(heading: &str, names: &[Name], kind: &str) -> Between {
    let marked = |role| {
        names
            .iter()
            .find(|n| n.role == role)
            .map(|n| n.text.as_str())
    };
    let writes = matches!(
        kind,
        "telegram"
            | "letter"
            | "despatch"
            | "note"
            | "message"
            | "memorandum"
            | "circular"
            | "other"
    );
    match pair(heading, " to ") {
        (from, Some(to))
            if (marked(Role::From).is_some() && marked(Role::To).is_some())
                || (writes && from.len() <= 120) =>
        {
            Between {
                from: party(from),
                to: party(to),
            }
        }
        _ => Between {
            from: marked(Role::From).and_then(party),
            to: marked(Role::To).and_then(party),
        },
    }
}

/// Divides at the word that joins the two: behind a closing parenthesis if there is such a place, else
/// at the first place that does not belong to a title (`Ambassador to the Soviet Union`).
fn pair<'a>(text: &'a str, joint: &str) -> (&'a str, Option<&'a str>) {
    let closed = format!("){joint}");
    let at = text.find(&closed).map(|at| at + 1).or_else(|| {
        let places: Vec<usize> = text.match_indices(joint).map(|(at, _)| at).collect();
        let joins = |at: &&usize| begins_party(&text[**at + joint.len()..]);
        let free = places
            .iter()
            .filter(joins)
            .find(|at| !ACCREDITED.is_match(&text[..**at]));
        free.or_else(|| places.iter().find(joins)).copied()
    });
    match at {
        Some(at) => (&text[..at], Some(&text[at + joint.len()..])),
        None => (text, None),
    }
}

/// A party begins with an article or a capital; `to Negotiate Peace` and `to quit` go on with a name.
fn begins_party(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default();
    let article = matches!(word, "the" | "all" | "certain" | "his" | "her");
    word != "Negotiate" && (article || word.starts_with(char::is_uppercase))
}

/// A party without the article before it.
fn party(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(['.', ',', ';', ':']);
    let bare = text
        .strip_prefix("the ")
        .or_else(|| text.strip_prefix("The "))
        .unwrap_or(text);
    (!bare.is_empty()).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(heading: &str) -> (String, String) {
        let between = read(heading, &[], "telegram");
        (
            between.from.unwrap_or_default(),
            between.to.unwrap_or_default(),
        )
    }

    #[test]
    fn headings_name_both() {
        for (heading, from, to) in [
            (
                "Telegram From the Embassy in Laos to the Department of State",
                "Embassy in Laos",
                "Department of State",
            ),
            (
                "Memorandum From the Ambassador to the Soviet Union (Zahn) to Secretary of State Rusk",
                "Ambassador to the Soviet Union (Zahn)",
                "Secretary of State Rusk",
            ),
            (
                "Memorandum of Conversation Between Secretary of State Halloran and the Kestrian Ambassador (Vorel)",
                "Secretary of State Halloran",
                "Kestrian Ambassador (Vorel)",
            ),
            (
                "Telegram From the Department of State to the Delegation to the Nine-Nation Harbor Committee at Port Sabel",
                "Department of State",
                "Delegation to the Nine-Nation Harbor Committee at Port Sabel",
            ),
            (
                "The Consul at Geneva (Gilbert) to the Secretary of State",
                "Consul at Geneva (Gilbert)",
                "Secretary of State",
            ),
            ("Mr. Seward to Lord Lyons.", "Mr. Seward", "Lord Lyons"),
            (
                "The Commission to Negotiate Peace to the Acting Secretary of State",
                "Commission to Negotiate Peace",
                "Acting Secretary of State",
            ),
            (
                "Paper Prepared in the Department of State",
                "Department of State",
                "",
            ),
            (
                "Memorandum by the Ambassador at Large (Thompson)",
                "Ambassador at Large (Thompson)",
                "",
            ),
            (
                "Memorandum for Director of Central Intelligence McCone",
                "",
                "Director of Central Intelligence McCone",
            ),
            ("Memorandum for the Record", "", ""),
            ("Editorial Note", "", ""),
        ] {
            assert_eq!(told(heading), (from.to_owned(), to.to_owned()), "{heading}");
        }
    }

    #[test]
    fn a_diary_has_its_writer() {
        assert_eq!(
            read("Ivor K.E. Lamb Diary Entry", &[], "diary-entry")
                .from
                .as_deref(),
            Some("Ivor K.E. Lamb")
        );
    }
}
