//! People and citations over the whole server, on records made here: the specimens have neither.

use std::sync::Arc;

use axum::{Router, http::StatusCode};
use memcon::{
    config::Settings,
    index::{Location, open},
    normalise::parse_date,
    record::{Appearance, Citation, Identity, Pages, Part, Passage, Record, RecordId},
};
use serde_json::{Value, json};

use crate::support::{app_over, get};

fn record(volume: &str, name: &str, date: &str, people: &[(&str, &[Part])]) -> Record {
    let appearance = |(name, parts): &(&str, &[Part])| Appearance {
        name: (*name).into(),
        parts: parts.to_vec(),
        ..Appearance::default()
    };
    Record {
        id: RecordId::new(volume, name).expect("a sound id"),
        kind: "letter".into(),
        date: parse_date(date),
        people: people.iter().map(appearance).collect(),
        passages: vec![Passage {
            page: Some("7".into()),
            breaks: vec![(2, "8".into())],
            speaker: Some("Vorel".into()),
            addressee: Some("Quill".into()),
            text: "The herring.".into(),
            ..Passage::default()
        }],
        ..Record::default()
    }
}

fn app(records: Vec<Record>, people: &[(&str, &str, &str)]) -> Router {
    let engine = open(Location::Memory).expect("an engine in memory");
    let mut writer = engine.writer().expect("the one writer");
    for record in records {
        writer.put(record).expect("put");
    }
    for (id, name, form) in people {
        let identity = Identity {
            id: (*id).into(),
            name: (*name).into(),
            forms: vec![(*form).into()],
            born: Some("1907".into()),
            ..Identity::default()
        };
        writer.put_person(identity).expect("put");
    }
    writer.commit().expect("commit");
    writer.finish().expect("finish");
    app_over(Arc::from(engine), &Settings::default())
}

fn populated() -> Router {
    use Part::{Drafts, Mentioned, Participates, Receives, Speaks, Writes};
    let (vorel, quill, moss) = ("Vorel, Anton", "Quill, Ada", "Moss, Carl");
    let records = vec![
        record(
            "v",
            "d1",
            "May 1, 1961",
            &[(vorel, &[Speaks, Participates]), (quill, &[Participates])],
        ),
        record(
            "v",
            "d2",
            "May 2, 1961",
            &[
                (vorel, &[Participates]),
                (quill, &[Participates, Drafts]),
                (moss, &[Participates]),
            ],
        ),
        record(
            "v",
            "d3",
            "May 3, 1962",
            &[(vorel, &[Writes, Mentioned]), (moss, &[Receives])],
        ),
        record(
            "v",
            "d4",
            "May 4, 1962",
            &[("Vorel, Anton Jr.", &[Writes, Mentioned])],
        ),
    ];
    let people = [
        ("vorel-anton", vorel, "Baron Zahn"),
        ("quill-ada", quill, "Lady Quill"),
        ("nobody", "Nemo, Nick", "Nix"),
    ];
    app(records, &people)
}

#[tokio::test]
async fn people_are_found_by_the_beginnings_of_their_names() {
    let app = populated();
    for (query, total, first) in [
        ("", 3, "vorel-anton"),
        ("?q=vor", 1, "vorel-anton"),
        ("?q=ant+vorel", 1, "vorel-anton"),
        ("?q=ZAHN", 1, "vorel-anton"),
        ("?q=orel", 0, ""),
        ("?offset=1&limit=1", 3, "quill-ada"),
    ] {
        let (_, _, body) = get(&app, &format!("/v1/people{query}")).await;
        assert_eq!(body["total"], total, "{query}");
        assert_eq!(
            body["people"][0]["id"].as_str().unwrap_or(""),
            first,
            "{query}"
        );
    }
    let (status, _, problem) = get(&app, "/v1/people?limt=1").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(problem["hint"], "did you mean `limit`?");
}

#[tokio::test]
async fn a_person_is_counted_dated_and_met() {
    let app = populated();
    let (_, _, body) = get(&app, "/v1/people/vorel-anton").await;
    assert_eq!(
        body,
        json!({
            "id": "vorel-anton", "name": "Vorel, Anton", "born": "1907", "died": null,
            "counts": { "speaks": 1, "participates": 2, "writes": 1, "receives": 0, "drafts": 0, "mentioned": 1, "any": 3 },
            "forms": ["Baron Zahn"], "offices": [],
            "timeline": [{ "year": "1961", "records": 2 }, { "year": "1962", "records": 1 }],
            "met": [
                { "id": "quill-ada", "name": "Quill, Ada", "records": 2 },
                { "id": null, "name": "Moss, Carl", "records": 1 }
            ]
        })
    );
    let (status, _, problem) = get(&app, "/v1/people/vorel-antom").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(problem["detail"], "there is no person `vorel-antom`");
    assert_eq!(problem["hint"], "did you mean `vorel-anton`?");
}

fn telegram(volume: &str, name: &str, date: &str) -> Record {
    Record {
        telegram: Some("77".into()),
        from: Some("the Embassy in Kestria".into()),
        passages: Vec::new(),
        ..record(volume, name, date, &[])
    }
}

fn citing(name: &str, date: &str, citation: Citation) -> Record {
    Record {
        citations: vec![citation],
        passages: Vec::new(),
        ..record("v", name, date, &[])
    }
}

fn by_number() -> Citation {
    Citation {
        telegram: Some("77".into()),
        sender: Some("Embassy in Kestria".into()),
        ..Citation::default()
    }
}

async fn links(app: &Router, id: &str) -> (Value, Value) {
    let (status, _, body) = get(app, &format!("/v1/records/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    (body["cites"].clone(), body["cited_by"].clone())
}

#[tokio::test]
async fn pages_and_records_lead_to_each_other() {
    let pages = |first: &str, last: &str| Citation {
        volume: Some("w".into()),
        pages: Some(Pages {
            first: first.into(),
            last: last.into(),
        }),
        ..Citation::default()
    };
    let referring = Record {
        references: vec![
            RecordId::new("v", "d1").expect("sound"),
            RecordId::new("v", "d99").expect("sound"),
        ],
        ..citing("d3", "May 3, 1961", pages("8", "9"))
    };
    let app = app(
        vec![
            citing("d1", "May 1, 1961", pages("8", "8")),
            citing("d2", "May 2, 1961", pages("9", "9")),
            referring,
            record("w", "d5", "May 5, 1961", &[]),
        ],
        &[],
    );
    assert_eq!(
        links(&app, "v/d1").await,
        (json!(["w/d5"]), json!(["v/d3"]))
    );
    assert_eq!(links(&app, "v/d2").await, (json!([]), json!([])));
    assert_eq!(links(&app, "v/d3").await.0, json!(["v/d1", "w/d5"]));
    assert_eq!(
        links(&app, "w/d5").await,
        (json!([]), json!(["v/d1", "v/d3"]))
    );
    let (_, _, body) = get(&app, "/v1/records/w/d5").await;
    assert_eq!(body["cited_by_total"], 2);
    assert_eq!(body["passages"][0]["to"], "Quill");
    let (_, _, body) = get(&app, "/v1/search?q=herring").await;
    assert_eq!(body["hits"][0]["passages"][0]["to"], "Quill");
}

#[tokio::test]
async fn a_telegram_is_the_nearest_of_its_number_and_sender() {
    let app = app(
        vec![
            telegram("v", "d1", "May 1, 1961"),
            telegram("v", "d2", "May 30, 1961"),
            telegram("v", "d3", "May 1, 1964"),
            telegram("w", "d4", "May 3, 1961"),
            citing("d5", "May 3, 1961", by_number()),
            citing("d6", "December 1, 1967", by_number()),
            citing("d7", "undated", by_number()),
        ],
        &[],
    );
    assert_eq!(
        links(&app, "v/d5").await.0,
        json!(["v/d1"]),
        "its own volume comes first"
    );
    assert_eq!(
        links(&app, "v/d6").await.0,
        json!([]),
        "numbers begin anew every year"
    );
    assert_eq!(
        links(&app, "v/d7").await.0,
        json!([]),
        "several fit equally"
    );
}
