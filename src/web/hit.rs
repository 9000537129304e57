//! A hit as a page shows it: what a card tells, the best places, and the record for a reference manager.

use super::{
    address::Address,
    text::{Piece, excerpt},
    titles::Titles,
};
use crate::{
    index::{Card, Hit, Place},
    record::{DateSpan, PassageKind},
    schema::schema,
};

/// Bytes of the best place of a hit that are shown, and of each further one.
const BEST: usize = 340;
const FURTHER: usize = 180;

/// A hit.
#[derive(Debug, Clone)]
pub struct HitView {
    /// Marks the hit in its page, so that its record can lead back; none where a record can stand twice.
    pub anchor: Option<String>,
    /// The number and the heading; the id where there is none.
    pub title: String,
    /// The record.
    pub address: String,
    /// The date for machines and for people.
    pub date: Option<(String, String)>,
    /// Where.
    pub place: Option<String>,
    /// How secret.
    pub level: Option<String>,
    /// Handling controls.
    pub controls: Vec<String>,
    /// The kind of document.
    pub kind: String,
    /// The volume's title and address.
    pub volume: (String, Address),
    /// The context object of reference managers.
    pub coins: String,
    /// The best places.
    pub places: Vec<PlaceView>,
    /// How many places there are.
    pub all_places: usize,
}

/// A place that answers.
#[derive(Debug, Clone)]
pub struct PlaceView {
    /// The passage in its record.
    pub address: String,
    /// The printed page and where it begins.
    pub page: Option<(String, String)>,
    /// The heading above it.
    pub topic: Option<String>,
    /// Who speaks.
    pub speaker: Option<String>,
    /// Who is spoken to.
    pub addressee: Option<String>,
    /// What it is, if not running text.
    pub kind: Option<&'static str>,
    /// The words.
    pub pieces: Vec<Piece>,
}

impl HitView {
    /// Of a hit of a search, whose own address is `search`.
    pub fn of(hit: &Hit, search: &Address, titles: &Titles) -> Self {
        let card = &hit.card;
        let address = record_address(card, search);
        let label = |field: &str, slug: &String| {
            schema()
                .field(field)
                .map_or_else(|| slug.clone(), |f| schema().label(f, slug))
        };
        let volume = card.id.volume();
        let places = hit.places.iter().enumerate();
        Self {
            anchor: Some(card.id.to_string().replace('/', "-")),
            title: numbered(card),
            date: card
                .date
                .as_ref()
                .map(|d| (d.from.to_string(), readable(d, card.place.as_deref()))),
            place: card.place.clone(),
            level: card
                .level
                .as_ref()
                .map(|slug| label("classification", slug)),
            controls: card
                .controls
                .iter()
                .map(|slug| label("control", slug))
                .collect(),
            kind: label("kind", &card.kind),
            volume: (
                titles.short(volume).to_owned(),
                Address::of(&["volumes", volume]),
            ),
            coins: coins(card, titles.long(volume)),
            all_places: hit.all_places,
            places: places
                .map(|(at, place)| {
                    PlaceView::of(place, &address, if at == 0 { BEST } else { FURTHER })
                })
                .collect(),
            address: address.to_string(),
        }
    }
}

/// The longest printed date that is shown as it is.
const PRINTED: usize = 48;

/// A date as printed, or in a form of our own where it stands amid other words.
fn readable(date: &DateSpan, place: Option<&str>) -> String {
    let text = without_place(&date.text, place.unwrap_or_default());
    if (1..=PRINTED).contains(&text.chars().count()) {
        return text.to_owned();
    }
    date.from.date.strftime("%B %-d, %Y").to_string()
}

/// A printed date without the place before it and the full stop behind it; that of `p.m.` is its own.
fn without_place<'a>(text: &'a str, place: &str) -> &'a str {
    let rest = text.strip_prefix(place).filter(|_| !place.is_empty());
    let rest = rest.map(|rest| rest.trim_start_matches([',', '.', ' ']));
    let text = rest.unwrap_or(text).trim();
    match text.to_lowercase().ends_with(".m.") {
        true => text,
        false => text.trim_end_matches('.'),
    }
}

/// `91. Editorial Note`.
fn numbered(card: &Card) -> String {
    let Some(title) = &card.title else {
        return card.id.to_string();
    };
    match card.number.map(|number| format!("{number}. ")) {
        Some(number) if !title.starts_with(&number) => number + title,
        _ => title.clone(),
    }
}

/// The record of a hit: `q` is what is marked in it, `from` the search's own parameters, so that the record
/// can lead back, and on to the next hit.
fn record_address(card: &Card, search: &Address) -> Address {
    let address = Address::of(&[card.id.volume(), card.id.name()]);
    let address = match search.get("q") {
        Some(query) => address.with("q", query),
        None => address,
    };
    address.with("from", search.query())
}

impl PlaceView {
    /// Whether anything stands above its words.
    pub fn has_heading(&self) -> bool {
        self.kind.is_some() || self.topic.is_some() || self.speaker.is_some()
    }

    fn of(place: &Place, record: &Address, most: usize) -> Self {
        let page = place.page.as_ref().map(|page| {
            let last = place.page_end.as_ref().filter(|last| *last != page);
            let label = match last {
                Some(last) => format!("pp. {page}–{last}"),
                None => format!("p. {page}"),
            };
            (label, format!("{record}#pg_{page}"))
        });
        Self {
            address: format!("{record}#p{}", place.ordinal),
            page,
            topic: place.topic.clone(),
            speaker: place.speaker.clone(),
            addressee: place.addressee.clone(),
            kind: match place.kind {
                PassageKind::Body => None,
                PassageKind::Attachment => Some("Attachment"),
                PassageKind::Footnote => Some("Footnote"),
            },
            pieces: excerpt(&place.text, &place.marks, most),
        }
    }
}

/// OpenURL ContextObject in Span: a part of a book, as Zotero and others gather it from lists.
fn coins(card: &Card, volume: Option<&str>) -> String {
    let mut object = form_urlencoded::Serializer::new(String::new());
    object.append_pair("ctx_ver", "Z39.88-2004");
    object.append_pair("rft_val_fmt", "info:ofi/fmt:kev:mtx:book");
    object.append_pair("rft.genre", "bookitem");
    object.append_pair(
        "rft.atitle",
        card.title.as_deref().unwrap_or(card.id.as_str()),
    );
    object.append_pair("rft.btitle", volume.unwrap_or(card.id.volume()));
    if let Some(date) = &card.date {
        object.append_pair("rft.date", &date.from.date.to_string());
    }
    if let Some(pages) = &card.pages {
        object.append_pair("rft.pages", &format!("{}-{}", pages.first, pages.last));
    }
    if let Some(link) = card.id.permalink(None) {
        object.append_pair("rft_id", &link);
    }
    object.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_printed_without_its_place() {
        let of = |text| without_place(text, "Washington").to_owned();
        assert_eq!(of("Washington, April 6, 1962."), "April 6, 1962");
        assert_eq!(of("April 6, 1962, 9 p.m."), "April 6, 1962, 9 p.m.");
        assert_eq!(without_place("May 1961.", ""), "May 1961");
    }
}
