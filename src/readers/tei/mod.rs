//! FRUS volumes in TEI P5 XML, as the Office of the Historian publishes them.
//!
//! One pass in document order keeps the printed page; every `div` of type `document` becomes a draft.
//! A file that is not well-formed is read document by document, so that one broken place costs one
//! document.

mod document;
mod front;
mod inline;
mod salvage;

use memchr::memchr;
use roxmltree::{Document, Node, ParsingOptions};

use super::{Draft, Fault, Input, Item, Reader};
use crate::record::Contents;

/// Elements deeper than this are no printed volume.
const MAX_DEPTH: usize = 120;

/// A volume has some 70,000 nodes for 4 MB.
const MAX_NODES: u32 = 8_000_000;

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The format.
pub struct Tei;

impl Reader for Tei {
    fn name(&self) -> &'static str {
        "tei"
    }

    fn richness(&self) -> u8 {
        3
    }

    fn recognises(&self, input: &Input) -> bool {
        let head: String = input
            .text
            .trim_start_matches('\u{feff}')
            .chars()
            .take(4096)
            .collect();
        head.contains("<TEI")
            || (head.trim_start().starts_with('<') && input.name.ends_with(".xml"))
    }

    fn read(&self, input: &Input, take: &mut dyn FnMut(Item)) {
        let text = input.text.trim_start_matches('\u{feff}');
        let depth = nesting(text);
        if depth > MAX_DEPTH {
            take(fault(
                "1:1",
                format!("elements are nested {depth} deep; {MAX_DEPTH} are read"),
            ));
            return;
        }
        match parse(text) {
            Ok(xml) => read_volume(input, &xml, take),
            Err(error) => {
                let at = error.pos();
                take(fault(
                    &format!("{}:{}", at.row, at.col),
                    format!("is not well-formed XML: {error}"),
                ));
                salvage::read_documents(input, text, take);
            }
        }
    }
}

fn parse(text: &str) -> Result<Document<'_>, roxmltree::Error> {
    let options = ParsingOptions {
        allow_dtd: true,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options)
}

fn fault(place: &str, message: String) -> Item {
    Item::Fault(Fault {
        place: place.to_owned(),
        message,
    })
}

/// How deep the tags nest, reckoned without a parser: parsers recurse.
fn nesting(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut deepest) = (0usize, 0usize);
    let mut at = 0;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        let open = at + found;
        let close = memchr(b'>', &bytes[open..]).map_or(bytes.len(), |n| open + n);
        match bytes.get(open + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') => {}
            _ if close > 0 && bytes[close - 1] == b'/' => {}
            _ => depth += 1,
        }
        deepest = deepest.max(depth);
        at = close.max(open + 1);
        if at >= bytes.len() {
            break;
        }
    }
    deepest
}

fn read_volume(input: &Input, xml: &Document<'_>, take: &mut dyn FnMut(Item)) {
    let root = xml.root_element();
    if !is(root, "TEI") {
        let message = format!("is no TEI volume: its root is <{}>", root.tag_name().name());
        take(fault("1:1", message));
        return;
    }
    let mut volume = front::volume(root, input);
    outline(root, 0, &mut volume.contents);
    let id = volume.id.clone();
    take(Item::Volume(Box::new(volume)));
    let mut walk = Walk {
        input,
        volume: &id,
        page: None,
        found: 0,
        unnamed: 0,
        chapters: Vec::new(),
        take,
    };
    walk.visit(root);
    if walk.found == 0 {
        take(fault("1:1", "holds no <div type=\"document\">".into()));
    }
}

struct Walk<'a> {
    input: &'a Input,
    volume: &'a str,
    page: Option<String>,
    found: usize,
    unnamed: usize,
    chapters: Vec<String>,
    take: &'a mut dyn FnMut(Item),
}

impl Walk<'_> {
    fn visit(&mut self, node: Node<'_, '_>) {
        if is(node, "pb") {
            self.page = node.attribute("n").map(str::to_owned).or(self.page.take());
        } else if is_document(node) {
            self.found += 1;
            let name = document_name(node).unwrap_or_else(|| {
                self.unnamed += 1;
                format!("{}-{}", place_name(node), self.unnamed)
            });
            let (draft, page) =
                document::draft(node, self.volume, name, self.page.take(), self.input);
            self.page = page;
            let chapters = self.chapters.clone();
            (self.take)(Item::Draft(Box::new(Draft { chapters, ..draft })));
        } else {
            let heading = division_heading(node);
            let inside = heading.is_some();
            self.chapters.extend(heading);
            node.children()
                .filter(Node::is_element)
                .for_each(|child| self.visit(child));
            if inside {
                self.chapters.pop();
            }
        }
    }
}

/// `d323`, by which the printed volume's page on the web is known.
fn document_name(div: Node<'_, '_>) -> Option<String> {
    let id = div.attribute((XML, "id")).map(str::to_owned);
    id.or_else(|| Some(format!("d{}", div.attribute("n")?)))
}

/// Documents without a name take the one of the division around them.
fn place_name<'a>(node: Node<'a, '_>) -> &'a str {
    node.ancestors()
        .find_map(|n| n.attribute((XML, "id")))
        .unwrap_or("unnamed")
}

/// The table of contents: divisions by their headings, documents by their names.
fn outline(node: Node<'_, '_>, depth: u8, contents: &mut Vec<Contents>) {
    for child in node.children().filter(Node::is_element) {
        if is_document(child) {
            contents.push(Contents {
                depth,
                heading: None,
                record: document_name(child),
            });
        } else if let Some(heading) = division_heading(child) {
            contents.push(Contents {
                depth,
                heading: Some(heading),
                record: None,
            });
            outline(child, depth + 1, contents);
        } else if is(child, "text") || is(child, "body") || is(child, "div") {
            outline(child, depth, contents);
        }
    }
}

/// The heading of a compilation, chapter or subchapter.
fn division_heading(node: Node<'_, '_>) -> Option<String> {
    let division = is(node, "div")
        && matches!(
            node.attribute("type"),
            Some("compilation" | "chapter" | "subchapter")
        );
    node.children()
        .find(|n| division && is(*n, "head"))
        .map(inline::plain)
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn is_document(node: Node<'_, '_>) -> bool {
    is(node, "div") && node.attribute("type") == Some("document")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_reckoned() {
        assert_eq!(nesting("<a><b/><c><!-- <x> --></c></a>"), 2);
        assert_eq!(nesting(&"<a>".repeat(500)), 500);
    }
}
