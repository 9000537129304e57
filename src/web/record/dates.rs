//! Dates in words, where they stand amid other words.

use crate::record::{DateSpan, Precision};

/// The longest printed date that is shown as it is.
const PRINTED: usize = 48;

/// A date as printed, where the print is short: some sources give a whole heading.
pub fn readable(date: &DateSpan) -> String {
    if date.text.chars().count() <= PRINTED {
        return date.text.clone();
    }
    parsed(date)
}

/// The day, without the hour; a month, a year or an interval as printed, where the print is short.
pub fn day(date: &DateSpan) -> String {
    match date.precision {
        Precision::Minute | Precision::Day => parsed(date),
        _ => readable(date),
    }
}

/// A date as it was understood.
fn parsed(date: &DateSpan) -> String {
    let format = match date.precision {
        Precision::Year => "%Y",
        Precision::Month => "%B %Y",
        _ => "%B %-d, %Y",
    };
    let first = date.from.date.strftime(format).to_string();
    let last = date.end().date.strftime(format).to_string();
    match date.precision == Precision::Range && first != last {
        true => format!("{first}–{last}"),
        false => first,
    }
}
