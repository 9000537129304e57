//! What is stored with a record, read back; of a long one only the chunks that are asked for.

use std::{borrow::Cow, cell::OnceCell};

use serde::{Deserialize, Serialize};
use tantivy::{
    DocAddress, DocSet, Searcher, TERMINATED, TantivyDocument, Term,
    schema::{Field, IndexRecordOption, Value},
};

use super::{
    broken,
    document::{APART, part_key},
    fields::Fields,
};
use crate::{
    index::{Card, IndexError, PassageView},
    record::{Form, Identity, Passage, Record, Volume},
};

/// The stored fields of one document.
pub struct Stored<'s> {
    searcher: &'s Searcher,
    fields: &'s Fields,
    address: DocAddress,
    document: TantivyDocument,
}

/// Where the passages of a record are, and at which positions their words.
#[derive(Serialize, Deserialize)]
pub struct Table<'a> {
    /// Headings in order.
    #[serde(borrow)]
    pub topics: Vec<&'a str>,
    /// For each passage its first position in its field.
    pub starts: Vec<u32>,
    /// The first footnote: footnotes stand last and have positions of their own.
    pub notes_from: u32,
    /// The first passage of each chunk.
    pub chunks: Vec<u32>,
    /// Where each passage begins in its chunk, and where its words.
    pub offsets: Vec<(u32, u32)>,
    /// For each passage its [`Shape`], so that those to be shown are chosen before any is opened. Written
    /// behind the rest: a rebuild reads older tables, which have none.
    #[serde(skip)]
    pub shapes: Vec<Shape>,
}

impl<'a> Table<'a> {
    /// As it is stored.
    pub fn write(&self) -> Result<Vec<u8>, postcard::Error> {
        let table = postcard::to_allocvec(self)?;
        postcard::to_extend(&self.shapes, table)
    }

    fn read(bytes: &'a [u8]) -> Result<Self, postcard::Error> {
        let (table, behind) = postcard::take_from_bytes::<Self>(bytes)?;
        let shapes = match behind {
            [] => Vec::new(),
            _ => postcard::from_bytes(behind)?,
        };
        Ok(Self { shapes, ..table })
    }
}

/// What a passage is, in one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shape(u32);

impl Shape {
    /// That of a passage.
    pub fn of(passage: &Passage) -> Self {
        let form = match passage.form {
            Form::Heading | Form::Margin => 1,
            Form::Paragraph => 2,
            _ => 0,
        };
        Self(form | passage.topic.map_or(0, |topic| (u32::from(topic) + 1) << 2))
    }

    /// Whether it is a heading, or stands as one in the margin.
    pub fn is_heading(self) -> bool {
        self.0 & 3 == 1
    }

    /// Whether it is a plain paragraph.
    pub fn is_paragraph(self) -> bool {
        self.0 & 3 == 2
    }

    /// The heading above it; equal numbers are the same.
    pub fn topic(self) -> Option<u32> {
        (self.0 >> 2).checked_sub(1)
    }
}

/// Some passages.
struct Chunk<'a> {
    passages: Cow<'a, [u8]>,
    words: Cow<'a, str>,
}

/// A record's passages, opened one by one.
pub struct Text<'a> {
    stored: &'a Stored<'a>,
    /// What tells where they are.
    pub table: Table<'a>,
    chunks: Vec<OnceCell<Chunk<'a>>>,
}

impl<'s> Stored<'s> {
    /// Opens one document.
    pub fn open(
        searcher: &'s Searcher,
        fields: &'s Fields,
        address: DocAddress,
    ) -> Result<Self, IndexError> {
        let document = searcher.doc(address).map_err(broken)?;
        Ok(Self {
            searcher,
            fields,
            address,
            document,
        })
    }

    fn bytes(&self, field: Field) -> Result<&[u8], IndexError> {
        let value = self.document.get_first(field).and_then(|v| v.as_bytes());
        value.ok_or_else(|| IndexError::Broken("a stored record lacks a part".into()))
    }

    fn text_of(&self, field: Field) -> Result<&str, IndexError> {
        let value = self.document.get_first(field).and_then(|v| v.as_str());
        value.ok_or_else(|| IndexError::Broken("a stored record lacks a part".into()))
    }

    /// Whether it is a record, not a volume or a further part.
    pub fn is_record(&self) -> bool {
        self.bytes(self.fields.card).is_ok()
    }

    /// The hash of its content, of a record.
    pub fn hash(&self) -> Result<u64, IndexError> {
        let segment = self.searcher.segment_reader(self.address.segment_ord);
        let hashes = segment.fast_fields().u64("_hash").map_err(broken)?;
        let hash = hashes.first(self.address.doc_id);
        hash.ok_or_else(|| IndexError::Broken("a stored record lacks a part".into()))
    }

    /// Whether it is a volume.
    pub fn is_volume(&self) -> bool {
        !self.is_record() && self.text_of(self.fields.whole).is_ok()
    }

    /// Whether it is a person.
    pub fn is_person(&self) -> bool {
        !self.is_record() && self.text_of(self.fields.person).is_ok()
    }

    /// What a list shows of it.
    pub fn card(&self) -> Result<Card, IndexError> {
        postcard::from_bytes(self.bytes(self.fields.card)?).map_err(broken)
    }

    /// Its passages.
    pub fn text(&self) -> Result<Text<'_>, IndexError> {
        let table = Table::read(self.bytes(self.fields.table)?).map_err(broken)?;
        let chunks = table.chunks.iter().map(|_| OnceCell::new()).collect();
        Ok(Text {
            stored: self,
            table,
            chunks,
        })
    }

    /// The whole record.
    pub fn record(&self) -> Result<Record, IndexError> {
        let record: Record = match self.text_of(self.fields.whole) {
            Ok(whole) => serde_json::from_str(whole).map_err(broken)?,
            Err(_) => {
                let apart = self.part(APART)?;
                serde_json::from_str(apart.text_of(self.fields.words)?).map_err(broken)?
            }
        };
        let text = self.text()?;
        let passages = (0..text.len())
            .map(|ordinal| Ok(text.passage(ordinal)?.to_passage()))
            .collect::<Result<Vec<Passage>, _>>()?;
        let provenance =
            serde_json::from_str(self.text_of(self.fields.provenance)?).map_err(broken)?;
        Ok(Record {
            passages,
            provenance,
            ..record
        })
    }

    /// The whole volume.
    pub fn volume(&self) -> Result<Volume, IndexError> {
        serde_json::from_str(self.text_of(self.fields.whole)?).map_err(broken)
    }

    /// The whole person.
    pub fn person(&self) -> Result<Identity, IndexError> {
        serde_json::from_str(self.text_of(self.fields.person)?).map_err(broken)
    }

    /// A chunk of passages: the first stands in the record's own document.
    fn chunk(&self, number: usize) -> Result<Chunk<'_>, IndexError> {
        if number == 0 {
            return Ok(Chunk {
                passages: Cow::Borrowed(self.bytes(self.fields.passages)?),
                words: Cow::Borrowed(self.text_of(self.fields.words)?),
            });
        }
        let further = self.part(&number.to_string())?;
        Ok(Chunk {
            passages: Cow::Owned(further.bytes(self.fields.passages)?.to_vec()),
            words: Cow::Owned(further.text_of(self.fields.words)?.to_owned()),
        })
    }

    /// A further document of this record: in the same segment, under a key of its own.
    fn part(&self, name: &str) -> Result<Stored<'s>, IndexError> {
        let lost = || IndexError::Broken("a part of a record is lost".into());
        let id = self.card()?.id;
        let segment = self.searcher.segment_reader(self.address.segment_ord);
        let inverted = segment.inverted_index(self.fields.id).map_err(broken)?;
        let term = Term::from_field_text(self.fields.id, &part_key(id.as_str(), name));
        let mut postings = inverted
            .read_postings(&term, IndexRecordOption::Basic)
            .map_err(broken)?
            .ok_or_else(lost)?;
        while postings.doc() != TERMINATED && segment.is_deleted(postings.doc()) {
            postings.advance();
        }
        if postings.doc() == TERMINATED {
            return Err(lost());
        }
        let address = DocAddress::new(self.address.segment_ord, postings.doc());
        Stored::open(self.searcher, self.fields, address)
    }
}

impl Text<'_> {
    /// How many passages.
    pub fn len(&self) -> usize {
        self.table.offsets.len()
    }

    /// A passage in place.
    pub fn passage(&self, ordinal: usize) -> Result<PassageView<'_>, IndexError> {
        let outside = || IndexError::Broken("a table of passages does not fit its text".into());
        let (offset, from) = *self.table.offsets.get(ordinal).ok_or_else(outside)?;
        let after = self
            .table
            .chunks
            .partition_point(|first| *first as usize <= ordinal);
        let chunk = self.chunk(after.checked_sub(1).ok_or_else(outside)?)?;
        let next_chunk = self
            .table
            .chunks
            .get(after)
            .is_some_and(|first| *first as usize == ordinal + 1);
        let until = match self.table.offsets.get(ordinal + 1) {
            Some((_, until)) if !next_chunk => *until as usize,
            _ => chunk.words.len(),
        };
        let bytes = chunk.passages.get(offset as usize..).ok_or_else(outside)?;
        let wordless: PassageView<'_> = postcard::from_bytes(bytes).map_err(broken)?;
        let text = chunk.words.get(from as usize..until).ok_or_else(outside)?;
        Ok(PassageView { text, ..wordless })
    }

    fn chunk(&self, number: usize) -> Result<&Chunk<'_>, IndexError> {
        let place = &self.chunks[number];
        if let Some(chunk) = place.get() {
            return Ok(chunk);
        }
        let chunk = self.stored.chunk(number)?;
        Ok(place.get_or_init(|| chunk))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_with_shapes_and_without() {
        let table = Table {
            topics: vec!["Herring"],
            starts: vec![0, 9],
            notes_from: 2,
            chunks: vec![0],
            offsets: vec![(0, 0), (7, 30)],
            shapes: vec![Shape(1), Shape(6)],
        };
        let bytes = table.write().unwrap();
        let read = Table::read(&bytes).unwrap();
        assert_eq!(
            (&read.offsets, &read.shapes),
            (&table.offsets, &table.shapes)
        );
        let older = postcard::to_allocvec(&table).unwrap();
        let read = Table::read(&older).unwrap();
        assert_eq!((read.offsets, read.shapes), (table.offsets, Vec::new()));
    }

    #[test]
    fn a_shape_tells_form_and_topic() {
        let shape = |form, topic| {
            let shape = Shape::of(&Passage {
                form,
                topic,
                ..Passage::default()
            });
            (shape.is_heading(), shape.is_paragraph(), shape.topic())
        };
        assert_eq!(shape(Form::Heading, None), (true, false, None));
        assert_eq!(shape(Form::Paragraph, Some(0)), (false, true, Some(0)));
        assert_eq!(
            shape(Form::Quote, Some(u16::MAX)),
            (false, false, Some(65535))
        );
    }
}
