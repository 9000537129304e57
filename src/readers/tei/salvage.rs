//! Reading a volume that is not well-formed: in one pass over its tags, each document parsed alone.

use memchr::memchr;

use super::{document, document_name, fault, is_document, parse};
use crate::{
    readers::{Draft, Input, Item},
    record::Volume,
};

/// Every document that does not end costs a look at the rest of the file.
const MAX_UNCLOSED: usize = 20;

/// Hands out every document whose own mark-up is whole; the others are faults, named by place. The
/// volume's own description and the headings of its divisions are lost.
pub fn read_documents(input: &Input, text: &str, take: &mut dyn FnMut(Item)) {
    let volume = volume_id(input, text);
    take(Item::Volume(Box::new(Volume {
        id: volume.clone(),
        ..Volume::default()
    })));
    let mut page: Option<String> = None;
    let (mut at, mut unclosed) = (0, 0);
    while let Some((start, end)) = next_tag(text, at) {
        let tag = &text[start..end];
        at = end;
        if is_named(tag, "pb") {
            page = attribute(tag, "n").map(str::to_owned).or(page);
        }
        if !(is_named(tag, "div") && attribute(tag, "type") == Some("document")) {
            continue;
        }
        let place = || input.place(start);
        let Some(close) = closing(text, start).filter(|close| !holds_another(&text[end..*close]))
        else {
            take(fault(
                &place(),
                format!("{} does not end before another begins", name_of(tag)),
            ));
            unclosed += 1;
            if unclosed == MAX_UNCLOSED {
                take(fault(
                    &place(),
                    format!("{unclosed} documents do not end; the rest is not read"),
                ));
                break;
            }
            continue;
        };
        match read_one(input, &text[start..close], &volume, page.clone()) {
            Ok((draft, turned)) => {
                page = turned;
                take(Item::Draft(Box::new(Draft {
                    place: place(),
                    ..draft
                })));
            }
            Err(message) => take(fault(&place(), format!("{}: {message}", name_of(tag)))),
        }
        at = close;
    }
}

/// A draft, and the page on which it ends.
type Read = (Draft, Option<String>);

fn read_one(
    input: &Input,
    slice: &str,
    volume: &str,
    page: Option<String>,
) -> Result<Read, String> {
    let alone = format!(
        "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\" xmlns:frus=\"http://history.state.gov/frus/ns/1.0\">{slice}</TEI>"
    );
    let xml = parse(&alone).map_err(|error| error.to_string())?;
    let node = xml
        .descendants()
        .find(|n| is_document(*n))
        .ok_or("no document in it")?;
    let name = document_name(node).ok_or("it has neither xml:id nor n")?;
    Ok(document::draft(node, volume, name, page, input))
}

/// The bytes of the next tag, from `<` to behind `>`.
fn next_tag(text: &str, from: usize) -> Option<(usize, usize)> {
    let start = from + memchr(b'<', &text.as_bytes()[from..])?;
    let end = start + memchr(b'>', &text.as_bytes()[start..])?;
    Some((start, end + 1))
}

fn is_named(tag: &str, name: &str) -> bool {
    tag[1..]
        .strip_prefix(name)
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '>' || c == '/'))
}

/// The end of the `div` that opens at `start`, or `None` where it does not close.
fn closing(text: &str, start: usize) -> Option<usize> {
    let (mut depth, mut at) = (0usize, start);
    while let Some((start, end)) = next_tag(text, at) {
        let tag = &text[start..end];
        at = end;
        if is_named(tag, "div") && !tag.ends_with("/>") {
            depth += 1;
        } else if tag.starts_with("</div") {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(end);
            }
        }
    }
    None
}

/// Whether a stretch of text opens a document with an id: those without one are parts of attachments.
fn holds_another(text: &str) -> bool {
    let mut at = 0;
    while let Some((start, end)) = next_tag(text, at) {
        let tag = &text[start..end];
        if is_named(tag, "div")
            && attribute(tag, "type") == Some("document")
            && attribute(tag, "xml:id").is_some()
        {
            return true;
        }
        at = end;
    }
    false
}

fn name_of(tag: &str) -> &str {
    attribute(tag, "xml:id").unwrap_or("document")
}

fn volume_id(input: &Input, text: &str) -> String {
    let idno = text
        .split_once("<idno type=\"frus\">")
        .and_then(|(_, rest)| rest.split_once('<'));
    let root = || {
        let start = text.find("<TEI")?;
        attribute(&text[start..start + text[start..].find('>')?], "xml:id")
    };
    idno.map(|(id, _)| id.trim())
        .or_else(root)
        .unwrap_or(input.stem())
        .to_owned()
}

/// An attribute's value, in either kind of quotes.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut from = 0;
    while let Some(found) = tag[from..].find(name) {
        let at = from + found;
        from = at + name.len();
        let alone = tag[..at].ends_with(char::is_whitespace);
        let value = tag[from..]
            .trim_start()
            .strip_prefix('=')
            .map(str::trim_start);
        if let (true, Some(value)) = (alone, value) {
            let quote = value.chars().next().filter(|c| ['"', '\''].contains(c))?;
            return value[1..].split_once(quote).map(|(value, _)| value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_in_either_quotes() {
        let tag = "<div xml:id='d1' type = \"document\" n=\"1\">";
        assert_eq!(
            (
                attribute(tag, "xml:id"),
                attribute(tag, "type"),
                attribute(tag, "n")
            ),
            (Some("d1"), Some("document"), Some("1"))
        );
        assert_eq!(attribute("<pb facs=\"7\"/>", "n"), None);
    }
}
