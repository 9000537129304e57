//! Persons: one identity for all the forms of a name.

use serde::{Deserialize, Serialize};

/// A person as an authority file or a volume's list of persons describes them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Stable and short: `rusk-dean`.
    pub id: String,
    /// The preferred name, family name first: `Rusk, Dean`. No two identities share one.
    pub name: String,
    /// Other forms of the name.
    pub forms: Vec<String>,
    /// Year of birth as the source has it.
    pub born: Option<String>,
    /// Year of death as the source has it.
    pub died: Option<String>,
    /// Offices and remarks, as the source has them.
    pub offices: Vec<String>,
}

/// A person in a record, and what the person does there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appearance {
    /// Id of the [`Identity`]; `None` where the name leads to nobody known.
    pub person: Option<String>,
    /// The identity's preferred name; as printed where there is none.
    pub name: String,
    /// What the person does in the record, each once.
    pub parts: Vec<Part>,
}

/// What a person does in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Says something that the record reports.
    Speaks,
    /// Is present.
    Participates,
    /// Sends it.
    Writes,
    /// It is addressed to the person.
    Receives,
    /// Drafted it.
    Drafts,
    /// Is named in the text.
    Mentioned,
}
