//! What any engine must do. A second engine is done when it passes this with its own [`fresh`].

use std::time::Duration;

use memcon::{
    index::{
        Closed, Engine, Filter, Grouping, IndexError, Location, Outcome, Query, Range, Request,
        Sort, deadline, open, rebuild,
    },
    record::{
        Appearance, Citation, Classification, Form, Gap, GapKind, Identity, IndexTerm, Pages, Part,
        Passage, PassageKind, Provenance, Record, RecordId, Volume,
    },
    search::{Match, parse},
};
use proptest::prelude::*;

fn fresh() -> Box<dyn Engine> {
    open(Location::Memory).expect("an engine in memory")
}

fn record(name: &str, text: &str) -> Record {
    let paragraph = |(i, t): (usize, &str)| Passage {
        paragraph: i as u32 + 1,
        page: Some((i + 1).to_string()),
        text: t.to_owned(),
        ..Passage::default()
    };
    Record {
        id: RecordId::new("v", name).expect("a sound id"),
        kind: "telegram".into(),
        passages: text.split('\n').enumerate().map(paragraph).collect(),
        ..Record::default()
    }
}

fn put(engine: &dyn Engine, records: impl IntoIterator<Item = Record>) -> Vec<Outcome> {
    let mut writer = engine.writer().expect("the one writer");
    let outcomes = records
        .into_iter()
        .map(|r| writer.put(r).expect("put"))
        .collect();
    writer.commit().expect("commit");
    writer.finish().expect("finish");
    outcomes
}

fn ids(engine: &dyn Engine, query: &str) -> Vec<String> {
    let request = Request {
        query: parse(query, Match::All).expect("a sound query"),
        limit: 100,
        ..Request::default()
    };
    let mut ids: Vec<String> = engine
        .search(&request)
        .expect("an answer")
        .hits
        .into_iter()
        .map(|h| h.card.id.name().to_owned())
        .collect();
    ids.sort();
    ids
}

#[test]
fn a_record_comes_back_as_it_was_put() {
    let engine = fresh();
    let mut original = record("d1", "One [x lines not declassified] two.\nThree.");
    original.passages[0].gaps = vec![(4, 30)];
    original.passages[0].calls = vec![(4, "1".into())];
    original.passages.push(Passage {
        kind: PassageKind::Footnote,
        label: Some("1".into()),
        text: "A note.".into(),
        ..Passage::default()
    });
    put(engine.as_ref(), [original.clone()]);
    assert_eq!(
        engine.record(&original.id).expect("readable"),
        Some(original)
    );
    assert_eq!(
        engine
            .record(&RecordId::new("v", "d9").expect("an id"))
            .expect("readable"),
        None
    );
}

#[test]
fn unchanged_changed_richer_poorer() {
    let engine = fresh();
    let first = record("d1", "herring");
    let changed = record("d1", "oysters");
    let richer = Record {
        provenance: Provenance {
            richness: 3,
            ..Provenance::default()
        },
        ..record("d1", "seals")
    };
    let outcomes = put(
        engine.as_ref(),
        [first.clone(), first.clone(), changed, richer, first],
    );
    assert_eq!(
        outcomes,
        [
            Outcome::Added,
            Outcome::Unchanged,
            Outcome::Replaced,
            Outcome::Replaced,
            Outcome::KeptRicher
        ]
    );
    assert_eq!(
        (
            ids(engine.as_ref(), "seals").len(),
            ids(engine.as_ref(), "herring OR oysters").len()
        ),
        (1, 0)
    );
    assert_eq!(engine.stats().expect("counts").records, 1);
}

#[test]
fn nothing_is_seen_before_a_commit() {
    let engine = fresh();
    let mut writer = engine.writer().expect("the one writer");
    writer.put(record("d1", "herring")).expect("put");
    assert_eq!(ids(engine.as_ref(), "herring").len(), 0);
    writer.commit().expect("commit");
    assert_eq!(ids(engine.as_ref(), "herring"), ["d1"]);
}

#[test]
fn a_commit_that_is_held_answers_alike_whatever_is_written() {
    let engine = fresh();
    put(engine.as_ref(), [record("d1", "herring")]);
    let held = engine.pinned().expect("held");
    put(engine.as_ref(), [record("d2", "herring")]);
    let total = |commit: &dyn memcon::index::Pinned| {
        let request = Request::default();
        commit.search(&request).expect("an answer").total
    };
    assert_eq!(
        (
            total(held.as_ref()),
            total(engine.pinned().expect("held").as_ref())
        ),
        (1, 2)
    );
    assert!(engine.pinned().expect("held").generation() > held.generation());
}

#[test]
fn words_are_looked_up() {
    let engine = fresh();
    put(
        engine.as_ref(),
        [
            record("d1", "Herrings were counted."),
            record("d2", "The herring was counted. The herrings were not."),
        ],
    );
    let commit = engine.pinned().expect("held");
    let words: Vec<String> = ["herring", "herrings", "seal"].map(str::to_owned).into();
    let counted = commit.frequencies(&words).expect("counts");
    assert_eq!(counted[0], counted[1]);
    assert_eq!((counted[0].1, counted[2].1), (2, 0));
    let near = |word: &str| commit.spelled_like(word).expect("spellings");
    assert_eq!(near("herring"), None);
    assert_eq!(
        near("hering"),
        Some(vec!["herring".to_owned(), "herrings".to_owned()])
    );
    assert_eq!(near("zeppelin"), Some(Vec::new()));
}

#[test]
fn records_without_a_value_are_filtered_and_days_counted() {
    let engine = fresh();
    let dated = Record {
        date: Some(memcon::record::DateSpan {
            from: "1962-03-05".parse().expect("a day"),
            to: None,
            precision: memcon::record::Precision::Day,
            text: String::new(),
        }),
        place: Some("Port Sabel".into()),
        ..record("d1", "herring")
    };
    put(engine.as_ref(), [dated, record("d2", "herring")]);
    let count = |any: &[&str], none: &[&str]| {
        let texts = |list: &[&str]| list.iter().map(|t| (*t).to_owned()).collect();
        let request = Request {
            filters: vec![Filter {
                field: "place".into(),
                any: texts(any),
                none: texts(none),
            }],
            ..Request::default()
        };
        engine.search(&request).expect("an answer").total
    };
    let missing = memcon::index::MISSING;
    assert_eq!(count(&[missing], &[]), 1);
    assert_eq!(count(&[missing, "Port Sabel"], &[]), 2);
    assert_eq!(count(&[], &[missing]), 1);
    let days = engine
        .pinned()
        .expect("held")
        .days(&Request::default())
        .expect("days");
    assert_eq!((days.days.len(), days.undated), (1, 1));
}

#[test]
fn a_second_writer_is_refused() {
    let engine = fresh();
    let _first = engine.writer().expect("the one writer");
    assert_eq!(
        engine.writer().err().expect("refused").to_string(),
        "another process is writing to the index"
    );
}

#[test]
fn what_is_not_of_a_time_is_found_beside_other_conditions() {
    let engine = fresh();
    let dated = |n: u32| Record {
        number: Some(n),
        ..record(
            &format!("d{n}"),
            if n.is_multiple_of(3) {
                "herring"
            } else {
                "seal"
            },
        )
    };
    put(engine.as_ref(), (1..=400).map(dated));
    for (query, count) in [
        ("NOT number:[100 TO 200]", 299),
        ("herring NOT number:[100 TO 200] NOT number:7", 100),
        ("number:[100 TO 200] NOT herring", 68),
        ("herring number:>=399", 1),
    ] {
        let request = Request {
            query: parse(query, Match::All).expect("a sound query"),
            limit: 5,
            ..Request::default()
        };
        assert_eq!(
            engine.search(&request).expect("an answer").total,
            count,
            "{query}"
        );
    }
}

#[test]
fn a_question_stops_at_its_deadline() {
    let engine = fresh();
    put(
        engine.as_ref(),
        (0..50).map(|n| record(&format!("d{n}"), "herring")),
    );
    let ask = || {
        let request = Request {
            query: parse("herring", Match::All).expect("a sound query"),
            limit: 10,
            ..Request::default()
        };
        engine.search(&request).map(|hits| hits.total)
    };
    assert_eq!(ask().expect("an answer"), 50);
    let late = deadline::within(Duration::ZERO, ask);
    assert!(matches!(late, Err(IndexError::Late)), "{late:?}");
    let in_time = deadline::within(Duration::from_secs(60), ask);
    assert_eq!(in_time.expect("an answer"), 50);
}

/// 64 patterns near each other, in records in which they stand everywhere.
#[test]
fn the_slowest_question_stops_at_its_deadline_and_leaves_nothing_running() {
    let engine = fresh();
    let text: String = (0..1000)
        .map(|n| format!("ab{} cd{} ", n % 40, n % 37))
        .collect();
    put(
        engine.as_ref(),
        (0..20).map(|n| record(&format!("d{n}"), &text)),
    );
    let near =
        "(ab* NEAR/99 cd* NEAR/99 ab* NEAR/99 cd* NEAR/99 ab* NEAR/99 cd* NEAR/99 ab* NEAR/99 cd*)";
    let query = format!("{} -zzz", [near; 8].join(" "));
    let request = Request {
        query: parse(&query, Match::All).expect("a sound query"),
        limit: 200,
        passages: 20,
        ..Request::default()
    };
    let timed = |limit: Duration| {
        let started = std::time::Instant::now();
        let answer = deadline::within(limit, || engine.search(&request).map(|hits| hits.total));
        (answer, started.elapsed())
    };
    let (whole, takes) = timed(Duration::from_secs(600));
    assert_eq!(whole.expect("an answer"), 20);
    // The work is done by the thread that asks: when it is back, nothing goes on.
    let limit = takes / 10;
    let (late, took) = timed(limit);
    assert!(matches!(late, Err(IndexError::Late)), "{late:?}");
    assert!(
        took < limit * 4 + Duration::from_millis(100),
        "{took:?} of {limit:?}"
    );
}

#[test]
fn words_that_stand_together_and_in_good_company_come_first() {
    let engine = fresh();
    let filler = "oyster ".repeat(120);
    let numbered = |n: u32, chapter: &str, text: String| Record {
        number: Some(n),
        chapters: vec![chapter.to_owned()],
        ..record(&format!("d{n}"), &text)
    };
    put(
        engine.as_ref(),
        [
            numbered(1, "Harbors", format!("herring {filler} quota")),
            numbered(2, "Harbors", format!("herring quota {filler}")),
            numbered(10, "Pacts", format!("pier {filler} lamp")),
            numbered(11, "Piers", format!("pier {filler} lamp")),
            numbered(12, "Piers", format!("pier {filler} lamp")),
        ],
    );
    let order = |query: &str| -> Vec<String> {
        let request = Request {
            query: parse(query, Match::All).expect("a sound query"),
            limit: 10,
            ..Request::default()
        };
        let hits = engine.search(&request).expect("an answer").hits;
        hits.iter().map(|h| h.card.id.name().to_owned()).collect()
    };
    assert_eq!(order("herring quota"), ["d2", "d1"], "together");
    // Two in a row answer each other's neighbour.
    assert_eq!(order("pier lamp").last().map(String::as_str), Some("d10"));
}

#[test]
fn words_stems_phrases_and_their_absence() {
    let engine = fresh();
    put(
        engine.as_ref(),
        [
            record("d1", "The negotiations on the test ban went on."),
            record("d2", "They negotiated. A ban on the test was lifted."),
            record("d3", "The ban.\nTest results."),
        ],
    );
    let found = |q: &str| ids(engine.as_ref(), q);
    assert_eq!(found("negotiating"), ["d1", "d2"]);
    assert_eq!(found("=negotiated"), ["d2"]);
    assert_eq!(found("\"test ban\""), ["d1"]);
    assert_eq!(
        found("\"ban test\""),
        [""; 0],
        "no phrase runs from one passage into the next"
    );
    assert_eq!(found("ban -negotiations"), ["d3"]);
    assert_eq!(found("NOT ban"), [""; 0]);
    assert_eq!(found("negotiations OR results"), ["d1", "d2", "d3"]);
    assert_eq!(found("herring"), [""; 0]);
}

#[test]
fn no_phrase_runs_across_a_gap() {
    let engine = fresh();
    let mut cut = record("d1", "The agent [name not declassified] reported.");
    cut.passages[0].gaps = vec![(10, 33)];
    put(engine.as_ref(), [cut]);
    assert_eq!(ids(engine.as_ref(), "\"agent name\"").len(), 0);
    assert_eq!(ids(engine.as_ref(), "\"name not declassified\"").len(), 1);
    assert_eq!(ids(engine.as_ref(), "agent reported").len(), 1);
}

#[test]
fn identifiers_are_found_whole_and_in_parts() {
    let engine = fresh();
    put(
        engine.as_ref(),
        [record(
            "d1",
            "See NSC-68, 611.00/5-1250 and the U.S.–U.S.S.R. non-aggression pact at 3:30 p.m.",
        )],
    );
    for query in [
        "NSC-68",
        "nsc68 OR \"nsc 68\"",
        "611.00/5-1250",
        "\"611.00\"",
        "USSR",
        "\"u.s.s.r.\"",
        "nonaggression",
        "non-aggression",
        "aggression",
        "3:30",
        "3:30 p.m.",
        "\"3:30 p.m.\"",
    ] {
        assert_eq!(ids(engine.as_ref(), query), ["d1"], "{query}");
    }
}

#[test]
fn marks_lie_on_what_answers() {
    let engine = fresh();
    let text = "Ban. The test ban treaty of Khrushchëv’s Government.";
    put(engine.as_ref(), [record("d1", text)]);
    let marked = |query: &str| {
        let request = Request {
            query: parse(query, Match::All).expect("sound"),
            limit: 1,
            passages: 1,
            ..Request::default()
        };
        let place = engine
            .search(&request)
            .expect("an answer")
            .hits
            .remove(0)
            .places
            .remove(0);
        place
            .marks
            .iter()
            .map(|(a, b)| place.text[*a..*b].to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(marked("\"test ban\""), ["test ban"]);
    assert_eq!(marked("ban"), ["Ban", "ban"]);
    assert_eq!(marked("khrushchev treaties"), ["treaty", "Khrushchëv"]);
    assert_eq!(marked("ban -seals"), ["Ban", "ban"]);
    assert_eq!(marked(""), [""; 0]);
}

#[test]
fn a_whole_record_is_marked_as_its_places_are() {
    let engine = fresh();
    let mut long = record(
        "d1",
        "The oyster beds.\nNothing here.\nOysters, and again oyster beds, at Vorel\u{2019}s point.",
    );
    long.passages.push(Passage {
        kind: PassageKind::Footnote,
        label: Some("1".into()),
        text: "On oysters see Document 3.".into(),
        ..Passage::default()
    });
    put(engine.as_ref(), [long.clone(), record("d2", "oyster beds")]);
    let commit = engine.pinned().expect("held");
    for query in [
        "oysters",
        "\"oyster beds\"",
        "oyster NEAR/3 again",
        "oyst* -herring",
        "oysters OR point",
        "vorel's",
    ] {
        let request = Request {
            query: parse(query, Match::All).expect("a sound query"),
            filters: vec![Filter {
                field: "volume".into(),
                any: vec!["v".into()],
                none: Vec::new(),
            }],
            limit: 10,
            passages: 20,
            ..Request::default()
        };
        let hits = commit.search(&request).expect("an answer").hits;
        let hit = hits.into_iter().find(|h| h.card.id == long.id);
        let places = hit.expect("the long record").places;
        let mut shown: Vec<_> = places.into_iter().map(|p| (p.ordinal, p.marks)).collect();
        shown.sort();
        let marked = commit.marks(&long.id, &request.query).expect("marks");
        let marked = marked.expect("it meets the query");
        assert_eq!((marked.passages, marked.complete), (shown, true), "{query}");
    }
    let unmet = parse("oysters -again", Match::All).expect("a sound query");
    assert_eq!(commit.marks(&long.id, &unmet).expect("no marks"), None);
}

#[test]
fn the_best_place_comes_first() {
    let engine = fresh();
    let mut r = record(
        "d1",
        "Herring here.\nLaos\nThe Pole spoke of herring.\nThe Pole spoke of Laos and of herring.",
    );
    r.passages[1].form = Form::Heading;
    put(engine.as_ref(), [r]);
    let request = Request {
        query: parse("pole laos herring", Match::All).expect("sound"),
        limit: 1,
        passages: 9,
        ..Request::default()
    };
    let places = engine
        .search(&request)
        .expect("an answer")
        .hits
        .remove(0)
        .places;
    let ordinals: Vec<usize> = places.iter().map(|p| p.ordinal).collect();
    assert_eq!(
        ordinals,
        [3, 2, 0],
        "most words first; a heading is shown by the text below it"
    );
}

#[test]
fn ranges_of_dates_meet_intervals() {
    let engine = fresh();
    let dated = |name: &str, printed: &str| Record {
        date: memcon::normalise::parse_date(printed),
        ..record(name, "x")
    };
    put(
        engine.as_ref(),
        [
            dated("d1", "May 18, 1963, 3:30 p.m."),
            dated("d2", "April 1963"),
            dated("d3", "1962"),
            dated("d4", "undated"),
        ],
    );
    let found = |q: &str| ids(engine.as_ref(), q);
    assert_eq!(found("date:1963"), ["d1", "d2"]);
    assert_eq!(found("date:1963-04-30"), ["d2"]);
    assert_eq!(found("date:[1962-12 TO 1963-04]"), ["d2", "d3"]);
    assert_eq!(found("date:[* TO *]"), ["d1", "d2", "d3"]);
    let request = |sort| Request {
        sort,
        limit: 9,
        ..Request::default()
    };
    let order = |sort| {
        engine
            .search(&request(sort))
            .expect("an answer")
            .hits
            .iter()
            .map(|h| h.card.id.name().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(order(Sort::DateAscending), ["d3", "d2", "d1", "d4"]);
    assert_eq!(order(Sort::DateDescending), ["d1", "d2", "d3", "d4"]);
}

#[test]
fn volumes_are_described_and_counted() {
    let engine = fresh();
    let mut writer = engine.writer().expect("the one writer");
    writer
        .put_volume(Volume {
            id: "v".into(),
            title: Some("A volume".into()),
            ..Volume::default()
        })
        .expect("put");
    writer
        .put_volume(Volume {
            id: "v".into(),
            ..Volume::default()
        })
        .expect("put");
    writer.put(record("d1", "x")).expect("put");
    writer.commit().expect("commit");
    let volumes = engine.volumes().expect("readable");
    assert_eq!(
        (
            volumes.len(),
            volumes[0].records,
            volumes[0].title.as_deref()
        ),
        (1, 1, Some("A volume"))
    );
    assert_eq!(
        engine.stats().expect("counts").records,
        1,
        "a description is no record"
    );
    assert_eq!(ids(engine.as_ref(), ""), ["d1"]);
}

#[test]
fn an_index_on_disk_is_reopened_checked_and_rebuilt() {
    let folder = tempfile::tempdir().expect("a folder");
    put(
        open(Location::Folder(folder.path()))
            .expect("made")
            .as_ref(),
        [record("d1", "herring"), record("d2", "seals")],
    );
    let again = open(Location::Existing(folder.path())).expect("reopened");
    assert_eq!(ids(again.as_ref(), "herring"), ["d1"]);
    assert_eq!(again.check().expect("readable"), [""; 0]);
    drop(again);
    assert_eq!(rebuild(folder.path()).expect("rebuilt"), 2);
    assert_eq!(
        ids(
            open(Location::Existing(folder.path()))
                .expect("reopened")
                .as_ref(),
            "seals"
        ),
        ["d2"]
    );
}

#[test]
fn a_rebuild_broken_off_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    put(
        open(Location::Folder(folder.path()))
            .expect("made")
            .as_ref(),
        [record("d1", "herring")],
    );
    let at = |name: &str| folder.path().join(name);
    // A rebuild that made half of a generation, and an appointment that was not renamed.
    std::fs::create_dir(at("gen-2")).expect("made");
    std::fs::write(at("gen-2/meta.json"), "{").expect("written");
    std::fs::write(at("current.new"), "gen-2").expect("written");
    let again = open(Location::Folder(folder.path())).expect("opened");
    assert_eq!(ids(again.as_ref(), "herring"), ["d1"]);
    put(again.as_ref(), [record("d2", "seals")]);
    assert!(!at("gen-2").exists(), "swept away by the next writer");
    assert_eq!(ids(again.as_ref(), "seals"), ["d2"]);
}

#[test]
fn an_open_index_follows_other_writers_and_rebuilds() {
    let folder = tempfile::tempdir().expect("a folder");
    let reading = open(Location::Awaited(folder.path())).expect("nothing yet");
    assert_eq!(ids(reading.as_ref(), ""), [""; 0]);
    let writing = open(Location::Folder(folder.path())).expect("made");
    put(writing.as_ref(), [record("d1", "herring")]);
    until(|| ids(reading.as_ref(), "herring") == ["d1"]);
    let held = reading.pinned().expect("held");
    put(writing.as_ref(), [record("d2", "herring")]);
    until(|| ids(reading.as_ref(), "herring").len() == 2);
    assert_eq!(rebuild(folder.path()).expect("rebuilt"), 2);
    // Another generation is written now, by an engine that was open before.
    put(writing.as_ref(), [record("d3", "herring")]);
    until(|| ids(reading.as_ref(), "herring").len() == 3);
    reading.health().expect("well");
    let hits = held.search(&Request {
        query: parse("herring", Match::All).expect("a sound query"),
        limit: 10,
        passages: 1,
        ..Request::default()
    });
    let hits = hits.expect("a commit that is held answers").hits;
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].places.len(), 1);
}

/// Waits for what another thread does.
fn until(so: impl Fn() -> bool) {
    for _ in 0..500 {
        if so() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("it never came");
}

#[test]
fn what_is_removed_is_gone_and_stays_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = open(Location::Folder(folder.path())).expect("made");
    put(
        engine.as_ref(),
        [record("d1", "herring"), record("d2", "herring")],
    );
    let mut writer = engine.writer().expect("the one writer");
    let id = |name: &str| RecordId::new("v", name).expect("an id");
    assert!(writer.remove(&id("d1")).expect("removed"));
    assert!(!writer.remove(&id("d1")).expect("not there"));
    writer.commit().expect("commit");
    drop(writer);
    assert_eq!(ids(engine.as_ref(), "herring"), ["d2"]);
    assert_eq!(engine.check().expect("readable"), [""; 0]);
    assert_eq!(rebuild(folder.path()).expect("rebuilt"), 1);
}

#[test]
fn a_collection_is_closed_however_it_is_spelled() {
    let engine = fresh();
    let of = |volume: &str, name: &str| Record {
        id: RecordId::new(volume, name).expect("an id"),
        ..record(name, "herring")
    };
    put(
        engine.as_ref(),
        [
            of("vault", "d1"),
            of("Vault", "d2"),
            of("Vault", "d3"),
            of("open", "d4"),
        ],
    );
    for rule in ["vault", "VAULT", "va*"] {
        let closed = Closed {
            collections: vec![rule.into()],
            ..Closed::default()
        };
        assert_eq!(
            ids(engine.without(&[closed]).as_ref(), "herring"),
            ["d4"],
            "{rule}"
        );
    }
}

#[test]
fn of_a_person_only_what_is_open_is_told() {
    let engine = fresh();
    put(engine.as_ref(), [record("d1", "herring")]);
    let mut writer = engine.writer().expect("the one writer");
    let people = vec![Appearance {
        person: Some("moss-ada".into()),
        name: "Moss, Ada".into(),
        parts: vec![Part::Speaks],
    }];
    let with = |name: &str, level: &str| Record {
        people: people.clone(),
        classification: Classification {
            level: Some(level.into()),
            ..Classification::default()
        },
        ..record(name, "seals")
    };
    writer.put(with("d2", "secret")).expect("put");
    writer.put(with("d3", "top-secret")).expect("put");
    let person = Identity {
        id: "moss-ada".into(),
        name: "Moss, Ada".into(),
        forms: vec!["Lady Quill".into()],
        offices: vec!["Chief of the Lighthouse".into()],
        ..Identity::default()
    };
    writer.put_person(person).expect("put");
    writer.commit().expect("commit");
    drop(writer);
    let closed = |level: &str| {
        engine.without(&[Closed {
            levels: vec![level.into()],
            ..Closed::default()
        }])
    };
    let told = closed("top-secret")
        .person("moss-ada")
        .expect("readable")
        .expect("there");
    assert_eq!((told.forms.len(), told.offices.len()), (0, 0));
    let everybody = closed("secret").people().expect("readable");
    assert_eq!(everybody.len(), 1, "another record names the person");
}

#[test]
fn what_is_closed_is_not_there() {
    let engine = fresh();
    let secret = |name: &str, text: &str| Record {
        classification: Classification {
            level: Some("top-secret".into()),
            ..Classification::default()
        },
        ..record(name, text)
    };
    put(
        engine.as_ref(),
        [
            record("d1", "herring and seals"),
            secret("d2", "herring of the lighthouse"),
            record("d3", "seals"),
        ],
    );
    let levels = Closed {
        levels: vec!["top-secret".into()],
        ..Closed::default()
    };
    let public = engine.without(&[levels]);
    assert_eq!(ids(engine.as_ref(), "herring"), ["d1", "d2"]);
    assert_eq!(ids(public.as_ref(), "herring"), ["d1"]);
    let id = RecordId::new("v", "d2").expect("an id");
    assert_eq!(public.record(&id).expect("readable"), None);
    let commit = public.pinned().expect("held");
    let lighthouse = parse("lighthouse", Match::All).expect("a sound query");
    assert_eq!(commit.terms(&lighthouse).expect("readable"), []);
    assert!(commit.spelled_like("lighthous").expect("read") == Some(vec![]));
    assert_ne!(
        commit.name(),
        engine.pinned().expect("held").name(),
        "what is seen differently has another name"
    );
    assert_eq!(public.stats().expect("counts").records, 2);
    assert_eq!(public.records_of("v").expect("listed").len(), 2);
    // What is put later is closed too, and no score tells that it is there.
    let scores = || {
        let request = Request {
            query: parse("seals", Match::All).expect("a sound query"),
            limit: 5,
            ..Request::default()
        };
        let hits = public.search(&request).expect("answered").hits;
        hits.iter().map(|hit| hit.score).collect::<Vec<_>>()
    };
    let before = scores();
    let more = (4..40).map(|n| secret(&format!("d{n}"), "seals, seals and once more seals"));
    put(engine.as_ref(), more);
    assert_eq!(ids(public.as_ref(), "herring"), ["d1"]);
    assert_eq!((scores().len(), scores()), (2, before));
    // A deletion shows in the commit's name, so that nothing kept of it is taken for present.
    let name = || public.pinned().expect("held").name();
    let (before, id) = (name(), RecordId::new("v", "d3").expect("an id"));
    let mut writer = engine.writer().expect("the one writer");
    assert!(writer.remove(&id).expect("removed"));
    writer.commit().expect("commit");
    drop(writer);
    assert_ne!(name(), before);
    assert_eq!(ids(public.as_ref(), "seals"), ["d1"]);
    let everything = engine.without(&[Closed::default()]);
    assert_eq!(ids(everything.as_ref(), ""), [""; 0]);
}

#[test]
fn nobody_writes_during_a_rebuild() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = open(Location::Folder(folder.path())).expect("made");
    let _writer = engine.writer().expect("the one writer");
    let refused = rebuild(folder.path()).expect_err("refused").to_string();
    assert_eq!(refused, "another process is writing to the index");
}

#[test]
fn where_a_record_came_from_is_no_change() {
    let engine = fresh();
    let from = |file: &str, text: &str| Record {
        provenance: Provenance {
            file: file.into(),
            ..Provenance::default()
        },
        ..record("d1", text)
    };
    let first = put(
        engine.as_ref(),
        [from("b.xml", "herring"), from("a.xml", "herring")],
    );
    assert_eq!(first, [Outcome::Added, Outcome::Unchanged]);
    // Of two different ones read at once the later by name stays, in either order.
    let second = put(
        engine.as_ref(),
        [from("b.xml", "seals"), from("a.xml", "oysters")],
    );
    assert_eq!(second, [Outcome::Replaced, Outcome::KeptRicher]);
    assert_eq!(ids(engine.as_ref(), "seals"), ["d1"]);
}

#[test]
fn spellings_that_filters_take_alike_are_counted_together() {
    let engine = fresh();
    let placed = |name: &str, place: &str| Record {
        place: Some(place.into()),
        ..record(name, "x")
    };
    put(
        engine.as_ref(),
        [
            placed("d1", "Vienna"),
            placed("d2", "Vienna"),
            placed("d3", "VIENNA"),
            placed("d4", "Paris"),
        ],
    );
    let request = Request {
        facets: vec![("place".into(), 9)],
        ..Request::default()
    };
    let facet = engine.search(&request).expect("an answer").facets.remove(0);
    assert_eq!(
        facet.buckets,
        [("Vienna".to_owned(), 3), ("Paris".to_owned(), 1)]
    );
}

#[test]
fn a_long_record_is_opened_in_parts() {
    let engine = fresh();
    let paragraph = |n: usize| {
        format!("Paragraph {n} speaks of ordinary things at some length, word after word.")
    };
    let mut text: Vec<String> = (0..3000).map(paragraph).collect();
    text[2500] = "Here alone the herring stands.".into();
    let long = record("d1", &text.join("\n"));
    put(engine.as_ref(), [long.clone(), record("d2", "short")]);
    let request = Request {
        query: parse("herring", Match::All).expect("sound"),
        limit: 1,
        passages: 1,
        ..Request::default()
    };
    let place = engine
        .search(&request)
        .expect("an answer")
        .hits
        .remove(0)
        .places
        .remove(0);
    assert_eq!((place.ordinal, place.page.as_deref()), (2500, Some("2501")));
    assert_eq!(engine.record(&long.id).expect("readable"), Some(long));
    assert_eq!(engine.check().expect("readable"), [""; 0]);
    put(engine.as_ref(), [record("d1", "herring no longer long")]);
    assert_eq!(
        (
            engine.stats().expect("counts").records,
            ids(engine.as_ref(), "ordinary").len()
        ),
        (2, 0)
    );
}

#[test]
fn other_folders_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = open(Location::Existing(folder.path()))
        .err()
        .expect("refused")
        .to_string();
    assert!(missing.starts_with("there is no index in"), "{missing}");
    std::fs::write(folder.path().join("thesis.doc"), "x").expect("writable");
    let foreign = open(Location::Folder(folder.path()))
        .err()
        .expect("refused")
        .to_string();
    assert!(
        foreign.ends_with("is no memcon data folder: it holds other files"),
        "{foreign}"
    );
}

fn person(name: &str, parts: &[Part]) -> Appearance {
    Appearance {
        name: name.into(),
        parts: parts.to_vec(),
        ..Appearance::default()
    }
}

#[test]
fn a_name_filter_takes_words_that_stand_in_a_name() {
    let engine = fresh();
    let present = |name: &str, people: &[&str]| Record {
        people: people
            .iter()
            .map(|p| person(p, &[Part::Participates]))
            .collect(),
        ..record(name, "x")
    };
    put(
        engine.as_ref(),
        [
            present("d1", &["Vorel, Anton F.", "Quill, Ada"]),
            present("d2", &["Quill, Ada"]),
            present("d3", &["Vorel, Berta", "Quill, Ada"]),
        ],
    );
    let asked = |any: &[&str], none: &[&str]| {
        let owned = |list: &[&str]| list.iter().map(|v| (*v).to_owned()).collect();
        let request = Request {
            filters: vec![Filter {
                field: "participant".into(),
                any: owned(any),
                none: owned(none),
            }],
            facets: vec![("participant".into(), 9), ("person".into(), 9)],
            ..Request::default()
        };
        let hits = engine.search(&request).expect("an answer");
        let counts = |facet: usize| {
            let buckets = hits.facets[facet].buckets.iter();
            buckets.map(|(v, n)| format!("{v} {n}")).collect::<Vec<_>>()
        };
        (hits.total, counts(0), counts(1))
    };
    // The field's own counts leave the filter out, the other's do not.
    let everybody = ["Quill, Ada 3", "Vorel, Anton F. 1", "Vorel, Berta 1"];
    assert_eq!(
        asked(&["vorel"], &[]),
        (
            2,
            everybody.map(str::to_owned).to_vec(),
            vec![
                "Quill, Ada 2".into(),
                "Vorel, Anton F. 1".into(),
                "Vorel, Berta 1".into()
            ]
        )
    );
    assert_eq!(asked(&["Vorel, Anton F."], &[]).0, 1);
    assert_eq!(asked(&["vorel anton"], &[]).0, 1);
    assert_eq!(asked(&["anton vorel"], &[]).0, 0);
    assert_eq!(asked(&["vorel ada"], &[]).0, 0);
    assert_eq!(asked(&["quill"], &["vorel"]).0, 1);
}

#[test]
fn people_are_told_apart_by_what_they_do() {
    let engine = fresh();
    let people = vec![
        person("Vorel, Anton", &[Part::Speaks, Part::Participates]),
        person("Quill, Ada", &[Part::Writes, Part::Drafts]),
        person("Moss, Carl", &[Part::Receives, Part::Mentioned]),
    ];
    let older = Record {
        drafted_by: vec!["Mr. Carl Moss".into()],
        ..record("d2", "x")
    };
    put(
        engine.as_ref(),
        [
            Record {
                people,
                ..record("d1", "x")
            },
            older,
        ],
    );
    let found = |q: &str| ids(engine.as_ref(), q);
    for query in [
        "speaker:vorel",
        "participant:vorel",
        "sender:quill",
        "drafter:quill",
        "recipient:moss",
        "mentioned:moss",
        "person:vorel person:quill person:moss",
    ] {
        assert_eq!(found(query), ["d1"], "{query}");
    }
    assert_eq!(found("speaker:quill OR sender:vorel"), [""; 0]);
    assert_eq!(found("drafter:moss"), ["d2"], "as printed");
}

#[test]
fn subjects_and_index_terms_count_for_those_above_them() {
    let engine = fresh();
    let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<String>>();
    let one = Record {
        subjects: vec![path("Sea/Herring"), path("Sea/Seals")],
        index_terms: vec![IndexTerm {
            headings: path("Kestria/harbors"),
            page: "3".into(),
        }],
        countries: vec!["Kestria".into()],
        ..record("d1", "x")
    };
    let two = Record {
        subjects: vec![path("Sea")],
        ..record("d2", "x")
    };
    put(engine.as_ref(), [one, two]);
    let request = Request {
        facets: vec![
            ("subject".into(), 9),
            ("index_term".into(), 9),
            ("country".into(), 9),
        ],
        ..Request::default()
    };
    let facets = engine.search(&request).expect("an answer").facets;
    let shown: Vec<String> = facets
        .iter()
        .map(|f| {
            let buckets = f.buckets.iter().map(|(v, n)| format!("{v} {n}"));
            buckets.collect::<Vec<_>>().join(", ")
        })
        .collect();
    assert_eq!(
        shown,
        [
            "Sea 2, Sea > Herring 1, Sea > Seals 1",
            "Kestria 1, Kestria > harbors 1",
            "Kestria 1"
        ]
    );
    let found = |q: &str| ids(engine.as_ref(), q);
    assert_eq!(found("subject:\"sea > seals\""), ["d1"]);
    assert_eq!(found("harbor"), ["d1"], "a bare word finds an index term");
    assert_eq!(found("seals"), [""; 0], "a subject is asked by name");
}

#[test]
fn citations_lead_to_pages_and_gaps_are_counted() {
    let engine = fresh();
    let cites = |first: &str, last: &str| Citation {
        volume: Some("w".into()),
        pages: Some(Pages {
            first: first.into(),
            last: last.into(),
        }),
        ..Citation::default()
    };
    let gap = |kind, lines| Gap {
        kind,
        amount: None,
        lines,
        text: String::new(),
        passage: 0,
    };
    let one = Record {
        citations: vec![cites("5", "7"), cites("100", "900"), cites("xi", "xii")],
        gaps: vec![
            gap(GapKind::Lines, Some(1.5)),
            gap(GapKind::Lines, Some(9.0)),
            gap(GapKind::Omission, Some(40.0)),
        ],
        telegram: Some("Tosec 7".into()),
        ..record("d1", "x")
    };
    let two = Record {
        gaps: vec![gap(GapKind::Name, None)],
        ..record("d2", "x")
    };
    put(engine.as_ref(), [one, two, record("d3", "x")]);
    let found = |q: &str| ids(engine.as_ref(), q);
    assert_eq!(found("reference:w#pg_6"), ["d1"]);
    assert_eq!(found("reference:w#pg_8 OR reference:w#pg_100"), [""; 0]);
    assert_eq!(found("telegram:\"tosec 7\""), ["d1"]);
    assert_eq!(found("redacted_lines:11"), ["d1"]);
    assert_eq!(found("redacted_lines:>10"), ["d1"]);
    assert_eq!(found("redacted_lines:<11"), [""; 0]);
    assert_eq!(found("has:redacted_lines"), ["d1"]);
    assert_eq!(found("has:redaction"), ["d1", "d2"]);
    assert_eq!(found("-has:redaction"), ["d3"]);
    assert_eq!(found("has:date"), [""; 0]);
    assert_eq!(found("NOT has:telegram"), ["d2", "d3"]);
}

/// A speaker and two words.
type Line = (u8, u8, u8);

/// Paragraphs as `speaker: words`; without a colon nobody speaks.
fn talk(name: &str, lines: &[&str]) -> Record {
    let mut talk = record(name, &lines.join("\n"));
    for passage in &mut talk.passages {
        if let Some((speaker, words)) = passage.text.split_once(": ") {
            passage.speaker = Some(speaker.to_owned());
            passage.text = words.to_owned();
        }
        let speaks = passage
            .speaker
            .as_deref()
            .map(|s| person(s, &[Part::Speaks]));
        talk.people.extend(speaks);
    }
    talk
}

#[test]
fn words_are_asked_of_the_person_who_says_them() {
    let engine = fresh();
    put(
        engine.as_ref(),
        [
            talk(
                "d1",
                &[
                    "They met. Herring.",
                    "Vorel: Our herring fleets fish.",
                    "Quill: Seals matter more than oysters.",
                    "Vorel: Oysters and the test ban.",
                ],
            ),
            talk(
                "d2",
                &[
                    "Quill: Herring, and the test ban.",
                    "Vorel: No. Test a ban.",
                ],
            ),
            talk("d3", &["Vorel said nothing of herring."]),
            talk("d4", &["de Gaulle: Herring.", "Ban: a, Vorel: b"]),
        ],
    );
    let found = |q: &str| ids(engine.as_ref(), q);
    assert_eq!(found("speaker:vorel"), ["d1", "d2"]);
    assert_eq!(found("speaker:vorel herring"), ["d1"]);
    assert_eq!(found("speaker:Vorel =fleet"), [""; 0]);
    assert_eq!(found("speaker:Vorel fleet"), ["d1"]);
    assert_eq!(found("speaker:quill herring"), ["d2"]);
    assert_eq!(found("speaker:vorel \"test ban\""), ["d1"]);
    assert_eq!(
        found("speaker:vorel oysters -seals"),
        ["d1"],
        "another says it"
    );
    assert_eq!(found("speaker:vorel -herring"), ["d2"]);
    assert_eq!(found("speaker:vorel (herring OR test)"), ["d1", "d2"]);
    assert_eq!(found("speaker:(vorel OR quill) herring"), ["d1", "d2"]);
    assert_eq!(found("speaker:vorel speaker:quill ban"), ["d2"]);
    assert_eq!(found("speaker:vorel herring speaker:quill seals"), [""; 0]);
    assert_eq!(
        found("(speaker:vorel herring) (speaker:quill seals)"),
        ["d1"]
    );
    assert_eq!(found("speaker:\"de gaulle\" herring"), ["d4"]);
    assert_eq!(found("speaker:\"Ambassador Vorel\" herring"), ["d1"]);
    assert_eq!(found("speaker:\"Otto Vorel\" herring"), [""; 0]);
    assert_eq!(
        found("speaker:vorel \"fish seals\""),
        [""; 0],
        "no phrase runs from one speaker to the next"
    );
}

#[test]
fn what_a_person_says_is_shown_and_marked() {
    let engine = fresh();
    let mut cut = talk(
        "d1",
        &[
            "Herring, herring, herring.",
            "Vorel: The old [line not declassified] herring; the test ban.",
            "Quill: Herring again, and herring.",
        ],
    );
    cut.passages[1].gaps = vec![(8, 31)];
    put(engine.as_ref(), [cut]);
    let shown = |query: &str| {
        let request = Request {
            query: parse(query, Match::All).expect("sound"),
            limit: 1,
            passages: 9,
            ..Request::default()
        };
        let hit = engine.search(&request).expect("an answer").hits.remove(0);
        assert!(hit.score > 0.0);
        let marked = hit.places.iter().map(|p| {
            let marks = p.marks.iter().map(|(a, b)| &p.text[*a..*b]);
            format!("{} {}", p.ordinal, marks.collect::<Vec<_>>().join("|"))
        });
        marked.collect::<Vec<_>>()
    };
    assert_eq!(
        shown("speaker:vorel herring \"test ban\""),
        ["1 herring|test ban"]
    );
    assert_eq!(shown("speaker:quill herring"), ["2 Herring|herring"]);
}

#[test]
fn people_are_kept_and_survive_a_rebuild() {
    let folder = tempfile::tempdir().expect("a folder");
    let identity = |id: &str, name: &str| Identity {
        id: id.into(),
        name: name.into(),
        ..Identity::default()
    };
    let people = |engine: &dyn Engine| {
        let people = engine.people().expect("readable");
        people.iter().map(|p| p.name.clone()).collect::<Vec<_>>()
    };
    let engine = open(Location::Folder(folder.path())).expect("made");
    let mut writer = engine.writer().expect("the one writer");
    writer.put(record("d1", "x")).expect("put");
    for person in [
        identity("vorel-anton", "Vorel, A."),
        identity("quill-ada", "Quill, Ada"),
        identity("vorel-anton", "Vorel, Anton"),
    ] {
        writer.put_person(person).expect("put");
    }
    writer.commit().expect("commit");
    writer.finish().expect("finish");
    assert_eq!(people(engine.as_ref()), ["Quill, Ada", "Vorel, Anton"]);
    assert_eq!(
        engine.person("quill-ada").expect("readable"),
        Some(identity("quill-ada", "Quill, Ada"))
    );
    assert_eq!(engine.person("nobody").expect("readable"), None);
    assert_eq!(engine.stats().expect("counts").records, 1);
    assert_eq!(ids(engine.as_ref(), ""), ["d1"], "a person is no record");
    assert_eq!(engine.check().expect("readable"), [""; 0]);
    drop(engine);
    assert_eq!(rebuild(folder.path()).expect("rebuilt"), 1);
    let again = open(Location::Existing(folder.path())).expect("reopened");
    assert_eq!(people(again.as_ref()), ["Quill, Ada", "Vorel, Anton"]);
}

/// Records with a few values each, written in several commits.
fn collection() -> impl Strategy<Value = Vec<(u8, u8, Vec<u8>)>> {
    proptest::collection::vec(
        (0u8..4, 0u8..3, proptest::collection::vec(0u8..5, 0..4)),
        1..60,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counts_are_those_of_counting_by_hand(rows in collection(), kind in 0u8..4, place in 0u8..3, word in 0u8..5) {
        let kinds = ["telegram", "letter", "memorandum", "note"];
        let engine = fresh();
        let made: Vec<Record> = rows.iter().enumerate().map(|(i, (k, p, words))| Record {
            kind: kinds[*k as usize].into(),
            place: (*p > 0).then(|| format!("Place {p}")),
            topics: words.iter().map(|w| format!("Topic {w}")).collect(),
            ..record(&format!("d{i}"), &words.iter().map(|w| format!("word{w}")).collect::<Vec<_>>().join(" "))
        }).collect();
        for part in made.chunks(7) {
            put(engine.as_ref(), part.to_vec());
        }
        let filters = vec![
            Filter { field: "kind".into(), any: vec![kinds[kind as usize].into()], none: vec![] },
            Filter { field: "place".into(), any: vec![], none: vec![format!("Place {place}")] },
        ];
        let request = Request {
            query: Query::Word { field: None, text: format!("word{word}"), exact: false },
            filters,
            facets: ["kind", "place", "topic"].map(|f| (f.to_owned(), 100)).to_vec(),
            limit: 100,
            ..Request::default()
        };
        let hits = engine.search(&request).expect("an answer");
        let worded = |r: &&Record| r.topics.contains(&format!("Topic {word}"));
        let kind_holds = |r: &&Record| r.kind == kinds[kind as usize];
        let place_holds = |r: &&Record| place == 0 || r.place.as_deref() != Some(&format!("Place {place}"));
        let all: Vec<&Record> = made.iter().filter(|r| worded(r) && kind_holds(r) && place_holds(r)).collect();
        prop_assert_eq!(hits.total, all.len());
        prop_assert_eq!(hits.hits.len(), all.len());
        for facet in &hits.facets {
            // The counts of a field leave its own filter out.
            let counted: Vec<&Record> = made.iter().filter(worded)
                .filter(|r| facet.field == "kind" || kind_holds(r))
                .filter(|r| facet.field == "place" || place_holds(r))
                .collect();
            let values = |r: &Record| -> std::collections::BTreeSet<String> {
                match facet.field.as_str() {
                    "kind" => [r.kind.clone()].into(),
                    "place" => r.place.iter().cloned().collect(),
                    _ => r.topics.iter().cloned().collect(),
                }
            };
            for (value, count) in &facet.buckets {
                prop_assert_eq!(*count, counted.iter().filter(|r| values(r).contains(value)).count());
            }
            let sum: usize = facet.buckets.iter().map(|(_, n)| n).sum();
            prop_assert_eq!(sum, counted.iter().map(|r| values(r).len()).sum::<usize>());
            prop_assert_eq!(facet.missing, counted.iter().filter(|r| values(r).is_empty()).count());
        }
    }

    #[test]
    fn groups_are_the_hits_dealt_out(rows in collection(), field in 0usize..3, word in 0u8..5, hits in 0usize..4, limit in 1usize..4, by_date in any::<bool>()) {
        let field = ["kind", "place", "topic"][field];
        let engine = fresh();
        let made: Vec<Record> = rows.iter().enumerate().map(|(i, (k, p, words))| Record {
            kind: format!("kind-{k}"),
            place: (*p > 0).then(|| format!("Place {p}")),
            topics: words.iter().map(|w| format!("Topic {w}")).collect::<std::collections::BTreeSet<_>>().into_iter().collect(),
            ..record(&format!("d{i}"), &words.iter().map(|w| format!("word{w} ").repeat(i % 3 + 1)).collect::<String>())
        }).collect();
        for part in made.chunks(7) {
            put(engine.as_ref(), part.to_vec());
        }
        let request = Request {
            query: Query::Word { field: None, text: format!("word{word}"), exact: false },
            facets: vec![(field.to_owned(), 100)],
            sort: if by_date { Sort::DateAscending } else { Sort::Relevance },
            limit: 100,
            ..Request::default()
        };
        let commit = engine.pinned().expect("held");
        let found = commit.search(&request).expect("an answer");
        let values = |id: &RecordId| -> Vec<String> {
            let record = made.iter().find(|r| r.id == *id).expect("a record");
            match field {
                "kind" => vec![record.kind.clone()],
                "place" => record.place.iter().cloned().collect(),
                _ => record.topics.clone(),
            }
        };
        let mut expected: Vec<(String, Vec<RecordId>)> = Vec::new();
        for hit in &found.hits {
            for value in values(&hit.card.id) {
                match expected.iter_mut().find(|(v, _)| *v == value) {
                    Some((_, own)) => own.push(hit.card.id.clone()),
                    None => expected.push((value, vec![hit.card.id.clone()])),
                }
            }
        }
        let mut got = Vec::new();
        for offset in (0..expected.len().max(1)).step_by(limit) {
            let grouping = Grouping { field: field.to_owned(), offset, limit, hits };
            let groups = commit.groups(&request, &grouping).expect("groups");
            prop_assert_eq!(groups.total, expected.len());
            prop_assert_eq!(groups.missing, found.facets[0].missing);
            got.extend(groups.groups);
        }
        prop_assert_eq!(got.len(), expected.len());
        for (group, (value, own)) in got.iter().zip(&expected) {
            let counted = found.facets[0].buckets.iter().find(|(v, _)| v == value).map(|(_, n)| *n);
            prop_assert_eq!((&group.value, Some(group.count)), (value, counted));
            // Records of one day or score are in order of address, which the whole list has too.
            let shown: Vec<RecordId> = group.hits.iter().map(|h| h.card.id.clone()).collect();
            prop_assert_eq!(&shown[..], &own[..hits.min(own.len())]);
        }
    }

    #[test]
    fn what_is_said_is_what_stands_in_a_persons_speech(rows in proptest::collection::vec(proptest::collection::vec((0u8..3, 0u8..4, 0u8..4), 1..5), 1..12), who in 1u8..3, first in 0u8..4, second in 0u8..4) {
        let names = ["", "Vorel", "Quill"];
        let engine = fresh();
        let line = |(who, a, b): &Line| {
            let words = format!("word{a} word{b}");
            if *who == 0 { words } else { format!("{}: {words}", names[*who as usize]) }
        };
        put(engine.as_ref(), rows.iter().enumerate().map(|(i, row)| {
            let lines: Vec<String> = row.iter().map(line).collect();
            talk(&format!("d{i}"), &lines.iter().map(String::as_str).collect::<Vec<_>>())
        }));
        let expected = |said: &dyn Fn(&[&Line]) -> bool| {
            let mut ids: Vec<String> = rows.iter().enumerate()
                .filter(|(_, row)| said(&row.iter().filter(|(w, ..)| *w == who).collect::<Vec<_>>()))
                .map(|(i, _)| format!("d{i}"))
                .collect();
            ids.sort();
            ids
        };
        let name = names[who as usize];
        let has = |own: &[&Line], n: u8| own.iter().any(|(_, a, b)| *a == n || *b == n);
        prop_assert_eq!(
            ids(engine.as_ref(), &format!("speaker:{name} word{first} word{second}")),
            expected(&|own| has(own, first) && has(own, second))
        );
        prop_assert_eq!(
            ids(engine.as_ref(), &format!("speaker:{name} -word{first}")),
            expected(&|own| !own.is_empty() && !has(own, first))
        );
        prop_assert_eq!(
            ids(engine.as_ref(), &format!("speaker:{name} \"word{first} word{second}\"")),
            expected(&|own| own.iter().any(|(_, a, b)| *a == first && *b == second))
        );
    }

    #[test]
    fn paging_by_any_step_gives_the_same_list(count in 1usize..40, step in 1usize..9) {
        let engine = fresh();
        put(engine.as_ref(), (0..count).map(|i| record(&format!("d{i}"), &"word ".repeat(i % 5 + 1))));
        let request = |offset, limit| Request { query: Query::Word { field: None, text: "word".into(), exact: false }, offset, limit, ..Request::default() };
        let list = |offset, limit| engine.search(&request(offset, limit)).expect("an answer").hits.into_iter().map(|h| h.card.id).collect::<Vec<_>>();
        let paged: Vec<_> = (0..count).step_by(step).flat_map(|offset| list(offset, step)).collect();
        prop_assert_eq!(paged, list(0, count));
    }

    #[test]
    fn ranges_of_numbers(numbers in proptest::collection::vec(proptest::option::of(0u32..20), 1..30), from in 0i64..20, to in 0i64..20) {
        let engine = fresh();
        let numbered = |(i, n): (usize, &Option<u32>)| Record { number: *n, ..record(&format!("d{i}"), "x") };
        put(engine.as_ref(), numbers.iter().enumerate().map(numbered));
        let query = Query::Between { field: "number".into(), range: Range { from: Some(from), to: Some(to) } };
        let total = engine.search(&Request { query, ..Request::default() }).expect("an answer").total;
        prop_assert_eq!(total, numbers.iter().flatten().filter(|n| (from..=to).contains(&i64::from(**n))).count());
    }
}

/// The marked words of the best passage of the best hit.
fn marked(engine: &dyn Engine, query: &str) -> Vec<String> {
    let request = Request {
        query: parse(query, Match::All).expect("a sound query"),
        limit: 1,
        passages: 1,
        ..Request::default()
    };
    let hits = engine.search(&request).expect("an answer").hits;
    let place = &hits.first().expect("a hit").places[0];
    let marks = place.marks.iter();
    marks
        .map(|(from, to)| place.text[*from..*to].to_owned())
        .collect()
}

#[test]
fn patterns_and_misspellings_find_forms() {
    let engine = fresh();
    put(
        engine.as_ref(),
        [
            record("d1", "The missiles of Kestria. A non-aggression pact."),
            record("d2", "One missile, and the missilery of Halloran."),
            record("d3", "A mission to Hallorangrad; file 611.61/11-161."),
            record("d4", "Halorran spoke of the missal."),
        ],
    );
    let engine = engine.as_ref();
    for (query, expected) in [
        ("missil*", "d1 d2"),
        ("Missil*", "d1 d2"),
        ("miss?l*", "d1 d2 d4"),
        ("*grad", "d3"),
        ("*grad OR pact", "d1 d3"),
        ("=missile", "d2"),
        ("non-agg*", "d1"),
        ("611.61/11-*", "d3"),
        ("\"the missil*\"", "d1 d2"),
        ("\"the missil* kestria\"", ""),
        ("\"the missil* * kestria\"", "d1"),
        ("missal~", "d4"),
        ("missale~", "d2 d4"),
        ("halloran~", "d2 d4"),
        ("haloran~1", "d2 d4"),
        ("kestia~", "d1"),
        ("-missil* halloran~", "d4"),
        ("title:missil*", ""),
        ("kind:tele*", "d1 d2 d3 d4"),
        ("kind:memo*", ""),
    ] {
        assert_eq!(ids(engine, query).join(" "), expected, "{query}");
    }
    assert_eq!(marked(engine, "missil* kestria"), ["missiles", "Kestria"]);
    assert_eq!(marked(engine, "non-agg*"), ["non-aggression"]);
    assert_eq!(marked(engine, "\"file 611* 61\""), ["file 611.61"]);
}

#[test]
fn words_stand_near_each_other() {
    let engine = fresh();
    put(
        engine.as_ref(),
        [
            record("d1", "herring one two harbor three four five six herring"),
            record("d2", "harbor one two three four five six herring"),
            record("d3", "herring\nharbor"),
            record("d4", "the old harbor of the new herring boats"),
        ],
    );
    let engine = engine.as_ref();
    for (query, expected) in [
        ("herring NEAR/3 harbor", "d1"),
        ("herring NEAR/4 harbor", "d1 d4"),
        ("herring NEAR harbor", "d1 d2 d4"),
        ("herring NEAR/99 harbor", "d1 d2 d4"),
        ("harbor BEFORE/5 herring", "d1 d4"),
        ("herring BEFORE/5 harbor", "d1"),
        ("harbo* NEAR/4 (boats OR two)", "d1 d2"),
        ("\"old harbor\" NEAR/4 \"herring boats\"", "d4"),
        ("\"old harbor\" NEAR/3 \"herring boats\"", ""),
        ("\"herring harbor\"~3", "d1"),
        ("\"one herring harb*\"~3", "d1"),
        ("herring NEAR/10 herring", "d1"),
        ("herring SAMEPARA harbor", "d1 d2 d4"),
        ("herring AND harbor", "d1 d2 d3 d4"),
        ("herring -(herring SAMEPARA harbor)", "d3"),
        ("title:(herring NEAR harbor)", ""),
    ] {
        assert_eq!(ids(engine, query).join(" "), expected, "{query}");
    }
    // Only what stands in the window is marked.
    assert_eq!(
        marked(engine, "herring NEAR/3 harbor"),
        ["herring", "harbor"]
    );
    assert_eq!(
        marked(engine, "herring BEFORE/3 harbor"),
        ["herring", "harbor"]
    );
}

#[test]
fn one_passage_one_topic_one_speaker() {
    let engine = fresh();
    let mut talk = record(
        "d1",
        "Herring is dear [gap] in the harbor.\nOysters.\nSeals.\nHerring.",
    );
    for (passage, (speaker, topic)) in
        talk.passages
            .iter_mut()
            .zip([("Vorel", 0), ("Quill", 0), ("Vorel", 1), ("Quill", 1)])
    {
        passage.speaker = Some(speaker.into());
        passage.topic = Some(topic);
    }
    talk.passages[0].gaps = vec![(16, 21)];
    talk.topics = vec!["One".into(), "Two".into()];
    talk.passages.push(Passage {
        kind: PassageKind::Footnote,
        label: Some("1".into()),
        text: "A note on seals and oysters.".into(),
        ..Passage::default()
    });
    put(engine.as_ref(), [talk]);
    let engine = engine.as_ref();
    for (query, found) in [
        ("herring SAMEPARA harbor", true),
        ("herring NEAR/99 harbor", false),
        ("herring SAMEPARA oysters", false),
        ("herring SAMETOPIC oysters", true),
        ("oysters SAMETOPIC seals", false),
        ("oysters SAMEPARA seals", true),
        ("oysters SAMESPEECH (seals OR harbor)", true),
        ("speaker:vorel (herring SAMEPARA harbor)", true),
        ("speaker:quill (herring SAMEPARA harbor)", false),
        ("speaker:vorel herr*", true),
        ("speaker:vorel oyst*", false),
        ("speaker:quill oyster~", true),
        ("speaker:vorel^2 harbor", true),
    ] {
        assert_eq!(ids(engine, query) == ["d1"], found, "{query}");
    }
    assert_eq!(marked(engine, "speaker:vorel herr*"), ["Herring"]);
}

#[test]
fn weights_order() {
    let engine = fresh();
    put(
        engine.as_ref(),
        [record("d1", "herring seal"), record("d2", "harbor seal")],
    );
    let first = |query: &str| {
        let request = Request {
            query: parse(query, Match::All).expect("a sound query"),
            limit: 1,
            ..Request::default()
        };
        let hits = engine.search(&request).expect("an answer").hits;
        hits[0].card.id.name().to_owned()
    };
    assert_eq!(first("herring^3 OR harbor"), "d1");
    assert_eq!(first("herring OR (harbor)^3"), "d2");
    assert_eq!(first("herring^0.5 OR harbo*"), "d2");
    // What is typed counts more than what is like it.
    put(
        engine.as_ref(),
        [record("d3", "Vorel x"), record("d4", "Vorell x")],
    );
    assert_eq!(first("vorel~"), "d3");
    assert_eq!(first("vorell~"), "d4");
}

#[test]
fn patterns_have_bounds() {
    let engine = fresh();
    let words = |letter: char, count: usize| -> String {
        (0..count).map(|i| format!("{letter}{i:03} ")).collect()
    };
    let text: String = ('a'..='f').map(|letter| words(letter, 250)).collect();
    put(
        engine.as_ref(),
        [record("d1", &text), record("d2", &words('g', 300))],
    );
    let fails = |query: &str| {
        let request = Request {
            query: parse(query, Match::All).expect("a sound query"),
            ..Request::default()
        };
        engine.search(&request).err().map(|e| e.to_string())
    };
    assert_eq!(fails("a*"), None);
    assert_eq!(fails("a* OR b* OR c* OR d*"), None);
    assert_eq!(
        fails("g*").as_deref(),
        Some("`g*` stands for more than 256 words")
    );
    let many: String = (0..40).map(|i| format!("a{i:02}* ")).collect();
    assert_eq!(
        fails(&many).as_deref(),
        Some("more than 32 patterns and misspellings")
    );
    assert_eq!(
        fails("a* OR b* OR c* OR d* OR e*").as_deref(),
        Some("the patterns of the query stand for more than 1024 words together")
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn windows_are_as_counted(
        texts in proptest::collection::vec(proptest::collection::vec(0u8..6, 1..25), 1..12),
        first in 0u8..6, second in 0u8..6, distance in 1usize..12,
    ) {
        let engine = fresh();
        let text = |words: &[u8]| words.iter().map(|w| format!("word{w}")).collect::<Vec<_>>().join(" ");
        put(engine.as_ref(), texts.iter().enumerate().map(|(i, words)| record(&format!("d{i}"), &text(words))));
        let expected = |ordered: bool| {
            let meets = |words: &Vec<u8>| (0..words.len()).any(|a| (0..words.len()).any(|b| {
                a != b && words[a] == first && words[b] == second && a.abs_diff(b) <= distance && (!ordered || a < b)
            }));
            let mut ids: Vec<String> = texts.iter().enumerate().filter(|(_, w)| meets(w)).map(|(i, _)| format!("d{i}")).collect();
            ids.sort();
            ids
        };
        for (query, ordered) in [("NEAR", false), ("BEFORE", true)] {
            let query = format!("word{first} {query}/{distance} word{second}");
            prop_assert_eq!(ids(engine.as_ref(), &query), expected(ordered), "{}", query);
        }
        let phrase = format!("\"word{first} word{second}\"~{distance}");
        prop_assert_eq!(ids(engine.as_ref(), &phrase), expected(false), "{}", phrase);
    }
}
