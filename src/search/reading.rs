//! One record to be read: whole, with what it cites and what cites it, and with every mark of a query that
//! goes with it, so that a reader is led from hit to hit.

use super::{Links, Params, Problem, Search, question::last_given};
use crate::{index::Marked, record::Record};

/// A record as it is read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The record, whole.
    pub record: Record,
    /// What it cites and what cites it.
    pub links: Links,
    /// Whether a query goes with it. Without one nothing is marked.
    pub asked: bool,
    /// Whether it meets the query; where it does not, nothing is marked.
    pub matches: bool,
    /// Passages that answer the query, in order: the ordinal, and byte ranges of its text, in order, apart
    /// from each other. They are the marks that searches show.
    pub marks: Vec<(usize, Vec<(usize, usize)>)>,
    /// Whether every mark is there; of many thousands only the first are.
    pub complete: bool,
}

/// One mark of a [`Reading`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark<'r> {
    /// The passage.
    pub ordinal: usize,
    /// The printed page on which it begins.
    pub page: Option<&'r str>,
    /// The byte range of the passage's text.
    pub range: (usize, usize),
}

impl Search {
    /// One record, and where it answers the query among the parameters, if there is one. Of the parameters
    /// of a search only `q` and `match` count: a page may hand on all that led to the record.
    ///
    /// # Errors
    /// [`Problem::NotFound`] tells what is there instead; others name the parameter, or the place in the
    /// query.
    pub fn read_record(&self, id: &str, params: &Params) -> Result<Reading, Problem> {
        let asked = last_given(params, "q").is_some();
        let commit = self.engine.pinned()?;
        let query = self.query_alone(commit.as_ref(), params)?;
        let record = self.record_in(commit.as_ref(), id)?;
        let marked = if asked {
            let marked = commit.marks(&record.id, &query);
            marked.map_err(|e| Problem::from(e).placed_in(params))?
        } else {
            Some(Marked {
                complete: true,
                ..Marked::default()
            })
        };
        let links = self.links_of(&record)?;
        let matches = marked.is_some();
        let Marked { passages, complete } = marked.unwrap_or_default();
        Ok(Reading {
            record,
            links,
            asked,
            matches,
            marks: passages,
            complete: complete || !matches,
        })
    }
}

impl Reading {
    /// Every mark, in order of the text.
    pub fn hits(&self) -> impl Iterator<Item = Mark<'_>> {
        let each = self
            .marks
            .iter()
            .flat_map(|(ordinal, ranges)| ranges.iter().map(move |range| (*ordinal, *range)));
        each.map(|(ordinal, range)| Mark {
            ordinal,
            page: self.record.passages[ordinal].page_at(range.0 as u32),
            range,
        })
    }

    /// The marks of one passage.
    pub fn marks_of(&self, ordinal: usize) -> &[(usize, usize)] {
        let found = self.marks.binary_search_by_key(&ordinal, |(o, _)| *o);
        found.map_or(&[], |at| self.marks[at].1.as_slice())
    }
}
