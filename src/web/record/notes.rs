//! Footnotes and their calls: which call goes with which note, and the anchors of both. Labels may come
//! more than once in a record; each note and each call has an anchor of its own.

use std::collections::{HashMap, HashSet};

use crate::record::{PassageKind, Record};

/// The notes of a record.
#[derive(Debug, Default)]
pub struct Notes {
    /// Passages of each label, in order.
    by_label: HashMap<String, Vec<usize>>,
    /// Anchors by passage, without what stands before them.
    anchors: HashMap<usize, String>,
    /// Calls so far of each label.
    calls: HashMap<String, usize>,
    /// Notes that have been called.
    called: HashSet<usize>,
    /// Notes that have been set.
    set: HashSet<usize>,
}

impl Notes {
    /// Of a record.
    pub fn of(record: &Record) -> Self {
        let mut notes = Self::default();
        for (ordinal, passage) in record.passages.iter().enumerate() {
            if passage.kind == PassageKind::Footnote {
                let label = passage.label.clone().unwrap_or_default();
                let same = notes.by_label.entry(label.clone()).or_default();
                notes.anchors.insert(ordinal, anchor(&label, same.len()));
                same.push(ordinal);
            }
        }
        notes
    }

    /// The first note of a label.
    pub fn first(&self, label: &str) -> Option<usize> {
        self.by_label.get(label)?.first().copied()
    }

    /// The next call of a label: its anchor, the note's passage, and whether the note is called for the
    /// first time. Further calls than notes go to the last.
    pub fn call(&mut self, label: &str) -> (String, Option<(usize, bool)>) {
        let calls = self.calls.entry(label.to_owned()).or_default();
        let own = format!("fnref{}", anchor(label, *calls));
        let same = self.by_label.get(label);
        let note = same.and_then(|same| same.get(*calls).or(same.last()));
        *calls += 1;
        let note = note.map(|note| (*note, self.called.insert(*note)));
        (own, note)
    }

    /// The anchor of a note.
    pub fn anchor(&self, ordinal: usize) -> String {
        let own = self.anchors.get(&ordinal);
        format!("fn{}", own.map_or("", String::as_str))
    }

    /// Whether a note is to be set: once.
    pub fn set(&mut self, ordinal: usize) -> bool {
        self.set.insert(ordinal)
    }
}

/// `3`, and `3-2` for the second of that label; signs are named by their numbers.
fn anchor(label: &str, before: usize) -> String {
    let named = |c: char| match c {
        c if c.is_ascii_alphanumeric() => c.to_string(),
        c => format!("_{:x}", c as u32),
    };
    let name: String = label.chars().map(named).collect();
    match before {
        0 => name,
        more => format!("{name}-{}", more + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Passage;

    fn record(labels: &[&str]) -> Record {
        let note = |label: &&str| Passage {
            kind: PassageKind::Footnote,
            label: Some((*label).to_owned()),
            ..Passage::default()
        };
        Record {
            passages: labels.iter().map(note).collect(),
            ..Record::default()
        }
    }

    #[test]
    fn every_call_finds_its_note() {
        let mut notes = Notes::of(&record(&["1", "*", "*"]));
        assert_eq!(notes.call("1"), ("fnref1".into(), Some((0, true))));
        assert_eq!(notes.call("1"), ("fnref1-2".into(), Some((0, false))));
        assert_eq!(notes.call("*"), ("fnref_2a".into(), Some((1, true))));
        assert_eq!(notes.call("*"), ("fnref_2a-2".into(), Some((2, true))));
        assert_eq!(notes.call("7"), ("fnref7".into(), None));
        assert_eq!(notes.anchor(2), "fn_2a-2");
        assert!(notes.set(2) && !notes.set(2));
    }
}
