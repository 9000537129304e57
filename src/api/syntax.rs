//! `GET /v1/syntax`: every construct of the query language.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::search::{Construct, syntax_table};

/// The query language.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyntaxBody {
    constructs: Vec<ConstructBody>,
}

/// One way to ask.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConstructBody {
    /// Its form.
    form: &'static str,
    /// A query that has it, for `q`.
    example: &'static str,
    /// What that finds.
    finds: &'static str,
}

impl From<&Construct> for ConstructBody {
    fn from(construct: &Construct) -> Self {
        Self {
            form: construct.form,
            example: construct.example,
            finds: construct.finds,
        }
    }
}

/// Lists every construct, the plainest first.
#[utoipa::path(get, path = "/v1/syntax", tag = "Searching", responses((status = 200, body = SyntaxBody)))]
pub async fn list_syntax() -> Json<SyntaxBody> {
    Json(SyntaxBody {
        constructs: syntax_table().iter().map(ConstructBody::from).collect(),
    })
}
