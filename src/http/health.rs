//! Whether the server can answer questions, told without regard to how busy it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

use super::Failure;
use crate::{index::Stats, search::Search};

/// Seconds in which a sound index tells what it holds.
const PATIENCE: u64 = 5;

/// Looks that may be under way at once: on a disk that hangs they never end.
const LOOKS: usize = 2;

/// What is known of the server's health.
#[derive(Clone)]
pub struct Health {
    stopping: Arc<AtomicBool>,
    looks: Arc<Semaphore>,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            stopping: Arc::default(),
            looks: Arc::new(Semaphore::new(LOOKS)),
        }
    }
}

impl Health {
    /// The server begins to stop.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether it stops.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Looks whether questions can be answered, from the newest state of what is kept.
    ///
    /// # Errors
    /// A failure with 503 tells why not.
    pub async fn check(&self, search: &Search) -> Result<Stats, Failure> {
        if self.is_stopping() {
            return Err(Failure::not_ready("the server is stopping".into()));
        }
        let slow = || Failure::not_ready("the index does not answer".into());
        let (search, looks) = (search.clone(), self.looks.clone());
        let looked = async move {
            let look = looks.acquire_owned().await.ok();
            spawn_blocking(move || {
                let _held = look;
                search.health()?;
                search.stats()
            })
            .await
        };
        match timeout(Duration::from_secs(PATIENCE), looked).await {
            Ok(Ok(Ok(stats))) => Ok(stats),
            Ok(Ok(Err(problem))) => {
                // What the disk says, with its paths, is for whoever runs the server.
                tracing::error!(%problem, "not ready");
                Err(Failure::not_ready("the index cannot be read".into()))
            }
            Ok(Err(_)) => Err(Failure::defect()),
            Err(_) => Err(slow()),
        }
    }
}
