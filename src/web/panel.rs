//! What stands beside the hits: the facets as boxes to tick, and above them what is ticked, as chips. All of it
//! is one form and its links: without scripts a button sends it.
//!
//! Which facets stand here, and in which order, `index_schema/fields.toml` tells.

use std::collections::HashSet;

use super::{address::Address, text::Count, titles::Titles};
use crate::{
    index::{MISSING, words::fold_value},
    schema::{Field, schema},
    search::{FacetCounts, MAX_VALUES, Params},
};

/// Values of a facet that are shown at once.
const SHOWN: usize = 6;

/// Facets that stand open.
const OPEN: usize = 4;

/// The facets.
#[derive(Debug, Clone)]
pub struct Panel {
    /// Those counted.
    pub facets: Vec<FacetView>,
    /// Labels of those that are not, and where they are counted.
    pub others: Vec<(String, Address)>,
    /// What the form carries along beside its boxes.
    pub kept: Vec<(String, String)>,
}

/// A facet.
#[derive(Debug, Clone)]
pub struct FacetView {
    /// The field.
    pub field: String,
    /// Its label.
    pub label: String,
    /// Whether it stands open.
    pub open: bool,
    /// Values.
    pub rows: Vec<Row>,
    /// Where all values are, if there are more.
    pub more: Option<Address>,
}

/// A value of a facet.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// As filters take it.
    pub value: String,
    /// As people read it.
    pub label: String,
    /// Records that have it, where counted.
    pub count: Option<Count>,
    /// Whether it is asked for.
    pub chosen: bool,
    /// Whether it is excluded.
    pub excluded: bool,
}

/// The facets that a search page asks for, as `facets` takes them: of fields with values chosen all, so
/// that those are among them.
pub fn counted(params: &Params) -> String {
    let panel = schema().facets().filter(|f| f.panel);
    let asked = panel.map(|field| {
        let chosen = params.iter().any(|(name, _)| *name == field.name);
        let size = if chosen { MAX_VALUES } else { SHOWN };
        format!("{}:{size}", field.name)
    });
    asked
        .chain(["date".to_owned()])
        .collect::<Vec<_>>()
        .join(",")
}

impl Panel {
    /// Of an answer's counts. `address` is the search's own, without a cursor.
    pub fn of(counts: &[FacetCounts], address: &Address, titles: &Titles) -> Self {
        let declared = |c: &FacetCounts| schema().field(&c.field).filter(|f| f.filter);
        let counted = counts.iter().filter_map(|c| Some((declared(c)?, c)));
        let mut facets: Vec<FacetView> = counted
            .map(|(field, counts)| facet(field, counts, address, titles))
            .filter(|facet| !facet.rows.is_empty())
            .collect();
        for (at, facet) in facets.iter_mut().enumerate() {
            facet.open = at < OPEN || facet.rows.iter().any(|row| row.chosen || row.excluded);
        }
        let shown: HashSet<&str> = facets.iter().map(|f| f.field.as_str()).collect();
        let others = schema()
            .facets()
            .filter(|f| f.filter && !shown.contains(f.name.as_str()));
        let in_form = |name: &str| shown.contains(name) || IN_FORM.contains(&name);
        let kept = address.params().iter().filter(|(name, _)| !in_form(name));
        Self {
            others: others
                .map(|f| (f.label.clone(), values_address(&f.name, address)))
                .collect(),
            kept: kept.cloned().collect(),
            facets,
        }
    }
}

/// Parameters that have a control of their own in the form.
const IN_FORM: [&str; 7] = [
    "date_from",
    "date_to",
    "date_match",
    "undated",
    "match",
    "group",
    "group_hits",
];

/// The page of all values of a field under a search.
pub fn values_address(field: &str, address: &Address) -> Address {
    Address::new("/search/values")
        .with("field", field)
        .with_all(address.params())
}

fn facet(field: &Field, counts: &FacetCounts, address: &Address, titles: &Titles) -> FacetView {
    let mut rows = Vec::new();
    let mut told = HashSet::new();
    for (at, bucket) in counts.buckets.iter().enumerate() {
        let mut row = row(field, &bucket.value, &bucket.label, address, titles);
        row.count = Some(Count(bucket.count));
        if at < SHOWN || row.chosen || row.excluded {
            told.insert(fold_value(&bucket.value));
            rows.push(row);
        }
    }
    if counts.missing > 0 {
        let mut row = row(field, MISSING, "not stated", address, titles);
        row.count = Some(Count(counts.missing));
        told.insert(fold_value(MISSING));
        rows.push(row);
    }
    // A name that is asked for in part stands for itself.
    for (_, value) in address
        .params()
        .iter()
        .filter(|(name, _)| *name == field.name)
    {
        let bare = bare(value);
        if told.insert(fold_value(bare)) {
            let label = schema().label(field, bare);
            rows.push(self::row(field, bare, &label, address, titles));
        }
    }
    let more = counts.buckets.len() > SHOWN || counts.other > 0;
    FacetView {
        field: field.name.clone(),
        label: field.label.clone(),
        open: false,
        rows,
        more: more.then(|| values_address(&field.name, address)),
    }
}

/// A value, with whether it is asked for.
pub fn row(field: &Field, value: &str, label: &str, address: &Address, titles: &Titles) -> Row {
    let given = address
        .params()
        .iter()
        .filter(|(name, _)| *name == field.name);
    let folded = fold_value(value);
    let (mut chosen, mut excluded) = (false, false);
    for (_, given) in given {
        if fold_value(bare(given)) == folded {
            let without = bare(given) != given.trim();
            excluded |= without;
            chosen |= !without;
        }
    }
    Row {
        value: value.to_owned(),
        label: if field.name == VOLUME {
            titles.short(value)
        } else {
            label
        }
        .to_owned(),
        count: None,
        chosen,
        excluded,
    }
}

/// The one field whose values have titles.
pub const VOLUME: &str = "volume";

/// A filter's value without the sign of exclusion.
fn bare(value: &str) -> &str {
    let value = value.trim();
    value
        .strip_prefix('-')
        .filter(|bare| !bare.is_empty())
        .unwrap_or(value)
}

/// What narrows the search, each with the search without it.
#[derive(Debug, Clone)]
pub struct Chip {
    /// In words.
    pub text: String,
    /// The search without it.
    pub without: Address,
}

/// Everything that narrows a search beside its query.
pub fn chips(address: &Address, titles: &Titles) -> Vec<Chip> {
    let mut chips: Vec<Chip> = Vec::new();
    let mut push = |text: String, without: Address| chips.push(Chip { text, without });
    for (name, value) in address.params() {
        if let Some(field) = schema().filters().find(|f| f.name == *name) {
            push(
                filter_text(field, value, titles),
                address.clone().without_value(name, value),
            );
        }
    }
    let given = |name: &str| address.get(name).map(str::to_owned);
    let dates = ["date_from", "date_to", "date_match"];
    let without_dates = || {
        dates
            .iter()
            .fold(address.clone(), |a, name| a.without(name))
    };
    match (given("date_from"), given("date_to")) {
        (Some(from), Some(to)) if from == to => push(from, without_dates()),
        (Some(from), Some(to)) => push(format!("{from} to {to}"), without_dates()),
        (Some(from), None) => push(format!("from {from}"), without_dates()),
        (None, Some(to)) => push(format!("until {to}"), without_dates()),
        (None, None) => {}
    }
    if given("date_match").as_deref() == Some("within") {
        push(
            "wholly within the dates".into(),
            address.clone().without("date_match"),
        );
    }
    let undated = match given("undated").as_deref() {
        Some("include") => "undated ones too",
        Some("exclude") => "dated only",
        Some("only") => "undated only",
        _ => "",
    };
    if !undated.is_empty() {
        push(undated.into(), address.clone().without("undated"));
    }
    if given("match").as_deref() == Some("any") {
        push("any of the words".into(), address.clone().without("match"));
    }
    if given("variants").as_deref() == Some("off") {
        push("only as typed".into(), address.clone().without("variants"));
    }
    for (_, form) in address
        .params()
        .iter()
        .filter(|(name, _)| name == "without_variant")
    {
        let without = address.clone().without_value("without_variant", form);
        push(format!("without the form {form}"), without);
    }
    chips
}

fn filter_text(field: &Field, value: &str, titles: &Titles) -> String {
    let bare = bare(value);
    let not = if bare == value.trim() { "" } else { "not " };
    let label = match bare {
        MISSING if !not.is_empty() => return format!("{}: stated", field.label),
        MISSING => "not stated".to_owned(),
        _ if field.name == VOLUME => titles.short(bare).to_owned(),
        _ => schema().label(field, bare),
    };
    format!("{}: {not}{label}", field.label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_narrows_is_told() {
        let address = Address::new("/search")
            .with("q", "laos")
            .with("kind", "telegram")
            .with("kind", "-airgram")
            .with("place", "-~missing")
            .with("date_from", "1961")
            .with("match", "any");
        let chips = chips(&address, &Titles::default());
        let texts: Vec<&str> = chips.iter().map(|c| c.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "Kind of document: Telegram",
                "Kind of document: not Airgram",
                "Place: stated",
                "from 1961",
                "any of the words"
            ]
        );
        insta::assert_snapshot!(chips[1].without, @"/search?q=laos&kind=telegram&place=-%7Emissing&date_from=1961&match=any");
        insta::assert_snapshot!(chips[3].without, @"/search?q=laos&kind=telegram&kind=-airgram&place=-%7Emissing&match=any");
    }
}
