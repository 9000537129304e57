//! `GET /openapi.json`: routes and bodies from the handlers, parameters of the search from `index_schema/`.

use axum::Json;
use utoipa::{
    OpenApi,
    openapi::{
        self, Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ArrayBuilder, ObjectBuilder, Type},
    },
};

use super::{about, fields, pages, people, records, search, syntax, volumes};
use crate::{
    schema::schema,
    search::{MAX_LIMIT, MAX_PASSAGES},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "memcon",
        description = "Full-text search over declassified records.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        about::show_index,
        about::show_health,
        about::show_readiness,
        search::search_records,
        fields::list_fields,
        syntax::list_syntax,
        records::find_record,
        volumes::list_volumes,
        volumes::find_volume,
        people::find_people,
        people::find_person,
        pages::find_page,
    )
)]
struct Described;

/// The description as data.
pub fn document() -> openapi::OpenApi {
    let mut document = Described::openapi();
    let search = document
        .paths
        .paths
        .get_mut("/v1/search")
        .and_then(|item| item.get.as_mut());
    if let Some(operation) = search {
        operation.parameters = Some(search_parameters().into_iter().map(Into::into).collect());
    }
    document
}

/// Shows the description of this API.
pub async fn show_openapi() -> Json<openapi::OpenApi> {
    Json(document())
}

fn search_parameters() -> Vec<Parameter> {
    let facets: Vec<&str> = schema().facets().map(|f| f.name.as_str()).collect();
    let mut parameters = vec![
        one(
            "q",
            "The query; empty matches every record. See README.md for the language.",
        ),
        one(
            "match",
            "What words next to each other mean: `all` (default) or `any`.",
        ),
        one(
            "date_from",
            "Records dated on or after this day, month or year: 1963, 1963-05, 1963-05-18.",
        ),
        one(
            "date_to",
            "Records dated on or before this day, month or year.",
        ),
        one(
            "facets",
            &format!(
                "Fields to count, with commas; `name:50` asks for 50 values, `*` for every field. Of: {}.",
                facets.join(", ")
            ),
        ),
        one("sort", "`relevance` (default), `date` or `-date`."),
        one(
            "limit",
            &format!("Hits of a page, 0 to {MAX_LIMIT}; 20 where not given."),
        ),
        one(
            "passages",
            &format!("Passages of a hit, 0 to {MAX_PASSAGES}; 3 where not given."),
        ),
        one(
            "cursor",
            "The `cursor` of the answer before, for the next page.",
        ),
    ];
    parameters.extend(schema().filters().map(|f| {
        let text = format!(
            "{} Repeat it for any of several values; `-` before a value excludes it.",
            f.help
        );
        let list = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String));
        parameter(&f.name, &text)
            .schema(Some(list))
            .explode(Some(true))
            .build()
    }));
    parameters
}

fn one(name: &str, description: &str) -> Parameter {
    parameter(name, description)
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn parameter(name: &str, description: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
}
