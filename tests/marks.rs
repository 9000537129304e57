//! Marks against a slow reference: what a search finds and marks in small random texts, and what it should.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use memcon::{
    index::{Engine, Location, open},
    record::{Passage, PassageKind, Record, RecordId},
    search::Search,
};
use proptest::prelude::*;

/// Two forms of each word; the first is its stem.
const WORDS: [&str; 8] = [
    "herring", "herrings", "oyster", "oysters", "seal", "seals", "buoy", "buoys",
];

const KINDS: [&str; 3] = ["telegram", "letter", "note"];

/// Something that stands in a text, of numbers of [`WORDS`].
#[derive(Debug, Clone)]
enum Clause {
    Word(usize),
    Exact(usize),
    Phrase(Vec<usize>),
    Near(usize, usize, usize, bool),
    Any(Vec<Clause>),
}

/// Clauses that must all hold, or not.
type Asked = Vec<(Clause, bool)>;

/// Numbers of words by passage, and whether the passage is a footnote.
type Text = Vec<(Vec<usize>, bool)>;

/// Words of one passage, first and last.
type Span = (usize, usize);

impl Clause {
    fn written(&self) -> String {
        let list = |parts: Vec<String>, between: &str| parts.join(between);
        match self {
            Self::Word(n) => WORDS[*n].to_owned(),
            Self::Exact(n) => format!("={}", WORDS[*n]),
            Self::Phrase(words) => {
                let words = words.iter().map(|n| WORDS[*n].to_owned());
                format!("\"{}\"", list(words.collect(), " "))
            }
            Self::Near(a, b, distance, ordered) => {
                let link = if *ordered { "BEFORE" } else { "NEAR" };
                format!("({} {link}/{distance} {})", WORDS[*a], WORDS[*b])
            }
            Self::Any(parts) => {
                let parts = parts.iter().map(Self::written);
                format!("({})", list(parts.collect(), " OR "))
            }
        }
    }

    /// Everything in a passage that it may mean.
    fn spans(&self, words: &[usize]) -> Vec<Span> {
        let places = |fits: &dyn Fn(usize) -> bool| -> Vec<usize> {
            (0..words.len()).filter(|at| fits(words[*at])).collect()
        };
        let alike = |n: usize| places(&|w| w / 2 == n / 2);
        match self {
            Self::Word(n) => alike(*n).into_iter().map(|at| (at, at)).collect(),
            Self::Exact(n) => places(&|w| w == *n)
                .into_iter()
                .map(|at| (at, at))
                .collect(),
            Self::Phrase(row) => (0..words.len())
                .filter(|at| words[*at..].starts_with(row))
                .map(|at| (at, at + row.len() - 1))
                .collect(),
            Self::Near(a, b, distance, ordered) => {
                let mut found = Vec::new();
                for first in alike(*a) {
                    for second in alike(*b) {
                        let near = first != second && first.abs_diff(second) <= *distance;
                        if near && (first < second || !ordered) {
                            found.push((first.min(second), first.max(second)));
                        }
                    }
                }
                found
            }
            Self::Any(parts) => parts.iter().flat_map(|part| part.spans(words)).collect(),
        }
    }

    fn holds(&self, text: &Text) -> bool {
        text.iter().any(|(words, _)| !self.spans(words).is_empty())
    }

    /// Spans of which no part may be left out: windows may be chosen.
    fn certain(&self, words: &[usize]) -> Vec<Span> {
        match self {
            Self::Near(..) => Vec::new(),
            Self::Any(parts) => parts.iter().flat_map(|part| part.certain(words)).collect(),
            _ => self.spans(words),
        }
    }
}

fn clause() -> impl Strategy<Value = Clause> {
    let word = || 0..WORDS.len();
    prop_oneof![
        word().prop_map(Clause::Word),
        word().prop_map(Clause::Exact),
        proptest::collection::vec(word(), 2..4).prop_map(Clause::Phrase),
        (word(), word(), 1usize..6, any::<bool>())
            .prop_map(|(a, b, distance, ordered)| Clause::Near(a, b, distance, ordered)),
    ]
}

fn asked() -> impl Strategy<Value = Asked> {
    let any = proptest::collection::vec(clause(), 2..4).prop_map(Clause::Any);
    let part = (
        prop_oneof![3 => clause(), 1 => any],
        prop::bool::weighted(0.8),
    );
    proptest::collection::vec(part, 1..4)
}

fn text() -> impl Strategy<Value = Text> {
    let words = || proptest::collection::vec(0..WORDS.len(), 1..10);
    (
        proptest::collection::vec(words(), 1..4),
        proptest::collection::vec(words(), 0..2),
    )
        .prop_map(|(body, notes)| {
            let body = body.into_iter().map(|words| (words, false));
            body.chain(notes.into_iter().map(|words| (words, true)))
                .collect()
        })
}

fn record(number: usize, text: &Text) -> Record {
    let passage = |(words, note): &(Vec<usize>, bool)| Passage {
        kind: if *note {
            PassageKind::Footnote
        } else {
            PassageKind::default()
        },
        text: printed(words),
        ..Passage::default()
    };
    Record {
        id: RecordId::new("v", &format!("d{number}")).expect("a sound id"),
        kind: KINDS[number % KINDS.len()].into(),
        passages: text.iter().map(passage).collect(),
        ..Record::default()
    }
}

fn printed(words: &[usize]) -> String {
    let words: Vec<&str> = words.iter().map(|n| WORDS[*n]).collect();
    words.join(" ")
}

/// The words of a passage that byte ranges cover.
fn covered(words: &[usize], marks: &[(usize, usize)]) -> BTreeSet<usize> {
    let (mut at, mut found) = (0, BTreeSet::new());
    for (index, word) in words.iter().enumerate() {
        let end = at + WORDS[*word].len();
        if marks.iter().any(|(from, to)| *from <= at && end <= *to) {
            found.insert(index);
        }
        at = end + 1;
    }
    found
}

fn within(spans: impl IntoIterator<Item = Span>) -> BTreeSet<usize> {
    spans
        .into_iter()
        .flat_map(|(first, last)| first..=last)
        .collect()
}

fn params(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(n, v): &(&str, &str)| ((*n).to_owned(), (*v).to_owned());
    pairs.iter().map(owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_and_marked_is_what_should_be(texts in proptest::collection::vec(text(), 1..12), asked in asked()) {
        let engine: Arc<dyn Engine> = Arc::from(open(Location::Memory).expect("an engine in memory"));
        for (part, chunk) in texts.chunks(5).enumerate() {
            let mut writer = engine.writer().expect("the one writer");
            for (n, text) in chunk.iter().enumerate() {
                writer.put(record(part * 5 + n, text)).expect("put");
            }
            writer.commit().expect("commit");
            writer.finish().expect("finish");
        }
        let search = Search::new(engine);
        let parts = asked.iter().map(|(clause, wanted)| format!("{}{}", if *wanted { "" } else { "NOT " }, clause.written()));
        let q = parts.collect::<Vec<_>>().join(" ");
        let meets = |text: &Text| asked.iter().all(|(clause, wanted)| clause.holds(text) == *wanted);
        let expected: BTreeSet<String> = (0..texts.len()).filter(|n| meets(&texts[*n])).map(|n| format!("v/d{n}")).collect();

        let page = search.search_records(&params(&[("q", &q), ("limit", "200"), ("passages", "20"), ("facets", "kind")])).expect("an answer");
        let found: BTreeSet<String> = page.hits.iter().map(|h| h.card.id.to_string()).collect();
        prop_assert_eq!(&found, &expected, "{}", q);
        prop_assert_eq!(page.total, expected.len());
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        for n in (0..texts.len()).filter(|n| meets(&texts[*n])) {
            *kinds.entry(KINDS[n % KINDS.len()].to_owned()).or_default() += 1;
        }
        let counted: BTreeMap<String, usize> = page.facets[0].buckets.iter().map(|b| (b.value.clone(), b.count)).collect();
        prop_assert_eq!(counted, kinds, "{}", q);
        let (mut export, first) = search.export(&params(&[("q", &q)])).expect("an export");
        let mut lines = first.len();
        while !export.is_over() {
            lines += export.next_page().expect("a page").len();
        }
        prop_assert_eq!(lines, expected.len());

        for (n, text) in texts.iter().enumerate() {
            let id = format!("v/d{n}");
            let reading = search.read_record(&id, &params(&[("q", &q)])).expect("a record");
            prop_assert_eq!(reading.matches, expected.contains(&id), "{} in {}", q, id);
            prop_assert!(reading.matches || reading.marks.is_empty());
            let wanted = || asked.iter().filter(|(_, wanted)| *wanted && reading.matches).map(|(clause, _)| clause);
            for (ordinal, (words, _)) in text.iter().enumerate() {
                let marked = covered(words, reading.marks_of(ordinal));
                let allowed = within(wanted().flat_map(|clause| clause.spans(words)));
                let needed = within(wanted().flat_map(|clause| clause.certain(words)));
                prop_assert!(marked.is_subset(&allowed), "{}: {:?} of {} is marked", q, marked, printed(words));
                prop_assert!(needed.is_subset(&marked), "{}: {:?} of {} is marked", q, marked, printed(words));
            }
            if let Some(hit) = page.hits.iter().find(|h| h.card.id.to_string() == id) {
                for place in &hit.places {
                    prop_assert_eq!(place.marks.as_slice(), reading.marks_of(place.ordinal), "{} in {}", q, id);
                }
                let shown = hit.places.iter().filter(|p| !p.marks.is_empty()).count();
                prop_assert_eq!(shown, reading.marks.len(), "{} in {}", q, id);
            }
        }
    }
}
