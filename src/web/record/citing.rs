//! How to cite a record: a note for people, entries for reference managers, and what these read in the head
//! of a page.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{dates, facts::is_of_meeting};
use crate::record::{Record, Volume, surname};

/// A record and the volume in which it stands.
#[derive(Debug, Clone, Copy)]
pub struct Cited<'r> {
    /// The record.
    pub record: &'r Record,
    /// Its volume.
    pub volume: &'r Volume,
}

/// A note of the Chicago style: what stands before the page in view, and after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChicagoNote {
    /// The document's title, place and date.
    pub opening: String,
    /// The title of the volume, which is set in italics.
    pub volume: String,
    /// Between it and the page.
    pub before: String,
    /// The page in view.
    pub page: Option<String>,
    /// After the page.
    pub after: String,
}

impl Cited<'_> {
    fn title(&self) -> &str {
        self.record
            .title
            .as_deref()
            .unwrap_or(self.record.id.as_str())
    }

    fn volume_title(&self) -> &str {
        self.volume
            .title
            .as_deref()
            .unwrap_or(self.record.id.volume())
    }

    /// `(Washington: Government Printing Office, 1998)`, as far as it is known.
    fn imprint(&self) -> Option<String> {
        let place = self.volume.published_at.as_deref();
        let publisher = self.volume.publisher.as_deref();
        let house = match (place, publisher) {
            (Some(place), Some(publisher)) => Some(format!("{place}: {publisher}")),
            (one, other) => one.or(other).map(str::to_owned),
        };
        let parts: Vec<String> = house
            .into_iter()
            .chain(self.volume.published.clone())
            .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// The day or the interval, for machines.
    fn date(&self) -> Option<String> {
        self.record
            .date
            .as_ref()
            .map(|date| date.from.date.to_string())
    }

    /// Who wrote it: the sender, else those who drafted it; nobody twice.
    fn authors(&self) -> Vec<String> {
        let record = self.record;
        let sender = record.from.iter().filter(|_| !is_of_meeting(record));
        let mut authors: Vec<String> = sender.cloned().collect();
        if authors.is_empty() {
            for name in &record.drafted_by {
                if authors.iter().all(|known| surname(known) != surname(name)) {
                    authors.push(name.clone());
                }
            }
        }
        authors
    }

    /// `“Memorandum of Conversation,” Washington, May 18, 1963, in `.
    fn opening(&self) -> String {
        let title = self.title().trim_end_matches(['.', ',']);
        let title = title.replace('“', "‘").replace('”', "’");
        let place = self.record.place.clone();
        let date = self.record.date.as_ref().map(dates::day);
        let undated = || "n.d.".to_owned();
        let date = date.or_else(|| (!is_editorial(self.record)).then(undated));
        let parts = place.into_iter().chain(date).collect::<Vec<_>>();
        match parts.is_empty() {
            true => format!("“{title},” in "),
            false => format!("“{title},” {}, in ", parts.join(", ")),
        }
    }

    /// The note, with the page in view.
    pub fn chicago(&self, page: Option<&str>) -> ChicagoNote {
        let mut before = String::new();
        if let Some(editors) = listed(&self.volume.editors) {
            let _ = write!(before, ", ed. {editors}");
        }
        if let Some(imprint) = self.imprint() {
            let _ = write!(before, " ({imprint})");
        }
        if let Some(number) = self.record.number {
            let _ = write!(before, ", Document {number}");
        }
        before.push_str(if page.is_some() { ", p. " } else { "." });
        ChicagoNote {
            opening: self.opening(),
            volume: self.volume_title().to_owned(),
            before,
            page: page.map(str::to_owned),
            after: if page.is_some() {
                ".".into()
            } else {
                String::new()
            },
        }
    }

    /// An entry for BibTeX.
    pub fn bibtex(&self) -> String {
        let record = self.record;
        let key = format!("{}_{}", record.id.volume(), record.id.name());
        let pages = record.pages.as_ref().map(|p| match p.first == p.last {
            true => p.first.clone(),
            false => format!("{}--{}", p.first, p.last),
        });
        let number = record.number.map(|n| format!("Document {n}"));
        let fields = [
            ("author", joined(&braced(&self.authors()))),
            ("title", Some(self.title().to_owned())),
            ("booktitle", Some(self.volume_title().to_owned())),
            ("editor", joined(&self.volume.editors)),
            ("publisher", self.volume.publisher.clone()),
            ("address", self.volume.published_at.clone()),
            ("year", self.volume.published.clone()),
            ("pages", pages),
            ("note", number),
            ("eventdate", self.date()),
            ("url", record.id.permalink(None)),
        ];
        let mut entry = format!("@incollection{{{key}");
        for (name, value) in fields {
            if let Some(value) = value {
                let ready = matches!(name, "url" | "author");
                let value = if ready { value } else { tex(&value) };
                let _ = write!(entry, ",\n  {name} = {{{value}}}");
            }
        }
        entry + "\n}"
    }

    /// An entry of Research Information Systems.
    pub fn ris(&self) -> String {
        let record = self.record;
        let pages = record.pages.as_ref();
        let date = self.date().map(|date| date.replace('-', "/") + "/");
        let mut lines = vec![("TY", Some("CHAP".to_owned()))];
        lines.extend(self.authors().into_iter().map(|name| ("AU", Some(name))));
        lines.push(("TI", Some(self.title().to_owned())));
        lines.push(("T2", Some(self.volume_title().to_owned())));
        lines.extend(self.volume.editors.iter().map(|e| ("A2", Some(e.clone()))));
        lines.push(("PB", self.volume.publisher.clone()));
        lines.push(("CY", self.volume.published_at.clone()));
        lines.push(("PY", self.volume.published.clone()));
        lines.push(("DA", date));
        lines.push(("SP", pages.map(|p| p.first.clone())));
        lines.push(("EP", pages.map(|p| p.last.clone())));
        lines.push(("M1", record.number.map(|n| format!("Document {n}"))));
        lines.push(("ID", Some(record.id.to_string())));
        lines.push(("UR", record.id.permalink(None)));
        let lines = lines
            .into_iter()
            .filter_map(|(tag, value)| Some((tag, value?)));
        let lines = lines.map(|(tag, value)| format!("{tag}  - {}\n", one_line(&value)));
        lines.collect::<String>() + "ER  - "
    }

    /// Names and contents of the head's `meta` elements.
    pub fn meta(&self) -> Vec<(&'static str, String)> {
        let record = self.record;
        let pages = record.pages.as_ref();
        let mut meta = vec![("citation_title", self.title().to_owned())];
        let authors = self.authors().into_iter();
        meta.extend(authors.map(|name| ("citation_author", name)));
        let held = |value: &Option<String>| value.clone();
        let more = [
            ("citation_date", self.date()),
            ("citation_publication_date", held(&self.volume.published)),
            (
                "citation_inbook_title",
                Some(self.volume_title().to_owned()),
            ),
            ("citation_publisher", held(&self.volume.publisher)),
            ("citation_firstpage", pages.map(|p| p.first.clone())),
            ("citation_lastpage", pages.map(|p| p.last.clone())),
            ("citation_public_url", record.id.permalink(None)),
            ("citation_language", Some("en".to_owned())),
        ];
        meta.extend(
            more.into_iter()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        meta
    }

    /// What search engines read.
    pub fn linked_data(&self) -> LinkedData {
        let record = self.record;
        let mut data = json!({
            "@context": "https://schema.org",
            "@type": ["ArchiveComponent", "Article"],
            "name": self.title(),
            "headline": self.title(),
            "identifier": record.id.as_str(),
            "isPartOf": {
                "@type": "PublicationVolume",
                "name": self.volume_title(),
                "datePublished": self.volume.published,
                "publisher": self.volume.publisher,
            },
        });
        let pages = record
            .pages
            .as_ref()
            .map(|p| format!("{}–{}", p.first, p.last));
        let authors = self.authors();
        let further = [
            ("dateCreated", self.date().map(Value::from)),
            ("position", record.number.map(Value::from)),
            ("pagination", pages.map(Value::from)),
            ("author", (!authors.is_empty()).then(|| json!(authors))),
            ("locationCreated", record.place.clone().map(Value::from)),
            (
                "holdingArchive",
                record
                    .source
                    .repository
                    .clone()
                    .map(|r| json!({"@type": "ArchiveOrganization", "name": r})),
            ),
            (
                "keywords",
                (!record.topics.is_empty()).then(|| json!(record.topics)),
            ),
            ("sameAs", record.id.permalink(None).map(Value::from)),
        ];
        for (name, value) in further {
            if let Some(value) = value {
                data[name] = value;
            }
        }
        LinkedData::of(&data)
    }
}

/// JSON that may stand in a page: nothing in it can end its element.
#[derive(Debug, Clone)]
pub struct LinkedData(String);

impl LinkedData {
    fn of(value: &Value) -> Self {
        let text = value.to_string();
        let signs = [
            ('<', "\\u003c"),
            ('>', "\\u003e"),
            ('&', "\\u0026"),
            ('\u{2028}', "\\u2028"),
            ('\u{2029}', "\\u2029"),
        ];
        Self(
            signs
                .iter()
                .fold(text, |text, (sign, code)| text.replace(*sign, code)),
        )
    }
}

impl std::fmt::Display for LinkedData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for LinkedData {}

/// Whether it is a note of the editors, which bears no date of its own.
pub fn is_editorial(record: &Record) -> bool {
    record.kind == "editorial-note"
}

/// Names as TeX takes them whole: offices are no first and last names.
fn braced(names: &[String]) -> Vec<String> {
    names
        .iter()
        .map(|name| format!("{{{}}}", tex(name)))
        .collect()
}

/// `A`, `A and B`, `A, B, and C`.
fn listed(names: &[String]) -> Option<String> {
    let (last, before) = names.split_last()?;
    Some(match before {
        [] => last.clone(),
        [first] => format!("{first} and {last}"),
        _ => format!("{}, and {last}", before.join(", ")),
    })
}

fn joined(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(" and "))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text as TeX takes it.
fn tex(text: &str) -> String {
    one_line(text).chars().fold(String::new(), |mut tex, c| {
        match c {
            '\\' => tex.push_str("\\textbackslash{}"),
            '~' => tex.push_str("\\textasciitilde{}"),
            '^' => tex.push_str("\\textasciicircum{}"),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => tex.extend(['\\', c]),
            c => tex.push(c),
        }
        tex
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Pages, RecordId};

    #[test]
    fn a_record_is_cited() {
        let record = Record {
            id: RecordId::parse("frus1961-63v05/d323").unwrap(),
            number: Some(323),
            title: Some("Memorandum & <Conversation>".into()),
            pages: Some(Pages {
                first: "676".into(),
                last: "681".into(),
            }),
            ..Record::default()
        };
        let volume = Volume {
            title: Some("Papers, Volume V".into()),
            publisher: Some("Printing Office".into()),
            published_at: Some("Washington".into()),
            published: Some("1998".into()),
            ..Volume::default()
        };
        let cited = Cited {
            record: &record,
            volume: &volume,
        };
        let note = cited.chicago(Some("679"));
        assert_eq!(note.opening, "“Memorandum & <Conversation>,” n.d., in ");
        assert_eq!(
            note.before,
            " (Washington: Printing Office, 1998), Document 323, p. "
        );
        insta::assert_snapshot!(cited.bibtex(), @r"
        @incollection{frus1961-63v05_d323,
          title = {Memorandum \& <Conversation>},
          booktitle = {Papers, Volume V},
          publisher = {Printing Office},
          address = {Washington},
          year = {1998},
          pages = {676--681},
          note = {Document 323},
          url = {https://history.state.gov/historicaldocuments/frus1961-63v05/d323}
        }
        ");
        insta::assert_snapshot!(cited.ris(), @r"
        TY  - CHAP
        TI  - Memorandum & <Conversation>
        T2  - Papers, Volume V
        PB  - Printing Office
        CY  - Washington
        PY  - 1998
        SP  - 676
        EP  - 681
        M1  - Document 323
        ID  - frus1961-63v05/d323
        UR  - https://history.state.gov/historicaldocuments/frus1961-63v05/d323
        ER  - 
        ");
        assert!(!cited.linked_data().to_string().contains('<'));
    }
}
