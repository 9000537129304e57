//! People: who they are, in how many records they do what, when, and whom they meet. All of it is counted
//! by the facets of the fields of people; no record is opened.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};

use super::{
    Params, Problem, Search,
    near::nearest,
    question::{check_names, last_given, number},
};
use crate::{
    index::{Facet, IndexError, Query, Request, words::fold_value},
    record::Identity,
};

/// People of a page that asks for no number.
const LIMIT: usize = 20;
/// The most people of a page.
const MAX_PEOPLE: usize = 200;
/// The furthest that a list of people is read.
const MAX_OFFSET: usize = 1_000_000;
/// How many of those who were met are shown.
const MET: usize = 20;

/// The fields that are counted, in the order of [`PersonCounts`].
const COUNTED: [&str; 7] = [
    "speaker",
    "participant",
    "sender",
    "recipient",
    "drafter",
    "mentioned",
    "person",
];

/// In how many records a person does what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PersonCounts {
    /// Says something.
    pub speaks: usize,
    /// Is present.
    pub participates: usize,
    /// Sends them.
    pub writes: usize,
    /// They are addressed to the person.
    pub receives: usize,
    /// Drafted them.
    pub drafts: usize,
    /// Is named in the text.
    pub mentioned: usize,
    /// Any of these.
    pub any: usize,
}

/// Counts of everybody, by folded name.
type Tally = HashMap<String, PersonCounts>;

/// A tally and the commit of which it is.
pub type Tallied = (u64, Arc<Tally>);

/// Some of the people found.
#[derive(Debug, Clone)]
pub struct People {
    /// All that match.
    pub total: usize,
    /// Most records first.
    pub people: Vec<(Identity, PersonCounts)>,
}

/// One person.
#[derive(Debug, Clone)]
pub struct PersonFound {
    /// Who it is.
    pub identity: Identity,
    /// In how many records.
    pub counts: PersonCounts,
    /// Years and their records, earliest first.
    pub timeline: Vec<(String, usize)>,
    /// Those present at the same conversations and meetings, most often first.
    pub met: Vec<Met>,
}

/// Somebody whom a person meets.
#[derive(Debug, Clone)]
pub struct Met {
    /// Id, where known.
    pub id: Option<String>,
    /// Name.
    pub name: String,
    /// In how many records.
    pub records: usize,
}

impl Search {
    /// People by the beginnings of the words of their names; without words everybody. Most records first.
    ///
    /// # Errors
    /// [`Problem`] names the parameter.
    pub fn find_people(&self, params: &Params) -> Result<People, Problem> {
        check_names(params, &["q", "limit", "offset"])?;
        let limit = number(params, "limit", LIMIT, MAX_PEOPLE)?;
        let offset = number(params, "offset", 0, MAX_OFFSET)?;
        let asked = words(last_given(params, "q").unwrap_or_default());
        let (people, tally) = (self.engine.people()?, self.tally()?);
        let mut found: Vec<(&Identity, PersonCounts)> = people
            .iter()
            .filter(|person| answers(person, &asked))
            .map(|person| (person, counts(&tally, &person.name)))
            .collect();
        found.sort_by(|(a, x), (b, y)| y.any.cmp(&x.any).then_with(|| a.name.cmp(&b.name)));
        let page = found.iter().skip(offset).take(limit);
        Ok(People {
            total: found.len(),
            people: page.map(|(p, counts)| ((*p).clone(), *counts)).collect(),
        })
    }

    /// One person.
    ///
    /// # Errors
    /// [`Problem::NotFound`] tells who is there instead.
    pub fn find_person(&self, id: &str) -> Result<PersonFound, Problem> {
        let Some(identity) = self.engine.person(id)? else {
            return Err(self.nobody(id)?);
        };
        let mut timeline = self.counted("person", &identity.name, "year", usize::MAX)?;
        timeline.sort();
        let tally = self.tally()?;
        let counts = counts(&tally, &identity.name);
        Ok(PersonFound {
            counts,
            timeline,
            met: self.met(&identity.name)?,
            identity,
        })
    }

    fn met(&self, name: &str) -> Result<Vec<Met>, Problem> {
        let people = self.engine.people()?;
        let folded = fold_value(name);
        let present = self.counted("participant", name, "participant", MET + 1)?;
        let others = present.into_iter().filter(|(n, _)| fold_value(n) != folded);
        let known = |name: &str| people.iter().find(|p| p.name == name);
        Ok(others
            .take(MET)
            .map(|(name, records)| Met {
                id: known(&name).map(|p| p.id.clone()),
                name,
                records,
            })
            .collect())
    }

    /// The values of a field in the records that have a person in another.
    fn counted(
        &self,
        field: &str,
        name: &str,
        facet: &str,
        size: usize,
    ) -> Result<Vec<(String, usize)>, Problem> {
        let request = Request {
            query: Query::Value {
                field: field.to_owned(),
                value: name.to_owned(),
            },
            facets: vec![(facet.to_owned(), size)],
            ..Request::default()
        };
        let facets = self.engine.search(&request)?.facets;
        Ok(facets.into_iter().flat_map(|f| f.buckets).collect())
    }

    /// Counts of everybody, made once for each commit.
    fn tally(&self) -> Result<Arc<Tally>, Problem> {
        let mut known = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = self.engine.pinned()?.generation();
        if let Some((of, tally)) = known.as_ref()
            && *of == generation
        {
            return Ok(tally.clone());
        }
        let request = Request {
            facets: COUNTED.map(|f| (f.to_owned(), usize::MAX)).to_vec(),
            ..Request::default()
        };
        let hits = self.engine.search(&request)?;
        let tally = Arc::new(tally_of(&hits.facets));
        *known = Some((hits.generation, tally.clone()));
        Ok(tally)
    }

    fn nobody(&self, id: &str) -> Result<Problem, IndexError> {
        let people = self.engine.people()?;
        let hint = match nearest(id, people.iter().map(|p| p.id.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None if people.is_empty() => "no people are known yet".into(),
            None => "the list of people finds them by name".into(),
        };
        Ok(Problem::not_found(
            format!("there is no person `{id}`"),
            hint,
        ))
    }
}

fn tally_of(facets: &[Facet]) -> Tally {
    let mut tally = Tally::new();
    for facet in facets {
        for (name, records) in &facet.buckets {
            let counts = tally.entry(fold_value(name)).or_default();
            let count = match facet.field.as_str() {
                "speaker" => &mut counts.speaks,
                "participant" => &mut counts.participates,
                "sender" => &mut counts.writes,
                "recipient" => &mut counts.receives,
                "drafter" => &mut counts.drafts,
                "mentioned" => &mut counts.mentioned,
                _ => &mut counts.any,
            };
            *count = *records;
        }
    }
    tally
}

fn counts(tally: &Tally, name: &str) -> PersonCounts {
    tally.get(&fold_value(name)).copied().unwrap_or_default()
}

/// Whether every word begins a word of the name, or of one other form.
fn answers(person: &Identity, asked: &[String]) -> bool {
    let begins = |name: &String| begins(&words(name), asked);
    asked.is_empty() || begins(&person.name) || person.forms.iter().any(begins)
}

/// Whether every word asked for begins one of these.
pub fn begins(own: &[String], asked: &[String]) -> bool {
    asked.iter().all(|a| own.iter().any(|w| w.starts_with(a)))
}

/// The folded words of a value.
pub fn words(text: &str) -> Vec<String> {
    let folded = fold_value(text);
    let words = folded.split(|c: char| !c.is_alphanumeric());
    words.filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_of_words_find_people() {
        let person = Identity {
            name: "Thórsen, Ada M.".into(),
            forms: vec!["Lady Quill".into()],
            ..Identity::default()
        };
        for (asked, found) in [
            ("thor", true),
            ("ada thorsen", true),
            ("quill", true),
            ("ada quill", false),
            ("orsen", false),
            ("", true),
        ] {
            assert_eq!(answers(&person, &words(asked)), found, "{asked}");
        }
    }
}
