//! Until when a question may be worked on, and whether anybody still waits for the answer. It goes with the
//! thread that works on it, so that no request has to carry it from layer to layer.

use std::{
    cell::{Cell, RefCell},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::IndexError;

thread_local! {
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
    static CANCELLATION: RefCell<Option<Cancellation>> = const { RefCell::new(None) };
}

/// Shared by who asks and who works: set once nobody waits for the answer any more.
#[derive(Debug, Clone, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// Nobody waits any more.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether nobody waits.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Works for at most so long: engines give up with [`super::IndexError::Late`] once the time is over.
pub fn within<T>(time: Duration, work: impl FnOnce() -> T) -> T {
    while_wanted(time, Cancellation::default(), work)
}

/// As [`within`], and only as long as somebody waits for the answer.
pub fn while_wanted<T>(time: Duration, wanted: Cancellation, work: impl FnOnce() -> T) -> T {
    // A question that panics leaves the thread to others.
    let _restore = Restore {
        until: UNTIL.replace(Instant::now().checked_add(time)),
        cancellation: CANCELLATION.replace(Some(wanted)),
    };
    work()
}

struct Restore {
    until: Option<Instant>,
    cancellation: Option<Cancellation>,
}

impl Drop for Restore {
    fn drop(&mut self) {
        UNTIL.set(self.until);
        CANCELLATION.set(self.cancellation.take());
    }
}

/// The end of this thread's present question.
pub fn until() -> Option<Instant> {
    UNTIL.get()
}

/// Whether it has come, or nobody waits for the answer any more.
pub fn is_over() -> bool {
    until().is_some_and(|until| Instant::now() >= until) || is_cancelled()
}

fn is_cancelled() -> bool {
    CANCELLATION.with_borrow(|c| c.as_ref().is_some_and(Cancellation::is_cancelled))
}

/// Goes on only before it, and while somebody waits.
///
/// # Errors
/// [`IndexError::Late`] otherwise.
pub fn in_time() -> Result<(), IndexError> {
    if is_over() {
        return Err(IndexError::Late);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_ends_with_its_question() {
        assert_eq!(until(), None);
        let inner = within(Duration::from_secs(1), || until().is_some());
        assert!(inner);
        assert_eq!(until(), None);
    }

    #[test]
    fn a_question_is_over_when_nobody_waits() {
        let cancellation = Cancellation::default();
        while_wanted(Duration::from_secs(1000), cancellation.clone(), || {
            assert!(in_time().is_ok());
            cancellation.cancel();
            assert!(matches!(in_time(), Err(IndexError::Late)));
        });
        assert!(in_time().is_ok());
    }
}
