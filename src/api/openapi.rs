//! `GET /openapi.json`: routes and bodies from the handlers, parameters of the search from `index_schema/`.

use axum::Json;
use utoipa::{
    OpenApi,
    openapi::{
        self, Content, Ref, RefOr, Required, Response,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::{ArrayBuilder, ObjectBuilder, Type},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{
    about, concordance, counts, export, fields, pages, people, problem, records, search, suggest,
    syntax, volumes, write,
};
use crate::{
    schema::{Field, schema},
    search::{MAX_GROUPS, MAX_HITS, MAX_LIMIT, MAX_PASSAGES},
};

/// Where a problem can occur.
#[derive(Clone, Copy, PartialEq)]
enum Where {
    /// Everywhere.
    Anywhere,
    /// Where something is given: a part of the path or a parameter.
    Given,
    /// Where a part of the path names what is asked for.
    Named,
    /// Where a `cursor` leads on.
    Paged,
    /// Where something is written.
    Written,
}

/// Every problem that an operation can answer with, all in one dress: [`problem::Body`].
const PROBLEMS: &[(u16, Where, &str)] = &[
    (
        400,
        Where::Given,
        "The path, a parameter or the query cannot be read",
    ),
    (400, Where::Written, "The body cannot be read"),
    (
        401,
        Where::Anywhere,
        "Nobody has the token that is shown, or a token is needed",
    ),
    (
        403,
        Where::Written,
        "The token may not write to this collection",
    ),
    (404, Where::Named, "Nothing is held under this name"),
    (
        405,
        Where::Anywhere,
        "Another method, or a server that only reads",
    ),
    (
        410,
        Where::Paged,
        "The commit to which the cursor belongs is no longer held",
    ),
    (
        413,
        Where::Anywhere,
        "The request has a body that is too large",
    ),
    (414, Where::Anywhere, "The address is too long"),
    (
        429,
        Where::Anywhere,
        "More was asked than one client may; `Retry-After` tells when to ask again",
    ),
    (
        500,
        Where::Anywhere,
        "A defect of the server, or an index that cannot be used",
    ),
    (
        503,
        Where::Anywhere,
        "The server is busy, or the answer took too long; `Retry-After` tells when to ask again",
    ),
];

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
        concordance::show_concordance,
        export::export_hits,
        suggest::suggest,
        counts::list_values,
        counts::show_trend,
        fields::list_fields,
        syntax::list_syntax,
        records::find_record,
        records::find_similar,
        write::put_record,
        write::remove_record,
        write::post_records,
        volumes::list_volumes,
        volumes::find_volume,
        people::find_people,
        people::find_person,
        pages::find_page,
    ),
    components(schemas(problem::Body))
)]
struct Described;

/// The description as data.
pub fn document() -> openapi::OpenApi {
    let mut document = Described::openapi();
    for (path, own) in [
        ("/v1/search", of_search()),
        ("/v1/facets/{field}", Vec::new()),
        ("/v1/trend", Vec::new()),
        ("/v1/concordance", Vec::new()),
        ("/v1/export", Vec::new()),
    ] {
        let item = document.paths.paths.get_mut(path);
        if let Some(operation) = item.and_then(|item| item.get.as_mut()) {
            let described = operation.parameters.get_or_insert_default();
            let parameters = of_every_question().into_iter().chain(own);
            described.extend(parameters.chain(filters()).map(Into::into));
        }
    }
    for item in document.paths.paths.values_mut() {
        let written = [&mut item.put, &mut item.post, &mut item.delete];
        for operation in written.into_iter().flatten() {
            add_problems(operation, true);
        }
        if let Some(operation) = item.get.as_mut() {
            add_problems(operation, false);
        }
    }
    let token = Http::new(HttpAuthScheme::Bearer);
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    document
}

fn add_problems(operation: &mut Operation, written: bool) {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let can = |place: Where| match place {
        Where::Anywhere => true,
        Where::Written => written,
        Where::Given => !parameters.is_empty(),
        Where::Named => parameters
            .iter()
            .any(|p| matches!(p, RefOr::T(p) if p.parameter_in == ParameterIn::Path)),
        Where::Paged => parameters
            .iter()
            .any(|p| matches!(p, RefOr::T(p) if p.name == "cursor")),
    };
    let met: Vec<_> = PROBLEMS
        .iter()
        .filter(|(_, place, _)| can(*place))
        .collect();
    for (status, _, description) in met {
        let body = Content::new(Some(Ref::from_schema_name("Problem")));
        let response = Response::builder()
            .description(*description)
            .content("application/problem+json", body);
        let responses = &mut operation.responses.responses;
        responses.insert(status.to_string(), response.build().into());
    }
}

/// Shows the description of this API.
pub async fn show_openapi() -> Json<openapi::OpenApi> {
    Json(document())
}

/// What every question about matching records takes.
fn of_every_question() -> Vec<Parameter> {
    vec![
        one(
            "q",
            "The query; empty matches every record. See README.md for the language.",
        ),
        one_of(
            &["all", "any"],
            "match",
            "What words next to each other mean: `all` (default) or `any`.",
        ),
        one(
            "date_from",
            "Records dated on or after this day, month or year, or time of day: 1963, 1963-05, 1963-05-18, 1963-05-18T15:30. A record dated by the day alone may be of any time of that day.",
        ),
        one(
            "date_to",
            "Records dated on or before this day, month, year or time of day.",
        ),
        one_of(
            &["overlaps", "within"],
            "date_match",
            "Whether a record's own span need only touch the span asked for, `overlaps` (default), or lie `within` it.",
        ),
        one_of(
            &["include", "exclude", "only"],
            "undated",
            "Records without a date: `include`, `exclude` or `only`. They are included where no date is asked for, and excluded where one is.",
        ),
        one_of(
            &["on", "off"],
            "variants",
            "Whether other forms of names that are typed are looked for too: `on` (default) or `off`.",
        ),
        one(
            "without_variant",
            "A form that is not to be looked for, as `interpretation` has it. It may be repeated.",
        ),
        one_of(
            &["false", "true"],
            "lenient",
            "`true` reads a text that is no query as plain words, and says so in `interpretation`; `false` (default) answers 400.",
        ),
    ]
}

fn of_search() -> Vec<Parameter> {
    let facets: Vec<&str> = schema().facets().map(|f| f.name.as_str()).collect();
    vec![
        one(
            "facets",
            &format!(
                "Fields to count, with commas; `name:50` asks for 50 values, `*` for every field, `date` for counts by date. Of: {}.",
                facets.join(", ")
            ),
        ),
        one_of(
            &["day", "month", "year", "decade"],
            "interval",
            "Of `facets=date`: `day`, `month`, `year` or `decade`, at most 1000 of them; the narrowest that gives at most 60 where not given.",
        ),
        one(
            "group",
            "A field of `facets`: the answer has `groups` instead of `hits`, and `limit` and `cursor` are of groups. A record with several values is in several groups.",
        ),
        whole(
            MAX_HITS,
            "group_hits",
            &format!("Hits of a group, 0 to {MAX_HITS}; 3 where not given."),
        ),
        one_of(
            &["relevance", "date", "-date"],
            "sort",
            "`relevance` (default), `date` or `-date`.",
        ),
        whole(
            MAX_LIMIT,
            "limit",
            &format!(
                "Hits of a page, 0 to {MAX_LIMIT}, 20 where not given; with `group` groups, 0 to {MAX_GROUPS}, 10 where not given."
            ),
        ),
        whole(
            MAX_PASSAGES,
            "passages",
            &format!("Passages of a hit, 0 to {MAX_PASSAGES}; 3 where not given."),
        ),
        one_of(
            &["false", "true"],
            "explain",
            "`true` gives each hit the parts of its score.",
        ),
        one(
            "cursor",
            "The `cursor` of the answer before, for the next page. What is written meanwhile changes nothing; 410 where that answer is no longer held.",
        ),
    ]
}

fn filters() -> Vec<Parameter> {
    let filter = |f: &Field| {
        let text = format!(
            "{} Repeat it for any of several values; `-` before a value excludes it; `~missing` asks for records without one.",
            f.help
        );
        let list = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String));
        parameter(&f.name, &text)
            .schema(Some(list))
            .explode(Some(true))
            .build()
    };
    schema().filters().map(filter).collect()
}

fn one(name: &str, description: &str) -> Parameter {
    parameter(name, description)
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

/// One of a few values.
fn one_of(values: &[&str], name: &str, description: &str) -> Parameter {
    let values = values.iter().map(|v| (*v).to_owned());
    let text = ObjectBuilder::new().schema_type(Type::String);
    parameter(name, description)
        .schema(Some(text.enum_values(Some(values))))
        .build()
}

/// A number from 0.
fn whole(most: usize, name: &str, description: &str) -> Parameter {
    let number = ObjectBuilder::new().schema_type(Type::Integer);
    parameter(name, description)
        .schema(Some(number.minimum(Some(0)).maximum(Some(most))))
        .build()
}

fn parameter(name: &str, description: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
}
