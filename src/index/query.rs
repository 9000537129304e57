//! What is asked, as plain data: words are still as typed, engines analyse them.

/// A condition on records.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Query {
    /// Every record.
    #[default]
    All,
    /// A word, in a field or in every weighted field.
    Word {
        /// The field; `None` = every weighted one.
        field: Option<String>,
        /// As typed.
        text: String,
        /// Only this form, not its stem's others.
        exact: bool,
    },
    /// A word in capitals and small letters as typed.
    Cased {
        /// The field; `None` = every weighted one.
        field: Option<String>,
        /// As typed.
        text: String,
    },
    /// Words next to each other, in the forms typed.
    Phrase {
        /// The field; `None` = every weighted one.
        field: Option<String>,
        /// As typed.
        text: String,
    },
    /// Words next to each other in the forms typed, some with `*` for any letters or `?` for one; of a
    /// keyword a whole value.
    Like {
        /// The field; `None` = every weighted one.
        field: Option<String>,
        /// As typed.
        text: String,
    },
    /// A word or what is like it but for some letters.
    Fuzzy {
        /// The field; `None` = every weighted one.
        field: Option<String>,
        /// As typed.
        text: String,
        /// How many letters may be others: 1 or 2.
        edits: u8,
    },
    /// Words, phrases, patterns, or any of several of them, in one window of a field.
    Near {
        /// What stands near.
        parts: Vec<Query>,
        /// The last begins at most so many words behind the end of the first.
        distance: u32,
        /// Only in this order.
        ordered: bool,
    },
    /// As [`Query::Near`], in one part of the text, however long.
    Same {
        /// What stands together.
        parts: Vec<Query>,
        /// Where.
        unit: Unit,
    },
    /// As typed, or in another form of the same name, which counts less than the words typed.
    Variants {
        /// As typed.
        typed: Box<Query>,
        /// Other forms, and what they count; of whole values that is all that they count.
        others: Vec<(Query, f32)>,
    },
    /// Counts more, or less.
    Boost {
        /// What counts.
        query: Box<Query>,
        /// How much; 1 = as without.
        factor: f32,
    },
    /// A whole value of a keyword, or of a text that keeps its values.
    Value {
        /// The field.
        field: String,
        /// As typed.
        value: String,
    },
    /// Numbers or days between two bounds, both included.
    Between {
        /// The field.
        field: String,
        /// The bounds.
        range: Range,
    },
    /// Dates that lie between two bounds as a whole, where [`Query::Between`] asks that they touch them.
    Within {
        /// The field.
        field: String,
        /// The bounds.
        range: Range,
    },
    /// Any value, number or date in a field.
    Exists {
        /// The field.
        field: String,
    },
    /// The words and phrases of a query that name no field must be said by one person in the record.
    Said {
        /// The name as typed; its family name counts.
        speaker: String,
        /// What is said.
        query: Box<Query>,
    },
    /// All of these.
    And(Vec<Query>),
    /// Any of these; more of them count more.
    Or(Vec<Query>),
    /// Not this.
    Not(Box<Query>),
}

impl Query {
    /// The field that words name which stand together: all of them name one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Query::Word { field, .. }
            | Query::Phrase { field, .. }
            | Query::Cased { field, .. }
            | Query::Like { field, .. }
            | Query::Fuzzy { field, .. } => field.as_deref(),
            Query::Or(parts) | Query::Near { parts, .. } | Query::Same { parts, .. } => {
                parts.first().and_then(Query::field)
            }
            _ => None,
        }
    }

    /// The words, phrases, patterns and values that it is made of, in order.
    pub fn leaves(&self) -> Vec<&Query> {
        match self {
            Query::And(parts)
            | Query::Or(parts)
            | Query::Near { parts, .. }
            | Query::Same { parts, .. } => parts.iter().flat_map(Query::leaves).collect(),
            Query::Not(query) | Query::Boost { query, .. } | Query::Said { query, .. } => {
                query.leaves()
            }
            Query::Variants { typed, others } => {
                let others = others.iter().flat_map(|(other, _)| other.leaves());
                typed.leaves().into_iter().chain(others).collect()
            }
            Query::All => Vec::new(),
            leaf => vec![leaf],
        }
    }
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A paragraph or footnote; one speaker's.
    Passage,
    /// What stands under one heading.
    Topic,
}

/// Bounds; an open end is `None`. For dates, minutes since 0001-01-01.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub from: Option<i64>,
    /// The greatest.
    pub to: Option<i64>,
}

/// A filter on one field: any of the values wanted, none of the others. Of names it is enough that the
/// words stand next to each other in them: `Dobrynin` for `Dobrynin, Anatoly F.`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The field.
    pub field: String,
    /// Any of these, where there are some.
    pub any: Vec<String>,
    /// None of these.
    pub none: Vec<String>,
}
