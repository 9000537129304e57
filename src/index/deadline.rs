//! Until when a question may be worked on. It goes with the thread that works on it, so that no request
//! has to carry it from layer to layer.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use super::IndexError;

thread_local! {
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Works for at most so long: engines give up with [`super::IndexError::Late`] once the time is over.
pub fn within<T>(time: Duration, work: impl FnOnce() -> T) -> T {
    let before = UNTIL.replace(Instant::now().checked_add(time));
    // A question that panics leaves the thread to others.
    let _restore = Restore(before);
    work()
}

struct Restore(Option<Instant>);

impl Drop for Restore {
    fn drop(&mut self) {
        UNTIL.set(self.0);
    }
}

/// The end of this thread's present question.
pub fn until() -> Option<Instant> {
    UNTIL.get()
}

/// Whether it has come.
pub fn is_over() -> bool {
    until().is_some_and(|until| Instant::now() >= until)
}

/// Goes on only before it.
///
/// # Errors
/// [`IndexError::Late`] once it has come.
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
}
