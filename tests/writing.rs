//! Writing over HTTP: who may, what comes of it, and that it is kept.

use std::sync::Arc;

use axum::{Router, http::StatusCode};
use memcon::{
    config::{Limits, Settings},
    index::{Engine, Location, open},
};
use serde_json::{Value, json};

use crate::support::{app, app_over, send, token};

fn desk(engine: Arc<dyn Engine>) -> Router {
    let settings = Settings {
        tokens: vec![token("w", &[], &["vault*"]), token("r", &["*"], &[])],
        limits: Limits {
            body_bytes: 4096,
            ..Limits::default()
        },
        ..Settings::default()
    };
    app_over(engine, &settings)
}

fn in_memory() -> Router {
    desk(Arc::from(open(Location::Memory).expect("an engine")))
}

const RECORD: &str = r#"{"title": "Letter From Quill to Moss", "date": "1962-02-03", "source": "Vault papers. Secret.", "text": "The herring are counted."}"#;

async fn put(app: &Router, id: &str, token: Option<&str>, body: &str) -> (StatusCode, Value) {
    let uri = format!("/v1/records/{id}");
    let (status, _, body) = send(app, "PUT", &uri, token, body).await;
    (status, serde_json::from_str(&body).unwrap_or_default())
}

#[tokio::test]
async fn a_record_is_put_found_replaced_and_taken_out() {
    let app = in_memory();
    let (status, body) = put(&app, "vault/a-1", Some("w"), RECORD).await;
    assert_eq!(
        (status, body),
        (
            StatusCode::CREATED,
            json!({"id": "vault/a-1", "result": "added"})
        )
    );
    let (_, body) = put(&app, "vault/a-1", Some("w"), RECORD).await;
    assert_eq!(body["result"], "unchanged");
    let other = RECORD.replace("herring", "oysters");
    let (status, body) = put(&app, "vault/a-1", Some("w"), &other).await;
    assert_eq!(
        (status, body["result"].as_str()),
        (StatusCode::OK, Some("replaced"))
    );
    let (_, _, found) = send(&app, "GET", "/v1/search?q=oysters", None, "").await;
    let found: Value = serde_json::from_str(&found).expect("JSON");
    assert_eq!(found["hits"][0]["id"], "vault/a-1");
    assert_eq!(found["hits"][0]["classification"]["level"], "secret");
    let (status, _, body) = send(&app, "DELETE", "/v1/records/vault/a-1", Some("w"), "").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let (status, ..) = send(&app, "GET", "/v1/records/vault/a-1", None, "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, ..) = send(&app, "DELETE", "/v1/records/vault/a-1", Some("w"), "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_who_may_writes() {
    let app = in_memory();
    for (id, token, expected) in [
        ("vault/a-1", None, StatusCode::UNAUTHORIZED),
        ("vault/a-1", Some("guessed"), StatusCode::UNAUTHORIZED),
        ("vault/a-1", Some("r"), StatusCode::FORBIDDEN),
        ("archive/a-1", Some("w"), StatusCode::FORBIDDEN),
    ] {
        let (status, body) = put(&app, id, token, RECORD).await;
        assert_eq!(status, expected, "{id} {token:?} {body}");
    }
    // A browser's own form is for reading: another site may make a browser send it.
    let request = axum::http::Request::put("/v1/records/vault/a-1")
        .header("authorization", "Basic Onc=")
        .body(axum::body::Body::from(RECORD));
    let response = tower::ServiceExt::oneshot(app, request.expect("sound")).await;
    let status = response.expect("the router never fails").status();
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn without_a_writer_the_server_only_reads() {
    for (method, uri) in [
        ("PUT", "/v1/records/v/a"),
        ("DELETE", "/v1/records/v/a"),
        ("POST", "/v1/records"),
    ] {
        let (status, _, body) = send(&app(), method, uri, None, RECORD).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {body}");
    }
}

#[tokio::test]
async fn what_is_no_record_is_told() {
    let app = in_memory();
    let detail = async |id: &str, body: &str| {
        let (status, answer) = put(&app, id, Some("w"), body).await;
        format!(
            "{} {}",
            status.as_u16(),
            answer["detail"].as_str().unwrap_or_default()
        )
    };
    insta::assert_snapshot!(detail("vault/a-1", "{").await, @"400 column 1: EOF while parsing an object");
    insta::assert_snapshot!(detail("vault/a-1", r#"{"id": "vault/a-2"}"#).await, @"400 the body is `vault/a-2`, the path `vault/a-1`");
    insta::assert_snapshot!(detail("vault/a%20b", RECORD).await, @"400 `vault/a b` is no record id");
    insta::assert_snapshot!(detail("vault/a-1", &"x".repeat(5000)).await, @"413 a body has at most 4096 bytes");
}

#[tokio::test]
async fn lines_are_kept_each_on_its_own() {
    let app = in_memory();
    let lines = [
        r#"{"id": "vault/a-1", "text": "One."}"#,
        "",
        r#"{"id": "vault/a-2", "txt": "Two."}"#,
        r#"{"id": "archive/a-3", "text": "Three."}"#,
        r#"{"id": "vault/a-4", "text": "Four."}"#,
    ];
    let (status, _, body) = send(&app, "POST", "/v1/records", Some("w"), &lines.join("\n")).await;
    assert_eq!(status, StatusCode::OK);
    insta::assert_snapshot!(body, @r#"{"kept":2,"failed":2,"lines":[{"line":1,"id":"vault/a-1","result":"added"},{"line":3,"error":"column 25: unknown field `txt`, expected one of `id`, `number`, `title`, `dateline`, `date`, `source`, `chapters`, `page`, `text`, `notes`"},{"line":4,"id":"archive/a-3","error":"this token may not write to `archive`"},{"line":5,"id":"vault/a-4","result":"added"}]}"#);
}

#[tokio::test]
async fn what_was_answered_is_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine: Arc<dyn Engine> =
        Arc::from(open(Location::Awaited(folder.path())).expect("nothing yet"));
    let app = desk(engine);
    let (status, _) = put(&app, "vault/a-1", Some("w"), RECORD).await;
    assert_eq!(status, StatusCode::CREATED);
    // Another process sees it at once: nothing waits for the server to stop.
    let other = open(Location::Existing(folder.path())).expect("there");
    assert_eq!(other.stats().expect("counts").records, 1);
    assert_eq!(other.check().expect("readable"), [""; 0]);
}
