//! Questions block a thread: they run on threads made for that, a bounded number at once, a bounded
//! number waiting; further ones are refused at once. One whose asker is gone stops as at the deadline.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
use tracing::Span;

use super::Failure;
use crate::{
    index::deadline::{self, Cancellation},
    search::{Problem, Search},
};

/// Bounds the questions that are answered at once.
#[derive(Clone)]
pub struct Pool {
    most_running: usize,
    most: usize,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    deadline: Duration,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    refused: AtomicU64,
    late: AtomicU64,
    abandoned: AtomicU64,
}

/// What a pool is doing, and what it could not do since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Questions being answered.
    pub running: usize,
    /// Questions in line.
    pub waiting: usize,
    /// Questions refused because the line was full.
    pub refused: u64,
    /// Questions that met the deadline.
    pub late: u64,
    /// Questions whose asker went away.
    pub abandoned: u64,
}

impl Pool {
    /// At most `running` at once and `waiting` in line, each for at most `deadline`.
    pub fn new(running: usize, waiting: usize, deadline: Duration) -> Self {
        let most_running = running.clamp(1, Semaphore::MAX_PERMITS);
        let most = most_running.saturating_add(waiting);
        let most = most.min(Semaphore::MAX_PERMITS);
        Self {
            most_running,
            most,
            running: Arc::new(Semaphore::new(most_running)),
            waiting: Arc::new(Semaphore::new(most)),
            deadline,
            counts: Arc::default(),
        }
    }

    /// What it is doing.
    pub fn load(&self) -> Load {
        let running = self.most_running - self.running.available_permits();
        let places = self.most - self.waiting.available_permits();
        Load {
            running,
            waiting: places.saturating_sub(running),
            refused: self.counts.refused.load(Ordering::Relaxed),
            late: self.counts.late.load(Ordering::Relaxed),
            abandoned: self.counts.abandoned.load(Ordering::Relaxed),
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
        let Ok(place) = self.waiting.clone().try_acquire_owned() else {
            self.counts.refused.fetch_add(1, Ordering::Relaxed);
            return Err(Problem::Busy.into());
        };
        let mut asker = Asker::new(self.counts.clone());
        let wanted = asker.wanted.clone();
        let search = search.clone();
        let running = self.running.clone();
        let time = self.deadline;
        let span = Span::current();
        let answer = async move {
            let permit = running.acquire_owned().await.map_err(|_| Problem::Busy)?;
            let answered = spawn_blocking(move || {
                // The permits go back when the work ends, not when somebody stops waiting for it.
                let _held = (permit, place);
                span.in_scope(|| deadline::while_wanted(time, wanted, || question(&search)))
            });
            match answered.await {
                Ok(answer) => answer.map_err(Failure::from),
                Err(panic) => {
                    tracing::error!(%panic, "a question panicked");
                    Err(Failure::defect())
                }
            }
        };
        let answer = timeout(self.deadline, answer).await;
        asker.waited = true;
        answer.unwrap_or_else(|_| {
            self.counts.late.fetch_add(1, Ordering::Relaxed);
            let seconds = self.deadline.as_secs();
            Err(Problem::Late { seconds }.into())
        })
    }
}

/// Who waits for an answer; dropped before it came where the client hangs up.
struct Asker {
    wanted: Cancellation,
    waited: bool,
    counts: Arc<Counts>,
}

impl Asker {
    fn new(counts: Arc<Counts>) -> Self {
        Self {
            wanted: Cancellation::default(),
            waited: false,
            counts,
        }
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        self.wanted.cancel();
        if !self.waited {
            self.counts.abandoned.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::sync::oneshot;

    use super::*;
    use crate::specimens;

    fn search() -> Search {
        Search::new(Arc::from(specimens::engine().unwrap()))
    }

    /// Ends when nobody waits, and only then.
    fn work_while_wanted() {
        while deadline::in_time().is_ok() {
            std::thread::yield_now();
        }
    }

    #[tokio::test]
    async fn a_question_stops_when_its_asker_goes() {
        let (search, pool) = (search(), Pool::new(1, 0, Duration::from_secs(100_000)));
        let (begun, has_begun) = oneshot::channel();
        let (ended, has_ended) = oneshot::channel();
        let asking = tokio::spawn({
            let (search, pool) = (search.clone(), pool.clone());
            async move {
                let question = move |_: &Search| {
                    begun.send(()).unwrap();
                    work_while_wanted();
                    ended.send(()).unwrap();
                    Ok(())
                };
                pool.ask(&search, question).await.is_ok()
            }
        });
        has_begun.await.unwrap();
        asking.abort();
        has_ended.await.unwrap();
        assert_eq!(pool.load().abandoned, 1);
    }

    #[tokio::test]
    async fn a_question_that_panics_harms_no_other() {
        let (search, pool) = (search(), Pool::new(1, 0, Duration::from_secs(1000)));
        let failed = pool.ask(&search, |_| -> Result<(), Problem> { panic!("at once") });
        assert_eq!(failed.await.unwrap_err().body().status, 500);
        let answered = pool.ask(&search, |_| Ok(7)).await;
        assert_eq!(answered.unwrap(), 7);
    }

    #[tokio::test]
    async fn what_exceeds_the_line_is_refused_at_once() {
        let (search, pool) = (search(), Pool::new(1, 0, Duration::from_secs(1000)));
        let (let_go, wait) = mpsc::channel::<()>();
        let (begun, has_begun) = oneshot::channel();
        let asking = tokio::spawn({
            let (search, pool) = (search.clone(), pool.clone());
            async move {
                let question = move |_: &Search| {
                    begun.send(()).unwrap();
                    wait.recv().ok();
                    Ok(())
                };
                pool.ask(&search, question).await.is_ok()
            }
        });
        has_begun.await.unwrap();
        assert_eq!(pool.load().running, 1);
        assert!(pool.ask(&search, |_| Ok(())).await.unwrap_err().is_busy());
        drop(let_go);
        assert!(asking.await.unwrap());
        assert_eq!(pool.load().refused, 1);
    }
}
