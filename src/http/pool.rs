//! Questions block a thread: they run on threads made for that, a bounded number at once, a bounded
//! number waiting; further ones are refused at once.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

use super::Failure;
use crate::{
    index::deadline,
    search::{Problem, Search},
};

/// Bounds the questions that are answered at once.
#[derive(Clone)]
pub struct Pool {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    deadline: Duration,
}

impl Pool {
    /// At most `running` at once and `waiting` in line, each for at most `deadline`.
    pub fn new(running: usize, waiting: usize, deadline: Duration) -> Self {
        let running = running.max(1);
        Self {
            running: Arc::new(Semaphore::new(running)),
            waiting: Arc::new(Semaphore::new(running + waiting)),
            deadline,
        }
    }

    /// Asks the service on a thread of its own.
    ///
    /// # Errors
    /// What the service says; [`Problem::Busy`] where too many wait; [`Problem::Late`] after the
    /// deadline; a failure of the server where the question panics.
    pub async fn ask<T: Send + 'static>(
        &self,
        search: &Search,
        question: impl FnOnce(&Search) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Failure> {
        let place = self
            .waiting
            .clone()
            .try_acquire_owned()
            .map_err(|_| Problem::Busy)?;
        let search = search.clone();
        let running = self.running.clone();
        let time = self.deadline;
        let answer = async move {
            let permit = running.acquire_owned().await.map_err(|_| Problem::Busy)?;
            let answered = spawn_blocking(move || {
                // The permits go back when the work ends, not when somebody stops waiting for it.
                let _held = (permit, place);
                deadline::within(time, || question(&search))
            });
            match answered.await {
                Ok(answer) => answer.map_err(Failure::from),
                Err(panic) => {
                    tracing::error!(%panic, "a question panicked");
                    Err(Failure::defect())
                }
            }
        };
        match timeout(self.deadline, answer).await {
            Ok(answer) => answer,
            Err(_) => Err(Problem::Late {
                seconds: self.deadline.as_secs(),
            }
            .into()),
        }
    }
}
