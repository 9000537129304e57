//! When and where: datelines, mark-up, and dates as people print them.

use std::sync::LazyLock;

use jiff::{
    ToSpan,
    civil::{Date, Time},
};
use regex::{Captures, Regex};

use super::pattern;
use crate::{
    readers::{Dateline, Draft},
    record::{DateSpan, Moment, Precision, Remark},
};

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

const MONTH: &str = r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)";

static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?P<m>{MONTH})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th|d)?(?:\s*(?:[-–—]|and|to|,)\s*(?:(?P<m2>{MONTH})\s+)?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)?\s*[,.]?\s*(?P<y>1[6-9]\d\d|20\d\d)\b"
    ))
});
static DAY_MONTH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|d)?(?:\s*(?:[-–—]|and|to)\s*(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)?(?:\s+of)?\s+(?P<m>{MONTH})\s*,?\s+(?P<y>1[6-9]\d\d|20\d\d)\b"
    ))
});
static MONTH_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?P<m>{MONTH})\s*,?\s+(?P<y>1[6-9]\d\d|20\d\d)\b"
    ))
});
static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?P<y>1[6-9]\d\d|20\d\d)\b"));
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix) (?: (?P<h>\d{1,2}) (?:[:.](?P<min>\d{2}))? \s*
            (?: (?:-|–|—|to) \s* (?P<h2>\d{1,2}) (?:[:.](?P<min2>\d{2}))? \s* )?
            (?P<half>[ap]) \.? \s? m \b ) | (?P<word>\bnoon\b|\bmidnight\b)",
    )
});
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"^\[?[A-Z][\w .,]{{2,40}},\]? (?:{MONTH} \d{{1,2}}|\d{{1,2}} {MONTH}),? \d{{4}}\.?\]?$"
    ))
});
/// Washington's own district.
static CAPITAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r",? D\. ?C\.?(?:, U\. ?S\.? ?A?)?\.?$"));
static RECEIVED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)[\[(]?\s*(?:received|rec['’]d)\b"));
static INSTITUTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:legation|embassy|consulate|consular|department|ministry|office|mission|commission|headquarters|mansion|agency|bureau|secretariat|executive|palace|committee|delegation|section|division)\b",
    )
});

/// Date, place and the words that tell them.
#[derive(Debug, Default)]
pub struct When {
    /// The interval meant.
    pub date: Option<DateSpan>,
    /// The whole dateline on one line.
    pub dateline: Option<String>,
    /// The place.
    pub place: Option<String>,
}

/// Reads datelines, then the mark-up of the whole document, then the heading.
pub fn when(draft: &Draft, heading: &str, remarks: &mut Vec<Remark>) -> When {
    let dated = draft
        .datelines
        .iter()
        .find_map(|line| Some((line, of_dateline(line)?)));
    let closing = closing_dateline(draft);
    let dated = dated.or_else(|| {
        closing
            .as_ref()
            .and_then(|line| Some((line, of_dateline(line)?)))
    });
    let line = dated
        .as_ref()
        .map(|(line, _)| *line)
        .or(draft.datelines.first());
    let undated = line.is_some_and(|l| l.text.to_lowercase().contains("undated"));
    let date = dated
        .as_ref()
        .map(|(line, span)| checked(line, span, remarks))
        .or_else(|| of_document(draft))
        .or_else(|| {
            let span = parse_date(heading).filter(|s| {
                matches!(s.precision, Precision::Day | Precision::Minute) && !undated
            })?;
            remarks.push(Remark::new("date", "no dateline; taken from the heading"));
            Some(span)
        });
    if date.is_none() && !draft.datelines.is_empty() && !undated {
        remarks.push(Remark::new(
            "date",
            format!(
                "`{}` holds no date that can be read",
                one_line(&draft.datelines[0].text)
            ),
        ));
    }
    When {
        date,
        dateline: line.map(|l| one_line(&l.text)).filter(|t| !t.is_empty()),
        place: draft.datelines.iter().chain(&closing).find_map(place),
    }
}

/// Without a dateline at the head, a last short line that is place and date and nothing else.
fn closing_dateline(draft: &Draft) -> Option<Dateline> {
    if !draft.datelines.is_empty() {
        return None;
    }
    let own = draft
        .blocks
        .iter()
        .rev()
        .filter(|b| b.attachment.is_none())
        .take(4);
    let line = own
        .map(|b| b.text.as_str())
        .find(|text| CLOSING.is_match(text))?;
    Some(Dateline {
        text: line.to_owned(),
        ..Dateline::default()
    })
}

/// Mark-up rules; where print says another day, a remark tells.
fn checked(line: &Dateline, span: &DateSpan, remarks: &mut Vec<Remark>) -> DateSpan {
    let printed = line
        .moments
        .is_some()
        .then(|| parse_date(sent(&line.text)))
        .flatten();
    if let Some(printed) = printed
        && printed.precision != Precision::Year
        && printed.from.date != span.from.date
        && span.precision != Precision::Range
    {
        remarks.push(Remark::new(
            "date",
            format!("mark-up says {}, print says {}", span.from, printed.from),
        ));
    }
    span.clone()
}

/// The date of a dateline: its mark-up, made finer by its words.
pub fn of_dateline(line: &Dateline) -> Option<DateSpan> {
    let text = line.date.as_deref().unwrap_or_else(|| sent(&line.text));
    let printed = parse_date(text).or_else(|| parse_date(sent(&line.text)));
    let Some((from, to)) = &line.moments else {
        return printed;
    };
    let Some(marked) = span_of_marks(from, to.as_deref(), text) else {
        return printed;
    };
    Some(match printed {
        Some(p)
            if p.from.date == marked.from.date
                && marked.from.time.is_none()
                && marked.to.is_none() =>
        {
            DateSpan {
                text: marked.text,
                ..p
            }
        }
        Some(p) if p.from == marked.from && marked.to.is_none() && p.to.is_some() => DateSpan {
            text: marked.text,
            ..p
        },
        _ => marked,
    })
}

/// `when`, or `from` and `to`: `1963`, `1963-05`, `1963-05-18`, `1963-05-18T15:30:00`.
fn span_of_marks(from: &str, to: Option<&str>, text: &str) -> Option<DateSpan> {
    let (start, end, precision) = marked(from)?;
    let end = match to {
        Some(to) => Some(marked(to)?)
            .map(|(start, end, _)| end.unwrap_or(start))
            .filter(|last| *last != start),
        None => end,
    };
    let precision = if to.is_some() && end.is_some() {
        Precision::Range
    } else {
        precision
    };
    Some(DateSpan {
        from: start,
        to: end,
        precision,
        text: one_line(text),
    })
}

fn marked(text: &str) -> Option<(Moment, Option<Moment>, Precision)> {
    let parts: Vec<&str> = text.splitn(3, '-').collect();
    let year: i16 = parts.first()?.parse().ok()?;
    match parts.len() {
        1 => Some((
            first_of(year, 1)?,
            Some(Moment::day(Date::new(year, 12, 31).ok()?)),
            Precision::Year,
        )),
        2 => {
            let month = parts[1].parse().ok()?;
            Some((
                first_of(year, month)?,
                Some(last_of(year, month)?),
                Precision::Month,
            ))
        }
        _ => {
            let moment: Moment = text.parse().ok()?;
            Some((
                moment,
                None,
                if moment.time.is_some() {
                    Precision::Minute
                } else {
                    Precision::Day
                },
            ))
        }
    }
}

fn of_document(draft: &Draft) -> Option<DateSpan> {
    let (from, to) = draft.moments.as_ref()?;
    let (from, to): (Moment, Moment) = (from.parse().ok()?, to.parse().ok()?);
    let same_day = from.date == to.date;
    let from = Moment::day(from.date);
    Some(DateSpan {
        from,
        to: (!same_day).then(|| Moment::day(to.date)),
        precision: if same_day {
            Precision::Day
        } else {
            Precision::Range
        },
        text: String::new(),
    })
}

/// The part of a dateline before the mark of receipt.
fn sent(text: &str) -> &str {
    RECEIVED.find(text).map_or(text, |m| &text[..m.start()])
}

/// Reads a date as printed: `May 18, 1963, 3:30 p.m.`, `April 11-12, 1961`, `29 October, 1918`,
/// `early May 1963`, `circa 1958`.
pub fn parse_date(text: &str) -> Option<DateSpan> {
    let days = days(text);
    let ((from, to), end) = match days.as_slice() {
        [] => return loose_date(text),
        [(span, at)] => (*span, *at),
        [((from, _), _), ((to, later), at), ..] => {
            let joined = text[days[0].1..].trim_start().starts_with(['-', '–', '—']) && to > from;
            if joined {
                ((*from, Some(later.unwrap_or(*to))), *at)
            } else {
                (days[0].0, days[0].1)
            }
        }
    };
    let (start, until) = times(text.get(end..).unwrap_or_default());
    let from = Moment {
        date: from,
        time: start,
    };
    let to = match (to, until) {
        (Some(date), _) => Some(Moment::day(date)),
        (None, Some(time)) => Some(Moment {
            date: from.date,
            time: Some(time),
        }),
        (None, None) => None,
    };
    let precision = match (&to, start) {
        (Some(_), _) => Precision::Range,
        (None, Some(_)) => Precision::Minute,
        (None, None) => Precision::Day,
    };
    Some(DateSpan {
        from,
        to,
        precision,
        text: one_line(text),
    })
}

type Days = (Date, Option<Date>);

/// Every full date of the text with the offset behind it, in order.
fn days(text: &str) -> Vec<(Days, usize)> {
    let of = |c: Captures<'_>| {
        let year = c.name("y")?.as_str().parse().ok()?;
        let month = month(c.name("m")?.as_str())?;
        let from = Date::new(year, month, c.name("d")?.as_str().parse().ok()?).ok()?;
        let last = c.name("d2").and_then(|d| {
            let month = c
                .name("m2")
                .map_or(Some(month), |m| self::month(m.as_str()))?;
            Date::new(year, month, d.as_str().parse().ok()?).ok()
        });
        Some((
            (from, last.filter(|l| *l > from)),
            c.get(0)?.start(),
            c.get(0)?.end(),
        ))
    };
    let mut found: Vec<_> = MONTH_DAY.captures_iter(text).filter_map(of).collect();
    found.extend(DAY_MONTH.captures_iter(text).filter_map(of));
    found.sort_by_key(|(_, start, _)| *start);
    found.dedup_by(|later, earlier| later.1 < earlier.2);
    found
        .into_iter()
        .map(|(days, _, end)| (days, end))
        .collect()
}

/// Month or year only; `early`, `mid` and `late` divide a month.
fn loose_date(text: &str) -> Option<DateSpan> {
    let text_line = one_line(text);
    if let Some(c) = MONTH_YEAR.captures(text) {
        let year: i16 = c["y"].parse().ok()?;
        let month = month(&c["m"])?;
        let before = text[..c.get(0)?.start()].to_lowercase();
        let (mut from, mut to) = (first_of(year, month)?, last_of(year, month)?);
        if before.trim_end().ends_with("early") {
            to = Moment::day(Date::new(year, month, 10).ok()?);
        } else if before.trim_end().ends_with(['-', ' '])
            && before.trim_end().trim_end_matches('-').ends_with("mid")
        {
            (from, to) = (
                Moment::day(Date::new(year, month, 11).ok()?),
                Moment::day(Date::new(year, month, 20).ok()?),
            );
        } else if before.trim_end().ends_with("late") {
            from = Moment::day(Date::new(year, month, 21).ok()?);
        }
        return Some(DateSpan {
            from,
            to: Some(to),
            precision: Precision::Month,
            text: text_line,
        });
    }
    let year: i16 = YEAR.captures(text)?["y"].parse().ok()?;
    let to = Moment::day(Date::new(year, 12, 31).ok()?);
    Some(DateSpan {
        from: first_of(year, 1)?,
        to: Some(to),
        precision: Precision::Year,
        text: text_line,
    })
}

/// The time of day behind a date, and the end of a meeting where it is given.
fn times(text: &str) -> (Option<Time>, Option<Time>) {
    let text = sent(text);
    let mut found = TIME.captures_iter(text).take(2);
    let Some(first) = found.next() else {
        return (None, None);
    };
    if first.get(0).is_some_and(|m| m.start() > 12) {
        return (None, None);
    }
    let start = clock(&first, "h", "min");
    let until = if first.name("h2").is_some() {
        clock(&first, "h2", "min2")
    } else {
        let behind = first.get(0).map_or("", |m| &text[m.end()..]);
        let joined = behind
            .trim_start_matches('.')
            .trim_start()
            .starts_with(['-', '–', '—'])
            || behind
                .trim_start_matches('.')
                .trim_start()
                .starts_with("to ");
        joined
            .then(|| found.next().and_then(|c| clock(&c, "h", "min")))
            .flatten()
    };
    // `4:30-5:10 p.m.`: the half of the day stands behind the second time only.
    let start = match (start, until) {
        (Some(s), Some(u)) if first.name("h2").is_some() && s > u => s.checked_sub(12.hours()).ok(),
        _ => start,
    };
    (start, until.filter(|u| start.is_some_and(|s| *u > s)))
}

fn clock(c: &Captures<'_>, hour: &str, minute: &str) -> Option<Time> {
    if let Some(word) = c.name("word") {
        return Time::new(
            if word.as_str().eq_ignore_ascii_case("noon") {
                12
            } else {
                0
            },
            0,
            0,
            0,
        )
        .ok();
    }
    let hour: i8 = c.name(hour)?.as_str().parse().ok()?;
    let minute: i8 = c.name(minute).map_or(Ok(0), |m| m.as_str().parse()).ok()?;
    let afternoon = c.name("half")?.as_str().eq_ignore_ascii_case("p");
    let hour = match (hour, afternoon) {
        (12, false) => 0,
        (12, true) => 12,
        (h, true) if h < 12 => h + 12,
        (h, _) => h,
    };
    Time::new(hour, minute, 0, 0).ok()
}

/// The dateline's place: its last line, or what stands before the date, without the sender's office.
pub fn place(line: &Dateline) -> Option<String> {
    let printed = match &line.place {
        Some(marked) => marked.lines().last().unwrap_or_default(),
        None => before_date(&line.text),
    };
    let bare = printed.trim_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != ')');
    let named = match bare.split_once(", ") {
        Some((office, rest)) if INSTITUTION.is_match(office) => rest,
        _ if INSTITUTION.is_match(bare) => bare
            .split_once(" at ")
            .or(bare.split_once(" in "))
            .map_or("", |(_, place)| place),
        _ => bare,
    };
    let named = if INSTITUTION.is_match(named) {
        ""
    } else {
        named
    };
    let named = CAPITAL.replace(named, "");
    let named = named.trim_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != ')');
    (!named.is_empty() && named.chars().count() <= 80).then(|| named.to_owned())
}

fn before_date(text: &str) -> &str {
    let text = sent(text).trim();
    let starts = [&*MONTH_DAY, &*DAY_MONTH, &*MONTH_YEAR, &*YEAR]
        .into_iter()
        .filter_map(|p| p.find(text).map(|m| m.start()));
    let undated = text
        .to_lowercase()
        .find("undated")
        .filter(|at| text.is_char_boundary(*at));
    let end = starts.chain(undated).min();
    // Without a date the line is a place only if it is short.
    match end {
        Some(end) => text[..end].lines().last().unwrap_or_default(),
        None if text.len() <= 40 => text.lines().last().unwrap_or_default(),
        None => "",
    }
}

fn month(name: &str) -> Option<i8> {
    let start = name.get(..3)?.to_lowercase();
    MONTHS.iter().position(|m| *m == start).map(|i| i as i8 + 1)
}

fn first_of(year: i16, month: i8) -> Option<Moment> {
    Some(Moment::day(Date::new(year, month, 1).ok()?))
}

fn last_of(year: i16, month: i8) -> Option<Moment> {
    Some(Moment::day(Date::new(year, month, 1).ok()?.last_of_month()))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> String {
        parse_date(text).map_or("-".into(), |d| {
            let to = d.to.map_or(String::new(), |t| format!(" .. {t}"));
            format!("{}{to} {}", d.from, d.precision.as_str())
        })
    }

    #[test]
    fn dates_as_printed() {
        for (text, expected) in [
            ("May 18, 1963, 3:30 p.m.", "1963-05-18T15:30 minute"),
            (
                "Washington, November 15, 1961 noon.",
                "1961-11-15T12:00 minute",
            ),
            (
                "February 3, 1961, 4:30-5:10 p.m.",
                "1961-02-03T16:30 .. 1961-02-03T17:10 range",
            ),
            (
                "April 28, 1962, 11 a.m.-12:15 p.m.",
                "1962-04-28T11:00 .. 1962-04-28T12:15 range",
            ),
            (
                "April 28, 1962, 11-1 p.m.",
                "1962-04-28T11:00 .. 1962-04-28T13:00 range",
            ),
            ("April 11-12, 1961", "1961-04-11 .. 1961-04-12 range"),
            ("November 15 and 17, 1962", "1962-11-15 .. 1962-11-17 range"),
            ("April 30–May 2, 1961", "1961-04-30 .. 1961-05-02 range"),
            (
                "December 31, 1962–January 2, 1963",
                "1962-12-31 .. 1963-01-02 range",
            ),
            ("29 October, 1918", "1918-10-29 day"),
            ("the fifteenth day, 1 May, 1919", "1919-05-01 day"),
            ("July 25, 1919—5 p.m.", "1919-07-25T17:00 minute"),
            ("Sept. 3, 1901", "1901-09-03 day"),
            ("early May 1963", "1963-05-01 .. 1963-05-10 month"),
            ("mid-May 1963", "1963-05-11 .. 1963-05-20 month"),
            ("February 1964", "1964-02-01 .. 1964-02-29 month"),
            ("circa 1958", "1958-01-01 .. 1958-12-31 year"),
            ("September 23, 1917, 1.40 a.m.", "1917-09-23T01:40 minute"),
            ("February 30, 1963", "1963-01-01 .. 1963-12-31 year"),
            ("undated", "-"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn receipt_is_not_the_date() {
        let line = Dateline {
            text: "London [undated].\n[Received November 14, 1918—5:45 a.m.]".into(),
            ..Dateline::default()
        };
        assert_eq!(of_dateline(&line), None);
        assert_eq!(place(&line).as_deref(), Some("London"));
    }

    #[test]
    fn places_without_offices() {
        let marked = |place: &str| {
            self::place(&Dateline {
                place: Some(place.into()),
                ..Dateline::default()
            })
        };
        assert_eq!(
            marked("Legation of the United States, Madrid,").as_deref(),
            Some("Madrid")
        );
        assert_eq!(
            marked("Imperial German Embassy,\nWashington").as_deref(),
            Some("Washington")
        );
        assert_eq!(
            marked("Petropolis, Brazil").as_deref(),
            Some("Petropolis, Brazil")
        );
        let plain = |text: &str| {
            self::place(&Dateline {
                text: text.into(),
                ..Dateline::default()
            })
        };
        assert_eq!(
            plain(">Washington, March 18, 1963.").as_deref(),
            Some("Washington")
        );
        assert_eq!(
            plain("[Washington,] August 27, 1925.").as_deref(),
            Some("Washington")
        );
        assert_eq!(plain("Washington, undated.").as_deref(), Some("Washington"));
    }

    #[test]
    fn mark_up_is_made_finer_by_print() {
        let line = Dateline {
            text: "Washington, May 18, 1963, 3:30 p.m.".into(),
            date: Some("May 18, 1963, 3:30 p.m.".into()),
            moments: Some(("1963-05-18".into(), None)),
            ..Dateline::default()
        };
        assert_eq!(
            of_dateline(&line).unwrap().from.to_string(),
            "1963-05-18T15:30"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_survived(text in "\\PC{0,60}") {
            let _ = parse_date(&text);
            let _ = place(&Dateline { text, ..Dateline::default() });
        }

        #[test]
        fn every_day_is_read_back(year in 1700i16..2030, month in 1i8..=12, day in 1i8..=28) {
            let date = Date::new(year, month, day).unwrap();
            let printed = date.strftime("%B %d, %Y").to_string();
            prop_assert_eq!(parse_date(&printed).unwrap().from.date, date);
        }
    }
}
