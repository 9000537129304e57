//! The way to and from a record: back to the results that led to it, and on to the next of them. What an
//! address says of those results is read again from scratch; whatever a search does not take is dropped.

use crate::{
    index::Card,
    search::{Params, Search, is_parameter},
    web::{address::Address, search::HITS, text::Count},
};

/// The longest account of results that is read.
const LONGEST: usize = 8000;

/// Parameters of a search that its list of hits does not need.
const COUNTS: [&str; 6] = [
    "facets",
    "interval",
    "passages",
    "group",
    "group_hits",
    "explain",
];

/// Parameters of a search that tell how its query is read.
const READING: [&str; 4] = ["match", "lenient", "variants", "without_variant"];

/// The results that led to a record.
#[derive(Debug, Clone)]
pub struct Way {
    /// The results.
    pub back: Address,
    /// Where the record stands on their page.
    pub anchor: String,
    /// Which of how many results it is, where that is known.
    pub place: Option<(Count, Count)>,
    /// The hit before, on the same page of results.
    pub previous: Option<Step>,
    /// The hit after.
    pub next: Option<Step>,
    /// The next page of results, where the record is the last hit of its page.
    pub more: Option<Address>,
}

/// A record and how to get to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its address.
    pub address: String,
    /// Its number and heading.
    pub title: String,
}

/// What goes with a record's address.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The query whose hits are marked.
    pub query: String,
    /// How the query is to be read, as a search takes it.
    pub reading: Vec<(String, String)>,
    /// The page that is cited.
    pub page: Option<String>,
    /// The parameters of the search that led here.
    pub from: Option<Vec<(String, String)>>,
}

impl Given {
    /// Reads it.
    pub fn read(params: &Params) -> Self {
        let last = |name: &str| {
            params
                .iter()
                .rev()
                .find(|(n, _)| n == name)
                .map(|(_, v)| v.clone())
        };
        let from = last("from").filter(|from| !from.is_empty() && from.len() <= LONGEST);
        let from = from.map(|from| search_params(&from));
        let of_search = |name: &str| {
            let mut params = from.iter().flatten().rev();
            params.find(|(n, _)| n == name).map(|(_, v)| v.clone())
        };
        Self {
            query: last("q").or_else(|| of_search("q")).unwrap_or_default(),
            reading: reading(params, from.as_deref().unwrap_or_default()),
            page: last("page"),
            from,
        }
    }

    /// The parameters that mark hits.
    pub fn asked(&self) -> Vec<(String, String)> {
        let query = (!self.query.trim().is_empty()).then(|| ("q".to_owned(), self.query.clone()));
        query.into_iter().chain(self.reading.clone()).collect()
    }

    /// The address of another record with the same query, and the same results to go back to.
    pub fn record(&self, volume: &str, name: &str) -> Address {
        let address = Address::of(&[volume, name]).with_all(&self.asked());
        match &self.from {
            Some(from) => address.with("from", written(from)),
            None => address,
        }
    }

    /// A record in a list, with the query and the results.
    pub fn step(&self, card: &Card) -> Step {
        let address = self.record(card.id.volume(), card.id.name()).to_string();
        Step {
            address,
            title: titled(card),
        }
    }

    /// Asks for the results again. Where they cannot be had, the way back stays.
    pub fn way(&self, search: &Search, id: &str) -> Option<Way> {
        let from = self.from.as_ref()?;
        let back = Address::new("/search").with_all(from);
        let mut asked: Vec<_> = from.clone();
        asked.retain(|(name, _)| !COUNTS.contains(&name.as_str()));
        asked.push(("passages".into(), "0".into()));
        if !asked.iter().any(|(name, _)| name == "limit") {
            asked.push(("limit".into(), HITS.to_string()));
        }
        let page = search.search_records(&asked).ok();
        let hits = page.as_ref().map_or(&[][..], |page| &page.hits);
        let at = hits.iter().position(|hit| hit.card.id.as_str() == id);
        let hit = |at: Option<usize>| {
            at.and_then(|at| hits.get(at))
                .map(|hit| self.step(&hit.card))
        };
        let last = at.is_some_and(|at| at + 1 == hits.len());
        let cursor = page
            .as_ref()
            .and_then(|page| page.cursor.clone())
            .filter(|_| last);
        let skipped = skipped(from);
        let place = page.as_ref().zip(at).zip(skipped);
        Some(Way {
            anchor: id.replace('/', "-"),
            place: place.map(|((page, at), skipped)| (Count(skipped + at + 1), Count(page.total))),
            previous: hit(at.and_then(|at| at.checked_sub(1))),
            next: hit(at.map(|at| at + 1)),
            more: cursor.map(|cursor| back.clone().set("cursor", cursor)),
            back,
        })
    }
}

/// How many results stand on the pages before: a cursor begins with their number, as [`crate::search`] writes it.
fn skipped(from: &Params) -> Option<usize> {
    let cursor = from.iter().rev().find(|(name, _)| name == "cursor");
    let Some((_, cursor)) = cursor else {
        return Some(0);
    };
    let (offset, _) = cursor.split_once('-')?;
    usize::from_str_radix(offset, 16).ok()
}

/// How the query is to be read: as the address says, else as the search did.
fn reading(params: &Params, from: &Params) -> Vec<(String, String)> {
    let chosen = |params: &Params| -> Vec<(String, String)> {
        let own = params
            .iter()
            .filter(|(name, _)| READING.contains(&name.as_str()));
        own.cloned().collect()
    };
    let own = chosen(params);
    if own.is_empty() { chosen(from) } else { own }
}

/// Number and heading; the id where there is no heading.
pub fn titled(card: &Card) -> String {
    let title = card.title.clone().unwrap_or_else(|| card.id.to_string());
    match card.number {
        Some(number) => format!("{number}. {title}"),
        None => title,
    }
}

/// What stood behind the `?` of a search, without what no search takes.
fn search_params(from: &str) -> Vec<(String, String)> {
    let from = from.strip_prefix('?').unwrap_or(from);
    let given = form_urlencoded::parse(from.as_bytes()).into_owned();
    given
        .filter(|(name, value)| is_parameter(name) && !value.is_empty())
        .collect()
}

fn written(params: &Params) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(params);
    query.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_search_comes_back() {
        let params = [(
            "from".to_owned(),
            "?q=harbor+line&kind=letter&next=//evil&<b>=1".to_owned(),
        )];
        let given = Given::read(&params);
        assert_eq!(given.query, "harbor line");
        let address = given.record("v", "d1").to_string();
        insta::assert_snapshot!(address, @"/v/d1?q=harbor+line&from=q%3Dharbor%2Bline%26kind%3Dletter");
    }
}
