//! `GET /v1/fields`: what can be searched, filtered and counted, as `index_schema/` declares it.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::schema::schema;

/// Every field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldsBody {
    fields: Vec<FieldBody>,
}

/// A field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldBody {
    name: String,
    /// `text`, `keyword`, `number` or `date`.
    kind: &'static str,
    label: String,
    help: String,
    /// Found by bare words, with this weight; 0 = only by name.
    weight: f32,
    /// May be used as `name=value`.
    filter: bool,
    /// May be counted.
    facet: bool,
    /// The controlled values, where there are some.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<ValueBody>>,
}

/// A controlled value.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValueBody {
    value: String,
    label: String,
}

/// Lists every field in reading order.
#[utoipa::path(get, path = "/v1/fields", tag = "Searching", responses((status = 200, body = FieldsBody)))]
pub async fn list_fields() -> Json<FieldsBody> {
    let schema = schema();
    let values = |vocabulary: &String| {
        let entries = &schema.vocabulary(vocabulary).entries;
        entries
            .iter()
            .map(|e| ValueBody {
                value: e.slug.clone(),
                label: e.label.clone(),
            })
            .collect()
    };
    let fields = schema.fields.iter().map(|f| FieldBody {
        name: f.name.clone(),
        kind: f.kind.as_str(),
        label: f.label.clone(),
        help: f.help.clone(),
        weight: f.weight,
        filter: f.filter,
        facet: f.facet,
        values: f.vocabulary.as_ref().map(values),
    });
    Json(FieldsBody {
        fields: fields.collect(),
    })
}
