//! The server in the open: what outsiders may send and hold, what is told of its work, how it stops. Over
//! real sockets, or the router where none is needed.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use memcon::{
    config::{Limits, Settings, Telemetry},
    server::{self, Server},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
    time::sleep,
};
use tower::ServiceExt;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{app_over, engine, get};

/// A server that listens.
struct Running {
    address: SocketAddr,
    figures: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

fn limited(limits: Limits) -> Settings {
    Settings {
        limits: Limits {
            drain_seconds: 0,
            ..limits
        },
        ..Settings::default()
    }
}

async fn run(limits: Limits) -> Running {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = server::listen(anywhere).await.expect("a port");
    let figures = server::listen(anywhere).await.expect("a port");
    let (stop, stopped) = oneshot::channel();
    let address = listener.local_addr().expect("an address");
    let figures_address = figures.local_addr().expect("an address");
    let server = Server::new(engine(), &limited(limits)).expect("sound settings");
    let stopped = async {
        stopped.await.ok();
    };
    Running {
        address,
        figures: figures_address,
        stop,
        task: tokio::spawn(server.serve(listener, Some(figures), stopped)),
    }
}

/// Sends some bytes and reads until the server closes.
async fn exchange(address: SocketAddr, sent: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    // A server that closes early is what some tests are about.
    stream.write_all(sent.as_bytes()).await.ok();
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer).await {
        Err(error) if answer.is_empty() => return Err(error),
        _ => {}
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Head and body of one request on a connection of its own.
async fn ask(address: SocketAddr, path: &str, headers: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n{headers}\r\n");
    exchange(address, &head).await.expect("an answer")
}

fn status(answer: &str) -> u16 {
    let status = answer.split_whitespace().nth(1);
    status.and_then(|s| s.parse().ok()).unwrap_or(0)
}

fn header(answer: &str, name: &str) -> Option<String> {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    let found = lines.find(|(n, _)| n.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.to_owned())
}

#[tokio::test]
async fn heads_are_bounded() {
    let running = run(Limits {
        header_bytes: 8192,
        headers: 10,
        ..Limits::default()
    })
    .await;
    let long = format!("x-long: {}\r\n", "a".repeat(20_000));
    assert_eq!(status(&ask(running.address, "/healthz", &long).await), 431);
    let many: String = (0..20).map(|n| format!("x-{n}: 1\r\n")).collect();
    assert_eq!(status(&ask(running.address, "/healthz", &many).await), 431);
    assert_eq!(status(&ask(running.address, "/healthz", "").await), 200);
}

#[tokio::test]
async fn a_sender_that_does_not_finish_its_head_is_left() {
    let running = run(Limits {
        header_seconds: 1,
        ..Limits::default()
    })
    .await;
    let answer = exchange(running.address, "GET /healthz HTTP/1.1\r\nhost:").await;
    let answer = answer.unwrap_or_default();
    assert!(matches!(status(&answer), 0 | 408), "{answer}");
    // Nor may a connection be kept for nothing.
    let idle = exchange(running.address, "GET /healthz HTTP/1.1\r\nhost: h\r\n\r\n").await;
    assert_eq!(status(&idle.expect("an answer, then the end")), 200);
    let silent = exchange(running.address, "").await.unwrap_or_default();
    assert!(matches!(status(&silent), 0 | 408), "{silent}");
}

#[tokio::test]
async fn one_connection_too_many_is_told_so_at_once() {
    let running = run(Limits {
        connections: 1,
        ..Limits::default()
    })
    .await;
    let mut held = TcpStream::connect(running.address).await.expect("a place");
    let request = b"GET /healthz HTTP/1.1\r\nhost: h\r\n\r\n";
    held.write_all(request).await.expect("sent");
    assert!(held.read(&mut [0; 512]).await.expect("an answer") > 0);
    let refused = ask(running.address, "/healthz", "").await;
    assert_eq!(status(&refused), 503);
    assert_eq!(header(&refused, "retry-after").as_deref(), Some("1"));
    drop(held);
    while status(&ask(running.address, "/healthz", "").await) != 200 {
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn questions_have_no_bodies() {
    let running = run(Limits::default()).await;
    for body in [
        "content-length: 4\r\n\r\nbody",
        "transfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n",
    ] {
        let sent = format!("GET /v1/search?q=harbor HTTP/1.1\r\nhost: h\r\n{body}\r\n");
        let answer = exchange(running.address, &sent).await.expect("an answer");
        assert_eq!(status(&answer), 413, "{answer}");
        assert_eq!(
            header(&answer, "content-type").as_deref(),
            Some("application/problem+json")
        );
    }
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_refused() {
    let running = run(Limits {
        rate_per_second: 1,
        rate_burst: 2,
        trusted_proxies: vec!["127.0.0.1".parse().expect("a network")],
        ..Limits::default()
    })
    .await;
    let mut refused = None;
    for n in 0..100 {
        // What the client itself claims stands left of what the proxy adds.
        let claim = format!("x-forwarded-for: 10.0.0.{n}, 203.0.113.9\r\n");
        let answer = ask(running.address, "/v1/fields", &claim).await;
        if status(&answer) == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a refusal");
    assert_eq!(header(&refused, "retry-after").as_deref(), Some("1"));
    assert!(refused.contains("too many requests"), "{refused}");
    let other = "x-forwarded-for: 203.0.113.10\r\n";
    assert_eq!(status(&ask(running.address, "/healthz", other).await), 200);
}

#[tokio::test]
async fn whoever_is_no_trusted_proxy_speaks_for_himself() {
    let running = run(Limits {
        rate_per_second: 1,
        rate_burst: 1,
        ..Limits::default()
    })
    .await;
    for _ in 0..10 {
        assert_eq!(status(&ask(running.address, "/healthz", "").await), 200);
    }
    // Whoever forwards without being trusted is one address, whatever he claims.
    let mut refused = 0;
    for n in 0..10 {
        let claim = format!("x-forwarded-for: 203.0.113.{n}\r\n");
        refused += usize::from(status(&ask(running.address, "/healthz", &claim).await) == 429);
    }
    assert!(refused > 0);
}

#[tokio::test]
async fn an_export_holds_its_place_until_it_is_read_or_left() {
    let app = app_over(
        engine(),
        &limited(Limits {
            exports: 1,
            ..Limits::default()
        }),
    );
    let export = || async {
        let request = Request::get("/v1/export").body(Body::empty());
        let answer = app.clone().oneshot(request.expect("sound")).await;
        answer.expect("the router never fails")
    };
    let first = export().await;
    assert_eq!(first.status(), StatusCode::OK);
    let second = export().await;
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(second.headers()["retry-after"], "30");
    drop(first);
    let third = export().await;
    assert_eq!(third.status(), StatusCode::OK);
    let body = axum::body::to_bytes(third.into_body(), usize::MAX).await;
    assert!(!body.expect("a body").is_empty());
    assert_eq!(export().await.status(), StatusCode::OK);
}

#[tokio::test]
async fn readiness_ends_when_the_server_is_asked_to_stop() {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = server::listen(anywhere).await.expect("a port");
    let server = Server::new(engine(), &limited(Limits::default())).expect("sound settings");
    let app = server.app();
    assert_eq!(get(&app, "/readyz").await.0, StatusCode::OK);
    server.serve(listener, None, async {}).await;
    let (status, _, body) = get(&app, "/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body["detail"], "the server is stopping");
    assert_eq!(get(&app, "/healthz").await.0, StatusCode::OK);
}

#[tokio::test]
async fn whoever_holds_a_connection_does_not_hold_the_server() {
    let running = run(Limits {
        stop_seconds: 1,
        ..Limits::default()
    })
    .await;
    let mut held = TcpStream::connect(running.address).await.expect("a place");
    held.write_all(b"GET /healthz HTTP/1.1\r\n")
        .await
        .expect("sent");
    let told = ask(running.address, "/healthz", "").await;
    assert_eq!(status(&told), 200);
    running.stop.send(()).expect("it runs");
    running.task.await.expect("it ends");
    drop(held);
}

#[tokio::test]
async fn figures_are_told_on_their_own_listener_only() {
    let running = run(Limits::default()).await;
    ask(running.address, "/v1/search?q=lighthouse", "").await;
    ask(running.address, "/nowhere/at/all/secret", "").await;
    let figures = ask(running.figures, "/metrics", "").await;
    for line in [
        "memcon_http_requests_total{route=\"/v1/search\",method=\"GET\",status=\"200\"} 1",
        "memcon_http_request_duration_seconds_count{route=\"/v1/search\"} 1",
        "memcon_http_requests_total{route=\"none\",method=\"GET\",status=\"404\"} 1",
        "memcon_searches_running 0",
        "memcon_searches_refused_total 0",
        "memcon_rate_limited_total 0",
        "memcon_exports_running 0",
        "memcon_records 12",
        "memcon_ready 1",
    ] {
        assert!(figures.contains(line), "{line} is not in\n{figures}");
    }
    assert!(!figures.contains("lighthouse") && !figures.contains("secret"));
    assert_eq!(status(&ask(running.address, "/metrics", "").await), 404);
}

/// Lines of a log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("sound").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What is logged of a request.
async fn logged(telemetry: Telemetry, uri: &str) -> Vec<serde_json::Value> {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_max_level(tracing::Level::INFO)
        .with_writer(lines.clone())
        .finish();
    let settings = Settings {
        telemetry,
        ..Settings::default()
    };
    let app = app_over(engine(), &settings);
    let logging = tracing::subscriber::set_default(subscriber);
    get(&app, uri).await;
    drop(logging);
    let text = lines.0.lock().expect("sound").clone();
    let text = String::from_utf8(text).expect("UTF-8");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

const QUESTION: &str = "/v1/search?q=lighthouse+%22oyster+beds%22&kind=telegram&facets=kind";

#[tokio::test]
async fn a_request_is_one_line_without_the_readers_words() {
    let lines = logged(Telemetry::default(), QUESTION).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line = &lines[0];
    assert_eq!(line["message"], "answered");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["route"], "/v1/search");
    assert_eq!(line["status"], 200);
    assert_eq!(line["shape"], "AND(word, phrase) filters=kind facets=kind");
    assert_eq!(line["hits"], 1);
    assert!(line["duration_ms"].is_number() && line["id"].is_string());
    assert!(!line.to_string().contains("oyster"), "{line}");
    let page = logged(Telemetry::default(), "/search?q=lighthouse").await;
    assert_eq!(page[0]["route"], "/search");
    assert!(page[0]["shape"].is_string() && !page[0].to_string().contains("lighthouse"));
}

#[tokio::test]
async fn words_are_logged_where_that_is_switched_on() {
    let telemetry = Telemetry {
        log_queries: true,
        ..Telemetry::default()
    };
    let lines = logged(telemetry, QUESTION).await;
    assert_eq!(lines[0]["q"], "lighthouse \"oyster beds\"");
}

#[tokio::test]
async fn a_slow_search_is_logged_with_its_plan() {
    let slow = || Telemetry {
        slow_milliseconds: 0,
        ..Telemetry::default()
    };
    let lines = logged(slow(), QUESTION).await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(
        (&lines[1]["message"], &lines[1]["level"]),
        (&"slow".into(), &"WARN".into())
    );
    let plan = lines[1]["plan"].as_str().unwrap_or_default();
    assert!(
        plan.contains("sort=relevance limit=20 offset=0; word: 1 forms, "),
        "{plan}"
    );
    assert!(!lines[1].to_string().contains("oyster"), "{plan}");
    // One that was refused has a plan too.
    let refused = logged(slow(), "/v1/search?q=lighthouse&cursor=14-1-1").await;
    assert!(
        refused
            .iter()
            .all(|line| !line.to_string().contains("lighthouse"))
    );
}
