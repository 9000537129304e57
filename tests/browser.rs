//! Pages in a real browser: Chromium, driven by WebDriver. A reader asks, narrows, opens a hit, steps through
//! its marks and goes back; the same without scripts; and axe-core finds nothing wrong on any kind of page.
//!
//! Where `chromedriver` is not installed, there is nothing to drive and these tests say so; with
//! `MEMCON_BROWSER=required`, as `.ci/run` has it, that is a failure. `MEMCON_AXE` names `axe.min.js` of the
//! npm package axe-core.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, error::CmdError, wd::WebDriverCompatibleCommand};
use serde_json::{Value, json};

use crate::support::app;

/// Kinds of pages, each once.
const PAGES: &[&str] = &[
    "/",
    "/search?q=lighthouse",
    "/search?q=harbor&kind=letter&group=volume",
    "/search?q=zzzz+harbor",
    "/search?q=(",
    "/search/values?field=participant&q=harbor",
    "/help",
    "/specimens1962v01/d3?q=lighthouse",
    "/specimens1962v01/d4",
    "/specimens1962v02/d4",
    "/people",
    "/people/vorel-miroslav",
    "/topics",
    "/countries",
    "/volumes",
    "/volumes/specimens1962v01",
    "/specimens1962v01/d999",
];

/// Something that chromedriver takes beside WebDriver: where below the session, and what.
#[derive(Debug)]
struct Extra(&'static str, Value);

impl WebDriverCompatibleCommand for Extra {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.0
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(self.1.to_string()))
    }
}

/// A browser, and a server over the bundled specimens for it.
struct Browser {
    driver: Child,
    client: Client,
    server: String,
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}

impl Browser {
    /// Opens one; `None` where none is installed and none is required.
    async fn open(scripts: bool) -> Option<Self> {
        let started = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut driver) = started else {
            let required = std::env::var("MEMCON_BROWSER").is_ok_and(|v| v == "required");
            assert!(!required, "chromedriver is required and not installed");
            eprintln!("chromedriver is not installed: pages are not tried in a browser");
            return None;
        };
        let mut output = BufReader::new(driver.stdout.take().expect("piped"));
        let port = loop {
            let mut line = String::new();
            let read = output.read_line(&mut line).expect("chromedriver speaks");
            assert!(read > 0, "chromedriver tells no port");
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim().trim_end_matches('.').parse::<u16>();
            }
        };
        // Whatever else it says is read and dropped.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let port = port.expect("a port");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let server = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app()).await });
        let javascript = if scripts { 1 } else { 2 };
        // Without scripts on a narrow screen, where more is folded.
        let size = if scripts { "1280,900" } else { "700,900" };
        let wanted = json!({
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "goog:chromeOptions": {
                "args": ["headless=new", "force-prefers-reduced-motion", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", format!("window-size={size}")],
                "prefs": { "profile.managed_default_content_settings.javascript": javascript },
            },
        });
        let Value::Object(wanted) = wanted else {
            return None;
        };
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("the browser starts");
        Some(Self {
            driver,
            client,
            server,
        })
    }

    async fn go(&self, path: &str) {
        let address = format!("{}{path}", self.server);
        self.client.goto(&address).await.expect("a page");
    }

    /// The first element that fits, once it is there.
    async fn find(&self, css: &str) -> fantoccini::elements::Element {
        let found = self.client.wait().at_most(Duration::from_secs(10));
        let found = found.for_element(Locator::Css(css)).await;
        found.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.expect("text")
    }

    async fn count(&self, css: &str) -> usize {
        self.client
            .find_all(Locator::Css(css))
            .await
            .expect("elements")
            .len()
    }

    /// The address in the bar, behind the server's own.
    async fn address(&self) -> String {
        let address = self.client.current_url().await.expect("an address");
        address
            .as_str()
            .strip_prefix(&self.server)
            .expect("of the server")
            .to_owned()
    }

    /// Clicks a link or a button and waits for the page behind it.
    async fn follow(&self, css: &str) {
        let before = self
            .client
            .find(Locator::Css("html"))
            .await
            .expect("a page");
        self.find(css)
            .await
            .click()
            .await
            .unwrap_or_else(|error| panic!("{css}: {error}"));
        self.turned(before).await;
    }

    /// Waits until another page is there.
    async fn turned(&self, before: fantoccini::elements::Element) {
        for _ in 0..100 {
            if before.tag_name().await.is_err() {
                self.find("#main").await;
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the page stays: {}", self.address().await);
    }

    async fn extra(&self, what: &'static str, body: Value) -> Result<Value, CmdError> {
        self.client.issue_cmd(Extra(what, body)).await
    }

    /// No word on the console, no request that leaves the server.
    async fn was_quiet(&self) {
        let log = |kind: &'static str| self.extra("se/log", json!({ "type": kind }));
        let console = log("browser").await.expect("the console");
        assert_eq!(console, json!([]), "the console is empty");
        let network = log("performance").await.expect("the network");
        let mut requests = 0;
        for entry in network.as_array().into_iter().flatten() {
            let message = entry["message"].as_str().unwrap_or_default();
            let message: Value = serde_json::from_str(message).unwrap_or_default();
            if message["message"]["method"] == "Network.requestWillBeSent" {
                let address = message["message"]["params"]["request"]["url"].as_str();
                let address = address.unwrap_or_default();
                let own = address.starts_with(&self.server) || address.starts_with("data:");
                assert!(own, "a page asks for {address}");
                requests += 1;
            }
        }
        assert!(requests > 3, "only {requests} requests were seen");
    }

    async fn close(self) {
        self.client.clone().close().await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_asks_narrows_opens_steps_and_returns() {
    let Some(browser) = Browser::open(true).await else {
        return;
    };
    browser.go("/").await;
    let ask = browser.find("form[role=search] input[name=q]").await;
    ask.send_keys("lighth").await.expect("typing");
    browser.find("[role=listbox] [role=option]").await;
    ask.send_keys("ouse\u{e007}").await.expect("typing");
    browser.find(".hit").await;
    let all = browser.count(".hit").await;
    assert!(all > 3);
    // Two boxes of two facets, applied as they are ticked.
    for field in ["classification", "kind"] {
        let ticked = format!("ul[data-field={field}] input[type=checkbox]:not(.out):not(:checked)");
        browser
            .client
            .execute(
                "for (const fold of document.querySelectorAll('details')) fold.open = true",
                vec![],
            )
            .await
            .expect("folds open");
        browser.find(&ticked).await.click().await.expect("a box");
        let applied = async || browser.address().await.contains(&format!("{field}="));
        for _ in 0..100 {
            if applied().await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let narrowed = browser.address().await;
    assert!(
        narrowed.contains("classification=") && narrowed.contains("kind="),
        "{narrowed}"
    );
    assert_eq!(browser.count("ul.chips .chip:not(.clear)").await, 2);
    let hits = browser.count(".hit").await;
    assert!(hits > 0 && hits < all);
    // A hit, its words marked; on and back with the keyboard.
    browser.follow(".hit :is(h2, h3) a").await;
    assert!(browser.count("mark[id]").await > 0);
    let body = browser.find("body").await;
    body.send_keys("n").await.expect("a key");
    let hash = |address: String| address.split('#').nth(1).unwrap_or_default().to_owned();
    let first = hash(browser.address().await);
    assert_eq!(first, "h1");
    browser
        .find("body")
        .await
        .send_keys("n")
        .await
        .expect("a key");
    browser
        .find("body")
        .await
        .send_keys("p")
        .await
        .expect("a key");
    assert_eq!(hash(browser.address().await), "h1");
    assert!(browser.text(".hits output").await.starts_with("1 of "));
    // The way back leads to the same results.
    browser.client.back().await.expect("back");
    browser.find(".hit").await;
    assert_eq!(browser.address().await, narrowed);
    assert_eq!(browser.count(".hit").await, hits);
    browser.was_quiet().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_without_scripts() {
    let Some(browser) = Browser::open(false).await else {
        return;
    };
    browser.go("/").await;
    browser
        .find("form[role=search] input[name=q]")
        .await
        .send_keys("lighthouse")
        .await
        .expect("typing");
    browser.follow("form[role=search] button").await;
    let all = browser.count(".hit").await;
    assert!(all > 3);
    assert_eq!(browser.count("[role=option]").await, 0, "scripts are off");
    browser
        .find("details.narrow > summary")
        .await
        .click()
        .await
        .expect("a fold");
    for field in ["classification", "kind"] {
        let fold = format!("details:not([open]):has(> ul[data-field={field}]) > summary");
        if browser.count(&fold).await > 0 {
            browser.find(&fold).await.click().await.expect("a fold");
        }
        let ticked = format!("ul[data-field={field}] input[type=checkbox]:not(.out):not(:checked)");
        browser.find(&ticked).await.click().await.expect("a box");
    }
    browser.follow("#narrow .scriptless button").await;
    let narrowed = browser.address().await;
    assert!(
        narrowed.contains("classification=") && narrowed.contains("kind="),
        "{narrowed}"
    );
    let hits = browser.count(".hit").await;
    assert!(hits > 0 && hits < all);
    browser.follow(".hit :is(h2, h3) a").await;
    assert!(browser.count("mark[id]").await > 0);
    browser
        .find(".hits [href^='#h']")
        .await
        .click()
        .await
        .expect("a step");
    assert!(browser.address().await.contains("#h"));
    browser.client.back().await.expect("back");
    browser.client.back().await.expect("back");
    browser.find(".hit").await;
    assert_eq!(browser.address().await, narrowed);
    browser.was_quiet().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_shut_out() {
    let Ok(path) = std::env::var("MEMCON_AXE") else {
        let required = std::env::var("MEMCON_BROWSER").is_ok_and(|v| v == "required");
        assert!(!required, "MEMCON_AXE must name axe.min.js");
        eprintln!("MEMCON_AXE is not set: axe-core is not asked");
        return;
    };
    let axe = std::fs::read_to_string(path).expect("axe-core");
    let Some(browser) = Browser::open(true).await else {
        return;
    };
    let mut wrong = Vec::new();
    for scheme in ["light", "dark"] {
        let media = json!({ "cmd": "Emulation.setEmulatedMedia", "params": {
            "features": [{ "name": "prefers-color-scheme", "value": scheme }],
        }});
        browser
            .extra("goog/cdp/execute", media)
            .await
            .expect("a colour scheme");
        for page in PAGES {
            browser.go(page).await;
            browser
                .client
                .execute(&axe, vec![])
                .await
                .expect("axe-core runs");
            let run = "const done = arguments[arguments.length - 1]; axe.run(document, {
                runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            }).then((found) => done(found.violations.map((v) => [v.id, v.nodes.map((n) => n.target.join(' ')).slice(0, 3)])));";
            let found = browser
                .client
                .execute_async(run, vec![])
                .await
                .expect("an answer");
            for violation in found.as_array().into_iter().flatten() {
                wrong.push(format!("{scheme} {page}: {violation}"));
            }
        }
    }
    browser.close().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
