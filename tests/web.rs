//! The pages where one asks: home, hits, lists of values, help. Asked of the router, read by CSS selector,
//! over the bundled specimens.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use scraper::{ElementRef, Html, Selector};
use tower::ServiceExt;

use crate::support::{app, fetch};

/// Pages of every kind that this file looks after.
const PAGES: &[&str] = &[
    "/",
    "/search",
    "/search?q=lighthouse",
    "/search?q=oyster&kind=telegram&kind=-letter&place=~missing&undated=include&match=any&sort=date",
    "/search?q=harbor&group=volume",
    "/search?q=nowhere+lightouse&kind=letter&date_from=1990",
    "/search/values?field=topic&q=harbor",
    "/topics",
    "/countries",
    "/help",
];

struct Shown {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
    html: Html,
}

async fn show(app: &Router, address: &str) -> Shown {
    let (status, headers, bytes) = fetch(app, address).await;
    let text = String::from_utf8(bytes).expect("pages are UTF-8");
    let html = Html::parse_document(&text);
    Shown {
        status,
        headers,
        text,
        html,
    }
}

impl Shown {
    fn all(&self, css: &str) -> Vec<ElementRef<'_>> {
        let selector = Selector::parse(css).expect("a selector");
        self.html.select(&selector).collect()
    }

    fn one(&self, css: &str) -> ElementRef<'_> {
        let all = self.all(css);
        assert_eq!(all.len(), 1, "{css} in\n{}", self.text);
        all[0]
    }

    fn texts(&self, css: &str) -> Vec<String> {
        self.all(css).into_iter().map(words).collect()
    }

    fn links(&self, css: &str) -> Vec<String> {
        let all = self.all(css).into_iter();
        all.map(|a| a.attr("href").unwrap_or_default().to_owned())
            .collect()
    }

    /// What a form sends as it stands.
    fn sent_by(&self, css: &str) -> String {
        let form = self.one(css);
        let selector = Selector::parse("input, select").expect("a selector");
        let mut sent = form_urlencoded::Serializer::new(String::new());
        for field in form.select(&selector) {
            let boxed = field.attr("type") == Some("checkbox");
            let value = field.attr("value").unwrap_or_default();
            if (!boxed || field.attr("checked").is_some()) && !value.is_empty() {
                sent.append_pair(field.attr("name").unwrap_or_default(), value);
            }
        }
        format!(
            "{}?{}",
            form.attr("action").unwrap_or_default(),
            sent.finish()
        )
    }
}

fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn every_page_holds_nothing_that_runs_and_is_small() {
    let app = app();
    for address in PAGES {
        let page = show(&app, address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        let policy = page.headers["content-security-policy"]
            .to_str()
            .expect("text");
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(
            page.all("style, script:not([src]), [style], iframe, object")
                .is_empty(),
            "{address}"
        );
        for element in page.all("*") {
            let handler = element
                .value()
                .attrs()
                .find(|(name, _)| name.starts_with("on"));
            assert_eq!(handler, None, "{address}");
        }
        for source in page.all("[src], link[href]") {
            let value = source
                .attr("src")
                .or(source.attr("href"))
                .unwrap_or_default();
            assert!(value.starts_with("/assets/"), "{address}: {value}");
        }
        assert!(
            page.text.len() < 60_000,
            "{address}: {} bytes",
            page.text.len()
        );
        assert_eq!(page.all("main h1").len(), 1, "{address}");
        assert_eq!(page.all("html[lang=en]").len(), 1, "{address}");
        check_labels(&page, address);
        check_headings(&page, address);
    }
}

/// Whatever is filled in has a name that can be read out.
fn check_labels(page: &Shown, address: &str) {
    for field in page.all("input:not([type=hidden]), select") {
        let labelled = field.attr("aria-label").is_some()
            || field
                .ancestors()
                .filter_map(ElementRef::wrap)
                .any(|a| a.value().name() == "label")
            || field
                .attr("id")
                .is_some_and(|id| !page.all(&format!("label[for={id}]")).is_empty());
        assert!(labelled, "{address}: {}", field.html());
    }
}

/// No level of headings is left out.
fn check_headings(page: &Shown, address: &str) {
    let mut before = 0;
    for heading in page.all("main h1, main h2, main h3, main h4") {
        let level: u8 = heading.value().name()[1..].parse().expect("a level");
        assert!(
            level <= before + 1,
            "{address}: {} after h{before}",
            heading.html()
        );
        before = level;
    }
}

#[tokio::test]
async fn links_of_these_pages_lead_somewhere() {
    let app = app();
    for address in PAGES {
        let page = show(&app, address).await;
        let mut links = page.links("main a[href]");
        links.sort();
        links.dedup();
        let own = |link: &&String| {
            let path = link.split(['?', '#']).next().unwrap_or_default();
            [
                "/",
                "/search",
                "/search/values",
                "/topics",
                "/countries",
                "/help",
            ]
            .contains(&path)
        };
        for link in links.iter().filter(own) {
            let led = show(&app, link).await;
            assert_eq!(led.status, StatusCode::OK, "{address} leads to {link}");
        }
    }
}

#[tokio::test]
async fn home_shows_what_is_here() {
    let page = show(&app(), "/").await;
    assert_eq!(
        words(page.one("h1")),
        "12 records of 2 volumes, 1961 to 1962"
    );
    assert!(page.texts(".doors h2").contains(&"People".to_owned()));
    assert!(
        page.links(".doors a")
            .contains(&"/volumes/specimens1962v01".to_owned())
    );
    assert!(
        page.links(".doors a")
            .iter()
            .any(|link| link.starts_with("/people/"))
    );
    assert!(page.all(".examples li").len() >= 5, "{}", page.text);
    assert_eq!(page.all("form.ask").len(), 1);
}

#[tokio::test]
async fn examples_find_what_they_promise() {
    let app = app();
    let page = show(&app, "/help").await;
    let counts = page.texts(".examples data");
    for (link, count) in page.links(".examples a").into_iter().zip(counts) {
        let found = show(&app, &link).await;
        assert_eq!(
            words(found.one("#total")).split(' ').next(),
            Some(count.as_str()),
            "{link}"
        );
    }
}

#[tokio::test]
async fn a_hit_shows_its_place() {
    let page = show(&app(), "/search?q=speaker:vorel+%22oyster+beds%22").await;
    assert_eq!(words(page.one("#total")), "1 record");
    let record = "/specimens1962v01/d3?q=speaker%3Avorel+%22oyster+beds%22&from=q%3Dspeaker%253Avorel%2B%2522oyster%2Bbeds%2522";
    assert_eq!(page.links(".hit h3 a"), [record]);
    let about = words(page.one(".hit .about"));
    assert!(
        about.contains("January 18, 1962, 3:30 p.m.") && about.contains("Top Secret"),
        "{about}"
    );
    assert_eq!(page.texts(".pg"), ["p. 2"]);
    assert_eq!(
        page.texts(".where"),
        ["The Lighthouse Line Vorel to Halloran"]
    );
    assert_eq!(page.links(".pg"), [format!("{record}#pg_2")]);
    assert!(page.links(".words a")[0].starts_with(&format!("{record}#p")));
    assert_eq!(page.texts("mark"), ["oyster beds"]);
    let coins = page
        .one(".Z3988")
        .attr("title")
        .unwrap_or_default()
        .to_owned();
    assert!(
        coins.starts_with("ctx_ver=Z39.88-2004&rft_val_fmt=")
            && coins.contains("rft.date=1962-01-18"),
        "{coins}"
    );
}

#[tokio::test]
async fn the_form_sends_what_the_address_says() {
    let app = app();
    let address = "/search?q=harbor&kind=telegram&kind=-letter&sender=halloran&date_from=1961&undated=include&match=any&sort=date&place=~missing";
    let page = show(&app, address).await;
    let pairs = |address: &str| {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let mut pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        pairs.sort();
        pairs
    };
    // Scripts or none, an option that is selected is sent; this reader of forms knows only boxes and fields.
    let selected = page
        .one("select option[selected]")
        .attr("value")
        .map(str::to_owned);
    assert_eq!(selected.as_deref(), Some("include"));
    let sent = page.sent_by("#narrow") + "&undated=include";
    assert_eq!(pairs(&sent), pairs(address));
    assert_eq!(pairs(&page.sent_by("header form.ask")), pairs(address));
    assert_eq!(page.all(".out[checked]").len(), 1);
}

#[tokio::test]
async fn what_narrows_can_be_taken_away() {
    let page = show(
        &app(),
        "/search?q=harbor&kind=telegram&place=-Washington&date_from=1961&date_to=1962",
    )
    .await;
    assert_eq!(
        page.texts(".chip"),
        [
            "Kind of document: Telegram ×",
            "Place: not Washington ×",
            "1961 to 1962 ×",
            "Clear all"
        ]
    );
    assert_eq!(
        page.links(".chip"),
        [
            "/search?q=harbor&place=-Washington&date_from=1961&date_to=1962",
            "/search?q=harbor&kind=telegram&date_from=1961&date_to=1962",
            "/search?q=harbor&kind=telegram&place=-Washington",
            "/search?q=harbor"
        ]
    );
}

#[tokio::test]
async fn facets_stand_in_the_order_of_the_schema() {
    let page = show(&app(), "/search").await;
    let shown = page.all(".facet ul[data-field]");
    let shown: Vec<&str> = shown
        .iter()
        .filter_map(|ul| ul.attr("data-field"))
        .collect();
    let declared: Vec<&str> = memcon::schema::schema()
        .facets()
        .filter(|f| f.panel)
        .map(|f| f.name.as_str())
        .collect();
    let known: Vec<&str> = declared.into_iter().filter(|f| shown.contains(f)).collect();
    assert_eq!(shown, known);
    assert!(shown.contains(&"kind") && shown.contains(&"volume"));
    assert_eq!(
        words(page.one("ul[data-field=volume] li:first-child label")),
        "Specimens of Foreign Relations, 1961–1962, Volume I, Kestria (invented) 8"
    );
}

#[tokio::test]
async fn bars_narrow_to_their_time() {
    let app = app();
    let page = show(&app, "/search?q=lighthouse&cursor=").await;
    let bars = page.links(".timeline svg a");
    let counts = page.texts(".timeline td + td");
    assert_eq!(bars, page.links(".timeline td a"));
    assert!(bars.len() > 1);
    for (bar, count) in bars.iter().zip(counts) {
        assert!(bar.starts_with("/search?q=lighthouse&date_from="), "{bar}");
        let narrowed = show(&app, bar).await;
        assert_eq!(
            words(narrowed.one("#total")).split(' ').next(),
            Some(count.as_str()),
            "{bar}"
        );
    }
}

#[tokio::test]
async fn a_span_tells_of_the_undated() {
    let page = show(&app(), "/search?date_from=1962-03&date_to=1962-04-05").await;
    let told = page.one(".found > p.quiet");
    assert!(
        words(told).starts_with("3 records without a date match too"),
        "{}",
        words(told)
    );
    assert_eq!(
        page.links(".found > p.quiet a"),
        ["/search?date_from=1962-03&date_to=1962-04-05&undated=include"]
    );
}

#[tokio::test]
async fn nothing_found_leads_on() {
    let page = show(
        &app(),
        "/search?q=lighthouse+lightouse&kind=letter&date_from=1990",
    )
    .await;
    assert_eq!(words(page.one("#total")), "0 records");
    assert_eq!(page.texts(".nothing h2")[0], "Did you mean");
    assert!(page.links(".nothing a")[0].starts_with("/search?q=lighthouse+lighthouse&kind=letter"));
    assert!(
        page.texts(".ways li")
            .contains(&"Kind of document: Letter 0".to_owned()),
        "{}",
        page.text
    );
    assert!(page.text.contains("cover 1961 to 1962"));
    let page = show(&app(), "/search?q=lighthouse+herring&kind=letter").await;
    assert!(
        page.links(".ways a")
            .iter()
            .all(|link| link.starts_with("/search?"))
    );
}

#[tokio::test]
async fn hits_stand_in_groups() {
    let app = app();
    let page = show(&app, "/search?q=harbor&group=kind&sort=date").await;
    assert!(page.all(".group").len() > 1 && page.all(".group .hit").len() > 1);
    assert_eq!(
        page.one("select[name=group] option[selected]")
            .attr("value"),
        Some("kind")
    );
    let groups = page
        .links(".group > h2 a")
        .into_iter()
        .zip(page.texts(".group > h2 data"));
    for (link, count) in groups {
        let alone = show(&app, &link).await;
        assert_eq!(
            words(alone.one("#total")).split(' ').next(),
            Some(count.as_str()),
            "{link}"
        );
    }
}

#[tokio::test]
async fn pages_tell_how_a_query_was_understood() {
    let page = show(&app(), "/search?q=harbor+lighthouse*").await;
    assert_eq!(page.texts(".understood dt"), ["harbor", "lighthouse*"]);
    assert!(
        page.texts(".understood dd")[0].starts_with("harbor "),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn pages_follow_each_other() {
    let app = app();
    let page = show(&app, "/search?limit=5").await;
    assert_eq!(page.all(".hit").len(), 5);
    let next = page.links(".pages a");
    let second = show(&app, &next[0]).await;
    assert_eq!(second.all(".hit").len(), 5);
    assert_eq!(second.links(".pages a")[0], "/search?limit=5");
    assert_ne!(page.texts(".hit h3"), second.texts(".hit h3"));
}

#[tokio::test]
async fn lists_of_values_search_inside() {
    let app = app();
    let page = show(&app, "/topics?prefix=the+light").await;
    assert_eq!(page.texts(".values a"), ["The Lighthouse Line"]);
    assert_eq!(
        page.links(".values a"),
        ["/search?topic=The+Lighthouse+Line"]
    );
    let page = show(&app, "/search/values?field=kind&q=harbor&kind=letter").await;
    assert_eq!(page.all(".values input[checked]").len(), 1);
    assert_eq!(
        page.sent_by("main form:not(.inside)"),
        "/search?q=harbor&kind=letter"
    );
    let page = show(&app, "/search/values?field=knd").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("<code>kind</code>"), "{}", page.text);
}

#[tokio::test]
async fn whatever_is_asked_is_shown_as_text() {
    let app = app();
    let hostile = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%3Cimg+src%3Dx+onerror%3D1%3E";
    for address in [
        format!("/search?q={hostile}"),
        format!("/search?topic={hostile}&place=-{hostile}"),
        format!("/search?q=a&sort={hostile}"),
        format!("/search?q=a&date_from={hostile}"),
        format!("/search/values?field={hostile}"),
        format!("/topics?prefix={hostile}"),
        format!("/{hostile}"),
    ] {
        let page = show(&app, &address).await;
        assert!(page.all("script:not([src]), img").is_empty(), "{address}");
        assert!(!page.text.contains("<script>alert"), "{address}");
    }
}

#[tokio::test]
async fn an_unreadable_query_has_its_caret() {
    let app = app();
    let page = show(&app, "/search?q=%22oyster").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(words(page.one("pre.caret")).contains('^'));
    assert_eq!(page.one("form.ask input").attr("value"), Some("\"oyster"));
    let again = page.links(".problem a")[0].clone();
    assert_eq!(again, "/search?q=%22oyster&lenient=true");
    let found = show(&app, &again).await;
    assert!(words(found.one(".understood p")).starts_with("Read as plain words"));
}

#[tokio::test]
async fn scripts_and_styles_are_few() {
    let app = app();
    let page = show(&app, "/search").await;
    let mut bytes = 0;
    for script in page.all("script[src]") {
        let sent = show(&app, script.attr("src").unwrap_or_default()).await;
        assert_eq!(sent.status, StatusCode::OK);
        bytes += sent.text.len();
    }
    assert!(bytes > 0 && bytes < 15_000, "{bytes}");
}

#[tokio::test]
async fn a_page_is_kept_while_it_holds() {
    let app = app();
    let first = show(&app, "/search?q=harbor").await;
    let tag = first.headers["etag"].to_str().expect("text").to_owned();
    assert_eq!(first.headers["cache-control"], "no-cache");
    let again = |address: &'static str, method: &'static str, shown: String| {
        let request = Request::builder().uri(address).method(method);
        let request = request.header("if-none-match", shown).body(Body::empty());
        let app = app.clone();
        async move {
            app.oneshot(request.expect("sound"))
                .await
                .expect("never fails")
        }
    };
    let kept = again("/search?q=harbor", "GET", format!("\"x\", {tag}")).await;
    assert_eq!(kept.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(kept.headers()["etag"], tag.as_str());
    let other = again("/search?q=herring", "GET", tag.clone()).await;
    assert_eq!(other.status(), StatusCode::OK);
    let posted = again("/search?q=harbor", "POST", tag).await;
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(!show(&app, "/nowhere").await.headers.contains_key("etag"));
}

#[tokio::test]
async fn no_address_makes_a_page_without_bound() {
    let app = app();
    let many: String = (0..400).map(|n| format!("&without_variant=w{n}")).collect();
    let refused = show(&app, &format!("/search?q=harbor{many}")).await;
    assert_eq!(refused.status, StatusCode::URI_TOO_LONG);
    let long = format!("/search?q={}", "%CE%B1".repeat(5000));
    assert_eq!(show(&app, &long).await.status, StatusCode::URI_TOO_LONG);
}

#[tokio::test]
async fn a_problem_leads_on_without_what_is_wrong() {
    let app = app();
    let page = show(&app, "/search?q=harbor&sort=best").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let links = page.all("article.problem a.button");
    assert_eq!(links[0].attr("href"), Some("/search?q=harbor"));
}
