//! What text and notes point to: documents of the volume, pages of other volumes, telegrams by number.

use std::sync::LazyLock;

use regex::Regex;

use super::{correspondents::Between, countries, pattern};
use crate::{
    readers::Draft,
    record::{Citation, Pages, Passage, RecordId},
};

static DOCUMENTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\bDocuments? (?P<list>[0-9]{1,4}(?:(?:, (?:and )?| and |[-–]| or )[0-9]{1,4})*)\b")
});
static VOLUME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) (?:Foreign\ Relations|[Ii]bid\.),? (?:\s(?P<from>1[89][0-9][0-9])(?:\s?[-–]\s?(?P<to>(?:1[89])?[0-9][0-9]))?)?,?\s
          (?P<title>The\ Paris\ Peace\ Conference,\s)?
          (?:vol(?:umes?|s?\.)\s (?P<vols>[IVXLC]+(?:(?:,\s(?:and\s)?|\sand\s)(?:vol(?:ume|\.)\s)?[IVXLC]+)*)\b (?:,\s[Pp]art\s(?P<part>[0-9]|I+))?)",
    )
});
static PAGES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^,? (?:pp?\.|[Pp]ages?) (?P<first>[0-9]{1,4})(?:\s?[-–]\s?(?P<last>[0-9]{1,4}))?")
});
static SAME_VOLUME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b[Ii]bid\.(?P<rest>,? (?:pp?\.|[Pp]ages?) [0-9]{1,4}(?:\s?[-–]\s?[0-9]{1,4})?)")
});
static TELEGRAMS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) \b(?: (?P<emb>(?:[Ee]mb(?:assy)?|[Ll]eg(?:ation)?)\s?(?:tel|des)(?:egrams?|ps?|s)?|(?:Embassy|Legation|Consulate|Mission)['’ʼ]s)
              | (?P<dep>[Dd]ep(?:t|artment)?\s?tel(?:egrams?|s)?|Department['’ʼ]s)
              | (?P<own>[Mm]y) | (?P<your>[Yy]our|[Uu]r)
              | [Tt]elegram )
              (?:\ ?(?:tel(?:egram)?s?|despatch|dispatch|airgram|note))? (?:\.|,)? (?:\ [Nn]os?\.)?
              \ (?P<list>[0-9]{1,5}(?:(?:,\ (?:and\ )?|\ and\ )[0-9]{1,5})*)\b
              (?: \ (?P<way>from|to)\ (?P<place>[A-Z]\w+(?:\ [A-Z]\w+)?) )?",
    )
});
static MANY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:,? (?:and|or) |, )"));

/// The most places that are told one by one; a printed record has some dozens.
const MAX_CITATIONS: usize = 500;

/// What a record points to.
#[derive(Debug, Default, PartialEq)]
pub struct Pointers {
    /// Records of the same volume, each once, in order of print.
    pub inside: Vec<RecordId>,
    /// Other volumes by id, each once, in order of print.
    pub outside: Vec<String>,
    /// Place by place.
    pub citations: Vec<Citation>,
}

/// Finds what text, notes and mark-up point to.
pub fn find(
    own: &RecordId,
    draft: &Draft,
    passages: &[Passage],
    source_note: Option<&str>,
    between: &Between,
) -> Pointers {
    let mut found = References {
        own,
        between,
        found: Pointers::default(),
        years: None,
        volume: None,
    };
    let texts = passages.iter().map(|p| p.text.as_str()).chain(source_note);
    for text in texts {
        found.volumes(text);
        found.same_volume(text);
        found.documents(text);
        found.telegrams(text);
    }
    for reference in &draft.references {
        found.target(&reference.target);
    }
    found.found
}

struct References<'a> {
    own: &'a RecordId,
    between: &'a Between,
    found: Pointers,
    /// The years of the volume named last: `ibid.` takes them up, in later notes too.
    years: Option<String>,
    /// The volume named last.
    volume: Option<String>,
}

impl References<'_> {
    /// `See Document 296`, `Documents 12, 14, and 17-19`; not the documents of another volume.
    fn documents(&mut self, text: &str) {
        for found in DOCUMENTS.captures_iter(text) {
            let start = found.get(0).map_or(0, |m| m.start());
            if follows_volume(&text[..start]) {
                continue;
            }
            for part in MANY.split(&found["list"]).take(LISTED) {
                let numbers: Vec<u32> = part
                    .split(['-', '–'])
                    .filter_map(|n| n.trim().parse().ok())
                    .collect();
                match numbers[..] {
                    [one] => self.document(one, &shortened(&found[0])),
                    [first, last] if first < last && last - first <= 50 => {
                        (first..=last).for_each(|n| self.document(n, &shortened(&found[0])));
                    }
                    _ => {}
                }
            }
        }
    }

    fn document(&mut self, number: u32, printed: &str) {
        self.add(&format!("d{number}"), printed);
    }

    fn add(&mut self, name: &str, printed: &str) {
        if let Ok(id) = RecordId::new(self.own.volume(), name)
            && id != *self.own
            && self.found.inside.len() < MAX_CITATIONS
            && !self.found.inside.contains(&id)
        {
            self.found.inside.push(id.clone());
            self.cite(Citation {
                text: printed.to_owned(),
                record: Some(id),
                ..Citation::default()
            });
        }
    }

    fn cite(&mut self, citation: Citation) {
        let room = self.found.citations.len() < MAX_CITATIONS;
        if room && !self.found.citations.contains(&citation) {
            self.found.citations.push(citation);
        }
    }

    /// Pages of a volume, from the words behind its name.
    fn pages(&mut self, volume: &str, behind: &str, printed: &str) {
        let Some(pages) = PAGES.captures(behind) else {
            return;
        };
        let first = pages["first"].to_owned();
        let last = pages
            .name("last")
            .map_or_else(|| first.clone(), |m| m.as_str().to_owned());
        // `974-75`
        let shared = first.len().saturating_sub(last.len());
        let last = format!("{}{last}", &first[..shared]);
        self.cite(Citation {
            text: format!("{printed}{}", &pages[0]),
            volume: Some(volume.to_owned()),
            pages: Some(Pages { first, last }),
            ..Citation::default()
        });
    }

    /// `Ibid., pages 976-980`: of the volume named last.
    fn same_volume(&mut self, text: &str) {
        let Some(volume) = self.volume.clone() else {
            return;
        };
        for found in SAME_VOLUME.captures_iter(text) {
            self.pages(&volume, &found["rest"], "ibid.");
        }
    }

    /// `Embtel 2828`, `telegram 2828 from Moscow`, `your 113`.
    fn telegrams(&mut self, text: &str) {
        // Most texts name none.
        let possible = ["tel", "des", "our ", "ur ", "y "]
            .iter()
            .any(|sign| text.contains(sign));
        if !possible || !text.bytes().any(|b| b.is_ascii_digit()) {
            return;
        }
        for found in TELEGRAMS.captures_iter(text) {
            let has = |group: &str| found.name(group).is_some();
            let mission = [&self.between.from, &self.between.to]
                .into_iter()
                .flatten()
                .find(|party| !party.starts_with("Department"));
            let department = Some("Department of State".to_owned());
            let sender = match found.name("place") {
                Some(place) if &found["way"] == "from" => mission_in(place.as_str()),
                Some(_) => department,
                None if has("emb") => mission.cloned(),
                None if has("dep") => department,
                None if has("own") => self.between.from.clone(),
                None if has("your") => self.between.to.clone(),
                None => None,
            };
            for number in found["list"]
                .split(|c: char| !c.is_ascii_digit())
                .filter(|n| !n.is_empty())
                .take(LISTED)
            {
                self.cite(Citation {
                    text: shortened(&found[0]),
                    telegram: Some(number.to_owned()),
                    sender: sender.clone(),
                    ..Citation::default()
                });
            }
        }
    }

    /// `Foreign Relations, 1961-1963, vol. XXIV`; `ibid., vol. XI` takes the years of the one before.
    fn volumes(&mut self, text: &str) {
        for found in VOLUME.captures_iter(text) {
            if let Some(from) = found.name("from") {
                self.years = series(from.as_str(), found.name("to").map(|m| m.as_str()));
            }
            let Some(series) = self.years.clone() else {
                continue;
            };
            let title = if found.name("title").is_some() {
                "Paris"
            } else {
                ""
            };
            let part = found.name("part").map_or(String::new(), |p| {
                let n = p.as_str().parse().unwrap_or_else(|_| p.as_str().len());
                format!("p{n}")
            });
            for roman in found["vols"]
                .split(|c: char| !"IVXLC".contains(c))
                .filter(|r| !r.is_empty())
            {
                if let Some(number) = from_roman(roman) {
                    let id = format!("frus{series}{title}v{number:02}{part}");
                    let end = found.get(0).map_or(0, |m| m.end());
                    self.pages(&id, &text[end..], &found[0]);
                    self.volume(id);
                }
            }
        }
    }

    fn volume(&mut self, id: String) {
        self.volume = Some(id.clone());
        if id != self.own.volume() && !self.found.outside.contains(&id) {
            self.found.outside.push(id);
        }
    }

    /// A mark-up target: `#d296`, `#d318fn1`, `frus1961-63v24`, `frus1919Parisv01#pg_175`.
    fn target(&mut self, target: &str) {
        let (volume, anchor) = target.split_once('#').unwrap_or((target, ""));
        if volume.is_empty() {
            let number: String = anchor
                .strip_prefix('d')
                .unwrap_or_default()
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            if !number.is_empty() {
                self.add(&format!("d{number}"), target);
            } else if let Some(page) = anchor.strip_prefix("pg_") {
                self.page(self.own.volume().to_owned(), page, target);
            }
        } else if volume.starts_with("frus")
            && volume
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
        {
            if let Some(page) = anchor.strip_prefix("pg_") {
                self.page(volume.to_owned(), page, target);
            }
            self.volume(volume.to_owned());
        }
    }

    fn page(&mut self, volume: String, page: &str, printed: &str) {
        self.cite(Citation {
            text: printed.to_owned(),
            volume: Some(volume),
            pages: Some(Pages {
                first: page.to_owned(),
                last: page.to_owned(),
            }),
            ..Citation::default()
        });
    }
}

/// The most numbers of one list.
const LISTED: usize = 40;

/// A reference as printed, long lists cut.
fn shortened(printed: &str) -> String {
    printed.chars().take(120).collect()
}

/// `Moscow` > `Embassy in the Soviet Union`, as headings have it.
fn mission_in(place: &str) -> Option<String> {
    let country = countries::named(place)?;
    let article = matches!(
        country,
        "Soviet Union" | "United Kingdom" | "Netherlands" | "Philippines" | "Dominican Republic"
    );
    Some(format!(
        "Embassy in {}{country}",
        if article { "the " } else { "" }
    ))
}

/// `..., vol. XXIV, ` just before: the document is another volume's.
fn follows_volume(before: &str) -> bool {
    static TAIL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:vol(?:umes?|s?\.) [IVXLC]+(?:, [Pp]art \d)?,? (?:[A-Z][\w ,]{0,60}, )?(?:footnote \d+, )?|Declassified |[Ii]bid\., )$",
        )
    });
    TAIL.is_match(before)
}

/// `1961`, `1963` > `1961-63`; one year stays alone.
fn series(from: &str, to: Option<&str>) -> Option<String> {
    let to = match to {
        Some(to) => to.get(to.len().checked_sub(2)?..)?,
        None => return Some(from.to_owned()),
    };
    Some(format!("{from}-{to}"))
}

fn from_roman(text: &str) -> Option<u32> {
    let value = |c| match c {
        'I' => 1,
        'V' => 5,
        'X' => 10,
        'L' => 50,
        'C' => 100,
        _ => 0,
    };
    let digits: Vec<u32> = text.chars().map(value).collect();
    let sum = digits.iter().enumerate().try_fold(0i64, |sum, (i, d)| {
        let smaller = digits.get(i + 1).is_some_and(|next| next > d);
        sum.checked_add(if smaller {
            -i64::from(*d)
        } else {
            i64::from(*d)
        })
    })?;
    u32::try_from(sum).ok().filter(|n| (1..=99).contains(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Vec<String>) {
        let found = point(text);
        let names = found.inside.iter().map(|id| id.name().to_owned());
        (names.collect(), found.outside)
    }

    fn point(text: &str) -> Pointers {
        let own = RecordId::parse("frus1961-63v05/d323").unwrap();
        let between = Between {
            from: Some("Embassy in Laos".into()),
            to: Some("Department of State".into()),
        };
        let passage = Passage {
            text: text.into(),
            ..Passage::default()
        };
        find(&own, &Draft::default(), &[passage], None, &between)
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]
        #[test]
        fn no_text_stops_it(text in "(Foreign Relations, 1961-1963, vol\\. V, |pages |Embtel |ibid\\., p\\. |[0-9١٢²]{1,6}|[-–, ]|\\PC){0,30}") {
            point(&text);
        }
    }

    #[test]
    fn pages_and_telegrams_are_cited() {
        let cited = point("Foreign Relations, 1961-1963, vol. XXIV, pp. 974-75; see ibid., page 980. Embtel 2828; telegram 113 from Moscow; your 17 and 18.").citations;
        let shown: Vec<String> = cited
            .iter()
            .map(|c| match (&c.volume, &c.pages, &c.telegram) {
                (Some(volume), Some(pages), _) => {
                    format!("{volume} {}-{}", pages.first, pages.last)
                }
                (_, _, Some(number)) => {
                    format!("{number} of {}", c.sender.as_deref().unwrap_or("?"))
                }
                _ => "?".into(),
            })
            .collect();
        assert_eq!(
            shown,
            [
                "frus1961-63v24 974-975",
                "frus1961-63v24 980-980",
                "2828 of Embassy in Laos",
                "113 of Embassy in the Soviet Union",
                "17 of Department of State",
                "18 of Department of State",
            ]
        );
    }

    #[test]
    fn documents_of_the_volume() {
        assert_eq!(read("See Document 296.").0, ["d296"]);
        assert_eq!(
            read("See Documents 12, 14, and 17-19; footnote 2, Document 44.").0,
            ["d12", "d14", "d17", "d18", "d19", "d44"]
        );
        assert_eq!(read("see Document 323").0, [""; 0]);
        assert_eq!(
            read("Declassified Documents, 1977, 73B; Documents on Disarmament, 1962").0,
            [""; 0]
        );
        assert_eq!(
            read("Foreign Relations, 1958-1960, vol. X, Part 1, Document 12").0,
            [""; 0]
        );
    }

    #[test]
    fn other_volumes() {
        assert_eq!(
            read("see Foreign Relations, 1961–1963, volume VII, pages 12-15").1,
            ["frus1961-63v07"]
        );
        assert_eq!(
            read("Foreign Relations, 1928, vol. I, pp. 153 ff.").1,
            ["frus1928v01"]
        );
        assert_eq!(read("Foreign Relations, 1958-1960, vol. X, Part 1, p. 3; ibid., 1955-1957; ibid., vol. IX").1, ["frus1958-60v10p1", "frus1958-60v09"]);
        assert_eq!(
            read("Foreign Relations, 1919, The Paris Peace Conference, vol. V, p. 1").1,
            ["frus1919Parisv05"]
        );
        assert_eq!(
            read("Foreign Relations, 1961-1963, vols. XIII, XIV, and XV").1,
            ["frus1961-63v13", "frus1961-63v14", "frus1961-63v15"]
        );
        assert_eq!(
            read("Foreign Relations, 1961-1963, vol. V, p. 12").1,
            [""; 0]
        );
    }
}
