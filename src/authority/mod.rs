//! Who is who: one identity for all the forms of a name.
//!
//! [`Authority`] holds persons: a small file of the project's own ships with the program, a larger one may be
//! added (`memcon ingest --authority people.jsonl`). [`Persons`] are those of one volume, from its own list
//! and from what the authority file says of it: names in the volume are matched against these first.

mod lexicon;
mod persons;
mod taxonomy;

use std::{collections::HashMap, sync::LazyLock};

use jiff::civil::Date;
pub use lexicon::{Found, Lexicon, Words};
pub use persons::{Persons, fits};
use serde::Deserialize;
pub use taxonomy::{Taxonomy, TaxonomyError};
use thiserror::Error;

use crate::record::{Identity, fold_value, surname};

const OWN: &str = include_str!("../../index_schema/authority/people.jsonl");

static SHIPPED: LazyLock<Authority> = LazyLock::new(|| {
    let mut authority = Authority::default();
    authority.add(OWN).expect("tests run over the shipped file");
    authority
});

/// Everybody known.
#[derive(Debug, Clone, Default)]
pub struct Authority {
    people: Vec<Known>,
    /// Folded form > people who have it.
    by_form: HashMap<String, Vec<usize>>,
    /// `frus1961-63v05/persons#p_RD1` > person.
    by_source: HashMap<String, usize>,
    /// Folded family name > people of whom offices with terms are known.
    holders: HashMap<String, Vec<usize>>,
    /// Volume > people of its list of persons.
    by_volume: HashMap<String, Vec<usize>>,
    /// `rusk-dean` > person.
    by_id: HashMap<String, usize>,
}

/// Somebody known.
#[derive(Debug, Clone)]
pub struct Known {
    /// Name, forms, dates, offices.
    pub identity: Identity,
    /// Offices with their terms.
    pub posts: Vec<Post>,
}

/// An office held from one day to another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// `president`, `secretary-of-state`, `foreign-minister`, `ambassador` ...
    pub office: String,
    /// Whose office.
    pub country: String,
    /// For ambassadors: where.
    #[serde(default)]
    pub at: Option<String>,
    /// The first day.
    pub from: Date,
    /// The last day; `None` where it went on.
    pub to: Option<Date>,
}

impl Post {
    /// Whether the office was held on a day.
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// A line of an authority file: the project's own form, or that of the Office of the Historian's list of
/// people (`originals`, `remarks`, `sources`).
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    name: String,
    #[serde(default, alias = "originals")]
    forms: Vec<String>,
    #[serde(default, alias = "birth_year")]
    born: Option<String>,
    #[serde(default, alias = "death_year")]
    died: Option<String>,
    #[serde(default, alias = "offices")]
    remarks: Vec<String>,
    #[serde(default)]
    posts: Vec<Post>,
    #[serde(default)]
    sources: Vec<String>,
}

/// A line that is no person.
#[derive(Debug, Error)]
#[error("line {line}: {message}")]
pub struct AuthorityError {
    /// Counted from 1.
    pub line: usize,
    /// What the parser says.
    pub message: String,
}

impl Authority {
    /// The project's own file.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Adds the people of a file in JSON Lines, where lines that begin with `#` are remarks; those known already gain forms, offices and sources.
    ///
    /// # Errors
    /// [`AuthorityError`] names the first line that is no person; the lines before it are kept.
    pub fn add(&mut self, text: &str) -> Result<(), AuthorityError> {
        for (index, line) in text
            .lines()
            .enumerate()
            .filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#'))
        {
            let line: Line = serde_json::from_str(line).map_err(|error| AuthorityError {
                line: index + 1,
                message: error.to_string(),
            })?;
            self.add_line(line);
        }
        Ok(())
    }

    fn add_line(&mut self, line: Line) {
        let at = self.same_as(&line).unwrap_or_else(|| self.enter(&line));
        let known = &mut self.people[at];
        let identity = &mut known.identity;
        for form in line.forms.iter().chain([&line.name]) {
            if *form != identity.name && !identity.forms.contains(form) {
                identity.forms.push(form.clone());
            }
        }
        for remark in line.remarks {
            if !identity.offices.contains(&remark) {
                identity.offices.push(remark);
            }
        }
        identity.born = identity.born.take().or(line.born);
        identity.died = identity.died.take().or(line.died);
        for office in line.posts.iter().map(told) {
            if !identity.offices.contains(&office) {
                identity.offices.push(office);
            }
        }
        let holds = !line.posts.is_empty();
        for post in line.posts {
            if !known.posts.contains(&post) {
                known.posts.push(post);
            }
        }
        if holds {
            let family = fold_value(&surname(&line.name));
            let holders = self.holders.entry(family).or_default();
            if !holders.contains(&at) {
                holders.push(at);
            }
        }
        for form in std::iter::once(line.name).chain(line.forms) {
            self.index_form(at, &form);
        }
        for source in line.sources {
            if let Some((volume, _)) = source.split_once('/') {
                self.by_volume
                    .entry(volume.to_owned())
                    .or_default()
                    .push(at);
            }
            self.by_source.insert(source, at);
        }
    }

    fn index_form(&mut self, at: usize, form: &str) {
        let folded = fold_form(form);
        let people = self.by_form.entry(folded).or_default();
        if !people.contains(&at) {
            people.push(at);
        }
    }

    /// The person known already under the same name and years.
    fn same_as(&self, line: &Line) -> Option<usize> {
        // One year that agrees, and none that contradicts; two without years may be two.
        let agree = |ours: &Option<String>, theirs: &Option<String>| match (ours, theirs) {
            (Some(ours), Some(theirs)) => Some(ours == theirs),
            _ => None,
        };
        let same = |at: &usize| {
            let identity = &self.people[*at].identity;
            let years = [
                agree(&identity.born, &line.born),
                agree(&identity.died, &line.died),
            ];
            years.contains(&Some(true)) && !years.contains(&Some(false))
        };
        let forms = std::iter::once(&line.name)
            .chain(&line.forms)
            .filter(|f| f.split_whitespace().count() > 1);
        let mut found: Option<usize> = None;
        for form in forms {
            for at in self
                .by_form
                .get(&fold_form(form))
                .into_iter()
                .flatten()
                .filter(|at| same(at))
            {
                match found {
                    Some(known) if known != *at => return None,
                    _ => found = Some(*at),
                }
            }
        }
        found
    }

    fn enter(&mut self, line: &Line) -> usize {
        let mut name = line.name.clone();
        if self.by_id.contains_key(&id_of(&name)) {
            let mark = line.born.as_ref().unwrap_or(&line.id);
            name = format!("{} ({mark})", line.name);
        }
        let at = self.people.len();
        let id = if self.by_id.contains_key(&id_of(&name)) {
            format!("{}-{}", id_of(&name), line.id)
        } else {
            id_of(&name)
        };
        self.by_id.insert(id.clone(), at);
        self.people.push(Known {
            identity: Identity {
                id,
                name,
                ..Identity::default()
            },
            posts: Vec::new(),
        });
        at
    }

    /// Somebody by place in the file.
    fn known(&self, at: usize) -> &Known {
        &self.people[at]
    }

    /// Who held an office on a day: only where one did.
    pub fn holder(
        &self,
        office: &str,
        country: &str,
        at: Option<&str>,
        day: Date,
    ) -> Option<&Identity> {
        let held = |post: &&Post| {
            post.office == office
                && post.country == country
                && (at.is_none() || post.at.as_deref() == at)
                && post.covers(day)
        };
        // On the day of a change the newcomer holds it.
        let mut holders: Vec<(&Post, &Identity)> = self
            .people
            .iter()
            .filter_map(|k| k.posts.iter().find(held).map(|post| (post, &k.identity)))
            .collect();
        holders.sort_by_key(|(post, _)| post.from);
        match holders[..] {
            [.., (_, last)] if holders.len() == 1 => Some(last),
            [.., (before, _), (_, last)] if before.to == Some(day) => Some(last),
            _ => None,
        }
    }

    /// The offices that somebody held on a day.
    pub fn offices_on(&self, id: &str, day: Date) -> impl Iterator<Item = &str> {
        let posts = self
            .by_id
            .get(id)
            .map_or(&[][..], |at| &self.people[*at].posts);
        posts
            .iter()
            .filter(move |p| p.covers(day))
            .map(|p| p.office.as_str())
    }

    /// Whether somebody held an office of a country.
    pub fn is_of(&self, identity: &Identity, country: &str) -> bool {
        let known = self.by_id.get(&identity.id).map(|at| &self.people[*at]);
        known.is_some_and(|k| k.posts.iter().any(|p| p.country == country))
    }

    /// Somebody by id.
    pub fn by_id(&self, id: &str) -> Option<&Identity> {
        self.by_id.get(id).map(|at| &self.people[*at].identity)
    }

    /// The person to whom a mark in a volume points: `frus1961-63v05`, `p_RD1`.
    pub fn of_mark(&self, volume: &str, mark: &str) -> Option<&Identity> {
        let at = self.by_source.get(&format!("{volume}/persons#{mark}"))?;
        Some(&self.people[*at].identity)
    }

    /// The only person with a whole name, who can have lived on a day.
    pub fn by_name(&self, name: &str, day: Option<Date>) -> Option<&Identity> {
        let found = self.by_form.get(&fold_form(name))?;
        let mut living = found
            .iter()
            .map(|at| &self.people[*at].identity)
            .filter(|i| day.is_none_or(|day| lived(i, day)));
        living.next().filter(|_| living.next().is_none())
    }

    /// The only person of a family name who held an office on a day.
    pub fn in_office(&self, family: &str, day: Date) -> Option<&Identity> {
        let found = self.holders.get(&fold_value(family))?;
        let mut holders = found
            .iter()
            .map(|at| &self.people[*at])
            .filter(|k| k.posts.iter().any(|p| p.covers(day)));
        holders
            .next()
            .map(|k| &k.identity)
            .filter(|_| holders.next().is_none())
    }
}

/// Whether somebody can have taken part in affairs on a day: grown up, and not dead.
fn lived(identity: &Identity, day: Date) -> bool {
    let year = |text: &Option<String>| {
        text.as_deref()
            .and_then(|t| t.get(..4))
            .and_then(|y| y.parse::<i16>().ok())
    };
    let born =
        year(&identity.born).is_none_or(|born| day.year() >= born + 15 && day.year() <= born + 100);
    let died = year(&identity.died).is_none_or(|died| day.year() <= died);
    born && died
}

/// An office as a line for people.
fn told(post: &Post) -> String {
    let office = post.office.replace('-', " ");
    let place = post
        .at
        .as_ref()
        .map_or(String::new(), |at| format!(" to {at}"));
    let term = match post.to {
        Some(to) => format!("{} to {to}", post.from),
        None => format!("since {}", post.from),
    };
    format!("{}, {office}{place}, {term}", post.country)
}

/// `Rusk, Dean` and `Dean Rusk` fold alike.
fn fold_form(form: &str) -> String {
    let form = form.trim();
    let turned = match form.split_once(", ") {
        Some((family, given)) if !given.contains(',') => format!("{given} {family}"),
        _ => form.to_owned(),
    };
    let folded = fold_value(&turned);
    let words = folded
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '-')
        .filter(|w| !w.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// `Rusk, Dean` > `rusk-dean`.
pub fn id_of(name: &str) -> String {
    let folded = fold_value(name);
    let words = folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_shipped_file_is_read() {
        let authority = Authority::shipped();
        let name = |office, day| {
            authority
                .holder(office, "United States", None, day)
                .map(|i| i.name.as_str())
        };
        assert_eq!(
            name("president", date(1963, 11, 21)),
            Some("Kennedy, John F.")
        );
        assert_eq!(
            name("president", date(1963, 11, 26)),
            Some("Johnson, Lyndon B.")
        );
        assert_eq!(
            name("secretary-of-state", date(1975, 6, 1)),
            Some("Kissinger, Henry A.")
        );
    }

    #[test]
    fn persons_of_two_files_are_joined() {
        let mut authority = Authority::default();
        authority
            .add(r#"{"id":"moss","name":"Moss, Ivor","forms":["Ivor Moss"],"born":"1901","posts":[{"office":"president","country":"Kestria","from":"1950-01-01","to":"1955-01-01"}]}"#)
            .unwrap();
        authority
            .add(concat!(
                r#"{"id":"7","name":"Moss, Ivor K.","originals":["Moss, Ivor"],"birth_year":"1901","sources":["vol1/persons#p_MI"]}"#,
                "\n",
                r#"{"id":"8","name":"Moss, Ivor","originals":["Moss, Ivor"],"birth_year":"1840"}"#
            ))
            .unwrap();
        assert_eq!(authority.of_mark("vol1", "p_MI").unwrap().id, "moss-ivor");
        assert_eq!(
            authority.by_name("Ivor K. Moss", None).unwrap().id,
            "moss-ivor"
        );
        assert_eq!(
            authority.by_name("Ivor Moss", None),
            None,
            "two of one name stay apart"
        );
        assert_eq!(
            authority
                .by_name("Ivor Moss", Some(date(1950, 1, 1)))
                .unwrap()
                .id,
            "moss-ivor"
        );
        assert_eq!(
            authority.in_office("Moss", date(1951, 1, 1)).unwrap().id,
            "moss-ivor"
        );
        let error = authority.add("{\"id\":\"x\"}").unwrap_err().to_string();
        assert!(error.starts_with("line 1: missing field `name`"), "{error}");
    }
}
