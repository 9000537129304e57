//! Pages to read: records, people, volumes. The router is called and its pages are selected by CSS.

use std::sync::Arc;

use axum::{Router, http::StatusCode};
use memcon::{
    config::Settings,
    index::{Location, open},
    normalise::parse_date,
    record::{
        Appearance, Attachment, Citation, Form, Gap, GapKind, Identity, Part, Participant, Passage,
        PassageKind, Record, RecordId, Volume,
    },
};
use scraper::{Html, Selector};

use crate::support::{app, app_over, fetch};

/// Status, `Location` and text of a page.
async fn asked(app: &Router, uri: &str) -> (StatusCode, String, String) {
    let (status, headers, bytes) = fetch(app, uri).await;
    let location = headers.get("location");
    let location = location
        .map_or("", |l| l.to_str().expect("text"))
        .to_owned();
    (status, location, String::from_utf8(bytes).expect("UTF-8"))
}

async fn page(app: &Router, uri: &str) -> Html {
    let (status, _, text) = asked(app, uri).await;
    assert_eq!(status, StatusCode::OK, "{uri}: {text}");
    let page = Html::parse_document(&text);
    is_sound(&page, uri);
    page
}

/// What holds of every page: one heading of the first level, no id twice, links within it that lead
/// somewhere, and nothing that the policy forbids.
fn is_sound(page: &Html, uri: &str) {
    assert_eq!(all(page, "h1").len(), 1, "{uri}");
    assert_eq!(all(page, "main").len(), 1, "{uri}");
    let mut ids: Vec<String> = attributes(page, "[id]", "id");
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id stands twice in {uri}");
    for link in attributes(page, "a[href^='#']", "href") {
        // Around the first and the last hit the steps lead on to nothing.
        let is_step = link.starts_with("#h");
        let goal = link[1..].to_owned();
        assert!(
            is_step || ids.contains(&goal),
            "{link} leads nowhere in {uri}"
        );
    }
    assert!(
        all(page, "style, [style], [onclick], [onload], [onerror]").is_empty(),
        "{uri}"
    );
    assert!(
        all(page, "script:not([src]):not([type='application/ld+json'])").is_empty(),
        "{uri}"
    );
    for address in attributes(page, "script[src]", "src")
        .iter()
        .chain(&attributes(page, "link[rel='stylesheet']", "href"))
    {
        assert!(address.starts_with("/assets/"), "{address} in {uri}");
    }
}

fn all(page: &Html, query: &str) -> Vec<String> {
    let query = Selector::parse(query).expect("a selector");
    let words = |e: scraper::ElementRef<'_>| {
        e.text()
            .collect::<String>()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    page.select(&query).map(words).collect()
}

fn one(page: &Html, query: &str) -> String {
    let found = all(page, query);
    assert_eq!(found.len(), 1, "{query}: {found:?}");
    found[0].clone()
}

fn attributes(page: &Html, query: &str, name: &str) -> Vec<String> {
    let query = Selector::parse(query).expect("a selector");
    page.select(&query)
        .filter_map(|e| e.attr(name))
        .map(str::to_owned)
        .collect()
}

fn meta(page: &Html, name: &str) -> Vec<String> {
    attributes(page, &format!("meta[name='{name}']"), "content")
}

/// A server over records made for a test.
fn over(records: Vec<Record>, people: Vec<Identity>, volume: Option<Volume>) -> Router {
    let engine = open(Location::Memory).expect("an engine in memory");
    let mut writer = engine.writer().expect("the one writer");
    for record in records {
        writer.put(record).expect("put");
    }
    for person in people {
        writer.put_person(person).expect("put");
    }
    if let Some(volume) = volume {
        writer.put_volume(volume).expect("put");
    }
    writer.commit().expect("commit");
    writer.finish().expect("finish");
    app_over(Arc::from(engine), &Settings::default())
}

fn record(name: &str, passages: Vec<Passage>) -> Record {
    Record {
        id: RecordId::new("v", name).expect("sound"),
        kind: "letter".into(),
        title: Some(format!("Letter {name}")),
        passages,
        ..Record::default()
    }
}

fn words(text: &str) -> Passage {
    Passage {
        text: text.into(),
        paragraph: 1,
        ..Passage::default()
    }
}

#[tokio::test]
async fn a_record_shows_what_it_is() {
    let page = page(&app(), "/specimens1962v01/d3").await;
    assert_eq!(
        one(&page, "h1"),
        "3. Memorandum of Conversation Between Secretary of State Halloran and the Kestrian Ambassador (Vorel)"
    );
    assert_eq!(
        one(&page, ".dateline time"),
        "Washington, January 18, 1962, 3:30 p.m."
    );
    assert_eq!(
        attributes(&page, ".dateline time", "datetime"),
        ["1962-01-18T15:30"]
    );
    assert_eq!(all(&page, ".marking a"), ["Top Secret", "Eyes Only"]);
    assert!(one(&page, ".source").starts_with("Source: Department of State"));
    assert_eq!(
        all(&page, ".contents a"),
        [
            "The Lighthouse Line",
            "Radio Station at Cape Anselm",
            "Fisheries"
        ]
    );
    assert_eq!(
        all(&page, ".text h2"),
        [
            "The Lighthouse Line",
            "Radio Station at Cape Anselm",
            "Fisheries"
        ]
    );
    assert_eq!(all(&page, ".text .signature"), ["Augusta Halloran"]);
    assert_eq!(
        all(&page, ".crumbs a"),
        [
            "Volumes",
            "Specimens of Foreign Relations, 1961–1962, Volume I, Kestria (invented)",
            "Kestria",
            "The Harbor Boundary"
        ]
    );
    assert_eq!(
        attributes(&page, ".turn a", "href"),
        ["/specimens1962v01/d2", "/specimens1962v01/d4"]
    );
}

#[tokio::test]
async fn kinds_of_record_are_told_apart() {
    let of_kind = |name: &str, kind: &str| Record {
        kind: kind.into(),
        from: Some("Quill".into()),
        to: Some("Moss".into()),
        telegram: Some("173".into()),
        participants: vec![Participant {
            name: "Ada Quill".into(),
            surname: "Quill".into(),
            ..Participant::default()
        }],
        ..record(name, vec![words("Said.")])
    };
    let records = [
        ("d1", "minutes"),
        ("d2", "despatch"),
        ("d3", "editorial-note"),
    ];
    let records = records.map(|(name, kind)| of_kind(name, kind));
    let volume = records[0].id.volume().to_owned();
    let app = over(records.into(), Vec::new(), None);
    let minutes = page(&app, &format!("/{volume}/d1")).await;
    assert_eq!(all(&minutes, ".facts dt")[..2], ["Number", "Participants"]);
    assert_eq!(one(&minutes, ".dateline"), "No date given");
    let despatch = page(&app, &format!("/{volume}/d2")).await;
    assert_eq!(
        all(&despatch, ".facts dt")[..3],
        ["From", "To", "Despatch no."]
    );
    assert_eq!(meta(&despatch, "citation_author"), ["Quill"]);
    let note = page(&app, &format!("/{volume}/d3")).await;
    assert!(all(&note, ".dateline").is_empty());
}

#[tokio::test]
async fn who_speaks_stands_at_the_head_of_each_speech() {
    let page = page(&app(), "/specimens1962v01/d3").await;
    let speakers = all(&page, ".speech .who");
    assert_eq!(
        speakers[..3],
        [
            "Vorel to Halloran :",
            "Halloran to Vorel :",
            "Vorel to Halloran :"
        ]
        .map(|s| s.replace(" :", ":"))
    );
    assert!(attributes(&page, ".who a", "href").contains(&"/people/vorel-miroslav".to_owned()));
    assert!(!all(&page, ".speech.on").is_empty());
}

#[tokio::test]
async fn pages_turn_where_they_turn() {
    let page = page(&app(), "/specimens1962v01/d3").await;
    assert_eq!(attributes(&page, ".pg", "id"), ["pg_2", "pg_3"]);
    let text = one(&page, ".text p:has(#pg_3)");
    assert!(text.contains("did not Page 3press the point"), "{text}");
    assert_eq!(attributes(&page, ".cite option", "selected").len(), 1);
}

#[tokio::test]
async fn notes_and_calls_lead_to_each_other() {
    let page = page(&app(), "/specimens1962v01/d3").await;
    assert_eq!(attributes(&page, "#fnref2", "href"), ["#fn2"]);
    assert_eq!(attributes(&page, "#fn2 .back", "href"), ["#fnref2"]);
    assert!(one(&page, "#fn2").contains("See Document 1."));
    assert_eq!(
        attributes(&page, "#fn2 p a:not(.back)", "href"),
        ["/specimens1962v01/d1"]
    );
}

#[tokio::test]
async fn labels_may_come_twice() {
    let calls = |text: &str, at: u32| Passage {
        calls: vec![(at, "*".into())],
        ..words(text)
    };
    let note = |text: &str| Passage {
        kind: PassageKind::Footnote,
        label: Some("*".into()),
        ..words(text)
    };
    let second = Passage {
        paragraph: 2,
        ..calls("Lamps.", 6)
    };
    let app = over(
        vec![record(
            "d1",
            vec![
                calls("Herring.", 8),
                second,
                note("One."),
                note("Two."),
                note("Three."),
            ],
        )],
        Vec::new(),
        None,
    );
    let page = page(&app, "/v/d1").await;
    assert_eq!(attributes(&page, "sup a", "href"), ["#fn_2a", "#fn_2a-2"]);
    assert_eq!(all(&page, ".note p"), ["* One.", "* Two.", "* Three."]);
    assert_eq!(
        attributes(&page, ".note a.back", "href"),
        ["#fnref_2a", "#fnref_2a-2"]
    );
}

#[tokio::test]
async fn what_is_missing_is_seen() {
    let app = app();
    let withheld = page(&app, "/specimens1962v01/d3").await;
    assert_eq!(
        one(&withheld, ".gap.withheld.n3"),
        "[2–1/2 lines of source text not declassified]"
    );
    let omitted = page(&app, "/specimens1962v01/d4").await;
    assert_eq!(
        one(&omitted, ".gap.omitted"),
        "[Here follow 4 paragraphs on the herring fleet.]"
    );
}

#[tokio::test]
async fn participants_stand_by_their_sides_and_the_printed_list_is_folded() {
    let page = page(&app(), "/specimens1962v01/d4").await;
    assert_eq!(all(&page, ".side"), ["US", "Kestria"]);
    assert_eq!(all(&page, ".present li")[2], "Miss Ada Quill EUR/NK");
    assert_eq!(
        attributes(&page, ".present a", "href"),
        ["/people/halloran-augusta", "/people/vorel-miroslav"]
    );
    assert_eq!(all(&page, "details.preamble:not([open]) p")[0], "SUBJECT");
    assert_eq!(all(&page, ".text tr td")[..2], ["Kestria", "March 3, 1925"]);
    let found = self::page(&app(), "/specimens1962v01/d4?q=zahn").await;
    assert_eq!(all(&found, "details.preamble[open]").len(), 1);
}

#[tokio::test]
async fn attachments_are_folded_unless_they_hold_a_hit() {
    let app = app();
    let folded = page(&app, "/specimens1962v01/d5").await;
    assert_eq!(all(&folded, "details.attachment:not([open])").len(), 1);
    assert_eq!(
        one(&folded, ".attachment summary .head"),
        "Declaration of the Kestrian Fisheries Party"
    );
    assert_eq!(all(&folded, ".attachment p.quote").len(), 1);
    let found = page(&app, "/specimens1962v01/d5?q=fences").await;
    assert_eq!(all(&found, "details.attachment[open] mark#h1"), ["fences"]);
}

#[tokio::test]
async fn hits_are_numbered_and_lead_to_each_other() {
    let app = app();
    let found = page(&app, "/specimens1962v01/d3?q=lighthouse+OR+oyster").await;
    let marks = attributes(&found, "mark", "id");
    assert_eq!(
        marks,
        (1..=marks.len())
            .map(|n| format!("h{n}"))
            .collect::<Vec<_>>()
    );
    assert!(marks.len() > 2);
    assert_eq!(attributes(&found, "#h2 + .step a", "href"), ["#h1", "#h3"]);
    assert_eq!(one(&found, ".bar output"), format!("{} hits", marks.len()));
    assert_eq!(
        attributes(&found, "input[type='search']", "value"),
        ["lighthouse OR oyster"]
    );
    let missed = page(&app, "/specimens1962v01/d3?q=zebra").await;
    assert_eq!(one(&missed, ".hits"), "The query is not met by this record");
    let unread = page(&app, "/specimens1962v01/d3?q=(").await;
    assert!(one(&unread, ".hits").starts_with("The query cannot be read"));
    assert_eq!(all(&unread, "mark").len(), 0);
}

#[tokio::test]
async fn results_lead_on_to_each_other() {
    let app = app();
    let from = "q%3Dlighthouse%26sort%3Ddate%26limit%3D3%26evil%3D1";
    let (_, _, body) = asked(&app, "/v1/search?q=lighthouse&sort=date&limit=3&passages=0").await;
    let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    let ids: Vec<&str> = body["hits"]
        .as_array()
        .expect("hits")
        .iter()
        .filter_map(|h| h["id"].as_str())
        .collect();
    let second = page(&app, &format!("/{}?q=lighthouse&from={from}", ids[1])).await;
    let ways = attributes(&second, ".results a", "href");
    let kept = "q=lighthouse&from=q%3Dlighthouse%26sort%3Ddate%26limit%3D3";
    assert_eq!(
        ways,
        [
            format!(
                "/search?q=lighthouse&sort=date&limit=3#{}",
                ids[1].replace('/', "-")
            ),
            format!("/{}?{kept}", ids[0]),
            format!("/{}?{kept}", ids[2]),
        ]
    );
    let place = format!("result 2 of {}", body["total"]["value"]);
    assert_eq!(one(&second, ".results .quiet"), place);
    let last = page(&app, &format!("/{}?q=lighthouse&from={from}", ids[2])).await;
    let ways = attributes(&last, ".results a", "href");
    assert!(
        ways[2].starts_with("/search?q=lighthouse&sort=date&limit=3&cursor=3-"),
        "{ways:?}"
    );
    // What cannot be asked again still leads back.
    let broken = page(&app, "/specimens1962v01/d3?from=q%3D(%26kind%3Dnonsense").await;
    assert_eq!(
        attributes(&broken, ".results a", "href"),
        ["/search?q=%28&kind=nonsense#specimens1962v01-d3"]
    );
}

#[tokio::test]
async fn a_record_is_cited_with_the_page_in_view() {
    let app = app();
    let first = page(&app, "/specimens1962v01/d3").await;
    assert_eq!(
        one(&first, "#chicago"),
        "“Memorandum of Conversation Between Secretary of State Halloran and the Kestrian Ambassador (Vorel),” Washington, January 18, 1962, in Specimens of Foreign Relations, 1961–1962, Volume I, Kestria (invented), ed. The memcon project (Nowhere: The memcon project, 2026), Document 3, p. 2."
    );
    let chosen = page(&app, "/specimens1962v01/d3?page=3&q=harbor").await;
    assert!(one(&chosen, "#chicago").ends_with("p. 3."));
    assert_eq!(all(&chosen, ".cite option[selected]"), ["3"]);
    assert_eq!(attributes(&chosen, ".cite input", "value"), ["harbor"]);
    assert!(all(&chosen, ".cite pre")[0].contains("pages = {2--3}"));
    let unknown = page(&app, "/specimens1962v01/d3?page=99").await;
    assert!(one(&unknown, "#chicago").ends_with("p. 2."));
}

#[tokio::test]
async fn reference_managers_read_the_head() {
    let page = page(&app(), "/specimens1962v01/d3").await;
    assert_eq!(meta(&page, "citation_date"), ["1962-01-18"]);
    assert_eq!(meta(&page, "citation_firstpage"), ["2"]);
    assert_eq!(meta(&page, "citation_publisher"), ["The memcon project"]);
    assert_eq!(meta(&page, "citation_author"), ["Halloran"]);
    let data = one(&page, "script[type='application/ld+json']");
    let data: serde_json::Value = serde_json::from_str(&data).expect("JSON");
    assert_eq!(data["isPartOf"]["@type"], "PublicationVolume");
    assert_eq!(data["dateCreated"], "1962-01-18");
}

#[tokio::test]
async fn citations_similar_records_and_headings_lead_on() {
    let app = app();
    let first = page(&app, "/specimens1962v01/d1?q=harbor").await;
    assert_eq!(
        attributes(&first, "[aria-labelledby='cites'] .lines a", "href"),
        ["/specimens1962v01/d2?q=harbor"]
    );
    assert!(all(&first, "[aria-labelledby='cites'] details li")[0].contains("volume XCIX"));
    assert_eq!(
        attributes(&first, "[aria-labelledby='cited-by'] a", "href"),
        ["/specimens1962v01/d3?q=harbor"]
    );
    assert!(!all(&first, "[aria-labelledby='similar'] a").is_empty());
    let filed = attributes(&first, "[aria-labelledby='filed'] a", "href");
    assert!(
        filed.contains(&"/search?kind=editorial-note".to_owned()),
        "{filed:?}"
    );
    for address in filed {
        let api = address.replacen("/search", "/v1/search", 1);
        let (status, _, body) = asked(&app, &api).await;
        assert_eq!(status, StatusCode::OK, "{api}");
        assert!(!body.contains("\"total\":0,"), "{api} finds nothing");
    }
}

#[tokio::test]
async fn every_specimen_has_a_sound_page() {
    let app = app();
    for (volume, last) in [("specimens1962v01", 8), ("specimens1962v02", 4)] {
        for number in 1..=last {
            let page = page(&app, &format!("/{volume}/d{number}?q=the+OR+harbor")).await;
            let passages = attributes(&page, "[id^='p']", "id");
            let ordinals = passages
                .iter()
                .filter(|id| id[1..].parse::<usize>().is_ok())
                .count();
            let (_, _, body) = asked(&app, &format!("/v1/records/{volume}/d{number}")).await;
            let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
            assert_eq!(ordinals, body["passages"].as_array().map_or(0, Vec::len));
        }
    }
}

/// A record in which every text tries to break out of its place.
fn hostile() -> Record {
    let text = |what: &str| {
        format!("</script><script>alert('{what}')</script><img src=x onerror=alert(1)>\"' & {what}")
    };
    let gap = text("gap");
    Record {
        title: Some(text("title")),
        dateline: Some(text("dateline")),
        date: parse_date("May 1, 1961"),
        chapters: vec![text("chapter")],
        subject: Some(text("subject")),
        from: Some(text("from")),
        topics: vec![text("topic")],
        drafted_by: vec![text("drafter")],
        participants: vec![Participant {
            name: text("participant"),
            side: Some(text("side")),
            office: Some(text("office")),
            ..Participant::default()
        }],
        people: vec![Appearance {
            name: text("person"),
            parts: vec![Part::Mentioned],
            ..Appearance::default()
        }],
        countries: vec![text("country")],
        citations: vec![Citation {
            text: text("citation"),
            ..Citation::default()
        }],
        attachments: vec![Attachment {
            label: Some(text("label")),
            title: Some(text("attached")),
            ..Attachment::default()
        }],
        gaps: vec![Gap {
            kind: GapKind::Lines,
            amount: Some("2 lines".into()),
            lines: Some(400.0),
            text: gap.clone(),
            passage: 0,
        }],
        passages: vec![
            Passage {
                page: Some("\"><b>1".into()),
                topic: Some(0),
                speaker: Some(text("speaker")),
                addressee: Some(text("addressee")),
                calls: vec![(3, "\"><i>".into())],
                gaps: vec![(0, gap.len() as u32)],
                ..words(&gap)
            },
            Passage {
                form: Form::Row,
                ..words(&format!("{} | b", text("cell")))
            },
            Passage {
                kind: PassageKind::Attachment,
                attachment: Some(0),
                ..words(&text("attachment"))
            },
            Passage {
                kind: PassageKind::Footnote,
                label: Some("\"><i>".into()),
                ..words(&text("note"))
            },
        ],
        ..record("d1", Vec::new())
    }
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let identity = Identity {
        id: "x".into(),
        name: "<script>alert(1)</script>, X".into(),
        forms: vec!["\"><img src=x>".into()],
        offices: vec!["</li><script>".into()],
        ..Identity::default()
    };
    let volume = Volume {
        id: "v".into(),
        title: Some("</title><script>alert(2)</script>".into()),
        editors: vec!["<b>".into()],
        ..Volume::default()
    };
    let app = over(vec![hostile()], vec![identity], Some(volume));
    for uri in [
        "/v/d1?q=alert&from=%22%3E%3Cscript%3E&page=%3Cscript%3E",
        "/people",
        "/people?q=%3Cscript%3E",
        "/people/x",
        "/volumes",
        "/volumes/v",
    ] {
        let page = page(&app, uri).await;
        assert!(
            all(&page, "img, main b:not(.who b), main script").is_empty(),
            "{uri}"
        );
        assert!(
            all(&page, "script").iter().all(|s| !s.starts_with("alert")),
            "{uri}"
        );
    }
    let page = page(&app, "/v/d1").await;
    assert!(one(&page, "h1").starts_with("</script><script>alert('title')"));
    assert_eq!(all(&page, ".gap.n12").len(), 1);
    assert_eq!(attributes(&page, "#p0, #p1, #p2, #p3", "id").len(), 4);
}

#[tokio::test]
async fn other_scripts_and_long_lists_survive() {
    let many = (0..400).map(|n| Participant {
        name: format!("Delegate {n}"),
        surname: format!("Name{n}"),
        ..Participant::default()
    });
    let long = Record {
        participants: many.collect(),
        title: None,
        ..record("d2", vec![words("السلام عليكم"), words("Ἑλλάς ʼs")])
    };
    let app = over(vec![long], Vec::new(), None);
    let page = page(&app, "/v/d2").await;
    assert_eq!(one(&page, "h1"), "v/d2");
    assert_eq!(attributes(&page, "#p0, #p1", "dir"), ["auto", "auto"]);
    assert_eq!(all(&page, ".facts details:not([open]) li").len(), 400);
    assert_eq!(one(&page, ".facts summary"), "400 participants");
    assert!(one(&page, "#chicago").contains("“v/d2,”"));
}

#[tokio::test]
async fn people_are_listed_and_shown() {
    let app = app();
    let list = page(&app, "/people").await;
    let names = all(&list, "tbody th a");
    assert_eq!(names.len(), 4);
    assert!(names.contains(&"Vorel, Miroslav".to_owned()));
    let found = page(&app, "/people?q=vor").await;
    assert_eq!(all(&found, "tbody th a"), ["Vorel, Miroslav"]);
    let nobody = page(&app, "/people?q=zzz").await;
    assert!(all(&nobody, "main p")[0].starts_with("No name"));
    let person = page(&app, "/people/vorel-miroslav").await;
    assert_eq!(one(&person, "h1"), "Vorel, Miroslav");
    assert!(one(&person, ".offices").contains("Kestrian Ambassador"));
    let speaks = attributes(&person, ".counts a", "href");
    assert!(
        speaks.contains(&"/search?speaker=Vorel%2C+Miroslav".to_owned()),
        "{speaks:?}"
    );
    assert!(!all(&person, "[aria-labelledby='met'] tbody tr").is_empty());
    for address in attributes(
        &person,
        ".counts a, .timeline a, [aria-labelledby='met'] td a",
        "href",
    ) {
        let (status, _, body) = asked(&app, &address.replacen("/search", "/v1/search", 1)).await;
        assert_eq!(status, StatusCode::OK, "{address}");
        assert!(!body.contains("\"total\":0,"), "{address} finds nothing");
    }
}

#[tokio::test]
async fn a_picture_of_meetings_is_told_in_words_too() {
    let names = ["Vorel, A.", "Quill, B.", "Moss, C.", "Zahn, D."];
    let present = |names: &[&str]| {
        names
            .iter()
            .map(|name| Appearance {
                person: Some(name[..4].to_lowercase()),
                name: (*name).into(),
                parts: vec![Part::Participates],
            })
            .collect::<Vec<_>>()
    };
    let meeting = |name: &str, date: &str, people| Record {
        date: parse_date(date),
        people,
        ..record(name, vec![words("Tea.")])
    };
    let records = vec![
        meeting("d1", "May 1, 1961", present(&names)),
        meeting("d2", "May 1, 1963", present(&names[..3])),
    ];
    let people = names.iter().map(|name| Identity {
        id: name[..4].to_lowercase(),
        name: (*name).into(),
        ..Identity::default()
    });
    let app = over(records, people.collect(), None);
    let page = page(&app, "/people/vore").await;
    assert_eq!(all(&page, ".network text").len(), 3);
    assert_eq!(attributes(&page, ".network .edge", "d").len(), 3);
    assert!(
        one(&page, ".network desc").starts_with(
            "Lines to Moss, C. (2 records), Quill, B. (2 records), Zahn, D. (1 record)"
        )
    );
    assert_eq!(
        all(&page, "[aria-labelledby='met'] tbody th"),
        ["Moss, C.", "Quill, B.", "Zahn, D."]
    );
    assert_eq!(attributes(&page, ".timeline svg a", "href").len(), 2);
    assert_eq!(all(&page, ".timeline tbody a").len(), 2);
}

#[tokio::test]
async fn volumes_are_listed_and_shown() {
    let app = app();
    let list = page(&app, "/volumes").await;
    assert_eq!(
        attributes(&list, "tbody th a", "href"),
        ["/volumes/specimens1962v01", "/volumes/specimens1962v02"]
    );
    let volume = page(&app, "/volumes/specimens1962v01").await;
    assert_eq!(attributes(&volume, ".records a", "href").len(), 8);
    assert_eq!(
        all(&volume, ".volume h2:not([id='when']), .volume h3"),
        ["Kestria", "The Harbor Boundary"]
    );
    assert_eq!(
        attributes(&volume, ".find input[type='hidden']", "value"),
        ["specimens1962v01"]
    );
    assert!(one(&volume, ".facts").contains("Nowhere, The memcon project, 2026"));
    for address in attributes(&volume, ".timeline a", "href") {
        let (_, _, body) = asked(&app, &address.replacen("/search", "/v1/search", 1)).await;
        assert!(!body.contains("\"total\":0,"), "{address} finds nothing");
    }
}

#[tokio::test]
async fn what_is_not_held_names_its_neighbours() {
    let app = app();
    let (status, _, text) = asked(&app, "/specimens1962v01/d99").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let missing = Html::parse_document(&text);
    assert!(!one(&missing, "h1").contains('`'));
    assert!(one(&missing, "h1").starts_with(char::is_uppercase));
    assert_eq!(
        attributes(&missing, ".problem li a", "href")[0],
        "/specimens1962v01/d8"
    );
    for (uri, near) in [
        ("/specimens1962v1/d3", "specimens1962v01"),
        ("/volumes/specimens1962v3", "did you mean"),
        ("/people/vorel-mirosla", "vorel-miroslav"),
    ] {
        let (status, _, text) = asked(&app, uri).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{uri}");
        assert!(text.contains(near), "{uri}: {text}");
    }
}

#[tokio::test]
async fn the_publishers_paths_lead_here() {
    let app = app();
    let (status, location, _) = asked(&app, "/historicaldocuments/specimens1962v01/d3?q=a+b").await;
    assert_eq!(
        (status, location.as_str()),
        (StatusCode::PERMANENT_REDIRECT, "/specimens1962v01/d3?q=a+b")
    );
    let (_, location, _) = asked(&app, "/historicaldocuments/specimens1962v01").await;
    assert_eq!(location, "/volumes/specimens1962v01");
    // Nothing given can lead to another host.
    let (status, location, _) = asked(&app, "/historicaldocuments/%2Fevil.example/x").await;
    assert_eq!((status, location.as_str()), (StatusCode::NOT_FOUND, ""));
    let (status, _, body) = asked(&app, "/v1/nothing").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body.starts_with('{'), "{body}");
}
