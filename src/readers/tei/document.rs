//! One `div` of type `document` as a draft.

use roxmltree::Node;

use super::{
    inline::{self, Blocks, Findings, is_block, lines, plain},
    is,
};
use crate::{
    readers::{AttachmentDraft, Block, Dateline, Draft, Input, Name},
    record::Form,
};

/// Reads the document and tells on which page it ends.
pub fn draft(
    div: Node<'_, '_>,
    volume: &str,
    name: String,
    page: Option<String>,
    input: &Input,
) -> (Draft, Option<String>) {
    let mut builder = Builder::new(page);
    builder.children(div, Form::Paragraph);
    let page = builder.found.page.clone();
    let draft = Draft {
        volume: volume.to_owned(),
        name,
        number: div.attribute("n").map(str::to_owned),
        subtype: div.attribute("subtype").map(str::to_owned),
        moments: document_moments(div),
        place: input.place(div.range().start),
        ..builder.finish()
    };
    (draft, page)
}

/// `frus:doc-dateTime-min` and `-max`.
fn document_moments(div: Node<'_, '_>) -> Option<(String, String)> {
    let of = |name: &str| {
        div.attributes()
            .find(|a| a.name() == name)
            .map(|a| a.value().to_owned())
    };
    Some((of("doc-dateTime-min")?, of("doc-dateTime-max")?))
}

struct Builder {
    found: Findings,
    draft: Draft,
    /// The attachment that is being read.
    attachment: Option<usize>,
    /// Whether the document's heading is still to come.
    untitled: bool,
}

impl Builder {
    fn new(page: Option<String>) -> Self {
        let found = Findings {
            page,
            ..Findings::default()
        };
        Self {
            found,
            draft: Draft::default(),
            attachment: None,
            untitled: true,
        }
    }

    fn finish(mut self) -> Draft {
        self.draft.sources = self.found.sources;
        self.draft.notes = self.found.notes;
        self.draft.references = self.found.references;
        self.draft.persons = self.found.persons;
        self.draft
    }

    /// Reads the children of an element; stray inline children become blocks of `form`.
    fn children(&mut self, node: Node<'_, '_>, form: Form) {
        let mut block = Block::default();
        for child in node.children() {
            if is_own(child) {
                self.emit(&mut block, form);
                self.element(child, form);
            } else {
                inline::append_node(child, &mut block, &mut self.found, Blocks::Skip);
            }
        }
        self.emit(&mut block, form);
    }

    fn element(&mut self, node: Node<'_, '_>, form: Form) {
        match node.tag_name().name() {
            "head" => self.head(node),
            "note" => self.inline_note(node),
            "dateline" => self.dateline(node),
            "p" | "lg" => self.paragraph(node, form),
            "quote" => self.children(node, Form::Quote),
            "list" => self.list(node),
            "table" => self.table(node),
            "closer" | "signed" => self.children(node, Form::Signature),
            "salute" => self.children(node, Form::Line),
            "attachment" => self.attachment(node),
            "figure" => self.children(node, Form::Line),
            "div" if node.attribute("type") == Some("document") && self.attachment.is_none() => {
                self.attachment(node);
            }
            _ => self.children(node, form),
        }
    }

    /// Ends a block and keeps it, where it has words.
    fn emit(&mut self, block: &mut Block, form: Form) {
        let mut done = std::mem::take(block);
        done.finish();
        if done.text.is_empty() {
            // A call without words before it belongs to the text before.
            if let Some(last) = self.draft.blocks.last_mut() {
                let end = last.text.len() as u32;
                last.calls
                    .extend(done.calls.into_iter().map(|(_, label)| (end, label)));
            }
            return;
        }
        done.form = form;
        done.attachment = self.attachment;
        self.draft.blocks.push(done);
    }

    fn head(&mut self, node: Node<'_, '_>) {
        let mut block = Block::default();
        inline::append(node, &mut block, &mut self.found, Blocks::Lines);
        block.finish();
        block.text = block.text.replace('\n', " ");
        let names = std::mem::take(&mut self.found.names);
        match self.attachment {
            None if self.untitled => {
                self.untitled = false;
                self.draft.page = self.found.page.clone();
                self.draft.names = names;
                self.draft.title = block.text;
            }
            Some(index) if self.draft.attachments[index].title.is_none() => {
                let attachment = &mut self.draft.attachments[index];
                attachment.title = Some(block.text.clone());
                attachment.names = names;
                self.emit(&mut block, Form::Heading);
            }
            _ => self.emit(&mut block, Form::Heading),
        }
    }

    /// A note between blocks: `[Telegram.]` above the heading, `[Inclosure 2.]` above an attachment.
    fn inline_note(&mut self, node: Node<'_, '_>) {
        let known = self.found.sources.len();
        let mut holder = Block::default();
        inline::append_node(node, &mut holder, &mut self.found, Blocks::Skip);
        if let Some(index) = self.attachment
            && self.found.sources.len() > known
        {
            let text = self
                .found
                .sources
                .pop()
                .map(|note| note.text)
                .unwrap_or_default();
            let attachment = &mut self.draft.attachments[index];
            attachment.label = Some(match attachment.label.take() {
                Some(before) => format!("{before} {text}"),
                None => text.clone(),
            });
            let mut block = Block {
                text,
                page: self.found.page.clone(),
                ..Block::default()
            };
            self.emit(&mut block, Form::Line);
        } else {
            self.emit(&mut holder, Form::Line);
        }
    }

    fn dateline(&mut self, node: Node<'_, '_>) {
        let mut block = Block::default();
        inline::append(node, &mut block, &mut self.found, Blocks::Lines);
        let read = read_dateline(node);
        match self.attachment {
            None => {
                let first = self.draft.datelines.is_empty();
                self.draft.datelines.push(read);
                if !first {
                    self.emit(&mut block, Form::Line);
                } else if !block.calls.is_empty() {
                    self.emit(
                        &mut Block {
                            calls: block.calls,
                            ..Block::default()
                        },
                        Form::Line,
                    );
                }
            }
            Some(index) => {
                self.draft.attachments[index].datelines.push(read);
                self.emit(&mut block, Form::Line);
            }
        }
    }

    /// Running text; a list or quotation inside divides it.
    fn paragraph(&mut self, node: Node<'_, '_>, form: Form) {
        for margin in node
            .descendants()
            .filter(|n| is(*n, "seg") && n.attribute("type") == Some("margin"))
        {
            let mut block = Block {
                text: plain(margin),
                page: self.found.page.clone(),
                ..Block::default()
            };
            self.emit(&mut block, Form::Margin);
        }
        let set_apart = is_set_apart(node);
        let before = self.draft.blocks.len();
        self.children(node, form);
        if let [only] = &mut self.draft.blocks[before..]
            && set_apart
        {
            only.set_apart = true;
        }
    }

    fn list(&mut self, node: Node<'_, '_>) {
        let preamble = matches!(node.attribute("type"), Some("participants" | "subject"));
        let form = if preamble { Form::Preamble } else { Form::Item };
        self.items(node, form);
    }

    fn items(&mut self, list: Node<'_, '_>, form: Form) {
        let mut block = Block::default();
        for child in list.children() {
            match child.tag_name().name() {
                "label" => inline::append_node(child, &mut block, &mut self.found, Blocks::Skip),
                "item" => {
                    self.item(child, &mut block, form);
                    self.emit(&mut block, form);
                }
                "head" if form == Form::Preamble => {
                    inline::append(child, &mut block, &mut self.found, Blocks::Lines);
                    self.emit(&mut block, form);
                }
                _ if child.is_element() && is_own(child) => self.element(child, form),
                _ => inline::append_node(child, &mut block, &mut self.found, Blocks::Skip),
            }
        }
        self.emit(&mut block, form);
    }

    /// An item continues the block that its label began; inner lists and paragraphs follow as blocks.
    fn item(&mut self, item: Node<'_, '_>, block: &mut Block, form: Form) {
        for child in item.children() {
            if is(child, "p") && !child.children().any(is_block) {
                if !block.text.trim().is_empty() && block.text.split_whitespace().count() > 1 {
                    self.emit(block, form);
                }
                inline::append(child, block, &mut self.found, Blocks::Skip);
                block.push(" ");
            } else if is_own(child) {
                // Of a participants list, an item with a list below it names a side of the table.
                block.set_apart = form == Form::Preamble && is(child, "list");
                self.emit(block, form);
                if is(child, "list") {
                    self.items(child, form);
                } else {
                    self.element(child, form);
                }
            } else {
                inline::append_node(child, block, &mut self.found, Blocks::Skip);
            }
        }
    }

    fn table(&mut self, node: Node<'_, '_>) {
        for child in node.children().filter(Node::is_element) {
            let mut block = Block::default();
            if is(child, "row") {
                for cell in child.children().filter(|n| is(*n, "cell")) {
                    if !block.text.is_empty() {
                        block.push(" | ");
                    }
                    inline::append(cell, &mut block, &mut self.found, Blocks::Lines);
                    block.text = block.text.replace('\n', " ");
                }
                if block.text.chars().all(|c| c == '|' || c.is_whitespace()) {
                    block.text.clear();
                }
            } else {
                inline::append_node(child, &mut block, &mut self.found, Blocks::Lines);
            }
            self.emit(
                &mut block,
                if is(child, "head") {
                    Form::Line
                } else {
                    Form::Row
                },
            );
        }
    }

    fn attachment(&mut self, node: Node<'_, '_>) {
        let outer = self.attachment;
        self.draft.attachments.push(AttachmentDraft::default());
        self.attachment = Some(self.draft.attachments.len() - 1);
        let names: Vec<Name> = std::mem::take(&mut self.found.names);
        self.children(node, Form::Paragraph);
        self.found.names = names;
        self.attachment = outer;
    }
}

/// Elements that are read on their own, not as running text.
fn is_own(node: Node<'_, '_>) -> bool {
    is_block(node)
        || (is(node, "note")
            && node.attribute("rend") == Some("inline")
            && node.attribute("type") == Some("source"))
}

fn read_dateline(node: Node<'_, '_>) -> Dateline {
    let date = node.descendants().find(|n| is(*n, "date"));
    let attribute = |names: &[&str]| {
        date.and_then(|d| names.iter().find_map(|name| d.attribute(*name)))
            .map(str::to_owned)
    };
    let from = attribute(&["when", "from", "notBefore"]);
    let to = attribute(&["to", "notAfter"]);
    let place: Vec<String> = node
        .descendants()
        .filter(|n| is(*n, "placeName"))
        .map(lines)
        .filter(|t| !t.is_empty())
        .collect();
    Dateline {
        text: lines(node),
        place: (!place.is_empty()).then(|| place.join("\n")),
        date: date.map(plain),
        moments: from.map(|from| (from, to)),
    }
}

/// Centred, marked as a section title, or italic (or strong) throughout.
fn is_set_apart(node: Node<'_, '_>) -> bool {
    if matches!(
        node.attribute("rend"),
        Some("center" | "sectiontitleital" | "sectiontitlebold" | "sectiontitle")
    ) {
        return true;
    }
    let mut worded = node
        .children()
        .filter(|n| !(n.is_text() && n.text().unwrap_or_default().trim().is_empty()));
    let emphasised = |n: Node<'_, '_>| {
        is(n, "hi")
            && n.attribute("rend")
                .is_some_and(|r| r.contains("italic") || r.contains("strong") || r.contains("bold"))
    };
    let mut some = false;
    let all = worded.all(|n| {
        some |= emphasised(n);
        emphasised(n)
            || is(n, "note")
            || is(n, "pb")
            || (n.is_text() && !n.text().unwrap_or_default().contains(char::is_alphanumeric))
    });
    all && some
}
