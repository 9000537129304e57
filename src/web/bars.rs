//! Records along time as a row of bars, made here as a picture without a script. Each bar leads to a search;
//! the same counts stand in a table for those who cannot see or point.

use super::address::Address;

/// How wide the picture is in its own units.
const WIDTH: f64 = 1000.0;
/// How tall it is.
const HEIGHT: f64 = 100.0;
/// How tall the least bar is, so that one record is seen.
const LEAST: f64 = 4.0;

/// A row of bars.
#[derive(Debug, Clone, Default)]
pub struct Bars {
    /// In order.
    pub bars: Vec<Bar>,
    /// What stands below the first.
    pub first: String,
    /// What stands below the last.
    pub last: String,
}

/// One bar: a span of time with records.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// The span: `1963`, `May 1963`.
    pub label: String,
    /// Its records.
    pub count: usize,
    /// The search for them.
    pub address: Address,
}

/// A span of time by its place in the row.
pub struct Span {
    /// Years or months from any beginning, one a step.
    pub at: i64,
    /// What it is called.
    pub label: String,
    /// Its records.
    pub count: usize,
    /// The search for them.
    pub address: Address,
}

impl Bars {
    /// Of spans in order; none where there is but one.
    pub fn of(spans: Vec<Span>) -> Option<Self> {
        let (first, last) = (spans.first()?, spans.last()?);
        if first.at == last.at {
            return None;
        }
        let (begin, steps) = (first.at, (last.at - first.at + 1) as f64);
        let most = spans.iter().map(|span| span.count).max()?.max(1) as f64;
        let (first, last) = (first.label.clone(), last.label.clone());
        let step = WIDTH / steps;
        let bar = |span: Span| {
            let height = (HEIGHT * span.count as f64 / most).max(LEAST);
            Bar {
                x: rounded(step * (span.at - begin) as f64),
                y: rounded(HEIGHT - height),
                width: rounded((step * 0.84).max(1.0)),
                height: rounded(height),
                label: span.label,
                count: span.count,
                address: span.address,
            }
        };
        Some(Self {
            bars: spans.into_iter().map(bar).collect(),
            first,
            last,
        })
    }
}

/// Two digits behind the point are finer than any screen.
fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(at: i64, count: usize) -> Span {
        Span {
            at,
            label: at.to_string(),
            count,
            address: Address::new("/search"),
        }
    }

    #[test]
    fn bars_stand_at_their_time() {
        let bars = Bars::of(vec![span(1961, 10), span(1964, 5)]).unwrap();
        let places: Vec<_> = bars.bars.iter().map(|b| (b.x, b.y, b.height)).collect();
        assert_eq!(places, [(0.0, 0.0, 100.0), (750.0, 50.0, 50.0)]);
        assert!(Bars::of(vec![span(1961, 10)]).is_none());
        assert!(Bars::of(Vec::new()).is_none());
    }
}
