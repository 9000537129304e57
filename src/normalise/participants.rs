//! Who was there: the participants block, or the two sides that the heading names.

use std::sync::LazyLock;

use regex::Regex;

use super::{correspondents::Between, pattern, people::in_parentheses};
use crate::record::{Participant, surname};

static SIDE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<side>United States|Soviet Union|United Kingdom|U\.S\.S\.R\.|USSR|U\.S\.|US|U\.K\.|UK|GDR|FRG|France|French|British|Soviet|American|Germany|German|Italy|Japan|China|Canada|India|NATO)(?:(?: Side)?:\s*|\s+)(?P<rest>(?:The |Mr|Mrs|Miss|Dr|Ambassador|Chairman|President|Secretary|Prime|Foreign|General|[A-Z][\w.]*).*)?$",
    )
});
static PARENTHESIS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*\([^)]*\)"));
static OFFICE_DASH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Z/]+\s*[—–]\s*"));
static ELSEWHERE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:as )?(?:listed|see|attached|list|same as)\b"));
/// A whole name, perhaps with its title, and no office.
static WHOLE_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?:Mr|Mrs|Miss|Ms|Dr|Amb|Ambassador|Secretary|General|Minister|Senator|Messrs)\.? )?(?:[A-Z][\w'’ʼ-]*\.? ?){1,4}$",
    )
});
static OFFICE_WORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:Director|Embassy|Office|Affairs|Chief|Special|Assistant|Deputy|Officer|Bureau|Department|Counselor|Secretary of|Under|Division|Staff|Chairman|Interpreter|Attaché|Minister-|Consul|Delegation|Division|Committee|Council|Desk|Section|[A-Z]{2,5}|Jr|Sr)\b",
    )
});
static OFFICE_ALONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:the )?(?:\w+ )?(?:(?:prime |foreign |under |assistant |vice[- ]|deputy )*(?:president|secretary|minister|ambassador|chairman|commissioners?|consul|chargé|premier|chancellor|delegates?))(?: (?:of|for|to|at|in|d['’ʼ]) ?[\w .'’ʼ-]+)?$",
    )
});
/// A numbered heading that ends a list; a single letter may be an initial.
static HEADING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:II|III|IV|VI{1,3}|IX|XI{1,3})\.\s"));
/// Several who share a title: `Senators Quill, Moss`.
static TOGETHER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?P<before>[^,]+), )?(?P<title>Senators|Congressmen|Ambassadors|Generals|Admirals|Ministers|Messrs\.) (?P<names>[A-Z][\w'’ʼ-]+(?:(?:,? and|,) [A-Z][\w'’ʼ-]+)+)(?P<rest> \([^)]*\))?$",
    )
});
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:Present|Those present|Also present|Chairman|Secretary|Interpreter|Notetaker|Absent)\s*:?$",
    )
});

/// Reads the lines of the block; without one, the heading of a conversation names its two sides.
/// Family names stand as printed: who is named by office alone has the office for one.
pub fn read(lines: &[String], heading: &str, kind: &str, between: &Between) -> Vec<Participant> {
    let mut side: Option<String> = None;
    let mut found: Vec<Participant> = Vec::new();
    let lines = lines.iter().take_while(|line| !HEADING.is_match(line));
    for line in lines.flat_map(|line| each_alone(line)) {
        let (grouped, rest) = divide_side(&line);
        if grouped.is_some() {
            side = grouped;
        }
        for listed in listed(rest) {
            let surname = called(&listed.name);
            if !surname.is_empty() && !found.iter().any(|p| p.name == listed.name) {
                found.push(Participant {
                    surname,
                    side: side.clone(),
                    ..listed
                });
            }
        }
    }
    if found.is_empty() && reports_a_talk_between(kind, heading) {
        found = [&between.from, &between.to]
            .into_iter()
            .flatten()
            .map(|name| side_of_heading(name))
            .collect();
    }
    found
}

/// A line in which several share a title as a line for each.
fn each_alone(line: &str) -> Vec<String> {
    let Some(found) = TOGETHER.captures(line) else {
        return vec![line.to_owned()];
    };
    let title = match &found["title"] {
        "Messrs." => "Mr.",
        "Congressmen" => "Congressman",
        plural => plural.trim_end_matches('s'),
    };
    let names = found["names"].replace(" and ", ", ");
    let names = names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let before = found
        .name("before")
        .map(|before| before.as_str().to_owned());
    before
        .into_iter()
        .chain(names.map(|name| format!("{title} {name}")))
        .collect()
}

/// The family name; of an office alone the office, without its article.
fn called(name: &str) -> String {
    if OFFICE_ALONE.is_match(name) {
        return name
            .trim_start_matches("The ")
            .trim_start_matches("the ")
            .to_owned();
    }
    surname(name)
}

/// Whether the heading names the two sides of a talk.
fn reports_a_talk_between(kind: &str, heading: &str) -> bool {
    kind == "memorandum-of-conversation" || (kind == "transcript" && heading.contains("Between"))
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

/// The people of one line: before the comma stands the name, behind it the office; before a dash the
/// office's symbol; what the person did stands in parentheses.
fn listed(line: &str) -> Vec<Participant> {
    let line = line.trim();
    let symbol = OFFICE_DASH.find(line).map(|m| m.as_str());
    let line = &line[symbol.map_or(0, str::len)..];
    if line.starts_with('(')
        || line.starts_with('[')
        || ROLE.is_match(line)
        || ELSEWHERE.is_match(line)
    {
        return Vec::new();
    }
    if are_names_only(line) {
        return line
            .split(',')
            .filter_map(|name| participant(name, symbol, None))
            .collect();
    }
    let joined = line.contains(" and ")
        && !line
            .split(" and ")
            .next()
            .unwrap_or_default()
            .contains(", ")
        || (line.ends_with(')') && line.contains(" and "));
    let bare = PARENTHESIS.replace_all(line, "");
    let (bare, dashed) = match bare.split_once(['—', '–', ';']) {
        Some((name, office)) => (name, Some(office)),
        None => (&*bare, None),
    };
    let symbol = symbol.map(|s| s.trim_matches(['—', '–', ' ']));
    if joined {
        let names = bare.split(',').flat_map(|p| p.split(" and "));
        return names
            .filter_map(|name| participant(name, symbol, None))
            .collect();
    }
    let (name, office) = match bare.split_once(',') {
        Some((name, office)) if !is_suffix(office) => (name, Some(office)),
        _ => (bare, None),
    };
    let role = PARENTHESIS.find(line).and_then(|m| role(m.as_str()));
    let office = office.or(dashed).or(symbol);
    participant(name, office, role).into_iter().collect()
}

/// Three or more whole names in a row: `Ivor Moss, Ambassador Vorel, Mrs. Vorel`.
fn are_names_only(line: &str) -> bool {
    let parts: Vec<&str> = line.split(',').map(str::trim).collect();
    parts.len() >= 3
        && parts.iter().all(|part| {
            part.contains(' ') && WHOLE_NAME.is_match(part) && !OFFICE_WORD.is_match(part)
        })
}

fn participant(name: &str, office: Option<&str>, role: Option<String>) -> Option<Participant> {
    let name = name.trim().trim_end_matches(['.', ':']);
    let office = office.map(str::trim).filter(|o| !o.is_empty());
    (!name.is_empty() && name.chars().count() <= 80).then(|| Participant {
        name: name.to_owned(),
        role: role.or_else(|| office.and_then(self::role)),
        office: office.map(str::to_owned),
        ..Participant::default()
    })
}

fn is_suffix(text: &str) -> bool {
    matches!(
        text.trim().trim_end_matches('.'),
        "Jr" | "Sr" | "II" | "III"
    )
}

/// What somebody did in the talk beside talking.
fn role(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let roles = [
        ("interpret", "interpreter"),
        ("notetaker", "notetaker"),
        ("note taker", "notetaker"),
        ("note-taker", "notetaker"),
        ("reporting officer", "notetaker"),
        ("observer", "observer"),
    ];
    roles
        .iter()
        .find(|(sign, _)| lower.contains(sign))
        .map(|(_, role)| (*role).to_owned())
}

/// `Soviet Ambassador (Dobrynin)`: the name stands in parentheses.
fn side_of_heading(name: &str) -> Participant {
    Participant {
        name: name.to_owned(),
        surname: surname(in_parentheses(name).unwrap_or(name)),
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
    fn several_share_a_title_and_a_heading_ends_the_list() {
        let lines = [
            "The Vice President, Senators Quill, Moss and Zahn",
            "Mr. Vorel",
            "II. Kruglov",
            "Mr. Tennant",
        ];
        let between = Between {
            from: None,
            to: None,
        };
        let lines = lines.map(str::to_owned);
        let got = read(&lines, "Meeting", "minutes", &between).into_iter();
        let got: Vec<_> = got.map(|p| p.name).collect();
        assert_eq!(
            got,
            [
                "The Vice President",
                "Senator Quill",
                "Senator Moss",
                "Senator Zahn",
                "Mr. Vorel"
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
