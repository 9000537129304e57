//! Record > tantivy document: terms and columns of every declared field, and what is stored.

use sha2::{Digest, Sha256};
use tantivy::TantivyDocument;

use super::{
    analyzer::SWITCH,
    fields::{BODY_STARTS, Fields, Handles, NOTE_STARTS, TOPIC_STARTS},
    stored::{Shape, Table},
};
use crate::{
    index::{
        Card, PassageView,
        words::{BREAK, BREAK_POSITIONS, MAX_WORD_BYTES, fold_value, positions, speaker_key},
    },
    record::{Identity, Passage, PassageKind, Record, Volume},
    schema::{Schema, Values, source},
};

/// The terms of [`Fields::entity`].
pub const RECORD: &str = "record";
/// See [`RECORD`].
pub const VOLUME: &str = "volume";
/// See [`RECORD`].
pub const PERSON: &str = "person";

/// Stands between the headings of a path.
const PATH_JOINT: &str = " > ";

/// Passages are stored in chunks of about this many bytes: opening one passage of a long record
/// unpacks one chunk.
const CHUNK_BYTES: usize = 6 << 10;

/// What is longer of a record beside its passages is stored apart: lists of hits have no use for it.
const APART_BYTES: usize = 4 << 10;

/// The name of the part that holds it.
pub const APART: &str = "whole";

/// A record's documents, ready to be added, with the hash of their content.
pub struct Prepared {
    /// The record's own document, then one for each further chunk of passages and for what is stored apart.
    pub documents: Vec<TantivyDocument>,
    /// Tells whether a record has changed.
    pub hash: u64,
}

/// Prepares a record. The error is a sentence.
pub fn prepare(record: &Record, schema: &Schema, fields: &Fields) -> Result<Prepared, String> {
    let whole = serde_json::to_string(record).map_err(|e| e.to_string())?;
    let starts = starts(&record.passages);
    let said = said(&record.passages, &starts);
    let placed = placed(&record.passages, &starts);
    let (table, chunks) = store_passages(record, starts)?;
    let card = postcard::to_allocvec(&Card::from(record)).map_err(|e| e.to_string())?;
    let mut parts: Vec<&[u8]> = vec![whole.as_bytes(), &table];
    parts.extend(
        chunks
            .iter()
            .flat_map(|chunk| [&chunk.passages[..], chunk.words.as_bytes()]),
    );
    let hash = hash(&parts);

    let id = record.id.as_str();
    let mut document = TantivyDocument::default();
    document.add_text(fields.id, id);
    document.add_text(fields.owner, id);
    document.add_text(fields.entity, RECORD);
    document.add_u64(fields.hash, hash);
    document.add_u64(fields.richness, u64::from(record.provenance.richness));
    document.add_bytes(fields.card, &card);
    document.add_bytes(fields.table, &table);
    if whole.len() <= APART_BYTES {
        document.add_text(fields.whole, &whole);
    }
    let provenance = serde_json::to_string(&record.provenance).map_err(|e| e.to_string())?;
    document.add_text(fields.provenance, provenance);
    for field in &schema.fields {
        if let Some(extract) = source(&field.source) {
            let handles = fields.declared[&field.name];
            add_values(&mut document, handles, extract(record), &record.passages);
        }
    }
    if !said.is_empty() {
        document.add_text(fields.said, said);
    }
    document.add_text(fields.starts, placed);
    let mut documents = vec![document];
    for (number, chunk) in chunks.iter().enumerate() {
        if number > 0 {
            documents.push(further(id, &number.to_string(), fields));
        }
        if let Some(holder) = documents.last_mut() {
            holder.add_bytes(fields.passages, &chunk.passages);
            holder.add_text(fields.words, &chunk.words);
        }
    }
    if whole.len() > APART_BYTES {
        let mut apart = further(id, APART, fields);
        apart.add_text(fields.words, &whole);
        documents.push(apart);
    }
    Ok(Prepared { documents, hash })
}

/// A further document of a record, still empty.
fn further(id: &str, part: &str, fields: &Fields) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_text(fields.id, part_key(id, part));
    document.add_text(fields.owner, id);
    document
}

/// Record ids have no `#`, so no record has this one.
pub fn part_key(id: &str, part: &str) -> String {
    format!("{id}#{part}")
}

/// Some passages, as they are stored.
#[derive(Default)]
struct Chunk {
    passages: Vec<u8>,
    words: String,
}

/// The table and the chunks of passages.
fn store_passages(record: &Record, starts: Vec<u32>) -> Result<(Vec<u8>, Vec<Chunk>), String> {
    let mut chunks = vec![Chunk::default()];
    let (mut firsts, mut offsets) = (vec![0], Vec::with_capacity(record.passages.len()));
    for (ordinal, passage) in record.passages.iter().enumerate() {
        if chunks
            .last()
            .is_some_and(|chunk| chunk.words.len() >= CHUNK_BYTES)
        {
            chunks.push(Chunk::default());
            firsts.push(ordinal as u32);
        }
        let chunk = chunks.last_mut().expect("there is always one");
        offsets.push((chunk.passages.len() as u32, chunk.words.len() as u32));
        let wordless = PassageView::wordless(passage);
        chunk
            .passages
            .extend(postcard::to_allocvec(&wordless).map_err(|e| e.to_string())?);
        chunk.words.push_str(&passage.text);
    }
    let notes = record
        .passages
        .iter()
        .position(|p| p.kind == PassageKind::Footnote);
    let table = Table {
        topics: record.topics.iter().map(String::as_str).collect(),
        starts,
        notes_from: notes.unwrap_or(record.passages.len()) as u32,
        chunks: firsts,
        offsets,
        shapes: record.passages.iter().map(Shape::of).collect(),
    };
    Ok((table.write().map_err(|e| e.to_string())?, chunks))
}

/// Prepares a volume's description.
pub fn prepare_volume(volume: &Volume, fields: &Fields) -> Result<TantivyDocument, String> {
    let mut document = TantivyDocument::default();
    document.add_text(fields.id, volume_key(&volume.id));
    document.add_text(fields.owner, volume_key(&volume.id));
    document.add_text(fields.entity, VOLUME);
    let whole = serde_json::to_string(volume).map_err(|e| e.to_string())?;
    document.add_text(fields.whole, whole);
    Ok(document)
}

/// Record ids have a slash, so no record has this one.
pub fn volume_key(id: &str) -> String {
    format!("volume:{id}")
}

/// Prepares a person.
pub fn prepare_person(person: &Identity, fields: &Fields) -> Result<TantivyDocument, String> {
    let mut document = TantivyDocument::default();
    document.add_text(fields.id, person_key(&person.id));
    document.add_text(fields.owner, person_key(&person.id));
    document.add_text(fields.entity, PERSON);
    let whole = serde_json::to_string(person).map_err(|e| e.to_string())?;
    document.add_text(fields.person, whole);
    Ok(document)
}

/// As [`volume_key`].
pub fn person_key(id: &str) -> String {
    format!("person:{id}")
}

fn add_values(
    document: &mut TantivyDocument,
    handles: Handles,
    values: Values<'_>,
    passages: &[Passage],
) {
    match values {
        Values::Texts(texts) => {
            if let Some(words) = handles.words
                && !texts.is_empty()
            {
                let joined: Vec<&str> = texts.iter().map(std::convert::AsRef::as_ref).collect();
                document.add_text(words, joined.join(&BREAK.to_string()));
            }
            if let Some(value) = handles.value {
                let mut seen: Vec<String> = Vec::with_capacity(texts.len());
                for text in texts.iter().map(|t| t.trim()).filter(|t| !t.is_empty()) {
                    let folded = fold_value(text);
                    if !seen.contains(&folded) {
                        seen.push(folded);
                        document.add_text(value, text);
                    }
                }
            }
        }
        Values::Paths(paths) => add_paths(document, handles, &paths),
        Values::Numbers(numbers) => {
            if let Some(field) = handles.number {
                numbers.into_iter().for_each(|n| document.add_i64(field, n));
            }
        }
        Values::Span(span) => {
            if let (Some((from, to)), Some(span)) = (handles.span, span) {
                document.add_i64(from, span.from.minutes());
                let last = span.end();
                // A day without a time lasts to its last minute.
                document.add_i64(
                    to,
                    last.minutes() + if last.time.is_none() { 1439 } else { 0 },
                );
            }
        }
        Values::Passages(kinds) => {
            if let Some(words) = handles.words {
                document.add_text(words, running_text(passages, kinds));
            }
        }
    }
}

/// The words of every path, and as values each path with those above it, each once.
fn add_paths(document: &mut TantivyDocument, handles: Handles, paths: &[&[String]]) {
    if let Some(words) = handles.words
        && !paths.is_empty()
    {
        let joined: Vec<String> = paths.iter().map(|path| path.join(" ")).collect();
        document.add_text(words, joined.join(&BREAK.to_string()));
    }
    if let Some(value) = handles.value {
        let mut seen: Vec<String> = Vec::new();
        for path in paths {
            for depth in 1..=path.len() {
                let above = path[..depth].join(PATH_JOINT);
                let folded = fold_value(&above);
                if !folded.is_empty() && !seen.contains(&folded) {
                    document.add_text(value, above);
                    seen.push(folded);
                }
            }
        }
    }
}

/// The passages of some kinds as one text; breaks stand between passages and around gaps.
fn running_text(passages: &[Passage], kinds: &[PassageKind]) -> String {
    let own = || passages.iter().filter(|p| kinds.contains(&p.kind));
    let mut text = String::with_capacity(own().map(|p| p.text.len() + 8).sum());
    for passage in own() {
        for (_, piece) in passage.pieces() {
            text.push_str(piece);
            text.push(BREAK);
        }
    }
    text
}

/// What people say in the text, for the analyzer of [`Fields::said`]; empty where nobody speaks.
fn said(passages: &[Passage], starts: &[u32]) -> String {
    let mut text = String::new();
    for (passage, start) in passages.iter().zip(starts) {
        let Some(speaker) = &passage.speaker else {
            continue;
        };
        if passage.kind == PassageKind::Footnote {
            continue;
        }
        let key = speaker_key(speaker);
        if key.is_empty() || key.len() > MAX_WORD_BYTES {
            continue;
        }
        text.push_str(&format!("{SWITCH}{key}{SWITCH}{start}{SWITCH}"));
        for (_, piece) in passage.pieces() {
            // Text that has the code point keeps its positions without it.
            text.extend(piece.chars().map(|c| if c == SWITCH { ' ' } else { c }));
            text.push(BREAK);
        }
    }
    text
}

/// The first position of each passage in the running text of its field: footnotes have their own.
fn starts(passages: &[Passage]) -> Vec<u32> {
    let (mut body, mut notes) = (0, 0);
    passages
        .iter()
        .map(|passage| {
            let at = if passage.kind == PassageKind::Footnote {
                &mut notes
            } else {
                &mut body
            };
            let start = *at;
            *at += passage
                .pieces()
                .map(|(_, piece)| positions(piece) + BREAK_POSITIONS)
                .sum::<u32>();
            start
        })
        .collect()
}

/// Where passages and topics begin, for the analyzer of [`Fields::starts`].
fn placed(passages: &[Passage], starts: &[u32]) -> String {
    let mut placed = String::with_capacity(passages.len() * 12);
    let mut topic = None;
    for (passage, start) in passages.iter().zip(starts) {
        let note = passage.kind == PassageKind::Footnote;
        let term = if note { NOTE_STARTS } else { BODY_STARTS };
        let space = if placed.is_empty() { "" } else { " " };
        placed.push_str(&format!("{space}{term} {start}"));
        if !note && topic != Some(passage.topic) {
            topic = Some(passage.topic);
            placed.push_str(&format!(" {TOPIC_STARTS} {start}"));
        }
    }
    placed
}

fn hash(parts: &[&[u8]]) -> u64 {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    let digest = hash.finalize();
    u64::from_le_bytes(
        digest[..8]
            .try_into()
            .expect("a digest has more than eight bytes"),
    )
}
