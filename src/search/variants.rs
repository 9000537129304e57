//! Other forms of the names in a question: spellings of a person's name and the records in which the
//! person is known, names of a country, abbreviations of the volumes' own lists. Each counts less than
//! what is typed, is told in the answer, and can be switched off.
//!
//! Only bare words take part: quotes, `=` and a field ask for just what they say.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use strsim::osa_distance;

use super::{Search, held::HELD};
use crate::{
    index::{IndexError, Pinned, Query, Range, words::folded_words},
    record::{Identity, RecordId, Term},
    schema::{Country, Variants as Weights, countries, ranking},
};

/// The longest name that is known, in words.
const LONGEST: usize = 8;

/// Other forms of one name.
const MOST: usize = 6;

/// A shorter abbreviation means too much.
const SHORTEST: usize = 3;

/// Family names that differ by no more letters are spellings of one.
const SPELLING: usize = 2;

/// What another form is one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Another spelling or form of a person's name.
    Name,
    /// The person, however named.
    Person,
    /// Another name of a country.
    Place,
    /// An abbreviation, or what it stands for.
    Abbreviation,
    /// The record that has this id, number or file designation.
    Record,
}

impl Kind {
    /// As answers have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Person => "person",
            Self::Place => "place",
            Self::Abbreviation => "abbreviation",
            Self::Record => "record",
        }
    }

    fn weight(self, weights: &Weights) -> f32 {
        match self {
            Self::Name => weights.name,
            Self::Person => weights.person,
            Self::Place => weights.place,
            Self::Abbreviation => weights.abbreviation,
            Self::Record => weights.record,
        }
    }
}

/// Another form that is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// What was typed.
    pub typed: String,
    /// The other form.
    pub form: String,
    /// What it is.
    pub kind: Kind,
}

/// A name, and how else it may stand.
#[derive(Debug, Clone)]
struct Entry {
    /// Folded.
    words: Vec<String>,
    /// It must be typed so, in capitals.
    capitals: Option<String>,
    others: Vec<Other>,
}

#[derive(Debug, Clone, PartialEq)]
struct Other {
    kind: Kind,
    form: String,
    query: Query,
}

/// Every name of one commit, by its first word.
#[derive(Debug, Default)]
pub struct Names {
    entries: HashMap<String, Vec<Entry>>,
}

/// The names of a commit, and which of them a question leaves out.
#[derive(Debug, Clone, Default)]
pub struct Variants {
    names: Arc<Names>,
    /// Folded forms that are not wanted.
    without: HashSet<String>,
    /// Words next to each other are any of them.
    any: bool,
}

/// Names of the commits that were asked last, by the commits' names.
#[derive(Debug, Default)]
pub struct Known(Mutex<Vec<(u64, Arc<Names>)>>);

impl Search {
    /// The names of a commit. Those of one that is over are known while it is held.
    pub(super) fn names(&self, commit: &dyn Pinned) -> Result<Arc<Names>, IndexError> {
        let mut known = self.names.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, names)) = known.iter().find(|(of, _)| *of == commit.name()) {
            return Ok(names.clone());
        }
        let mut terms = Vec::new();
        for summary in self.engine.volumes()? {
            let volume = self.engine.volume(&summary.id)?;
            terms.extend(volume.map(|volume| volume.terms).unwrap_or_default());
        }
        let names = Arc::new(Names::of(&self.engine.people()?, countries(), &terms));
        if known.len() > HELD {
            known.remove(0);
        }
        known.push((commit.name(), names.clone()));
        Ok(names)
    }
}

impl Names {
    fn of(people: &[Identity], countries: &[Country], terms: &[Term]) -> Self {
        let mut names = Self::default();
        names.add_people(people);
        for country in countries {
            let own: Vec<&str> = country.names.iter().map(String::as_str).collect();
            for name in &own {
                names.add(name, &own, Kind::Place);
            }
        }
        names.add_abbreviations(terms);
        names
    }

    /// Whole names lead to the person and to the person's other names; family names to other spellings.
    fn add_people(&mut self, people: &[Identity]) {
        let mut bearers: HashMap<Vec<String>, HashSet<&str>> = HashMap::new();
        let forms: Vec<Vec<String>> = people.iter().map(whole_names).collect();
        for (person, forms) in people.iter().zip(&forms) {
            for form in forms {
                bearers
                    .entry(folded_words(form))
                    .or_default()
                    .insert(&person.id);
            }
        }
        for (person, forms) in people.iter().zip(&forms) {
            let own: Vec<&str> = forms.iter().map(String::as_str).collect();
            let only = |form: &&str| {
                bearers
                    .get(&folded_words(form))
                    .is_some_and(|of| of.len() == 1)
            };
            for form in own
                .iter()
                .filter(|form| only(form) && folded_words(form).len() > 1)
            {
                self.add(form, &own, Kind::Name);
                let query = Query::Value {
                    field: PERSON.to_owned(),
                    value: person.name.clone(),
                };
                let form_of = person.name.clone();
                self.add_other(form, other(Kind::Person, &form_of, query));
            }
            let families = families(person, forms);
            for family in &families {
                let near = |other: &&str| osa_distance(family, other) <= SPELLING;
                let others = families.iter().map(String::as_str).filter(near);
                self.add(family, &others.collect::<Vec<_>>(), Kind::Name);
            }
        }
    }

    /// Abbreviations with one meaning lead to it, and it to them.
    fn add_abbreviations(&mut self, terms: &[Term]) {
        let mut meanings: HashMap<&str, HashSet<Vec<String>>> = HashMap::new();
        let meant = |term: &Term| {
            let end = term.long.find([',', ';', '(', '[', ':']);
            term.long[..end.unwrap_or(term.long.len())]
                .trim()
                .to_owned()
        };
        let is_abbreviation = |term: &&Term| {
            let mut letters = term.short.chars();
            term.short.chars().count() >= SHORTEST && letters.all(char::is_uppercase)
        };
        let terms: Vec<&Term> = terms.iter().filter(is_abbreviation).collect();
        for term in &terms {
            let own = meanings.entry(&term.short).or_default();
            own.insert(folded_words(&meant(term)));
        }
        for term in terms {
            let long = meant(term);
            let words = folded_words(&long).len();
            if meanings[term.short.as_str()].len() == 1 && (2..=LONGEST).contains(&words) {
                self.add(&term.short, &[&long], Kind::Abbreviation);
                self.add(&long, &[&term.short], Kind::Abbreviation);
            }
        }
    }

    /// Notes that a name may stand in these other forms, but for those that it finds anyway.
    fn add(&mut self, name: &str, forms: &[&str], kind: Kind) {
        let own = folded_words(name);
        for form in forms {
            let words = folded_words(form);
            if own.is_empty() || own.iter().all(|word| words.contains(word)) {
                continue;
            }
            self.add_other(name, other(kind, form, written(form, &words)));
        }
    }

    fn add_other(&mut self, name: &str, other: Other) {
        let words = folded_words(name);
        let Some(first) = words.first().filter(|_| words.len() <= LONGEST) else {
            return;
        };
        let capitals = capitals(name);
        let known = self.entries.entry(first.clone()).or_default();
        let same = |entry: &Entry| entry.words == words && entry.capitals == capitals;
        let at = known.iter().position(same).unwrap_or_else(|| {
            known.push(Entry {
                words: words.clone(),
                capitals,
                others: Vec::new(),
            });
            known.len() - 1
        });
        let others = &mut known[at].others;
        if others.len() < MOST && !others.contains(&other) {
            others.push(other);
        }
    }

    /// The longest name with which these parts begin, and how many of them it takes.
    fn longest(&self, parts: &[&str]) -> Option<(&Entry, usize)> {
        let mut typed: Vec<String> = Vec::new();
        let mut found = None;
        for (index, part) in parts.iter().enumerate().take(LONGEST) {
            typed.extend(folded_words(part));
            let entries = typed.first().and_then(|first| self.entries.get(first));
            let alone = index == 0;
            let fits = |entry: &&Entry| {
                entry.words == typed
                    && entry.capitals.as_ref().is_none_or(|capitals| {
                        alone
                            && crate::index::words::as_printed(part, false).as_ref()
                                == Some(capitals)
                    })
            };
            match entries {
                None => break,
                Some(entries) => {
                    found = entries.iter().find(fits).map(|e| (e, index + 1)).or(found);
                }
            }
        }
        found
    }
}

impl Variants {
    /// Of a commit, without some forms.
    pub fn new(names: Arc<Names>, without: &[String], any: bool) -> Self {
        Self {
            names,
            any,
            without: without
                .iter()
                .map(|form| folded_words(form).join(" "))
                .collect(),
        }
    }

    /// The query with other forms beside what is typed, and which they are.
    pub fn beside(&self, typed: &Query, text: &str) -> (Query, Vec<Variant>) {
        let mut used = Vec::new();
        let query = self.varied(typed, false, &mut used);
        let records: Vec<Other> = self.wanted(named_records(text)).collect();
        if records.is_empty() {
            return (query, used);
        }
        (self.with(query, text.trim(), records, &mut used), used)
    }

    fn varied(&self, query: &Query, said: bool, used: &mut Vec<Variant>) -> Query {
        match query {
            Query::And(parts) => Query::And(self.row(parts, Query::And, said, used)),
            Query::Or(parts) if self.any => Query::Or(self.row(parts, Query::Or, said, used)),
            Query::Or(parts) => {
                let each = parts.iter().map(|part| self.varied(part, said, used));
                Query::Or(each.collect())
            }
            Query::Boost { query, factor } => Query::Boost {
                query: Box::new(self.varied(query, said, used)),
                factor: *factor,
            },
            Query::Said { speaker, query } => Query::Said {
                speaker: speaker.clone(),
                query: Box::new(self.varied(query, true, used)),
            },
            Query::Word { .. } => {
                let mut one = self.row(std::slice::from_ref(query), Query::And, said, used);
                one.pop().unwrap_or_default()
            }
            other => other.clone(),
        }
    }

    /// Parts that stand beside each other: names among them get their other forms.
    fn row(
        &self,
        parts: &[Query],
        join: fn(Vec<Query>) -> Query,
        said: bool,
        used: &mut Vec<Variant>,
    ) -> Vec<Query> {
        let mut row = Vec::with_capacity(parts.len());
        let mut at = 0;
        while at < parts.len() {
            let bare: Vec<&str> = parts[at..].iter().map_while(bare_word).collect();
            let Some((entry, length)) = self.names.longest(&bare) else {
                row.push(match &parts[at] {
                    word @ Query::Word { .. } => word.clone(),
                    part => self.varied(part, said, used),
                });
                at += 1;
                continue;
            };
            let typed = match length {
                1 => parts[at].clone(),
                _ => join(parts[at..at + length].to_vec()),
            };
            let others = entry.others.iter();
            let others = others.filter(|other| !said || other.kind != Kind::Person);
            let others = self.wanted(others.cloned().collect()).collect();
            row.push(self.with(typed, &bare[..length].join(" "), others, used));
            at += length;
        }
        row
    }

    fn wanted(&self, others: Vec<Other>) -> impl Iterator<Item = Other> {
        let without = &self.without;
        let kept = others.into_iter();
        kept.filter(|other| !without.contains(&folded_words(&other.form).join(" ")))
    }

    fn with(&self, typed: Query, text: &str, others: Vec<Other>, used: &mut Vec<Variant>) -> Query {
        if others.is_empty() {
            return typed;
        }
        used.extend(others.iter().map(|other| Variant {
            typed: text.to_owned(),
            form: other.form.clone(),
            kind: other.kind,
        }));
        let weights = &ranking().variants;
        let others = others.into_iter();
        Query::Variants {
            typed: Box::new(typed),
            others: others
                .map(|other| (other.query, other.kind.weight(weights)))
                .collect(),
        }
    }
}

/// The field of everybody in a record, under preferred names.
const PERSON: &str = "person";

fn other(kind: Kind, form: &str, query: Query) -> Other {
    Other {
        kind,
        form: form.to_owned(),
        query,
    }
}

/// The one word of a name in capitals: `U.S.` is `US`, and `us` another word.
fn capitals(name: &str) -> Option<String> {
    let is_one = folded_words(name).len() == 1;
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    (is_one && letters.chars().all(char::is_uppercase)).then_some(letters)
}

/// A form as it is looked for: one word as it is, in capitals only where it has nothing else, several as
/// a phrase.
fn written(form: &str, words: &[String]) -> Query {
    let field = None;
    match capitals(form) {
        Some(text) => Query::Cased { field, text },
        None if words.len() == 1 => Query::Word {
            field,
            text: form.to_owned(),
            exact: true,
        },
        None => Query::Phrase {
            field,
            text: form.to_owned(),
        },
    }
}

fn bare_word(part: &Query) -> Option<&str> {
    match part {
        Query::Word {
            field: None,
            text,
            exact: false,
        } => Some(text),
        _ => None,
    }
}

/// All names of a person, given name first.
fn whole_names(person: &Identity) -> Vec<String> {
    let forms = std::iter::once(&person.name).chain(&person.forms);
    let mut names: Vec<String> = Vec::new();
    for form in forms {
        let name = match form.split_once(", ") {
            Some((family, given)) => format!("{given} {family}"),
            None => form.clone(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The spellings of a family name, folded.
fn families(person: &Identity, names: &[String]) -> Vec<String> {
    if !person.name.contains(", ") {
        return Vec::new();
    }
    let mut families: Vec<String> = Vec::new();
    for family in names.iter().filter_map(|name| folded_words(name).pop()) {
        if family.chars().count() > 2 * SPELLING && !families.contains(&family) {
            families.push(family);
        }
    }
    families
}

/// Records that a whole question names: by id, by number, by file designation.
fn named_records(text: &str) -> Vec<Other> {
    let text = text.trim();
    let number = |digits: &str| {
        let number = digits.parse().ok().map(|n: u32| i64::from(n));
        number.map(|number| {
            let query = Query::Between {
                field: "number".to_owned(),
                range: Range {
                    from: Some(number),
                    to: Some(number),
                },
            };
            other(Kind::Record, &format!("number {number}"), query)
        })
    };
    let lower = text.to_lowercase();
    let numbered = ["document ", "doc. ", "doc ", "no. ", "number ", "d"];
    let digits = numbered.iter().find_map(|name| lower.strip_prefix(name));
    let mut named: Vec<Other> = digits.and_then(number).into_iter().collect();
    if text.contains(char::is_whitespace) {
        return named;
    }
    let is_file = text.starts_with(|c: char| c.is_ascii_digit());
    let id = RecordId::parse(text).ok();
    if let Some(id) = id.filter(|_| !is_file && text.contains('/')) {
        let query = Query::Value {
            field: "id".to_owned(),
            value: id.to_string(),
        };
        named.push(other(Kind::Record, id.as_str(), query));
        return named;
    }
    let has = |kind: fn(char) -> bool| text.contains(kind);
    if has(|c| c.is_ascii_digit()) && has(|c| matches!(c, '/' | '.' | '-')) {
        let query = Query::Phrase {
            field: Some("file".to_owned()),
            text: text.to_owned(),
        };
        named.push(other(Kind::Record, &format!("file {text}"), query));
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Match, parse, shown};

    fn variants(without: &[&str]) -> Variants {
        let person = |id: &str, name: &str, forms: &[&str]| Identity {
            id: id.into(),
            name: name.into(),
            forms: forms.iter().map(|f| (*f).to_owned()).collect(),
            ..Identity::default()
        };
        let term = |short: &str, long: &str| Term {
            id: None,
            short: short.into(),
            long: long.into(),
        };
        let people = [
            person("vorel-anton", "Vorel, Anton", &["Anton Worel", "A. Vorel"]),
            person("quill-ada", "Quill, Ada", &["Ada Moss"]),
        ];
        let terms = [
            term("HCC", "Herring Control Commission, at Port Vorel"),
            term("BBB", "Bureau of Boats"),
            term("BBB", "Bay of Birds"),
        ];
        let names = Names::of(&people, countries(), &terms);
        let without: Vec<String> = without.iter().map(|f| (*f).to_owned()).collect();
        Variants::new(Arc::new(names), &without, false)
    }

    fn used(query: &str, without: &[&str]) -> String {
        let typed = parse(query, Match::All).unwrap();
        let (varied, used) = variants(without).beside(&typed, query);
        let bare = |query: &Query| shown(query).replace(['(', ')'], "");
        assert_eq!(bare(&varied), bare(&typed), "what is typed stays");
        let used = used.iter();
        let shown = used.map(|v| format!("{}: {} ({})", v.typed, v.form, v.kind.as_str()));
        shown.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn names_have_other_forms() {
        for (query, expected) in [
            (
                "anton vorel harbor",
                "anton vorel: Anton Worel (name); anton vorel: A. Vorel (name); anton vorel: Vorel, Anton (person)",
            ),
            ("vorel", "vorel: worel (name)"),
            ("\"anton vorel\"", ""),
            ("=vorel", ""),
            ("topic:vorel", ""),
            (
                "Ada Quill",
                "Ada Quill: Ada Moss (name); Ada Quill: Quill, Ada (person)",
            ),
            ("HCC", "HCC: Herring Control Commission (abbreviation)"),
            ("hcc", ""),
            (
                "herring control commission",
                "herring control commission: HCC (abbreviation)",
            ),
            ("BBB", ""),
            ("harbor OR worel", "worel: vorel (name)"),
            ("harbor -worel", ""),
            ("anton OR vorel", "vorel: worel (name)"),
            (
                "Birmah",
                "Birmah: Myanmar (place); Birmah: Burma (place); Birmah: Union of Burma (place); Birmah: Kingdom of Ava (place)",
            ),
            ("us", ""),
            ("d12", "d12: number 12 (record)"),
            ("Document 12", "Document 12: number 12 (record)"),
            (
                "specimens1962v01/d2",
                "specimens1962v01/d2: specimens1962v01/d2 (record)",
            ),
            ("611.93/5-154", "611.93/5-154: file 611.93/5-154 (record)"),
        ] {
            assert_eq!(used(query, &[]), expected, "{query}");
        }
        assert!(used("US", &[]).contains("United States"));
    }

    #[test]
    fn each_can_be_switched_off() {
        assert_eq!(used("vorel", &["Worel"]), "");
        let rest = "Ada Quill: Quill, Ada (person)";
        assert_eq!(used("Ada Quill", &["ada moss"]), rest);
    }
}
