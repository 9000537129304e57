//! The source note, taken apart: where the original is kept, how secret it was, who drafted it.
//!
//! `Source: Department of State, Central Files, 611.99/2-462. Confidential; Priority. Drafted by
//! Tennant; cleared with Moss, Ferris, and Zahn; and approved by Halloran.`

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;
use crate::{
    readers::SourceNote,
    record::{Classification, Remark, Source},
    schema::schema,
};

static FILE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\d[\w.]*(?:\s?[A-Z]?\d*)?/[\w\-½¼¾ ]+|\d{2,}[A-Z]?\.\d+[\w. ]*(?:/[\w\-½ ]+)?|\d{3}[\w.]*[/-][^,]+|\d{3}\.?\d* .+|[A-Z]{2,6}(?:-[A-Z]+)*(?: \d+(?:-\d+)*)?(?: .+)?|CF \d+.*)$",
    )
});
static LOT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:Lot|FRC|Job|Acc\.) (?:File )?[\w]+(?:[ \-–][A-Z]+[ ]?[\w]+)?(?: [A-Z] \d+)?")
});
static CENTRAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:.*?, )?Central (?:Foreign Policy )?Files?(?: \d{4}[–-]\d{2,4})?")
});
static INLINE_FILE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:File No\.? ?)?(?P<file>\d[\w.]*(?: ?[A-Z][\w.]*){0,3}(?: [A-Z][\w .\-–]*)?/[\w\-–½¼¾.,* ]+?)(?: ?:|$)",
    )
});
static BY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<what>drafted|prepared|cleared|approved|dictated)\b(?: and (?:initialed|signed|dictated|approved|cleared))?(?: [\w ]{0,25}?)?? (?:by|with) ",
    )
});
static STOP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) ; | \.\s (?:[A-Z\[(]) | ,?\s (?:and\s|but\s)? (?:was\s|were\s)? (?:cleared|approved|initialed|signed|concurred|transmitted|sent|revised|reviewed|also|dated|which|who|for|from|at|as|after|before|based|of)\b
        | \s on\s | \s in\s | \s with\s | \s to\s | \s that\s",
    )
});
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\d{1,5}\.\s+)?(Eyes only|Literally eyes only|Nodis|Exdis|Limdis|No distribution|Limit distribution)\b",
    )
});
static PARENTHESIS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*\([^)]*\)"));
static HOLDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:University|Library|Society|Archives?|Agency|Department|Museum|Institut(?:e|ion)|Cent(?:er|re)|Foundation|College|Administration|Commission)\b",
    )
});

/// What the notes say.
#[derive(Debug, Default)]
pub struct Note {
    /// Level, controls, precedence.
    pub classification: Classification,
    /// Repository, collection, file.
    pub source: Source,
    /// Names as printed.
    pub drafted_by: Vec<String>,
    /// Names as printed.
    pub cleared_by: Vec<String>,
    /// Names as printed.
    pub approved_by: Vec<String>,
}

/// Reads the foot note that begins with `Source:`, or the notes above the heading; controls may also
/// stand among the opening words of a telegram (`1181. Eyes only for Amb. Thompson.`).
pub fn read(notes: &[SourceNote], opening: &str, remarks: &mut Vec<Remark>) -> Note {
    let mut read = match notes.iter().find(|n| !n.inline) {
        Some(note) => foot_note(&note.text, remarks),
        None => head_notes(notes),
    };
    if let Some(control) = opening_control(opening)
        && !read.classification.controls.contains(&control)
    {
        read.classification.controls.insert(0, control);
    }
    let texts: Vec<&str> = notes.iter().map(|n| n.text.as_str()).collect();
    read.source.text = (!texts.is_empty()).then(|| texts.join("\n"));
    read
}

fn opening_control(opening: &str) -> Option<String> {
    let words = OPENING.captures(opening)?;
    schema()
        .vocabulary("control")
        .find(&words[1])
        .map(|(_, control)| control.slug.clone())
}

fn foot_note(text: &str, remarks: &mut Vec<Remark>) -> Note {
    let body = text.trim().strip_prefix("Source:").unwrap_or(text).trim();
    let mut note = Note::default();
    let (citation, rest) = split_citation(body);
    cite(citation, &mut note.source);
    mark(rest, &mut note.classification, remarks);
    draft(body, &mut note);
    note
}

/// `724.3415/3603: Telegram`, `File No. 763.72/123`, `Woodrow Wilson Papers`, `[Confidential.]`.
fn head_notes(notes: &[SourceNote]) -> Note {
    let mut note = Note::default();
    let levels = schema().vocabulary("classification");
    for text in notes.iter().map(|n| n.text.trim()) {
        let bare = text.trim_matches(['[', ']', '.', '*', ' ']);
        if let Some((_, level)) = levels.find(bare) {
            note.classification
                .level
                .get_or_insert_with(|| level.slug.clone());
            note.classification
                .text
                .get_or_insert_with(|| text.to_owned());
        } else if let Some(found) = INLINE_FILE.captures(bare) {
            note.source
                .file
                .get_or_insert_with(|| found["file"].trim().to_owned());
        } else if let Some((collection, file)) = paris_file(bare) {
            note.source.collection.get_or_insert(collection);
            note.source.file = note.source.file.take().or(file);
        }
    }
    note
}

/// `Paris Peace Conf. 184.00101/66: Telegram`, `Edward M. House Papers: Telegram`.
fn paris_file(text: &str) -> Option<(String, Option<String>)> {
    let text = text.split(": ").next()?.trim_end_matches(':');
    if let Some(rest) = text.strip_prefix("Paris Peace Conf.") {
        let file = rest.trim();
        return Some((
            "Paris Peace Conf.".into(),
            (!file.is_empty()).then(|| file.to_owned()),
        ));
    }
    (text.ends_with(" Papers") || text.ends_with(" files")).then(|| (text.to_owned(), None))
}

/// Divides the citation from the sentences behind it: at the first full stop with a marking behind it,
/// else at the first full stop that ends no abbreviation.
fn split_citation(text: &str) -> (&str, &str) {
    let stops = || {
        text.match_indices(". ")
            .map(|(at, _)| at)
            .chain(text.ends_with('.').then(|| text.len() - 1))
    };
    let marked = stops().find(|at| starts_with_marking(text.get(at + 2..).unwrap_or_default()));
    let end = marked.or_else(|| stops().find(|at| !ends_abbreviation(&text[..*at])));
    match end {
        Some(at) => (&text[..at], text.get(at + 2..).unwrap_or_default()),
        None => (text, ""),
    }
}

fn starts_with_marking(rest: &str) -> bool {
    let first = rest.split([';', '.', ',']).next().unwrap_or_default();
    is_marking(first) && !first.trim().is_empty()
}

fn is_marking(text: &str) -> bool {
    let schema = schema();
    let bare = text.trim().trim_matches(['[', ']', '(', ')']);
    ["classification", "control", "precedence"]
        .iter()
        .any(|v| schema.vocabulary(v).find(bare).is_some())
}

/// `John F`, `Vol`, `No`, `Jr`: a full stop behind these ends no sentence.
fn ends_abbreviation(text: &str) -> bool {
    let word = text.rsplit([' ', ',', '(']).next().unwrap_or_default();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    initial
        || matches!(
            word,
            "No" | "Nos"
                | "Vol"
                | "vol"
                | "Jr"
                | "Sr"
                | "Dept"
                | "Mr"
                | "Dr"
                | "p"
                | "pp"
                | "Gen"
                | "Conf"
                | "S"
        )
}

fn cite(citation: &str, source: &mut Source) {
    let citation = citation.trim();
    let repositories = schema().vocabulary("repository");
    let known = repositories
        .entries
        .iter()
        .flat_map(|entry| entry.aliases.iter().map(move |alias| (entry, alias)))
        .filter(|(_, alias)| {
            citation
                .get(..alias.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(alias))
        })
        .filter(|(_, alias)| !citation[alias.len()..].starts_with(char::is_alphanumeric))
        .max_by_key(|(_, alias)| alias.len());
    let rest = match known {
        Some((entry, alias)) => {
            source.repository = Some(entry.slug.clone());
            &citation[alias.len()..]
        }
        None => {
            let head = citation.split([',', ':']).next().unwrap_or_default();
            if !HOLDER.is_match(head) || head.split_whitespace().count() > 8 {
                source.collection = (!citation.is_empty()).then(|| citation.to_owned());
                return;
            }
            source.repository = Some(head.trim().to_owned());
            &citation[head.len()..]
        }
    };
    let rest = rest.trim_start_matches([',', ':', ';', ' ']).trim();
    let (collection, file) = collection_and_file(rest);
    source.collection = collection;
    source.file = file;
}

/// `Central Files, 611.99/2-462`: the last part is the file where it looks like a designation, or
/// where it stands behind the number of a lot.
fn collection_and_file(text: &str) -> (Option<String>, Option<String>) {
    let owned = |t: &str| (!t.trim().is_empty()).then(|| t.trim().to_owned());
    if let Some(lot) = LOT
        .find(text)
        .filter(|lot| text[..lot.start()].trim_end().ends_with([':', ',']) || lot.start() == 0)
        && lot.as_str().starts_with("Lot")
        && let Some(file) = text[lot.end()..].strip_prefix(',')
    {
        return (owned(&text[..lot.end()]), owned(file));
    }
    if let Some(files) = CENTRAL.find(text)
        && let Some(file) = text[files.end()..].strip_prefix(", ")
    {
        // `Central Files 1964-66, POL 7 US` and `Central Files, 611.99/2-462` alike.
        return (owned(files.as_str()), owned(file));
    }
    match text.rsplit_once(", ") {
        Some((collection, file))
            if FILE.is_match(file)
                && file.contains('/')
                && file.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            (owned(collection), owned(file))
        }
        _ => (owned(text), None),
    }
}

/// The sentences made of markings alone.
fn mark(rest: &str, classification: &mut Classification, remarks: &mut Vec<Remark>) {
    let mut printed = Vec::new();
    let mut best: Option<usize> = None;
    for sentence in rest.split(". ").map(|s| s.trim().trim_end_matches('.')) {
        let parts: Vec<&str> = sentence
            .split([';', ','])
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .collect();
        // One part that is no marking may stand among several; a sentence of other words ends them.
        let known = parts.iter().filter(|part| is_marking(part)).count();
        if known == 0 || parts.len() > known * 2 {
            break;
        }
        printed.push(sentence);
        for part in parts {
            mark_part(part, classification, &mut best, remarks);
        }
    }
    classification.text = (!printed.is_empty()).then(|| printed.join(". "));
}

fn mark_part(
    part: &str,
    classification: &mut Classification,
    best: &mut Option<usize>,
    remarks: &mut Vec<Remark>,
) {
    let schema = schema();
    let bare = part.trim_matches(['[', ']', '(', ')']);
    let mut known = false;
    if let Some((_, control)) = schema.vocabulary("control").find(bare) {
        known = true;
        if !classification.controls.contains(&control.slug) {
            classification.controls.push(control.slug.clone());
        }
    }
    if let Some((rank, level)) = schema.vocabulary("classification").find(bare) {
        known = true;
        // A note that names two levels takes the higher; the vocabulary lists the highest first.
        if best.is_none_or(|b| rank < b) {
            *best = Some(rank);
            classification.level = Some(level.slug.clone());
        }
    }
    if let Some((_, precedence)) = schema.vocabulary("precedence").find(bare) {
        known = true;
        classification
            .precedence
            .get_or_insert_with(|| precedence.slug.clone());
    }
    if !known {
        remarks.push(Remark::new(
            "classification",
            format!("`{part}` is no known marking"),
        ));
    }
}

/// `Drafted by A and B (EUR), cleared by C, and approved by D on January 24.`
fn draft(text: &str, note: &mut Note) {
    for found in BY.captures_iter(text) {
        let names = names(&text[found.get(0).map_or(0, |m| m.end())..]);
        let list = match found["what"].to_lowercase().as_str() {
            "cleared" => &mut note.cleared_by,
            "approved" => &mut note.approved_by,
            _ => &mut note.drafted_by,
        };
        for name in names {
            if !list.contains(&name) {
                list.push(name);
            }
        }
    }
}

/// The names at the beginning of a text, up to the next verb or full stop.
fn names(text: &str) -> Vec<String> {
    let bare = PARENTHESIS.replace_all(text, "");
    let end = stop(&bare);
    let list = bare[..end].trim().trim_end_matches(['.', ',', ' ']);
    list.split(',')
        .flat_map(|part| part.split(" and "))
        .map(|part| {
            part.trim()
                .trim_start_matches("and ")
                .trim_end_matches(" et al")
                .trim()
        })
        .filter(|part| is_name(part))
        .map(str::to_owned)
        .collect()
}

fn stop(text: &str) -> usize {
    STOP.find_iter(text)
        .find(|m| !(m.as_str().starts_with('.') && ends_abbreviation(&text[..m.start()])))
        .map_or(text.len(), |m| m.start())
}

/// One to four capitalised words, initials and particles; no office, no organisation.
fn is_name(text: &str) -> bool {
    const OFFICE: &[&str] = &[
        "Office",
        "Department",
        "Advis",
        "Counselor",
        "Secretary",
        "Director",
        "Bureau",
        "Division",
        "Staff",
        "Agency",
        "Embassy",
        "Deputy",
        "Assistant",
        "Chief",
        "Board",
        "Council",
        "Section",
        "White House",
        "Committee",
        "Affairs",
        "CIA",
        "Intelligence",
        "Center",
        "Group",
        "Special",
        "Acting",
        "Chairman",
        "President",
        "Ambassador",
        "Mission",
        "Desk",
        "Legal",
        "General Counsel",
        "Attaché",
        "Consul",
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    let named = |w: &&str| {
        w.chars().next().is_some_and(char::is_uppercase)
            || matches!(*w, "de" | "von" | "van" | "der" | "la" | "du")
    };
    (1..=4).contains(&words.len())
        && words.iter().all(named)
        && words
            .last()
            .is_some_and(|w| w.chars().filter(|c| c.is_lowercase()).count() >= 1)
        && !["Jr", "Jr.", "Sr."].contains(&text)
        && !OFFICE.iter().any(|office| text.contains(office))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str) -> Note {
        read(
            &[SourceNote {
                text: text.into(),
                inline: false,
            }],
            "",
            &mut Vec::new(),
        )
    }

    fn cited(text: &str) -> [Option<String>; 3] {
        let source = note(text).source;
        [source.repository, source.collection, source.file]
    }

    fn some(parts: [&str; 3]) -> [Option<String>; 3] {
        parts.map(|p| (!p.is_empty()).then(|| p.to_owned()))
    }

    #[test]
    fn citations_are_divided() {
        for (text, parts) in [
            (
                "Source: Department of State, Central Files, 611.99/2-462. Secret.",
                ["Department of State", "Central Files", "611.99/2-462"],
            ),
            (
                "Source: Department of State, Central Files, POL 7 US/Tennant. Secret.",
                ["Department of State", "Central Files", "POL 7 US/Tennant"],
            ),
            (
                "Source: Department of State, Conference Files: Lot 66 D 990, CF 9905. Secret.",
                [
                    "Department of State",
                    "Conference Files: Lot 66 D 990",
                    "CF 9905",
                ],
            ),
            (
                "Source: Department of State, S/AL Files: Lot 67 D 9. Secret.",
                ["Department of State", "S/AL Files: Lot 67 D 9", ""],
            ),
            (
                "Source: Central Intelligence Agency: Job 79-S00000A. Secret; Noforn.",
                ["Central Intelligence Agency", "Job 79-S00000A", ""],
            ),
            (
                "Source: Central Intelligence Agency. Secret.",
                ["Central Intelligence Agency", "", ""],
            ),
            (
                "Source: National Archives, RG 59, Central Files 1964–66, POL 7 KES. Secret.",
                [
                    "National Archives",
                    "RG 59, Central Files 1964–66",
                    "POL 7 KES",
                ],
            ),
            (
                "Source: Kennedy Library, National Security Files, Countries Series, USSR. Secret.",
                [
                    "Kennedy Library",
                    "National Security Files, Countries Series, USSR",
                    "",
                ],
            ),
            (
                "Source: Princeton University, Coyle Papers, Box 99, John F. Ashby. No classification marking.",
                [
                    "Princeton University",
                    "Coyle Papers, Box 99, John F. Ashby",
                    "",
                ],
            ),
        ] {
            assert_eq!(cited(text), some(parts), "{text}");
        }
    }

    #[test]
    fn markings_are_divided() {
        let c = note("Source: Department of State, Central Files, 1/2. Secret;Niact; Limited Distribution; Verbatim Text. Drafted by Zahn.").classification;
        assert_eq!(c.level.as_deref(), Some("secret"));
        assert_eq!(c.controls, ["limit-distribution", "verbatim-text"]);
        assert_eq!(c.precedence.as_deref(), Some("niact"));
        assert_eq!(
            c.text.as_deref(),
            Some("Secret;Niact; Limited Distribution; Verbatim Text")
        );
        let c = note("Source: CIA: Job 1. Top Secret; [codeword not declassified]; Noforn. Prepared by CIAʼs Office.").classification;
        assert_eq!(c.controls, ["codeword", "noforn"]);
        let c = note("Source: Department of State, Central Files, 1/2. No classification marking. Drafted by X.").classification;
        assert_eq!(c.level.as_deref(), Some("none"));
        let c = note("Source: Department of State, Central Files, 1/2. The text is a copy.")
            .classification;
        assert_eq!((c.level, c.text), (None, None));
    }

    #[test]
    fn drafters_are_named() {
        for (text, names) in [
            (
                "Drafted by Zahn on January 24 and approved by Rusk.",
                &["Zahn"][..],
            ),
            (
                "Drafted by Tennant and Quill (EUR/NK); cleared with Moss, Ferris, and Zahn; and approved by Halloran.",
                &["Tennant", "Quill"],
            ),
            (
                "Drafted by Harold B. Ames, Jr., (EUR/NK) and cleared by Zahn and Edwin C. Brill (QRT).",
                &["Harold B. Ames"],
            ),
            ("Drafted and initialed by Moss.", &["Moss"]),
            (
                "Drafted by Penhallow and approved by S/AL on November 26.",
                &["Penhallow"],
            ),
            (
                "Drafted by Coyle et al.; cleared with P; and approved by Zahn.",
                &["Coyle"],
            ),
            (
                "Drafted by Wilbur Ashby, Science Officer in the Department of State, and approved in S on July 21.",
                &["Wilbur Ashby"],
            ),
            ("Prepared by CIAʼs Office of Current Intelligence.", &[]),
            ("No drafting information appears on the source text.", &[]),
        ] {
            let read = note(&format!(
                "Source: Department of State, Central Files, 1/2. Secret. {text}"
            ));
            assert_eq!(read.drafted_by, names, "{text}");
        }
        let read = note(
            "Source: X Library, Y. Secret. Drafted by Tennant and Quill (EUR/NK); cleared with Moss, Ferris, and Zahn; and approved by Halloran.",
        );
        assert_eq!(read.cleared_by, ["Moss", "Ferris", "Zahn"]);
        assert_eq!(read.approved_by, ["Halloran"]);
    }

    #[test]
    fn notes_above_the_heading() {
        for (text, file) in [
            ("724.3415/3603: Telegram", Some("724.3415/3603")),
            ("File No. 763.72/123", Some("763.72/123")),
            (
                "710.1012 Anti-War/93 supp.: Telegram",
                Some("710.1012 Anti-War/93 supp."),
            ),
            ("[Translation.]", None),
            ("No. 425.]", None),
        ] {
            let read = read(
                &[SourceNote {
                    text: text.into(),
                    inline: true,
                }],
                "",
                &mut Vec::new(),
            );
            assert_eq!(read.source.file.as_deref(), file, "{text}");
        }
    }
}
