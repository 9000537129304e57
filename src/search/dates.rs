//! Days, months and years as people type them: `1963`, `1963-05`, `1963-05-18`, `1963-05-18T15:30`.

use jiff::civil::Date;

use crate::record::Moment;

/// First and last minute of a day, month or year, since 0001-01-01.
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
                return Some((moment.minutes(), moment.minutes()));
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
