//! Controlled lists: slugs, labels, and the spellings that lead to them.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

/// A controlled list, in order of precedence.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// In file order.
    #[serde(rename = "entry")]
    pub entries: Vec<Entry>,
    #[serde(skip)]
    by_alias: HashMap<String, usize>,
    #[serde(skip)]
    by_slug: HashMap<String, usize>,
}

/// One value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The value in records, filters and facets.
    pub slug: String,
    /// Shown to people.
    pub label: String,
    /// Spellings in the sources.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// For kinds of document: phrases of the heading.
    #[serde(default)]
    pub titles: Vec<String>,
    /// For kinds of document: phrases of an inline note.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl Vocabulary {
    /// The value that a printed spelling stands for, with its rank (0 = first in the file).
    /// Case, hyphens, dots and spaces do not matter.
    pub fn find(&self, printed: &str) -> Option<(usize, &Entry)> {
        let rank = *self.by_alias.get(&fold_alias(printed))?;
        Some((rank, &self.entries[rank]))
    }

    /// A value by its slug.
    pub fn entry(&self, slug: &str) -> Option<&Entry> {
        self.by_slug.get(slug).map(|i| &self.entries[*i])
    }

    /// What people see for a slug; a value that is none stands for itself.
    pub fn label<'v>(&'v self, slug: &'v str) -> &'v str {
        self.entry(slug).map_or(slug, |entry| entry.label.as_str())
    }

    /// Slugs in file order.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|e| e.slug.as_str())
    }

    pub(super) fn prepared(mut self) -> Self {
        for (rank, entry) in self.entries.iter().enumerate() {
            self.by_slug.insert(entry.slug.clone(), rank);
            for alias in entry.aliases.iter().chain([&entry.slug, &entry.label]) {
                self.by_alias.entry(fold_alias(alias)).or_insert(rank);
            }
        }
        self
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let mut owners: BTreeMap<String, &str> = BTreeMap::new();
        for entry in &self.entries {
            if entry.label.is_empty() {
                return Err(format!("`{}` has no label", entry.slug));
            }
            let mut own: Vec<_> = entry.aliases.iter().map(|a| fold_alias(a)).collect();
            own.push(fold_alias(&entry.slug));
            own.sort();
            own.dedup();
            for alias in own {
                if let Some(other) = owners.insert(alias.clone(), &entry.slug) {
                    return Err(format!(
                        "`{alias}` leads to both `{other}` and `{}`",
                        entry.slug
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Letters and digits only, lower-case: `Secret; Niact` and `SECRET--NIACT` fold alike.
pub fn fold_alias(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::schema::schema;

    #[test]
    fn spellings_lead_to_slugs() {
        let levels = schema().vocabulary("classification");
        for (printed, slug) in [
            ("Top Secret", "top-secret"),
            ("TOP  SECRET", "top-secret"),
            ("SECRFT", "secret"),
        ] {
            assert_eq!(levels.find(printed).unwrap().1.slug, slug, "{printed}");
        }
        assert!(levels.find("Secret; Niact").is_none());
        let controls = schema().vocabulary("control");
        assert_eq!(controls.find("No Foreign Dissem").unwrap().1.slug, "noforn");
    }
}
