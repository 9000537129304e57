//! What memcon costs beside bare tantivy on the same text, in one run: ingest, memory, searches, opening. And
//! what has no like there: suggestions, and the slowest question until its deadline.
//!
//! `cargo bench --bench ratios` uses `../shared/corpus/tei` where it is at hand, else the specimens. Only the
//! ratios mean something: the machines are shared.

use std::{
    collections::BTreeMap,
    hint::black_box,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use memcon::{
    index::{Engine, Location, Request, deadline, open},
    ingest::{Options, Source, find, ingest},
    normalise::{Context, normalise},
    readers::{Item, reader_for},
    record::{Provenance, Record},
    search::{Match, Search, parse},
    specimens,
};
use tantivy::{
    Index, Searcher, TantivyDocument,
    aggregation::{AggContextParams, AggregationCollector, agg_req::Aggregations},
    collector::{Count, TopDocs},
    query::QueryParser,
    schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, TextAnalyzer},
};

const QUERIES: &[&str] = &[
    "treaty",
    "treaty commerce",
    "fisheries treaty negotiation",
    "\"good offices\"",
    "minister OR consul",
    "arbitration commission claims award",
];
const FACETS: [&str; 4] = ["kind", "year", "place", "volume"];

fn main() {
    let sources = sources();
    let records = read(&sources);
    println!(
        "{} records, {:.1} MB of text",
        records.len(),
        characters(&records) as f64 / 1e6
    );
    ingesting(&sources, &records);
    searching(&sources, &records);
}

fn sources() -> Vec<Source> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/tei");
    if corpus.is_dir() {
        find(&[corpus]).sources
    } else {
        specimens::SOURCES
            .iter()
            .map(|(name, text)| Source::Bundled(name, text))
            .collect()
    }
}

/// The text that both sides index: read and normalised beforehand for the bare side.
fn read(sources: &[Source]) -> Vec<Record> {
    let mut records = Vec::new();
    for source in sources {
        let input = source.open().expect("readable");
        let reader = reader_for(&input).expect("a format");
        let mut context = Context::shipped();
        reader.read(&input, &mut |item| match item {
            Item::Draft(draft) => {
                records.extend(normalise(*draft, Provenance::default(), &context).ok());
            }
            Item::Volume(volume) => context.take_up(&volume),
            Item::Fault(_) => {}
        });
    }
    records
}

fn characters(records: &[Record]) -> usize {
    records
        .iter()
        .flat_map(|r| &r.passages)
        .map(|p| p.text.len())
        .sum()
}

/// Bare tantivy: two text fields, stems, stored title and body, four keyword columns.
struct Bare {
    index: Index,
    title: Field,
    body: Field,
    facets: BTreeMap<&'static str, Field>,
}

impl Bare {
    fn new(folder: &Path) -> Self {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("stems")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = TextOptions::default().set_indexing_options(indexing) | STORED;
        let title = schema.add_text_field("title", text.clone());
        let body = schema.add_text_field("body", text);
        let keyword = STRING | TextOptions::default().set_fast("raw");
        let facets = FACETS.map(|name| (name, schema.add_text_field(name, keyword.clone())));
        let index = Index::create_in_dir(folder, schema.build()).expect("an empty folder");
        let stems = TextAnalyzer::builder(SimpleTokenizer::default())
            .filter(RemoveLongFilter::limit(100))
            .filter(LowerCaser)
            .filter(Stemmer::new(Language::English))
            .build();
        index.tokenizers().register("stems", stems);
        Self {
            index,
            title,
            body,
            facets: BTreeMap::from(facets),
        }
    }

    fn fill(&self, records: &[Record]) {
        let mut writer = self
            .index
            .writer_with_num_threads(2, 160 << 20)
            .expect("a writer");
        for record in records {
            let mut document = TantivyDocument::default();
            document.add_text(self.title, record.title.as_deref().unwrap_or_default());
            let body: Vec<&str> = record.passages.iter().map(|p| p.text.as_str()).collect();
            document.add_text(self.body, body.join("\n"));
            let year = record.date.as_ref().map(|d| d.from.date.year().to_string());
            let values = [
                Some(record.kind.clone()),
                year,
                record.place.clone(),
                Some(record.id.volume().to_owned()),
            ];
            for (name, value) in FACETS.iter().zip(values) {
                if let Some(value) = value {
                    document.add_text(self.facets[name], value);
                }
            }
            writer.add_document(document).expect("added");
        }
        writer.commit().expect("committed");
        writer.wait_merging_threads().expect("merged");
    }

    /// Ten hits with their stored text, the count, counts over four facets.
    fn search(&self, searcher: &Searcher, query: &str) -> usize {
        let mut parser = QueryParser::for_index(&self.index, vec![self.title, self.body]);
        parser.set_conjunction_by_default();
        let query = parser.parse_query(query).expect("sound");
        let wanted: BTreeMap<&str, serde_json::Value> = FACETS
            .iter()
            .map(|f| {
                (
                    *f,
                    serde_json::json!({ "terms": { "field": f, "size": 20 } }),
                )
            })
            .collect();
        let wanted: Aggregations =
            serde_json::from_value(serde_json::json!(wanted)).expect("sound");
        let counting = AggregationCollector::from_aggs(wanted, AggContextParams::default());
        let (top, total, counts) = searcher
            .search(
                &query,
                &(TopDocs::with_limit(10).order_by_score(), Count, counting),
            )
            .expect("an answer");
        black_box(counts);
        for (_, address) in top {
            black_box(searcher.doc::<TantivyDocument>(address).expect("stored"));
        }
        total
    }
}

fn ingesting(sources: &[Source], records: &[Record]) {
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let ours = best_of(3, || {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = open(Location::Folder(folder.path())).expect("made");
        timed(|| {
            ingest(
                engine.as_ref(),
                sources,
                Options::with_threads(threads),
                &|_| {},
            )
            .expect("taken in")
        })
        .1
    });
    let bare = best_of(3, || {
        let folder = tempfile::tempdir().expect("a folder");
        let bare = Bare::new(folder.path());
        timed(|| bare.fill(records)).1
    });
    report("ingest (bare: text already read)", ours, bare);
    println!(
        "peak memory of this process so far: {} MB",
        peak_memory_mb()
    );
}

fn searching(sources: &[Source], records: &[Record]) {
    let (ours, theirs): (PathBuf, PathBuf) = {
        let keep = || tempfile::tempdir().expect("a folder").keep();
        (keep(), keep())
    };
    let engine = open(Location::Folder(&ours)).expect("made");
    ingest(engine.as_ref(), sources, Options::with_threads(2), &|_| {}).expect("taken in");
    drop(engine);
    let bare = Bare::new(&theirs);
    bare.fill(records);
    let (first, opening) = timed(|| {
        let engine = open(Location::Existing(&ours)).expect("reopened");
        let total = engine
            .search(&request(QUERIES[0]))
            .expect("an answer")
            .total;
        (engine, total)
    });
    println!(
        "opening and first query: {:.1} ms",
        opening.as_secs_f64() * 1e3
    );
    let engine: Arc<dyn Engine> = Arc::from(first.0);
    let searcher = bare.index.reader().expect("a reader").searcher();
    for query in QUERIES {
        let request = request(query);
        let mine = median(|| engine.search(&request).expect("an answer").total);
        let bare_time = median(|| bare.search(&searcher, query));
        report(
            &format!(
                "search {query} ({} hits)",
                engine.search(&request).expect("an answer").total
            ),
            mine,
            bare_time,
        );
    }
    typing(&engine);
    stopping(engine.as_ref());
    for folder in [ours, theirs] {
        std::fs::remove_dir_all(folder).expect("removable");
    }
}

/// Every keystroke of names that the index has itself, as typed and with a letter wrong.
fn typing(engine: &Arc<dyn Engine>) {
    let search = Search::new(engine.clone());
    let asked = |q: &str| [("q".to_owned(), q.to_owned())];
    let (_, first) = timed(|| search.suggest(&asked("a")).expect("suggestions"));
    let commit = engine.pinned().expect("held");
    let facets = ["person", "topic", "place", "country", "index_term"];
    let counted = Request {
        facets: facets.map(|f| (f.to_owned(), 60)).to_vec(),
        ..Request::default()
    };
    let counted = commit.search(&counted).expect("counts").facets;
    let mut names: Vec<String> = counted
        .into_iter()
        .flat_map(|facet| facet.buckets.into_iter().map(|(value, _)| value))
        .collect();
    let titles = commit.titles().expect("headings");
    names.extend(
        titles
            .iter()
            .step_by(titles.len().div_ceil(60).max(1))
            .cloned(),
    );
    let mut times: Vec<(Duration, String)> = Vec::new();
    for name in &names {
        let typed: Vec<char> = name.chars().take(40).collect();
        for length in 1..=typed.len() {
            let beginning: String = typed[..length].iter().collect();
            let wrong: String = beginning
                .chars()
                .rev()
                .skip(1)
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .chain(['q'])
                .collect();
            for q in [beginning, wrong] {
                let params = asked(&q);
                let took = (0..3)
                    .map(|_| timed(|| black_box(search.suggest(&params))).1)
                    .min();
                times.push((took.unwrap_or_default(), q));
            }
        }
    }
    times.sort();
    let Some((worst, slowest)) = times.last() else {
        return;
    };
    println!(
        "suggestions: {} keystrokes of {} names, median {:.3} ms, worst {:.3} ms ({slowest:?}); made ready in {:.1} ms",
        times.len(),
        names.len(),
        times[times.len() / 2].0.as_secs_f64() * 1e3,
        worst.as_secs_f64() * 1e3,
        first.as_secs_f64() * 1e3,
    );
}

/// The slowest question that is allowed, whole and with a deadline.
fn stopping(engine: &dyn Engine) {
    let near = "(th?t NEAR/99 wh?ch NEAR/99 fr?m NEAR/99 w?th NEAR/99 h?ve NEAR/99 b?en NEAR/99 w?s NEAR/99 th?s)";
    let query = [near; 8].join(" ");
    let request = Request {
        query: parse(&query, Match::All).expect("sound"),
        limit: 200,
        passages: 20,
        ..Request::default()
    };
    let (whole, takes) = timed(|| engine.search(&request).map(|hits| hits.total));
    println!(
        "the slowest question: {} in {:.0} ms",
        whole.map_or_else(|e| e.to_string(), |total| format!("{total} hits")),
        takes.as_secs_f64() * 1e3
    );
    for limit in [50, 200, 1000].map(Duration::from_millis) {
        let ask = || deadline::within(limit, || engine.search(&request).map(|hits| hits.total));
        let (answer, took) = timed(ask);
        println!(
            "  with a deadline of {} ms: {} after {:.0} ms",
            limit.as_millis(),
            answer.map_or_else(|e| e.to_string(), |total| format!("{total} hits")),
            took.as_secs_f64() * 1e3
        );
    }
}

fn request(query: &str) -> Request {
    Request {
        query: parse(query, Match::All).expect("sound"),
        facets: FACETS.map(|f| (f.to_owned(), 20)).to_vec(),
        limit: 10,
        passages: 3,
        ..Request::default()
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let made = work();
    (made, started.elapsed())
}

fn best_of(times: usize, mut work: impl FnMut() -> Duration) -> Duration {
    (0..times).map(|_| work()).min().unwrap_or_default()
}

/// The median of 200 runs, warm.
fn median<T>(mut work: impl FnMut() -> T) -> Duration {
    (0..20).for_each(|_| drop(black_box(work())));
    let mut times: Vec<Duration> = (0..200).map(|_| timed(|| black_box(work())).1).collect();
    times.sort();
    times[100]
}

fn report(what: &str, ours: Duration, bare: Duration) {
    let ratio = ours.as_secs_f64() / bare.as_secs_f64().max(1e-9);
    println!(
        "{what}: {:.3} ms, bare {:.3} ms, ratio {ratio:.2}",
        ours.as_secs_f64() * 1e3,
        bare.as_secs_f64() * 1e3
    );
}

fn peak_memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kb| kb / 1024)
}
