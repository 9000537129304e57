//! `memcon show ID`

use std::process::ExitCode;

use anstyle::Style;
use clap::Args;

use super::{open_or_specimens, search::explain};
use crate::{
    api::record_body,
    config::Settings,
    record::{Form, PassageKind, Record},
    schema::schema,
    search::Search,
};

/// Show a record
#[derive(Debug, Args)]
pub struct Show {
    /// The record's id: frus1961-63v05/d323
    id: String,
    /// Print the answer of /v1/records/{id}
    #[arg(long)]
    json: bool,
}

impl Show {
    /// Prints the record.
    pub fn run(&self, settings: &Settings) -> anyhow::Result<ExitCode> {
        let search = Search::new(open_or_specimens(settings)?);
        let reading = search.read_record(&self.id, &[]).map_err(|p| explain(&p))?;
        if self.json {
            let body = record_body(&reading);
            anstream::println!("{}", serde_json::to_string_pretty(&body)?);
        } else {
            print(&reading.record);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(record: &Record) {
    let bold = Style::new().bold();
    let number = record.number.map_or(String::new(), |n| format!("{n}. "));
    let title = record.title.as_deref().unwrap_or("[no heading]");
    anstream::println!("{bold}{number}{title}{bold:#}");
    print_head(record);
    anstream::println!();
    print_text(record);
}

fn print_head(record: &Record) {
    let dim = Style::new().dimmed();
    let label =
        |vocabulary: &str, slug: &str| schema().vocabulary(vocabulary).label(slug).to_owned();
    let line = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            anstream::println!("{dim}{name:>14}{dim:#}  {value}");
        }
    };
    let c = &record.classification;
    let controls: Vec<String> = c.controls.iter().map(|c| label("control", c)).collect();
    let present: Vec<&str> = record
        .participants
        .iter()
        .map(|p| p.name.as_str())
        .collect();
    let pages = record.pages.as_ref().map(|p| {
        if p.first == p.last {
            p.first.clone()
        } else {
            format!("{}-{}", p.first, p.last)
        }
    });
    line("id", Some(record.id.to_string()));
    line("kind", Some(label("kind", &record.kind)));
    line("dateline", record.dateline.clone());
    line(
        "classification",
        c.level.as_ref().map(|l| label("classification", l)),
    );
    line("controls", Some(controls.join(", ")));
    line("from", record.from.clone());
    line("to", record.to.clone());
    line("subject", record.subject.clone());
    line("participants", Some(present.join("; ")));
    line("drafted by", Some(record.drafted_by.join(", ")));
    line("source", record.source.text.clone());
    line("pages", pages);
    for remark in &record.remarks {
        line("remark", Some(remark.to_string()));
    }
}

fn print_text(record: &Record) {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let mut page = None;
    for passage in &record.passages {
        if passage.kind != PassageKind::Footnote && passage.page != page {
            page.clone_from(&passage.page);
            anstream::println!("{dim}[Page {}]{dim:#}", page.as_deref().unwrap_or_default());
        }
        let label = passage
            .label
            .as_deref()
            .map_or(String::new(), |l| format!("{l} "));
        let label = match (&passage.speaker, &passage.addressee) {
            (Some(speaker), Some(addressee)) => {
                format!("{label}{dim}{speaker} to {addressee}:{dim:#} ")
            }
            (Some(speaker), None) => format!("{label}{dim}{speaker}:{dim:#} "),
            (None, _) => label,
        };
        match passage.form {
            Form::Heading => anstream::println!("{bold}{}{bold:#}\n", passage.text),
            _ => anstream::println!("{label}{}\n", passage.text),
        }
        if let Some((_, last)) = passage.breaks.last() {
            page = Some(last.clone());
        }
    }
}
