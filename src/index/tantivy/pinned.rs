//! One commit, held for several questions of one answer.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use super::{
    Snapshot, all_of, answer, days, dictionary, document::RECORD, explain, fields::Fields, find,
    group, stored::Stored, terms,
};
use crate::{
    index::{
        Days, Explanation, Grouping, Groups, Hits, IndexError, Marked, Pinned, Query, Request,
    },
    record::{Record, RecordId},
};

/// A commit and what is needed to ask it.
pub struct PinnedCommit {
    /// Handles of every field.
    pub fields: Arc<Fields>,
    /// The commit.
    pub snapshot: Arc<Snapshot>,
}

impl Pinned for PinnedCommit {
    fn generation(&self) -> u64 {
        self.snapshot.number
    }

    fn name(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.snapshot
            .searcher
            .generation()
            .segments()
            .hash(&mut hasher);
        hasher.finish()
    }

    fn search(&self, request: &Request) -> Result<Hits, IndexError> {
        answer::answer(&self.fields, &self.snapshot, request)
    }

    fn record(&self, id: &RecordId) -> Result<Option<Record>, IndexError> {
        find(&self.snapshot.searcher, &self.fields, id.as_str())?
            .map(|stored| stored.record())
            .transpose()
    }

    fn marks(&self, id: &RecordId, query: &Query) -> Result<Option<Marked>, IndexError> {
        answer::marks(&self.fields, &self.snapshot, id, query)
    }

    fn explain(&self, request: &Request) -> Result<Vec<Explanation>, IndexError> {
        explain::explain(&self.fields, &self.snapshot, request)
    }

    fn groups(&self, request: &Request, grouping: &Grouping) -> Result<Groups, IndexError> {
        group::groups(&self.fields, &self.snapshot, request, grouping)
    }

    fn titles(&self) -> Result<Vec<String>, IndexError> {
        let searcher = &self.snapshot.searcher;
        let cards = all_of(searcher, &self.fields, RECORD, Stored::card)?;
        Ok(cards.into_iter().filter_map(|card| card.title).collect())
    }

    fn days(&self, request: &Request) -> Result<Days, IndexError> {
        days::days(&self.fields, &self.snapshot.searcher, request)
    }

    fn frequencies(&self, words: &[String]) -> Result<Vec<(String, usize)>, IndexError> {
        dictionary::frequencies(&self.fields, &self.snapshot.searcher, words)
    }

    fn terms(&self, leaf: &Query) -> Result<Vec<(String, usize)>, IndexError> {
        terms::terms(&self.fields, &self.snapshot.searcher, leaf)
    }

    fn spelled_like(&self, word: &str) -> Result<Option<Vec<String>>, IndexError> {
        dictionary::spelled_like(&self.fields, &self.snapshot.searcher, word)
    }
}
