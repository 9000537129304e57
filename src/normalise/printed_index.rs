//! The volume's printed index as a catalogue: each entry is a subject heading of the records on its pages.

use std::collections::HashMap;

use crate::record::{IndexEntry, IndexTerm, Passage, PassageKind, Volume};

/// The longest run of pages that an entry may name.
const MAX_RUN: u32 = 200;

/// Entries by page.
#[derive(Debug, Clone, Default)]
pub struct PrintedIndex {
    entries: Vec<IndexEntry>,
    by_page: HashMap<String, Vec<usize>>,
}

impl PrintedIndex {
    /// Of a volume.
    pub fn new(volume: &Volume) -> Self {
        let mut by_page: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, entry) in volume.index.iter().enumerate() {
            for run in &entry.pages {
                for page in pages(&run.first, &run.last) {
                    by_page.entry(page).or_default().push(number);
                }
            }
        }
        Self {
            entries: volume.index.clone(),
            by_page,
        }
    }

    /// The entries that name a page of the text, each once, in order of the text.
    pub fn terms(&self, passages: &[Passage]) -> Vec<IndexTerm> {
        let mut met: Vec<&str> = Vec::new();
        let mut given: Vec<usize> = Vec::new();
        let mut terms = Vec::new();
        for passage in passages.iter().filter(|p| p.kind != PassageKind::Footnote) {
            for page in passage
                .page
                .iter()
                .chain(passage.breaks.iter().map(|(_, page)| page))
            {
                if met.contains(&page.as_str()) {
                    continue;
                }
                met.push(page);
                for number in self.by_page.get(page).into_iter().flatten() {
                    if !given.contains(number) {
                        given.push(*number);
                        terms.push(IndexTerm {
                            headings: self.entries[*number].headings.clone(),
                            page: page.clone(),
                        });
                    }
                }
            }
        }
        terms
    }
}

/// Every page of a run; of pages that are no figures, its ends.
fn pages(first: &str, last: &str) -> Vec<String> {
    match (first.parse::<u32>(), last.parse::<u32>()) {
        (Ok(from), Ok(to)) if from <= to && to - from <= MAX_RUN => {
            (from..=to).map(|n| n.to_string()).collect()
        }
        _ if first == last => vec![first.to_owned()],
        _ => vec![first.to_owned(), last.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::IndexPages;

    #[test]
    fn entries_lead_to_the_records_on_their_pages() {
        let volume = Volume {
            index: vec![IndexEntry {
                headings: vec!["Herring".into(), "quotas".into()],
                pages: vec![IndexPages {
                    first: "12".into(),
                    last: "14".into(),
                }],
            }],
            ..Volume::default()
        };
        let on = |page: &str| Passage {
            page: Some(page.into()),
            ..Passage::default()
        };
        let index = PrintedIndex::new(&volume);
        assert_eq!(index.terms(&[on("11")]), []);
        let terms = index.terms(&[on("11"), on("13"), on("14")]);
        assert_eq!(terms.len(), 1);
        assert_eq!(
            (terms[0].headings.join(" > "), terms[0].page.as_str()),
            ("Herring > quotas".into(), "13")
        );
    }
}
