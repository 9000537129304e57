//! Questions to begin with, built from what the collection at hand holds. Each is asked before it is shown,
//! so that none finds nothing.

use super::{address::Address, text::Count};
use crate::search::{Bucket, Params, Problem, Search};

/// A question that finds something here.
#[derive(Debug, Clone)]
pub struct Example {
    /// As typed.
    pub query: String,
    /// What it finds.
    pub finds: String,
    /// In how many records.
    pub count: Count,
    /// Asks it.
    pub address: Address,
}

/// Values from which questions are made.
const VALUES: usize = 12;

/// Examples, the plainest first.
///
/// # Errors
/// As [`Search::search_records`].
pub fn of(search: &Search) -> Result<Vec<Example>, Problem> {
    let known = Known::of(search, &[])?;
    let mut examples = Vec::new();
    for candidates in [
        known.words(),
        known.phrases(),
        known.said(search)?,
        known.met(search)?,
        known.near(),
        known.misspelled(),
        known.begun(),
        known.secret(),
        known.gone(),
    ] {
        examples.extend(first_that_finds(search, candidates)?);
    }
    Ok(examples)
}

/// A query and what it finds, not yet asked.
pub type Candidate = (String, String);

/// The first of some questions that finds something.
///
/// # Errors
/// As [`of`].
pub fn first_that_finds(
    search: &Search,
    candidates: Vec<Candidate>,
) -> Result<Option<Example>, Problem> {
    for (query, finds) in candidates.into_iter().take(VALUES) {
        let asked = [
            ("q".to_owned(), query),
            ("limit".to_owned(), "0".to_owned()),
        ];
        // A value may hold what the language reads otherwise: then it is no example.
        let found = match search.search_records(&asked) {
            Err(Problem::Query { .. } | Problem::Parameter { .. }) => continue,
            found => found?,
        };
        if found.total > 0 {
            let [(_, query), _] = asked;
            return Ok(Some(Example {
                address: Address::new("/search").with("q", query.clone()),
                count: Count(found.total),
                query,
                finds,
            }));
        }
    }
    Ok(None)
}

/// The most frequent values of the fields from which questions are made.
struct Known {
    topics: Vec<Bucket>,
    speakers: Vec<Bucket>,
    people: Vec<Bucket>,
    levels: Vec<Bucket>,
    kinds: Vec<Bucket>,
}

impl Known {
    fn of(search: &Search, params: &Params) -> Result<Self, Problem> {
        let values = |field| values(search, field, params);
        let topics = self::values(
            search,
            "topic",
            &[params, &[("limit".into(), "60".into())]].concat(),
        )?;
        Ok(Self {
            topics: topics
                .into_iter()
                .filter(|topic| !is_numbered(&topic.label))
                .collect(),
            speakers: values("speaker")?,
            people: values("person")?,
            levels: values("classification")?,
            kinds: values("kind")?,
        })
    }

    /// Words of topic headings that have several.
    fn topic_words(&self) -> impl Iterator<Item = Vec<String>> {
        let words = self.topics.iter().map(|topic| telling_words(&topic.label));
        words.filter(|words| words.len() > 1)
    }

    fn words(&self) -> Vec<Candidate> {
        let two = self
            .topic_words()
            .map(|words| format!("{} {}", words[0], words[1]));
        two.map(|q| (q, "both words, in any of their forms".into()))
            .collect()
    }

    fn phrases(&self) -> Vec<Candidate> {
        let whole = self
            .topics
            .iter()
            .filter(|t| telling_words(&t.label).len() > 1);
        let phrase = whole.map(|t| {
            format!(
                "\"{}\"",
                t.label.to_lowercase().replace(['"', '“', '”'], " ")
            )
        });
        phrase
            .map(|q| (q, "these words next to each other".into()))
            .collect()
    }

    /// What a busy speaker says of what the records with him are about.
    fn said(&self, search: &Search) -> Result<Vec<Candidate>, Problem> {
        let mut candidates = Vec::new();
        for speaker in self.speakers.iter().take(3) {
            let own = [("speaker".to_owned(), speaker.value.clone())];
            for field in ["country", "topic"] {
                for about in values(search, field, &own)?.into_iter().take(4) {
                    let Some(word) = telling_words(&about.label).into_iter().next() else {
                        continue;
                    };
                    let name = family_name(&speaker.label);
                    let finds = format!("{} in the words of {name}", about.label);
                    candidates.push((
                        format!("speaker:{} {word}", quoted(&name.to_lowercase())),
                        finds,
                    ));
                }
            }
        }
        Ok(candidates)
    }

    /// Two who are present together.
    fn met(&self, search: &Search) -> Result<Vec<Candidate>, Problem> {
        let mut candidates = Vec::new();
        for one in values(search, "participant", &[])?.into_iter().take(2) {
            let own = [(
                "q".to_owned(),
                format!("participant:{}", quoted(&one.value)),
            )];
            let met = values(search, "participant", &own)?;
            for other in met.into_iter().filter(|other| other.value != one.value) {
                let (a, b) = (family_name(&one.label), family_name(&other.label));
                if a != b {
                    let query = format!(
                        "participant:{} participant:{}",
                        quoted(&a.to_lowercase()),
                        quoted(&b.to_lowercase())
                    );
                    candidates.push((query, format!("{a} and {b} at one table")));
                }
            }
        }
        Ok(candidates)
    }

    fn near(&self) -> Vec<Candidate> {
        let two = self
            .topic_words()
            .map(|words| format!("{}{NEAR}{}", words[1], words[0]));
        two.map(|q| (q, "within ten words of each other".into()))
            .collect()
    }

    /// The name of somebody busy with two letters in the wrong order.
    fn misspelled(&self) -> Vec<Candidate> {
        let names = self.people.iter().map(|p| family_name(&p.label));
        let long =
            names.filter(|name| name.chars().count() > 6 && name.chars().all(char::is_alphabetic));
        long.map(|name| {
            let mut letters: Vec<char> = name.to_lowercase().chars().collect();
            letters.swap(3, 4);
            let typed: String = letters.into_iter().collect();
            (format!("{typed}~"), format!("{name}, though misspelled"))
        })
        .collect()
    }

    fn begun(&self) -> Vec<Candidate> {
        let words = self.topics.iter().flat_map(|t| telling_words(&t.label));
        let long = words.filter(|word| word.chars().count() > 6);
        long.map(|word| {
            let begun: String = word.chars().take(5).collect();
            (
                format!("{begun}*"),
                format!("every word that begins with {begun}"),
            )
        })
        .collect()
    }

    fn secret(&self) -> Vec<Candidate> {
        let levels = self.levels.iter().rev();
        let both = levels.flat_map(|level| {
            self.kinds.iter().take(2).map(move |kind| {
                (
                    format!("classification:{} kind:{}", level.value, kind.value),
                    format!("of the kind {}, marked {}", kind.label, level.label),
                )
            })
        });
        both.collect()
    }

    /// What is withheld.
    fn gone(&self) -> Vec<Candidate> {
        vec![("has:redaction".into(), "a part of it is withheld".into())]
    }
}

fn values(search: &Search, field: &str, params: &Params) -> Result<Vec<Bucket>, Problem> {
    let mut asked = vec![("limit".to_owned(), VALUES.to_string())];
    asked.extend_from_slice(params);
    Ok(search.facet_values(field, &asked)?.values)
}

/// Whether a heading only counts, as `Article IV`, `Part 2` and `First` do.
pub fn is_numbered(text: &str) -> bool {
    let is_number = |word: &str| {
        word.chars()
            .all(|c| c.is_ascii_digit() || "IVXLC".contains(c))
    };
    let mut words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.any(is_number) || ORDINALS.contains(&text.trim_end_matches('.').to_lowercase().as_str())
}

/// Headings that are nothing but a place in a row.
const ORDINALS: [&str; 10] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
];

/// Words of a heading that mean something by themselves, in small letters.
fn telling_words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphabetic());
    let long = words
        .filter(|word| word.chars().count() > 3 && !EMPTY.contains(&word.to_lowercase().as_str()));
    long.map(str::to_lowercase).collect()
}

/// Longer words that mean nothing by themselves.
const EMPTY: [&str; 8] = [
    "with", "from", "that", "this", "other", "between", "their", "general",
];

/// `Vorel, Miroslav` > `Vorel`.
fn family_name(name: &str) -> &str {
    name.split(',').next().unwrap_or(name).trim()
}

/// As a value in the query language.
fn quoted(value: &str) -> String {
    if value.chars().all(char::is_alphanumeric) {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace(['"', '“', '”'], " "))
    }
}

/// Two words that stand near each other, a phrase, and what somebody says.
#[derive(Debug, Clone)]
pub struct Pair {
    one: String,
    other: String,
    phrase: String,
    said: Option<String>,
}

/// A pair of the collection at hand.
///
/// # Errors
/// As [`of`].
pub fn pair(search: &Search) -> Result<Option<Pair>, Problem> {
    let known = Known::of(search, &[])?;
    let phrase = first_that_finds(search, known.phrases())?;
    let said = first_that_finds(search, known.said(search)?)?;
    let near = first_that_finds(search, known.near())?;
    let words = near.and_then(|near| {
        let (other, one) = near.query.split_once(NEAR)?;
        Some((one.to_owned(), other.to_owned()))
    });
    Ok(words.map(|(one, other)| Pair {
        phrase: phrase.map_or_else(|| format!("\"{one} {other}\""), |p| p.query),
        said: said.map(|said| said.query),
        one,
        other,
    }))
}

/// Between the words of an example.
const NEAR: &str = " NEAR/10 ";

impl Pair {
    /// An example of the reference with its words exchanged for these.
    pub fn put_into(&self, example: &str) -> String {
        if let Some(said) = self
            .said
            .as_ref()
            .filter(|_| example.starts_with("speaker:"))
        {
            return said.clone();
        }
        let words = [
            ("\"test ban\"", &self.phrase),
            ("\"polish member\"", &self.phrase),
            ("laos", &self.one),
            ("salt", &self.one),
            ("poland", &self.other),
            ("pole", &self.other),
            ("neutral*", &self.other),
        ];
        let exchanged = words.into_iter();
        exchanged.fold(example.to_owned(), |own, (word, with)| {
            own.replace(word, with)
        })
    }
}
