//! Reading a volume that is not well-formed: document by document, each parsed alone.

use super::{document, document_name, fault, is_document, parse};
use crate::{
    readers::{Input, Item},
    record::Volume,
};

const OPEN: &str = "<div";
const CLOSE: &str = "</div>";

/// Every document that does not end costs a look at the rest of the file.
const MAX_UNCLOSED: usize = 20;

/// Hands out every document whose own mark-up is whole; the others are faults, named by place.
pub fn read_documents(input: &Input, text: &str, take: &mut dyn FnMut(Item)) {
    let id = volume_id(input, text);
    take(Item::Volume(Box::new(Volume {
        id: id.clone(),
        ..Volume::default()
    })));
    let (mut at, mut unclosed) = (0, 0);
    while let Some(found) = text[at..].find(OPEN) {
        let start = at + found;
        let Some(tag_end) = text[start..].find('>').map(|n| start + n) else {
            break;
        };
        at = tag_end;
        if !text[start..tag_end].contains("type=\"document\"") {
            continue;
        }
        let end =
            closing(text, start).filter(|end| !text[tag_end..*end].contains("type=\"document\""));
        let Some(end) = end else {
            take(fault(
                &input.place(start),
                format!("{} does not end", name_of(&text[start..=tag_end])),
            ));
            unclosed += 1;
            if unclosed == MAX_UNCLOSED {
                take(fault(
                    &input.place(start),
                    format!("{unclosed} documents do not end; the rest is not read"),
                ));
                break;
            }
            continue;
        };
        read_one(input, text, &id, start..end, take);
        at = end;
    }
}

fn read_one(
    input: &Input,
    text: &str,
    volume: &str,
    span: std::ops::Range<usize>,
    take: &mut dyn FnMut(Item),
) {
    let (start, slice) = (span.start, &text[span]);
    let alone = format!(
        "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\" xmlns:frus=\"http://history.state.gov/frus/ns/1.0\">{slice}</TEI>"
    );
    let whole = parse(&alone).map_err(|error| error.to_string());
    let draft = whole.and_then(|xml| {
        let node = xml
            .descendants()
            .find(|n| is_document(*n))
            .ok_or("no document in it")?;
        let name = document_name(node).ok_or("it has neither xml:id nor n")?;
        Ok(document::draft(node, volume, name, page_before(text, start), input).0)
    });
    match draft {
        Ok(mut draft) => {
            draft.place = input.place(start);
            take(Item::Draft(Box::new(draft)));
        }
        Err(message) => take(fault(
            &input.place(start),
            format!("{}: {message}", name_of(slice)),
        )),
    }
}

/// The end of the `div` that opens at `start`, or `None` where it does not close.
fn closing(text: &str, start: usize) -> Option<usize> {
    let (mut depth, mut at) = (0usize, start);
    loop {
        let open = text[at..].find(OPEN).map(|n| at + n);
        let close = text[at..].find(CLOSE).map(|n| at + n)?;
        match open {
            Some(open) if open < close => {
                depth += 1;
                at = open + OPEN.len();
            }
            _ => {
                depth = depth.checked_sub(1)?;
                at = close + CLOSE.len();
                if depth == 0 {
                    return Some(at);
                }
            }
        }
    }
}

fn name_of(tag: &str) -> &str {
    attribute(tag, "xml:id=\"").unwrap_or("document")
}

fn page_before(text: &str, at: usize) -> Option<String> {
    let tag = text[..at].rfind("<pb")?;
    attribute(&text[tag..at], " n=\"").map(str::to_owned)
}

fn volume_id(input: &Input, text: &str) -> String {
    let idno = text
        .split_once("<idno type=\"frus\">")
        .and_then(|(_, rest)| rest.split_once('<'));
    idno.map_or(input.stem(), |(id, _)| id.trim()).to_owned()
}

fn attribute<'a>(tag: &'a str, opening: &str) -> Option<&'a str> {
    tag.split_once(opening)?
        .1
        .split_once('"')
        .map(|(value, _)| value)
}
