//! How much was written about something in each year, beside how much was written at all.

use std::collections::BTreeMap;

use super::{Params, Problem, Search};
use crate::{
    index::{Days, Query},
    record::date_of,
};

/// Matching records by year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trend {
    /// Every year that has records under the filters, earliest first.
    pub years: Vec<TrendYear>,
    /// Matching records, dated or not.
    pub total: usize,
    /// Matching records without a date.
    pub undated: usize,
}

/// A year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TrendYear {
    /// The year in which records begin.
    pub year: i16,
    /// Those that match.
    pub matching: usize,
    /// All of them under the same filters and dates.
    pub all: usize,
}

impl Search {
    /// Matching records by year, with the number of all records of that year.
    ///
    /// # Errors
    /// [`Problem`] names the parameter, or the place in the query.
    pub fn trend(&self, params: &Params) -> Result<Trend, Problem> {
        let question = self.question(params, &[])?;
        let commit = self.engine.pinned()?;
        let matching = commit.days(&question.request())?;
        let everything = question.only(question.dates.around(&Query::All));
        Ok(trend(&matching, &commit.days(&everything)?))
    }
}

fn trend(matching: &Days, all: &Days) -> Trend {
    let mut years: BTreeMap<i16, TrendYear> = BTreeMap::new();
    for (year, count) in by_year(all) {
        years.entry(year).or_default().all += count;
    }
    for (year, count) in by_year(matching) {
        years.entry(year).or_default().matching += count;
    }
    let dated: usize = matching.days.iter().map(|(_, count)| count).sum();
    Trend {
        years: years
            .into_iter()
            .map(|(year, counts)| TrendYear { year, ..counts })
            .collect(),
        total: dated + matching.undated,
        undated: matching.undated,
    }
}

fn by_year(days: &Days) -> impl Iterator<Item = (i16, usize)> {
    let year = |(day, count): &(i64, usize)| Some((date_of(*day)?.year(), *count));
    days.days.iter().filter_map(year)
}
