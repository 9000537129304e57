//! Commits that are held for a while, so that the pages of one answer are all of one commit, whatever is
//! written between them.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{Problem, Search};
use crate::index::Pinned;

/// The most commits that are held beside the present one.
pub const HELD: usize = 4;

/// How long a commit is held after it was last asked.
const KEPT: Duration = Duration::from_secs(600);

/// Commits with the moment at which each was last asked, the latest last.
#[derive(Default)]
pub struct Held(Mutex<Vec<(Instant, Arc<dyn Pinned>)>>);

impl Held {
    /// Holds a commit from now on.
    pub fn hold(&self, commit: &Arc<dyn Pinned>) {
        self.take(commit.name(), Some(commit), Instant::now());
    }

    /// The commit of that name, if it is held; it is held on.
    fn find(&self, name: u64) -> Option<Arc<dyn Pinned>> {
        self.take(name, None, Instant::now())
    }

    fn take(
        &self,
        name: u64,
        new: Option<&Arc<dyn Pinned>>,
        now: Instant,
    ) -> Option<Arc<dyn Pinned>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(used, _)| now.duration_since(*used) <= KEPT);
        let known = held.iter().position(|(_, commit)| commit.name() == name);
        let known = known.map(|at| held.remove(at).1);
        let commit = known.or_else(|| new.cloned())?;
        held.push((now, commit.clone()));
        let over = held.len().saturating_sub(HELD + 1);
        held.drain(..over);
        Some(commit)
    }
}

impl Search {
    /// The commit that answers: the one named, else the present one.
    ///
    /// # Errors
    /// [`Problem::Gone`] where the one named is held no longer.
    pub(super) fn commit(&self, named: Option<u64>) -> Result<Arc<dyn Pinned>, Problem> {
        let present = self.engine.pinned()?;
        match named {
            Some(name) if present.name() != name => self.held.find(name).ok_or(Problem::Gone),
            _ => Ok(present),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        index::{Engine, Location, open},
        record::{Record, RecordId},
    };

    /// So many commits of one engine.
    fn commits(engine: &dyn Engine, count: usize) -> Vec<Arc<dyn Pinned>> {
        let commit = |n: usize| {
            let id = RecordId::new("v", &format!("d{n}")).unwrap();
            let mut writer = engine.writer().unwrap();
            let record = Record {
                id,
                ..Record::default()
            };
            writer.put(record).unwrap();
            writer.commit().unwrap();
            writer.finish().unwrap();
            engine.pinned().unwrap()
        };
        (0..count).map(commit).collect()
    }

    #[test]
    fn few_commits_are_held_and_not_for_long() {
        let engine = open(Location::Memory).unwrap();
        let commits = commits(engine.as_ref(), HELD + 2);
        let (held, now) = (Held::default(), Instant::now());
        for commit in &commits {
            held.take(commit.name(), Some(commit), now);
        }
        let has = |n: usize, later: u64| {
            let then = now + Duration::from_secs(later);
            held.take(commits[n].name(), None, then).is_some()
        };
        assert!(!has(0, 0));
        assert!(has(1, 0));
        // Whoever asks keeps it.
        assert!(has(1, 500));
        assert!(has(1, 1000));
        assert!(!has(2, 1000));
        assert!(!has(1, 2000));
    }
}
