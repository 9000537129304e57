//! Titles of volumes as lists show them: without the words with which every title of a series begins.

use std::collections::HashMap;

use crate::index::VolumeSummary;

/// Short titles by id.
#[derive(Debug, Clone, Default)]
pub struct Titles {
    short: HashMap<String, String>,
    long: HashMap<String, String>,
}

impl Titles {
    /// Of all volumes that are held.
    pub fn of(volumes: &[VolumeSummary]) -> Self {
        let titled = || {
            volumes
                .iter()
                .filter_map(|v| Some((&v.id, v.title.as_ref()?)))
        };
        let mut begun: HashMap<&str, usize> = HashMap::new();
        for (_, title) in titled() {
            *begun.entry(series(title).0).or_default() += 1;
        }
        let short = |title: &String| match series(title) {
            (series, Some(rest)) if begun[series] > 1 => rest.to_owned(),
            _ => title.clone(),
        };
        Self {
            short: titled()
                .map(|(id, title)| (id.clone(), short(title)))
                .collect(),
            long: titled()
                .map(|(id, title)| (id.clone(), title.clone()))
                .collect(),
        }
    }

    /// The short title of a volume; its id where it has none.
    pub fn short<'t>(&'t self, id: &'t str) -> &'t str {
        self.short.get(id).map_or(id, String::as_str)
    }

    /// The whole title of a volume.
    pub fn long(&self, id: &str) -> Option<&str> {
        self.long.get(id).map(String::as_str)
    }
}

/// What stands before the first comma, and after it.
fn series(title: &str) -> (&str, Option<&str>) {
    match title.split_once(", ") {
        Some((series, rest)) => (series, Some(rest)),
        None => (title, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_named_once() {
        let volume = |id: &str, title: &str| VolumeSummary {
            id: id.into(),
            title: Some(title.into()),
            ..VolumeSummary::default()
        };
        let titles = Titles::of(&[
            volume("a", "Papers, 1961, Kestria"),
            volume("b", "Papers, 1962, Ostmark"),
            volume("c", "Letters, 1962"),
        ]);
        let short = ["a", "b", "c", "d"].map(|id| titles.short(id));
        assert_eq!(
            short,
            ["1961, Kestria", "1962, Ostmark", "Letters, 1962", "d"]
        );
        assert_eq!(titles.long("a"), Some("Papers, 1961, Kestria"));
    }
}
