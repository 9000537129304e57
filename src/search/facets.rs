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

/// Counts by date: no field of values, see `histogram`.
pub const DATE: &str = "date";

/// What is to be counted.
#[derive(Debug, Default)]
pub struct Counted {
    /// Fields, and how many values of each.
    pub fields: Vec<(String, usize)>,
    /// Whether to count by date too.
    pub date: bool,
}

/// Reads the parameter; `*` asks for every facet of values.
pub fn read(text: &str) -> Result<Counted, Problem> {
    let parts = text.split(',').map(str::trim).filter(|p| !p.is_empty());
    let (dates, fields): (Vec<&str>, Vec<&str>) = parts.partition(|p| *p == DATE);
    Ok(Counted {
        fields: read_fields(&fields)?,
        date: !dates.is_empty(),
    })
}

fn read_fields(parts: &[&str]) -> Result<Vec<(String, usize)>, Problem> {
    let mut facets: Vec<(String, usize)> = Vec::new();
    for part in parts {
        let (name, size) = match part.split_once(':') {
            Some((name, size)) => (name, Some(size)),
            None => (*part, None),
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
        if name == DATE {
            return Err(Problem::parameter(
                "facets",
                format!("`{part}`: dates are counted by an interval, not a number of values"),
                Some("write facets=date, and interval=month to choose".into()),
            ));
        }
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

/// A parameter that must name a facet of values does not.
pub fn not_one(name: &str, parameter: &str) -> Problem {
    let names = || schema().facets().map(|f| f.name.as_str());
    let hint = meant(name, names(), || {
        format!("it is one of {}", listed(names()))
    });
    Problem::parameter(
        parameter,
        format!("`{parameter}` cannot be `{name}`"),
        Some(hint),
    )
}

/// No such facet.
pub fn unknown(name: &str) -> Problem {
    let names = || schema().facets().map(|f| f.name.as_str());
    let hint = meant(name, names().chain([DATE]), || {
        format!("facets are {}, {DATE}", listed(names()))
    });
    Problem::parameter("facets", format!("unknown facet `{name}`"), Some(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        assert_eq!(
            read("kind, year:50,kind").unwrap().fields,
            [("kind".to_owned(), 20), ("year".to_owned(), 50)]
        );
        assert!(read("*").unwrap().fields.len() > 8);
        assert_eq!(
            read("kinds").unwrap_err().hint().unwrap(),
            "did you mean `kind`?"
        );
        assert!(read("date,kind").unwrap().date && read("date:3").is_err());
        assert!(read("kind:0").is_err() && read("kind:x").is_err());
    }
}
