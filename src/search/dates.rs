//! Days, months and years as people type them: `1963`, `1963-05`, `1963-05-18`, `1963-05-18T15:30`, and the
//! span of them that is asked for.

use jiff::civil::Date;

use super::{
    Params, Problem,
    question::{choice, last_given},
};
use crate::{
    index::{Query, Range},
    record::Moment,
};

/// The field of dates.
const DATE: &str = "date";

/// How dates are written.
pub const FORMS: &str = "write 1963, 1963-05, 1963-05-18 or 1963-05-18T15:30";

/// What to do with records that have no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Undated {
    Include,
    Exclude,
    Only,
}

/// The dates asked for.
#[derive(Debug, Clone)]
pub struct Dates {
    range: Option<Range>,
    /// Records lie in the range as a whole; otherwise it is enough that they touch it.
    within: bool,
    undated: Undated,
}

/// Any date, or none.
impl Default for Dates {
    fn default() -> Self {
        Self {
            range: None,
            within: false,
            undated: Undated::Include,
        }
    }
}

impl Dates {
    /// Reads the parameters.
    pub fn read(params: &Params) -> Result<Self, Problem> {
        let (from, to) = (date(params, "date_from")?, date(params, "date_to")?);
        let range = (from.is_some() || to.is_some()).then_some(Range {
            from: from.map(|(first, _)| first),
            to: to.map(|(_, last)| last),
        });
        let usual = match range {
            Some(_) => Undated::Exclude,
            None => Undated::Include,
        };
        let of = [
            ("include", Undated::Include),
            ("exclude", Undated::Exclude),
            ("only", Undated::Only),
        ];
        let chosen = choice(params, "undated", &of)?;
        let given = last_given(params, "undated").is_some();
        let undated = if given { chosen } else { usual };
        let within = choice(
            params,
            "date_match",
            &[("overlaps", false), ("within", true)],
        )?;
        if range.is_some() && undated == Undated::Only {
            return Err(Problem::parameter(
                "undated",
                "records without a date lie in no span of dates",
                Some("leave out date_from and date_to, or write undated=include".into()),
            ));
        }
        Ok(Self {
            range,
            within,
            undated,
        })
    }

    /// Whether they leave anything out.
    pub fn narrow(&self) -> bool {
        self.condition().is_some()
    }

    /// Whether a span is asked for.
    pub fn are_asked(&self) -> bool {
        self.range.is_some()
    }

    /// A query inside these dates.
    pub fn around(&self, query: &Query) -> Query {
        match self.condition() {
            Some(condition) => Query::And(vec![query.clone(), condition]),
            None => query.clone(),
        }
    }

    /// What of a query the span leaves out because it has no date; `None` where it leaves nothing out.
    pub fn left_out(&self, query: &Query) -> Option<Query> {
        let leaves_out = self.range.is_some() && self.undated == Undated::Exclude;
        leaves_out.then(|| Query::And(vec![query.clone(), undated()]))
    }

    fn condition(&self) -> Option<Query> {
        match (self.range, self.undated) {
            (None, Undated::Include) => None,
            (None, Undated::Exclude) => Some(dated()),
            (_, Undated::Only) => Some(undated()),
            (Some(range), Undated::Exclude) => Some(self.in_range(range)),
            (Some(range), Undated::Include) => {
                Some(Query::Or(vec![self.in_range(range), undated()]))
            }
        }
    }

    fn in_range(&self, range: Range) -> Query {
        let field = DATE.into();
        if self.within {
            Query::Within { field, range }
        } else {
            Query::Between { field, range }
        }
    }
}

fn dated() -> Query {
    Query::Exists { field: DATE.into() }
}

fn undated() -> Query {
    Query::Not(Box::new(dated()))
}

fn date(params: &Params, name: &str) -> Result<Option<(i64, i64)>, Problem> {
    let read = |text: &str| {
        let hint = || Some(FORMS.into());
        minutes(text)
            .ok_or_else(|| Problem::parameter(name, format!("`{text}` is no date"), hint()))
    };
    last_given(params, name).map(read).transpose()
}

/// First and last minute of a day, month or year, since 0001-01-01; of a time of day that minute, or
/// that hour.
pub fn minutes(text: &str) -> Option<(i64, i64)> {
    let parts: Vec<&str> = text.trim().splitn(3, '-').collect();
    let number = |i: usize| parts.get(i).and_then(|p| p.parse::<i16>().ok());
    let year = number(0).filter(|_| parts[0].len() == 4)?;
    let (first, last) = match parts.len() {
        1 => (Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?),
        2 => {
            let first = Date::new(year, i8::try_from(number(1)?).ok()?, 1).ok()?;
            (first, first.last_of_month())
        }
        _ => {
            let moment: Moment = text.trim().parse().ok()?;
            if moment.time.is_some() {
                let hour_alone = !text.contains(':');
                let last = moment.minutes() + if hour_alone { 59 } else { 0 };
                return Some((moment.minutes(), last));
            }
            (moment.date, moment.date)
        }
    };
    Some((
        Moment::day(first).minutes(),
        Moment::day(last).minutes() + 1439,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_whole() {
        let day = |t: &str| minutes(t).map(|(a, b)| (b - a + 1) / 1440);
        assert_eq!(day("1963"), Some(365));
        assert_eq!(day("1964-02"), Some(29));
        assert_eq!(day("1963-05-18"), Some(1));
        assert_eq!(minutes("1963-05-18T15:30").map(|(a, b)| b - a), Some(0));
        assert_eq!(minutes("1963-05-18T15").map(|(a, b)| b - a), Some(59));
        for bad in [
            "",
            "63",
            "1963-13",
            "1963-02-30",
            "May 1963",
            "1963-05-18T99:00",
        ] {
            assert_eq!(minutes(bad), None, "{bad}");
        }
    }
}
