//! Problems with a status: here, and only here, they get one. They leave as `application/problem+json`
//! (RFC 9457); the pages dress them anew, from what the answer carries.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::search::Problem;

/// The title of [`Problem::Busy`].
const BUSY: &str = "busy";

/// A problem with its status. As an answer it is JSON and carries itself as an extension.
#[derive(Debug, Clone)]
pub struct Failure {
    body: Box<Body>,
    /// Seconds after which asking again may help.
    retry_after: Option<u64>,
}

/// The body of every error.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Body {
    /// The HTTP status.
    pub status: u16,
    /// What kind of problem it is; the same for all of its kind.
    pub title: &'static str,
    /// What is wrong here.
    pub detail: String,
    /// The way on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The parameter concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// For a query: where, in characters from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
    /// For a query: the query and, on the next line, a caret below the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caret: Option<String>,
    /// Ids of near records.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<String>,
}

impl Failure {
    fn plain(
        status: StatusCode,
        title: &'static str,
        detail: impl Into<String>,
        hint: Option<String>,
    ) -> Self {
        let body = Box::new(Body {
            status: status.as_u16(),
            title,
            detail: detail.into(),
            hint,
            parameter: None,
            position: None,
            caret: None,
            near: Vec::new(),
        });
        let unavailable = status == StatusCode::SERVICE_UNAVAILABLE;
        Self {
            body,
            retry_after: unavailable.then_some(1),
        }
    }

    fn after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    /// Whether asking again in a moment helps.
    pub fn is_busy(&self) -> bool {
        self.body.title == BUSY
    }

    /// What is said of it.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// No such path.
    pub fn no_route(path: &str) -> Self {
        let shown: String = path.chars().take(100).collect();
        Self::plain(
            StatusCode::NOT_FOUND,
            "not found",
            format!("there is nothing at `{shown}`"),
            Some("`/` shows what is here; /openapi.json lists what programs can ask".into()),
        )
    }

    /// A token that nobody has.
    pub fn unknown_token() -> Self {
        Self::plain(
            StatusCode::UNAUTHORIZED,
            "not known",
            "nobody has this token",
            Some("send `Authorization: Bearer TOKEN`, or ask without one".into()),
        )
    }

    /// Something for which a token must be shown.
    pub fn no_token() -> Self {
        Self::plain(
            StatusCode::UNAUTHORIZED,
            "not known",
            "this needs a token",
            Some("send `Authorization: Bearer TOKEN`; `memcon token` makes one".into()),
        )
    }

    /// A collection to which the token does not reach.
    pub fn forbidden(collection: &str) -> Self {
        Self::plain(
            StatusCode::FORBIDDEN,
            "not allowed",
            format!("this token may not write to `{collection}`"),
            Some("the settings list the collections of each token in `writes`".into()),
        )
    }

    /// Somebody else writes.
    pub fn locked() -> Self {
        let hint = "an ingest is under way; ask again when it is done".to_owned();
        Self::plain(
            StatusCode::SERVICE_UNAVAILABLE,
            BUSY,
            "another process is writing to the index",
            Some(hint),
        )
    }

    /// A body that is no record.
    pub fn no_record(detail: String) -> Self {
        let hint = "a record is JSON: {\"id\": \"COLLECTION/NAME\", \"title\": \"...\", \"text\": \"...\"}";
        Self::plain(
            StatusCode::BAD_REQUEST,
            "the body cannot be read",
            detail,
            Some(hint.into()),
        )
    }

    /// Only reading is offered.
    pub fn no_method() -> Self {
        Self::plain(
            StatusCode::METHOD_NOT_ALLOWED,
            "method not allowed",
            "this is not done here",
            Some("use GET".into()),
        )
    }

    /// An address that no question needs.
    pub fn too_long(fact: String) -> Self {
        let hint = Some("ask for less at once".into());
        Self::plain(
            StatusCode::URI_TOO_LONG,
            "the address is too long",
            fact,
            hint,
        )
    }

    /// Something that the protocol itself cannot read.
    pub fn unreadable(what: &str, detail: String) -> Self {
        let hint = Some("percent-encode it as UTF-8".into());
        Self::plain(
            StatusCode::BAD_REQUEST,
            "the request cannot be read",
            format!("{what}: {detail}"),
            hint,
        )
    }

    /// A body where none is taken, or one that is too large.
    pub fn too_large() -> Self {
        Self::plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is too large",
            "a question stands in the address; it has no body",
            Some("leave the body out".into()),
        )
    }

    /// A body that is longer than the server takes.
    pub fn longer_than(bytes: usize) -> Self {
        Self::plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is too large",
            format!("a body has at most {bytes} bytes"),
            Some("send it in parts".into()),
        )
    }

    /// More lines than are taken in at once.
    pub fn more_lines_than(lines: usize) -> Self {
        Self::plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is too large",
            format!("a body has at most {lines} lines"),
            Some("send it in parts".into()),
        )
    }

    /// One address asks more than its share.
    pub fn too_often(seconds: u64) -> Self {
        let failure = Self::plain(
            StatusCode::TOO_MANY_REQUESTS,
            "too many requests",
            "your address has asked more than its share for now",
            Some(format!("ask again in {seconds} s, and more slowly")),
        );
        failure.after(seconds)
    }

    /// No place for a further export.
    pub fn too_many_exports(most: usize) -> Self {
        let failure = Self::plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many exports",
            format!("{most} exports run already"),
            Some("ask again when one of them has ended".into()),
        );
        failure.after(30)
    }

    /// Questions cannot be answered.
    pub fn not_ready(why: String) -> Self {
        Self::plain(StatusCode::SERVICE_UNAVAILABLE, "not ready", why, None)
    }

    /// A defect of the program.
    pub fn defect() -> Self {
        Self::plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal error",
            "the server met a defect of its own",
            Some("the server's log tells more".into()),
        )
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let (status, title) = match &problem {
            Problem::Query { .. } => (StatusCode::BAD_REQUEST, "the query cannot be read"),
            Problem::Parameter { .. } => (StatusCode::BAD_REQUEST, "a parameter cannot be read"),
            Problem::NotFound { .. } => (StatusCode::NOT_FOUND, "not found"),
            Problem::Gone => (StatusCode::GONE, "no longer held"),
            Problem::Busy => (StatusCode::SERVICE_UNAVAILABLE, BUSY),
            Problem::Late { .. } => (StatusCode::SERVICE_UNAVAILABLE, "too slow"),
            Problem::Index(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "the index cannot be used",
            ),
        };
        let detail = match &problem {
            // What the disk says, with its paths, is for whoever runs the server.
            Problem::Index(cause) => {
                tracing::error!(cause, "the index cannot be used");
                "the server's log tells why".to_owned()
            }
            other => other.to_string(),
        };
        let mut failure = Self::plain(status, title, detail, problem.hint());
        failure.body.caret = problem.caret();
        match problem {
            Problem::Query { position, .. } => failure.body.position = Some(position),
            Problem::Parameter { name, .. } => failure.body.parameter = Some(name),
            Problem::NotFound { near, .. } => failure.body.near = near,
            _ => {}
        }
        failure
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.body).unwrap_or_default();
        let mut response = (
            status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body,
        )
            .into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            // Browsers ask for it in a form of their own; the token is the password.
            let form = HeaderValue::from_static("Basic realm=\"memcon\", charset=\"UTF-8\"");
            headers.insert(header::WWW_AUTHENTICATE, form);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Failure> for Response {
    fn from(failure: Failure) -> Self {
        failure.into_response()
    }
}
