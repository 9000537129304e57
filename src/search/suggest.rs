//! What could be meant while somebody types: people, topics, places, countries and entries of the printed
//! index. The list is made once for each commit, in order, so that a keystroke looks only at what begins
//! so.

use std::sync::{Arc, PoisonError};

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

/// A longer list of candidates is read in order of rank instead: soon enough of them fit.
const DENSE: usize = 2000;

/// A shorter beginning is taken as it is typed.
const FORGIVEN: usize = 5;

/// The most spellings that are tried for one that nothing begins with.
const TRIED: usize = 20;

/// The longest text that is read.
const MAX_LENGTH: usize = 200;

/// The fields, as kinds of what is suggested.
const FIELDS: [&str; 5] = ["person", "topic", "place", "country", "index_term"];

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
    /// Its folded words, each behind a space.
    folded: String,
}

/// Everything that can be suggested in one commit.
#[derive(Debug, Default)]
pub struct Prepared {
    /// Most records first.
    ranked: Vec<Suggestion>,
    /// Each word with the place in `ranked` of what it stands in, in order.
    words: Vec<(String, u32)>,
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
        let commit = self.engine.pinned();
        if let Some((of, prepared)) = known.as_ref()
            && *of == commit.generation()
        {
            return Ok(prepared.clone());
        }
        let request = Request {
            facets: FIELDS.map(|f| (f.to_owned(), usize::MAX)).to_vec(),
            ..Request::default()
        };
        let prepared = Arc::new(Prepared::of(commit.search(&request)?.facets));
        *known = Some((commit.generation(), prepared.clone()));
        Ok(prepared)
    }
}

impl Prepared {
    fn of(facets: Vec<Facet>) -> Self {
        let values = FIELDS.iter().zip(facets).flat_map(|(kind, facet)| {
            let buckets = facet.buckets.into_iter();
            buckets.map(|(value, count)| suggestion(kind, value, count))
        });
        let mut ranked: Vec<Suggestion> = values.collect();
        ranked.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
        let each = ranked.iter().enumerate().flat_map(|(at, s)| {
            let words = s.folded.split(' ').filter(|w| !w.is_empty());
            words.map(move |w| (w.to_owned(), at as u32))
        });
        let mut words: Vec<(String, u32)> = each.collect();
        words.sort_unstable();
        words.dedup();
        Self { ranked, words }
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
        forgiven.truncate(SHOWN);
        forgiven
    }

    fn find(&self, asked: &[String]) -> Vec<usize> {
        let Some(longest) = asked.iter().max_by_key(|w| w.len()) else {
            return Vec::new();
        };
        let begins: Vec<String> = asked.iter().map(|w| format!(" {w}")).collect();
        let fits = |at: &usize| {
            let folded = &self.ranked[*at].folded;
            begins.iter().all(|b| folded.contains(b.as_str()))
        };
        let candidates = self.beginning_with(longest);
        if candidates.len() > DENSE {
            let all = 0..self.ranked.len();
            return all.filter(fits).take(SHOWN).collect();
        }
        let mut found: Vec<usize> = candidates.iter().map(|(_, at)| *at as usize).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter(fits).take(SHOWN).collect()
    }

    fn beginning_with(&self, beginning: &str) -> &[(String, u32)] {
        let from = self
            .words
            .partition_point(|(word, _)| word.as_str() < beginning);
        let rest = &self.words[from..];
        let until = rest.partition_point(|(word, _)| word.starts_with(beginning));
        &rest[..until]
    }

    /// Words whose beginning is one typing error away, those of the most records first.
    fn nearly(&self, typed: &str) -> Vec<&String> {
        let near = self
            .words
            .iter()
            .filter(|(word, _)| begins_nearly(word.as_bytes(), typed.as_bytes()));
        let mut near: Vec<(u32, &String)> = near.map(|(word, at)| (*at, word)).collect();
        near.sort_unstable();
        let mut spellings: Vec<&String> = Vec::new();
        for (_, word) in near {
            if spellings.len() < TRIED && !spellings.contains(&word) {
                spellings.push(word);
            }
        }
        spellings
    }
}

fn suggestion(kind: &'static str, value: String, count: usize) -> Suggestion {
    let label = schema().field(kind).map(|f| schema().label(f, &value));
    let text = label.unwrap_or_else(|| value.clone());
    let folded = words(&text).iter().map(|w| format!(" {w}")).collect();
    let value = value.replace(['"', '\u{201c}', '\u{201d}'], " ");
    Suggestion {
        kind,
        query: format!("{kind}:\"{value}\""),
        text,
        count,
        folded,
    }
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
    fn beginnings_find_the_commonest_first() {
        let facet = |values: &[(&str, usize)]| Facet {
            buckets: values.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect(),
            ..Facet::default()
        };
        let prepared = Prepared::of(vec![
            facet(&[("Vorel, Miroslav", 4), ("Varga, Ilona", 9)]),
            facet(&[("Oyster Beds at Vorel's Point", 2)]),
        ]);
        let texts = |typed: &str| {
            let found = prepared.find_or_forgive(&words(typed));
            let texts = found.iter().map(|at| prepared.ranked[*at].text.as_str());
            texts.collect::<Vec<_>>().join(" | ")
        };
        assert_eq!(
            texts("v"),
            "Varga, Ilona | Vorel, Miroslav | Oyster Beds at Vorel's Point"
        );
        assert_eq!(texts("mir vor"), "Vorel, Miroslav");
        assert_eq!(texts("oister"), "Oyster Beds at Vorel's Point");
        assert_eq!(texts("zz"), "");
    }
}
