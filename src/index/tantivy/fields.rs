//! The tantivy schema, derived from `index_schema/`.
//!
//! A text field `topic` becomes `topic` (words) and, where it keeps values, `topic.value` (folded
//! terms and a column of the values as printed). A date becomes two columns of minutes. Fields that
//! begin with `_` are the engine's own.

use std::collections::BTreeMap;

use tantivy::{
    Index,
    schema::{
        Field, INDEXED, IndexRecordOption, NumericOptions, STORED, STRING, Schema, SchemaBuilder,
        TextFieldIndexing, TextOptions,
    },
    tokenizer::TextAnalyzer,
};

use super::analyzer::{Placed, Prose, Said, Whole};
use crate::schema::{self, FieldKind, Stem};

const WHOLE: &str = "whole";

/// The name of [`Fields::said`], and of its analyzer.
pub const SAID: &str = "_said";

/// The name of [`Fields::starts`], and of its analyzer.
const STARTS: &str = "_starts";

/// A passage of the text begins.
pub const BODY_STARTS: &str = "passage";

/// A footnote begins.
pub const NOTE_STARTS: &str = "note";

/// Another heading reigns from here on.
pub const TOPIC_STARTS: &str = "topic";

/// The sources that are made of passages: the text, then the footnotes.
pub const RUNNING: [&str; 2] = ["body", "footnotes"];

/// Handles of every field.
#[derive(Debug, Clone)]
pub struct Fields {
    /// Exact id of a record, or of a further part of one.
    pub id: Field,
    /// The record to which a document belongs: all of its documents go together.
    pub owner: Field,
    /// `record`, `volume` or `person`; further parts of a record have none.
    pub entity: Field,
    /// Hash of the record's content.
    pub hash: Field,
    /// How rich its source is.
    pub richness: Field,
    /// What a list shows of a record.
    pub card: Field,
    /// Where passages are, and their positions.
    pub table: Field,
    /// Passages without their words, some of them.
    pub passages: Field,
    /// The words of those passages. Apart, because tantivy reads stored text at once and stored bytes
    /// one by one.
    pub words: Field,
    /// The record without its passages, or the volume.
    pub whole: Field,
    /// Where the record came from.
    pub provenance: Field,
    /// What people say: the words of the body, each under its speaker, at their positions there.
    pub said: Field,
    /// Where passages and topics begin: [`BODY_STARTS`] and the others, at those positions.
    pub starts: Field,
    /// A person, whole.
    pub person: Field,
    /// Declared fields by name.
    pub declared: BTreeMap<String, Handles>,
}

/// Handles of one declared field; which are set depends on its kind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Handles {
    /// Words.
    pub words: Option<Field>,
    /// Whole values.
    pub value: Option<Field>,
    /// Whole numbers.
    pub number: Option<Field>,
    /// First and last minute.
    pub span: Option<(Field, Field)>,
}

impl Fields {
    /// Where the words of a declared field are, or those of [`SAID`].
    pub fn words_of(&self, name: &str) -> Option<Field> {
        if name == SAID {
            return Some(self.said);
        }
        self.declared.get(name)?.words
    }
}

/// The name of the column of whole values.
pub fn value_column(field: &schema::Field) -> String {
    match field.kind {
        FieldKind::Text => format!("{}.value", field.name),
        _ => field.name.clone(),
    }
}

/// The names of the columns of a date.
pub fn span_columns(name: &str) -> (String, String) {
    (format!("{name}.from"), format!("{name}.to"))
}

/// Builds the tantivy schema.
pub fn build(declared: &schema::Schema) -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let column = NumericOptions::default().set_fast();
    let own = Fields {
        id: builder.add_text_field("_id", STRING | TextOptions::default().set_fast("raw")),
        owner: builder.add_text_field("_owner", STRING),
        entity: builder.add_text_field("_entity", STRING),
        hash: builder.add_u64_field("_hash", column.clone()),
        richness: builder.add_u64_field("_richness", column),
        card: builder.add_bytes_field("_card", STORED),
        table: builder.add_bytes_field("_table", STORED),
        passages: builder.add_bytes_field("_passages", STORED),
        words: builder.add_text_field("_words", STORED),
        whole: builder.add_text_field("_whole", STORED),
        provenance: builder.add_text_field("_provenance", STORED),
        person: builder.add_text_field("_person", STORED),
        said: builder.add_text_field(SAID, words(SAID)),
        starts: builder.add_text_field(STARTS, words(STARTS)),
        declared: BTreeMap::new(),
    };
    let handles = declared
        .fields
        .iter()
        .map(|f| (f.name.clone(), add(&mut builder, f)))
        .collect();
    (
        builder.build(),
        Fields {
            declared: handles,
            ..own
        },
    )
}

fn add(builder: &mut SchemaBuilder, field: &schema::Field) -> Handles {
    let mut handles = Handles::default();
    let number = NumericOptions::default().set_fast() | INDEXED;
    match field.kind {
        FieldKind::Text => {
            let analyzer = field.analyzer.as_deref().unwrap_or_default();
            handles.words = Some(builder.add_text_field(&field.name, words(analyzer)));
            if field.values {
                handles.value = Some(builder.add_text_field(&value_column(field), values()));
            }
        }
        FieldKind::Keyword => handles.value = Some(builder.add_text_field(&field.name, values())),
        FieldKind::Number => handles.number = Some(builder.add_i64_field(&field.name, number)),
        FieldKind::Date => {
            let (from, to) = span_columns(&field.name);
            handles.span = Some((
                builder.add_i64_field(&from, number.clone()),
                builder.add_i64_field(&to, number),
            ));
        }
    }
    handles
}

fn words(analyzer: &str) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(analyzer)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    TextOptions::default().set_indexing_options(indexing)
}

fn values() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(WHOLE)
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    TextOptions::default()
        .set_indexing_options(indexing)
        .set_fast("raw")
}

/// Only the names of analyzers are kept with an index: they are registered on every open.
pub fn register_analyzers(index: &Index, declared: &schema::Schema) {
    index
        .tokenizers()
        .register(WHOLE, TextAnalyzer::builder(Whole::default()).build());
    let said = Said::new(body_stem(declared));
    index
        .tokenizers()
        .register(SAID, TextAnalyzer::builder(said).build());
    index
        .tokenizers()
        .register(STARTS, TextAnalyzer::builder(Placed::default()).build());
    for analyzer in declared.analyzers.values() {
        index.tokenizers().register(
            &analyzer.name,
            TextAnalyzer::builder(Prose::new(analyzer.stem)).build(),
        );
    }
}

/// What is said is stemmed as the body is.
pub fn body_stem(declared: &schema::Schema) -> Option<Stem> {
    let body = declared.fields.iter().find(|f| f.source == RUNNING[0])?;
    declared.analyzers[body.analyzer.as_ref()?].stem
}
