//! Record > tantivy document: terms and columns of every declared field, and what is stored.

use serde::Serialize;
use sha2::{Digest, Sha256};
use tantivy::TantivyDocument;

use super::fields::{Fields, Handles};
use crate::{
    index::{
        Card,
        words::{BREAK, BREAK_POSITIONS, positions},
    },
    record::{Passage, PassageKind, Record, Volume},
    schema::{Schema, Values, source},
};

/// The terms of [`Fields::entity`].
pub const RECORD: &str = "record";
/// See [`RECORD`].
pub const VOLUME: &str = "volume";

/// What is stored beside a card, read back through [`PassageView`](crate::index::PassageView).
#[derive(Serialize)]
struct StoredText<'a> {
    topics: &'a [String],
    /// For each passage its first position in its field.
    starts: Vec<u32>,
    passages: &'a [Passage],
}

/// A document ready to be added, with the hash of its content.
pub struct Prepared {
    /// The document.
    pub document: TantivyDocument,
    /// Tells whether a record has changed.
    pub hash: u64,
}

/// Prepares a record. The error is a sentence.
pub fn prepare(record: &Record, schema: &Schema, fields: &Fields) -> Result<Prepared, String> {
    let whole = serde_json::to_vec(record).map_err(|e| e.to_string())?;
    let starts = starts(&record.passages);
    let stored = StoredText {
        topics: &record.topics,
        starts,
        passages: &record.passages,
    };
    let text = postcard::to_allocvec(&stored).map_err(|e| e.to_string())?;
    let card = postcard::to_allocvec(&Card::from(record)).map_err(|e| e.to_string())?;
    let hash = hash(&[&whole, &text]);

    let mut document = TantivyDocument::default();
    document.add_text(fields.id, record.id.as_str());
    document.add_text(fields.entity, RECORD);
    document.add_u64(fields.hash, hash);
    document.add_u64(fields.richness, u64::from(record.provenance.richness));
    document.add_bytes(fields.card, &card);
    document.add_bytes(fields.text, &text);
    document.add_bytes(fields.whole, &whole);
    for field in &schema.fields {
        if let Some(extract) = source(&field.source) {
            add_values(
                &mut document,
                fields.declared[&field.name],
                extract(record),
                &record.passages,
            );
        }
    }
    Ok(Prepared { document, hash })
}

/// Prepares a volume's description.
pub fn prepare_volume(volume: &Volume, fields: &Fields) -> Result<TantivyDocument, String> {
    let mut document = TantivyDocument::default();
    document.add_text(fields.id, volume_key(&volume.id));
    document.add_text(fields.entity, VOLUME);
    document.add_bytes(
        fields.whole,
        &serde_json::to_vec(volume).map_err(|e| e.to_string())?,
    );
    Ok(document)
}

/// Record ids have a slash, so no record has this one.
pub fn volume_key(id: &str) -> String {
    format!("volume:{id}")
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
                let mut seen: Vec<&str> = Vec::with_capacity(texts.len());
                for text in texts.iter().map(|t| t.trim()).filter(|t| !t.is_empty()) {
                    if !seen.contains(&text) {
                        seen.push(text);
                        document.add_text(value, text);
                    }
                }
            }
        }
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
