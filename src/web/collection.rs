//! What pages tell of the whole collection: its volumes, and questions to begin with. It changes only with a
//! commit, so it is made once for each.

use std::sync::{Arc, Mutex, PoisonError};

use super::{
    examples::{self, Example},
    timeline::{ByDate, Years},
    titles::Titles,
};
use crate::{
    index::VolumeSummary,
    search::{Problem, Search},
};

/// The whole collection at one commit.
#[derive(Default)]
pub struct Collection {
    /// Every volume.
    pub volumes: Vec<VolumeSummary>,
    /// Their titles.
    pub titles: Titles,
    /// The years that they cover, see [`ByDate::years`].
    pub covered: Option<Years>,
    /// Questions that find something.
    pub examples: Vec<Example>,
}

/// A collection and the commit of which it is.
type Of = (u64, Arc<Collection>);

/// Collections that were asked for last, of the present commit as different readers see it.
#[derive(Clone, Default)]
pub struct Held(Arc<Mutex<Vec<Of>>>);

/// How many are held.
const HELD: usize = 4;

impl Held {
    /// The collection at the present commit.
    ///
    /// # Errors
    /// As [`Search::search_records`].
    pub fn at_hand(&self, search: &Search) -> Result<Arc<Collection>, Problem> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = search.generation()?;
        if let Some((_, collection)) = held.iter().find(|(of, _)| *of == generation) {
            return Ok(collection.clone());
        }
        let volumes = search.list_volumes()?;
        let collection = Arc::new(Collection {
            titles: Titles::of(&volumes),
            covered: covered(search)?,
            examples: examples::of(search)?,
            volumes,
        });
        held.push((generation, collection.clone()));
        let over = held.len().saturating_sub(HELD);
        held.drain(..over);
        Ok(collection)
    }
}

fn covered(search: &Search) -> Result<Option<Years>, Problem> {
    Ok(ByDate::of_search(search, &[])?.years())
}
