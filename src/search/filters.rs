//! Filters beside the query: `kind=telegram&kind=airgram&place=-Moscow`; `place=~missing` asks for records
//! without a place.

use super::{
    Params, Problem,
    near::{listed, meant},
};
use crate::{
    index::{Filter, MISSING},
    schema::{Field, FieldKind, schema},
};

/// The most values of all filters of a request.
const MAX_VALUES: usize = 200;

/// Reads every parameter that is a filter's name.
pub fn read(params: &Params) -> Result<Vec<Filter>, Problem> {
    let mut filters: Vec<Filter> = Vec::new();
    let mut values = 0;
    for (name, value) in params {
        let Some(field) = schema().filters().find(|f| f.name == *name) else {
            continue;
        };
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        values += 1;
        if values > MAX_VALUES {
            let fact = format!("more than {MAX_VALUES} filter values");
            return Err(Problem::parameter(
                name,
                fact,
                Some("put the alternatives into the query".into()),
            ));
        }
        let (excluded, bare) = match value.strip_prefix('-') {
            Some(bare) if !bare.is_empty() => (true, bare),
            _ => (false, value),
        };
        let value = if bare == MISSING {
            bare.to_owned()
        } else {
            controlled(field, bare)?
        };
        let at = filters
            .iter()
            .position(|f| f.field == *name)
            .unwrap_or_else(|| {
                filters.push(Filter {
                    field: name.clone(),
                    ..Filter::default()
                });
                filters.len() - 1
            });
        let list = if excluded {
            &mut filters[at].none
        } else {
            &mut filters[at].any
        };
        list.push(value);
    }
    Ok(filters)
}

/// A value of a controlled list may be typed in any of its spellings: `classification=Top Secret`.
pub fn controlled(field: &Field, typed: &str) -> Result<String, Problem> {
    let Some(name) = field
        .vocabulary
        .as_deref()
        .filter(|_| field.kind == FieldKind::Keyword)
    else {
        return Ok(typed.to_owned());
    };
    let vocabulary = schema().vocabulary(name);
    match vocabulary.find(typed) {
        Some((_, entry)) => Ok(entry.slug.clone()),
        None => {
            let slugs = || vocabulary.slugs();
            let hint = meant(typed, slugs(), || format!("values are {}", listed(slugs())));
            Err(Problem::parameter(
                &field.name,
                format!("`{}` has no value `{typed}`", field.name),
                Some(hint),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect()
    }

    #[test]
    fn values_gather_by_field() {
        let filters = read(&params(&[
            ("kind", "telegram"),
            ("place", "-Moscow"),
            ("kind", "airgram"),
            ("q", "laos"),
        ]))
        .unwrap();
        assert_eq!(
            filters[0],
            Filter {
                field: "kind".into(),
                any: vec!["telegram".into(), "airgram".into()],
                none: vec![]
            }
        );
        assert_eq!(
            filters[1],
            Filter {
                field: "place".into(),
                any: vec![],
                none: vec!["Moscow".into()]
            }
        );
    }

    #[test]
    fn controlled_values_are_checked() {
        let filters = read(&params(&[("classification", "Top Secret")])).unwrap();
        assert_eq!(filters[0].any, ["top-secret"]);
        let problem = read(&params(&[("classification", "topsecert")])).unwrap_err();
        assert_eq!(
            problem.to_string(),
            "`classification` has no value `topsecert`"
        );
        assert_eq!(problem.hint().unwrap(), "did you mean `top-secret`?");
    }
}
