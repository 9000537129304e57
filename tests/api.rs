//! The JSON face: content types, headers, paging, OpenAPI.

use std::io::Read;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use tower::ServiceExt;

use crate::support::{app, fetch, get};

#[tokio::test]
async fn cursors_lead_through_every_hit_once() {
    let app = app();
    let (_, _, whole) = get(&app, "/v1/search?q=the&limit=200&passages=0").await;
    let ids = |body: &serde_json::Value| {
        let hits = body["hits"].as_array().expect("hits");
        hits.iter()
            .map(|h| h["id"].as_str().expect("an id").to_owned())
            .collect::<Vec<_>>()
    };
    let mut paged = Vec::new();
    let mut uri = "/v1/search?q=the&limit=5&passages=0".to_owned();
    loop {
        let (_, _, page) = get(&app, &uri).await;
        paged.extend(ids(&page));
        match page["cursor"].as_str() {
            Some(cursor) => uri = format!("/v1/search?q=the&limit=5&passages=0&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(paged, ids(&whole));
    assert!(paged.len() > 5);
}

#[tokio::test]
async fn an_export_has_every_hit_once() {
    let text = |uri: &'static str| async move {
        let request = Request::get(uri).body(Body::empty()).expect("sound");
        let response = app().oneshot(request).await.expect("never fails");
        assert_eq!(response.status(), StatusCode::OK, "{uri}");
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await;
        String::from_utf8(bytes.expect("a body").to_vec()).expect("UTF-8")
    };
    let lines = text("/v1/export?q=lighthouse&sort=date").await;
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 8);
    assert_eq!(lines[0]["id"], "specimens1962v01/d2");
    assert!(
        lines[0]["passage"]["text"]
            .as_str()
            .is_some_and(|t| t.contains("lighthouse"))
    );
    let csv = text("/v1/export?format=csv&kind=letter").await;
    insta::assert_snapshot!(csv.replace("\r\n", "\n"));
    let everything = text("/v1/export?format=csv").await;
    assert_eq!(everything.lines().count(), 13);
}

#[tokio::test]
async fn an_export_can_be_packed() {
    let app = app();
    for uri in [
        "/v1/export",
        "/v1/export?format=csv",
        "/v1/export?q=nowhere",
    ] {
        let request = Request::get(uri).header("accept-encoding", "gzip");
        let request = request.body(Body::empty()).expect("sound");
        let response = app.clone().oneshot(request).await.expect("never fails");
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await;
        let (_, _, plain) = fetch(&app, uri).await;
        let mut unpacked = Vec::new();
        flate2::read::MultiGzDecoder::new(&bytes.expect("a body to its end")[..])
            .read_to_end(&mut unpacked)
            .expect("gzip");
        assert_eq!(unpacked, plain, "{uri}");
    }
}

#[tokio::test]
async fn errors_are_problem_json_and_answers_are_json() {
    let app = app();
    let (status, content_type, _) = get(&app, "/v1/search?q=(").await;
    assert_eq!(
        (status, content_type.as_str()),
        (StatusCode::BAD_REQUEST, "application/problem+json")
    );
    let (status, content_type, _) = get(&app, "/v1/search?q=harbor").await;
    assert_eq!(
        (status, content_type.as_str()),
        (StatusCode::OK, "application/json")
    );
}

#[tokio::test]
async fn only_reading_is_offered() {
    let request = Request::post("/v1/search")
        .body(Body::empty())
        .expect("sound");
    let response = app()
        .oneshot(request)
        .await
        .expect("the router never fails");
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
}

#[tokio::test]
async fn answers_carry_their_safeguards() {
    let request = Request::get("/v1/fields")
        .body(Body::empty())
        .expect("sound");
    let response = app()
        .oneshot(request)
        .await
        .expect("the router never fails");
    let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("content-security-policy"), "default-src 'none'");
    assert!(!header("x-request-id").is_empty());
}

#[tokio::test]
async fn odd_requests_are_answered_calmly() {
    let app = app();
    for (uri, expected) in [
        ("/v1/search?q=%00%ff", StatusCode::OK),
        ("/v1/search?q=%22", StatusCode::BAD_REQUEST),
        (
            "/v1/search?cursor=ffffffffffffffff-0-0",
            StatusCode::BAD_REQUEST,
        ),
        ("/v1/records/../../etc/passwd", StatusCode::NOT_FOUND),
        ("/v1/records/%2e%2e/%2e%2e", StatusCode::NOT_FOUND),
        ("/v1/records/", StatusCode::NOT_FOUND),
        ("/v1/records/%ff", StatusCode::BAD_REQUEST),
        ("/v1/pages/%ff/1", StatusCode::BAD_REQUEST),
        (
            "/v1/pages/specimens1962v01/%3Cscript%3E",
            StatusCode::NOT_FOUND,
        ),
    ] {
        let (status, content_type, _) = get(&app, uri).await;
        assert_eq!(status, expected, "{uri}");
        let dress = if status.is_success() {
            "application/json"
        } else {
            "application/problem+json"
        };
        assert_eq!(content_type, dress, "{uri}");
    }
    let long = format!("/v1/search?q={}", "a".repeat(5000));
    assert_eq!(get(&app, &long).await.0, StatusCode::BAD_REQUEST);
    let deep = format!("/v1/search?q={}", "(".repeat(1900));
    assert_eq!(get(&app, &deep).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_description_names_every_filter_and_every_route() {
    let (_, _, document) = get(&app(), "/openapi.json").await;
    let parameters = document["paths"]["/v1/search"]["get"]["parameters"]
        .as_array()
        .expect("parameters");
    let names: Vec<&str> = parameters
        .iter()
        .filter_map(|p| p["name"].as_str())
        .collect();
    for field in memcon::schema::schema().filters() {
        assert!(
            names.contains(&field.name.as_str()),
            "{} is not described",
            field.name
        );
    }
    let mut paths: Vec<&str> = document["paths"]
        .as_object()
        .expect("paths")
        .keys()
        .map(String::as_str)
        .collect();
    paths.sort_unstable();
    insta::assert_snapshot!(paths.join("\n"), @r"
    /healthz
    /readyz
    /v1
    /v1/concordance
    /v1/export
    /v1/facets/{field}
    /v1/fields
    /v1/pages/{volume}/{page}
    /v1/people
    /v1/people/{id}
    /v1/records
    /v1/records/{volume}/{name}
    /v1/records/{volume}/{name}/similar
    /v1/search
    /v1/suggest
    /v1/syntax
    /v1/trend
    /v1/volumes
    /v1/volumes/{id}
    ");
}

#[tokio::test]
async fn every_operation_describes_its_problems() {
    let (_, _, document) = get(&app(), "/openapi.json").await;
    let statuses = |path: &str| {
        let responses = document["paths"][path]["get"]["responses"].as_object();
        let mut statuses: Vec<&str> = responses
            .expect("responses")
            .iter()
            .filter(|(status, response)| {
                *status == "200" || response["content"]["application/problem+json"].is_object()
            })
            .map(|(status, _)| status.as_str())
            .collect();
        statuses.sort_unstable();
        statuses.join(" ")
    };
    for (path, expected) in [
        ("/healthz", "200 401 405 413 414 429 500 503"),
        ("/v1/suggest", "200 400 401 405 413 414 429 500 503"),
        ("/v1/search", "200 400 401 405 410 413 414 429 500 503"),
        ("/v1/people/{id}", "200 400 401 404 405 413 414 429 500 503"),
    ] {
        assert_eq!(statuses(path), expected, "{path}");
    }
}

#[tokio::test]
async fn a_search_hides_no_shape() {
    let (_, _, mut body) = get(&app(), "/v1/search?q=%22patient+man%22&facets=kind").await;
    body["took_ms"] = 0.into();
    body["hits"][0]["score"] = 0.into();
    insta::assert_snapshot!(serde_json::to_string_pretty(&body).expect("JSON"));
}
