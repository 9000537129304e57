//! Who speaks: the family names of speeches, and the persons that they are.

use std::collections::{HashMap, HashSet};

use crate::{
    record::{Record, surname},
    web::address::Address,
};

/// A speaker at the head of a speech.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The family name.
    pub name: String,
    /// The person's page, where the person is known.
    pub address: Option<String>,
    /// Who is spoken to.
    pub to: Option<String>,
}

/// Words before the name of somebody who speaks.
const STYLES: [&str; 8] = ["Mr.", "Mrs.", "Miss", "Dr.", "M.", "Sir", "Lord", "Senator"];

/// Persons by the names under which they speak.
#[derive(Debug, Clone, Default)]
pub struct Cast {
    /// `None` where two persons share the name.
    known: HashMap<String, Option<String>>,
    /// All family names, known or not.
    names: HashSet<String>,
}

impl Cast {
    /// Of a record.
    pub fn of(record: &Record) -> Self {
        let mut cast = Self::default();
        for participant in &record.participants {
            cast.names.insert(participant.surname.clone());
            cast.add(&participant.surname, participant.person.as_deref());
        }
        for person in &record.people {
            cast.names.insert(surname(&person.name));
            cast.add(&surname(&person.name), person.person.as_deref());
            cast.add(&person.name, person.person.as_deref());
        }
        cast
    }

    fn add(&mut self, name: &str, person: Option<&str>) {
        let Some(person) = person else { return };
        let known = self.known.entry(name.to_owned());
        let known = known.or_insert_with(|| Some(person.to_owned()));
        if known.as_deref() != Some(person) {
            *known = None;
        }
    }

    /// Whether a heading is what somebody says: `Mr. Quill: The line is drawn.`
    pub fn utters(&self, heading: &str) -> bool {
        const LONGEST: usize = 5;
        let Some((name, _)) = heading.split_once(": ") else {
            return false;
        };
        let name = name.split(['(', '[']).next().unwrap_or_default().trim();
        let mut words = name.split_whitespace();
        let styled = words.next().is_some_and(|word| STYLES.contains(&word));
        name.split_whitespace().count() <= LONGEST
            && (styled || self.names.contains(&surname(name)))
    }

    /// Somebody who speaks.
    pub fn who(&self, name: &str, to: Option<&str>) -> Who {
        let person = self.known.get(name).and_then(Option::as_deref);
        Who {
            name: name.to_owned(),
            address: person.map(person_address),
            to: to.map(str::to_owned),
        }
    }
}

/// The page of a person.
pub fn person_address(id: &str) -> String {
    Address::of(&["people", id]).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Appearance;

    #[test]
    fn a_name_of_two_persons_leads_nowhere() {
        let person = |id: &str, name: &str| Appearance {
            person: Some(id.into()),
            name: name.into(),
            ..Appearance::default()
        };
        let people = vec![
            person("moss-a", "Moss, A."),
            person("moss-b", "Moss, B."),
            person("quill", "Quill, Ada"),
        ];
        let cast = Cast::of(&Record {
            people,
            ..Record::default()
        });
        assert_eq!(cast.who("Moss", None).address, None);
        assert!(cast.utters("Mr. Vale: No.") && cast.utters("Secretary Moss: It is."));
        assert!(!cast.utters("Laos: the rest") && !cast.utters("Moss"));
        assert_eq!(
            cast.who("Quill", Some("Moss")).address.as_deref(),
            Some("/people/quill")
        );
    }
}
