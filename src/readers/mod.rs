//! Bytes > [`Draft`]: what was said, taken from a format, before anybody asks what it means.
//!
//! A reader recognises its format from the content and hands out drafts one by one. To add a format,
//! add a file here and a line in [`READERS`], with a specimen in `tests/specimens/`.

mod draft;
mod input;
pub mod json_lines;
mod memo_text;
mod plain;
mod tei;
mod volume_text;

pub use draft::{
    AttachmentDraft, Block, Dateline, Draft, Name, NoteDraft, Reference, Role, SourceNote,
};
pub use input::{Input, InputError, MAX_BYTES};

use crate::record::Volume;

/// What a reader hands out, in order of the source.
#[derive(Debug)]
pub enum Item {
    /// The volume's own description; comes before its drafts.
    Volume(Box<Volume>),
    /// A document.
    Draft(Box<Draft>),
    /// A document, or a part of the file, that cannot be read; reading goes on behind it.
    Fault(Fault),
}

/// What cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `line:column`, or the document's id.
    pub place: String,
    /// The finding, lower-case, without full stop.
    pub message: String,
}

/// A format.
pub trait Reader: Sync {
    /// Its name: `tei`.
    fn name(&self) -> &'static str;

    /// How much the format carries: of two sources of one record the richer is kept.
    fn richness(&self) -> u8;

    /// Whether the content is of this format.
    fn recognises(&self, input: &Input) -> bool;

    /// Hands every item to `take`, in order. Whatever cannot be read is an [`Item::Fault`].
    fn read(&self, input: &Input, take: &mut dyn FnMut(Item));
}

/// Every format, most telling first.
pub const READERS: &[&dyn Reader] = &[
    &json_lines::JsonLines,
    &tei::Tei,
    &volume_text::VolumeText,
    &memo_text::MemoText,
];

/// The reader for a content, if any recognises it.
pub fn reader_for(input: &Input) -> Option<&'static dyn Reader> {
    READERS
        .iter()
        .copied()
        .find(|reader| reader.recognises(input))
}
