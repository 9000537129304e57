//! `/search`: hits, with what narrows them beside. It takes exactly the parameters of `/v1/search`.
//!
//! A hit leads to its record with the query and with `from`, the search's own parameters as they stand in its
//! address; with these the record can lead back, and on to the next hit of the same list.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};

use super::{
    address::{Address, OF_HITS},
    collection::{Collection, Held},
    examples::Example,
    frame::{Frame, page},
    hit::HitView,
    nothing::Nothing,
    panel::{self, Chip, Panel},
    text::{Count, counted},
    timeline::{ByDate, Timeline},
    titles::Titles,
    understood::Understood,
};
use crate::{
    http::{Failure, Reader, Searched, given::Query},
    index::MISSING,
    schema::{Field, schema},
    search::{GroupOfHits, Grouped, Page, Params, Problem, Search, is_parameter},
};

/// Hits of a page that asks for no number: fewer than the API gives, for their passages are read here.
pub const HITS: usize = 12;

/// Groups of a page that asks for no number, and hits of each.
const GROUPS: usize = 6;
const HITS_OF_GROUP: usize = 2;

#[derive(Template)]
#[template(path = "search.html", config = "src/web/askama.toml")]
struct SearchPage {
    frame: Frame,
    /// How many records, in words.
    total: String,
    /// What a new query keeps.
    kept: Vec<(String, String)>,
    chips: Vec<Chip>,
    /// The search without anything that narrows it.
    cleared: Address,
    sorts: Vec<Sorting>,
    panel: Panel,
    timeline: Option<Timeline>,
    /// What the date fields hold.
    dates: (String, String),
    /// What the choices beside the date fields hold.
    chosen: Chosen,
    understood: Option<Understood>,
    /// Fields by which hits can be grouped, and whether they are.
    groupings: Vec<(&'static Field, bool)>,
    hits: Vec<HitView>,
    groups: Option<GroupsView>,
    /// Matching records that a span of dates leaves out, and the search with them.
    undated: Option<(String, Address)>,
    nothing: Option<Nothing>,
    examples: Vec<Example>,
    /// The first page of hits, where this is none.
    first: Option<Address>,
    next: Option<Address>,
    /// Which hits these are, of how many.
    position: Option<String>,
    /// Whether one record is all.
    one: bool,
    /// Forms in which all records can be had, and where.
    exports: Vec<(&'static str, Address)>,
}

/// Hits in groups.
struct GroupsView {
    groups: Vec<GroupView>,
    /// Records that are in no group, and the search for them.
    ungrouped: Option<(String, Address)>,
}

/// The hits that have a value.
struct GroupView {
    label: String,
    count: Count,
    address: Address,
    hits: Vec<HitView>,
}

/// An order of hits.
struct Sorting {
    label: &'static str,
    address: Address,
    current: bool,
}

/// What is chosen of a few.
struct Chosen {
    within: bool,
    any: bool,
    undated: String,
}

/// What a page of hits is made of.
struct Found {
    page: Page,
    by_date: ByDate,
    collection: Arc<Collection>,
}

/// Shows a page of hits.
pub async fn show_search(
    service: Reader,
    State(held): State<Held>,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    // What others add to a link says nothing here.
    let params: Vec<_> = params
        .into_iter()
        .filter(|(name, _)| is_parameter(name))
        .collect();
    let address = Address::new("/search").with_all(&params);
    let answer = service.ask(move |search| {
        let found = find(search, &held, &params)?;
        let searched = Searched::from(&found.page);
        let mut response = page(&search_page(found, &address));
        response.extensions_mut().insert(searched);
        Ok(response)
    });
    answer.await
}

fn find(search: &Search, held: &Held, params: &Params) -> Result<Found, Problem> {
    let mut asked = params.to_vec();
    if !params.iter().any(|(name, _)| name == "facets") {
        asked.push(("facets".into(), panel::counted(params)));
    }
    let given = |name: &str| {
        params
            .iter()
            .any(|(n, value)| n == name && !value.is_empty())
    };
    let sizes = match given("group") {
        true => [("limit", GROUPS), ("group_hits", HITS_OF_GROUP)].as_slice(),
        false => &[("limit", HITS)],
    };
    for (name, size) in sizes.iter().filter(|(name, _)| !given(name)) {
        asked.push(((*name).to_owned(), size.to_string()));
    }
    let page = search.search_records(&asked)?;
    Ok(Found {
        by_date: ByDate::of(search, params, &page.facets)?,
        collection: held.at_hand(search)?,
        page,
    })
}

fn search_page(found: Found, address: &Address) -> SearchPage {
    let Found {
        page,
        by_date,
        collection,
    } = found;
    let titles = &collection.titles;
    let first = address.clone().without("cursor");
    let held = |name: &str| first.get(name).unwrap_or_default().to_owned();
    let query = held("q");
    let kept = first
        .params()
        .iter()
        .filter(|(name, _)| name != "q")
        .cloned()
        .collect();
    let undated = page.undated.filter(|count| *count > 0);
    SearchPage {
        position: position(&page),
        one: page.total == 1,
        exports: exports(&first),
        total: counted(page.total, "record", "records"),
        kept,
        chips: panel::chips(&first, titles),
        cleared: cleared(&query),
        sorts: sorts(&first),
        panel: Panel::of(&page.facets, &first, titles),
        timeline: Timeline::of(&by_date, &first),
        dates: (held("date_from"), held("date_to")),
        chosen: Chosen {
            within: held("date_match") == "within",
            any: held("match") == "any",
            undated: held("undated"),
        },
        hits: page
            .hits
            .iter()
            .map(|hit| HitView::of(hit, address, titles))
            .collect(),
        understood: Understood::of(&page.interpretation, &first),
        groupings: groupings(first.get("group")),
        groups: page.grouped.map(|grouped| groups(grouped, address, titles)),
        undated: undated.map(|count| {
            let text = counted(
                count,
                "record without a date matches too",
                "records without a date match too",
            );
            (text, first.clone().set("undated", "include"))
        }),
        nothing: page
            .zero
            .map(|zero| Nothing::of(&zero, &first, &collection)),
        examples: collection.examples.clone(),
        first: address.get("cursor").map(|_| first),
        next: page
            .cursor
            .map(|cursor| address.clone().set("cursor", cursor)),
        frame: Frame {
            query,
            specimens: page.specimens,
            styles: &["search.css"],
            scripts: &["search.js"],
        },
    }
}

/// The fields beside the hits are those that can be told apart at a glance.
fn groupings(chosen: Option<&str>) -> Vec<(&'static Field, bool)> {
    let fields = schema().facets().filter(|f| f.panel);
    fields
        .map(|f| (f, chosen == Some(f.name.as_str())))
        .collect()
}

fn groups(grouped: Grouped, address: &Address, titles: &Titles) -> GroupsView {
    let whole = ["group", "group_hits", "cursor", "limit"];
    let alone = whole
        .iter()
        .fold(address.clone(), |a, name| a.without(name));
    let narrowed = |value: &str| alone.clone().with(&grouped.field, value);
    let group = |group: &GroupOfHits| GroupView {
        label: match grouped.field.as_str() {
            panel::VOLUME => titles.short(&group.value).to_owned(),
            _ => group.label.clone(),
        },
        count: Count(group.count),
        address: narrowed(&group.value),
        hits: group
            .hits
            .iter()
            .map(|hit| HitView {
                anchor: None,
                ..HitView::of(hit, &alone, titles)
            })
            .collect(),
    };
    let missing = counted(
        grouped.missing,
        "record is in no group",
        "records are in no group",
    );
    GroupsView {
        groups: grouped.groups.iter().map(group).collect(),
        ungrouped: (grouped.missing > 0).then(|| (missing, narrowed(MISSING))),
    }
}

/// `13–24 of 99`; nothing where there are no hits, or groups of them.
fn position(page: &Page) -> Option<String> {
    let (from, to) = (page.first + 1, page.first + page.hits.len());
    let of = Count(page.total);
    (to >= from).then(|| format!("{}–{} of {of}", Count(from), Count(to)))
}

/// All records of a question, whatever is asked of its hits but their order.
fn exports(address: &Address) -> Vec<(&'static str, Address)> {
    let of_hits = OF_HITS.iter().filter(|name| **name != "sort");
    let question = of_hits.fold(address.clone(), |a, name| a.without(name));
    let export = Address::new("/v1/export").with_all(question.params());
    let form = |(label, format)| (label, export.clone().with("format", format));
    [("CSV", "csv"), ("JSON Lines", "jsonl")].map(form).into()
}

/// The query alone.
fn cleared(query: &str) -> Address {
    let address = Address::new("/search");
    if query.is_empty() {
        address
    } else {
        address.with("q", query)
    }
}

fn sorts(address: &Address) -> Vec<Sorting> {
    let current = address.get("sort").unwrap_or("relevance");
    let orders = [
        ("relevance", "best first"),
        ("date", "earliest first"),
        ("-date", "latest first"),
    ];
    let sorting = |(value, label)| Sorting {
        label,
        address: match value {
            "relevance" => address.clone().without("sort"),
            _ => address.clone().set("sort", value),
        },
        current: value == current,
    };
    orders.map(sorting).into()
}
