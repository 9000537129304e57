//! What is known of a record beside its text: who, to whom, of what kind, how secret, where kept, under which
//! headings; each, where a search takes it, as a link to others like it.

use super::cast::{Cast, person_address};
use crate::{
    record::{Part, Participant, Record, surname},
    schema::schema,
    web::address::Address,
};

/// How headings of one chain are joined in the values of fields.
const CHAIN: &str = " > ";

/// Kinds that record a meeting: nobody sends them to anybody.
const OF_MEETINGS: [&str; 3] = ["memorandum-of-conversation", "minutes", "transcript"];

/// Whether a record tells of a meeting, so that its heading names who met, not sender and addressee.
pub fn is_of_meeting(record: &Record) -> bool {
    OF_MEETINGS.contains(&record.kind.as_str())
}

/// What the number of a record is called.
fn numbered(record: &Record) -> &'static str {
    match record.kind.as_str() {
        "telegram" => "Telegram",
        "airgram" => "Airgram",
        "despatch" => "Despatch no.",
        _ => "Number",
    }
}

/// A value and where it leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Value {
    /// As people read it.
    pub text: String,
    /// What it leads to.
    pub address: Option<String>,
    /// What stands behind it, quietly.
    pub remark: String,
}

/// A fact with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: &'static str,
    /// Its values.
    pub values: Vec<Value>,
}

/// The participants of one side of the table.
#[derive(Debug, Clone, Default)]
pub struct Side {
    /// Its name.
    pub name: Option<String>,
    /// Those who sit there.
    pub people: Vec<Value>,
}

/// A value of a field, and the search for it.
pub fn searched(field: &str, value: &str) -> Value {
    let declared = schema().field(field);
    Value {
        text: declared.map_or_else(|| value.to_owned(), |f| schema().label(f, value)),
        address: Some(Address::new("/search").with(field, value).to_string()),
        remark: String::new(),
    }
}

/// The facts that stand above the text.
pub fn above(record: &Record, cast: &Cast) -> Vec<Fact> {
    let one = |field: &str, value: &Option<String>| {
        value
            .iter()
            .map(|value| searched(field, value))
            .collect::<Vec<_>>()
    };
    let subject = record.subject.iter().map(|text| Value {
        text: text.clone(),
        ..Value::default()
    });
    let names = |names: &[String]| {
        let person = |name: &String| {
            let address = cast.who(&surname(name), None).address;
            Value {
                text: name.clone(),
                address,
                remark: String::new(),
            }
        };
        names.iter().map(person).collect::<Vec<_>>()
    };
    let letter = |field: &str, value: &Option<String>| match is_of_meeting(record) {
        true => Vec::new(),
        false => one(field, value),
    };
    let facts = [
        ("Subject", subject.collect()),
        ("From", letter("from", &record.from)),
        ("To", letter("to", &record.to)),
        (numbered(record), one("telegram", &record.telegram)),
        ("Drafted by", names(&record.drafted_by)),
        ("Cleared by", names(&record.cleared_by)),
        ("Approved by", names(&record.approved_by)),
    ];
    told(facts.into())
}

/// The facts about where the record belongs.
pub fn below(record: &Record) -> Vec<Fact> {
    let chains = |field: &'static str, chains: Vec<&Vec<String>>| -> Vec<Value> {
        let chain = |chain: &Vec<String>| Value {
            text: chain.join(" › "),
            ..searched(field, &chain.join(CHAIN))
        };
        chains.into_iter().map(chain).collect()
    };
    let index = record.index_terms.iter().map(|term| Value {
        text: term.headings.join(", "),
        remark: format!("p. {}", term.page),
        ..searched("index_term", &term.headings.join(CHAIN))
    });
    let one = |field: &str, value: &Option<String>| {
        value
            .iter()
            .map(|value| searched(field, value))
            .collect::<Vec<_>>()
    };
    told(vec![
        ("Kind", vec![searched("kind", &record.kind)]),
        (
            "Countries",
            record
                .countries
                .iter()
                .map(|c| searched("country", c))
                .collect(),
        ),
        (
            "Subjects",
            chains("subject", record.subjects.iter().collect()),
        ),
        ("Printed index", index.collect()),
        ("Repository", one("repository", &record.source.repository)),
        ("File", one("file", &record.source.file)),
    ])
}

fn told(facts: Vec<(&'static str, Vec<Value>)>) -> Vec<Fact> {
    let told = facts.into_iter().filter(|(_, values)| !values.is_empty());
    told.map(|(label, values)| Fact { label, values }).collect()
}

/// Secrecy, controls and precedence.
pub fn marking(record: &Record) -> Vec<Value> {
    let marking = &record.classification;
    let level = marking
        .level
        .iter()
        .map(|slug| searched("classification", slug));
    let controls = marking
        .controls
        .iter()
        .map(|slug| searched("control", slug));
    let precedence = marking
        .precedence
        .iter()
        .map(|slug| searched("precedence", slug));
    level.chain(controls).chain(precedence).collect()
}

/// The participants by side, in order of print.
pub fn sides(record: &Record) -> Vec<Side> {
    let mut sides: Vec<Side> = Vec::new();
    for participant in &record.participants {
        let side = &participant.side;
        if sides.last().is_none_or(|last| last.name != *side) {
            sides.push(Side {
                name: side.clone(),
                people: Vec::new(),
            });
        }
        if let Some(last) = sides.last_mut() {
            last.people.push(present(participant));
        }
    }
    sides
}

fn present(participant: &Participant) -> Value {
    let remarks: Vec<&str> = [&participant.office, &participant.role]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    Value {
        text: participant.name.clone(),
        address: participant.person.as_deref().map(person_address),
        remark: remarks.join(", "),
    }
}

/// Everybody who appears, and how; those who are known lead to their page.
pub fn people(record: &Record) -> Vec<Value> {
    let meeting = is_of_meeting(record);
    let person = |a: &crate::record::Appearance| {
        let parts = a
            .parts
            .iter()
            .filter(|part| !(meeting && is_of_letter(**part)));
        let parts: Vec<&str> = parts.map(|part| does(*part)).collect();
        let search = || {
            Address::new("/search")
                .with("person", a.name.as_str())
                .to_string()
        };
        Value {
            text: a.name.clone(),
            address: Some(a.person.as_deref().map_or_else(search, person_address)),
            remark: parts.join(", "),
        }
    };
    record.people.iter().map(person).collect()
}

fn is_of_letter(part: Part) -> bool {
    matches!(part, Part::Writes | Part::Receives)
}

fn does(part: Part) -> &'static str {
    match part {
        Part::Speaks => "speaks",
        Part::Participates => "present",
        Part::Writes => "sender",
        Part::Receives => "addressee",
        Part::Drafts => "drafter",
        Part::Mentioned => "named",
    }
}
