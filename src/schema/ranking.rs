//! How hits are ranked: `index_schema/ranking.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

const RANKING: &str = include_str!("../../index_schema/ranking.toml");

static DECLARED: LazyLock<Ranking> =
    LazyLock::new(|| parse(RANKING).expect("a test reads the embedded file"));

/// The numbers of the ranking; the file says what they mean.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranking {
    /// BM25's k1.
    pub saturation: f32,
    /// BM25's b, from 0 to 1.
    pub length: f32,
    /// Records that get a second look.
    pub pool: usize,
    /// Of these, records whose text is looked into.
    pub looked_into: usize,
    /// In words; less than the positions between passages.
    pub window: u32,
    /// What the best window counts.
    pub together: f32,
    /// Fields whose words stand above the whole record.
    pub headings: Vec<String>,
    /// What a word there counts.
    pub headed: f32,
    /// What a neighbour's score counts.
    pub neighbours: f32,
    /// What the best of the chapter count.
    pub chapter: f32,
    /// What other forms of a name count.
    pub variants: Variants,
}

/// What other forms of what is typed count beside it, by their kind.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variants {
    /// Another form of a person's name.
    pub name: f32,
    /// The person, however named: the whole clause counts so much.
    pub person: f32,
    /// Another name of a country.
    pub place: f32,
    /// An abbreviation or what it stands for.
    pub abbreviation: f32,
    /// The record asked for by id, number or file: more than words ever count.
    pub record: f32,
}

/// The declared ranking.
pub fn ranking() -> &'static Ranking {
    &DECLARED
}

fn parse(text: &str) -> Result<Ranking, toml::de::Error> {
    toml::from_str(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::schema;

    #[test]
    fn the_numbers_are_in_their_bounds() {
        let r = parse(RANKING).unwrap();
        assert!(r.saturation > 0.0 && (0.0..=1.0).contains(&r.length));
        assert!(r.window < 100, "passages are 100 positions apart");
        assert!(r.looked_into <= r.pool && r.pool <= 1000);
        assert!(r.headings.iter().all(|name| schema().field(name).is_some()));
    }
}
