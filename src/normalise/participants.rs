//! Who was there: the participants block, or the two sides that the heading names.

use std::sync::LazyLock;

use regex::Regex;

use super::{correspondents::Between, pattern};
use crate::record::{Participant, surname};

static SIDE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<side>United States|Soviet Union|United Kingdom|U\.S\.S\.R\.|USSR|U\.S\.|US|U\.K\.|UK|GDR|FRG|France|French|British|Soviet|American|Germany|German|Italy|Japan|China|Canada|India|NATO)(?:(?: Side)?:\s*|\s+)(?P<rest>(?:The |Mr|Mrs|Miss|Dr|Ambassador|Chairman|President|Secretary|Prime|Foreign|General|[A-Z][\w.]*).*)?$",
    )
});
static PARENTHESIS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*\([^)]*\)"));
static OFFICE_DASH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Z/]+\s*[—–]\s*"));
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:Present|Those present|Also present|Chairman|Secretary|Interpreter|Notetaker|Absent)\s*:?$",
    )
});

/// Reads the lines of the block; without one, the heading of a conversation names its two sides.
pub fn read(lines: &[String], heading: &str, kind: &str, between: &Between) -> Vec<Participant> {
    let mut side: Option<String> = None;
    let mut found: Vec<Participant> = Vec::new();
    for line in lines {
        let (grouped, rest) = divide_side(line);
        if grouped.is_some() {
            side = grouped;
        }
        for name in names(rest) {
            let surname = surname(&name);
            if !surname.is_empty() && !found.iter().any(|p| p.name == name) {
                found.push(Participant {
                    name,
                    surname,
                    side: side.clone(),
                    ..Participant::default()
                });
            }
        }
    }
    if found.is_empty()
        && (kind == "memorandum-of-conversation"
            || (kind == "transcript" && heading.contains("Between")))
    {
        found = [&between.from, &between.to]
            .into_iter()
            .flatten()
            .map(|name| side_of_heading(name))
            .collect();
    }
    found
}

/// `US The President`, `USSR: Mr. Khrushchev`.
fn divide_side(line: &str) -> (Option<String>, &str) {
    if let Some(group) = line.trim().strip_suffix(':').filter(|g| !ROLE.is_match(g)) {
        return (Some(side_name(group).to_owned()), "");
    }
    match SIDE.captures(line.trim()) {
        Some(found) => (
            Some(side_name(&found["side"]).to_owned()),
            found.name("rest").map_or("", |m| m.as_str()),
        ),
        None => (None, line.trim()),
    }
}

/// Sides are named as the volumes' own lists abbreviate them.
fn side_name(printed: &str) -> &str {
    match printed.trim() {
        "United States" | "U.S." | "American" | "American Side" => "US",
        "Soviet Union" | "U.S.S.R." | "Soviet" | "Soviet Side" => "USSR",
        "United Kingdom" | "U.K." | "British" => "UK",
        other => other,
    }
}

/// The names of one line: before the comma stands the name, behind it the office.
fn names(line: &str) -> Vec<String> {
    let line = OFFICE_DASH.replace(line.trim(), "");
    if line.starts_with('(') || line.starts_with('[') || ROLE.is_match(&line) {
        return Vec::new();
    }
    let joined = line.contains(" and ")
        && !line
            .split(" and ")
            .next()
            .unwrap_or_default()
            .contains(", ")
        || line.ends_with(')');
    let bare = PARENTHESIS.replace_all(&line, "");
    let bare = bare.split(['—', '–', ';']).next().unwrap_or_default();
    let parts: Vec<&str> = if joined {
        bare.split(',').flat_map(|p| p.split(" and ")).collect()
    } else {
        vec![bare.split(',').next().unwrap_or_default()]
    };
    parts
        .into_iter()
        .map(|p| p.trim().trim_end_matches(['.', ':']))
        .filter(|p| !p.is_empty() && p.chars().count() <= 80)
        .map(str::to_owned)
        .collect()
}

/// `Soviet Ambassador (Dobrynin)`: the name stands in parentheses.
fn side_of_heading(name: &str) -> Participant {
    let family = match (name.rfind('('), name.rfind(')')) {
        (Some(open), Some(close)) if open < close => &name[open + 1..close],
        _ => name,
    };
    Participant {
        name: name.to_owned(),
        surname: surname(family),
        side: None,
        ..Participant::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_lines(lines: &[&str]) -> Vec<(String, Option<String>)> {
        let lines: Vec<String> = lines.iter().map(|l| (*l).to_owned()).collect();
        read(
            &lines,
            "",
            "memorandum-of-conversation",
            &Between::default(),
        )
        .into_iter()
        .map(|p| (p.name, p.side))
        .collect()
    }

    #[test]
    fn lines_are_divided() {
        let got = read_lines(&[
            "US The President",
            "EUR—Mr. Zahn",
            "USSR Chairman Kruglov",
            "Mr. Dolin, Chief, Harbor Division",
            "Mr. Grubb and Mr. Welk (C.I.A.)",
            "(See attached list)",
        ]);
        let side = |s: &str| Some(s.to_owned());
        assert_eq!(
            got,
            [
                ("The President".to_owned(), side("US")),
                ("Mr. Zahn".to_owned(), side("US")),
                ("Chairman Kruglov".to_owned(), side("USSR")),
                ("Mr. Dolin".to_owned(), side("USSR")),
                ("Mr. Grubb".to_owned(), side("USSR")),
                ("Mr. Welk".to_owned(), side("USSR")),
            ]
        );
    }

    #[test]
    fn a_heading_names_two_sides() {
        let between = Between {
            from: Some("Secretary of State Rusk".into()),
            to: Some("Soviet Ambassador (Dobrynin)".into()),
        };
        let got: Vec<_> = read(
            &[],
            "Conversation Between",
            "memorandum-of-conversation",
            &between,
        )
        .into_iter()
        .map(|p| p.surname)
        .collect();
        assert_eq!(got, ["Rusk", "Dobrynin"]);
    }
}
