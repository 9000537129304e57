//! Plain query > tantivy query, and the [`Leaf`]s whose places in the text are shown.

use std::{ops::Bound, sync::Arc};
use tantivy::{
    Term,
    query::{
        BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, ExistsQuery,
        Occur, PhraseQuery, RangeQuery, TermQuery, TermSetQuery,
    },
    schema::IndexRecordOption,
};

use super::{
    analyzer::{EXACT, printed_prefix, push_stem, said_by},
    broken,
    document::RECORD,
    excluded::Excluded,
    expand::Expander,
    fields::{
        BODY_STARTS, Fields, Handles, NOTE_STARTS, RUNNING, SAID, TOPIC_STARTS, body_stem,
        span_columns, value_column,
    },
    having::having,
    range::Listed,
    spans::{Plan, SpanQuery},
    statistics::Statistics,
    word::WordQuery,
};
use crate::{
    index::{
        Filter, IndexError, MISSING, Query, Range, Unit,
        words::{self, ANY, Cutter, ONE, fold_value, fold_whole, speaker_key, veiled},
    },
    schema::{Field, FieldKind, Schema, Stem},
};

type BoxedQuery = Box<dyn tantivy::query::Query>;

/// A word or phrase of the query, in the forms in which it may stand in the text.
#[derive(Debug, Clone, Default)]
pub struct Leaf {
    /// Any of these.
    pub patterns: Vec<Pattern>,
    /// Or of these, which stand for it in other words.
    pub variants: Vec<Pattern>,
    /// Or of these, each in the field named.
    pub plans: Vec<(String, Plan)>,
    /// Names of the fields in which it was looked for.
    pub fields: Vec<String>,
    /// How much it tells: its rarity, and the weight that the query gives it.
    pub weight: f32,
    /// It answers only in records that meet all of these: the alternatives in which it stands.
    pub within: Vec<Arc<dyn tantivy::query::Query>>,
}

impl Leaf {
    /// Without the forms that stand for it in other words.
    pub fn as_typed(&self) -> Self {
        Self {
            variants: Vec::new(),
            ..self.clone()
        }
    }
}

/// Terms at fixed distances.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// Distance from the first, and the term.
    pub terms: Vec<(u32, String)>,
    /// The one term is a compound as a whole.
    pub whole: bool,
}

/// A compiled query.
pub struct Compiled {
    /// For tantivy.
    pub query: BoxedQuery,
    /// For the places; leaves under a `Not` are left out.
    pub leaves: Vec<Leaf>,
}

/// Compiles queries for one commit.
pub struct Compiler<'a> {
    /// Declared fields.
    pub schema: &'a Schema,
    /// Their handles.
    pub fields: &'a Fields,
}

/// What comes together while one query is compiled.
struct Work<'a> {
    leaves: Vec<Leaf>,
    expander: Expander<'a>,
}

/// Where the words of a plan are looked for.
struct Scope<'a> {
    /// The name of the field.
    name: &'a str,
    words: tantivy::schema::Field,
    /// How its words are stemmed.
    stem: Option<Stem>,
    /// The speaker whose words they are to be.
    key: Option<&'a str>,
    /// The term for where its passages begin, where it has some.
    passages: Option<&'static str>,
    weight: f32,
}

impl Scope<'_> {
    fn term(&self, term: &str) -> String {
        self.key
            .map_or_else(|| term.to_owned(), |key| said_by(key, term))
    }
}

impl Compiler<'_> {
    /// Compiles a query and the filters that go with it.
    ///
    /// # Errors
    /// [`IndexError::Field`] for a field that cannot be used so.
    pub fn compile(
        &self,
        query: &Query,
        filters: &[&Filter],
        statistics: &Statistics<'_>,
    ) -> Result<Compiled, IndexError> {
        let mut work = Work {
            leaves: Vec::new(),
            expander: Expander::new(statistics.searcher()),
        };
        let mut clauses = Vec::new();
        match self.query(query, None, &mut work)? {
            Some(query) => clauses.push((Occur::Must, query)),
            None => clauses.push((Occur::Must, self.records())),
        }
        for filter in filters {
            clauses.push((Occur::Must, constant(self.filter(filter)?)));
        }
        let query = if clauses.len() == 1 {
            clauses.remove(0).1
        } else {
            Box::new(BooleanQuery::new(clauses))
        };
        let mut leaves = work.leaves;
        for leaf in &mut leaves {
            self.stand_in(leaf, statistics)?;
            leaf.weight *= self.weight(leaf, statistics)?;
        }
        Ok(Compiled { query, leaves })
    }

    /// Where no text has what is typed, its other forms take its place.
    fn stand_in(&self, leaf: &mut Leaf, statistics: &Statistics<'_>) -> Result<(), IndexError> {
        if leaf.variants.is_empty() || !leaf.plans.is_empty() {
            return Ok(());
        }
        let searcher = statistics.searcher();
        for words in leaf.fields.iter().filter_map(|f| self.fields.words_of(f)) {
            for (_, term) in leaf.patterns.iter().flat_map(|pattern| &pattern.terms) {
                let term = Term::from_field_text(words, term);
                if having(searcher, &term)? > 0 {
                    return Ok(());
                }
            }
        }
        leaf.patterns.append(&mut leaf.variants);
        Ok(())
    }

    /// The rarity of a pattern's rarest word, for the pattern and the field in which that is least.
    fn weight(&self, leaf: &Leaf, statistics: &Statistics<'_>) -> Result<f32, IndexError> {
        let mut weight = f32::INFINITY;
        for words in leaf.fields.iter().filter_map(|f| self.fields.words_of(f)) {
            for pattern in &leaf.patterns {
                let mut rarest = 0.0f32;
                for (_, term) in &pattern.terms {
                    let term = Term::from_field_text(words, term);
                    rarest = rarest.max(statistics.rarity(&term).map_err(broken)?);
                }
                weight = weight.min(rarest);
            }
        }
        for (field, plan) in &leaf.plans {
            if let Some(words) = self.fields.words_of(field) {
                let rarity = plan.rarity(words, &|term| statistics.rarity(term));
                weight = weight.min(rarity.map_err(broken)?);
            }
        }
        Ok(if weight.is_finite() { weight } else { 0.0 })
    }

    /// A filter as a query.
    pub fn filter(&self, filter: &Filter) -> Result<BoxedQuery, IndexError> {
        let value = self.value_field(&filter.field, "as a filter")?;
        let named = self
            .handles(&filter.field)
            .filter(|(field, _)| field.analyzer.as_deref() == Some(NAMES))
            .and_then(|(_, handles)| handles.words);
        let missing = self.without(&filter.field)?;
        let term = |text: &String| match named {
            _ if text == MISSING => missing.box_clone(),
            Some(words) => name_query(value, words, text),
            None => value_query(value, text),
        };
        let mut clauses: Vec<(Occur, BoxedQuery)> = Vec::new();
        if filter.any.is_empty() {
            clauses.push((Occur::Must, self.records()));
        } else {
            let any = filter
                .any
                .iter()
                .map(|text| (Occur::Should, term(text)))
                .collect();
            clauses.push((Occur::Must, Box::new(BooleanQuery::new(any))));
        }
        let excluded = |text| -> BoxedQuery { Box::new(Excluded(term(text))) };
        clauses.extend(
            filter
                .none
                .iter()
                .map(|text| (Occur::MustNot, excluded(text))),
        );
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    /// Records that have nothing in a field of values.
    fn without(&self, field: &str) -> Result<BoxedQuery, IndexError> {
        Ok(Box::new(BooleanQuery::new(vec![
            (Occur::Must, self.records()),
            (Occur::MustNot, self.exists(field)?),
        ])))
    }

    /// Every record, all alike.
    fn records(&self) -> BoxedQuery {
        let term = Term::from_field_text(self.fields.entity, RECORD);
        constant(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
    }

    fn handles(&self, field: &str) -> Option<(&Field, Handles)> {
        Some((self.schema.field(field)?, *self.fields.declared.get(field)?))
    }

    fn value_field(
        &self,
        field: &str,
        how: &'static str,
    ) -> Result<tantivy::schema::Field, IndexError> {
        let value = self.handles(field).and_then(|(_, handles)| handles.value);
        value.ok_or_else(|| IndexError::Field {
            field: field.to_owned(),
            how,
        })
    }

    /// `None` stands for every record. With a speaker's key, words without a field are that person's.
    fn query(
        &self,
        query: &Query,
        key: Option<&str>,
        work: &mut Work<'_>,
    ) -> Result<Option<BoxedQuery>, IndexError> {
        Ok(Some(match query {
            Query::All => return Ok(None),
            Query::Word { field, text, exact } => self.words(field, text, *exact, key, work)?,
            Query::Phrase { field, text } => self.words(field, text, true, key, work)?,
            Query::Said { speaker, query } => {
                return self.query(query, Some(&speaker_key(speaker)), work);
            }
            Query::Value { field, value } => constant(value_query(
                self.value_field(field, "for whole values")?,
                value,
            )),
            Query::Exists { field } => constant(self.exists(field)?),
            Query::Between { field, range } => constant(self.between(field, *range, false)?),
            Query::Within { field, range } => constant(self.between(field, *range, true)?),
            Query::And(parts) => self.all_of(parts, key, work)?,
            Query::Or(parts) => {
                let mut clauses = Vec::with_capacity(parts.len());
                for part in parts {
                    let before = work.leaves.len();
                    let query = self.query(part, key, work)?;
                    let query = query.unwrap_or_else(|| self.records());
                    if has_several(part) {
                        let whole: Arc<dyn tantivy::query::Query> = Arc::from(query.box_clone());
                        for leaf in &mut work.leaves[before..] {
                            leaf.within.push(whole.clone());
                        }
                    }
                    clauses.push((Occur::Should, query));
                }
                Box::new(BooleanQuery::new(clauses))
            }
            Query::Like { field, text } if self.is_keyword(field) => {
                constant(self.like_values(field.as_deref().unwrap_or_default(), text, work)?)
            }
            Query::Cased { .. }
            | Query::Like { .. }
            | Query::Fuzzy { .. }
            | Query::Near { .. }
            | Query::Same { .. } => self.placed(query, key, work)?,
            Query::Boost { query, factor } => {
                let before = work.leaves.len();
                let inner = self.query(query, key, work)?;
                for leaf in &mut work.leaves[before..] {
                    leaf.weight *= *factor;
                }
                boosted(inner.unwrap_or_else(|| self.records()), *factor)
            }
            Query::Variants { typed, others } => self.variants(typed, others, key, work)?,
            Query::Not(_) => self.all_of(std::slice::from_ref(query), key, work)?,
        }))
    }

    fn all_of(
        &self,
        parts: &[Query],
        key: Option<&str>,
        work: &mut Work<'_>,
    ) -> Result<BoxedQuery, IndexError> {
        let mut clauses: Vec<(Occur, BoxedQuery)> = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Query::Not(inner) => {
                    let seen = work.leaves.len();
                    let query = self.query(inner, key, work)?;
                    work.leaves.truncate(seen);
                    let query = query.unwrap_or_else(|| self.records());
                    clauses.push((Occur::MustNot, Box::new(Excluded(query))));
                }
                _ => {
                    let query = self.query(part, key, work)?;
                    clauses.extend(query.map(|query| (Occur::Must, query)));
                }
            }
        }
        if !clauses.iter().any(|(occur, _)| *occur == Occur::Must) {
            clauses.push((Occur::Must, self.records()));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    /// What is typed or the best of its other forms; in the text each stands for all that is typed.
    fn variants(
        &self,
        typed: &Query,
        others: &[(Query, f32)],
        key: Option<&str>,
        work: &mut Work<'_>,
    ) -> Result<BoxedQuery, IndexError> {
        let before = work.leaves.len();
        let query = self.query(typed, key, work)?;
        let mut any = vec![query.unwrap_or_else(|| self.records())];
        let after = work.leaves.len();
        for (other, weight) in others {
            let found = self.query(other, key, work)?;
            let found = found.unwrap_or_else(|| self.records());
            any.push(match other {
                Query::Value { .. } | Query::Between { .. } => {
                    Box::new(ConstScoreQuery::new(found, *weight))
                }
                _ => boosted(found, *weight),
            });
        }
        let others = work.leaves.split_off(after);
        for leaf in &mut work.leaves[before..] {
            let patterns = others.iter().flat_map(|other| other.patterns.iter());
            leaf.variants.extend(patterns.cloned());
            let plans = others.iter().flat_map(|other| other.plans.iter());
            leaf.plans.extend(plans.cloned());
        }
        Ok(Box::new(DisjunctionMaxQuery::new(any)))
    }

    /// Words as typed: in a field, in what one person says, or in every weighted field.
    fn words(
        &self,
        field: &Option<String>,
        text: &str,
        exact: bool,
        key: Option<&str>,
        work: &mut Work<'_>,
    ) -> Result<BoxedQuery, IndexError> {
        if let (None, Some(key)) = (field, key) {
            return Ok(self.said(key, text, exact, work));
        }
        let fields = self.word_fields(field.as_deref())?;
        let mut clauses: Vec<(Occur, BoxedQuery)> = Vec::new();
        let mut leaf = Leaf {
            weight: 1.0,
            ..Leaf::default()
        };
        for (declared, handles) in fields {
            let Some(words) = handles.words else { continue };
            let stem = declared
                .analyzer
                .as_ref()
                .and_then(|a| self.schema.analyzers[a].stem)
                .filter(|_| !exact);
            let boost = if field.is_some() {
                1.0
            } else {
                declared.weight
            };
            for pattern in patterns(text, stem) {
                clauses.push((
                    Occur::Should,
                    boosted(pattern_query(words, &pattern), boost),
                ));
                if is_running(declared) && !leaf.patterns.contains(&pattern) {
                    leaf.patterns.push(pattern);
                }
            }
            if is_running(declared) {
                leaf.fields.push(declared.name.clone());
            }
        }
        if !leaf.patterns.is_empty() {
            work.leaves.push(leaf);
        }
        Ok(match clauses.len() {
            0 => Box::new(EmptyQuery),
            1 => clauses.remove(0).1,
            _ => Box::new(BooleanQuery::new(clauses)),
        })
    }

    /// The fields in which words are looked for.
    fn word_fields(&self, field: Option<&str>) -> Result<Vec<(&Field, Handles)>, IndexError> {
        Ok(match field {
            Some(name) => vec![
                self.handles(name)
                    .filter(|(f, _)| f.kind == FieldKind::Text)
                    .ok_or_else(|| IndexError::Field {
                        field: name.to_owned(),
                        how: "for words",
                    })?,
            ],
            None => self
                .schema
                .fields
                .iter()
                .filter(|f| f.weight > 0.0)
                .filter_map(|f| self.handles(&f.name))
                .collect(),
        })
    }

    fn is_keyword(&self, field: &Option<String>) -> bool {
        let declared = field.as_ref().and_then(|name| self.schema.field(name));
        declared.is_some_and(|f| f.kind == FieldKind::Keyword)
    }

    /// Whole values that are as a pattern says.
    fn like_values(
        &self,
        field: &str,
        text: &str,
        work: &mut Work<'_>,
    ) -> Result<BoxedQuery, IndexError> {
        let value = self.value_field(field, "for whole values")?;
        let pattern = fold_value(&veiled(text));
        let terms = work.expander.like(value, "", &pattern, text)?;
        let terms = terms.iter().map(|(t, _)| Term::from_field_text(value, t));
        Ok(Box::new(TermSetQuery::new(terms)))
    }

    /// Patterns, and words near each other: in a field, in what one person says, or in every weighted
    /// field.
    fn placed(
        &self,
        query: &Query,
        key: Option<&str>,
        work: &mut Work<'_>,
    ) -> Result<BoxedQuery, IndexError> {
        let mut clauses: Vec<(Occur, BoxedQuery)> = Vec::new();
        let mut leaf = Leaf {
            weight: 1.0,
            ..Leaf::default()
        };
        for scope in self.scopes(query, key)? {
            let Some(plan) = self.plan(query, &scope, &work.expander)? else {
                continue;
            };
            if scope.passages.is_some() {
                leaf.plans.push((scope.name.to_owned(), plan.clone()));
            }
            let found = SpanQuery {
                field: scope.words,
                starts: self.fields.starts,
                plan,
            };
            clauses.push((Occur::Should, boosted(Box::new(found), scope.weight)));
        }
        if !leaf.plans.is_empty() {
            work.leaves.push(leaf);
        }
        Ok(match clauses.len() {
            0 => Box::new(EmptyQuery),
            1 => clauses.remove(0).1,
            _ => Box::new(BooleanQuery::new(clauses)),
        })
    }

    fn scopes<'s>(
        &'s self,
        query: &Query,
        key: Option<&'s str>,
    ) -> Result<Vec<Scope<'s>>, IndexError> {
        let field = query.field();
        if let (None, Some(key)) = (field, key) {
            return Ok(vec![Scope {
                name: SAID,
                words: self.fields.said,
                stem: body_stem(self.schema),
                key: Some(key),
                passages: Some(BODY_STARTS),
                weight: 1.0,
            }]);
        }
        let scope = |(declared, handles): (&'s Field, Handles)| {
            let running = RUNNING.iter().position(|s| *s == declared.source);
            let analyzer = declared.analyzer.as_ref();
            Some(Scope {
                name: &declared.name,
                words: handles.words?,
                stem: analyzer.and_then(|a| self.schema.analyzers[a].stem),
                key: None,
                passages: running.map(|part| [BODY_STARTS, NOTE_STARTS][part]),
                weight: if field.is_some() {
                    1.0
                } else {
                    declared.weight
                },
            })
        };
        let fields = self.word_fields(field)?.into_iter();
        Ok(fields.filter_map(scope).collect())
    }

    /// A query as a plan for one field; `None` where the field cannot have it.
    fn plan(
        &self,
        query: &Query,
        scope: &Scope<'_>,
        expander: &Expander<'_>,
    ) -> Result<Option<Plan>, IndexError> {
        let all = |parts: &[Query]| {
            let plans = parts.iter().map(|part| self.plan(part, scope, expander));
            plans.collect::<Result<Option<Vec<Plan>>, _>>()
        };
        Ok(match query {
            Query::Word { text, exact, .. } => {
                Some(written(text, scope.stem.filter(|_| !exact), scope))
            }
            Query::Phrase { text, .. } => Some(written(text, None, scope)),
            Query::Cased { .. } if scope.stem.is_none() && query.field().is_some() => {
                return Err(IndexError::Field {
                    field: scope.name.to_owned(),
                    how: "with `==`: its capitals are not kept",
                });
            }
            Query::Cased { .. } if scope.stem.is_none() => None,
            Query::Cased { text, .. } => Some(as_printed(text, scope, expander)?),
            Query::Like { text, .. } => Some(like(text, scope, expander)?),
            Query::Fuzzy { text, edits, .. } => {
                let prefix = scope.term(&EXACT.to_string());
                let word = fold_whole(text).unwrap_or_else(|| fold_value(text));
                let terms = expander.fuzzy(scope.words, &prefix, &word, *edits, text)?;
                let whole = false;
                Some(Plan::Terms { terms, whole })
            }
            Query::Or(parts) => all(parts)?.map(Plan::Any),
            Query::Near {
                parts,
                distance,
                ordered,
            } => all(parts)?.map(|parts| Plan::Near {
                parts,
                distance: *distance,
                ordered: *ordered,
            }),
            Query::Same { parts, unit } => {
                let starts = match (unit, scope.passages) {
                    (Unit::Topic, Some(BODY_STARTS)) => Some(TOPIC_STARTS),
                    (Unit::Topic, _) => None,
                    (Unit::Passage, passages) => passages,
                };
                if starts.is_none() && query.field().is_some() {
                    return Err(IndexError::Field {
                        field: scope.name.to_owned(),
                        how: "with `SAMEPARA` or `SAMETOPIC`: it is not the running text",
                    });
                }
                all(parts)?
                    .zip(starts)
                    .map(|(parts, starts)| Plan::Same { parts, starts })
            }
            _ => None,
        })
    }

    /// Words as typed, in what one person says.
    fn said(&self, key: &str, text: &str, exact: bool, work: &mut Work<'_>) -> BoxedQuery {
        let mut patterns = patterns(text, body_stem(self.schema).filter(|_| !exact));
        for (_, term) in patterns.iter_mut().flat_map(|p| &mut p.terms) {
            *term = said_by(key, term);
        }
        let any = patterns
            .iter()
            .map(|p| (Occur::Should, pattern_query(self.fields.said, p)))
            .collect();
        if !patterns.is_empty() {
            work.leaves.push(Leaf {
                patterns,
                fields: vec![SAID.to_owned()],
                weight: 1.0,
                ..Leaf::default()
            });
        }
        Box::new(BooleanQuery::new(any))
    }

    fn exists(&self, field: &str) -> Result<BoxedQuery, IndexError> {
        let column = match self.schema.field(field) {
            Some(f) if f.kind == FieldKind::Date => span_columns(&f.name).0,
            Some(f) if f.kind == FieldKind::Number || f.has_values() => value_column(f),
            _ => {
                return Err(IndexError::Field {
                    field: field.to_owned(),
                    how: "with `has:`",
                });
            }
        };
        Ok(Box::new(ExistsQuery::new(column, false)))
    }

    /// Intervals that touch a range, or lie `within` it.
    fn between(&self, field: &str, range: Range, within: bool) -> Result<BoxedQuery, IndexError> {
        let unusable = || IndexError::Field {
            field: field.to_owned(),
            how: "for ranges",
        };
        let (_, handles) = self.handles(field).ok_or_else(unusable)?;
        let bounded = |field, from: Option<i64>, to: Option<i64>| -> BoxedQuery {
            let bound = |n: Option<i64>| {
                n.map_or(Bound::Unbounded, |n| {
                    Bound::Included(Term::from_field_i64(field, n))
                })
            };
            match (from, to) {
                (None, None) => self.records(),
                _ => Box::new(Listed(RangeQuery::new(bound(from), bound(to)))),
            }
        };
        if let Some(number) = handles.number {
            return Ok(bounded(number, range.from, range.to));
        }
        // Intervals meet where each begins before the other ends.
        let (first, last) = handles.span.ok_or_else(unusable)?;
        let (begun, ended) = if within {
            (
                bounded(first, range.from, None),
                bounded(last, None, range.to),
            )
        } else {
            (
                bounded(first, None, range.to),
                bounded(last, range.from, None),
            )
        };
        let clauses = vec![(Occur::Must, begun), (Occur::Must, ended)];
        // Both bounds open still asks for a date.
        if range == Range::default() {
            let any = RangeQuery::new(
                Bound::Included(Term::from_field_i64(first, i64::MIN)),
                Bound::Unbounded,
            );
            return Ok(Box::new(Listed(any)));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }
}

/// Whether one of its words can stand in a record that does not meet it.
fn has_several(query: &Query) -> bool {
    match query {
        Query::And(_) => true,
        Query::Boost { query, .. } | Query::Said { query, .. } => has_several(query),
        _ => false,
    }
}

/// Whether a field is made of passages.
fn is_running(field: &Field) -> bool {
    RUNNING.contains(&field.source.as_str())
}

/// The analyzer of names.
const NAMES: &str = "names";

fn constant(query: BoxedQuery) -> BoxedQuery {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn boosted(query: BoxedQuery, boost: f32) -> BoxedQuery {
    if boost == 1.0 {
        query
    } else {
        Box::new(BoostQuery::new(query, boost))
    }
}

fn value_query(field: tantivy::schema::Field, value: &str) -> BoxedQuery {
    let term = Term::from_field_text(field, &fold_value(value));
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

/// The whole value, or its words next to each other inside one; a name as lists have it, `Moss, Ivor`, is whole.
fn name_query(
    value: tantivy::schema::Field,
    words: tantivy::schema::Field,
    text: &str,
) -> BoxedQuery {
    if text.contains(", ") {
        return value_query(value, text);
    }
    let mut any = vec![(Occur::Should, value_query(value, text))];
    let inside = patterns(text, None);
    any.extend(
        inside
            .iter()
            .map(|p| (Occur::Should, pattern_query(words, p))),
    );
    Box::new(BooleanQuery::new(any))
}

fn pattern_query(field: tantivy::schema::Field, pattern: &Pattern) -> BoxedQuery {
    let term = |text: &str| Term::from_field_text(field, text);
    match pattern.terms.as_slice() {
        [(_, only)] => Box::new(WordQuery::new(term(only))),
        terms => {
            let terms = terms
                .iter()
                .map(|(offset, text)| (*offset as usize, term(text)))
                .collect();
            Box::new(PhraseQuery::new_with_offset(terms))
        }
    }
}

/// The patterns of words as typed: the words in a row, and a single compound also as a whole.
pub fn patterns(text: &str, stem: Option<Stem>) -> Vec<Pattern> {
    let form = |word: &str| {
        let mut term = String::with_capacity(word.len() + 1);
        match stem {
            Some(stem) => push_stem(stem, word, &mut term),
            None => {
                term.push(EXACT);
                term.push_str(word);
            }
        }
        term
    };
    let mut cutter = Cutter::new(text);
    let (mut row, mut wholes): (Vec<(u32, String)>, Vec<String>) = (Vec::new(), Vec::new());
    let mut first = None;
    while let Some(word) = cutter.next_word() {
        if word.whole {
            wholes.push(form(word.text));
        } else {
            let start = *first.get_or_insert(word.position);
            row.push((word.position - start, form(word.text)));
        }
    }
    let units = cutter.positions();
    let mut patterns = Vec::new();
    if !row.is_empty() {
        let compound = wholes.len() == 1 && units as usize == row.len() && is_one_unit(text);
        patterns.push(Pattern {
            terms: row,
            whole: false,
        });
        if compound {
            patterns.push(Pattern {
                terms: vec![(0, wholes.remove(0))],
                whole: true,
            });
        }
    }
    patterns
}

/// Words as typed, as a plan.
fn written(text: &str, stem: Option<Stem>, scope: &Scope<'_>) -> Plan {
    let one = |term: &str, whole: bool| Plan::Terms {
        terms: vec![(scope.term(term), 1.0)],
        whole,
    };
    let plan = |pattern: Pattern| match pattern.terms.as_slice() {
        [(_, only)] => one(only, pattern.whole),
        terms => Plan::Row(terms.iter().map(|(at, t)| (*at, one(t, false))).collect()),
    };
    let mut plans: Vec<Plan> = patterns(text, stem).into_iter().map(plan).collect();
    if plans.len() == 1 {
        return plans.remove(0);
    }
    Plan::Any(plans)
}

/// Words with their capitals, as a plan. One without any is its exact form where no form with capitals
/// stands.
fn as_printed(text: &str, scope: &Scope<'_>, expander: &Expander<'_>) -> Result<Plan, IndexError> {
    let mut cutter = Cutter::new(text);
    let mut row: Vec<(u32, Plan)> = Vec::new();
    while let Some(word) = cutter.next_word() {
        if word.whole {
            continue;
        }
        let one = |terms| Plan::Terms {
            terms,
            whole: false,
        };
        let (position, prefix) = (word.position, scope.term(&printed_prefix(word.text)));
        let plan = match words::as_printed(&text[word.start..word.end], false) {
            Some(printed) => one(vec![(prefix + &printed, 1.0)]),
            None => {
                let exact = scope.term(&format!("{EXACT}{}", word.text));
                let capitals = expander.like(scope.words, &prefix, &ANY.to_string(), text)?;
                let exact = Box::new(one(vec![(exact, 1.0)]));
                Plan::But(exact, Box::new(one(capitals)))
            }
        };
        row.push((position, plan));
    }
    if row.len() == 1 {
        return Ok(row.remove(0).1);
    }
    let first = row.first().map_or(0, |(at, _)| *at);
    row.iter_mut().for_each(|(at, _)| *at -= first);
    Ok(Plan::Row(row))
}

/// Words with wildcards, as a plan: a single compound as a whole, others word by word. A wildcard that
/// stands alone is any word.
fn like(text: &str, scope: &Scope<'_>, expander: &Expander<'_>) -> Result<Plan, IndexError> {
    let veil = veiled(text);
    let prefix = scope.term(&EXACT.to_string());
    let terms = |word: &str| -> Result<Vec<(String, f32)>, IndexError> {
        if word.contains([ANY, ONE]) {
            return expander.like(scope.words, &prefix, word, text);
        }
        Ok(vec![(format!("{prefix}{word}"), 1.0)])
    };
    if let Some(whole) = fold_whole(&veil) {
        return Ok(Plan::Terms {
            terms: terms(&whole)?,
            whole: veil.trim_matches(|c: char| !c.is_alphanumeric()) != whole,
        });
    }
    let mut cutter = Cutter::new(&veil);
    let mut row: Vec<(u32, Plan)> = Vec::new();
    while let Some(word) = cutter.next_word() {
        if !word.whole && !word.text.chars().all(|c| c == ANY) {
            let plan = Plan::Terms {
                terms: terms(word.text)?,
                whole: false,
            };
            row.push((word.position, plan));
        }
    }
    let first = row.first().map_or(0, |(at, _)| *at);
    row.iter_mut().for_each(|(at, _)| *at -= first);
    Ok(Plan::Row(row))
}

fn is_one_unit(text: &str) -> bool {
    !text.trim().contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, stem: Option<Stem>) -> Vec<String> {
        patterns(text, stem)
            .iter()
            .map(|p| {
                p.terms
                    .iter()
                    .map(|(at, t)| format!("{t}@{at}"))
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect()
    }

    #[test]
    fn words_become_patterns() {
        let stem = Some(Stem::English);
        assert_eq!(shown("Negotiations", stem), ["negoti@0"]);
        assert_eq!(shown("Negotiations", None), ["=negotiations@0"]);
        assert_eq!(
            shown("non-aggression", stem),
            ["non@0 aggress@1", "nonaggress@0"]
        );
        assert_eq!(
            shown("611.00/5-1250", None),
            ["=611@0 =00@1 =5@2 =1250@3", "=611.00/5-1250@0"]
        );
        assert_eq!(
            shown("the NATO-Warsaw Pact", None),
            ["=the@0 =nato@1 =warsaw@2 =pact@3"]
        );
        assert_eq!(shown("...", stem), [""; 0]);
    }
}
