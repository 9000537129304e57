//! Hits in groups: `group=volume`, each group with its best.

use super::{
    Params, Problem, facets,
    question::{last_given, number},
};
use crate::{
    index::{Group, Grouping, Groups, Hit},
    schema::schema,
};

/// Groups of a page that asks for no number.
const GROUPS: usize = 10;

/// The most groups of a page.
pub const MAX_GROUPS: usize = 50;

/// Hits of a group that asks for no number.
const HITS: usize = 3;

/// The most hits of a group.
pub const MAX_HITS: usize = 10;

/// Hits in groups.
#[derive(Debug, Clone)]
pub struct Grouped {
    /// The field.
    pub field: String,
    /// All groups.
    pub total: usize,
    /// The groups of this page, the one with the best hit first.
    pub groups: Vec<GroupOfHits>,
    /// Matching records without a value.
    pub missing: usize,
}

/// The records that have a value.
#[derive(Debug, Clone)]
pub struct GroupOfHits {
    /// As filters take it.
    pub value: String,
    /// As people read it.
    pub label: String,
    /// Matching records that have it.
    pub count: usize,
    /// The best of them.
    pub hits: Vec<Hit>,
}

/// How hits are to be put into groups, if that is asked; `limit` is of groups then.
pub fn read(params: &Params) -> Result<Option<Grouping>, Problem> {
    let Some(field) = last_given(params, "group") else {
        if last_given(params, "group_hits").is_some() {
            return Err(Problem::parameter(
                "group_hits",
                "`group_hits` tells of groups, and none are asked for",
                Some("write group=volume too".into()),
            ));
        }
        return Ok(None);
    };
    if !schema().facets().any(|f| f.name == field) {
        return Err(facets::not_one(field, "group"));
    }
    Ok(Some(Grouping {
        field: field.to_owned(),
        offset: 0,
        limit: number(params, "limit", GROUPS, MAX_GROUPS)?,
        hits: number(params, "group_hits", HITS, MAX_HITS)?,
    }))
}

/// With labels.
pub fn labelled(field: &str, groups: Groups) -> Grouped {
    let declared = schema().field(field);
    let group = |group: Group| GroupOfHits {
        label: declared.map_or_else(|| group.value.clone(), |f| schema().label(f, &group.value)),
        value: group.value,
        count: group.count,
        hits: group.hits,
    };
    Grouped {
        field: field.to_owned(),
        total: groups.total,
        groups: groups.groups.into_iter().map(group).collect(),
        missing: groups.missing,
    }
}
