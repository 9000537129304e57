//! Reading everything back: checksums, counts, and that every record is stored as it would be stored anew.

use tantivy::{DocAddress, Searcher};

use super::{
    Snapshot, broken,
    document::{Prepared, prepare},
    fields::Fields,
    opened::{Counts, Payload},
    stored::Stored,
};
use crate::{index::IndexError, schema::schema};

/// What is found wrong with a commit, a sentence each.
pub fn check(snapshot: &Snapshot, fields: &Fields) -> Result<Vec<String>, IndexError> {
    let index = &snapshot.opened.index;
    let damaged = index.validate_checksum().map_err(broken)?;
    let mut findings: Vec<String> = damaged
        .into_iter()
        .map(|file| format!("{}: the checksum does not fit", file.display()))
        .collect();
    let mut counts = Counts::default();
    let searcher = &snapshot.whole;
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        for doc in reader.doc_ids_alive() {
            let address = DocAddress::new(segment as u32, doc);
            findings.extend(document(searcher, fields, address, &mut counts));
        }
    }
    // What was committed since the snapshot was taken is another commit's.
    if let Some(held) = Payload::of(index)?.held
        && held != counts
        && newest_is(snapshot)
    {
        findings.push(format!(
            "{} records, {} volumes and {} people are there; the commit says {}, {} and {}",
            counts.records, counts.volumes, counts.people, held.records, held.volumes, held.people
        ));
    }
    Ok(findings)
}

fn newest_is(snapshot: &Snapshot) -> bool {
    let opened = &snapshot.opened;
    opened.reload().is_ok()
        && opened.reader.searcher().generation().segments()
            == snapshot.whole.generation().segments()
}

/// What is wrong with one document, if anything.
fn document(
    searcher: &Searcher,
    fields: &Fields,
    address: DocAddress,
    counts: &mut Counts,
) -> Option<String> {
    let place = format!(
        "segment {}, document {}",
        address.segment_ord, address.doc_id
    );
    let stored = match Stored::open(searcher, fields, address) {
        Ok(stored) => stored,
        Err(error) => return Some(format!("{place}: {error}")),
    };
    let error = stored_well(&stored, fields, counts).err()?;
    let name = stored.card().map_or(place, |card| card.id.to_string());
    Some(format!("{name}: {error}"))
}

/// Reads one document back, and counts it.
fn stored_well(
    stored: &Stored<'_>,
    fields: &Fields,
    counts: &mut Counts,
) -> Result<(), IndexError> {
    if stored.is_volume() {
        counts.volumes += 1;
        stored.volume()?;
    } else if stored.is_person() {
        counts.people += 1;
        stored.person()?;
    } else if stored.is_record() {
        counts.records += 1;
        // The hash covers the record, its passages and the table of their places.
        let Prepared { hash, .. } =
            prepare(&stored.record()?, schema(), fields).map_err(IndexError::Broken)?;
        if hash != stored.hash()? {
            return Err(IndexError::Broken(
                "a table of passages does not fit its text".into(),
            ));
        }
    }
    Ok(())
}
