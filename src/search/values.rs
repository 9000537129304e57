//! The values of one facet that begin as typed: what a field that completes itself asks for.

use super::{
    Params, Problem, Search,
    facets::{self, MAX_VALUES},
    page::{Bucket, labelled},
    people::{begins, words},
    question::{last_given, number},
};
use crate::{index::Request, schema::schema};

/// Values where no number is asked for.
const VALUES: usize = 20;

/// Values of a field in the records that match.
#[derive(Debug, Clone)]
pub struct FacetValues {
    /// The field.
    pub field: String,
    /// All values that fit.
    pub total: usize,
    /// Most records first.
    pub values: Vec<Bucket>,
    /// Matching records without a value.
    pub missing: usize,
}

impl Search {
    /// The values of a field whose words begin with those of `prefix`, counted under the query and the
    /// filters of other fields.
    ///
    /// # Errors
    /// [`Problem`] names the field or the parameter.
    pub fn facet_values(&self, field: &str, params: &Params) -> Result<FacetValues, Problem> {
        if !schema().facets().any(|f| f.name == field) {
            return Err(no_values(field));
        }
        let question = self.question(params, &["prefix", "limit"])?;
        let limit = number(params, "limit", VALUES, MAX_VALUES)?;
        let asked = words(last_given(params, "prefix").unwrap_or_default());
        let request = Request {
            facets: vec![(field.to_owned(), usize::MAX)],
            ..question.request()
        };
        let hits = self.engine.search(&request)?;
        let counted = hits.facets.into_iter().next().unwrap_or_default();
        let missing = counted.missing;
        let fits = |bucket: &Bucket| {
            asked.is_empty()
                || begins(&words(&bucket.value), &asked)
                || begins(&words(&bucket.label), &asked)
        };
        let mut values: Vec<Bucket> = labelled(counted).buckets.into_iter().filter(fits).collect();
        let total = values.len();
        values.truncate(limit);
        Ok(FacetValues {
            field: field.to_owned(),
            total,
            values,
            missing,
        })
    }
}

/// No such facet, or one that has no values.
fn no_values(field: &str) -> Problem {
    if field == facets::DATE {
        let hint = "/v1/search?facets=date counts them";
        return Problem::not_found("dates are counted by intervals and have no values", hint);
    }
    let unknown = facets::unknown(field);
    Problem::not_found(unknown.to_string(), unknown.hint().unwrap_or_default())
}
