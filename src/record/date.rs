//! Dates as intervals with a precision: records say `May 1963`, `April 11-12, 1961`, `3:30 p.m.`.

use std::{fmt, str::FromStr};

use jiff::{
    Span,
    civil::{Date, Time},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day, with the time of day where the source gives one. Local to the dateline's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// The calendar day.
    pub date: Date,
    /// Hour and minute, local.
    pub time: Option<Time>,
}

impl Moment {
    /// A whole day.
    pub fn day(date: Date) -> Self {
        Self { date, time: None }
    }

    /// Minutes since the start of 0001-01-01 (proleptic Gregorian), for sorting and ranges.
    pub fn minutes(&self) -> i64 {
        let time = self
            .time
            .map_or(0, |t| i64::from(t.hour()) * 60 + i64::from(t.minute()));
        day_number(self.date) * 1440 + time
    }
}

/// The day of a number of days since 0001-01-01; `None` beyond the calendar.
pub fn date_of(day: i64) -> Option<Date> {
    let span = Span::new().try_days(day).ok()?;
    Date::new(1, 1, 1).ok()?.checked_add(span).ok()
}

/// Days since 0001-01-01, proleptic Gregorian. Older dates are negative.
pub fn day_number(date: Date) -> i64 {
    let (y, m) = (i64::from(date.year()), i64::from(date.month()));
    let (y, m) = if m <= 2 { (y - 1, m + 9) } else { (y, m - 3) };
    let (era, yoe) = (y.div_euclid(400), y.rem_euclid(400));
    let doy = (153 * m + 2) / 5 + i64::from(date.day()) - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 306
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date)?;
        match self.time {
            Some(t) => write!(f, "T{:02}:{:02}", t.hour(), t.minute()),
            None => Ok(()),
        }
    }
}

impl FromStr for Moment {
    type Err = jiff::Error;

    /// Reads `1963-05-18`, `1963-05-18T15:30` and longer ISO forms; seconds and zone are dropped.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (day, time) = match text.split_once('T') {
            Some((day, time)) => (day, Some(time.get(..5).unwrap_or(time))),
            None => (text, None),
        };
        Ok(Self {
            date: day.parse()?,
            time: time.map(str::parse).transpose()?,
        })
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// How finely the source dates the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Day and time.
    Minute,
    /// One day.
    Day,
    /// A month, or part of one (`early May 1963`).
    Month,
    /// A year, or `circa`.
    Year,
    /// From one day or time to another.
    Range,
}

impl Precision {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
            Self::Range => "range",
        }
    }
}

/// An interval: from the first moment meant to the last, with the printed words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateSpan {
    /// The first moment meant.
    pub from: Moment,
    /// The last moment meant, where it is not the same day or minute.
    pub to: Option<Moment>,
    /// How finely.
    pub precision: Precision,
    /// As printed.
    pub text: String,
}

impl DateSpan {
    /// The last moment meant; equal to `from` for a single day or minute.
    pub fn end(&self) -> Moment {
        self.to.unwrap_or(self.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_round_trip() {
        for text in ["1963-05-18", "1963-05-18T15:30", "1793-08-23"] {
            assert_eq!(text.parse::<Moment>().unwrap().to_string(), text);
        }
        assert_eq!(
            "1919-07-25T17:00:00-05:00"
                .parse::<Moment>()
                .unwrap()
                .to_string(),
            "1919-07-25T17:00"
        );
    }

    #[test]
    fn day_numbers_count_days() {
        let day = |y, m, d| day_number(Date::new(y, m, d).unwrap());
        assert_eq!(day(1, 1, 1), 0);
        assert_eq!(day(1970, 1, 1), 719_162);
        assert_eq!(day(1900, 3, 1) - day(1900, 2, 28), 1);
        assert_eq!(day(2000, 3, 1) - day(2000, 2, 28), 2);
    }
}
