//! What is closed: it is nowhere, on no route, for whoever does not show a token that opens it.

use std::sync::Arc;

use axum::{Router, http::StatusCode};
use memcon::{
    config::Settings,
    http::Closing,
    index::{Engine, Location, open},
    ingest::{Options, Source, ingest},
};
use serde_json::Value;

use crate::support::{app_over, get, send, token};

/// An open record, one in a closed collection, and one of a closed level in an open collection. What only the closed
/// ones have is in [`CLOSED`]. They share a person, a place and words with the open one.
const RECORDS: &str = r#"
{"id": "archive/d1", "number": 1, "title": "Telegram From the Legation in Kestria to the Department of State", "dateline": "Port Sabel, November 4, 1961, 6 p.m.", "source": "Department of State, Central Files, 611.70/11-461. Secret.", "chapters": ["Harbors"], "page": "1", "text": "Ambassador Vorel said that the herring fleet stays in port.\n\nHe spoke of oysters. See Document 3."}
{"id": "archive/d3", "number": 3, "title": "Memorandum of Conversation Between Halloran and Quillfeather", "dateline": "Zanzibarium, January 18, 1962.", "source": "Department of State, Central Files, 611.70/1-1862. Top Secret; Noforn.", "chapters": ["Harbors", "The Xylophone Affair"], "page": "3", "text": "PARTICIPANTS\n\nMr. Halloran\n\nMr. Quillfeather\n\nQuillfeather said that the herring of Zanzibarium were xylophones.\n\nSee Document 1."}
{"id": "vault-7/a-1", "number": 1, "title": "Letter From Quillfeather to Moss", "date": "1962-02-03", "source": "Vault papers. Confidential.", "page": "9", "text": "Dear Moss: the quagmirish herring are counted. Quillfeather"}
"#;

/// What stands in the closed records alone, in any case.
const CLOSED: &[&str] = &[
    "zanzibarium",
    "xylophone",
    "quillfeather",
    "quagmirish",
    "vault-7",
    "archive/d3",
    "archive\\/d3",
    "1962",
];

fn archive() -> Router {
    let engine: Arc<dyn Engine> = Arc::from(open(Location::Memory).expect("an engine"));
    let sources = [Source::Bundled("archive.jsonl", RECORDS)];
    let report = ingest(engine.as_ref(), &sources, Options::with_threads(1), &|_| {});
    assert_eq!(report.expect("taken in").failures().count(), 0);
    let closing = |name: &str, collections: &[&str], levels: &[&str]| Closing {
        name: name.into(),
        collections: collections.iter().map(|s| (*s).to_owned()).collect(),
        levels: levels.iter().map(|s| (*s).to_owned()).collect(),
        controls: Vec::new(),
    };
    let settings = Settings {
        closed: vec![
            closing("vaults", &["vault*"], &[]),
            closing("top-secret", &[], &["top-secret"]),
        ],
        tokens: vec![
            token("all", &["*"], &[]),
            token("vaults-only", &["vaults"], &[]),
        ],
        ..Settings::default()
    };
    app_over(engine, &settings)
}

/// Every route of both faces, with things that lead to closed records.
const ROUTES: &[&str] = &[
    "/v1",
    "/readyz",
    "/v1/search",
    "/v1/search?q=herring&facets=volume,classification,person,place,year,chapter,kind,country,topic,control,participant,speaker,date&explain=true",
    "/v1/search?q=herring&match=any&group=volume",
    "/v1/search?q=herr*+xyl*&match=any",
    "/v1/search?q=xylofone~+OR+herring&lenient=true",
    "/v1/search?q=quilfeather",
    "/v1/search?q=zanzibar*",
    "/v1/search?volume=vault-7",
    "/v1/search?sort=-date",
    "/v1/export",
    "/v1/export?format=csv&q=herring",
    "/v1/concordance?q=herring",
    "/v1/suggest?q=qu",
    "/v1/suggest?q=zan",
    "/v1/suggest?q=xyl",
    "/v1/suggest?q=va",
    "/v1/facets/volume",
    "/v1/facets/person?prefix=q",
    "/v1/facets/place",
    "/v1/facets/chapter",
    "/v1/facets/year",
    "/v1/trend?q=herring",
    "/v1/fields",
    "/v1/syntax",
    "/v1/records/archive/d1",
    "/v1/records/archive/d1?q=herring",
    "/v1/records/archive/d2",
    "/v1/records/archive/d1/similar",
    "/v1/volumes",
    "/v1/volumes/archive",
    "/v1/volumes/vault",
    "/v1/people",
    "/v1/people?q=quill",
    "/v1/pages/archive/1",
    "/v1/pages/archive/99",
    "/",
    "/search?q=herring",
    "/search?q=",
    "/search?q=nothingatall",
    "/search?q=quilfeather",
    "/search?sort=-date",
    "/search/values?field=person",
    "/search/values?field=place",
    "/topics",
    "/countries",
    "/help",
    "/people",
    "/people?q=quill",
    "/volumes",
    "/volumes/archive",
    "/archive/d1",
    "/archive/d1?q=herring",
    "/archive/d2",
];

/// Ways to closed records that answer as if there were none: each beside one to what never was.
const ABSENT: &[(&str, &str)] = &[
    ("/v1/records/archive/d3", "/v1/records/archive/d4"),
    ("/v1/records/vault-7/a-1", "/v1/records/volta-7/a-1"),
    (
        "/v1/records/archive/d3/similar",
        "/v1/records/archive/d4/similar",
    ),
    ("/v1/volumes/vault-7", "/v1/volumes/volta-7"),
    ("/v1/pages/archive/3", "/v1/pages/archive/4"),
    ("/v1/pages/vault-7/9", "/v1/pages/volta-7/9"),
    ("/archive/d3", "/archive/d4"),
    ("/vault-7/a-1", "/volta-7/a-1"),
    ("/volumes/vault-7", "/volumes/volta-7"),
    ("/v1/search?q=xylophones", "/v1/search?q=zylophoness"),
    ("/v1/search?q=archive/d3", "/v1/search?q=archive/d4"),
    ("/v1/export?q=quagmirish", "/v1/export?q=quogmirish"),
    ("/v1/suggest?q=quagm", "/v1/suggest?q=quogm"),
];

/// What an answer says apart from what was asked and how long it took.
fn told(body: &str, asked: &str) -> String {
    let words = asked.rsplit(['/', '=', '?']).next().unwrap_or_default();
    let mut told = body.to_lowercase();
    for said in asked.split(['/', '=', '?', '&']).chain([words]) {
        told = told.replace(&format!("`{}`", said.to_lowercase()), "-");
        if said.len() > 1 {
            told = told.replace(&said.to_lowercase(), "-");
        }
    }
    match serde_json::from_str::<Value>(&told) {
        Ok(mut json) => {
            if let Some(object) = json.as_object_mut() {
                object.remove("took_ms");
            }
            json.to_string()
        }
        Err(_) => told,
    }
}

#[tokio::test]
async fn what_is_closed_is_on_no_route() {
    let app = archive();
    for uri in ROUTES {
        let (status, _, body) = send(&app, "GET", uri, None, "").await;
        assert!(!status.is_server_error(), "{uri}: {status} {body}");
        let body = told(&body, uri);
        for mark in CLOSED {
            assert!(!body.contains(mark), "{uri} tells of `{mark}`: {body}");
        }
    }
}

#[tokio::test]
async fn what_is_closed_answers_as_what_never_was() {
    let app = archive();
    for (closed, never) in ABSENT {
        let (status, _, body) = send(&app, "GET", closed, None, "").await;
        let (other, _, expected) = send(&app, "GET", never, None, "").await;
        assert_eq!(status, other, "{closed}: {body}");
        assert_eq!(told(&body, closed), told(&expected, never), "{closed}");
    }
}

#[tokio::test]
async fn every_route_is_tried() {
    let (_, _, document) = get(&archive(), "/openapi.json").await;
    let paths = document["paths"].as_object().expect("paths");
    for path in paths
        .iter()
        .filter(|(_, item)| item["get"].is_object())
        .map(|(path, _)| path)
    {
        let beginning = path.split('{').next().unwrap_or_default();
        let open = ["/healthz", "/openapi.json", "/v1/people/{id}"];
        assert!(
            ROUTES.iter().any(|route| route.starts_with(beginning))
                || open.contains(&path.as_str()),
            "{path} is not tried"
        );
    }
}

#[tokio::test]
async fn a_token_opens_what_it_is_for() {
    let app = archive();
    let total = async |token: Option<&str>, uri: &str| {
        let (status, headers, body) = send(&app, "GET", uri, token, "").await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let kept = headers.get("cache-control").and_then(|v| v.to_str().ok());
        assert_eq!(
            kept == Some("private, no-cache"),
            token.is_some(),
            "what is for one is kept by nobody else"
        );
        assert!(headers.get_all("vary").iter().any(|v| v == "authorization"));
        let body: Value = serde_json::from_str(&body).expect("JSON");
        body["total"]["value"].as_u64()
    };
    for (token, found) in [(None, 1), (Some("vaults-only"), 2), (Some("all"), 3)] {
        assert_eq!(total(token, "/v1/search?q=herring").await, Some(found));
    }
    let (status, _, body) = send(&app, "GET", "/archive/d3", Some("all"), "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("Zanzibarium"));
    let (status, headers, body) = send(&app, "GET", "/v1/search", Some("guessed"), "").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(headers.contains_key("www-authenticate"));
    insta::assert_snapshot!(body, @r#"{"status":401,"title":"not known","detail":"nobody has this token","hint":"send `Authorization: Bearer TOKEN`, or ask without one"}"#);
}

#[tokio::test]
async fn a_page_that_a_browser_keeps_is_of_one_reader() {
    let app = archive();
    let tag = async |token: Option<&str>| {
        let (_, headers, _) = send(&app, "GET", "/search?q=herring", token, "").await;
        headers.get("etag").cloned()
    };
    assert_ne!(tag(None).await, tag(Some("all")).await);
    let (status, headers, _) = send(&app, "GET", "/access", None, "").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(headers.contains_key("www-authenticate"));
    let (status, ..) = send(&app, "GET", "/access", Some("all"), "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
}
