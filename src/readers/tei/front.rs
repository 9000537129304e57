//! A volume's own description: header, persons, abbreviations, printed index.

use roxmltree::Node;

use super::{XML, inline::plain, is};
use crate::{
    readers::Input,
    record::{IndexEntry, IndexPages, Person, Term, Volume},
};

/// What header, front and back matter say.
pub fn volume(root: Node<'_, '_>, input: &Input) -> Volume {
    let header = root.children().find(|n| is(*n, "teiHeader"));
    let text_of = |name: &str, kind: Option<&str>| {
        let mut nodes = header.into_iter().flat_map(|h| h.descendants());
        nodes
            .find(|n| is(*n, name) && (kind.is_none() || n.attribute("type") == kind))
            .map(plain)
            .filter(|t| !t.is_empty())
    };
    let idno = text_of("idno", Some("frus"));
    let id = idno.or_else(|| root.attribute((XML, "id")).map(str::to_owned));
    Volume {
        id: id.unwrap_or_else(|| input.stem().to_owned()),
        title: text_of("title", Some("complete")).or_else(|| text_of("title", None)),
        subseries: text_of("title", Some("sub-series")),
        editors: all(header, "editor")
            .map(plain)
            .filter(|t| !t.is_empty())
            .collect(),
        published: text_of("date", None),
        publisher: text_of("publisher", None),
        published_at: text_of("pubPlace", None),
        persons: lists(root, "names").filter_map(person).collect(),
        terms: lists(root, "terms").filter_map(term).collect(),
        contents: Vec::new(),
        index: printed_index(root),
    }
}

fn all<'a, 'i: 'a>(
    node: Option<Node<'a, 'i>>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.into_iter()
        .flat_map(|n| n.descendants())
        .filter(move |n| is(*n, name))
}

/// Items of the lists of one type, outside documents.
fn lists<'a, 'i: 'a>(root: Node<'a, 'i>, kind: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    all(Some(root), "list")
        .filter(move |list| list.attribute("type") == Some(kind))
        .flat_map(|list| list.children())
        .filter(|n| is(*n, "item"))
}

/// `Rusk, Dean, Secretary of State`: the marked name, then the remarks.
fn person(item: Node<'_, '_>) -> Option<Person> {
    let name = item.descendants().find(|n| is(*n, "persName"))?;
    let printed = plain(name);
    let remarks = rest_after(item, &printed);
    Some(Person {
        id: name.attribute((XML, "id")).map(str::to_owned),
        name: printed,
        remarks,
    })
}

fn term(item: Node<'_, '_>) -> Option<Term> {
    let short = item.descendants().find(|n| is(*n, "term"))?;
    let printed = plain(short);
    let long = rest_after(item, &printed);
    Some(Term {
        id: short.attribute((XML, "id")).map(str::to_owned),
        short: printed,
        long,
    })
}

fn rest_after(item: Node<'_, '_>, head: &str) -> String {
    let whole = plain(item);
    let rest = whole.split_once(head).map_or("", |(_, rest)| rest);
    rest.trim_start_matches([',', ' ', ';', ':'])
        .trim()
        .to_owned()
}

fn printed_index(root: Node<'_, '_>) -> Vec<IndexEntry> {
    let mut entries = Vec::new();
    for list in all(Some(root), "list").filter(|l| l.attribute("type") == Some("index")) {
        index_list(list, &mut Vec::new(), &mut entries);
    }
    entries
}

fn index_list(list: Node<'_, '_>, above: &mut Vec<String>, entries: &mut Vec<IndexEntry>) {
    for item in list.children().filter(|n| is(*n, "item")) {
        let (heading, pages) = index_item(item);
        above.push(heading);
        if !pages.is_empty() {
            entries.push(IndexEntry {
                headings: above.clone(),
                pages,
            });
        }
        for inner in item.children().filter(|n| is(*n, "list")) {
            index_list(inner, above, entries);
        }
        above.pop();
    }
}

/// The heading is the text before the first page; a dash between two pages makes a run.
fn index_item(item: Node<'_, '_>) -> (String, Vec<IndexPages>) {
    let (mut heading, mut between) = (String::new(), String::new());
    let mut pages: Vec<IndexPages> = Vec::new();
    for child in item.children().filter(|n| !is(*n, "list")) {
        let page = child
            .attribute("target")
            .and_then(|t| t.strip_prefix("#pg_"))
            .filter(|_| is(child, "ref"));
        match page {
            Some(page) => {
                let dash = matches!(between.trim(), "–" | "-" | "—");
                match pages.last_mut() {
                    Some(run) if dash => page.clone_into(&mut run.last),
                    _ => pages.push(IndexPages {
                        first: page.to_owned(),
                        last: page.to_owned(),
                    }),
                }
                between.clear();
            }
            None => {
                let text = if child.is_text() {
                    child.text().unwrap_or_default().to_owned()
                } else {
                    plain(child)
                };
                if pages.is_empty() {
                    heading.push_str(&text);
                } else {
                    between.push_str(&text);
                }
            }
        }
    }
    let heading = heading.split_whitespace().collect::<Vec<_>>().join(" ");
    (heading.trim_end_matches([':', ',', ' ']).to_owned(), pages)
}
