//! `/search/values`: all values of a facet under a search, to tick several; `/topics` and `/countries`: the
//! same lists to browse. Each has a box to search inside and the years of what it counts.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};

use super::{
    address::{Address, OF_HITS},
    collection::{Collection, Held},
    frame::{Frame, page},
    panel::{self, Chip, Row},
    text::{Count, counted},
    timeline::{ByDate, Timeline},
};
use crate::{
    http::{Failure, Reader, given::Query},
    index::MISSING,
    schema::{Field, schema},
    search::{FacetValues, Page, Problem, Search},
};

/// Values of one page; who looks for others searches inside.
const SHOWN: &str = "80";

/// The page on which values are ticked.
const TICKED: &str = "/search/values";

#[derive(Template)]
#[template(path = "values.html", config = "src/web/askama.toml")]
struct ValuesPage {
    frame: Frame,
    field: &'static Field,
    /// What is listed.
    heading: &'static str,
    /// Where the box to search inside sends to.
    path: &'static str,
    prefix: String,
    /// What that box carries along.
    kept: Vec<(String, String)>,
    /// What ticked values carry along; nothing can be ticked where one browses.
    ticked: Option<Vec<(String, String)>>,
    chips: Vec<Chip>,
    /// How many values there are, and whether more than are shown.
    total: String,
    cut: bool,
    rows: Vec<Listed>,
    /// Records without a value, in words, and the search for them.
    missing: Option<(String, Address)>,
    timeline: Option<Timeline>,
    /// Lists of the other fields.
    others: Vec<(&'static str, Address)>,
    /// The search from which one came.
    back: Option<Address>,
}

/// A value and the search for it.
struct Listed {
    row: Row,
    address: Address,
}

/// A list of values as it is asked for.
struct Asked {
    /// Its field's name.
    field: String,
    path: &'static str,
    /// All of the question but what is only of hits, with the prefix.
    params: Vec<(String, String)>,
}

struct Found {
    field: &'static Field,
    values: FacetValues,
    dated: Page,
    by_date: ByDate,
    collection: Arc<Collection>,
}

/// Lists the values of the field that is named.
pub async fn show_values(
    service: Reader,
    State(held): State<Held>,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let named = params.iter().find(|(name, _)| name == "field");
    let field = named.map(|(_, field)| field.clone()).unwrap_or_default();
    show(service, held, Asked::new(field, TICKED, params)).await
}

/// Lists topics.
pub async fn show_topics(
    service: Reader,
    State(held): State<Held>,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    show(service, held, Asked::new("topic".into(), "/topics", params)).await
}

/// Lists countries.
pub async fn show_countries(
    service: Reader,
    State(held): State<Held>,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    show(
        service,
        held,
        Asked::new("country".into(), "/countries", params),
    )
    .await
}

impl Asked {
    fn new(field: String, path: &'static str, params: Vec<(String, String)>) -> Self {
        let other = |name: &str| name == "field" || OF_HITS.contains(&name);
        let params = params.into_iter().filter(|(name, _)| !other(name));
        Self {
            field,
            path,
            params: params.collect(),
        }
    }

    /// The parameters of the question alone.
    fn question(&self) -> Vec<(String, String)> {
        let own = self.params.iter().filter(|(name, _)| name != "prefix");
        own.cloned().collect()
    }

    /// This list.
    fn address(&self) -> Address {
        let address = Address::new(self.path);
        let address = match self.path {
            TICKED => address.with("field", self.field.clone()),
            _ => address,
        };
        address.with_all(&self.params)
    }
}

async fn show(service: Reader, held: Held, asked: Asked) -> Result<Response, Failure> {
    let answer = service.ask(move |search| {
        let found = find(search, &held, &asked)?;
        Ok(values_page(&asked, found))
    });
    Ok(page(&answer.await?))
}

fn find(search: &Search, held: &Held, asked: &Asked) -> Result<Found, Problem> {
    let mut listed = asked.params.clone();
    listed.push(("limit".into(), SHOWN.into()));
    let values = search.facet_values(&asked.field, &listed)?;
    let field = schema().field(&values.field);
    let dated = having(&asked.field, asked.question());
    let page = search.search_records(&dated)?;
    Ok(Found {
        field: field.ok_or_else(|| {
            Problem::not_found("there is no such list", "/v1/fields lists the fields")
        })?,
        by_date: ByDate::of(search, &dated, &page.facets)?,
        collection: held.at_hand(search)?,
        dated: page,
        values,
    })
}

/// Records that have the field, counted by year.
fn having(field: &str, mut question: Vec<(String, String)>) -> Vec<(String, String)> {
    let has = format!("-{MISSING}");
    for (name, value) in [(field, has.as_str()), ("facets", "date"), ("limit", "0")] {
        question.push((name.into(), value.into()));
    }
    question
}

fn values_page(asked: &Asked, found: Found) -> ValuesPage {
    let Found {
        field,
        values,
        dated,
        by_date,
        collection,
    } = found;
    let titles = &collection.titles;
    let question = Address::new("/search").with_all(&asked.question());
    let here = asked.address();
    let shown = values.values.len();
    let rows = values.values.iter().map(|bucket| {
        let mut row = panel::row(field, &bucket.value, &bucket.label, &question, titles);
        row.count = Some(Count(bucket.count));
        Listed {
            address: question.clone().set(&field.name, bucket.value.clone()),
            row,
        }
    });
    let others = schema()
        .facets()
        .filter(|f| f.filter && f.name != field.name);
    let missing = (values.missing > 0).then(|| {
        let text = counted(values.missing, "record has none", "records have none");
        (text, question.clone().set(&field.name, MISSING))
    });
    ValuesPage {
        prefix: here.get("prefix").unwrap_or_default().to_owned(),
        kept: here
            .params()
            .iter()
            .filter(|(name, _)| name != "prefix")
            .cloned()
            .collect(),
        ticked: (asked.path == TICKED).then(|| carried(&question, field, &values)),
        chips: panel::chips(&here, titles),
        total: counted(values.total, "value", "values"),
        cut: values.total > shown,
        rows: rows.collect(),
        missing,
        timeline: Timeline::of(&by_date, &here),
        others: others
            .map(|f| (f.label.as_str(), panel::values_address(&f.name, &question)))
            .collect(),
        back: (!question.params().is_empty()).then_some(question),
        heading: match asked.path {
            "/topics" => "Topics",
            "/countries" => "Countries",
            _ => &field.label,
        },
        field,
        path: asked.path,
        frame: Frame {
            query: here.get("q").unwrap_or_default().to_owned(),
            specimens: dated.specimens,
            styles: &["search.css"],
            ..Frame::default()
        },
    }
}

/// The question, but for the values that stand on the page to be ticked.
fn carried(question: &Address, field: &Field, values: &FacetValues) -> Vec<(String, String)> {
    let listed = |value: &str| {
        values
            .values
            .iter()
            .any(|bucket| bucket.value == value.trim_start_matches('-'))
    };
    let rest = question
        .params()
        .iter()
        .filter(|(name, value)| *name != field.name || !listed(value));
    rest.cloned().collect()
}
