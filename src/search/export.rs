//! Every hit of a question, page by page over one commit: what is written meanwhile changes nothing.

use std::sync::Arc;

use super::{
    Params, Problem, Search,
    page::sort,
    question::{choice, last_given},
};
use crate::index::{Hit, Pinned, Request};

/// Hits that are in memory at once.
const PAGE: usize = 500;

/// Parameters of a search that an export has no use for.
const OF_PAGES: [&str; 7] = [
    "limit",
    "cursor",
    "passages",
    "facets",
    "interval",
    "group",
    "group_hits",
];

/// How hits are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    JsonLines,
    /// Comma-separated values.
    Csv,
}

/// An export under way.
#[derive(Clone)]
pub struct Export {
    /// How hits are written.
    pub format: Format,
    /// All hits.
    pub total: usize,
    commit: Arc<dyn Pinned>,
    request: Request,
}

impl Search {
    /// Begins an export; the first page comes with it, so that a question that cannot be answered is
    /// refused before anything is sent.
    ///
    /// # Errors
    /// [`Problem`] names the parameter, or the place in the query.
    pub fn export(&self, params: &Params) -> Result<(Export, Vec<Hit>), Problem> {
        if let Some(name) = OF_PAGES.iter().find(|n| last_given(params, n).is_some()) {
            return Err(Problem::parameter(
                name,
                format!("an export takes no `{name}`"),
                Some(
                    "it has every hit, in one order, without counts; /v1/search gives pages".into(),
                ),
            ));
        }
        let question = self.question(params, &["format", "sort"])?;
        let formats = [("jsonl", Format::JsonLines), ("csv", Format::Csv)];
        let format = choice(params, "format", &formats)?;
        let mut export = Export {
            format,
            total: 0,
            commit: self.commit(None)?,
            request: Request {
                sort: sort(params)?,
                limit: PAGE,
                passages: usize::from(format == Format::JsonLines),
                ..question.request()
            },
        };
        let first = export.next_page()?;
        Ok((export, first))
    }
}

impl Export {
    /// The next hits.
    ///
    /// # Errors
    /// [`Problem::Index`] where the index cannot be read.
    pub fn next_page(&mut self) -> Result<Vec<Hit>, Problem> {
        let hits = self.commit.search(&self.request)?;
        self.request.offset += hits.hits.len();
        // A page without hits is the last, whatever was counted.
        self.total = if hits.hits.is_empty() {
            self.request.offset
        } else {
            hits.total
        };
        Ok(hits.hits)
    }

    /// Whether every hit was given.
    pub fn is_over(&self) -> bool {
        self.request.offset >= self.total
    }
}
