//! Which fields to count: `facets=kind,year:50`.

use super::{
    Problem,
    near::{listed, meant},
};
use crate::schema::schema;

/// Values returned for a facet that asks for no number.
const VALUES: usize = 20;

/// The most values that a facet may ask for.
pub const MAX_VALUES: usize = 1000;

/// The most facets of one request.
pub const MAX_FACETS: usize = 32;

/// Reads the parameter; `*` asks for every facet.
pub fn read(text: &str) -> Result<Vec<(String, usize)>, Problem> {
    let mut facets: Vec<(String, usize)> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let (name, size) = match part.split_once(':') {
            Some((name, size)) => (name, Some(size)),
            None => (part, None),
        };
        let size = match size.map(str::parse) {
            None => VALUES,
            Some(Ok(size)) if (1..=MAX_VALUES).contains(&size) => size,
            Some(_) => {
                let fact =
                    format!("`{part}`: a facet's number of values is between 1 and {MAX_VALUES}");
                return Err(Problem::parameter(
                    "facets",
                    fact,
                    Some(format!("write {name}:{VALUES}")),
                ));
            }
        };
        if name == "*" {
            facets.extend(schema().facets().map(|f| (f.name.clone(), size)));
        } else if schema().facets().any(|f| f.name == name) {
            facets.push((name.to_owned(), size));
        } else {
            return Err(unknown(name));
        }
    }
    let mut seen = std::collections::HashSet::new();
    facets.retain(|(name, _)| seen.insert(name.clone()));
    if facets.len() > MAX_FACETS {
        let fact = format!(
            "{} facets are asked for; {MAX_FACETS} are counted at once",
            facets.len()
        );
        return Err(Problem::parameter(
            "facets",
            fact,
            Some("ask for the others in a second request".into()),
        ));
    }
    Ok(facets)
}

fn unknown(name: &str) -> Problem {
    let names = || schema().facets().map(|f| f.name.as_str());
    let hint = meant(name, names(), || format!("facets are {}", listed(names())));
    Problem::parameter("facets", format!("unknown facet `{name}`"), Some(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        assert_eq!(
            read("kind, year:50,kind").unwrap(),
            [("kind".to_owned(), 20), ("year".to_owned(), 50)]
        );
        assert!(read("*").unwrap().len() > 8);
        assert_eq!(
            read("kinds").unwrap_err().hint().unwrap(),
            "did you mean `kind`?"
        );
        assert!(read("kind:0").is_err() && read("kind:x").is_err());
    }
}
