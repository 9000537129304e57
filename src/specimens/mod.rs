//! A dozen short records written for this project in the forms of the field, so that a first start has
//! something to search. Persons, countries' papers and events in them are invented.

use std::sync::Arc;

use crate::{
    index::{Engine, IndexError, Location, StandIn, open},
    ingest::{Options, Source, ingest},
};

/// The files, by name.
pub const SOURCES: &[(&str, &str)] = &[
    ("specimens1962v01.xml", include_str!("specimens1962v01.xml")),
    ("specimens1962v02.txt", include_str!("specimens1962v02.txt")),
];

/// An index in memory that holds them.
///
/// # Errors
/// [`IndexError`] where the index cannot be made.
pub fn engine() -> Result<Box<dyn Engine>, IndexError> {
    let engine = open(Location::Memory)?;
    let sources: Vec<Source> = SOURCES
        .iter()
        .map(|(name, text)| Source::Bundled(name, text))
        .collect();
    ingest(engine.as_ref(), &sources, Options::with_threads(1), &|_| {})?;
    Ok(engine)
}

/// An engine for which the specimens stand in until it holds something.
///
/// # Errors
/// As [`engine`].
pub fn standing_in_for(kept: Arc<dyn Engine>) -> Result<Arc<dyn Engine>, IndexError> {
    Ok(Arc::new(StandIn::new(kept, Arc::from(engine()?))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dozen_records_without_failures() {
        let engine = engine().unwrap();
        assert_eq!(engine.stats().unwrap().records, 12);
        let sources: Vec<Source> = SOURCES
            .iter()
            .map(|(name, text)| Source::Bundled(name, text))
            .collect();
        let again = ingest(engine.as_ref(), &sources, Options::with_threads(2), &|_| {}).unwrap();
        assert_eq!(again.failures().count(), 0);
        assert_eq!(again.sum(|f| f.unchanged), 12);
    }
}
