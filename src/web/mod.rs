//! The HTML face: pages for people, each a struct, a template and a handler side by side. They call the
//! same [`crate::search::Search`] as the API and show nothing that it cannot tell.
//!
//! Pages work without scripts and are better with ours. They load nothing from elsewhere; no script and no
//! style stands in a page, so the Content-Security-Policy allows none there. Every state of a page is its
//! address, see `address`; whatever is not found or refused is a page too, see `problem`.

mod address;
mod assets;
mod cache;
mod collection;
mod examples;
mod frame;
mod help;
mod hit;
mod home;
mod network;
mod nothing;
mod panel;
mod people;
mod person;
mod problem;
mod record;
mod search;
mod text;
mod timeline;
mod titles;
mod understood;
mod values;
mod volume;
mod volumes;

use axum::{
    Router,
    extract::FromRef,
    http::{HeaderValue, Uri, header},
    middleware::{from_fn, from_fn_with_state},
    response::{Redirect, Response},
    routing::get,
};
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer};

use self::collection::Held;
use crate::http::{self, Asker, Failure, Service};

/// Only what this server itself sends, and nothing inside a page.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What the handlers of pages may ask for.
#[derive(Clone, FromRef)]
struct Web {
    service: Service,
    held: Held,
}

/// All pages, and whatever has no address.
pub fn router(service: Service) -> Router {
    let panics = |_: Box<dyn std::any::Any + Send>| Response::from(Failure::defect());
    let policy = HeaderValue::from_static(POLICY);
    Router::new()
        .route("/", get(home::show_home))
        .route("/search", get(search::show_search))
        .route("/search/values", get(values::show_values))
        .route("/topics", get(values::show_topics))
        .route("/countries", get(values::show_countries))
        .route("/help", get(help::show_help))
        .route("/access", get(show_access))
        .route("/assets/{name}", get(assets::send_asset))
        // Reading
        .route("/people", get(people::show_people))
        .route("/people/{id}", get(person::show_person))
        .route("/volumes", get(volumes::show_volumes))
        .route("/volumes/{id}", get(volume::show_volume))
        .route("/{volume}/{name}", get(record::show_record))
        .route(
            "/historicaldocuments/{volume}",
            get(record::redirect_to_volume),
        )
        .route(
            "/historicaldocuments/{volume}/{name}",
            get(record::redirect_to_record),
        )
        .method_not_allowed_fallback(http::no_method)
        .fallback(no_route)
        .with_state(Web {
            service: service.clone(),
            held: Held::default(),
        })
        .layer(CatchPanicLayer::custom(panics))
        .layer(from_fn_with_state(service, cache::tie_to_commit))
        .layer(from_fn(problem::dress))
        .layer(from_fn(http::keep_apart))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            policy,
        ))
}

/// Lets a browser ask for a token in its own form, and goes on from there.
async fn show_access(asker: Asker) -> Result<Redirect, Failure> {
    match asker.name {
        Some(_) => Ok(Redirect::to("/")),
        None => Err(Failure::no_token()),
    }
}

async fn no_route(uri: Uri) -> Failure {
    Failure::no_route(uri.path())
}
