//! Real volumes, where `../shared/corpus` is at hand; elsewhere these pass by and say so.

use std::{collections::BTreeMap, fs, path::Path};

use memcon::{
    normalise::{Context, normalise},
    readers::{Input, Item, reader_for},
    record::{Provenance, Record},
};

use crate::support::corpus;

fn records(path: &Path) -> (Vec<Record>, Vec<String>) {
    let input = Input::open(path).expect("readable");
    let reader = reader_for(&input).expect("a format");
    let (mut records, mut faults) = (Vec::new(), Vec::new());
    let mut context = Context::shipped();
    reader.read(&input, &mut |item| match item {
        Item::Draft(draft) => {
            records.push(normalise(*draft, Provenance::default(), &context).expect("an id"));
        }
        Item::Fault(fault) => faults.push(fault.message),
        Item::Volume(volume) => context.take_up(&volume),
    });
    (records, faults)
}

#[test]
fn every_document_of_every_volume_is_a_record() {
    let Some(corpus) = corpus() else {
        return eprintln!("no corpus here: passed by");
    };
    let mut documents = 0;
    for file in fs::read_dir(corpus.join("tei"))
        .expect("readable")
        .filter_map(Result::ok)
    {
        let text = fs::read_to_string(file.path()).expect("readable");
        let xml = roxmltree::Document::parse(&text).expect("well-formed");
        let (records, faults) = records(&file.path());
        assert_eq!(faults, [""; 0], "{}", file.path().display());
        let by_name: BTreeMap<&str, &Record> = records.iter().map(|r| (r.id.name(), r)).collect();
        for div in xml
            .descendants()
            .filter(|n| n.attribute("type") == Some("document"))
        {
            // Documents inside attachments are parts of their record and carry no id.
            let Some(id) = div.attribute(("http://www.w3.org/XML/1998/namespace", "id")) else {
                continue;
            };
            documents += 1;
            let record = by_name[id];
            assert_eq!(
                record.number.map(|n| n.to_string()).as_deref(),
                div.attribute("n"),
                "{}",
                record.id
            );
            let dateline = div.children().find_map(|n| match n.tag_name().name() {
                "dateline" => Some(n),
                "opener" => n.children().find(|c| c.tag_name().name() == "dateline"),
                _ => None,
            });
            let when = dateline.and_then(|d| d.descendants().find_map(|n| n.attribute("when")));
            if let Some(when) = when.filter(|w| w.starts_with(|c: char| c.is_ascii_digit())) {
                let from = record
                    .date
                    .as_ref()
                    .map(|d| d.from.to_string())
                    .unwrap_or_default();
                assert!(
                    from.starts_with(&when[..when.len().min(16)]),
                    "{}: {from} for {when}",
                    record.id
                );
            }
            let turns: Vec<&str> = div
                .descendants()
                .filter(|n| n.tag_name().name() == "pb")
                .filter_map(|n| n.attribute("n"))
                .collect();
            let pages = record
                .pages
                .as_ref()
                .expect("every printed record has pages");
            if let Some(last) = turns.last() {
                assert!(
                    pages.last == **last
                        || turns.contains(&pages.last.as_str())
                        || pages.first == pages.last,
                    "{}",
                    record.id
                );
            }
        }
    }
    assert!(documents > 8000, "{documents} documents");
}

#[test]
fn the_text_volume_has_its_390_records() {
    let Some(corpus) = corpus() else {
        return eprintln!("no corpus here: passed by");
    };
    let (records, faults) = records(&corpus.join("text/frus1961-63v05.txt"));
    assert_eq!((records.len(), faults.len()), (390, 0));
    assert!(
        records
            .iter()
            .enumerate()
            .all(|(i, r)| r.number == Some(i as u32 + 1))
    );
}

#[test]
fn three_forms_of_one_document_agree() {
    let Some(corpus) = corpus() else {
        return eprintln!("no corpus here: passed by");
    };
    let of = |file: &str| {
        let (records, _) = records(&corpus.join(file));
        records
            .into_iter()
            .find(|r| r.id.as_str() == "frus1961-63v05/d323")
            .expect("document 323")
    };
    let (tei, text, memo) = (
        of("tei/frus1961-63v05-excerpt.xml"),
        of("text/frus1961-63v05.txt"),
        of("text/frus1961-63v05-d323.txt"),
    );
    for other in [&text, &memo] {
        assert_eq!(tei.number, other.number);
        assert_eq!(tei.title, other.title);
        assert_eq!(tei.kind, other.kind);
        assert_eq!(tei.classification, other.classification);
        assert_eq!(tei.source, other.source);
        assert_eq!(
            (&tei.drafted_by, &tei.from, &tei.to),
            (&other.drafted_by, &other.from, &other.to)
        );
        assert_eq!(tei.topics, other.topics);
        assert_eq!(tei.references, other.references);
        assert_eq!(tei.external_references, other.external_references);
        assert_eq!(tei.footnotes().count(), other.footnotes().count());
        assert_eq!(tei.gaps.len(), other.gaps.len());
        let surnames = |r: &Record| {
            r.participants
                .iter()
                .map(|p| p.surname.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(surnames(&tei), surnames(other));
    }
    // The copy from the web page has no dateline, the volume's text no pages.
    let date = |r: &Record| r.date.as_ref().map(|d| (d.from, d.precision));
    assert_eq!((date(&tei), &tei.place), (date(&text), &text.place));
    // The copy leaves out the signature, and the last page with it.
    let first = |r: &Record| r.pages.as_ref().map(|p| p.first.clone());
    assert_eq!(first(&tei), first(&memo));
}
