//! `GET /v1/people` and `GET /v1/people/{id}`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Api, Failure,
    given::{Path, Query},
};
use crate::{
    record::Identity,
    search::{PersonCounts, PersonFound},
};

/// People found.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeopleBody {
    /// All that match.
    total: usize,
    /// Most records first.
    people: Vec<PersonLine>,
}

/// A person in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonLine {
    id: String,
    /// Family name first; as the filters `speaker`, `participant`, `person` ... take it.
    name: String,
    /// Year of birth.
    born: Option<String>,
    /// Year of death.
    died: Option<String>,
    counts: CountsBody,
}

/// In how many records a person does what.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsBody {
    /// Says something that the record reports.
    speaks: usize,
    /// Is present.
    participates: usize,
    /// Sends it.
    writes: usize,
    /// It is addressed to the person.
    receives: usize,
    /// Drafted it.
    drafts: usize,
    /// Is named in the text.
    mentioned: usize,
    /// Any of these.
    any: usize,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonBody {
    #[serde(flatten)]
    line: PersonLine,
    /// Other forms of the name.
    forms: Vec<String>,
    /// Offices and remarks, as the source has them.
    offices: Vec<String>,
    /// Years in which there are records, earliest first.
    timeline: Vec<YearBody>,
    /// Who was present with the person most often, at most 20.
    met: Vec<MetBody>,
}

/// A year.
#[derive(Debug, Serialize, ToSchema)]
pub struct YearBody {
    year: String,
    records: usize,
}

/// Somebody met.
#[derive(Debug, Serialize, ToSchema)]
pub struct MetBody {
    /// The id, where the person is known.
    id: Option<String>,
    name: String,
    /// Records in which both are present.
    records: usize,
}

/// Lists people by the beginnings of the words of their names; the busiest where there is no `q`.
#[utoipa::path(get, path = "/v1/people", tag = "Reading",
    params(
        ("q" = Option<String>, Query, description = "Beginnings of words of the name or of another form of it: `vor ant`"),
        ("limit" = Option<usize>, Query, description = "People to list, 0 to 200; 20 where not given"),
        ("offset" = Option<usize>, Query, description = "People to pass over")),
    responses((status = 200, body = PeopleBody)))]
pub async fn find_people(
    api: Api,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Json<PeopleBody>, Failure> {
    let found = api
        .pool
        .ask(&api.search, move |search| search.find_people(&params))
        .await?;
    let people = found.people.into_iter();
    Ok(Json(PeopleBody {
        total: found.total,
        people: people.map(|(p, counts)| line(&p, counts)).collect(),
    }))
}

/// Shows a person.
#[utoipa::path(get, path = "/v1/people/{id}", tag = "Reading",
    params(("id" = String, Path, description = "As /v1/people gives it")),
    responses((status = 200, body = PersonBody)))]
pub async fn find_person(api: Api, Path(id): Path<String>) -> Result<Json<PersonBody>, Failure> {
    let found = api
        .pool
        .ask(&api.search, move |search| search.find_person(&id))
        .await?;
    Ok(Json(PersonBody::from(found)))
}

fn line(person: &Identity, counts: PersonCounts) -> PersonLine {
    PersonLine {
        id: person.id.clone(),
        name: person.name.clone(),
        born: person.born.clone(),
        died: person.died.clone(),
        counts: CountsBody {
            speaks: counts.speaks,
            participates: counts.participates,
            writes: counts.writes,
            receives: counts.receives,
            drafts: counts.drafts,
            mentioned: counts.mentioned,
            any: counts.any,
        },
    }
}

impl From<PersonFound> for PersonBody {
    fn from(found: PersonFound) -> Self {
        let years = found.timeline.into_iter();
        let met = found.met.into_iter();
        Self {
            line: line(&found.identity, found.counts),
            forms: found.identity.forms,
            offices: found.identity.offices,
            timeline: years
                .map(|(year, records)| YearBody { year, records })
                .collect(),
            met: met
                .map(|m| MetBody {
                    id: m.id,
                    name: m.name,
                    records: m.records,
                })
                .collect(),
        }
    }
}
