//! A person's words > Query > Page. The one service that both faces, JSON and HTML, call.
//!
//! `syntax` reads the query language, `constructs` lists it, `shown` writes it again, and `said` finds in it
//! the words of one person; `question` reads it with the `dates` and `filters` beside it, `facets` the counts
//! asked for; `page` puts an answer together, and `held` keeps its commit for the pages that follow, `grouping`
//! its groups; `shape` tells what a question is like without its words;
//! `histogram` and `trend` count by date, `values` lists what a
//! facet has; `zero` tells why nothing was found; `suggest` completes what is typed, `concordance` sets
//! occurrences in a column, `similar` finds records like another, `export` gives every hit, `reading` one
//! record with every mark; `people` and `links` follow persons and citations, `contents` lists a volume in
//! the order of print. `problem` holds what can go wrong, as facts with a hint and without a status: each
//! face dresses it.

mod concordance;
mod constructs;
mod contents;
mod dates;
mod export;
mod facets;
mod filters;
mod grouping;
mod held;
mod histogram;
mod interpretation;
mod links;
mod near;
mod page;
mod people;
mod problem;
mod question;
mod reading;
mod said;
mod shape;
mod shown;
mod similar;
mod suggest;
mod syntax;
mod trend;
mod values;
mod variants;
mod zero;

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

pub use concordance::{Concordance, Occurrence};
pub use constructs::{Construct, syntax_table};
pub use contents::{ContentsLine, contents};
pub use export::{Export, Format};
pub use facets::{MAX_FACETS, MAX_VALUES};
pub use grouping::{GroupOfHits, Grouped, MAX_GROUPS, MAX_HITS};
pub use interpretation::{Clause, Interpretation};
pub use links::Links;
pub use near::nearest;
pub use page::{Bucket, FacetCounts, MAX_LIMIT, MAX_PASSAGES, Page, PageOfPrint};
pub use people::{Met, People, PersonCounts, PersonFound};
pub use problem::Problem;
pub use question::is_parameter;
pub use reading::{Mark, Reading};
pub use shape::{ClauseShape, Shape};
pub use shown::shown;
pub use similar::Similar;
pub use suggest::Suggestion;
pub use syntax::{MAX_LENGTH, Match, parse};
pub use trend::{Trend, TrendYear};
pub use values::FacetValues;
pub use variants::{Kind as VariantKind, Variant};
pub use zero::Zero;

use crate::{
    index::{Card, Engine, IndexError, Pinned, Stats, VolumeSummary},
    record::{Record, RecordId, Volume},
    schema::{FieldKind, schema},
};

/// Parameters as they came, in order; a name may come more than once.
pub type Params = [(String, String)];

/// Answers questions about the records of one engine.
#[derive(Clone)]
pub struct Search {
    engine: Arc<dyn Engine>,
    /// Counts of people, and the commit of which they are.
    tally: Arc<Mutex<Option<people::Tallied>>>,
    /// Names and their other forms.
    names: Arc<variants::Known>,
    /// What can be suggested, and the commit of which it is.
    suggestions: Arc<Mutex<Option<suggest::PreparedFor>>>,
    /// Commits to which cursors lead.
    held: Arc<held::Held>,
}

impl Search {
    /// Over an engine.
    pub fn new(engine: Arc<dyn Engine>) -> Self {
        Self {
            engine,
            tally: Arc::default(),
            names: Arc::default(),
            suggestions: Arc::default(),
            held: Arc::default(),
        }
    }

    /// One page of hits.
    ///
    /// # Errors
    /// [`Problem`] names the parameter, or the place in the query.
    pub fn search_records(&self, params: &Params) -> Result<Page, Problem> {
        let started = Instant::now();
        let commit = self.commit(page::commit_of(params));
        if let Err(gone) = commit {
            // Whatever else is wrong with the cursor comes first.
            page::read(params, self.question(params, page::PARAMETERS)?)?;
            return Err(gone);
        }
        let commit = commit?;
        let question = self.question_in(commit.as_ref(), params, page::PARAMETERS)?;
        let asked = page::read(params, question)?;
        let hits = commit.search(&asked.request);
        let hits = hits.map_err(|e| Problem::from(e).placed_in(params))?;
        let undated = match asked.question.dates.left_out(&asked.question.varied()) {
            Some(query) => Some(commit.search(&asked.question.only(query))?.total),
            None => asked.question.dates.are_asked().then_some(0),
        };
        let by_date = match asked.by_date {
            Some(step) => Some(histogram::histogram(&commit.days(&asked.request)?, step)?),
            None => None,
        };
        let grouped = match &asked.grouping {
            Some(by) => {
                let groups = commit.groups(&asked.request, by)?;
                Some(grouping::labelled(&by.field, groups))
            }
            None => None,
        };
        let mut page = page::answer(&asked, hits, grouped, commit.name(), self.is_specimens());
        if page.cursor.is_some() {
            self.held.hold(&commit);
        }
        if asked.explain {
            page.explanations = commit.explain(&asked.request)?;
        }
        page.undated = undated;
        page.interpretation = interpretation::interpret(commit.as_ref(), &asked.question)?;
        if page.total == 0 {
            page.zero = Some(zero::explain(commit.as_ref(), &asked.question)?);
        }
        page.facets.extend(by_date);
        page.shape = (page.shape).counted(&asked.question.typed, &page.interpretation);
        page.took = started.elapsed();
        Ok(page)
    }

    /// The commit that answers; grows with every commit.
    ///
    /// # Errors
    /// [`Problem::Index`] where the index cannot be read.
    pub fn generation(&self) -> Result<u64, Problem> {
        Ok(self.engine.pinned()?.generation())
    }

    /// The name of the commit that answers, the same after every start over the same index.
    ///
    /// # Errors
    /// [`Problem::Index`] where the index cannot be read.
    pub fn commit_name(&self) -> Result<u64, Problem> {
        Ok(self.engine.pinned()?.name())
    }

    /// Whether what answers is the newest state of what is kept.
    ///
    /// # Errors
    /// [`Problem::Index`] tells why the newest cannot be read.
    pub fn health(&self) -> Result<(), Problem> {
        Ok(self.engine.health()?)
    }

    /// Whether only the bundled specimens are held.
    pub fn is_specimens(&self) -> bool {
        self.engine.is_stand_in()
    }

    /// One record.
    ///
    /// # Errors
    /// [`Problem::NotFound`] tells what is there instead.
    pub fn find_record(&self, id: &str) -> Result<Record, Problem> {
        self.record_in(self.engine.pinned()?.as_ref(), id)
    }

    fn record_in(&self, commit: &dyn Pinned, id: &str) -> Result<Record, Problem> {
        let parsed = RecordId::parse(id).map_err(|e| {
            Problem::not_found(
                e.to_string(),
                "an id is VOLUME/NAME, as in frus1961-63v05/d323",
            )
        })?;
        match commit.record(&parsed)? {
            Some(record) => Ok(record),
            None => Err(self.no_record(&parsed)?),
        }
    }

    /// What is near an id that is not held.
    fn no_record(&self, id: &RecordId) -> Result<Problem, Problem> {
        let fact = format!("there is no record `{id}`");
        let cards = self.engine.records_of(id.volume())?;
        if cards.is_empty() {
            return Ok(Problem::not_found(fact, self.no_volume_hint(id.volume())?));
        }
        let number = id.name().trim_start_matches('d').parse::<u32>().ok();
        let distance = |c: &Card| {
            c.number
                .zip(number)
                .map_or(u32::MAX, |(a, b)| a.abs_diff(b))
        };
        let mut near: Vec<&Card> = cards.iter().collect();
        near.sort_by_key(|c| distance(c));
        let shown: Vec<&str> = near.iter().take(3).map(|c| c.id.as_str()).collect();
        let links = shown.iter().map(|id| (*id).to_owned()).collect();
        let hint = format!(
            "`{}` holds {} records; near ones are {}",
            id.volume(),
            cards.len(),
            shown.join(", ")
        );
        Ok(Problem::NotFound {
            fact,
            hint,
            near: links,
        })
    }

    fn no_volume_hint(&self, id: &str) -> Result<String, Problem> {
        let volumes = self.engine.volumes()?;
        let names: Vec<&str> = volumes.iter().map(|v| v.id.as_str()).collect();
        Ok(match nearest(id, names.iter().copied()) {
            Some(near) => format!("did you mean the volume `{near}`?"),
            None if names.is_empty() => "nothing has been ingested yet".into(),
            None => format!(
                "{} volumes are held; the list of volumes has them",
                names.len()
            ),
        })
    }

    /// Every volume.
    ///
    /// # Errors
    /// [`Problem::Index`] where the index cannot be read.
    pub fn list_volumes(&self) -> Result<Vec<VolumeSummary>, Problem> {
        Ok(self.engine.volumes()?)
    }

    /// A volume's description and its records in order.
    ///
    /// # Errors
    /// [`Problem::NotFound`] tells what is there instead.
    pub fn find_volume(&self, id: &str) -> Result<(VolumeSummary, Volume, Vec<Card>), Problem> {
        let summary = self.engine.volumes()?.into_iter().find(|v| v.id == id);
        let Some(summary) = summary else {
            return Err(Problem::not_found(
                format!("there is no volume `{id}`"),
                self.no_volume_hint(id)?,
            ));
        };
        let volume = self.engine.volume(id)?.unwrap_or_else(|| Volume {
            id: id.to_owned(),
            ..Volume::default()
        });
        Ok((summary, volume, self.engine.records_of(id)?))
    }

    /// What stands on a printed page.
    ///
    /// # Errors
    /// [`Problem::NotFound`] tells which pages there are.
    pub fn find_page(&self, volume: &str, page: &str) -> Result<PageOfPrint, Problem> {
        let request = page::of_print(volume, page);
        let hits = self.engine.search(&request)?;
        let mut records = Vec::new();
        for hit in hits.hits {
            records.extend(self.engine.record(&hit.card.id)?);
        }
        if records.is_empty() {
            return Err(self.no_page(volume, page)?);
        }
        Ok(page::print(volume, page, records))
    }

    fn no_page(&self, volume: &str, page: &str) -> Result<Problem, Problem> {
        let fact = format!("no record of `{volume}` stands on page `{page}`");
        let cards = self.engine.records_of(volume)?;
        let printed = cards.iter().filter_map(|c| c.pages.as_ref());
        let numbers = printed
            .flat_map(|p| [p.first.parse::<u32>().ok(), p.last.parse().ok()])
            .flatten();
        let hint = match (numbers.clone().min(), numbers.max()) {
            (Some(first), Some(last)) => format!("its records stand on pages {first} to {last}"),
            _ if cards.is_empty() => self.no_volume_hint(volume)?,
            _ => "its source gives no page numbers".into(),
        };
        Ok(Problem::not_found(fact, hint))
    }

    /// Counts over the whole index.
    ///
    /// # Errors
    /// [`Problem::Index`] where the index cannot be read.
    pub fn stats(&self) -> Result<Stats, Problem> {
        Ok(self.engine.stats()?)
    }
}

impl From<IndexError> for Problem {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Field { field, how } => {
                let usable = schema()
                    .fields
                    .iter()
                    .filter(|f| how != "for words" || f.kind == FieldKind::Text);
                let near = nearest(&field, usable.map(|f| f.name.as_str()));
                Problem::parameter(
                    &field,
                    format!("field `{field}` cannot be used {how}"),
                    near.map(|n| format!("did you mean `{n}`?")),
                )
            }
            // Whoever asked has been told already.
            IndexError::Late => Problem::Busy,
            IndexError::Expansion { typed, fact, hint } => Problem::Query {
                fact,
                query: typed,
                position: 0,
                hint: Some(hint),
            },
            other => Problem::Index(other.to_string()),
        }
    }
}

/// Answers without an engine, for tests of what stands above one.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_engines_say_of_a_word_has_its_place() {
        let problem = Problem::from(IndexError::Expansion {
            typed: "*e*".into(),
            fact: "too many".into(),
            hint: "fewer".into(),
        });
        let params = [("q".to_owned(), "“é” *e*".to_owned())];
        let caret = problem.placed_in(&params).caret();
        assert_eq!(caret.as_deref(), Some("“é” *e*\n    ^"));
    }

    #[test]
    fn near_names_are_offered() {
        let problem = Problem::from(IndexError::Field {
            field: "topik".into(),
            how: "as a filter",
        });
        assert_eq!(problem.hint().as_deref(), Some("did you mean `topic`?"));
    }
}
