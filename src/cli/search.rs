//! `memcon search QUERY`

use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::{Args, FromArgMatches};

use super::open_or_specimens;
use crate::{
    api::search_body,
    config::Settings,
    index::{Hit, Place},
    schema::schema,
    search::{Page, Problem, Search as Service},
};

/// Search from the terminal
#[derive(Debug)]
pub struct Search {
    params: Vec<(String, String)>,
    json: bool,
}

/// The options that are no filters: name, what it takes, help.
const OPTIONS: &[(&str, &str, &str)] = &[
    (
        "match",
        "all|any",
        "What words next to each other mean [default: all]",
    ),
    (
        "date-from",
        "DATE",
        "Dated on or after 1963, 1963-05, 1963-05-18 or 1963-05-18T15:30",
    ),
    ("date-to", "DATE", "Dated on or before"),
    (
        "date-match",
        "overlaps|within",
        "Whether a record's own span touches or lies within these dates [default: overlaps]",
    ),
    (
        "undated",
        "include|exclude|only",
        "Records without a date [default: include, with dates exclude]",
    ),
    (
        "facets",
        "NAMES",
        "Fields to count, with commas; * for every one, date for counts by date",
    ),
    (
        "interval",
        "day|month|year|decade",
        "Of counts by date [default: the narrowest of at most 60]",
    ),
    (
        "group",
        "FIELD",
        "Put hits into groups by a field that can be counted; --limit is of groups then",
    ),
    ("group-hits", "N", "Hits of each group [default: 3]"),
    (
        "sort",
        "ORDER",
        "relevance, date or -date [default: relevance]",
    ),
    ("limit", "N", "Hits to show [default: 10]"),
    ("passages", "N", "Passages of each hit [default: 2]"),
    (
        "cursor",
        "CURSOR",
        "The next page, as the answer before gave it",
    ),
];

impl Args for Search {
    fn augment_args(command: clap::Command) -> clap::Command {
        let option = |name: &'static str, takes: &'static str, help: &'static str| {
            clap::Arg::new(name)
                .long(name)
                .value_name(takes)
                .help(help)
                .action(clap::ArgAction::Append)
        };
        let command = command
            .arg(
                clap::Arg::new("q")
                    .value_name("QUERY")
                    .help("The query; without one every record matches")
                    .num_args(0..),
            )
            .arg(
                clap::Arg::new("json")
                    .long("json")
                    .help("Print the answer of /v1/search")
                    .action(clap::ArgAction::SetTrue),
            );
        let command = OPTIONS.iter().fold(command, |c, (name, takes, help)| {
            c.arg(option(name, takes, help))
        });
        schema().filters().fold(command, |c, f| {
            c.arg(
                option(&f.name, "VALUE", &f.help)
                    .help_heading(
                        "Filters (repeat for any of several values, - before a value excludes it)",
                    )
                    .allow_hyphen_values(true),
            )
        })
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Search {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        let values = |name: &str| {
            matches
                .get_many::<String>(name)
                .into_iter()
                .flatten()
                .cloned()
                .collect::<Vec<_>>()
        };
        let mut params = vec![("q".to_owned(), values("q").join(" "))];
        for (name, ..) in OPTIONS {
            params.extend(
                values(name)
                    .into_iter()
                    .map(|v| (name.replace('-', "_"), v)),
            );
        }
        for field in schema().filters() {
            params.extend(
                values(&field.name)
                    .into_iter()
                    .map(|v| (field.name.clone(), v)),
            );
        }
        let mut default = |name: &str, value: &str| {
            if !params.iter().any(|(n, _)| n == name) {
                params.push((name.to_owned(), value.to_owned()));
            }
        };
        default("limit", "10");
        default("passages", "2");
        Ok(Self {
            params,
            json: matches.get_flag("json"),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Search {
    /// Asks and prints.
    pub fn run(&self, settings: &Settings) -> anyhow::Result<ExitCode> {
        let service = Service::new(open_or_specimens(settings)?);
        let page = service
            .search_records(&self.params)
            .map_err(|problem| explain(&problem))?;
        if self.json {
            anstream::println!("{}", serde_json::to_string_pretty(&search_body(page))?);
        } else {
            print(&page);
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The fact, the place in the query, the way on.
pub fn explain(problem: &Problem) -> anyhow::Error {
    let caret = problem.caret().map_or(String::new(), |c| {
        format!("\n\n    {}", c.replace('\n', "\n    "))
    });
    let hint = problem
        .hint()
        .map_or(String::new(), |h| format!("\n\nhint: {h}"));
    anyhow::anyhow!("{problem}{caret}{hint}")
}

fn print(page: &Page) {
    let dim = Style::new().dimmed();
    for hit in &page.hits {
        print_hit(hit);
    }
    for group in page.grouped.iter().flat_map(|g| &g.groups) {
        anstream::println!("{dim}{}: {}{dim:#}\n", group.label, group.count);
        group.hits.iter().for_each(print_hit);
    }
    for facet in &page.facets {
        let counts: Vec<String> = facet
            .buckets
            .iter()
            .map(|b| format!("{} {}", b.label, b.count))
            .collect();
        anstream::println!("{dim}{}:{dim:#} {}", facet.field, counts.join(", "));
    }
    let records = if page.total == 1 { "record" } else { "records" };
    anstream::println!(
        "{dim}{} {records} in {:.1} ms{dim:#}",
        page.total,
        page.took.as_secs_f64() * 1e3
    );
    if let Some(cursor) = &page.cursor {
        anstream::println!("{dim}more with --cursor {cursor}{dim:#}");
    }
    if page.specimens {
        anstream::println!(
            "{dim}From the specimens that come with the program; `memcon ingest PATH` takes in real volumes.{dim:#}"
        );
    }
}

fn print_hit(hit: &Hit) {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let card = &hit.card;
    let number = card.number.map_or(String::new(), |n| format!("{n}. "));
    anstream::println!(
        "{bold}{number}{}{bold:#}",
        card.title.as_deref().unwrap_or("[no heading]")
    );
    let date = card.date.as_ref().map(|d| d.from.to_string());
    let levels = schema().vocabulary("classification");
    let level = card
        .level
        .as_ref()
        .map(|level| levels.label(level).to_owned());
    let line: Vec<String> = [Some(card.id.to_string()), card.place.clone(), date, level]
        .into_iter()
        .flatten()
        .collect();
    anstream::println!("{dim}{}{dim:#}", line.join("  "));
    for place in &hit.places {
        print_place(place);
    }
    anstream::println!();
}

fn print_place(place: &Place) {
    let dim = Style::new().dimmed();
    let pages = match (&place.page, &place.page_end) {
        (Some(first), Some(last)) if first != last => format!("pp. {first}-{last}"),
        (Some(page), _) => format!("p. {page}"),
        (None, _) => String::new(),
    };
    let said = match (&place.speaker, &place.addressee) {
        (Some(speaker), Some(addressee)) => format!("{speaker} to {addressee}"),
        (Some(speaker), None) => speaker.clone(),
        (None, _) => String::new(),
    };
    let topic = place.topic.as_deref().unwrap_or_default();
    let head: Vec<&str> = [pages.as_str(), topic, &said]
        .into_iter()
        .filter(|t| !t.is_empty())
        .collect();
    if !head.is_empty() {
        anstream::println!("  {dim}{}{dim:#}", head.join(", "));
    }
    anstream::println!("  {}", marked(&place.text, &place.marks));
}

/// The marks in colour, with some text around the first ones.
fn marked(text: &str, marks: &[(usize, usize)]) -> String {
    const AROUND: usize = 160;
    let colour = AnsiColor::Yellow.on_default().bold();
    let first = marks.first().map_or(0, |m| m.0);
    let mut from = first.saturating_sub(AROUND);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    if from > 0 {
        from = text[from..]
            .find(' ')
            .map_or(from, |n| from + n + 1)
            .min(first);
    }
    let mut until = (from + 3 * AROUND).min(text.len());
    while !text.is_char_boundary(until) {
        until += 1;
    }
    let mut out = String::from(if from > 0 { "… " } else { "" });
    let mut at = from;
    for (start, end) in marks
        .iter()
        .filter(|(start, end)| *start >= from && *end <= until)
    {
        out += &format!(
            "{}{colour}{}{colour:#}",
            &text[at..*start],
            &text[*start..*end]
        );
        at = *end;
    }
    out += &text[at..until];
    if until < text.len() {
        out += " …";
    }
    out.replace('\n', " ")
}
