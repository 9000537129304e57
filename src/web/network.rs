//! Whom a person meets, as a picture: the person in the middle, those met around, evenly spaced from top to
//! bottom at either side, so that no name stands upon another. The same people give the same picture.

use std::collections::BTreeMap;

use super::address::Address;
use crate::search::Met;

/// How many are drawn.
pub const DRAWN: usize = 12;

/// The picture in its own units.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
/// How far to either side of the middle those met stand at most.
const REACH: f64 = 130.0;
/// The longest name that is written out.
const LONGEST: usize = 26;

/// The picture.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// The person in the middle.
    pub name: String,
    /// Those met.
    pub nodes: Vec<Node>,
    /// Meetings between those met.
    pub edges: Vec<Edge>,
}

/// Somebody met.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where.
    pub x: f64,
    /// Where.
    pub y: f64,
    /// Where the name stands.
    pub text: f64,
    /// On which side of its dot it ends or begins.
    pub anchor: &'static str,
    /// The name, cut where it is very long.
    pub label: String,
    /// In how many records, in words.
    pub told: String,
    /// The page of the person, or the search for the name.
    pub address: String,
    /// How thick the line to the middle is.
    pub weight: f64,
}

/// Two of those met who also meet each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// A curve, bent towards the middle.
    pub path: String,
    /// How thick it is.
    pub weight: f64,
}

impl Network {
    /// Of a person, those met, and whom these meet in turn; none where fewer than two were met.
    pub fn of(name: &str, met: &[Met], theirs: &BTreeMap<String, Vec<Met>>) -> Option<Self> {
        let met = &met[..met.len().min(DRAWN)];
        if met.len() < 2 {
            return None;
        }
        let most = met.iter().map(|m| m.records).max()?.max(1);
        let nodes: Vec<Node> = (0..met.len()).map(|at| node(met, at, most)).collect();
        let edges = edges(met, &nodes, theirs, most);
        Some(Self {
            name: short(name),
            nodes,
            edges,
        })
    }
}

/// Right from top to bottom, then left from bottom to top.
fn node(met: &[Met], at: usize, most: usize) -> Node {
    let right = met.len().div_ceil(2);
    let (column, row, rows) = match at < right {
        true => (1.0, at, right),
        false => (-1.0, met.len() - 1 - at, met.len() - right),
    };
    let y = HEIGHT * (row as f64 + 0.5) / rows as f64;
    let off = (2.0 * y / HEIGHT - 1.0).abs();
    let x = WIDTH / 2.0 + column * REACH * (1.0 - 0.55 * off * off);
    let person = &met[at];
    let search = || Address::new("/search").with("participant", person.name.as_str());
    Node {
        x: rounded(x),
        y: rounded(y),
        text: rounded(x + column * 12.0),
        anchor: if column > 0.0 { "start" } else { "end" },
        label: short(&person.name),
        told: told(person.records),
        address: match &person.id {
            Some(id) => Address::of(&["people", id]).to_string(),
            None => search().to_string(),
        },
        weight: weight(person.records, most),
    }
}

fn edges(
    met: &[Met],
    nodes: &[Node],
    theirs: &BTreeMap<String, Vec<Met>>,
    most: usize,
) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (a, person) in met.iter().enumerate() {
        let Some(theirs) = person.id.as_ref().and_then(|id| theirs.get(id)) else {
            continue;
        };
        for (b, other) in met.iter().enumerate().skip(a + 1) {
            let both = theirs.iter().find(|m| m.name == other.name);
            edges.extend(both.map(|m| edge(&nodes[a], &nodes[b], weight(m.records, most))));
        }
    }
    edges
}

fn edge(a: &Node, b: &Node, weight: f64) -> Edge {
    // Half way to the middle from the point between both.
    let bent = |a: f64, b: f64, middle: f64| rounded(((a + b) / 2.0 + middle) / 2.0);
    let (x, y) = (bent(a.x, b.x, WIDTH / 2.0), bent(a.y, b.y, HEIGHT / 2.0));
    Edge {
        path: format!("M{} {}Q{x} {y} {} {}", a.x, a.y, b.x, b.y),
        weight: rounded(weight / 2.0),
    }
}

/// Between 1 and 7, by the root of the share.
fn weight(records: usize, most: usize) -> f64 {
    let share = records.min(most) as f64 / most as f64;
    rounded(1.0 + 6.0 * share.sqrt())
}

fn told(records: usize) -> String {
    format!(
        "{records} {}",
        if records == 1 { "record" } else { "records" }
    )
}

fn short(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", name[..at].trim_end()),
        None => name.to_owned(),
    }
}

fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(name: &str, records: usize) -> Met {
        Met {
            id: Some(name.to_lowercase()),
            name: name.to_owned(),
            records,
        }
    }

    #[test]
    fn names_stand_apart_and_meetings_are_drawn_once() {
        let people = [met("Quill", 9), met("Moss", 4), met("Tennant", 1)];
        let theirs = BTreeMap::from([
            ("quill".to_owned(), vec![met("Moss", 2)]),
            ("moss".to_owned(), vec![met("Quill", 2)]),
        ]);
        let network = Network::of("Vorel", &people, &theirs).unwrap();
        let places: Vec<_> = network.nodes.iter().map(|n| (n.y, n.anchor)).collect();
        assert_eq!(places, [(100.0, "start"), (300.0, "start"), (200.0, "end")]);
        assert_eq!(network.edges.len(), 1);
        assert!(Network::of("Vorel", &people[..1], &theirs).is_none());
    }
}
