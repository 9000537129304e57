//! Exports hold a connection and a commit for long: only a few run at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Failure;

/// Bounds the exports that run at once.
#[derive(Clone)]
pub struct Exports {
    most: usize,
    places: Arc<Semaphore>,
}

impl Exports {
    /// At most so many.
    pub fn new(most: usize) -> Self {
        let most = most.min(Semaphore::MAX_PERMITS);
        Self {
            most,
            places: Arc::new(Semaphore::new(most)),
        }
    }

    /// A place for one, until it is dropped.
    ///
    /// # Errors
    /// A failure with 503 where all are taken.
    pub fn begin(&self) -> Result<OwnedSemaphorePermit, Failure> {
        let place = self.places.clone().try_acquire_owned();
        place.map_err(|_| Failure::too_many_exports(self.most))
    }

    /// How many run.
    pub fn running(&self) -> usize {
        self.most - self.places.available_permits()
    }
}
