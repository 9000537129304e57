//! Small documents, one quirk each, and the records made of them.
//!
//! `tests/specimens/NAME.xml` or `.txt` is read whole; what comes out stands in `NAME.golden`, written in
//! a short form that people can check line by line. To accept a change, run the tests with `GOLDEN=write`
//! and read the diff.

use std::{fmt::Write, fs, path::Path};

use memcon::{
    normalise::{Context, normalise},
    readers::{Input, Item, reader_for},
    record::{PassageKind, Provenance, Record},
};

use crate::support::root;

#[test]
fn records_are_as_written_down() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    let files = fs::read_dir(root().join("tests/specimens"))
        .expect("readable")
        .filter_map(Result::ok);
    for file in files
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|x| x != "golden"))
    {
        seen += 1;
        let golden = file.with_extension("golden");
        let got = tell(&file);
        if std::env::var_os("GOLDEN").is_some_and(|v| v == "write") {
            fs::write(&golden, &got).expect("writable");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if got != expected {
            wrong.push(format!(
                "{}\n{}",
                golden.display(),
                difference(&expected, &got)
            ));
        }
    }
    assert!(seen >= 10, "only {seen} specimens were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn difference(expected: &str, got: &str) -> String {
    let lines = expected.lines().zip(got.lines()).find(|(a, b)| a != b);
    match lines {
        Some((a, b)) => format!("  expected  {a}\n  got       {b}"),
        None => format!(
            "  {} lines expected, {} got",
            expected.lines().count(),
            got.lines().count()
        ),
    }
}

/// Everything that a file gives, in a short form.
fn tell(path: &Path) -> String {
    let mut out = String::new();
    let input = match Input::open(path) {
        Ok(input) => input,
        Err(error) => return format!("refused: {error}\n"),
    };
    let Some(reader) = reader_for(&input) else {
        return "refused: no format\n".into();
    };
    writeln!(out, "reader: {}", reader.name()).expect("a string");
    let mut context = Context::shipped();
    reader.read(&input, &mut |item| match item {
        Item::Volume(volume) => {
            context.take_up(&volume);
            let editors = volume.editors.join("; ");
            let line = [
                volume.title.unwrap_or_default(),
                editors,
                volume.published.unwrap_or_default(),
            ]
            .join(" | ");
            writeln!(out, "volume {}: {line}", volume.id).expect("a string");
            for person in volume.persons {
                writeln!(
                    out,
                    "  person {}: {} | {}",
                    person.id.unwrap_or_default(),
                    person.name,
                    person.remarks
                )
                .expect("a string");
            }
            for term in volume.terms {
                writeln!(out, "  term {}: {}", term.short, term.long).expect("a string");
            }
            for entry in volume.index {
                let pages: Vec<String> = entry
                    .pages
                    .iter()
                    .map(|p| format!("{}-{}", p.first, p.last))
                    .collect();
                writeln!(
                    out,
                    "  index {}: {}",
                    entry.headings.join(" > "),
                    pages.join(", ")
                )
                .expect("a string");
            }
        }
        Item::Draft(draft) => match normalise(*draft, Provenance::default(), &context) {
            Ok(record) => out.push_str(&tell_record(&record)),
            Err(error) => writeln!(out, "no record: {error}").expect("a string"),
        },
        Item::Fault(fault) => {
            writeln!(out, "fault {}: {}", fault.place, fault.message).expect("a string");
        }
    });
    out
}

fn tell_record(r: &Record) -> String {
    let mut out = format!("\n{}\n", r.id);
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            writeln!(out, "  {name}: {value}").expect("a string");
        }
    };
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    line("number", r.number.map_or(String::new(), |n| n.to_string()));
    line("title", text(&r.title));
    line("kind", r.kind.clone());
    line("chapters", r.chapters.join(" > "));
    line(
        "date",
        r.date.as_ref().map_or(String::new(), |d| {
            let to = d.to.map_or(String::new(), |t| format!(" .. {t}"));
            format!("{}{to} {} `{}`", d.from, d.precision.as_str(), d.text)
        }),
    );
    line("dateline", text(&r.dateline));
    line("place", text(&r.place));
    let c = &r.classification;
    let marks = [
        text(&c.level),
        c.controls.join(","),
        text(&c.precedence),
        text(&c.text),
    ]
    .join(" | ");
    line(
        "classification",
        if marks == " |  |  | " {
            String::new()
        } else {
            marks
        },
    );
    let source = [
        text(&r.source.repository),
        text(&r.source.collection),
        text(&r.source.file),
    ]
    .join(" | ");
    line(
        "source",
        if source == " |  | " {
            String::new()
        } else {
            source
        },
    );
    line("drafted", r.drafted_by.join(", "));
    line("cleared", r.cleared_by.join(", "));
    line("approved", r.approved_by.join(", "));
    line("from", text(&r.from));
    line("to", text(&r.to));
    line("subject", text(&r.subject));
    for p in &r.participants {
        line(
            "participant",
            [
                &p.name,
                &p.surname,
                &text(&p.side),
                &text(&p.role),
                &text(&p.office),
                &text(&p.person),
            ]
            .map(String::as_str)
            .join(" | "),
        );
    }
    for p in &r.people {
        let parts: Vec<String> = p
            .parts
            .iter()
            .map(|part| format!("{part:?}").to_lowercase())
            .collect();
        line(
            "person",
            format!("{} ({}): {}", p.name, text(&p.person), parts.join(", ")),
        );
    }
    line("countries", r.countries.join(", "));
    for subject in &r.subjects {
        line("subject heading", subject.join(" > "));
    }
    for term in &r.index_terms {
        line(
            "index term",
            format!("{} | {}", term.headings.join(" > "), term.page),
        );
    }
    line("telegram", text(&r.telegram));
    for c in &r.citations {
        let pages = c
            .pages
            .as_ref()
            .map_or(String::new(), |p| format!(" {}-{}", p.first, p.last));
        let what = [
            c.record.as_ref().map(ToString::to_string),
            c.volume.as_ref().map(|v| format!("{v}{pages}")),
            c.telegram
                .as_ref()
                .map(|t| format!("{t} of {}", text(&c.sender))),
        ];
        line(
            "citation",
            format!(
                "{} > {}",
                c.text,
                what.into_iter().flatten().collect::<Vec<_>>().join(", ")
            ),
        );
    }
    line("topics", r.topics.join(" | "));
    line(
        "references",
        r.references
            .iter()
            .map(ToString::to_string)
            .chain(r.external_references.clone())
            .collect::<Vec<_>>()
            .join(", "),
    );
    for g in &r.gaps {
        line(
            "gap",
            format!(
                "{} | {} | {:?} | {}",
                g.kind.as_str(),
                text(&g.amount),
                g.lines,
                g.text
            ),
        );
    }
    for a in &r.attachments {
        let date = a
            .date
            .as_ref()
            .map_or(String::new(), |d| d.from.to_string());
        line(
            "attachment",
            format!(
                "{} | {} | {date} | {}",
                text(&a.label),
                text(&a.title),
                text(&a.place)
            ),
        );
    }
    line(
        "pages",
        r.pages
            .as_ref()
            .map_or(String::new(), |p| format!("{}-{}", p.first, p.last)),
    );
    for p in &r.passages {
        let kind = if p.kind == PassageKind::Body {
            String::new()
        } else {
            format!("{} ", p.kind.as_str())
        };
        let breaks: Vec<String> = p
            .breaks
            .iter()
            .map(|(at, page)| format!("{page}@{at}"))
            .collect();
        let calls: Vec<String> = p
            .calls
            .iter()
            .map(|(at, label)| format!("{label}@{at}"))
            .collect();
        let marks = [
            text(&p.page),
            breaks.join(","),
            calls.join(","),
            p.topic.map_or(String::new(), |t| format!("#{t}")),
            text(&p.label),
        ];
        let voice = p.speaker.as_ref().map_or(String::new(), |who| {
            let to = p
                .addressee
                .as_ref()
                .map_or(String::new(), |to| format!(" to {to}"));
            format!("<{who}{to}> ")
        });
        line(
            &format!("- {kind}{}", p.form.as_str()),
            format!("[{}] {voice}{}", marks.join("|"), p.text.replace('\n', "⏎")),
        );
    }
    for remark in &r.remarks {
        line("remark", remark.to_string());
    }
    out
}
