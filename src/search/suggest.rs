//! What could be meant while somebody types: people, topics, places, countries, entries of the printed index
//! and headings of records. The list is made once for each commit, in order, so that a keystroke looks only at
//! what begins so.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};

use super::{
    Params, Problem, Search,
    people::words,
    question::{check_names, last_given},
};
use crate::{
    index::{Facet, Request},
    schema::schema,
};

/// How many are shown.
const SHOWN: usize = 10;

/// Of these, how many headings of records are shown where more else is found too.
const TITLES: usize = 3;

/// A longer heading is none that somebody types.
const LONGEST_TITLE: usize = 300;

/// A shorter beginning is taken as it is typed.
const FORGIVEN: usize = 5;

/// The most spellings that are tried for one that nothing begins with.
const TRIED: usize = 20;

/// The longest text that is read.
const MAX_LENGTH: usize = 200;

/// The fields that are counted, as kinds of what is suggested.
const FIELDS: [&str; 5] = ["person", "topic", "place", "country", "index_term"];

/// The field of headings, each as one more kind.
const TITLE: &str = "title";

/// Something to search for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The field.
    pub kind: &'static str,
    /// As people read it.
    pub text: String,
    /// Finds it, in the query language.
    pub query: String,
    /// Records that have it.
    pub count: usize,
}

/// Everything that can be suggested in one commit.
#[derive(Debug, Default)]
pub struct Prepared {
    /// Most records first.
    ranked: Vec<Suggestion>,
    /// Every word in order, each with the end of its own among `places`; they begin where those of the word
    /// before end.
    words: Vec<(String, usize)>,
    /// For each word where it stands in `ranked`, in order.
    places: Vec<u32>,
}

/// What was prepared, and the commit for which.
pub type PreparedFor = (u64, Arc<Prepared>);

impl Search {
    /// What begins with the words typed, most records first.
    ///
    /// # Errors
    /// [`Problem`] names the parameter.
    pub fn suggest(&self, params: &Params) -> Result<Vec<Suggestion>, Problem> {
        check_names(params, &["q"])?;
        let typed = last_given(params, "q").unwrap_or_default();
        if typed.chars().count() > MAX_LENGTH {
            return Err(Problem::parameter(
                "q",
                format!("`q` has more than {MAX_LENGTH} characters"),
                Some("suggestions are for the beginning of a query".into()),
            ));
        }
        let asked = words(typed);
        let prepared = self.prepared()?;
        let found = prepared.find_or_forgive(&asked).into_iter();
        Ok(found.map(|at| prepared.ranked[at].clone()).collect())
    }

    fn prepared(&self) -> Result<Arc<Prepared>, Problem> {
        let mut known = self
            .suggestions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let commit = self.engine.pinned()?;
        if let Some((of, prepared)) = known.as_ref()
            && *of == commit.generation()
        {
            return Ok(prepared.clone());
        }
        let request = Request {
            facets: FIELDS.map(|f| (f.to_owned(), usize::MAX)).to_vec(),
            ..Request::default()
        };
        let facets = commit.search(&request)?.facets;
        let prepared = Arc::new(Prepared::of(facets, commit.titles()?));
        *known = Some((commit.generation(), prepared.clone()));
        Ok(prepared)
    }
}

impl Prepared {
    fn of(facets: Vec<Facet>, titles: Vec<String>) -> Self {
        let values = FIELDS.iter().zip(facets).flat_map(|(kind, facet)| {
            let buckets = facet.buckets.into_iter();
            buckets.map(|(value, count)| suggestion(kind, value, count))
        });
        let mut ranked: Vec<Suggestion> = values.chain(headings(titles)).collect();
        ranked.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
        let each = ranked.iter().enumerate().flat_map(|(at, s)| {
            let words = words(&s.text).into_iter();
            words.map(move |word| (word, at as u32))
        });
        let mut each: Vec<(String, u32)> = each.collect();
        each.sort_unstable();
        each.dedup();
        let (mut words, mut places): (Vec<(String, usize)>, _) = (Vec::new(), Vec::new());
        for (word, at) in each {
            places.push(at);
            match words.last_mut() {
                Some((last, end)) if *last == word => *end = places.len(),
                _ => words.push((word, places.len())),
            }
        }
        Self {
            ranked,
            words,
            places,
        }
    }

    /// Places of what begins so; where nothing does, of what nearly does.
    fn find_or_forgive(&self, asked: &[String]) -> Vec<usize> {
        let found = self.find(asked);
        if !found.is_empty() {
            return found;
        }
        let mut forgiven: Vec<usize> = Vec::new();
        for (at, word) in asked.iter().enumerate() {
            if word.len() < FORGIVEN || !self.beginning_with(word).is_empty() {
                continue;
            }
            for spelling in self.nearly(word) {
                let mut other = asked.to_vec();
                spelling.clone_into(&mut other[at]);
                forgiven.extend(self.find(&other));
            }
        }
        forgiven.sort_unstable();
        forgiven.dedup();
        self.shown(forgiven.into_iter())
    }

    fn find(&self, asked: &[String]) -> Vec<usize> {
        let lists = asked.iter().map(|word| self.beginning_with(word));
        let mut lists: Vec<&[u32]> = lists.collect();
        lists.sort_by_key(|list| list.len());
        let Some((fewest, others)) = lists.split_first() else {
            return Vec::new();
        };
        if fewest.is_empty() {
            return Vec::new();
        }
        let mut met = Places::of(fewest, self.ranked.len());
        for list in others {
            met.keep(&Places::of(list, self.ranked.len()));
        }
        self.shown(met.each())
    }

    /// The first of some places in order; headings of records, which are many, leave room to others.
    fn shown(&self, found: impl Iterator<Item = usize>) -> Vec<usize> {
        let (mut titles, mut others) = (Vec::new(), Vec::new());
        for at in found {
            let list = if self.ranked[at].kind == TITLE {
                &mut titles
            } else {
                &mut others
            };
            if list.len() < SHOWN {
                list.push(at);
            }
            if titles.len() + others.len() == 2 * SHOWN {
                break;
            }
        }
        titles.truncate(TITLES.max(SHOWN - others.len()));
        others.truncate(SHOWN - titles.len());
        others.extend(titles);
        others.sort_unstable();
        others
    }

    /// Places of the words that begin so.
    fn beginning_with(&self, beginning: &str) -> &[u32] {
        let from = self
            .words
            .partition_point(|(word, _)| word.as_str() < beginning);
        let own = self.words[from..].partition_point(|(word, _)| word.starts_with(beginning));
        &self.places[self.end_before(from)..self.end_before(from + own)]
    }

    /// Where the places of the word before end.
    fn end_before(&self, word: usize) -> usize {
        word.checked_sub(1).map_or(0, |before| self.words[before].1)
    }

    /// Words whose beginning is one typing error away, those of the most records first.
    fn nearly(&self, typed: &str) -> Vec<&String> {
        let near = self
            .words
            .iter()
            .enumerate()
            .filter(|(_, (word, _))| begins_nearly(word.as_bytes(), typed.as_bytes()));
        let best = |at: usize| self.places[self.end_before(at)];
        let mut near: Vec<(u32, &String)> = near.map(|(at, (word, _))| (best(at), word)).collect();
        near.sort_unstable();
        near.into_iter().take(TRIED).map(|(_, word)| word).collect()
    }
}

/// Some places in `ranked`, a bit for each.
struct Places(Vec<u64>);

impl Places {
    fn of(list: &[u32], all: usize) -> Self {
        let mut bits = vec![0u64; all.div_ceil(64)];
        for at in list {
            bits[*at as usize / 64] |= 1 << (at % 64);
        }
        Self(bits)
    }

    fn keep(&mut self, others: &Self) {
        let both = self.0.iter_mut().zip(&others.0);
        both.for_each(|(own, other)| *own &= other);
    }

    fn each(&self) -> impl Iterator<Item = usize> {
        let words = self.0.iter().enumerate().filter(|(_, bits)| **bits != 0);
        words.flat_map(|(at, bits)| {
            let set = (0..64).filter(move |bit| bits >> bit & 1 == 1);
            set.map(move |bit| at * 64 + bit)
        })
    }
}

fn suggestion(kind: &'static str, value: String, count: usize) -> Suggestion {
    let label = schema().field(kind).map(|f| schema().label(f, &value));
    let text = label.unwrap_or_else(|| value.clone());
    // What the query language would take for its own is no part of a word.
    let value = value.replace(['"', '\u{201c}', '\u{201d}', '*', '?'], " ");
    Suggestion {
        kind,
        query: format!("{kind}:\"{value}\""),
        text,
        count,
    }
}

/// Headings of records, each once.
fn headings(titles: Vec<String>) -> impl Iterator<Item = Suggestion> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for title in titles {
        if title.len() <= LONGEST_TITLE {
            *counts.entry(title).or_default() += 1;
        }
    }
    let each = counts.into_iter();
    each.map(|(title, count)| suggestion(TITLE, title, count))
}

/// Whether a word begins so but for one letter that is wrong, missing, too much or in the wrong order.
fn begins_nearly(word: &[u8], typed: &[u8]) -> bool {
    let same = word.iter().zip(typed).take_while(|(a, b)| a == b).count();
    let begins = |in_word: usize, in_typed: usize| {
        let (word, typed) = (word.get(same + in_word..), typed.get(same + in_typed..));
        word.zip(typed).is_some_and(|(w, t)| w.starts_with(t))
    };
    let swapped = match (word.get(same..same + 2), typed.get(same..same + 2)) {
        (Some([a, b]), Some([c, d])) => a == d && b == c && begins(2, 2),
        _ => false,
    };
    same == typed.len() || begins(1, 1) || begins(1, 0) || begins(0, 1) || swapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_error_is_forgiven() {
        for (typed, near) in [
            ("harbr", true),
            ("hrabo", true),
            ("hatbo", true),
            ("haarbo", true),
            ("herbr", false),
            ("oyste", false),
        ] {
            assert_eq!(begins_nearly(b"harbor", typed.as_bytes()), near, "{typed}");
        }
    }

    #[test]
    fn many_headings_leave_room() {
        let facet = Facet {
            buckets: (0..20).map(|n| (format!("Vorel {n}"), 1)).collect(),
            ..Facet::default()
        };
        let titles = (0..20).map(|n| format!("A letter {n} to Vorel"));
        let prepared = Prepared::of(vec![facet], titles.collect());
        let found = prepared.find(&words("vor"));
        let titles = found
            .iter()
            .filter(|at| prepared.ranked[**at].kind == TITLE);
        assert_eq!((found.len(), titles.count()), (SHOWN, TITLES));
        assert_eq!(prepared.find(&words("letter")).len(), SHOWN);
    }

    #[test]
    fn beginnings_find_the_commonest_first() {
        let facet = |values: &[(&str, usize)]| Facet {
            buckets: values.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect(),
            ..Facet::default()
        };
        let titles = ["Letter to Vorel", "Editorial Note", "Editorial Note"];
        let prepared = Prepared::of(
            vec![
                facet(&[("Vorel, Miroslav", 4), ("Varga, Ilona", 9)]),
                facet(&[("Oyster Beds at Vorel's Point", 2)]),
            ],
            titles.map(str::to_owned).to_vec(),
        );
        let texts = |typed: &str| {
            let found = prepared.find_or_forgive(&words(typed));
            let texts = found.iter().map(|at| prepared.ranked[*at].text.as_str());
            texts.collect::<Vec<_>>().join(" | ")
        };
        assert_eq!(
            texts("v"),
            "Varga, Ilona | Vorel, Miroslav | Oyster Beds at Vorel's Point | Letter to Vorel"
        );
        assert_eq!(texts("edit note"), "Editorial Note");
        assert_eq!(texts("lettre vor"), "Letter to Vorel");
        assert_eq!(texts("mir vor"), "Vorel, Miroslav");
        assert_eq!(texts("oister"), "Oyster Beds at Vorel's Point");
        assert_eq!(texts("zz"), "");
    }
}
