//! A volume or collection: what its front and back matter say.

use serde::{Deserialize, Serialize};

/// A published volume, or a collection of released documents.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Volume {
    /// `frus1961-63v05`.
    pub id: String,
    /// The complete title.
    pub title: Option<String>,
    /// The sub-series: `1961-1963`.
    pub subseries: Option<String>,
    /// Editors as printed.
    pub editors: Vec<String>,
    /// Year of publication as printed.
    pub published: Option<String>,
    /// Publisher as printed.
    pub publisher: Option<String>,
    /// Place of publication as printed.
    pub published_at: Option<String>,
    /// The persons list.
    pub persons: Vec<Person>,
    /// The abbreviations list.
    pub terms: Vec<Term>,
    /// Compilations, chapters and records in order of print.
    pub contents: Vec<Contents>,
    /// The printed index: never part of the text that is searched.
    pub index: Vec<IndexEntry>,
}

/// An entry of the persons list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The id inside the volume: `p_RD1`.
    pub id: Option<String>,
    /// As printed: `Rusk, Dean`.
    pub name: String,
    /// Offices and remarks as printed.
    pub remarks: String,
}

/// An entry of the abbreviations list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The id inside the volume: `t_ICC1`.
    pub id: Option<String>,
    /// `ICC`.
    pub short: String,
    /// `International Control Commission`.
    pub long: String,
}

/// A line of the table of contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Depth, 0 for compilations.
    pub depth: u8,
    /// The heading of a division, or `None` for a record.
    pub heading: Option<String>,
    /// The name part of a record's id, or `None` for a division.
    pub record: Option<String>,
}

/// An entry of the printed index with the pages it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexEntry {
    /// Subject, sub-subject ..., outermost first.
    pub headings: Vec<String>,
    /// The pages named.
    pub pages: Vec<IndexPages>,
}

/// A page, or a run of pages, of the printed index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexPages {
    /// First page as printed.
    pub first: String,
    /// Last page as printed.
    pub last: String,
}
