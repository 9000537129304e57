//! A stored passage read in place: as [`Passage`](crate::record::Passage), borrowed, so that opening
//! one passage of a long record copies no other.

use serde::Deserialize;

use crate::record::{Form, PassageKind};

/// The same fields in the same order as `Passage`; a test holds the two together.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PassageView<'a> {
    /// As in `Passage`.
    pub kind: PassageKind,
    /// As in `Passage`.
    pub form: Form,
    /// As in `Passage`.
    pub paragraph: u32,
    /// As in `Passage`.
    pub page: Option<&'a str>,
    /// As in `Passage`.
    #[serde(borrow)]
    pub breaks: Vec<(u32, &'a str)>,
    /// As in `Passage`.
    pub topic: Option<u16>,
    /// As in `Passage`.
    pub attachment: Option<u16>,
    /// As in `Passage`.
    pub speaker: Option<&'a str>,
    /// As in `Passage`.
    pub label: Option<&'a str>,
    /// As in `Passage`.
    #[serde(borrow)]
    pub calls: Vec<(u32, &'a str)>,
    /// As in `Passage`.
    pub gaps: Vec<(u32, u32)>,
    /// As in `Passage`.
    pub text: &'a str,
}

impl PassageView<'_> {
    /// The printed page on which it ends.
    pub fn page_end(&self) -> Option<&str> {
        self.breaks.last().map(|(_, page)| *page).or(self.page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Passage;

    #[test]
    fn a_stored_passage_is_viewed() {
        let passage = Passage {
            kind: PassageKind::Footnote,
            form: Form::Quote,
            paragraph: 7,
            page: Some("677".into()),
            breaks: vec![(3, "678".into())],
            topic: Some(2),
            attachment: Some(1),
            speaker: Some("Rusk".into()),
            label: Some("4".into()),
            calls: vec![(5, "5".into())],
            gaps: vec![(1, 2)],
            text: "See Document 296.".into(),
        };
        let bytes = postcard::to_allocvec(&passage).unwrap();
        let view: PassageView<'_> = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(view.text, passage.text);
        assert_eq!(view.page_end(), passage.page_end());
        assert_eq!(
            (view.kind, view.form, view.topic, view.speaker),
            (
                passage.kind,
                passage.form,
                passage.topic,
                passage.speaker.as_deref()
            )
        );
    }
}
