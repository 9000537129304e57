//! memcon: full-text search over declassified records.
//!
//! # The flow
//!
//! bytes > [`readers::Draft`] > [`record::Record`] > [`index::Engine`] > [`index::Hits`] >
//! [`search::Page`] > JSON | HTML
//!
//! # The map
//!
//! Layers in order; a module uses only modules above it. `tests/tidy.rs` runs every invariant.
//!
//! | module | what it is |
//! |---|---|
//! | [`record`] | what a record is: plain values |
//! | [`schema`] | `index_schema/` as checked types |
//! | [`readers`] | bytes > Draft, one file or folder per format |
//! | [`authority`] | who is who: one identity for all forms of a name |
//! | [`normalise`] | Draft > Record, one file per question |
//! | [`index`] | keeping records, answering queries; `index/tantivy` is the embedded engine |
//! | [`ingest`] | files > engine, in parallel, with a report; the desk at which single records are handed in |
//! | [`specimens`] | a dozen invented records for a first start |
//! | [`search`] | a person's words > Query > Page |
//! | [`http`] | what both faces share: who asks and may see what, the pool of questions, problems with a status |
//! | [`api`] | the JSON face |
//! | [`web`] | the HTML face: pages for people |
//! | [`config`] | settings |
//! | [`server`] | listening, middleware |
//! | [`cli`] | one file per verb |
//!
//! # Invariants
//!
//! - **Layers look down.** A module names only modules that stand above it in the map.
//! - **`record` does no I/O** and knows no engine and no HTTP; neither does `schema`.
//! - **Nothing outside `index/tantivy` names tantivy.** A second engine is a second folder and an arm
//!   in `index::open`.
//! - **Faces never see an engine, nor each other.** `api` and `web` hold a [`search::Search`]; only `cli`
//!   opens engines.
//! - **Nothing outside `http`, `api`, `web` and `server` names axum.**
//! - **Pages load nothing from elsewhere and run no script but our own**; see `web::mod`.
//! - **Normalising never fails.** It yields a record and remarks.
//! - **`index_schema/` is the only list of fields.** Every source that it names exists in
//!   `schema/sources.rs`, and the field table of README.md is made from it.
//! - **Every file begins with a `//!` header.**
//! - **No panic on purpose.** `unwrap` stands in tests only.

pub mod record;
pub mod schema;

pub mod readers;

pub mod authority;

pub mod normalise;

pub mod index;

pub mod ingest;

pub mod specimens;

pub mod search;

pub mod http;

pub mod api;

pub mod web;

pub mod config;

pub mod server;

pub mod cli;
