//! A stored passage read in place: as [`Passage`], borrowed, so that opening one passage of a long
//! record copies no other.

use serde::{Deserialize, Serialize};

use crate::record::{Form, Passage, PassageKind};

/// The fields of `Passage`, borrowed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    pub addressee: Option<&'a str>,
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
    /// A passage without its words, which are stored apart.
    pub fn wordless(passage: &Passage) -> PassageView<'_> {
        fn lent(marks: &[(u32, String)]) -> Vec<(u32, &str)> {
            marks
                .iter()
                .map(|(at, mark)| (*at, mark.as_str()))
                .collect()
        }
        PassageView {
            kind: passage.kind,
            form: passage.form,
            paragraph: passage.paragraph,
            page: passage.page.as_deref(),
            breaks: lent(&passage.breaks),
            topic: passage.topic,
            attachment: passage.attachment,
            speaker: passage.speaker.as_deref(),
            addressee: passage.addressee.as_deref(),
            label: passage.label.as_deref(),
            calls: lent(&passage.calls),
            gaps: passage.gaps.clone(),
            text: "",
        }
    }

    /// The passage, copied.
    pub fn to_passage(&self) -> Passage {
        let owned = |marks: &[(u32, &str)]| {
            marks
                .iter()
                .map(|(at, mark)| (*at, (*mark).to_owned()))
                .collect()
        };
        Passage {
            kind: self.kind,
            form: self.form,
            paragraph: self.paragraph,
            page: self.page.map(str::to_owned),
            breaks: owned(&self.breaks),
            topic: self.topic,
            attachment: self.attachment,
            speaker: self.speaker.map(str::to_owned),
            addressee: self.addressee.map(str::to_owned),
            label: self.label.map(str::to_owned),
            calls: owned(&self.calls),
            gaps: self.gaps.clone(),
            text: self.text.to_owned(),
        }
    }

    /// The printed page on which it ends.
    pub fn page_end(&self) -> Option<&str> {
        self.breaks.last().map(|(_, page)| *page).or(self.page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            addressee: Some("Moss".into()),
            label: Some("4".into()),
            calls: vec![(5, "5".into())],
            gaps: vec![(1, 2)],
            text: "See Document 296.".into(),
        };
        let bytes = postcard::to_allocvec(&PassageView::wordless(&passage)).unwrap();
        let wordless: PassageView<'_> = postcard::from_bytes(&bytes).unwrap();
        let view = PassageView {
            text: &passage.text,
            ..wordless
        };
        assert_eq!(view.page_end(), passage.page_end());
        assert_eq!(view.to_passage(), passage);
    }
}
