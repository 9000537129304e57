//! What text and notes point to: documents of the volume, other volumes.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;
use crate::{
    readers::Draft,
    record::{Passage, RecordId},
};

static DOCUMENTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\bDocuments? (?P<list>\d{1,4}(?:(?:, (?:and )?| and |[-–]| or )\d{1,4})*)\b")
});
static VOLUME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) (?:Foreign\ Relations|[Ii]bid\.),? (?:\s(?P<from>1[89]\d\d)(?:\s?[-–]\s?(?P<to>(?:1[89])?\d\d))?)?,?\s
          (?P<title>The\ Paris\ Peace\ Conference,\s)?
          (?:vol(?:umes?|s?\.)\s (?P<vols>[IVXLC]+(?:(?:,\s(?:and\s)?|\sand\s)(?:vol(?:ume|\.)\s)?[IVXLC]+)*)\b (?:,\s[Pp]art\s(?P<part>\d|I+))?)",
    )
});
static MANY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:,? (?:and|or) |, )"));

/// Records of the same volume, and other volumes by id, each once, in order of print.
pub fn find(
    own: &RecordId,
    draft: &Draft,
    passages: &[Passage],
    source_note: Option<&str>,
) -> (Vec<RecordId>, Vec<String>) {
    let mut found = References {
        own,
        inside: Vec::new(),
        outside: Vec::new(),
        years: None,
    };
    let texts = passages.iter().map(|p| p.text.as_str()).chain(source_note);
    for text in texts {
        found.volumes(text);
        found.documents(text);
    }
    for reference in &draft.references {
        found.target(&reference.target);
    }
    (found.inside, found.outside)
}

struct References<'a> {
    own: &'a RecordId,
    inside: Vec<RecordId>,
    outside: Vec<String>,
    /// The years of the volume named last: `ibid.` takes them up, in later notes too.
    years: Option<String>,
}

impl References<'_> {
    /// `See Document 296`, `Documents 12, 14, and 17-19`; not the documents of another volume.
    fn documents(&mut self, text: &str) {
        for found in DOCUMENTS.captures_iter(text) {
            let start = found.get(0).map_or(0, |m| m.start());
            if follows_volume(&text[..start]) {
                continue;
            }
            for part in MANY.split(&found["list"]) {
                let numbers: Vec<u32> = part
                    .split(['-', '–'])
                    .filter_map(|n| n.trim().parse().ok())
                    .collect();
                match numbers[..] {
                    [one] => self.document(one),
                    [first, last] if first < last && last - first <= 50 => {
                        (first..=last).for_each(|n| self.document(n));
                    }
                    _ => {}
                }
            }
        }
    }

    fn document(&mut self, number: u32) {
        self.add(&format!("d{number}"));
    }

    fn add(&mut self, name: &str) {
        if let Ok(id) = RecordId::new(self.own.volume(), name)
            && id != *self.own
            && !self.inside.contains(&id)
        {
            self.inside.push(id);
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
                    self.volume(format!("frus{series}{title}v{number:02}{part}"));
                }
            }
        }
    }

    fn volume(&mut self, id: String) {
        if id != self.own.volume() && !self.outside.contains(&id) {
            self.outside.push(id);
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
                self.add(&format!("d{number}"));
            }
        } else if volume.starts_with("frus")
            && volume
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
        {
            self.volume(volume.to_owned());
        }
    }
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
        let own = RecordId::parse("frus1961-63v05/d323").unwrap();
        let passage = Passage {
            text: text.into(),
            ..Passage::default()
        };
        let (inside, outside) = find(&own, &Draft::default(), &[passage], None);
        (
            inside.iter().map(|id| id.name().to_owned()).collect(),
            outside,
        )
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
