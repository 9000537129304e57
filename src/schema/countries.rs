//! The list of countries: `index_schema/vocabularies/country.toml`.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::fold_alias;

const COUNTRIES: &str = include_str!("../../index_schema/vocabularies/country.toml");

static LIST: LazyLock<Vec<Country>> =
    LazyLock::new(|| parse(COUNTRIES).expect("tests run over the embedded list"));

/// A country, present or past, with all that leads to it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Country {
    /// The value in links.
    pub slug: String,
    /// The short English name.
    pub label: String,
    /// Broadest first.
    pub region: Vec<String>,
    /// Names, old ones and other spellings among them.
    #[serde(default)]
    pub names: Vec<String>,
    /// What belongs to it: `Laotian`.
    #[serde(default)]
    pub demonyms: Vec<String>,
    /// Capitals, cities, regions, and houses that stand for its government.
    #[serde(default)]
    pub places: Vec<String>,
    /// Leaders, parties and movements.
    #[serde(default)]
    pub leaders: Vec<String>,
}

/// Every country, in file order.
pub fn countries() -> &'static [Country] {
    &LIST
}

fn parse(text: &str) -> Result<Vec<Country>, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        entry: Vec<Country>,
    }
    let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for country in &file.entry {
        let Country {
            slug,
            label,
            region,
            names,
            demonyms,
            places,
            leaders,
        } = country;
        if label.is_empty() || region.is_empty() {
            return Err(format!("`{slug}` needs a label and a region"));
        }
        let mut own: Vec<String> = [names, demonyms, places, leaders]
            .into_iter()
            .flatten()
            .map(|a| fold_alias(a))
            .collect();
        own.sort();
        own.dedup();
        for alias in own {
            if let Some(other) = owners.insert(alias.clone(), slug) {
                return Err(format!("`{alias}` leads to both `{other}` and `{slug}`"));
            }
        }
    }
    Ok(file.entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_one_country() {
        parse(COUNTRIES).unwrap();
        let entry = |slug: &str| {
            format!(
                "[[entry]]\nslug = \"{slug}\"\nlabel = \"X\"\nregion = [\"Y\"]\nnames = [\"Kestria\"]\n"
            )
        };
        let error = parse(&(entry("a") + &entry("b"))).unwrap_err();
        assert_eq!(error, "`kestria` leads to both `a` and `b`");
    }
}
