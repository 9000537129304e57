//! In how many records a word stands, of those that are there and may be seen.

use std::io;

use tantivy::{
    DocSet, InvertedIndexReader, Searcher, SegmentReader, TERMINATED, Term, postings::TermInfo,
    schema::IndexRecordOption,
};

use super::broken;
use crate::index::IndexError;

/// Over the whole commit.
pub fn having(searcher: &Searcher, term: &Term) -> Result<usize, IndexError> {
    let mut records = 0;
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(term.field()).map_err(broken)?;
        if let Some(info) = inverted.get_term_info(term).map_err(broken)? {
            records += having_in(segment, &inverted, &info).map_err(broken)? as usize;
        }
    }
    Ok(records)
}

/// In one segment.
pub fn having_in(
    segment: &SegmentReader,
    inverted: &InvertedIndexReader,
    info: &TermInfo,
) -> io::Result<u64> {
    let Some(alive) = segment.alive_bitset() else {
        return Ok(u64::from(info.doc_freq));
    };
    let mut postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
    let mut records = 0;
    while postings.doc() != TERMINATED {
        records += u64::from(alive.is_alive(postings.doc()));
        postings.advance();
    }
    Ok(records)
}
