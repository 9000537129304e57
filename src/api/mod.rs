//! The JSON face: every route on one screen. Handlers translate, ask, translate; they hold a
//! [`crate::search::Search`] and never see an engine.

mod about;
mod concordance;
mod counts;
mod export;
mod fields;
mod interpretation;
mod openapi;
mod pages;
mod people;
mod records;
mod search;
mod suggest;
mod syntax;
mod volumes;
mod wire;
mod write;

use axum::{
    Router,
    middleware::from_fn,
    routing::{get, post},
};

pub use openapi::document;

use crate::http::{self, Failure, Reader as Api, Service, failure as problem, given};

/// The body of an answer to a search, for other faces that print JSON.
pub fn search_body(page: crate::search::Page) -> impl serde::Serialize {
    search::SearchBody::from(page)
}

/// The body of a record that is read, for other faces that print JSON.
pub fn record_body(reading: &crate::search::Reading) -> impl serde::Serialize + use<> {
    wire::RecordBody::new(reading)
}

/// All routes.
pub fn router(service: Service) -> Router {
    Router::new()
        // About the server
        .route("/v1", get(about::show_index))
        .route("/healthz", get(about::show_health))
        .route("/readyz", get(about::show_readiness))
        .route("/openapi.json", get(openapi::show_openapi))
        // Searching
        .route("/v1/search", get(search::search_records))
        .route("/v1/export", get(export::export_hits))
        .route("/v1/concordance", get(concordance::show_concordance))
        .route("/v1/suggest", get(suggest::suggest))
        .route("/v1/facets/{field}", get(counts::list_values))
        .route("/v1/trend", get(counts::show_trend))
        .route("/v1/fields", get(fields::list_fields))
        .route("/v1/syntax", get(syntax::list_syntax))
        // Reading
        .route("/v1/records/{id}", get(records::find_record))
        .route("/v1/records", post(write::post_records))
        .route(
            "/v1/records/{volume}/{name}",
            get(records::find_record)
                .put(write::put_record)
                .delete(write::remove_record),
        )
        .route(
            "/v1/records/{volume}/{name}/similar",
            get(records::find_similar),
        )
        .route("/v1/volumes", get(volumes::list_volumes))
        .route("/v1/volumes/{id}", get(volumes::find_volume))
        .route("/v1/people", get(people::find_people))
        .route("/v1/people/{id}", get(people::find_person))
        .route("/v1/pages/{volume}/{page}", get(pages::find_page))
        .method_not_allowed_fallback(http::no_method)
        .layer(from_fn(http::keep_apart))
        .with_state(service)
}
