//! The Office of the Historian's subject taxonomy, or another of its form: categories and tags in XML.

use roxmltree::{Document, Node};
use thiserror::Error;

use super::Lexicon;

/// Subjects with the headings above them.
#[derive(Debug, Clone)]
pub struct Taxonomy {
    subjects: Vec<Vec<String>>,
    names: Lexicon<usize>,
}

/// A file that is no taxonomy.
#[derive(Debug, Error)]
pub enum TaxonomyError {
    /// It is no XML.
    #[error("is not well-formed XML: {0}")]
    Xml(#[from] roxmltree::Error),
    /// It has no `<category>` labelled `Topics` with tags below it.
    #[error("holds no category `Topics` with tags")]
    Empty,
}

/// The category whose tags are subjects; people and places are known otherwise.
const TOPICS: &str = "Topics";

/// The deepest nesting that is read.
const MAX_DEPTH: usize = 12;

impl Taxonomy {
    /// Reads a taxonomy.
    ///
    /// # Errors
    /// [`TaxonomyError`] says what the file is not.
    pub fn read(text: &str) -> Result<Self, TaxonomyError> {
        let xml = Document::parse(text)?;
        let mut taxonomy = Self {
            subjects: Vec::new(),
            names: Lexicon::in_any_case(),
        };
        let topics = xml
            .descendants()
            .filter(|n| n.has_tag_name("category") && label(*n) == Some(TOPICS));
        for category in topics {
            taxonomy.enter(category, &mut Vec::new());
        }
        if taxonomy.subjects.is_empty() {
            return Err(TaxonomyError::Empty);
        }
        Ok(taxonomy)
    }

    fn enter(&mut self, node: Node<'_, '_>, above: &mut Vec<String>) {
        for child in node
            .children()
            .filter(|n| n.has_tag_name("category") || n.has_tag_name("tag"))
        {
            let Some(label) = label(child) else { continue };
            above.push(label.to_owned());
            self.subjects.push(above.clone());
            for name in names(label) {
                self.names.add(&name, self.subjects.len() - 1);
            }
            if above.len() < MAX_DEPTH {
                self.enter(child, above);
            }
            above.pop();
        }
    }

    /// Every subject named in a text.
    pub fn find(&self, text: &str) -> impl Iterator<Item = usize> {
        self.names.find(text).into_iter().map(|found| found.meaning)
    }

    /// A subject by number, from the broadest heading.
    pub fn subject(&self, number: usize) -> &[String] {
        &self.subjects[number]
    }
}

fn label<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    let label = node.children().find(|n| n.has_tag_name("label"))?;
    label.text().map(str::trim).filter(|t| !t.is_empty())
}

/// The label, without what stands in parentheses, and in the singular. Single short words mean too much.
fn names(label: &str) -> Vec<String> {
    let bare = label.split(" (").next().unwrap_or(label);
    let telling = bare.contains(' ') || bare.len() >= 9;
    let mut names = Vec::new();
    if telling {
        names.push(bare.to_owned());
        names.extend(bare.strip_suffix('s').map(str::to_owned));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_with_their_chain() {
        let taxonomy = Taxonomy::read(
            "<taxonomy><category><label>Topics</label><category><label>Fisheries</label>\
             <tag><label>Herring Quotas</label></tag></category></category></taxonomy>",
        )
        .unwrap();
        let found: Vec<String> = taxonomy
            .find("A herring quota was set.")
            .map(|n| taxonomy.subject(n).join(" > "))
            .collect();
        assert_eq!(found, ["Fisheries > Herring Quotas"]);
        let error = Taxonomy::read("<a/>").unwrap_err().to_string();
        assert_eq!(error, "holds no category `Topics` with tags");
    }
}
