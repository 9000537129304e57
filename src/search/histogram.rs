//! Counts by date: days, months, years or decades, whichever gives few enough buckets.

use jiff::civil::Date;

use super::{
    Params, Problem,
    facets::DATE,
    page::{Bucket, FacetCounts},
    question::{choice, last_given},
};
use crate::{index::Days, record::date_of};

/// The most buckets where no interval is asked for.
const BUCKETS: i64 = 60;

/// The most buckets of an interval that is asked for.
const MAX_BUCKETS: i64 = 1000;

/// What one bucket spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// 1963-05-18
    Day,
    /// 1963-05
    Month,
    /// 1963
    Year,
    /// 1960s
    Decade,
}

/// How to count: by this interval, or by the narrowest that fits.
pub type Step = Option<Interval>;

const INTERVALS: [Interval; 4] = [
    Interval::Day,
    Interval::Month,
    Interval::Year,
    Interval::Decade,
];

/// Whether and how dates are counted.
pub fn asked(params: &Params, counted: bool) -> Result<Option<Step>, Problem> {
    let mut of: Vec<(&str, Step)> = vec![("auto", None)];
    of.extend(INTERVALS.map(|i| (i.name(), Some(i))));
    let step = choice(params, "interval", &of)?;
    if !counted && last_given(params, "interval").is_some() {
        return Err(Problem::parameter(
            "interval",
            "`interval` is of use only where dates are counted",
            Some("add `date` to `facets`".into()),
        ));
    }
    Ok(counted.then_some(step))
}

/// The counts.
pub fn histogram(days: &Days, step: Step) -> Result<FacetCounts, Problem> {
    let dates: Vec<(Date, usize)> = days
        .days
        .iter()
        .filter_map(|(day, count)| Some((date_of(*day)?, *count)))
        .collect();
    let (first, last) = match (dates.first(), dates.last()) {
        (Some((first, _)), Some((last, _))) => (*first, *last),
        _ => {
            return Ok(counts(
                Vec::new(),
                step.unwrap_or(Interval::Year),
                days.undated,
            ));
        }
    };
    let interval = step.unwrap_or_else(|| narrowest(first, last));
    let (from, to) = (interval.number(first), interval.number(last));
    if step.is_some() && to - from >= MAX_BUCKETS {
        let fact = format!(
            "{} buckets of one {}; {MAX_BUCKETS} are counted",
            to - from + 1,
            interval.name()
        );
        let hint = "take a wider interval, or narrow with date_from and date_to".into();
        return Err(Problem::parameter("interval", fact, Some(hint)));
    }
    let mut buckets: Vec<Bucket> = (from..=to).map(|n| interval.bucket(n)).collect();
    for (date, count) in dates {
        buckets[(interval.number(date) - from) as usize].count += count;
    }
    Ok(counts(buckets, interval, days.undated))
}

fn counts(buckets: Vec<Bucket>, interval: Interval, missing: usize) -> FacetCounts {
    FacetCounts {
        field: DATE.into(),
        interval: Some(interval.name()),
        buckets,
        other: 0,
        missing,
    }
}

fn narrowest(first: Date, last: Date) -> Interval {
    let fits = |i: &Interval| i.number(last) - i.number(first) < BUCKETS;
    INTERVALS.into_iter().find(fits).unwrap_or(Interval::Decade)
}

impl Interval {
    fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
            Self::Decade => "decade",
        }
    }

    /// The number of the bucket of a date, one more for each following bucket.
    fn number(self, date: Date) -> i64 {
        let year = i64::from(date.year());
        match self {
            Self::Day => crate::record::day_number(date),
            Self::Month => year * 12 + i64::from(date.month()) - 1,
            Self::Year => year,
            Self::Decade => year.div_euclid(10),
        }
    }

    /// An empty bucket.
    fn bucket(self, number: i64) -> Bucket {
        let value = match self {
            Self::Day => date_of(number).map_or_else(String::new, |d| d.to_string()),
            Self::Month => format!(
                "{:04}-{:02}",
                number.div_euclid(12),
                number.rem_euclid(12) + 1
            ),
            Self::Year => format!("{number:04}"),
            Self::Decade => format!("{:04}", number * 10),
        };
        let label = match self {
            Self::Month => {
                let month = MONTHS[number.rem_euclid(12) as usize];
                format!("{month} {}", number.div_euclid(12))
            }
            Self::Decade => format!("{value}s"),
            Self::Day | Self::Year => value.clone(),
        };
        Bucket {
            value,
            label,
            count: 0,
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(dates: &[(i16, i8, i8)]) -> Days {
        let day = |(y, m, d): &(i16, i8, i8)| Date::new(*y, *m, *d).expect("a day");
        Days {
            days: dates
                .iter()
                .map(|d| (crate::record::day_number(day(d)), 1))
                .collect(),
            undated: 0,
        }
    }

    #[test]
    fn the_span_chooses_the_interval() {
        for (last, interval, buckets, end) in [
            ((1961, 12, 1), "day", 31, "1961-12-01"),
            ((1962, 3, 1), "month", 5, "1962-03"),
            ((1999, 3, 1), "year", 39, "1999"),
            ((2055, 3, 1), "decade", 10, "2050"),
        ] {
            let counts = histogram(&of(&[(1961, 11, 1), last]), None).unwrap();
            assert_eq!(counts.interval, Some(interval));
            assert_eq!(counts.buckets.len(), buckets);
            assert_eq!(counts.buckets[buckets - 1].value, end);
            assert_eq!(counts.buckets[buckets - 1].count, 1);
        }
    }

    #[test]
    fn too_many_buckets_are_refused() {
        let days = of(&[(1901, 1, 1), (1961, 1, 1)]);
        assert!(histogram(&days, Some(Interval::Day)).is_err());
        assert_eq!(histogram(&Days::default(), None).unwrap().buckets.len(), 0);
    }
}
