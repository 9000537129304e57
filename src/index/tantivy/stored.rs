//! What is stored with a record, read back.

use serde::Deserialize;
use tantivy::{DocAddress, Searcher, TantivyDocument, schema::Value};

use super::{broken, fields::Fields};
use crate::{
    index::{Card, IndexError, PassageView},
    record::{Passage, Record, Volume},
};

/// The stored fields of one document.
pub struct Stored {
    document: TantivyDocument,
}

/// Passages with their positions, in place.
#[derive(Deserialize)]
pub struct TextView<'a> {
    /// Headings in order.
    #[serde(borrow)]
    pub topics: Vec<&'a str>,
    /// For each passage its first position in its field.
    pub starts: Vec<u32>,
    /// In order of the record.
    #[serde(borrow)]
    pub passages: Vec<PassageView<'a>>,
}

#[derive(Deserialize)]
struct OwnedText {
    #[expect(dead_code, reason = "the stored layout has it before the passages")]
    topics: Vec<String>,
    #[expect(dead_code, reason = "the stored layout has it before the passages")]
    starts: Vec<u32>,
    passages: Vec<Passage>,
}

impl Stored {
    /// Opens one document.
    pub fn open(searcher: &Searcher, address: DocAddress) -> Result<Self, IndexError> {
        Ok(Self {
            document: searcher.doc(address).map_err(broken)?,
        })
    }

    fn bytes(&self, field: tantivy::schema::Field) -> Result<&[u8], IndexError> {
        let value = self.document.get_first(field).and_then(|v| v.as_bytes());
        value.ok_or_else(|| IndexError::Broken("a stored record lacks a part".into()))
    }

    /// What a list shows of it.
    pub fn card(&self, fields: &Fields) -> Result<Card, IndexError> {
        postcard::from_bytes(self.bytes(fields.card)?).map_err(broken)
    }

    /// Its passages, in place.
    pub fn text(&self, fields: &Fields) -> Result<TextView<'_>, IndexError> {
        postcard::from_bytes(self.bytes(fields.text)?).map_err(broken)
    }

    /// The whole record.
    pub fn record(&self, fields: &Fields) -> Result<Record, IndexError> {
        let record: Record = serde_json::from_slice(self.bytes(fields.whole)?).map_err(broken)?;
        let text: OwnedText = postcard::from_bytes(self.bytes(fields.text)?).map_err(broken)?;
        Ok(Record {
            passages: text.passages,
            ..record
        })
    }

    /// The whole volume.
    pub fn volume(&self, fields: &Fields) -> Result<Volume, IndexError> {
        serde_json::from_slice(self.bytes(fields.whole)?).map_err(broken)
    }
}
