//! The identity of a record: `VOLUME/NAME`, or `COLLECTION/NAME` outside FRUS.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// `frus1961-63v05/d323`: exactly one slash, either side letters, digits, `.`, `_` and `-`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(String);

/// The text is no record id.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no record id")]
pub struct InvalidId(pub String);

impl RecordId {
    /// Joins a volume and a name.
    ///
    /// # Errors
    /// [`InvalidId`] where either is empty, longer than 200 bytes or has other characters.
    pub fn new(volume: &str, name: &str) -> Result<Self, InvalidId> {
        let sound = |part: &str| {
            !part.is_empty()
                && part.len() <= 200
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        };
        if sound(volume) && sound(name) {
            Ok(Self(format!("{volume}/{name}")))
        } else {
            Err(InvalidId(format!("{volume}/{name}")))
        }
    }

    /// Reads `VOLUME/NAME`.
    ///
    /// # Errors
    /// [`InvalidId`] as for [`RecordId::new`].
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        match text.split_once('/') {
            Some((volume, name)) => Self::new(volume, name),
            None => Err(InvalidId(text.to_owned())),
        }
    }

    /// The part before the slash.
    pub fn volume(&self) -> &str {
        self.0.split_once('/').map_or("", |(volume, _)| volume)
    }

    /// The part after the slash.
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, name)| name)
    }

    /// The permanent page of the printed record, and of a page in it, where its publisher has one: the volumes
    /// of *Foreign Relations of the United States*.
    pub fn permalink(&self, page: Option<&str>) -> Option<String> {
        const PUBLISHED: &str = "https://history.state.gov/historicaldocuments/";
        let anchor = page.map_or(String::new(), |page| format!("#pg_{page}"));
        self.volume()
            .starts_with("frus")
            .then(|| format!("{PUBLISHED}{}{anchor}", self.0))
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_records_have_permanent_pages() {
        let link = |id: &str, page| RecordId::parse(id).unwrap().permalink(page);
        assert_eq!(
            link("frus1961-63v05/d323", Some("679")).unwrap(),
            "https://history.state.gov/historicaldocuments/frus1961-63v05/d323#pg_679"
        );
        assert_eq!(link("jfk/104-10004", None), None);
    }

    #[test]
    fn parts_come_back() {
        let id = RecordId::parse("frus1961-63v05/d323").unwrap();
        assert_eq!((id.volume(), id.name()), ("frus1961-63v05", "d323"));
    }

    #[test]
    fn paths_and_blanks_are_refused() {
        for bad in ["", "d323", "/d323", "v/", "v/a/b", "v/a b", "v/é"] {
            assert_eq!(
                RecordId::parse(bad),
                Err(InvalidId(bad.to_owned())),
                "{bad}"
            );
        }
    }
}
