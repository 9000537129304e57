//! Pages of one answer while records are written: they are all of one commit, as long as that is held.

use std::{fmt::Write, sync::Arc};

use axum::http::StatusCode;
use memcon::{
    config::Settings,
    index::{Engine, Location, open},
    record::{Passage, Record, RecordId},
    search::{Page, Problem, Search},
};
use proptest::prelude::*;

use crate::support::{app_over, get};

fn fresh() -> (Arc<dyn Engine>, Search) {
    let engine: Arc<dyn Engine> = Arc::from(open(Location::Memory).expect("an engine in memory"));
    (engine.clone(), Search::new(engine))
}

/// Puts records of these numbers, of several lengths, in one commit.
fn put(engine: &dyn Engine, numbers: impl IntoIterator<Item = usize>) {
    let mut writer = engine.writer().expect("the one writer");
    for n in numbers {
        let record = Record {
            id: RecordId::new("v", &format!("d{n}")).expect("a sound id"),
            passages: vec![Passage {
                text: format!("herring {}", "tide ".repeat(n % 7)),
                ..Passage::default()
            }],
            ..Record::default()
        };
        writer.put(record).expect("put");
    }
    writer.commit().expect("commit");
    writer.finish().expect("finish");
}

fn ask(search: &Search, limit: usize, cursor: Option<&str>) -> Result<Page, Problem> {
    let mut params = vec![
        ("q".to_owned(), "herring".to_owned()),
        ("limit".to_owned(), limit.to_string()),
    ];
    params.extend(cursor.map(|c| ("cursor".to_owned(), c.to_owned())));
    search.search_records(&params)
}

fn names(page: &Page) -> Vec<String> {
    page.hits.iter().map(|h| h.card.id.to_string()).collect()
}

/// Every hit, page after page, with something done between them.
fn paged(search: &Search, limit: usize, between: &mut dyn FnMut()) -> Vec<String> {
    let mut page = ask(search, limit, None).expect("an answer");
    let total = page.total;
    let mut found = names(&page);
    while let Some(cursor) = page.cursor {
        between();
        page = ask(search, limit, Some(&cursor)).expect("the next page");
        assert_eq!(page.total, total);
        found.extend(names(&page));
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_of_any_size_give_one_list_whatever_is_written(count in 1usize..40, limit in 1usize..12, step in 1usize..12) {
        let (engine, search) = fresh();
        put(engine.as_ref(), 0..count);
        let whole = names(&ask(&search, 200, None).expect("an answer"));
        prop_assert_eq!(whole.len(), count);
        prop_assert_eq!(&paged(&search, step, &mut || {}), &whole);
        let mut next = 0;
        let paged = paged(&search, limit, &mut || {
            // New records, and others in the place of old ones.
            put(engine.as_ref(), [next, 100 + next]);
            next += 1;
        });
        prop_assert_eq!(paged, whole);
    }
}

#[test]
fn a_cursor_leads_on_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let started = |location| Search::new(Arc::from(open(location).expect("opened")));
    let engine = open(Location::Folder(folder.path())).expect("made");
    put(engine.as_ref(), 0..9);
    drop(engine);
    let before = started(Location::Existing(folder.path()));
    let first = ask(&before, 5, None).expect("an answer");
    drop(before);
    let again = started(Location::Existing(folder.path()));
    let second = ask(&again, 5, first.cursor.as_deref()).expect("the next page");
    assert_eq!((first.hits.len(), second.hits.len()), (5, 4));
}

#[tokio::test]
async fn a_cursor_that_is_held_no_longer_says_so() {
    let (engine, search) = fresh();
    put(engine.as_ref(), 0..9);
    let old = ask(&search, 5, None).expect("an answer").cursor;
    for n in 0..5 {
        put(engine.as_ref(), [100 + n]);
        ask(&search, 5, None).expect("an answer");
    }
    let mut uri = "/v1/search?q=herring&limit=5&cursor=".to_owned();
    write!(uri, "{}", old.expect("a cursor")).expect("written");
    let app = app_over(engine, &Settings::default());
    let (status, _, body) = get(&app, &uri).await;
    assert_eq!(status, StatusCode::GONE);
    insta::assert_snapshot!(
        format!("{} ({})", body["detail"].as_str().expect("a fact"), body["hint"].as_str().expect("a hint")),
        @"records have been written since this cursor was given, and the answer to which it belongs is no longer held (ask again from the first page, without `cursor`)"
    );
}
