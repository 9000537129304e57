//! Counts by date as bars, each of which narrows to its time. The drawing is made here: a page holds no
//! script and no style.
//!
//! Sources misprint years, and quote what is much older. Where the span of dates is long, a few records at
//! either end are told in words and not drawn, so that the rest can be drawn year by year.

use std::fmt;

use super::{
    address::{Address, OF_HITS},
    text::Count,
};
use crate::search::{Bucket, FacetCounts, Params, Problem, Search};

/// Width of a bar and its gap, and the height of the highest, in units of the drawing.
const STEP: usize = 10;
const HEIGHT: usize = 60;

/// What is set apart on either side is at most one record in so many.
const FEW: usize = 100;

/// Labels of bars nearer than this to an edge, in hundredths of the width, stand at the edge.
const EDGE: f64 = 6.;

/// The most decades that are drawn year by year.
const DECADES: usize = 14;

/// Counts by date, made ready to be drawn.
#[derive(Debug, Clone, Default)]
pub struct ByDate {
    interval: &'static str,
    /// The bars.
    fine: Vec<Bucket>,
    /// The lines of the table behind them: the same, or the decades of years.
    coarse: Vec<Bucket>,
    coarse_interval: &'static str,
    /// Records before and after what is drawn.
    apart: (usize, usize),
}

impl ByDate {
    /// Of an answer's counts, which may be asked again in years.
    ///
    /// # Errors
    /// As [`Search::search_records`].
    pub fn of(search: &Search, params: &Params, facets: &[FacetCounts]) -> Result<Self, Problem> {
        let counted = facets.iter().find_map(|f| Some((f.interval?, &f.buckets)));
        let Some((interval, buckets)) = counted else {
            return Ok(Self::default());
        };
        let chosen = params.iter().any(|(name, _)| name == "interval");
        if interval != "decade" || chosen {
            return Ok(Self::alike(interval, buckets, (0, 0)));
        }
        let (near, apart) = near(buckets);
        if near.len() > DECADES {
            return Ok(Self::alike(interval, near, apart));
        }
        let fine = years(search, params, near)?;
        Ok(Self {
            interval: "year",
            fine,
            coarse: near.to_vec(),
            coarse_interval: interval,
            apart,
        })
    }

    /// Of all records that meet some parameters.
    ///
    /// # Errors
    /// As [`Search::search_records`].
    pub fn of_search(search: &Search, params: &Params) -> Result<Self, Problem> {
        let counted = [("facets", "date"), ("limit", "0")];
        let mut asked = params.to_vec();
        asked.extend(counted.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let all = search.search_records(&asked)?;
        Self::of(search, params, &all.facets)
    }

    fn alike(interval: &'static str, buckets: &[Bucket], apart: (usize, usize)) -> Self {
        Self {
            interval,
            fine: buckets.to_vec(),
            coarse: buckets.to_vec(),
            coarse_interval: interval,
            apart,
        }
    }

    /// The first and the last year.
    pub fn years(&self) -> Option<Years> {
        let mut filled = self.fine.iter().filter(|bucket| bucket.count > 0);
        let first = filled.next()?;
        let last = filled.next_back().unwrap_or(first);
        let year = |bucket: &Bucket| bucket.value.chars().take(4).collect();
        Some(Years {
            first: year(first),
            last: year(last),
            chiefly: self.apart != (0, 0),
        })
    }
}

/// A span of years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Years {
    /// The first.
    pub first: String,
    /// The last.
    pub last: String,
    /// A few records lie far away.
    pub chiefly: bool,
}

/// `1961`, `1861 to 1936`, `chiefly 1861 to 1936`.
impl fmt::Display for Years {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chiefly = if self.chiefly { "chiefly " } else { "" };
        match self.first == self.last {
            true => write!(f, "{chiefly}{}", self.first),
            false => write!(f, "{chiefly}{} to {}", self.first, self.last),
        }
    }
}

/// The decades in which nearly all records begin, and how many begin before and after.
fn near(buckets: &[Bucket]) -> (&[Bucket], (usize, usize)) {
    let sum = |run: &[Bucket]| run.iter().map(|bucket| bucket.count).sum::<usize>();
    let few = sum(buckets) / FEW;
    let is_few = |run: &[Bucket]| sum(run) <= few;
    let first = (0..buckets.len())
        .rev()
        .find(|at| is_few(&buckets[..*at]))
        .unwrap_or(0);
    let rest = &buckets[first..];
    let last = (0..=rest.len())
        .find(|at| is_few(&rest[*at..]))
        .unwrap_or(rest.len());
    (&rest[..last], (sum(&buckets[..first]), sum(&rest[last..])))
}

/// Some decades year by year.
fn years(search: &Search, params: &Params, decades: &[Bucket]) -> Result<Vec<Bucket>, Problem> {
    let (Some(first), Some(last)) = (decades.first(), decades.last()) else {
        return Ok(Vec::new());
    };
    let (first, last) = (first.value.clone(), end("decade", &last.value));
    let kept = params
        .iter()
        .filter(|(name, _)| !OF_HITS.contains(&name.as_str()));
    let mut asked: Vec<(String, String)> = kept.cloned().collect();
    for (name, value) in [("date_from", &first), ("date_to", &last)] {
        if !params
            .iter()
            .any(|(given, value)| given == name && !value.is_empty())
        {
            asked.push((name.into(), value.clone()));
        }
    }
    for (name, value) in [("facets", "date"), ("interval", "year"), ("limit", "0")] {
        asked.push((name.into(), value.into()));
    }
    let counted = search.search_records(&asked)?.facets;
    let buckets = counted.into_iter().flat_map(|counts| counts.buckets);
    // What touches the span may begin before it.
    Ok(buckets
        .filter(|bucket| bucket.value >= first && bucket.value <= last)
        .collect())
}

/// Bars in order of time.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// Every bar, those without records too.
    pub bars: Vec<Bar>,
    /// The lines of the table behind them.
    pub rows: Vec<Bar>,
    /// The outline of all bars.
    pub path: String,
    /// Width of the drawing.
    pub width: usize,
    /// Height of the drawing.
    pub height: usize,
    /// What it shows, in a sentence.
    pub summary: String,
    /// Records before and after what is drawn, and the search for them.
    pub before: Option<(Count, Address)>,
    /// As `before`.
    pub after: Option<(Count, Address)>,
}

/// A bar.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Its left edge.
    pub x: usize,
    /// The time.
    pub label: String,
    /// Records that begin in it.
    pub count: Count,
    /// Narrows to it.
    pub address: Address,
}

/// A label below the bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick<'a> {
    /// Where it stands, in hundredths of the width.
    pub x: f64,
    /// Which part of it stands there: `start`, `middle`, `end`.
    pub anchor: &'static str,
    /// The time.
    pub label: &'a str,
}

impl Timeline {
    /// The bars, each of which leads to `address` in its time; none where all is of one time, or of none.
    pub fn of(counts: &ByDate, address: &Address) -> Option<Self> {
        if counts.fine.len() < 2 {
            return None;
        }
        let highest = counts.fine.iter().max_by_key(|b| b.count)?;
        let (first, last) = (counts.fine.first()?, counts.fine.last()?);
        let bars = bars(counts.interval, &counts.fine, address);
        let (drawn_from, drawn_to) = (counts.coarse.first()?, counts.coarse.last()?);
        let apart = |count: usize, name: &str, year: Option<i32>| {
            let year = year.filter(|_| count > 0)?;
            let address = address.clone().without("undated").without("interval");
            Some((Count(count), address.set(name, format!("{year:04}"))))
        };
        let year = |text: &str| text.parse::<i32>().ok();
        Some(Self {
            before: apart(
                counts.apart.0,
                "date_to",
                year(&drawn_from.value).map(|y| y - 1),
            ),
            after: apart(
                counts.apart.1,
                "date_from",
                year(&end("decade", &drawn_to.value)).map(|y| y + 1),
            ),
            rows: bars_with_records(self::bars(counts.coarse_interval, &counts.coarse, address)),
            path: bars.iter().map(|bar| outline(bar, highest.count)).collect(),
            width: bars.len() * STEP,
            height: HEIGHT,
            summary: format!(
                "Records by {}, {} to {}; most in {}, {}",
                counts.interval,
                first.label,
                last.label,
                highest.label,
                Count(highest.count)
            ),
            bars,
        })
    }

    /// Labels to set below the bars: the first, some between, the last.
    pub fn ticks(&self) -> Vec<Tick<'_>> {
        let last = self.bars.len() - 1;
        let parts = last.min(4);
        let at = (0..=parts).map(|part| (last * part).checked_div(parts).unwrap_or(0));
        at.map(|at| self.tick(&self.bars[at])).collect()
    }

    /// The label of a bar, below its middle; it does not stand out over either edge.
    fn tick<'a>(&self, bar: &'a Bar) -> Tick<'a> {
        let middle = (bar.x + STEP / 2 - 1) as f64 * 100. / self.width as f64;
        let (x, anchor) = match middle {
            x if x < EDGE => (0., "start"),
            x if x > 100. - EDGE => (100., "end"),
            x => ((x * 100.).round() / 100., "middle"),
        };
        Tick {
            x,
            anchor,
            label: &bar.label,
        }
    }

    /// Bars with records.
    pub fn filled(&self) -> impl Iterator<Item = &Bar> {
        self.bars.iter().filter(|bar| bar.count.0 > 0)
    }
}

fn bars(interval: &str, buckets: &[Bucket], address: &Address) -> Vec<Bar> {
    let buckets = buckets.iter().enumerate();
    buckets
        .map(|(at, bucket)| Bar {
            x: at * STEP,
            label: bucket.label.clone(),
            count: Count(bucket.count),
            address: within(address, interval, &bucket.value),
        })
        .collect()
}

fn bars_with_records(bars: Vec<Bar>) -> Vec<Bar> {
    bars.into_iter().filter(|bar| bar.count.0 > 0).collect()
}

/// A search narrowed to one bar.
fn within(address: &Address, interval: &str, value: &str) -> Address {
    let address = address.clone().without("undated").without("interval");
    address
        .set("date_from", value)
        .set("date_to", end(interval, value))
}

/// The last day, month or year of a bar.
fn end(interval: &str, value: &str) -> String {
    match (interval, value.parse::<u16>()) {
        ("decade", Ok(first)) => format!("{:04}", first + 9),
        _ => value.to_owned(),
    }
}

/// A bar as a piece of a path; the fewest records are still seen.
fn outline(bar: &Bar, highest: usize) -> String {
    if bar.count.0 == 0 {
        return String::new();
    }
    let height = (bar.count.0 * HEIGHT).div_ceil(highest.max(1)).max(2);
    format!("M{} {HEIGHT}v-{height}h{}v{height}z", bar.x, STEP - 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decades(counts: &[(u16, usize)]) -> Vec<Bucket> {
        let bucket = |(decade, count): &(u16, usize)| Bucket {
            value: format!("{decade:04}"),
            label: format!("{decade}s"),
            count: *count,
        };
        counts.iter().map(bucket).collect()
    }

    #[test]
    fn bars_narrow_to_their_time() {
        let counts = decades(&[(1950, 1), (1960, 0), (1970, 90)]);
        let counts = ByDate::alike("decade", &counts, (0, 0));
        let timeline = Timeline::of(&counts, &Address::new("/search").with("q", "laos")).unwrap();
        insta::assert_snapshot!(timeline.bars[2].address, @"/search?q=laos&date_from=1970&date_to=1979");
        insta::assert_snapshot!(timeline.path, @"M0 60v-2h8v2zM20 60v-60h8v60z");
        insta::assert_snapshot!(timeline.summary, @"Records by decade, 1950s to 1970s; most in 1970s, 90");
        let ticks = timeline.ticks();
        let ticks = ticks.iter().map(|t| (t.x, t.anchor, t.label));
        assert_eq!(
            ticks.collect::<Vec<_>>(),
            [
                (13.33, "middle", "1950s"),
                (46.67, "middle", "1960s"),
                (80., "middle", "1970s")
            ]
        );
        assert_eq!((timeline.filled().count(), timeline.rows.len()), (2, 2));
        let years = counts.years().expect("years");
        assert_eq!(years.to_string(), "1950 to 1970");
        assert!(Timeline::of(&ByDate::default(), &Address::new("/")).is_none());
    }

    #[test]
    fn a_few_far_away_are_not_drawn() {
        let mut all = decades(&[(1620, 1)]);
        all.extend(decades(
            &(163..195).map(|d| (d * 10, 0)).collect::<Vec<_>>(),
        ));
        all.extend(decades(&[(1950, 100), (1960, 99), (1970, 1)]));
        let (kept, apart) = near(&all);
        assert_eq!((kept.len(), apart), (2, (1, 1)));
        all[0].count = 9;
        assert_eq!(near(&all).0.len(), all.len() - 1);
        assert_eq!(near(&[]).1, (0, 0));
    }
}
