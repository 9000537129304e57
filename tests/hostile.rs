//! Records and requests that mean harm: nothing in them runs in a page, leads a reader away, or gets out of its
//! folder.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode},
};
use memcon::{
    config::Settings,
    index::{Location, open},
    ingest::{Options, find, ingest},
};
use scraper::{Html, Selector};
use tower::ServiceExt;

use crate::support::{app, app_over, fetch};

/// A page made to catch readers, as an OCR or a reader might hand it on, in every part of a record.
const RECORD: &str = r#"{"id": "trap/d1", "number": 1, "title": "</title><script>alert(1)</script> Telegram From \"><img src=x onerror=alert(2)> to Moss", "dateline": "<svg/onload=alert(3)>, November 4, 1961.", "source": "<a href=\"javascript:alert(4)\">Department of State</a>, {{7*7}}. Secret.", "chapters": ["<iframe src=//evil.example>", "<b>Harbors</b>"], "page": "1\"><script>alert(5)</script>", "text": "<b>Subject</b>: <script>alert(6)</script>\n\nPARTICIPANTS\n\nMr. <img/src=x/onerror=alert(7)> Moss\n\n<form action=//evil.example><input name=token></form> Your session is over: sign in at <a href=\"data:text/html,x\">here</a>. herring `onclick=alert(8)` ' onmouseover='alert(9)\n\n]]> --> <!-- %3Cscript%3E &lt;script&gt; \\u003cscript\\u003e", "notes": ["<script src=//evil.example/x.js></script>", "See Document 1."]}"#;

fn trap() -> Router {
    let folder = tempfile::tempdir().expect("a folder");
    let name = "<img src=x onerror=alert(0)>.jsonl";
    std::fs::write(folder.path().join(name), RECORD).expect("written");
    let engine = open(Location::Memory).expect("an engine");
    let found = find(&[folder.path().to_owned()]);
    let report = ingest(
        engine.as_ref(),
        &found.sources,
        Options::with_threads(1),
        &|_| {},
    );
    assert_eq!(report.expect("taken in").files[0].added, 1);
    app_over(Arc::from(engine), &Settings::default())
}

const PAGES: &[&str] = &[
    "/",
    "/search?q=herring",
    "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "/search?q=%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%20(",
    "/search?q=herring&place=%22%3E%3Cscript%3E&group=place",
    "/search?kind=%3Cscript%3E",
    "/search?cursor=%3Cscript%3E",
    "/search/values?field=chapter",
    "/search/values?field=%3Cscript%3E",
    "/topics",
    "/countries",
    "/people",
    "/people?q=%3Cscript%3E",
    "/people/%3Cscript%3E",
    "/volumes",
    "/volumes/trap",
    "/volumes/%22onload=alert(1)",
    "/trap/d1",
    "/trap/d1?q=herring",
    "/trap/d1?from=%2F%2Fevil.example&q=herring&n=%22%3E",
    "/%3Cscript%3E/%3Cscript%3E",
    "/%3Cscript%3E",
    "/help",
];

#[tokio::test]
async fn nothing_of_a_record_or_an_address_runs_in_a_page() {
    let app = trap();
    for uri in PAGES {
        let (status, headers, body) = fetch(&app, uri).await;
        assert!(!status.is_server_error(), "{uri}");
        let policy = headers["content-security-policy"].to_str().expect("ASCII");
        assert!(policy.contains("default-src 'none'"), "{uri}: {policy}");
        assert!(!policy.contains("unsafe"), "{uri}: {policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{uri}");
        let text = String::from_utf8(body).expect("UTF-8");
        if headers["content-type"]
            .to_str()
            .is_ok_and(|kind| kind.starts_with("text/html"))
        {
            harmless(&Html::parse_document(&text), uri);
        }
    }
}

/// No script but our own, no handler, no frame, no form but ours, no address that is code or of another host.
fn harmless(page: &Html, uri: &str) {
    let all = Selector::parse("*").expect("a selector");
    for element in page.select(&all).map(|found| found.value()) {
        let name = element.name();
        assert!(
            !["iframe", "object", "embed", "base", "style"].contains(&name),
            "{uri}: <{name}>"
        );
        for (attribute, value) in element.attrs() {
            assert!(!attribute.starts_with("on"), "{uri}: {attribute}={value}");
            assert_ne!(attribute, "style", "{uri}");
            if ["href", "src", "action", "formaction"].contains(&attribute) {
                let own = value.starts_with(['/', '#', '?']) && !value.starts_with("//");
                let publisher = value.starts_with("https://history.state.gov/");
                assert!(
                    own || publisher || value.is_empty(),
                    "{uri}: {attribute}={value}"
                );
            }
        }
        if name == "script" && element.attr("type") != Some("application/ld+json") {
            let source = element.attr("src").unwrap_or_default();
            assert!(
                source.starts_with("/assets/"),
                "{uri}: a script from `{source}`"
            );
        }
    }
    let data = Selector::parse("script[type='application/ld+json']").expect("a selector");
    for data in page.select(&data) {
        let text: String = data.text().collect();
        let whole = serde_json::from_str::<serde_json::Value>(&text);
        assert!(whole.is_ok(), "{uri}: data that ends early: {text}");
    }
}

#[tokio::test]
async fn no_redirect_leads_elsewhere() {
    let app = app();
    for path in [
        "/historicaldocuments//evil.example",
        "/historicaldocuments/%2F%2Fevil.example",
        "/historicaldocuments/%5C%5Cevil.example/x",
        "/historicaldocuments/..%2F..%2Fevil.example/d1",
        "/historicaldocuments/frus1961-63v05/d1%0d%0aset-cookie:x=y",
        "/access?next=//evil.example",
    ] {
        let (status, headers, _) = fetch(&app, path).await;
        if let Some(location) = headers.get("location") {
            let location = location.to_str().expect("ASCII");
            let own = location.starts_with('/')
                && !location.starts_with("//")
                && !location.contains('\\');
            assert!(own, "{path} leads to {location}");
        } else {
            assert!(status.is_client_error(), "{path}: {status}");
        }
    }
}

#[tokio::test]
async fn no_path_gets_out() {
    let app = app();
    for path in [
        "/assets/..%2f..%2fCargo.toml",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/....//base.css",
        "/assets/%00",
        "/v1/records/..%2f..%2fetc/passwd",
        "/volumes/..%2f..%2fetc%2fpasswd",
    ] {
        let (status, _, body) = fetch(&app, path).await;
        assert!(status.is_client_error(), "{path}: {status}");
        let text = String::from_utf8_lossy(&body);
        assert!(
            !text.contains("root:") && !text.contains("[package]"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn other_sites_may_read_and_nothing_else() {
    let app = app();
    let asked = async |method: &str| {
        let request = Request::builder()
            .method(Method::OPTIONS)
            .uri("/v1/records/v/a")
            .header("origin", "https://evil.example")
            .header("access-control-request-method", method)
            .header("access-control-request-headers", "authorization")
            .body(Body::empty());
        let response = app.clone().oneshot(request.expect("sound")).await;
        response.expect("the router never fails")
    };
    for method in ["GET", "PUT", "POST", "DELETE"] {
        let headers = asked(method).await.headers().clone();
        let allowed = |name: &str| {
            let value = headers.get(name).and_then(|v| v.to_str().ok());
            value.unwrap_or_default().to_lowercase()
        };
        assert_eq!(allowed("access-control-allow-methods"), "get");
        assert_eq!(allowed("access-control-allow-headers"), "");
        assert_eq!(allowed("access-control-allow-credentials"), "");
    }
    let (status, headers, _) = fetch(&app, "/v1/search?q=herring").await;
    assert_eq!(status, StatusCode::OK);
    assert!(!headers.contains_key("set-cookie"));
}
