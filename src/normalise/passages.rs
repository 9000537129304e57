//! Blocks > passages: each with its page, topic and paragraph; footnotes behind the text.

use super::outline::{Laid, Outline};
use crate::{
    readers::{Block, Draft},
    record::{Form, Passage, PassageKind},
};

/// The text of a document in passages.
pub fn lay_out(draft: &Draft, outline: &Outline) -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::with_capacity(outline.laid.len() + draft.notes.len());
    for laid in &outline.laid {
        let block = &draft.blocks[laid.block];
        let passage = passage(block, laid);
        if !passage.text.is_empty() {
            passages.push(passage);
        }
    }
    let paragraphs = outline.laid.last().map_or(0, |l| l.block as u32 + 1);
    let calls: Vec<(String, Option<String>, Option<u16>)> = passages
        .iter()
        .flat_map(|p| {
            p.calls
                .iter()
                .map(|(at, label)| (label.clone(), p.page_at(*at).map(str::to_owned), p.topic))
        })
        .collect();
    for (index, note) in draft.notes.iter().enumerate() {
        let called = calls.iter().find(|(label, _, _)| *label == note.label);
        passages.push(Passage {
            kind: PassageKind::Footnote,
            form: Form::Paragraph,
            paragraph: paragraphs + index as u32 + 1,
            page: note
                .page
                .clone()
                .or_else(|| called.and_then(|(_, page, _)| page.clone())),
            topic: called.and_then(|(_, _, topic)| *topic),
            label: Some(note.label.clone()),
            text: note.text.clone(),
            ..Passage::default()
        });
    }
    passages
}

fn passage(block: &Block, laid: &Laid) -> Passage {
    let (start, end) = laid.span;
    let raw = &block.text[start..end];
    let text = raw.trim();
    let lead = start + (raw.len() - raw.trim_start().len());
    let until = lead + text.len();
    let page = block
        .breaks
        .iter()
        .take_while(|(at, _)| *at as usize <= lead)
        .last();
    let inside = |at: u32| (at as usize > lead && (at as usize) < until).then(|| at - lead as u32);
    Passage {
        kind: if block.attachment.is_some() {
            PassageKind::Attachment
        } else {
            PassageKind::Body
        },
        form: laid.form,
        paragraph: laid.block as u32 + 1,
        page: page
            .map(|(_, page)| page.clone())
            .or_else(|| block.page.clone()),
        breaks: block
            .breaks
            .iter()
            .filter_map(|(at, page)| Some((inside(*at)?, page.clone())))
            .collect(),
        topic: laid.topic,
        attachment: block.attachment.and_then(|a| u16::try_from(a).ok()),
        speaker: None,
        addressee: None,
        label: None,
        calls: block
            .calls
            .iter()
            .filter(|(at, _)| {
                *at as usize > lead && *at as usize <= until || (*at as usize == lead && lead == 0)
            })
            .map(|(at, label)| ((*at - lead as u32).min(text.len() as u32), label.clone()))
            .collect(),
        gaps: Vec::new(),
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_divided_block_keeps_pages_and_calls() {
        let block = Block {
            page: Some("1".into()),
            breaks: vec![(6, "2".into()), (10, "3".into())],
            calls: vec![(3, "1".into()), (12, "2".into())],
            text: "abc de fgh ijk".into(),
            ..Block::default()
        };
        let part = |span| {
            passage(
                &block,
                &Laid {
                    block: 0,
                    span,
                    form: Form::Paragraph,
                    topic: None,
                },
            )
        };
        let (first, second) = (part((0, 7)), part((7, 14)));
        assert_eq!(
            (
                first.text.as_str(),
                first.page.as_deref(),
                first.calls.len()
            ),
            ("abc de", Some("1"), 1)
        );
        assert_eq!(
            (second.text.as_str(), second.page.as_deref()),
            ("fgh ijk", Some("2"))
        );
        assert_eq!((second.breaks.len(), second.calls[0].0), (1, 5));
    }
}
