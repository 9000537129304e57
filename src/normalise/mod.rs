//! [`Draft`] > [`Record`]: what a document means. Never fails: what cannot be read becomes a remark.
//!
//! One file per question: when (`dates`), what kind (`kinds`), how secret and where kept
//! (`source_note`), from whom to whom (`correspondents`), who was there (`participants`), under which
//! heading (`outline`), who says what (`speech`), who is who (`people`), who met (`meeting`), what about
//! (`countries`, `subjects`, `printed_index`), what is missing (`gaps`), what it points to (`references`).

mod correspondents;
mod countries;
mod dates;
mod gaps;
mod kinds;
mod meeting;
mod outline;
mod participants;
mod passages;
mod people;
mod printed_index;
mod references;
mod source_note;
mod speech;
mod subjects;

pub use dates::parse_date;

use std::sync::LazyLock;

use regex::Regex;

use self::{people::People, printed_index::PrintedIndex};
use crate::{
    authority::{Authority, Persons, Taxonomy},
    readers::{AttachmentDraft, Draft},
    record::{
        Attachment, Form, Identity, InvalidId, Pages, Participant, Passage, PassageKind,
        Provenance, Record, RecordId, Remark, Volume, surname, without_titles,
    },
};

/// What is known beside the document itself.
#[derive(Debug)]
pub struct Context<'a> {
    authority: &'a Authority,
    taxonomy: Option<&'a Taxonomy>,
    catalogue: bool,
    persons: Persons,
    index: PrintedIndex,
}

impl<'a> Context<'a> {
    /// Before the first volume. `catalogue` tells whether printed indexes become subject headings.
    pub fn new(authority: &'a Authority, taxonomy: Option<&'a Taxonomy>, catalogue: bool) -> Self {
        Self {
            authority,
            taxonomy,
            catalogue,
            persons: Persons::default(),
            index: PrintedIndex::default(),
        }
    }

    /// Takes up a volume: its persons and its printed index go for the drafts behind it.
    pub fn take_up(&mut self, volume: &Volume) {
        self.persons = Persons::new(volume, self.authority);
        if self.catalogue {
            self.index = PrintedIndex::new(volume);
        }
    }

    /// Somebody whom a record of the volume names by id.
    pub fn person(&self, id: &str) -> Option<&Identity> {
        self.persons.by_id(id).or_else(|| self.authority.by_id(id))
    }
}

impl Context<'static> {
    /// With the shipped authority file and nothing else.
    pub fn shipped() -> Self {
        Self::new(Authority::shipped(), None, true)
    }
}

/// Makes a record of a draft.
///
/// # Errors
/// [`InvalidId`] where volume and name make no id: without one the record could not be kept.
pub fn normalise(
    draft: Draft,
    provenance: Provenance,
    context: &Context<'_>,
) -> Result<Record, InvalidId> {
    let id = RecordId::new(&draft.volume, &draft.name)?;
    let mut remarks = Vec::new();
    let number = number(&draft, &mut remarks);
    let title = title(&draft, number, &mut remarks);
    let heading = title.as_deref().unwrap_or_default();
    let kind = kinds::kind(heading, &draft);
    let opening = draft
        .blocks
        .iter()
        .find(|b| b.attachment.is_none())
        .map_or("", |b| b.text.as_str());
    let note = source_note::read(&draft.sources, opening, &mut remarks);
    let when = dates::when(&draft, heading, &mut remarks);
    let between = correspondents::read(heading, &draft.names, &kind);
    let outline = outline::read(&draft, &note, &between);
    let text = passages::lay_out(&draft, &outline);
    let dated = when.date.as_ref().map(|d| d.from.date);
    let day = dated.or_else(|| first_day(&text).filter(|_| kind == "editorial-note"));
    let who = People::new(context, day);
    let mut participants = participants::read(&outline.participants, heading, &kind, &between);
    if participants.is_empty() && may_report_a_meeting(&kind) {
        let author = who.author(&note, &between, people::signature(&text));
        participants = meeting::read(&text, &kind, author.as_deref())
            .into_iter()
            .map(named_in_text)
            .collect();
    } else if outline.participants.is_empty() && kind == "memorandum-of-conversation" {
        let listed = |name: &String| {
            participants
                .iter()
                .any(|p| p.surname == surname(without_titles(name)))
        };
        let companions: Vec<String> = meeting::companions(&text)
            .into_iter()
            .filter(|name| !listed(name))
            .collect();
        participants.extend(companions.into_iter().map(named_in_text));
    }
    who.identify(&mut participants, &mut remarks);
    let mut cast = who.cast(&participants, &note, &between, people::signature(&text));
    let text = if reports_speech(&kind) {
        speech::attribute(text, &mut cast, is_telegraphic(&kind))
    } else {
        text
    };
    people::add_drafter(&mut participants, &text, &cast, |name| who.id_of(name));
    let gaps = gaps::find(&text);
    let pointers = references::find(&id, &draft, &text, note.source.text.as_deref(), &between);
    let passages = gaps::cut(text, &gaps);
    let gaps = gaps.into_iter().map(Into::into).collect();
    if !passages.iter().any(|p| p.kind == PassageKind::Body) {
        remarks.push(Remark::new("body", "the document has no text"));
    }
    let pages = pages(&draft, &passages);
    let parts = people::Parts {
        participants: &participants,
        passages: &passages,
        from: between.from.as_deref(),
        to: between.to.as_deref(),
        is_talk: kind == "memorandum-of-conversation",
        drafted_by: &note.drafted_by,
        signature: people::signature(&passages),
        names: &draft.names,
        marks: &draft.persons,
    };
    let people = who.appearances(&parts, &cast);
    let sides = participants
        .iter()
        .flat_map(|p| [Some(p.name.as_str()), p.office.as_deref()]);
    let weighed = countries::weigh(&countries::Sought {
        title: (between.from.is_none() && between.to.is_none()).then_some(heading),
        subject: outline.subject.as_deref(),
        topics: &outline.topics,
        chapters: &draft.chapters,
        passages: &passages,
        parties: [between.from.as_deref(), between.to.as_deref()]
            .into_iter()
            .chain(sides)
            .flatten()
            .collect(),
        year: day.map(jiff::civil::Date::year),
        is_talk: kind == "memorandum-of-conversation",
        is_estimate: kind.starts_with("intelligence"),
    });
    let subjects = subjects::find(
        context.taxonomy,
        heading,
        &outline,
        &draft.chapters,
        &passages,
        &weighed,
    );
    let telegram = telegram_number(&kind, &passages);
    Ok(Record {
        id,
        number,
        participants,
        people,
        title,
        chapters: draft.chapters.clone(),
        kind,
        date: when.date,
        dateline: when.dateline,
        place: when.place,
        classification: note.classification,
        source: note.source,
        drafted_by: note.drafted_by,
        cleared_by: note.cleared_by,
        approved_by: note.approved_by,
        from: between.from,
        to: between.to,
        subject: outline.subject,
        topics: outline.topics,
        countries: weighed
            .iter()
            .map(|(country, _)| country.label.clone())
            .collect(),
        subjects: subjects.iter().map(|(chain, _)| chain.clone()).collect(),
        evidence: weighed
            .into_iter()
            .map(|(_, evidence)| evidence)
            .chain(subjects.into_iter().filter_map(|(_, evidence)| evidence))
            .collect(),
        index_terms: context.index.terms(&passages),
        telegram,
        references: pointers.inside,
        external_references: pointers.outside,
        citations: pointers.citations,
        gaps,
        attachments: draft.attachments.iter().map(attachment).collect(),
        pages,
        passages,
        remarks,
        provenance,
    })
}

/// Kinds of document that report what was said.
fn reports_speech(kind: &str) -> bool {
    matches!(
        kind,
        "memorandum-of-conversation"
            | "minutes"
            | "transcript"
            | "memorandum"
            | "telegram"
            | "airgram"
            | "despatch"
            | "message"
            | "diary-entry"
            | "note"
    )
}

/// The first day that a text names: an editorial note has no date of its own.
fn first_day(passages: &[Passage]) -> Option<jiff::civil::Date> {
    let opening = passages.iter().find(|p| p.form == Form::Paragraph)?;
    DAY.find(&opening.text)
        .and_then(|m| parse_date(m.as_str()))
        .map(|d| d.from.date)
}

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}, 1[789]\d\d\b",
    )
});

/// Somebody present of whom only the text tells.
fn named_in_text(name: String) -> Participant {
    Participant {
        surname: surname(without_titles(&name)),
        name,
        ..Participant::default()
    }
}

/// Kinds of document that tell of a meeting without a list of who was there.
fn may_report_a_meeting(kind: &str) -> bool {
    matches!(
        kind,
        "telegram" | "airgram" | "memorandum" | "diary-entry" | "editorial-note" | "despatch"
    )
}

/// `2828. Deptel 113 ...`: the number under which a message was sent opens its text.
fn telegram_number(kind: &str, passages: &[Passage]) -> Option<String> {
    let sent = matches!(
        kind,
        "telegram" | "airgram" | "circular" | "despatch" | "message"
    );
    let opening = passages
        .iter()
        .find(|p| sent && p.kind == PassageKind::Body && !p.text.starts_with('['))?;
    SENT_AS
        .captures(&opening.text)
        .map(|c| c["number"].to_owned())
}

static SENT_AS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^\W*(?:No\. ?)?(?:[A-Z]{1,6}-?)?(?P<number>\d{1,5})(?:\.?\]|\.|$)(?:\s|$)")
});

/// Kinds that leave articles out.
fn is_telegraphic(kind: &str) -> bool {
    matches!(kind, "telegram" | "airgram" | "circular" | "message")
}

/// A pattern that is a constant of this program: tests run every one. Word boundaries are those of ASCII: the
/// others make every search with a typographic apostrophe in its text several times slower.
fn pattern(text: &str) -> Regex {
    Regex::new(&text.replace(r"\b", r"(?-u:\b)")).expect("a constant pattern")
}

fn number(draft: &Draft, remarks: &mut Vec<Remark>) -> Option<u32> {
    match draft.number.as_deref().map(str::parse) {
        Some(Ok(number)) => Some(number),
        Some(Err(_)) => {
            let printed = draft.number.as_deref().unwrap_or_default();
            remarks.push(Remark::new("number", format!("`{printed}` is no number")));
            None
        }
        None => {
            remarks.push(Remark::new("number", "the source gives none"));
            None
        }
    }
}

/// The heading without its own number.
fn title(draft: &Draft, number: Option<u32>, remarks: &mut Vec<Remark>) -> Option<String> {
    let printed = draft.title.trim();
    let numbered = number
        .and_then(|n| printed.strip_prefix(&format!("{n}.")))
        .filter(|rest| rest.starts_with(' '));
    let bare = numbered.unwrap_or(printed).trim();
    if bare.is_empty() {
        remarks.push(Remark::new("title", "the source gives no heading"));
        return None;
    }
    Some(bare.to_owned())
}

/// From the heading's page to the last page with text of the document or its attachments.
fn pages(draft: &Draft, passages: &[crate::record::Passage]) -> Option<Pages> {
    let mut worded = passages.iter().filter(|p| p.kind != PassageKind::Footnote);
    let first = draft
        .page
        .clone()
        .or_else(|| worded.clone().find_map(|p| p.page.clone()))?;
    let last = worded
        .rfind(|p| p.page.is_some())
        .and_then(|p| p.page_end())
        .unwrap_or(&first)
        .to_owned();
    Some(Pages { first, last })
}

fn attachment(draft: &AttachmentDraft) -> Attachment {
    let title = draft
        .title
        .as_deref()
        .map(str::trim)
        .filter(|t| !t.is_empty())
        .map(str::to_owned);
    let dateline = draft.datelines.first();
    let between = correspondents::read(title.as_deref().unwrap_or_default(), &draft.names, "other");
    Attachment {
        label: draft
            .label
            .as_deref()
            .map(|l| l.trim_matches(['[', ']', '.', ' ']).to_owned()),
        date: dateline.and_then(dates::of_dateline),
        place: dateline.and_then(dates::place),
        title,
        from: between.from,
        to: between.to,
    }
}
