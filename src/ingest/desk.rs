//! The desk at which records are handed in one by one while the program serves. One thread writes; what is handed
//! in meanwhile waits for it and is made durable together.

use std::{
    collections::{HashMap, HashSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use thiserror::Error;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::timeout,
};

use super::keep;
use crate::{
    authority::Authority,
    index::{Engine, IndexError, Outcome, Writer},
    normalise::{Context, normalise},
    readers::{Draft, Reader, json_lines::JsonLines},
    record::{Provenance, RecordId, Volume},
};

/// How long the desk keeps the index to itself when nothing more is handed in: others may write then.
const LINGER: Duration = Duration::from_millis(500);

/// How long it keeps the index at most, and what it then leaves to others who wait for it.
const SESSION: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);

/// How long an order waits for others; it may be done all the same, and asking again tells.
const PATIENCE: Duration = Duration::from_secs(60);

/// Orders that are made durable together.
const TOGETHER: usize = 64;

/// Where the records come from, in their provenance.
const SOURCE: &str = "handed in over HTTP";

/// Something to do.
#[derive(Debug)]
pub enum Work {
    /// Keep a record, in the place of any other of its id.
    Put(Box<Draft>),
    /// Take a record out.
    Remove(RecordId),
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// The record is new.
    Added,
    /// It took the place of another version.
    Replaced,
    /// It was there already.
    Unchanged,
    /// It was taken out.
    Removed,
    /// There was none to take out.
    Absent,
}

/// Why one piece of work is not done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The record cannot be kept.
    #[error("{0}")]
    Record(String),
    /// Somebody else writes.
    #[error("another process is writing to the index")]
    Locked,
    /// The index cannot be written.
    #[error("{0}")]
    Index(String),
}

impl From<IndexError> for Refusal {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Locked => Self::Locked,
            other => Self::Index(other.to_string()),
        }
    }
}

type Answer = Vec<Result<Done, Refusal>>;

struct Order {
    works: Vec<Work>,
    answer: oneshot::Sender<Answer>,
    /// Given back when it is done, not when whoever gave it stops waiting.
    _place: OwnedSemaphorePermit,
}

/// Orders that are read or wait at once.
const PLACES: usize = 8;

/// Takes orders.
#[derive(Clone)]
pub struct Desk {
    orders: Sender<Order>,
    places: Arc<Semaphore>,
}

impl Desk {
    /// Opens it; it is open as long as it or a clone of it is held.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn open(engine: Arc<dyn Engine>) -> std::io::Result<Self> {
        let (sender, orders) = channel();
        thread::Builder::new()
            .name("desk".into())
            .spawn(move || serve(engine.as_ref(), &orders))?;
        Ok(Self {
            orders: sender,
            places: Arc::new(Semaphore::new(PLACES)),
        })
    }

    /// A place before the desk, which is taken before an order is read; `None` where all are taken: the rest is
    /// to come later.
    pub fn place(&self) -> Option<OwnedSemaphorePermit> {
        self.places.clone().try_acquire_owned().ok()
    }

    /// Does some work; what was done is durable when the answer comes. One for each piece.
    ///
    /// # Errors
    /// [`Refusal`] where nothing is done.
    pub async fn hand_in(
        &self,
        works: Vec<Work>,
        place: OwnedSemaphorePermit,
    ) -> Result<Answer, Refusal> {
        let closed = || Refusal::Index("the desk is closed".into());
        let (answer, answered) = oneshot::channel();
        let order = Order {
            works,
            answer,
            _place: place,
        };
        self.orders.send(order).map_err(|_| closed())?;
        match timeout(PATIENCE, answered).await {
            Ok(answer) => answer.map_err(|_| closed()),
            Err(_) => Err(Refusal::Locked),
        }
    }
}

fn serve(engine: &dyn Engine, orders: &Receiver<Order>) {
    while let Ok(order) = orders.recv() {
        // A defect costs the orders at hand, which are told so, not those to come.
        let session = catch_unwind(AssertUnwindSafe(|| session(engine, order, orders)));
        if session.is_err() {
            tracing::error!("writing stopped at a defect; it goes on with the next order");
        }
    }
}

/// Writes until nothing more is handed in for a while.
fn session(engine: &dyn Engine, first: Order, orders: &Receiver<Order>) {
    let mut writer = match engine.writer() {
        Ok(writer) => writer,
        Err(error) => return refuse(first, &error.into()),
    };
    let begun = Instant::now();
    let mut next = Some(first);
    while begun.elapsed() < SESSION {
        let order = match next.take() {
            Some(order) => order,
            None => match orders.recv_timeout(LINGER) {
                Ok(order) => order,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            },
        };
        let more = orders.try_iter().take(TOGETHER - 1);
        let together: Vec<Order> = std::iter::once(order).chain(more).collect();
        if !write(engine, writer.as_mut(), together) {
            return;
        }
    }
    if let Err(error) = writer.finish() {
        tracing::error!(%error, "what was written is kept, but not yet put together");
    }
    thread::sleep(PAUSE);
}

/// Does some orders and makes them durable; whether the writer can be used on.
fn write(engine: &dyn Engine, writer: &mut dyn Writer, orders: Vec<Order>) -> bool {
    let mut done: Vec<(Order, Answer)> = Vec::new();
    for mut order in orders {
        let works = std::mem::take(&mut order.works);
        let mut putting = Putting::new(engine, writer);
        let answer = works.into_iter().map(|work| putting.one(work)).collect();
        done.push((order, answer));
    }
    let committed = writer.commit().map_err(Refusal::from);
    for (order, answer) in done {
        let answer = match &committed {
            Ok(()) => answer,
            Err(refusal) => answer.iter().map(|_| Err(refusal.clone())).collect(),
        };
        // Whoever hung up meanwhile finds out by asking.
        order.answer.send(answer).ok();
    }
    committed.is_ok()
}

fn refuse(order: Order, refusal: &Refusal) {
    let answer = order.works.iter().map(|_| Err(refusal.clone())).collect();
    order.answer.send(answer).ok();
}

/// Puts the records of one order.
struct Putting<'a> {
    engine: &'a dyn Engine,
    writer: &'a dyn Writer,
    /// Of each collection what its own lists say.
    contexts: HashMap<String, Context<'static>>,
    people: HashSet<String>,
}

impl<'a> Putting<'a> {
    fn new(engine: &'a dyn Engine, writer: &'a dyn Writer) -> Self {
        Self {
            engine,
            writer,
            contexts: HashMap::new(),
            people: HashSet::new(),
        }
    }

    fn one(&mut self, work: Work) -> Result<Done, Refusal> {
        match work {
            Work::Remove(id) => Ok(match self.writer.remove(&id)? {
                true => Done::Removed,
                false => Done::Absent,
            }),
            // A reader's defect costs one record.
            Work::Put(draft) => catch_unwind(AssertUnwindSafe(|| self.put(*draft)))
                .unwrap_or_else(|_| Err(Refusal::Record("this is a defect of memcon".into()))),
        }
    }

    fn put(&mut self, draft: Draft) -> Result<Done, Refusal> {
        let provenance = Provenance {
            reader: JsonLines.name().to_owned(),
            richness: JsonLines.richness(),
            file: SOURCE.to_owned(),
        };
        let collection = draft.volume.clone();
        if !self.contexts.contains_key(&collection) {
            let volume = self.engine.volume(&collection)?.unwrap_or_else(|| Volume {
                id: collection.clone(),
                ..Volume::default()
            });
            let mut context = Context::new(Authority::shipped(), None, true);
            context.take_up(&volume);
            self.contexts.insert(collection.clone(), context);
        }
        let context = &self.contexts[&collection];
        let record = normalise(draft, provenance, context).map_err(|error| {
            let fact =
                format!("{error}: collection and name are letters, figures, `.`, `_` and `-`");
            Refusal::Record(fact)
        })?;
        Ok(
            match keep(self.writer, context, record, &mut self.people)? {
                Outcome::Added => Done::Added,
                Outcome::Replaced => Done::Replaced,
                Outcome::Unchanged => Done::Unchanged,
                Outcome::KeptRicher => {
                    return Err(Refusal::Record("a richer version of it is kept".into()));
                }
            },
        )
    }
}
