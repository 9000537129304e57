//! The persons of one volume.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{Authority, id_of};
use crate::record::{Identity, Person, Volume, fold_value, surname, without_titles};

/// Those whom names in a volume may mean.
#[derive(Debug, Clone, Default)]
pub struct Persons {
    volume: String,
    people: Vec<Identity>,
    /// Folded family name > people.
    by_family: HashMap<String, Vec<usize>>,
    by_mark: HashMap<String, usize>,
}

impl Persons {
    /// Of the volume's own list, joined with the authority file, and of those whom the file places there.
    pub fn new(volume: &Volume, authority: &Authority) -> Self {
        let mut persons = Self {
            volume: volume.id.clone(),
            ..Self::default()
        };
        for listed in &volume.persons {
            let marked = listed
                .id
                .as_deref()
                .and_then(|mark| authority.of_mark(&volume.id, mark));
            let known = marked.or_else(|| authority.by_name(&listed.name, year_of(&volume.id)));
            let identity = known
                .cloned()
                .unwrap_or_else(|| unknown(listed, &volume.id, authority));
            let at = persons.enter(identity);
            let identity = &mut persons.people[at];
            if !listed.remarks.is_empty() && !identity.offices.contains(&listed.remarks) {
                identity.offices.push(listed.remarks.clone());
            }
            if let Some(mark) = &listed.id {
                persons.by_mark.insert(mark.clone(), at);
            }
        }
        for at in authority.by_volume.get(&volume.id).into_iter().flatten() {
            persons.enter(authority.known(*at).identity.clone());
        }
        persons
    }

    fn enter(&mut self, identity: Identity) -> usize {
        if let Some(at) = self.people.iter().position(|p| p.id == identity.id) {
            return at;
        }
        let at = self.people.len();
        let mut families: Vec<String> = identity
            .forms
            .iter()
            .chain([&identity.name])
            .map(|f| fold_value(&surname(f)))
            .collect();
        families.sort();
        families.dedup();
        for family in families {
            self.by_family.entry(family).or_default().push(at);
        }
        self.people.push(identity);
        at
    }

    /// Somebody of the list by id.
    pub fn by_id(&self, id: &str) -> Option<&Identity> {
        self.people.iter().find(|p| p.id == id)
    }

    /// The person to whom a mark of the volume points.
    pub fn of_mark<'a>(&'a self, mark: &str, authority: &'a Authority) -> Option<&'a Identity> {
        let listed = self.by_mark.get(mark).map(|at| &self.people[*at]);
        listed.or_else(|| authority.of_mark(&self.volume, mark))
    }

    /// The one whom a printed name means: among the volume's persons; else the only one of that whole name
    /// whom the authority file knows to have lived then; else the only one of that family name then in office,
    /// where the print does not call the person by a plain `Mr.`, which may mean anybody.
    pub fn find<'a>(
        &'a self,
        name: &str,
        day: Option<Date>,
        authority: &'a Authority,
    ) -> Option<&'a Identity> {
        let bare = without_titles(name);
        let wife = ["Mrs", "Mme", "Madame", "Miss"]
            .iter()
            .any(|title| name.starts_with(title));
        let whole = bare.split_whitespace().count() > 1;
        let family = fold_value(&surname(bare));
        let own = self.of_family(&family);
        if !own.is_empty() {
            let mut fitting = own
                .iter()
                .map(|at| &self.people[*at])
                .filter(|p| fits(bare, p));
            return fitting
                .next()
                .filter(|_| fitting.next().is_none() && (whole || !wife));
        }
        let day = day.filter(|_| !wife)?;
        let known = whole.then(|| authority.by_name(bare, Some(day))).flatten();
        known.or_else(|| {
            let holder = authority.in_office(&family, day)?;
            let plain = ["Mr", "Dr", "Col", "Captain", "Major", "Prof"]
                .iter()
                .any(|title| name.starts_with(title));
            let home = authority.is_of(holder, "United States");
            (fits(bare, holder) && (whole || !plain || !home)).then_some(holder)
        })
    }

    /// The only one whom the list gives first of all as the holder of an office: `secretary-of-state`.
    pub fn listed_as(&self, office: &str) -> Option<&Identity> {
        let title = fold_value(&office.replace('-', " "));
        let holds = |p: &&Identity| {
            p.offices.iter().any(|listed| {
                let listed = fold_value(listed);
                listed.strip_prefix(&title).is_some_and(|rest| {
                    !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-')
                        && !rest.starts_with(" of ")
                        && !rest.starts_with("'s")
                })
            })
        };
        let mut holders = self.people.iter().filter(holds);
        holders.next().filter(|_| holders.next().is_none())
    }

    /// Whether nobody is known.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Places in the list of those of a folded family name.
    pub fn of_family(&self, family: &str) -> &[usize] {
        self.by_family.get(family).map_or(&[], Vec::as_slice)
    }

    /// Somebody by place in the list.
    pub fn person(&self, at: usize) -> &Identity {
        &self.people[at]
    }
}

/// Somebody whom only the volume's list knows. Where the authority file has another of the name, the volume
/// tells the two apart.
fn unknown(listed: &Person, volume: &str, authority: &Authority) -> Identity {
    let taken = authority.by_id(&id_of(&listed.name)).is_some();
    let name = if taken {
        format!("{} ({volume})", listed.name)
    } else {
        listed.name.clone()
    };
    Identity {
        id: id_of(&name),
        name,
        ..Identity::default()
    }
}

/// The year in a volume's id, `frus1961-63v05`, as a day in its middle.
fn year_of(volume: &str) -> Option<Date> {
    let digits = volume.trim_start_matches(|c: char| !c.is_ascii_digit());
    Date::new(digits.get(..4)?.parse().ok()?, 7, 1).ok()
}

/// Whether the given names and initials of a printed name agree with one of a person's forms.
pub fn fits(name: &str, person: &Identity) -> bool {
    let given = given_names(name);
    given.is_empty()
        || person.forms.iter().chain([&person.name]).any(|form| {
            let known = given_names(form);
            !known.is_empty() && agree(&given, &known)
        })
}

/// In order: each the other's initial, or the same; the shorter list may leave out what is behind.
fn agree(one: &[String], other: &[String]) -> bool {
    one.iter().zip(other).all(|(a, b)| {
        a == b
            || (a.len() == 1 && b.starts_with(a.as_str()))
            || (b.len() == 1 && a.starts_with(b.as_str()))
    })
}

fn given_names(name: &str) -> Vec<String> {
    let family = fold_value(&surname(name));
    let folded = fold_value(&name.replace(['.', ','], " "));
    let last = family.split(' ').next_back().unwrap_or_default().to_owned();
    folded
        .split_whitespace()
        .filter(|w| {
            *w != last
                && !family.split(' ').any(|f| f == *w)
                && !matches!(*w, "jr" | "sr" | "ii" | "iii")
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_the_volumes_persons() {
        let person = |mark: &str, name: &str| Person {
            id: Some(mark.into()),
            name: name.into(),
            remarks: String::new(),
        };
        let volume = Volume {
            id: "vol1".into(),
            persons: vec![
                person("p_MI", "Moss, Ivor K."),
                person("p_MA", "Moss, Anna"),
                person("p_QB", "de Quill, Boris"),
            ],
            ..Volume::default()
        };
        let authority = Authority::default();
        let persons = Persons::new(&volume, &authority);
        let find = |name: &str| persons.find(name, None, &authority).map(|p| p.id.as_str());
        assert_eq!(find("Mr. I.K. Moss"), Some("moss-ivor-k"));
        assert_eq!(find("Anna Moss"), Some("moss-anna"));
        assert_eq!(find("Mr. Moss"), None, "two share the name");
        assert_eq!(find("President de Quill"), Some("de-quill-boris"));
        assert_eq!(find("Vorel"), None);
        assert_eq!(
            persons.of_mark("p_MA", &authority).unwrap().name,
            "Moss, Anna"
        );
    }
}
