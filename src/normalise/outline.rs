//! The order of a document: headings, the subject and participants blocks, signatures.
//!
//! Headings come as `<head>`, centred, italic, or as a short plain paragraph; some run into their
//! paragraph (`1. Laos. Vorel repeated ...`) and divide it.

use std::sync::LazyLock;

use regex::Regex;

use super::{correspondents::Between, pattern, source_note::Note};
use crate::{
    readers::{Block, Draft},
    record::{Form, surname},
};

static MARKER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?P<subject>SUBJECTS?|Subjects?|SUBJ|RE|Re)|(?P<present>(?:LIST OF |List of )?(?:PARTICIPANTS?|Participants?)|(?:MEMBERS |Members )?(?:PRESENT|Present)|Also [Pp]resent|ALSO PRESENT|Those [Pp]resent))(?: were)?(?:\s*[:.]\s*(?P<rest>.*)|)$",
    )
});
static RUN_IN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|:\s+)(?P<mark>\(?(?:\d{1,2}|[A-Z]|[IVX]{1,4})[.)])\s+(?P<title>[A-Z][^.:;!?]{1,70}?)(?:\.\s+[A-Z“]|\.?$)",
    )
});
static BARE_RUN_IN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Z][^.:;!?]{3,60})\. [A-Z“]"));
/// A person, an abbreviation, or an opening that is no heading.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:The|Mr|Mrs|Miss|Dr|Sir|Lord|Senator|Secretary|Ambassador|President|General|Question|Answer|Comment|No|Yes|Dear|Article|Art|Section|Sec|Begin|End|Text|Embtel|Deptel|Ref|Reference|Re)\b|\b(?:Mr|Mrs|Dr|Messrs|St|Gen|Sen|No|Vol|Jr|Amb|Gov|Col|Min|Tel|[A-Z])$",
    )
});
/// An addressee, a closing, a lone person, a bare numeral.
static NO_TITLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:Esq|Hon|&c|etc|J\. P|M\. P|Witness|Signed|Seal|L\. S)\b|&c|^(?:[A-Z]\. ?)+[A-Z][\w'’ʼ-]+(?:,.*)?$|^I have\b|^[IVXLC]+\.?$|^To (?:the|his|her|Mr)\b",
    )
});
/// `Mr. Moss: Have you anything?`: somebody speaks.
static UTTERANCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:Mr|Mrs|Miss|Dr|Prof|Gen|General|Adm|Admiral|Col|Colonel|Capt|Captain|Major|Senator|Lord|Sir|M|The [A-Z][a-z]+)\b[^:]{0,40}: ?\S+ \S",
    )
});
static NUMBERING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\(?(?:\d{1,2}|[A-Za-z]|[IVXivx]{1,5})[.)]\s+"));
static SIGNED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:signature|signed|initial(?:s|ed))\b"));

/// Longest heading, in characters and words.
const MAX_HEADING: (usize, usize) = (150, 16);

/// A document in order.
#[derive(Debug, Default)]
pub struct Outline {
    /// Its blocks, with what they are.
    pub laid: Vec<Laid>,
    /// Headings in order.
    pub topics: Vec<String>,
    /// Subject lines joined.
    pub subject: Option<String>,
    /// The lines of the participants block; one that ends in a colon heads those below it.
    pub participants: Vec<String>,
}

/// A block, or a part of one, with what it is.
#[derive(Debug)]
pub struct Laid {
    /// Index of the draft's block.
    pub block: usize,
    /// The bytes of it.
    pub span: (usize, usize),
    /// What it is.
    pub form: Form,
    /// The heading above it.
    pub topic: Option<u16>,
}

/// Finds the order of a document.
pub fn read(draft: &Draft, note: &Note, between: &Between) -> Outline {
    let mut outline = Outline::default();
    let preamble = Preamble::read(&draft.blocks, &mut outline);
    let signatures = signatures(draft, note, between);
    let first_paragraph = draft
        .blocks
        .iter()
        .position(|b| b.attachment.is_none() && is_sentence(&b.text) && b.form == Form::Paragraph);
    let run_in = run_in_headings(&draft.blocks);
    let mut topic: Option<u16> = None;
    let mut attachment = None;
    for (index, block) in draft.blocks.iter().enumerate() {
        if block.attachment != attachment {
            attachment = block.attachment;
            topic = None;
        }
        let form = if preamble.contains(&index) {
            Form::Preamble
        } else if signatures.contains(&index) {
            Form::Signature
        } else if is_heading(&draft.blocks, index, first_paragraph) {
            Form::Heading
        } else if block.form == Form::Heading && !is_attachment_title(draft, block) {
            Form::Line
        } else {
            block.form
        };
        let starts_topic = (form == Form::Heading && !is_attachment_title(draft, block))
            || (form == Form::Margin && !block.text.starts_with('['));
        if starts_topic {
            topic = outline.add_topic(&block.text);
        }
        let cuts: Vec<_> = run_in.iter().filter(|(at, _, _)| *at == index).collect();
        let mut from = 0;
        for (_, at, title) in cuts {
            if *at > from {
                outline.laid.push(Laid {
                    block: index,
                    span: (from, *at),
                    form,
                    topic,
                });
            }
            topic = outline.add_topic(title);
            from = *at;
        }
        outline.laid.push(Laid {
            block: index,
            span: (from, block.text.len()),
            form,
            topic,
        });
    }
    outline
}

impl Outline {
    fn add_topic(&mut self, text: &str) -> Option<u16> {
        let bare = NUMBERING.replace(text.trim(), "");
        let bare =
            bare.trim_matches(|c: char| c == '.' || c == ':' || c == '—' || c.is_whitespace());
        let number = u16::try_from(self.topics.len()).ok()?;
        self.topics.push(bare.to_owned());
        Some(number)
    }
}

/// The subject and participants blocks at the head of a memorandum (a list may also stand at its end).
struct Preamble;

impl Preamble {
    /// Indices of the blocks that belong to it; the outline takes what they say.
    fn read(blocks: &[Block], outline: &mut Outline) -> Vec<usize> {
        let mut own = Vec::new();
        let mut subjects: Vec<String> = Vec::new();
        let mut mode = Mode::Text;
        let mut seen_text = 0;
        for (index, block) in blocks
            .iter()
            .enumerate()
            .filter(|(_, b)| b.attachment.is_none())
        {
            if let Some((next, rest)) =
                marker(block).filter(|(m, _)| seen_text < 3 || *m == Mode::Participants)
            {
                mode = next;
                own.push(index);
                match mode {
                    Mode::Subject if !rest.is_empty() => subjects.push(rest.to_owned()),
                    Mode::Participants if !rest.is_empty() => {
                        outline.participants.push(rest.to_owned());
                    }
                    _ => {}
                }
                continue;
            }
            let text = block.text.trim();
            match mode {
                Mode::Participants if UTTERANCE.is_match(text) => mode = Mode::Text,
                Mode::Participants
                    if block.form == Form::Preamble || !(block.set_apart || is_sentence(text)) =>
                {
                    let heads_group = block.set_apart && !text.ends_with(':');
                    outline
                        .participants
                        .push(format!("{text}{}", if heads_group { ":" } else { "" }));
                    own.push(index);
                }
                // Further lines belong to the subject only where the participants still follow.
                Mode::Subject
                    if subjects.is_empty()
                        || (!is_sentence(text) && participants_follow(&blocks[index..])) =>
                {
                    subjects.push(text.to_owned());
                    own.push(index);
                }
                _ if block.form == Form::Preamble => own.push(index),
                _ => {
                    mode = Mode::Text;
                    seen_text += usize::from(is_sentence(text));
                }
            }
        }
        outline.subject = (!subjects.is_empty()).then(|| subjects.join("; "));
        own
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Text,
    Subject,
    Participants,
}

fn marker(block: &Block) -> Option<(Mode, &str)> {
    let found = MARKER.captures(block.text.trim())?;
    let rest = found.name("rest").map_or("", |m| m.as_str());
    let mode = if found.name("subject").is_some() {
        Mode::Subject
    } else {
        Mode::Participants
    };
    // `Present: the whole Cabinet. He then said ...` is a sentence of the text.
    (rest.len() <= 200).then_some((mode, rest))
}

fn participants_follow(blocks: &[Block]) -> bool {
    blocks
        .iter()
        .take(6)
        .take_while(|b| !is_sentence(&b.text))
        .any(|b| matches!(marker(b), Some((Mode::Participants, _))))
}

/// A sentence of running text: many words and a stop at the end, or very many words.
fn is_sentence(text: &str) -> bool {
    // Long paragraphs are not counted to their end.
    let words = text.split_whitespace().take(31).count();
    let stopped = is_stopped(text);
    words > 30
        || (words >= 8 && stopped)
        || ((3..8).contains(&words) && stopped && starts_like_speech(text))
}

/// Ends with a stop; the dot of `U.S.S.R.` or `Jr.` is none.
fn is_stopped(text: &str) -> bool {
    let bare = text.trim_end_matches(['”', '"', ')', '’', 'ʼ']);
    let last = bare.rsplit(' ').next().unwrap_or_default();
    let dotted = last.matches('.').count() >= 2 || matches!(last, "Jr." | "Sr." | "Co." | "Inc.");
    bare.ends_with(['.', '?', '!', ':', ';']) && !dotted
}

fn starts_like_speech(text: &str) -> bool {
    let said = [
        " said ",
        " replied ",
        " asked ",
        " agreed",
        " added ",
        " replied.",
        " was ",
        " is ",
        " were ",
        " had ",
    ];
    said.iter().any(|s| text.contains(s)) || text.ends_with(':')
}

fn is_attachment_title(draft: &Draft, block: &Block) -> bool {
    let title = block
        .attachment
        .and_then(|a| draft.attachments.get(a))
        .and_then(|a| a.title.as_deref());
    block.form == Form::Heading && title == Some(block.text.as_str())
}

fn is_heading(blocks: &[Block], index: usize, first_paragraph: Option<usize>) -> bool {
    let block = &blocks[index];
    let text = block.text.trim();
    // Most blocks are paragraphs: they are told by their length alone.
    if text.len() > MAX_HEADING.0 * 4 {
        return false;
    }
    let short =
        text.chars().count() <= MAX_HEADING.0 && text.split_whitespace().count() <= MAX_HEADING.1;
    let worded = text.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    if UTTERANCE.is_match(text) {
        return false;
    }
    if !short || !worded || text.starts_with('[') || text.ends_with([',', ']', ';']) {
        return false;
    }
    match block.form {
        Form::Heading => true,
        Form::Paragraph if block.set_apart => {
            let opening = first_paragraph.is_some_and(|first| index < first);
            let asks = text.ends_with('?') && !text.contains(". ");
            !text.ends_with(':')
                && (asks || !is_sentence(text))
                && (!opening || text.chars().any(char::is_lowercase))
        }
        Form::Paragraph => is_plain_heading(blocks, index, text, first_paragraph, STACKED),
        _ => false,
    }
}

/// Headings that may stand on one another before text comes.
const STACKED: usize = 3;

/// A short plain paragraph in the shape of a title, with running text below it.
fn is_plain_heading(
    blocks: &[Block],
    index: usize,
    text: &str,
    first_paragraph: Option<usize>,
    stacked: usize,
) -> bool {
    let bare = NUMBERING.replace(text, "");
    if NO_TITLE.is_match(&bare) {
        return false;
    }
    let ends_well = !is_stopped(&bare) || bare.ends_with('?') || is_dotted_title(&bare);
    let starts_well = bare.starts_with(|c: char| c.is_uppercase() || c == '“');
    if !ends_well || !starts_well || bare.chars().count() > 100 || !in_title_case(&bare) {
        return false;
    }
    let following = blocks[index + 1..]
        .iter()
        .find(|b| b.attachment == blocks[index].attachment);
    let Some(following) = following else {
        return false;
    };
    // Before the text begins stand titles and numbers; only the line just above it is a heading.
    let opening = first_paragraph.is_some_and(|first| index < first);
    if opening {
        let lower = bare.chars().any(char::is_lowercase);
        let above = first_paragraph == Some(index + 1) || following.text.starts_with('[');
        return lower
            && above
            && !bare.chars().any(|c| c.is_ascii_digit())
            && !looks_like_address(&bare);
    }
    is_sentence(&following.text)
        || following.text.starts_with('[')
        || (stacked > 0
            && is_plain_heading(
                blocks,
                index + 1,
                following.text.trim(),
                first_paragraph,
                stacked - 1,
            ))
}

/// `Civil Air Agreement.`: a few words, each with a capital.
fn is_dotted_title(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    text.ends_with('.')
        && words.len() <= 5
        && words
            .iter()
            .filter(|w| w.chars().count() >= 3)
            .all(|w| w.starts_with(char::is_uppercase))
        && !NAMED.is_match(text)
}

fn looks_like_address(text: &str) -> bool {
    [
        "MEMORANDUM",
        "TO",
        "FROM",
        "Dear",
        "Mr.",
        "Sir",
        "Excellency",
        "Top Secret",
        "Secret",
    ]
    .iter()
    .any(|w| text.starts_with(w))
}

/// Half of the longer words begin with a capital.
fn in_title_case(text: &str) -> bool {
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|w| w.chars().count() >= 4)
        .collect();
    let capital = words
        .iter()
        .filter(|w| {
            w.trim_start_matches(['“', '(', '"'])
                .starts_with(char::is_uppercase)
        })
        .count();
    capital * 2 >= words.len() && text.split_whitespace().count() <= 14
}

/// `1. Laos. Vorel repeated`: block, byte offset, title. Only where two or more are numbered so, or
/// three or more different ones stand so without numbers.
fn run_in_headings(blocks: &[Block]) -> Vec<(usize, usize, String)> {
    let mut numbered = Vec::new();
    let mut bare = Vec::new();
    for (index, block) in blocks
        .iter()
        .enumerate()
        .filter(|(_, b)| b.form == Form::Paragraph && !b.set_apart)
    {
        // Most paragraphs have no place where one could begin.
        let text = &block.text;
        let possible =
            text.contains(':') || text.starts_with(|c: char| c.is_ascii_digit() || c == '(');
        let searched = if possible { text.as_str() } else { "" };
        for run_in in RUN_IN.captures_iter(searched) {
            let (Some(mark), Some(title)) = (run_in.name("mark"), run_in.name("title")) else {
                continue;
            };
            let whole = mark.start() == 0 && title.end() >= block.text.trim_end_matches('.').len();
            let figure = mark.as_str().starts_with(|c: char| c.is_ascii_digit());
            if figure && !whole && is_title(title.as_str(), 7) {
                numbered.push((index, mark.start(), title.as_str().to_owned()));
            }
        }
        if let Some(title) = BARE_RUN_IN.captures(&block.text).and_then(|c| c.get(1))
            && is_title(title.as_str(), 5)
        {
            bare.push((index, 0, title.as_str().to_owned()));
        }
    }
    let titled = bare
        .iter()
        .filter(|(_, _, title)| in_title_case(title))
        .count();
    let different: std::collections::HashSet<&str> =
        bare.iter().map(|(_, _, title)| title.as_str()).collect();
    let many = titled == bare.len() && titled >= 3 && different.len() == titled;
    if numbered.len() >= 2 {
        numbered.extend(
            bare.into_iter()
                .filter(|(_, _, title)| title.split_whitespace().count() <= 4),
        );
        numbered.sort();
        numbered
    } else if many {
        bare
    } else {
        Vec::new()
    }
}

/// A few words without a verb, and no person's name.
fn is_title(text: &str, most: usize) -> bool {
    const VERBS: &[&str] = &[
        "is", "are", "was", "were", "be", "has", "have", "had", "will", "would", "should", "shall",
        "may", "can", "could", "said", "says", "do", "does", "did", "must", "that", "we", "i",
        "he", "they", "it", "you", "agreed", "replied", "asked",
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    words.len() <= most
        && !words
            .iter()
            .any(|w| VERBS.contains(&w.to_lowercase().as_str()))
        && !NAMED.is_match(text)
}

/// The longest signature, in bytes.
const MAX_SIGNATURE: usize = 120;

/// Blocks that sign: by a note that says so, by the name of a known hand, or as last short line.
fn signatures(draft: &Draft, note: &Note, between: &Between) -> Vec<usize> {
    let mut hands: Vec<String> = note.drafted_by.iter().map(|n| surname(n)).collect();
    hands.extend(
        [&between.from, &between.to]
            .into_iter()
            .flatten()
            .map(|n| surname(n.trim_end_matches(')').rsplit('(').next().unwrap_or(n))),
    );
    let says_signed = |label: &String| {
        draft
            .notes
            .iter()
            .any(|n| n.label == *label && n.text.len() < 200 && SIGNED.is_match(&n.text))
    };
    let own: Vec<usize> = (0..draft.blocks.len())
        .filter(|i| draft.blocks[*i].attachment.is_none())
        .collect();
    let signs = |index: usize| {
        let block = &draft.blocks[index];
        let text = block.text.trim();
        if text.len() > MAX_SIGNATURE {
            return false;
        }
        let words = text.split_whitespace().count();
        let named = words <= 5
            && text.starts_with(char::is_uppercase)
            && !text.ends_with(['.', ':', '?'])
            && !text.contains(':');
        let last = own.last() == Some(&index);
        let known = words <= 4 && hands.iter().any(|h| !h.is_empty() && surname(text) == *h);
        named
            && (known
                || (last && index > 0)
                || block.calls.iter().any(|(_, label)| says_signed(label)))
    };
    own.iter()
        .copied()
        .filter(|i| draft.blocks[*i].form == Form::Paragraph && signs(*i))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(blocks: &[&str]) -> Outline {
        let blocks = blocks
            .iter()
            .map(|t| Block {
                text: (*t).into(),
                ..Block::default()
            })
            .collect();
        read(
            &Draft {
                blocks,
                ..Draft::default()
            },
            &Note::default(),
            &Between::default(),
        )
    }

    const TEXT: &str =
        "The Ambassador began by hoping that the harbor would stay open through the winter.";

    #[test]
    fn subject_and_participants() {
        let read = outline(&[
            "SUBJECT",
            "Luncheon",
            "PARTICIPANTS",
            "US The President",
            "Mr. Moss",
            TEXT,
            TEXT,
        ]);
        assert_eq!(read.subject.as_deref(), Some("Luncheon"));
        assert_eq!(read.participants, ["US The President", "Mr. Moss"]);
        let read = outline(&[
            "PARTICIPANTS",
            "Mr. Moss",
            "SUBJECT",
            "Part II—Herring",
            "US/KC/9",
            TEXT,
        ]);
        assert_eq!(read.subject.as_deref(), Some("Part II—Herring"));
        assert_eq!(read.participants, ["Mr. Moss"]);
        assert_eq!(read.topics, [""; 0]);
    }

    #[test]
    fn headings_stand_above_text() {
        let read = outline(&[
            "NIE 99-4-60",
            "MAIN CURRENTS",
            "The Problem",
            TEXT,
            "The Harbor Base",
            "Fishing Aspect",
            TEXT,
            "Dean Rusk",
        ]);
        assert_eq!(
            read.topics,
            ["The Problem", "The Harbor Base", "Fishing Aspect"]
        );
        assert_eq!(read.laid.last().unwrap().form, Form::Signature);
    }

    #[test]
    fn headings_run_into_text() {
        let read = outline(&[
            "Other matters were touched upon: 1. Laos. Vorel repeated his view of it.",
            "2. Germany and Berlin. Vorel asked me about it, and I replied as before.",
            TEXT,
        ]);
        assert_eq!(read.topics, ["Laos", "Germany and Berlin"]);
        let topics: Vec<_> = read.laid.iter().map(|l| l.topic).collect();
        assert_eq!(topics, [None, Some(0), Some(1), Some(1)]);
    }
}
