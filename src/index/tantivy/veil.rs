//! A commit as somebody sees it from whom records are kept: to tantivy they are deleted. So whatever counts,
//! finds, lists or opens records passes over them, and no part of the engine has to remember that.
//!
//! The segments' files are shared with the commit; laid over them are a list of the segments and the sets of
//! documents that are left. With a person's last record, and a volume's, go the person and the volume.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

use tantivy::{
    BitSet, Directory, Index, Searcher, SegmentReader,
    directory::{ManagedDirectory, RamDirectory, TerminatingWrite},
    fastfield::write_alive_bitset,
};

use super::{
    Snapshot, all_with_addresses, broken,
    columns::Column,
    document::{PERSON, VOLUME},
    fields::Fields,
    opened::{META, reader_of},
    stored::Stored,
};
use crate::{
    authority::Authority,
    index::{Closed, IndexError, is_meant, words::fold_value},
    record::{Identity, Volume},
};

/// A commit without what is closed.
pub fn veiled(open: &Snapshot, fields: &Fields, closed: &[Closed]) -> Result<Searcher, IndexError> {
    let mut left = left(open, closed)?;
    drop_bare(open, fields, &mut left)?;
    let over = RamDirectory::create();
    let mut segments = Vec::new();
    for (segment, set) in open.searcher.segment_readers().iter().zip(&left) {
        let stamp = stamp(closed, segment.delete_opstamp());
        write_left(&over, &delete_file(segment, stamp), set)?;
        segments.push(serde_json::json!({
            "segment_id": segment.segment_id(),
            "max_doc": segment.max_doc(),
            "deletes": {
                "num_deleted_docs": segment.max_doc() - set.len() as u32,
                "opstamp": stamp,
            },
        }));
    }
    let shelf = &open.opened.shelf;
    let mut meta: serde_json::Value = serde_json::from_slice(&open.opened.meta).map_err(broken)?;
    meta["segments"] = segments.into();
    over.atomic_write(Path::new(META), meta.to_string().as_bytes())
        .map_err(broken)?;
    let index = Index::open(shelf.below(over)).map_err(broken)?;
    Ok(reader_of(&index)?.searcher())
}

/// A volume's description, of which only these records are seen. Its lists of persons and terms and its printed index
/// are of all its records: where some are not seen nothing of them is.
pub fn volume_without(volume: Volume, seen: &HashSet<String>) -> Volume {
    let mut contents = volume.contents;
    contents.retain(|line| line.record.as_ref().is_none_or(|name| seen.contains(name)));
    // From the end: a heading stays if something below it does.
    let mut kept = Vec::new();
    let mut below: Option<u8> = None;
    for line in contents.into_iter().rev() {
        let stays = line.record.is_some() || below.is_some_and(|depth| depth > line.depth);
        if stays {
            below = Some(line.depth);
            kept.push(line);
        }
    }
    kept.reverse();
    Volume {
        contents: kept,
        persons: Vec::new(),
        terms: Vec::new(),
        index: Vec::new(),
        ..volume
    }
}

/// What is known of a person beyond the volumes, whose lists may be of records that are not seen.
pub fn person_without(person: Identity) -> Identity {
    match Authority::shipped().by_id(&person.id) {
        Some(known) => known.clone(),
        None => Identity {
            id: person.id,
            name: person.name,
            ..Identity::default()
        },
    }
}

/// For each segment the documents that are neither deleted nor closed records.
fn left(open: &Snapshot, closed: &[Closed]) -> Result<Vec<BitSet>, IndexError> {
    let searcher = &open.searcher;
    let volumes = open.values("volume")?;
    let (levels, controls) = (open.values("classification")?, open.values("control")?);
    let rules: Vec<_> = closed
        .iter()
        .map(|rule| {
            let volume = |value: &str| rule.collections.iter().any(|c| is_meant(c, value));
            (
                rule,
                chosen(&volumes, volume),
                chosen(&levels, |value| rule.levels.iter().any(|l| l == value)),
                chosen(&controls, |value| rule.controls.iter().any(|c| c == value)),
            )
        })
        .collect();
    let mut all = Vec::new();
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        let mut set = BitSet::with_max_value_and_full(reader.max_doc());
        for doc in 0..reader.max_doc() {
            let any = |column: &Column, chosen: &[bool]| {
                let mut values = column.segments[segment].of(doc).iter();
                values.any(|number| chosen[*number as usize])
            };
            let is_closed = rules.iter().any(|(rule, by_volume, by_level, by_control)| {
                (rule.collections.is_empty() || any(&volumes, by_volume))
                    && (rule.levels.is_empty() || any(&levels, by_level))
                    && (rule.controls.is_empty() || any(&controls, by_control))
                    && !column_is_empty(&volumes, segment, doc)
            });
            if reader.is_deleted(doc) || is_closed {
                set.remove(doc);
            }
        }
        all.push(set);
    }
    Ok(all)
}

/// Only records have a volume.
fn column_is_empty(volumes: &Column, segment: usize, doc: u32) -> bool {
    volumes.segments[segment].of(doc).is_empty()
}

fn chosen(column: &Column, is: impl Fn(&str) -> bool) -> Vec<bool> {
    column.values.iter().map(|value| is(value)).collect()
}

/// Takes out people and volumes of which no record is left.
fn drop_bare(open: &Snapshot, fields: &Fields, left: &mut [BitSet]) -> Result<(), IndexError> {
    let names = |field: &str| -> Result<HashSet<String>, IndexError> {
        let column = open.values(field)?;
        let mut seen = vec![false; column.values.len()];
        for (segment, set) in left.iter().enumerate() {
            for doc in (0..set.max_value()).filter(|doc| set.contains(*doc)) {
                for number in column.segments[segment].of(doc) {
                    seen[*number as usize] = true;
                }
            }
        }
        Ok(named(&column, &seen))
    };
    let (people, volumes) = (names("person")?, names("volume")?);
    let name = |stored: &Stored<'_>| Ok(stored.person()?.name);
    for (address, name) in all_with_addresses(&open.searcher, fields, PERSON, name)? {
        if !people.contains(&fold_value(&name)) {
            left[address.segment_ord as usize].remove(address.doc_id);
        }
    }
    let id = |stored: &Stored<'_>| Ok(stored.volume()?.id);
    for (address, id) in all_with_addresses(&open.searcher, fields, VOLUME, id)? {
        if !volumes.contains(&fold_value(&id)) {
            left[address.segment_ord as usize].remove(address.doc_id);
        }
    }
    Ok(())
}

fn named(column: &Column, seen: &[bool]) -> HashSet<String> {
    let values = column.values.iter().zip(seen);
    values
        .filter(|(_, seen)| **seen)
        .map(|(value, _)| fold_value(value))
        .collect()
}

fn write_left(over: &RamDirectory, path: &Path, set: &BitSet) -> Result<(), IndexError> {
    // Files of an index end with a checksum, which this writer adds.
    let managed = ManagedDirectory::wrap(Box::new(over.clone())).map_err(broken)?;
    let mut file = managed.open_write(path).map_err(broken)?;
    write_alive_bitset(set, &mut file).map_err(broken)?;
    file.terminate().map_err(broken)
}

fn delete_file(segment: &SegmentReader, stamp: u64) -> PathBuf {
    PathBuf::from(format!(
        "{}.{stamp}.del",
        segment.segment_id().uuid_string()
    ))
}

/// Differs for every veil and every deletion, so that commits that are seen differently have different names.
fn stamp(closed: &[Closed], deleted: Option<u64>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (closed, deleted).hash(&mut hasher);
    // Numbers of JSON beyond 2^53 are not safe everywhere.
    hasher.finish() >> 12
}
