//! Running text of an element: words, page turns, calls of notes, marked names and references.

use roxmltree::Node;

use super::is;
use crate::readers::{Block, Name, NoteDraft, Reference, Role, SourceNote};

/// What running text carries beside its words.
#[derive(Debug, Default)]
pub struct Findings {
    /// The printed page reached.
    pub page: Option<String>,
    /// Numbered notes in order.
    pub notes: Vec<NoteDraft>,
    /// Notes of type `source`.
    pub sources: Vec<SourceNote>,
    /// Senders and addressees.
    pub names: Vec<Name>,
    /// The volume's ids of persons named elsewhere: `p_RD1`.
    pub persons: Vec<String>,
    /// Targets of references.
    pub references: Vec<Reference>,
}

/// Elements that stand on lines of their own; inside a paragraph they end it.
pub fn is_block(node: Node<'_, '_>) -> bool {
    const BLOCKS: &[&str] = &[
        "p",
        "list",
        "table",
        "div",
        "closer",
        "opener",
        "postscript",
        "attachment",
        "head",
        "dateline",
        "figure",
        "floatingText",
        "lg",
        "signed",
        "salute",
    ];
    // A quotation without paragraphs of its own runs on in the text around it.
    BLOCKS.iter().any(|name| is(node, name)) || (is(node, "quote") && node.children().any(is_block))
}

/// What becomes of block elements met in running text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocks {
    /// They are left to the caller.
    Skip,
    /// They are taken in, on lines of their own.
    Lines,
}

/// Appends the text of `node` and what stands in it to `block`.
pub fn append(node: Node<'_, '_>, block: &mut Block, found: &mut Findings, blocks: Blocks) {
    for child in node.children() {
        append_node(child, block, found, blocks);
    }
}

/// Appends one child of a running text.
pub fn append_node(child: Node<'_, '_>, block: &mut Block, found: &mut Findings, blocks: Blocks) {
    if child.is_text() {
        let text = child.text().unwrap_or_default();
        if block.text.is_empty() && !text.trim().is_empty() {
            block.page.clone_from(&found.page);
        }
        block.push(text);
    } else if child.is_element() {
        append_element(child, block, found, blocks);
    }
}

fn append_element(node: Node<'_, '_>, block: &mut Block, found: &mut Findings, blocks: Blocks) {
    match node.tag_name().name() {
        "pb" => turn_page(node, block, found),
        "lb" => block.push(" "),
        "note" => take_note(node, block, found),
        "gap" => block.push("[…]"),
        "seg" if node.attribute("type") == Some("margin") => {}
        "ref" => {
            if let Some(target) = node.attribute("target") {
                found.references.push(Reference {
                    target: target.to_owned(),
                });
            }
            append(node, block, found, blocks);
        }
        "persName" | "gloss" | "orgName" => {
            let person = node
                .attribute("corresp")
                .map(|c| c.trim_start_matches('#').to_owned());
            if let Some(role) = role(node) {
                let text = plain(node);
                found.names.push(Name { role, text, person });
            } else if let Some(person) = person.filter(|p| !found.persons.contains(p)) {
                found.persons.push(person);
            }
            append(node, block, found, blocks);
        }
        "item" | "row" if blocks == Blocks::Lines => on_own_line(node, block, found),
        "cell" | "label" => {
            append(node, block, found, blocks);
            block.push(" ");
        }
        _ if is_block(node) => {
            if blocks == Blocks::Lines {
                on_own_line(node, block, found);
            }
        }
        _ => append(node, block, found, blocks),
    }
}

fn on_own_line(node: Node<'_, '_>, block: &mut Block, found: &mut Findings) {
    block.new_line();
    append(node, block, found, Blocks::Lines);
    block.new_line();
}

fn role(node: Node<'_, '_>) -> Option<Role> {
    match node.attribute("type") {
        Some("from") => Some(Role::From),
        Some("to") => Some(Role::To),
        _ => None,
    }
}

fn turn_page(node: Node<'_, '_>, block: &mut Block, found: &mut Findings) {
    let Some(page) = node.attribute("n") else {
        return;
    };
    found.page = Some(page.to_owned());
    if !block.text.is_empty() {
        block
            .breaks
            .push((block.text.len() as u32, page.to_owned()));
    }
}

/// A note is called where it stands; its own text is kept apart.
fn take_note(node: Node<'_, '_>, block: &mut Block, found: &mut Findings) {
    let page = found.page.clone();
    let mut text = Block::default();
    append(node, &mut text, found, Blocks::Lines);
    text.finish();
    if node.attribute("type") == Some("source") {
        let inline = node.attribute("rend") == Some("inline");
        found.sources.push(SourceNote {
            text: text.text,
            inline,
        });
        return;
    }
    let label = node.attribute("n").unwrap_or("*").to_owned();
    block
        .calls
        .push((block.text.trim_end().len() as u32, label.clone()));
    found.notes.push(NoteDraft {
        label,
        text: text.text,
        page,
    });
}

/// The words of an element, white space folded, without notes.
pub fn plain(node: Node<'_, '_>) -> String {
    let mut block = Block::default();
    append(node, &mut block, &mut Findings::default(), Blocks::Lines);
    let mut block = Block {
        text: block.text.replace('\n', " "),
        ..block
    };
    block.finish();
    block.text
}

/// As [`plain`], with the lines that `lb` makes.
pub fn lines(node: Node<'_, '_>) -> String {
    fn walk(node: Node<'_, '_>, block: &mut Block) {
        for child in node.children() {
            if child.is_text() {
                block.push(child.text().unwrap_or_default());
            } else if is(child, "lb") {
                block.new_line();
            } else if child.is_element() && !is(child, "note") {
                walk(child, block);
            }
        }
    }
    let mut block = Block::default();
    walk(node, &mut block);
    block.finish();
    block.text
}
