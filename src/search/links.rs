//! What a record cites and what cites it, looked up when it is read.

use std::collections::{BTreeSet, HashSet};

use super::{Problem, Search};
use crate::{
    index::{Card, Query, Request, Sort},
    record::{Citation, Record, RecordId},
    schema::{page_key, pages_between, telegram_key},
};

/// The most links of one kind that are listed.
const MAX_LINKS: usize = 200;

/// The most telegrams of a record that are looked up by number.
const MAX_TELEGRAMS: usize = 100;

/// The most telegrams of one number that are compared.
const CANDIDATES: usize = 20;

/// Telegrams are numbered afresh every year: one that is further away is another.
const NEAR_MINUTES: i64 = 366 * 24 * 60;

/// Notes cite what came in the weeks after.
const LATER_MINUTES: i64 = 31 * 24 * 60;

/// The most conditions under which what is cited is looked up.
const MAX_CITED: usize = 400;

/// Records that a record cites, and those that cite it, in order of date.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Links {
    /// Held records that it cites; at most 200.
    pub cites: Vec<Card>,
    /// How many it cites.
    pub cites_total: usize,
    /// Records that cite it or a page on which it stands; at most 200.
    pub cited_by: Vec<Card>,
    /// How many cite it.
    pub cited_by_total: usize,
}

impl Search {
    /// What a record cites and what cites it.
    ///
    /// # Errors
    /// [`Problem::Index`] where the index cannot be read.
    pub fn links_of(&self, record: &Record) -> Result<Links, Problem> {
        let mut cited: Vec<Query> = record.references.iter().map(identified).collect();
        cited.extend(record.citations.iter().filter_map(cited_directly));
        let mut asked: HashSet<(&Option<String>, &Option<String>)> = HashSet::new();
        let telegrams = record.citations.iter().filter(|c| c.telegram.is_some());
        let each = telegrams.filter(|c| asked.insert((&c.telegram, &c.sender)));
        for citation in each.take(MAX_TELEGRAMS) {
            cited.extend(self.telegram(record, citation)?.as_ref().map(identified));
        }
        cited.truncate(MAX_CITED);
        let (cites, cites_total) = self.linked(record, cited)?;
        let mut citing = citing(record);
        citing.extend(self.citing_by_number(record)?.iter().map(identified));
        let (cited_by, cited_by_total) = self.linked(record, citing)?;
        Ok(Links {
            cites,
            cites_total,
            cited_by,
            cited_by_total,
        })
    }

    /// Records of the same volume that cite a telegram of this number and mean this one.
    fn citing_by_number(&self, record: &Record) -> Result<Vec<RecordId>, Problem> {
        let Some(number) = &record.telegram else {
            return Ok(Vec::new());
        };
        let named = value("reference", &telegram_key(number));
        let request = Request {
            query: Query::And(vec![named, value("volume", record.id.volume())]),
            limit: CANDIDATES,
            ..Request::default()
        };
        let mut citing = Vec::new();
        for hit in self.engine.search(&request)?.hits {
            let Some(other) = self.engine.record(&hit.card.id)? else {
                continue;
            };
            let named = other
                .citations
                .iter()
                .find(|c| c.telegram.as_ref() == Some(number));
            if let Some(citation) = named
                && self.telegram(&other, citation)?.as_ref() == Some(&record.id)
            {
                citing.push(other.id);
            }
        }
        Ok(citing)
    }

    /// The other records that meet any of these.
    fn linked(&self, record: &Record, any: Vec<Query>) -> Result<(Vec<Card>, usize), Problem> {
        if any.is_empty() {
            return Ok((Vec::new(), 0));
        }
        let itself = Query::Not(Box::new(identified(&record.id)));
        let request = Request {
            query: Query::And(vec![Query::Or(any), itself]),
            sort: Sort::DateAscending,
            limit: MAX_LINKS,
            ..Request::default()
        };
        let found = self.engine.search(&request)?;
        let cards = found.hits.into_iter().map(|hit| hit.card).collect();
        Ok((cards, found.total))
    }

    /// The telegram of that number and sender that is nearest in date, those of the same volume first;
    /// none where several fit equally.
    fn telegram(&self, record: &Record, citation: &Citation) -> Result<Option<RecordId>, Problem> {
        let (Some(number), Some(sender)) = (&citation.telegram, &citation.sender) else {
            return Ok(None);
        };
        let sent = Query::Phrase {
            field: Some("from".into()),
            text: sender.clone(),
        };
        let request = Request {
            query: Query::And(vec![value("telegram", number), sent]),
            limit: CANDIDATES,
            ..Request::default()
        };
        let found = self.engine.search(&request)?.hits;
        let mut ranked: Vec<((bool, i64), RecordId)> = found
            .into_iter()
            .filter(|hit| hit.card.id != record.id)
            .filter_map(|hit| Some((distance(record, &hit.card)?, hit.card.id)))
            .collect();
        ranked.sort();
        Ok(match ranked.as_slice() {
            [(first, _), (second, _), ..] if first == second => None,
            [(_, nearest), ..] => Some(nearest.clone()),
            [] => None,
        })
    }
}

/// Whether it stands in another volume, and how far away in time. `None` is another telegram: one without a
/// date, of another year, or sent after the record, as far as no later note can cite it.
fn distance(record: &Record, card: &Card) -> Option<(bool, i64)> {
    let (own, sent) = (
        record.date.as_ref()?.from.minutes(),
        card.date.as_ref()?.from.minutes(),
    );
    let fits = sent - own <= LATER_MINUTES && own - sent <= NEAR_MINUTES;
    fits.then(|| (card.id.volume() != record.id.volume(), (own - sent).abs()))
}

/// A record by its id, or what stands on some pages of a volume.
fn cited_directly(citation: &Citation) -> Option<Query> {
    if let Some(id) = &citation.record {
        return Some(identified(id));
    }
    let (volume, pages) = (citation.volume.as_ref()?, citation.pages.as_ref()?);
    let pages = pages_between(pages);
    if pages.is_empty() {
        return None;
    }
    let standing = pages.iter().map(|page| value("page", page)).collect();
    Some(Query::And(vec![
        value("volume", volume),
        Query::Or(standing),
    ]))
}

/// What points to the record, or to a page on which it stands.
fn citing(record: &Record) -> Vec<Query> {
    let mut keys: BTreeSet<String> = BTreeSet::from([record.id.to_string()]);
    for passage in &record.passages {
        let turned = passage.breaks.iter().map(|(_, page)| page);
        let pages = passage.page.iter().chain(turned);
        keys.extend(pages.map(|page| page_key(record.id.volume(), page)));
    }
    keys.iter().map(|key| value("reference", key)).collect()
}

fn identified(id: &RecordId) -> Query {
    value("id", id.as_str())
}

fn value(field: &str, value: &str) -> Query {
    Query::Value {
        field: field.to_owned(),
        value: value.to_owned(),
    }
}
