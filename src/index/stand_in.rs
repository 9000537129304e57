//! An engine that stands in for another until that one holds something.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{
    Card, Closed, Engine, Hits, IndexError, Pinned, Request, Stats, VolumeSummary, Writer,
};
use crate::record::{Identity, Record, RecordId, Volume};

/// Answers from what is kept, or from the other as long as that is nothing. Whatever is written is kept.
pub struct StandIn {
    /// What is kept, as it is seen here.
    kept: Arc<dyn Engine>,
    other: Arc<dyn Engine>,
    /// Everything that is kept: that there is something is no secret.
    whole: Arc<dyn Engine>,
    /// Whether something was kept once: it is not asked again.
    begun: AtomicBool,
}

impl StandIn {
    /// One for another.
    pub fn new(kept: Arc<dyn Engine>, other: Arc<dyn Engine>) -> Self {
        Self {
            whole: kept.clone(),
            kept,
            other,
            begun: AtomicBool::new(false),
        }
    }

    fn present(&self) -> &dyn Engine {
        if self.stands_in() {
            self.other.as_ref()
        } else {
            self.kept.as_ref()
        }
    }

    fn stands_in(&self) -> bool {
        if self.begun.load(Ordering::Relaxed) {
            return false;
        }
        let nothing = self.whole.stats().is_ok_and(|stats| stats.records == 0);
        self.begun.store(!nothing, Ordering::Relaxed);
        nothing
    }
}

impl Engine for StandIn {
    fn search(&self, request: &Request) -> Result<Hits, IndexError> {
        self.present().search(request)
    }

    fn pinned(&self) -> Result<Arc<dyn Pinned>, IndexError> {
        self.present().pinned()
    }

    fn without(&self, closed: &[Closed]) -> Arc<dyn Engine> {
        Arc::new(Self {
            kept: self.kept.without(closed),
            other: self.other.clone(),
            whole: self.whole.clone(),
            begun: AtomicBool::new(false),
        })
    }

    fn health(&self) -> Result<(), IndexError> {
        self.kept.health()
    }

    fn is_stand_in(&self) -> bool {
        self.stands_in()
    }

    fn record(&self, id: &RecordId) -> Result<Option<Record>, IndexError> {
        self.present().record(id)
    }

    fn volumes(&self) -> Result<Vec<VolumeSummary>, IndexError> {
        self.present().volumes()
    }

    fn volume(&self, id: &str) -> Result<Option<Volume>, IndexError> {
        self.present().volume(id)
    }

    fn records_of(&self, volume: &str) -> Result<Vec<Card>, IndexError> {
        self.present().records_of(volume)
    }

    fn person(&self, id: &str) -> Result<Option<Identity>, IndexError> {
        self.present().person(id)
    }

    fn people(&self) -> Result<Arc<Vec<Identity>>, IndexError> {
        self.present().people()
    }

    fn stats(&self) -> Result<Stats, IndexError> {
        Ok(Stats {
            specimens: self.stands_in(),
            ..self.present().stats()?
        })
    }

    fn check(&self) -> Result<Vec<String>, IndexError> {
        self.kept.check()
    }

    fn writer(&self) -> Result<Box<dyn Writer + '_>, IndexError> {
        self.kept.writer()
    }
}
