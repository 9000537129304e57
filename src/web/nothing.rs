//! Nothing found: the page that teaches. What each part finds alone, what there is without each filter, how
//! words are spelled here, what time is covered; each of them a link on.

use super::{address::Address, collection::Collection, panel, text::Count, titles::Titles};
use crate::{
    index::words::fold_value,
    search::{Match, Zero, parse},
};

/// Why nothing was found, with ways on.
#[derive(Debug, Clone, Default)]
pub struct Nothing {
    /// Parts of the query, each alone.
    pub clauses: Vec<Way>,
    /// The search without each filter.
    pub filters: Vec<Way>,
    /// The search with a word spelled otherwise.
    pub spellings: Vec<Way>,
    /// The years that the collection covers.
    pub covered: Option<String>,
}

/// A way on.
#[derive(Debug, Clone)]
pub struct Way {
    /// What it changes.
    pub text: String,
    /// Records that it finds, where counted.
    pub count: Option<Count>,
    /// Where it leads, if it leads anywhere.
    pub address: Option<Address>,
}

impl Nothing {
    /// From what the search tells.
    pub fn of(zero: &Zero, address: &Address, collection: &Collection) -> Self {
        let clauses = zero.clauses.iter();
        let filters = zero.filters.iter();
        Self {
            clauses: clauses
                .map(|(clause, count)| alone(clause, *count, address))
                .collect(),
            filters: filters
                .map(|(filter, count)| without(filter, *count, address, &collection.titles))
                .collect(),
            spellings: spellings(zero, address),
            covered: collection.covered.as_ref().map(ToString::to_string),
        }
    }
}

/// The search with its words spelled otherwise: each as is nearest, then one at a time.
fn spellings(zero: &Zero, address: &Address) -> Vec<Way> {
    let query = address.get("q").unwrap_or_default();
    let words = || {
        zero.did_you_mean
            .iter()
            .filter(|(_, near)| !near.is_empty())
    };
    let nearest = words().fold(query.to_owned(), |query, (word, near)| {
        respelled(&query, word, &near[0])
    });
    let one_each =
        words().flat_map(|(word, near)| near.iter().map(move |near| respelled(query, word, near)));
    let mut queries: Vec<String> = Vec::new();
    for respelled in std::iter::once(nearest).chain(one_each) {
        if respelled != query && !queries.contains(&respelled) {
            queries.push(respelled);
        }
    }
    queries.truncate(SPELLINGS);
    let way = |query: String| Way {
        address: Some(address.clone().set("q", query.clone())),
        text: query,
        count: None,
    };
    queries.into_iter().map(way).collect()
}

/// The most spellings that are offered.
const SPELLINGS: usize = 5;

/// Ranges and the like are told by `...`, which cannot be asked again.
fn alone(clause: &str, count: usize, address: &Address) -> Way {
    let readable = !clause.contains("...") && parse(clause, Match::All).is_ok();
    Way {
        text: clause.to_owned(),
        count: Some(Count(count)),
        address: (readable && count > 0).then(|| address.clone().set("q", clause)),
    }
}

/// `kind=telegram&kind=-airgram`, or `date`.
fn without(filter: &str, count: usize, address: &Address, titles: &Titles) -> Way {
    let names: &[&str] = match filter.split_once('=') {
        Some((field, _)) => &[field],
        None => &["date_from", "date_to", "date_match", "undated"],
    };
    let rest = names
        .iter()
        .fold(address.clone(), |a, name| a.without(name));
    let kept = panel::chips(&rest, titles);
    let gone = panel::chips(address, titles);
    let gone = gone.into_iter().map(|c| c.text);
    let gone: Vec<String> = gone
        .filter(|text| !kept.iter().any(|k| k.text == *text))
        .collect();
    Way {
        text: gone.join(", "),
        count: Some(Count(count)),
        address: (count > 0).then_some(rest),
    }
}

/// The query with one word in the place of another; words are compared folded.
fn respelled(query: &str, word: &str, near: &str) -> String {
    let mut text = String::new();
    let mut rest = query;
    while let Some(start) = rest.find(char::is_alphanumeric) {
        let length = rest[start..].find(|c: char| !c.is_alphanumeric());
        let end = length.map_or(rest.len(), |length| start + length);
        text.push_str(&rest[..start]);
        let own = &rest[start..end];
        text.push_str(if fold_value(own) == word { near } else { own });
        rest = &rest[end..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_spelled_otherwise() {
        assert_eq!(
            respelled("\"Lightouse, é\" -x", "lightouse", "lighthouse"),
            "\"lighthouse, é\" -x"
        );
    }

    #[test]
    fn ways_lead_on() {
        let address = Address::new("/search")
            .with("q", "a b")
            .with("kind", "letter")
            .with("date_to", "1961");
        let zero = Zero {
            clauses: vec![("a".into(), 2), ("date:[...]".into(), 3), ("b".into(), 0)],
            filters: vec![("kind=letter".into(), 1), ("date".into(), 0)],
            did_you_mean: vec![("b".into(), vec!["c".into()])],
        };
        let nothing = Nothing::of(&zero, &address, &Collection::default());
        let leads = |ways: &[Way]| -> Vec<String> {
            let way = |w: &Way| w.address.as_ref().map_or("-".into(), ToString::to_string);
            ways.iter().map(way).collect()
        };
        assert_eq!(
            leads(&nothing.clauses),
            ["/search?q=a&kind=letter&date_to=1961", "-", "-"]
        );
        assert_eq!(leads(&nothing.filters), ["/search?q=a+b&date_to=1961", "-"]);
        assert_eq!(nothing.filters[0].text, "Kind of document: Letter");
        assert_eq!(
            leads(&nothing.spellings),
            ["/search?q=a+c&kind=letter&date_to=1961"]
        );
    }
}
