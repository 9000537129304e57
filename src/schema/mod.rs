//! `index_schema/` as checked types: fields, analyzers, vocabularies. Knows no engine.
//!
//! The files are embedded at build time and parsed once, on first use. [`Schema::parse`] checks what
//! no type can: unique names, known sources, analyzers and vocabularies, unambiguous aliases.

mod countries;
mod ranking;
mod sources;
mod vocabulary;

pub use countries::{Country, countries};
pub use ranking::{Ranking, Variants, ranking};
pub use sources::{SOURCES, Values, page_key, pages_between, source, telegram_key};
pub use vocabulary::{Entry, Vocabulary, fold_alias};

use std::{collections::BTreeMap, sync::LazyLock};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

const FIELDS: &str = include_str!("../../index_schema/fields.toml");
const ANALYZERS: &str = include_str!("../../index_schema/analyzers.toml");
const VOCABULARIES: &[(&str, &str)] = &[
    (
        "classification",
        include_str!("../../index_schema/vocabularies/classification.toml"),
    ),
    (
        "control",
        include_str!("../../index_schema/vocabularies/control.toml"),
    ),
    (
        "kind",
        include_str!("../../index_schema/vocabularies/kind.toml"),
    ),
    (
        "precedence",
        include_str!("../../index_schema/vocabularies/precedence.toml"),
    ),
    (
        "redaction",
        include_str!("../../index_schema/vocabularies/redaction.toml"),
    ),
    (
        "repository",
        include_str!("../../index_schema/vocabularies/repository.toml"),
    ),
    (
        "saying",
        include_str!("../../index_schema/vocabularies/saying.toml"),
    ),
];

/// Raised whenever the way records are laid out in an index changes without `index_schema/` changing.
const LAYOUT: u32 = 5;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::parse(FIELDS, ANALYZERS, VOCABULARIES).expect("tests/tidy.rs checks index_schema/")
});

/// The schema that this program was built with.
pub fn schema() -> &'static Schema {
    &SCHEMA
}

/// All that `index_schema/` declares.
#[derive(Debug, Clone)]
pub struct Schema {
    /// In reading order.
    pub fields: Vec<Field>,
    /// By name.
    pub analyzers: BTreeMap<String, Analyzer>,
    /// By name.
    pub vocabularies: BTreeMap<String, Vocabulary>,
}

/// A field of the index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What people type.
    pub name: String,
    /// What its values are.
    pub kind: FieldKind,
    /// A name of [`SOURCES`].
    pub source: String,
    /// For text: a name of `analyzers.toml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analyzer: Option<String>,
    /// For text: how much a bare word found here counts.
    #[serde(default)]
    pub weight: f32,
    /// For text: whole values are kept too.
    #[serde(default)]
    pub values: bool,
    /// May be used as `name=value`.
    #[serde(default)]
    pub filter: bool,
    /// May be counted.
    #[serde(default)]
    pub facet: bool,
    /// Stands beside the hits of a page, if it is counted.
    #[serde(default)]
    pub panel: bool,
    /// The controlled list that the values come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<String>,
    /// Shown to people.
    pub label: String,
    /// Shown to people.
    pub help: String,
}

impl Field {
    /// Whether whole values can be compared and counted.
    pub fn has_values(&self) -> bool {
        self.kind == FieldKind::Keyword || self.values
    }
}

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// Words.
    Text,
    /// Whole values.
    Keyword,
    /// Whole numbers.
    Number,
    /// An interval of days.
    Date,
}

impl FieldKind {
    /// The name used in JSON and TOML.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Keyword => "keyword",
            Self::Number => "number",
            Self::Date => "date",
        }
    }
}

/// How text becomes index terms.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Analyzer {
    /// What fields refer to.
    pub name: String,
    /// A stemmer's language; without one only exact forms are indexed.
    pub stem: Option<Stem>,
}

/// The languages whose stemmers are built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stem {
    /// Porter's second English stemmer.
    English,
}

/// What is wrong with `index_schema/`.
#[derive(Debug, Error)]
pub enum SchemaError {
    /// A file is not the TOML that it should be.
    #[error("index_schema/{file}: {source}")]
    Toml {
        /// The file.
        file: String,
        /// What the parser says.
        source: toml::de::Error,
    },
    /// A declaration contradicts another.
    #[error("index_schema/{file}: {message}")]
    Contradiction {
        /// The file.
        file: String,
        /// Which, and how.
        message: String,
    },
}

impl Schema {
    /// Reads and checks the declarations.
    ///
    /// # Errors
    /// [`SchemaError`] names the file and the entry.
    pub fn parse(
        fields: &str,
        analyzers: &str,
        vocabularies: &[(&str, &str)],
    ) -> Result<Self, SchemaError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            field: Vec<Field>,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Analyzers {
            analyzer: Vec<Analyzer>,
        }
        let fields: Fields = read_toml("fields.toml", fields)?;
        let analyzers: Analyzers = read_toml("analyzers.toml", analyzers)?;
        let mut schema = Self {
            fields: fields.field,
            analyzers: analyzers
                .analyzer
                .into_iter()
                .map(|a| (a.name.clone(), a))
                .collect(),
            vocabularies: BTreeMap::new(),
        };
        for (name, text) in vocabularies {
            let file = format!("vocabularies/{name}.toml");
            let vocabulary: Vocabulary = read_toml(&file, text)?;
            vocabulary
                .check()
                .map_err(|message| SchemaError::Contradiction { file, message })?;
            schema
                .vocabularies
                .insert((*name).to_owned(), vocabulary.prepared());
        }
        schema
            .check_fields()
            .map_err(|message| SchemaError::Contradiction {
                file: "fields.toml".into(),
                message,
            })?;
        Ok(schema)
    }

    fn check_fields(&self) -> Result<(), String> {
        let mut seen = std::collections::BTreeSet::new();
        for f in &self.fields {
            let fail = |what: &str| Err(format!("field `{}`: {what}", f.name));
            if !seen.insert(&f.name) {
                return fail("declared twice");
            }
            if source(&f.source).is_none() {
                return fail(&format!("unknown source `{}`", f.source));
            }
            match (&f.analyzer, f.kind) {
                (Some(a), FieldKind::Text) if self.analyzers.contains_key(a) => {}
                (Some(a), FieldKind::Text) => return fail(&format!("unknown analyzer `{a}`")),
                (None, FieldKind::Text) => return fail("a text needs an analyzer"),
                (Some(_), _) => return fail("only a text has an analyzer"),
                (None, _) => {}
            }
            if f.kind != FieldKind::Text && (f.weight != 0.0 || f.values) {
                return fail("only a text has weight or values");
            }
            if (f.filter || f.facet) && !f.has_values() {
                return fail("filter and facet need whole values");
            }
            if f.panel && !(f.filter && f.facet) {
                return fail("only what is filter and facet stands in the panel");
            }
            if let Some(v) = &f.vocabulary
                && !self.vocabularies.contains_key(v)
            {
                return fail(&format!("unknown vocabulary `{v}`"));
            }
            if f.label.is_empty() || f.help.is_empty() {
                return fail("label and help are for people: give both");
            }
        }
        Ok(())
    }

    /// A field by name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// Fields that may be used as filters, in reading order.
    pub fn filters(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|f| f.filter)
    }

    /// Fields that may be counted, in reading order.
    pub fn facets(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|f| f.facet)
    }

    /// A vocabulary that `index_schema/` declares.
    ///
    /// # Panics
    /// Where the name is not declared: names are constants of this program, checked by its tests.
    pub fn vocabulary(&self, name: &str) -> &Vocabulary {
        &self.vocabularies[name]
    }

    /// What people see for a value of a field.
    pub fn label(&self, field: &Field, value: &str) -> String {
        let vocabulary = field.vocabulary.as_ref().map(|name| self.vocabulary(name));
        vocabulary.map_or(value, |v| v.label(value)).to_owned()
    }

    /// Tells indexes of different layouts apart: a hash over all that shapes what is stored.
    /// Labels, help, weights, filters, facets and the panel may change freely.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(LAYOUT.to_le_bytes());
        hash.update(env!("CARGO_PKG_VERSION_MAJOR"));
        for f in &self.fields {
            let analyzer = f.analyzer.as_ref().map(|a| &self.analyzers[a]);
            hash.update(format!(
                "{} {:?} {} {} {:?}\n",
                f.name,
                f.kind,
                f.source,
                f.values,
                analyzer.map(|a| a.stem)
            ));
        }
        hash.finalize()
            .iter()
            .take(8)
            .map(|b| format!("{b:02x}"))
            .collect()
    }
}

fn read_toml<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, SchemaError> {
    toml::from_str(text).map_err(|source| SchemaError::Toml {
        file: file.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refuse(fields: &str) -> String {
        Schema::parse(fields, ANALYZERS, VOCABULARIES)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn the_declarations_hold() {
        Schema::parse(FIELDS, ANALYZERS, VOCABULARIES).unwrap();
    }

    #[test]
    fn contradictions_are_named() {
        let field =
            |extra: &str| format!("[[field]]\nname = \"x\"\nlabel = \"X\"\nhelp = \"X.\"\n{extra}");
        let text = field("kind = \"text\"\nsource = \"title\"\nanalyzer = \"prose\"\n");
        insta::assert_snapshot!(refuse(&(text.clone() + &text)), @"index_schema/fields.toml: field `x`: declared twice");
        insta::assert_snapshot!(
            refuse(&field("kind = \"text\"\nsource = \"titel\"\nanalyzer = \"prose\"\n")),
            @"index_schema/fields.toml: field `x`: unknown source `titel`"
        );
        insta::assert_snapshot!(
            refuse(&field("kind = \"text\"\nsource = \"title\"\nanalyzer = \"prosa\"\n")),
            @"index_schema/fields.toml: field `x`: unknown analyzer `prosa`"
        );
        insta::assert_snapshot!(
            refuse(&field("kind = \"number\"\nsource = \"number\"\nfacet = true\n")),
            @"index_schema/fields.toml: field `x`: filter and facet need whole values"
        );
    }

    #[test]
    fn only_what_is_stored_changes_the_fingerprint() {
        let base = Schema::parse(FIELDS, ANALYZERS, VOCABULARIES).unwrap();
        let mut changed = base.clone();
        changed.fields[2].label = "Secrecy".into();
        assert_eq!(base.fingerprint(), changed.fingerprint());
        changed.fields[2].source = "kind".into();
        assert_ne!(base.fingerprint(), changed.fingerprint());
    }
}
