//! The query language: text > [`Query`], by recursive descent with bounds.
//!
//! ```text
//! or    = and { "OR" and }
//! and   = not { ["AND"] not }          neighbours without a word between them: match=all AND, match=any OR
//! not   = ("NOT" | "-" | "+") not | same
//! same  = near { ("SAMEPARA" | "SAMESPEECH" | "SAMETOPIC") near }
//! near  = item { ("NEAR" | "BEFORE") ["/" 1..99] item }
//!                                      words, phrases, patterns, any of several of them; all of one field
//! item  = (group | field ":" (item | range | limit) | "has" ":" field | phrase | word) [boost]
//! group = "(" or ")"
//! phrase = quoted ["~" [1..99]]        in quotes * and ? as in words; * alone is any word
//! word  = ["=" | "=="] letters ["~" [1 | 2]]  * in it stands for any letters, ? before others for one
//! boost = "^" number                   above 0, at most 100
//! range = "[" bound "TO" bound "]"     a bound may be *
//! limit = (">" | ">=" | "<" | "<=") bound
//! ```
//!
//! `field:*` is `has:field`. A chain of one link is one window: `a NEAR/9 b NEAR/9 c`.
//!
//! `speaker:NAME` beside other words in an AND asks that NAME says them: see `said`.
//!
//! Links bind closer than `AND`, that closer than `OR`. Lower-case `and`, `or`, `not`, `near` are words. Typographic quotes count as
//! quotes, dashes before a word as minus.

use super::{
    Problem, dates,
    filters::controlled,
    near::{listed, meant},
    said::{added_by, said_in},
};
use crate::{
    index::{
        Query, Range, Unit,
        words::{fold_whole, has_wildcards},
    },
    schema::{Field, FieldKind, schema},
};

/// The longest query, in characters.
pub const MAX_LENGTH: usize = 2000;

/// The deepest nesting of parentheses.
pub const MAX_DEPTH: usize = 50;

/// The most words, phrases and field values.
pub const MAX_CLAUSES: usize = 256;

/// The widest window: passages stand further apart.
pub const MAX_DISTANCE: u32 = 99;

/// The window where none is given.
const DISTANCE: u32 = 10;

/// The greatest weight.
pub const MAX_BOOST: f32 = 100.0;

/// Words of so many letters may have two of them wrong, shorter ones one.
const LONG_WORD: usize = 8;

/// Before the colon it asks whether a field has anything in it.
const HAS: &str = "has";

/// What words next to each other mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Match {
    /// All must occur.
    #[default]
    All,
    /// Any may occur; more count more.
    Any,
}

/// Reads a query.
///
/// # Errors
/// [`Problem::Query`] with the place, in characters.
pub fn parse(text: &str, neighbours: Match) -> Result<Query, Problem> {
    parse_noting(text, neighbours).map(|(query, _)| query)
}

/// As [`parse`], with what was passed over because nothing can be searched for in it.
///
/// # Errors
/// As [`parse`].
pub fn parse_noting(text: &str, neighbours: Match) -> Result<(Query, Vec<String>), Problem> {
    let chars: Vec<char> = text.chars().collect();
    let mut parser = Parser {
        chars,
        at: 0,
        depth: 0,
        clauses: 0,
        neighbours,
        field: None,
        has: false,
        ignored: Vec::new(),
    };
    if parser.chars.len() > MAX_LENGTH {
        let fact = format!(
            "the query has {} characters; {MAX_LENGTH} are read",
            parser.chars.len()
        );
        return Err(parser.fail_at(
            MAX_LENGTH,
            fact,
            Some("shorten it, or use match=any with fewer words"),
        ));
    }
    let query = parser.or()?;
    parser.skip_blanks();
    match parser.peek() {
        None => Ok((query.unwrap_or_default(), parser.ignored)),
        Some(')') => Err(parser.fail(
            "a `)` closes nothing",
            Some("take it away, or put it into quotes"),
        )),
        Some(c) => Err(parser.fail(format!("`{c}` cannot stand here"), None)),
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    clauses: usize,
    neighbours: Match,
    /// The field before the colon, inside its value.
    field: Option<&'static Field>,
    /// Inside the value of `has:`.
    has: bool,
    /// What was passed over.
    ignored: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    And,
    Or,
    Not,
}

/// What stands between words that are to stand together.
#[derive(Clone, Copy, PartialEq)]
enum Link {
    Near { distance: u32, ordered: bool },
    Same(Unit),
}

impl Link {
    fn join(self, parts: Vec<Query>) -> Query {
        match self {
            Link::Near { distance, ordered } => Query::Near {
                parts,
                distance,
                ordered,
            },
            Link::Same(unit) => Query::Same { parts, unit },
        }
    }
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn fail(&self, fact: impl Into<String>, hint: Option<&str>) -> Problem {
        self.fail_at(self.at, fact, hint)
    }

    fn fail_at(&self, position: usize, fact: impl Into<String>, hint: Option<&str>) -> Problem {
        let query = self.chars.iter().take(MAX_LENGTH).collect();
        Problem::Query {
            fact: fact.into(),
            query,
            position,
            hint: hint.map(str::to_owned),
        }
    }

    /// The operator at this place, standing alone.
    fn operator(&self) -> Option<Operator> {
        let word: String = self.chars[self.at..]
            .iter()
            .take_while(|c| c.is_alphanumeric())
            .collect();
        let after = self.chars.get(self.at + word.len());
        let alone =
            after.is_none_or(|c| c.is_whitespace() || *c == '(' || *c == ')' || is_quote(*c));
        match word.as_str() {
            "AND" if alone => Some(Operator::And),
            "OR" if alone => Some(Operator::Or),
            "NOT" if alone => Some(Operator::Not),
            _ => None,
        }
    }

    fn or(&mut self) -> Result<Option<Query>, Problem> {
        let mut parts: Vec<Query> = self.and()?.into_iter().collect();
        loop {
            self.skip_blanks();
            if self.operator() != Some(Operator::Or) {
                break;
            }
            self.operand_before(&parts, "OR")?;
            let start = self.at;
            self.at += 2;
            match self.and()? {
                Some(part) => parts.push(part),
                None => {
                    return Err(self.fail_at(
                        start,
                        "`OR` has nothing behind it",
                        Some("write a word behind it, or `or` in small letters for the word"),
                    ));
                }
            }
        }
        Ok(joined(parts, Query::Or))
    }

    fn operand_before(&self, parts: &[Query], name: &str) -> Result<(), Problem> {
        if parts.is_empty() {
            let hint = format!(
                "write a word before it, or `{}` in small letters for the word",
                name.to_lowercase()
            );
            return Err(self.fail(format!("`{name}` has nothing before it"), Some(&hint)));
        }
        Ok(())
    }

    fn and(&mut self) -> Result<Option<Query>, Problem> {
        // Neighbours without a word between them, and the groups that AND binds.
        let mut groups: Vec<Vec<Query>> = Vec::new();
        loop {
            self.skip_blanks();
            match self.peek() {
                None | Some(')') => break,
                _ => {}
            }
            match self.operator() {
                Some(Operator::Or) => break,
                Some(Operator::And) => {
                    let start = self.at;
                    self.operand_before(groups.last().map_or(&[], Vec::as_slice), "AND")?;
                    self.at += 3;
                    match self.not()? {
                        Some(part) => groups.last_mut().expect("checked above").push(part),
                        None => return Err(self.fail_at(
                            start,
                            "`AND` has nothing behind it",
                            Some("write a word behind it, or `and` in small letters for the word"),
                        )),
                    }
                }
                _ => groups.extend(self.not()?.map(|part| vec![part])),
            }
        }
        let bound: Vec<Vec<Query>> = match self.neighbours {
            Match::All => vec![groups.into_iter().flatten().collect()],
            Match::Any => groups,
        };
        let mut parts = Vec::with_capacity(bound.len());
        for group in bound {
            self.add_clauses(added_by(&group), self.at)?;
            parts.extend(joined(said_in(group), Query::And));
        }
        Ok(match self.neighbours {
            Match::All => parts.pop(),
            Match::Any => any_of(parts),
        })
    }

    fn not(&mut self) -> Result<Option<Query>, Problem> {
        self.skip_blanks();
        let negated = match (self.peek(), self.operator()) {
            // `AND AND` binds nothing.
            (_, Some(Operator::And | Operator::Or)) => return Ok(None),
            (_, Some(Operator::Not)) => {
                self.at += 3;
                true
            }
            (Some(c), _) if is_minus(c) && self.begins_item(self.at + 1) => {
                self.at += 1;
                true
            }
            (Some('+'), _) if self.begins_item(self.at + 1) => {
                self.at += 1;
                false
            }
            _ => return self.linked(true),
        };
        let start = self.at;
        self.descend()?;
        let inner = self.not()?;
        self.depth -= 1;
        match inner {
            Some(query) if negated => Ok(Some(Query::Not(Box::new(query)))),
            Some(query) => Ok(Some(query)),
            None => Err(self.fail_at(
                start,
                "`NOT` has nothing behind it",
                Some("write a word behind it, or `not` in small letters for the word"),
            )),
        }
    }

    /// Whether something to search for begins at a place.
    fn begins_item(&self, at: usize) -> bool {
        let letter = |at: usize| self.chars.get(at).is_some_and(|c| c.is_alphanumeric());
        match self.chars.get(at) {
            Some('*' | '?') => letter(at + 1),
            Some(c) => letter(at) || *c == '(' || *c == '=' || is_quote(*c),
            None => false,
        }
    }

    /// The link at this place, its name, and its length.
    fn link(&self) -> Result<Option<(Link, String, usize)>, Problem> {
        let rest = &self.chars[self.at..];
        let name: String = rest.iter().take_while(|c| c.is_ascii_uppercase()).collect();
        let mut length = name.len();
        let link = match name.as_str() {
            "NEAR" | "BEFORE" => {
                let figures: String = match rest.get(length) {
                    Some('/') => rest[length + 1..]
                        .iter()
                        .take_while(|c| c.is_ascii_digit())
                        .collect(),
                    _ => String::new(),
                };
                if !figures.is_empty() {
                    length += 1 + figures.len();
                }
                let ordered = name == "BEFORE";
                let distance = if figures.is_empty() {
                    DISTANCE
                } else {
                    self.distance(self.at + name.len() + 1, &figures)?
                };
                Link::Near { distance, ordered }
            }
            "SAMEPARA" | "SAMESPEECH" => Link::Same(Unit::Passage),
            "SAMETOPIC" => Link::Same(Unit::Topic),
            _ => return Ok(None),
        };
        let after = rest.get(length);
        let alone =
            after.is_none_or(|c| c.is_whitespace() || *c == '(' || *c == ')' || is_quote(*c));
        Ok(alone.then_some((link, name, length)))
    }

    fn distance(&self, place: usize, figures: &str) -> Result<u32, Problem> {
        let distance = figures.parse().ok();
        distance
            .filter(|n| (1..=MAX_DISTANCE).contains(n))
            .ok_or_else(|| {
                self.fail_at(
                    place,
                    format!("words can be 1 to {MAX_DISTANCE} words apart, not {figures}"),
                    Some("`SAMEPARA` asks for one paragraph"),
                )
            })
    }

    /// Items with links between them: those of one part of the text, or of one window.
    fn linked(&mut self, same: bool) -> Result<Option<Query>, Problem> {
        self.skip_blanks();
        let start = self.at;
        let small = |name: &str, side: &str| {
            let word = name.to_lowercase();
            format!("write a word {side} it, or `{word}` in small letters for the word")
        };
        if let Some((_, name, _)) = self.link()? {
            let hint = small(&name, "before");
            return Err(self.fail(format!("`{name}` has nothing before it"), Some(&hint)));
        }
        let operand = |parser: &mut Self| match same {
            true => parser.linked(false),
            false => parser.item(),
        };
        let Some(mut left) = operand(self)? else {
            return Ok(None);
        };
        let mut chain: Option<(Link, Vec<Query>)> = None;
        loop {
            self.skip_blanks();
            let place = self.at;
            let Some((link, name, length)) = self.link()? else {
                break;
            };
            if matches!(link, Link::Same(_)) != same {
                break;
            }
            self.at += length;
            self.skip_blanks();
            let behind = self.at;
            let negated = self.operator() == Some(Operator::Not)
                || (self.peek().is_some_and(is_minus) && self.begins_item(behind + 1));
            if negated {
                return Err(self.misplaced(behind, &name));
            }
            let right = match self.operator() {
                None => operand(self)?,
                Some(_) => None,
            };
            let Some(right) = right else {
                let hint = small(&name, "behind");
                let fact = format!("`{name}` has nothing behind it");
                return Err(self.fail_at(place, fact, Some(&hint)));
            };
            let mut parts = match chain.take() {
                Some((known, parts)) if known == link => parts,
                Some((known, parts)) => vec![known.join(parts)],
                None => vec![left],
            };
            left = Query::All;
            for (part, at) in [(parts.last(), start), (Some(&right), behind)] {
                if !part.is_some_and(|part| can_stand(part, link)) {
                    return Err(self.misplaced(at, &name));
                }
            }
            if right.field() != parts.last().and_then(Query::field) {
                let hint = format!("put both into the field, as title:(laos {name} cuba)");
                let fact = format!("what stands beside `{name}` is asked of different fields");
                return Err(self.fail_at(behind, fact, Some(&hint)));
            }
            parts.push(right);
            chain = Some((link, parts));
        }
        Ok(Some(match chain {
            Some((link, parts)) => link.join(parts),
            None => left,
        }))
    }

    fn misplaced(&self, place: usize, link: &str) -> Problem {
        self.fail_at(
            place,
            format!("this cannot stand beside `{link}`"),
            Some("words, patterns, phrases and any of them, as (laos OR cuba), can"),
        )
    }

    /// Reads `^2` behind a phrase or a group.
    fn boost(&mut self, query: Query) -> Result<Query, Problem> {
        if self.peek() != Some('^') {
            return Ok(query);
        }
        let start = self.at;
        self.at += 1;
        let figures = self.taken(|c| c.is_ascii_digit() || c == '.');
        self.boosted(query, start, &figures)
    }

    fn boosted(&self, query: Query, place: usize, figures: &str) -> Result<Query, Problem> {
        let factor = figures.parse::<f32>().ok();
        match factor.filter(|n| *n > 0.0 && *n <= MAX_BOOST) {
            Some(factor) => Ok(Query::Boost {
                query: Box::new(query),
                factor,
            }),
            None => Err(self.fail_at(
                place,
                format!("`^` needs a number above 0, at most {MAX_BOOST}"),
                Some("write it behind the word, as laos^2, or take `^` away"),
            )),
        }
    }

    fn taken(&mut self, fits: fn(char) -> bool) -> String {
        let rest = self.chars[self.at..].iter();
        let taken: String = rest.take_while(|c| fits(**c)).collect();
        self.at += taken.chars().count();
        taken
    }

    fn in_text(&self) -> bool {
        !self.has && self.field.is_none_or(|f| f.kind == FieldKind::Text)
    }

    /// A phrase, and what may follow it: `~10`, `^2`.
    fn quoted(&mut self, start: usize) -> Result<Option<Query>, Problem> {
        let text = self.phrase(start)?;
        self.count(start)?;
        let place = self.at;
        let query = if self.peek() == Some('~') && self.in_text() {
            self.at += 1;
            let figures = self.taken(|c| c.is_ascii_digit());
            let distance = if figures.is_empty() {
                DISTANCE
            } else {
                self.distance(place + 1, &figures)?
            };
            let words = text
                .split_whitespace()
                .filter(|word| word.chars().any(char::is_alphanumeric));
            let field = self.field.map(|f| f.name.clone());
            let mut parts: Vec<Query> = words
                .map(|word| {
                    let (field, text) = (field.clone(), word.to_owned());
                    if has_wildcards(word) {
                        Query::Like { field, text }
                    } else {
                        let exact = true;
                        Query::Word { field, text, exact }
                    }
                })
                .collect();
            self.add_clauses(parts.len().saturating_sub(1), start)?;
            match parts.len() {
                0 | 1 => parts.pop(),
                _ => Some(Query::Near {
                    parts,
                    distance,
                    ordered: false,
                }),
            }
        } else {
            self.leaf(start, text, true, true)?
        };
        match query {
            Some(query) if self.in_text() => self.boost(query).map(Some),
            other => Ok(other),
        }
    }

    fn descend(&mut self) -> Result<(), Problem> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.fail(
                format!("more than {MAX_DEPTH} parentheses or `NOT`s inside each other"),
                Some("take some away"),
            ));
        }
        Ok(())
    }

    fn count(&mut self, start: usize) -> Result<(), Problem> {
        self.add_clauses(1, start)
    }

    fn add_clauses(&mut self, added: usize, start: usize) -> Result<(), Problem> {
        self.clauses += added;
        if self.clauses > MAX_CLAUSES {
            return Err(self.fail_at(
                start,
                format!("more than {MAX_CLAUSES} words and phrases"),
                Some("ask with fewer words"),
            ));
        }
        Ok(())
    }

    fn item(&mut self) -> Result<Option<Query>, Problem> {
        self.skip_blanks();
        let start = self.at;
        match self.peek() {
            None | Some(')') => Ok(None),
            Some('(') => {
                let query = self.group()?;
                self.boost(query).map(Some)
            }
            Some(c) if is_quote(c) => self.quoted(start),
            Some('[') if self.field.is_some() => self.range(start).map(Some),
            Some('<' | '>') if self.field.is_some() => self.limit(start).map(Some),
            Some(_) => self.word(start),
        }
    }

    fn group(&mut self) -> Result<Query, Problem> {
        let start = self.at;
        self.at += 1;
        self.descend()?;
        let inner = self.or()?;
        self.depth -= 1;
        if self.peek() != Some(')') {
            return Err(self.fail_at(
                start,
                "this `(` is not closed",
                Some("close it with `)`, or put it into quotes"),
            ));
        }
        self.at += 1;
        inner.ok_or_else(|| self.fail_at(start, "these parentheses are empty", None))
    }

    fn phrase(&mut self, start: usize) -> Result<String, Problem> {
        self.at += 1;
        let from = self.at;
        while let Some(c) = self.peek() {
            if is_quote(c) {
                let text = self.chars[from..self.at].iter().collect();
                self.at += 1;
                return Ok(text);
            }
            self.at += 1;
        }
        Err(self.fail_at(
            start,
            "this quote is not closed",
            Some("close it with `\"`"),
        ))
    }

    fn word(&mut self, start: usize) -> Result<Option<Query>, Problem> {
        let equals = self.chars[start..].iter().take_while(|c| **c == '=');
        let equals = equals.count();
        let behind = self.chars.get(start + equals);
        let marked = equals <= 2 && behind.is_some_and(|c| c.is_alphanumeric());
        let (exact, cased) = (marked && equals == 1, marked && equals == 2);
        self.at += if marked { equals } else { 0 };
        let from = self.at;
        while let Some(c) = self.peek() {
            if c.is_whitespace() || c == '(' || c == ')' || is_quote(c) {
                break;
            }
            if c == ':' && self.names_field(from) {
                let name: String = self.chars[from..self.at].iter().collect();
                return self.fielded(start, &name);
            }
            self.at += 1;
        }
        // A mark that is no word and begins nothing, as a lone `&`, is passed over.
        self.at = self.at.max(start + 1);
        let text: String = self.chars[from.min(self.at)..self.at].iter().collect();
        if let (Some(field), true) = (self.field, is_any(&text)) {
            self.count(start)?;
            let usable = self.known(start, &field.name, has_something)?;
            let field = usable.name.clone();
            return Ok(Some(Query::Exists { field }));
        }
        if !text.chars().any(char::is_alphanumeric) {
            self.ignored.push(text);
            return Ok(None);
        }
        self.count(start)?;
        if !self.in_text() {
            return self.leaf(start, text, exact, false);
        }
        let (text, factor) = split_mark(text, '^');
        let place = from + text.chars().count();
        let query = if cased {
            let field = self.field.map(|f| f.name.clone());
            Some(Query::Cased { field, text })
        } else {
            self.misspelt(start, from, text, exact)?
        };
        match (query, factor) {
            (Some(query), Some(factor)) => self.boosted(query, place, &factor).map(Some),
            (query, _) => Ok(query),
        }
    }

    /// A word, perhaps with `~` behind it.
    fn misspelt(
        &mut self,
        start: usize,
        from: usize,
        text: String,
        exact: bool,
    ) -> Result<Option<Query>, Problem> {
        let (text, edits) = split_mark(text, '~');
        let Some(edits) = edits else {
            return self.leaf(start, text, exact, false);
        };
        let place = from + text.chars().count();
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        let edits = match edits.as_str() {
            "" if letters >= LONG_WORD => 2,
            "" | "1" => 1,
            "2" => 2,
            _ => {
                return Err(self.fail_at(
                    place,
                    "behind `~` stands how many letters may be wrong: 1 or 2",
                    Some("write nothing behind it, or put the word into quotes"),
                ));
            }
        };
        if has_wildcards(&text) || fold_whole(&text).is_none() {
            return Err(self.fail_at(
                place,
                "`~` stands behind one word without `*` and `?`",
                Some("ask for one or the other"),
            ));
        }
        let field = self.field.map(|f| f.name.clone());
        Ok(Some(Query::Fuzzy { field, text, edits }))
    }

    /// Letters and a colon with a value close behind it.
    fn names_field(&self, from: usize) -> bool {
        let name = &self.chars[from..self.at];
        let value = self.chars.get(self.at + 1);
        self.field.is_none()
            && !self.has
            && !name.is_empty()
            && name.iter().all(|c| c.is_ascii_lowercase() || *c == '_')
            && value.is_some_and(|c| !c.is_whitespace() && *c != '/' && *c != ')')
    }

    fn fielded(&mut self, start: usize, name: &str) -> Result<Option<Query>, Problem> {
        self.has = name == HAS;
        if !self.has {
            self.field = Some(self.known(start, name, |_| true)?);
        }
        self.at += 1;
        let value = self.item();
        (self.field, self.has) = (None, false);
        match value? {
            Some(query) => Ok(Some(query)),
            None => Err(self.fail_at(
                start,
                format!("`{name}:` has no value"),
                Some("write one close behind the colon"),
            )),
        }
    }

    /// A field by name, if it is one of those that can be used here.
    fn known(
        &self,
        start: usize,
        name: &str,
        usable: fn(&Field) -> bool,
    ) -> Result<&'static Field, Problem> {
        let names = || {
            let fields = schema().fields.iter().filter(|f| usable(f));
            fields.map(|f| f.name.as_str())
        };
        let fact = match schema().field(name) {
            Some(field) if usable(field) => return Ok(field),
            Some(_) => format!("`{name}` cannot be asked with `{HAS}:`"),
            None => format!("unknown field `{name}`"),
        };
        let hint = meant(name, names(), || {
            let fields = listed(names());
            format!("fields are {fields}; put the word into quotes to search for it")
        });
        Err(self.fail_at(start, fact, Some(&hint)))
    }

    /// A word, phrase or value in the field around it.
    fn leaf(
        &self,
        start: usize,
        text: String,
        exact: bool,
        quoted: bool,
    ) -> Result<Option<Query>, Problem> {
        if self.has {
            let named = self.known(start, text.trim(), has_something)?;
            let field = named.name.clone();
            return Ok(Some(Query::Exists { field }));
        }
        let wild = has_wildcards(&text);
        let Some(field) = self.field else {
            return Ok(Some(if wild {
                Query::Like { field: None, text }
            } else if quoted {
                Query::Phrase { field: None, text }
            } else {
                Query::Word {
                    field: None,
                    text,
                    exact,
                }
            }));
        };
        let name = Some(field.name.clone());
        Ok(Some(match field.kind {
            FieldKind::Text if wild => Query::Like { field: name, text },
            FieldKind::Keyword if wild && !quoted => Query::Like { field: name, text },
            FieldKind::Text if quoted => Query::Phrase { field: name, text },
            FieldKind::Text => Query::Word {
                field: name,
                text,
                exact,
            },
            FieldKind::Keyword => {
                let value = controlled(field, &text)
                    .map_err(|p| self.fail_at(start, p.to_string(), p.hint().as_deref()))?;
                Query::Value {
                    field: field.name.clone(),
                    value,
                }
            }
            FieldKind::Number | FieldKind::Date => {
                let (from, to) = self.bounds(start, field, &text)?;
                Query::Between {
                    field: field.name.clone(),
                    range: Range {
                        from: Some(from),
                        to: Some(to),
                    },
                }
            }
        }))
    }

    fn bounds(&self, start: usize, field: &Field, text: &str) -> Result<(i64, i64), Problem> {
        let found = match field.kind {
            FieldKind::Date => dates::minutes(text),
            _ => text.parse().ok().map(|n| (n, n)),
        };
        found.ok_or_else(|| {
            let (what, hint) = match field.kind {
                FieldKind::Date => ("date", dates::FORMS),
                _ => ("number", "write figures only"),
            };
            self.fail_at(start, format!("`{text}` is no {what}"), Some(hint))
        })
    }

    /// `>10`, `<=1963-05`: a bound of the field around it.
    fn limit(&mut self, start: usize) -> Result<Query, Problem> {
        let field = self.field.expect("a limit stands behind a field");
        let below = self.peek() == Some('<');
        self.at += 1;
        let included = self.peek() == Some('=');
        self.at += usize::from(included);
        let from = self.at;
        while self
            .peek()
            .is_some_and(|c| !(c.is_whitespace() || c == '(' || c == ')' || is_quote(c)))
        {
            self.at += 1;
        }
        if !matches!(field.kind, FieldKind::Number | FieldKind::Date) {
            return Err(self.fail_at(
                start,
                format!("`{}` cannot be compared", field.name),
                Some("only dates and numbers can"),
            ));
        }
        let text: String = self.chars[from..self.at].iter().collect();
        let (first, last) = self.bounds(from, field, &text)?;
        self.count(start)?;
        let range = match (below, included) {
            (true, true) => (None, Some(last)),
            (true, false) => (None, Some(first.saturating_sub(1))),
            (false, true) => (Some(first), None),
            (false, false) => (Some(last.saturating_add(1)), None),
        };
        Ok(Query::Between {
            field: field.name.clone(),
            range: Range {
                from: range.0,
                to: range.1,
            },
        })
    }

    /// `[1961 TO 1963-05]`; `*` leaves a bound open.
    fn range(&mut self, start: usize) -> Result<Query, Problem> {
        let field = self.field.expect("a range stands behind a field");
        let close = self.chars[start..]
            .iter()
            .position(|c| *c == ']')
            .map(|n| start + n);
        let Some(close) = close else {
            return Err(self.fail_at(
                start,
                "this `[` is not closed",
                Some("write [1961 TO 1963]"),
            ));
        };
        let inner: String = self.chars[start + 1..close].iter().collect();
        let bounds: Option<(&str, &str)> = inner.split_once(" TO ");
        let Some((from, to)) =
            bounds.filter(|_| matches!(field.kind, FieldKind::Number | FieldKind::Date))
        else {
            let hint = if matches!(field.kind, FieldKind::Number | FieldKind::Date) {
                "write [1961 TO 1963]"
            } else {
                "only dates and numbers have ranges"
            };
            return Err(self.fail_at(start, "this range cannot be read", Some(hint)));
        };
        let bound = |text: &str| match text.trim() {
            "*" => Ok(None),
            text => self.bounds(start, field, text).map(Some),
        };
        let range = Range {
            from: bound(from)?.map(|(first, _)| first),
            to: bound(to)?.map(|(_, last)| last),
        };
        self.at = close + 1;
        self.count(start)?;
        Ok(Query::Between {
            field: field.name.clone(),
            range,
        })
    }
}

/// The words of a text that is no query, each for itself.
pub fn plain_words(text: &str, neighbours: Match) -> Query {
    let text: String = text.chars().take(MAX_LENGTH).collect();
    let words = text.split_whitespace();
    let words = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let words = words.filter(|word| !word.is_empty()).take(MAX_CLAUSES);
    let words = words.map(|word| Query::Word {
        field: None,
        text: word.to_owned(),
        exact: false,
    });
    let join = match neighbours {
        Match::All => Query::And,
        Match::Any => Query::Or,
    };
    joined(words.collect(), join).unwrap_or_default()
}

/// Several parts as one; one as itself.
pub fn joined(mut parts: Vec<Query>, join: fn(Vec<Query>) -> Query) -> Option<Query> {
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(join(parts)),
    }
}

/// Any of the parts; excluded ones exclude from all of them.
fn any_of(parts: Vec<Query>) -> Option<Query> {
    let (excluded, wanted): (Vec<Query>, Vec<Query>) =
        parts.into_iter().partition(|p| matches!(p, Query::Not(_)));
    let wanted = joined(wanted, Query::Or);
    joined(wanted.into_iter().chain(excluded).collect(), Query::And)
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}'
    )
}

fn is_minus(c: char) -> bool {
    matches!(c, '-' | '\u{2012}' | '\u{2013}' | '\u{2212}')
}

/// A lone `*`.
fn is_any(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == '*')
}

/// A field that can be asked for having something.
fn has_something(field: &Field) -> bool {
    field.has_values() || field.kind != FieldKind::Text
}

/// A word, and what stands behind the first mark in it.
fn split_mark(text: String, mark: char) -> (String, Option<String>) {
    let letter = text.find(char::is_alphanumeric).unwrap_or(text.len());
    match text[letter..].split_once(mark) {
        Some((word, behind)) => (text[..letter].to_owned() + word, Some(behind.to_owned())),
        None => (text, None),
    }
}

/// Whether something can stand beside a link.
fn can_stand(query: &Query, link: Link) -> bool {
    match query {
        Query::Word { .. } | Query::Phrase { .. } | Query::Cased { .. } | Query::Fuzzy { .. } => {
            true
        }
        Query::Like { field, .. } => {
            let declared = field.as_ref().and_then(|f| schema().field(f));
            declared.is_none_or(|f| f.kind == FieldKind::Text)
        }
        Query::Near { .. } => true,
        Query::Or(parts) => {
            let mut rest = parts.windows(2);
            parts.iter().all(|part| can_stand(part, link))
                && rest.all(|two| two[0].field() == two[1].field())
        }
        Query::Same { .. } => matches!(link, Link::Same(_)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A query in brackets, plainer than [`super::super::shown`]: `(and laos "test ban")`.
    fn show(query: &Query) -> String {
        let list = |name: &str, parts: &[Query]| {
            format!(
                "({name} {})",
                parts.iter().map(show).collect::<Vec<_>>().join(" ")
            )
        };
        let scope = |f: &Option<String>| f.as_ref().map_or(String::new(), |f| format!("{f}:"));
        match query {
            Query::All => "*".into(),
            Query::Word { field, text, exact } => {
                format!("{}{}{text}", scope(field), if *exact { "=" } else { "" })
            }
            Query::Phrase { field, text } => format!("{}\"{text}\"", scope(field)),
            Query::Cased { field, text } => format!("{}=={text}", scope(field)),
            Query::Like { field, text } => format!("{}like<{text}>", scope(field)),
            Query::Fuzzy { field, text, edits } => format!("{}{text}~{edits}", scope(field)),
            Query::Near {
                parts,
                distance,
                ordered,
            } => list(
                &format!("{}/{distance}", if *ordered { "before" } else { "near" }),
                parts,
            ),
            Query::Same { parts, unit } => list(&format!("{unit:?}").to_lowercase(), parts),
            Query::Boost { query, factor } => format!("{}^{factor}", show(query)),
            Query::Value { field, value } => format!("{field}={value}"),
            Query::Between { field, range } | Query::Within { field, range } => {
                format!("{field}[{:?} {:?}]", range.from, range.to)
            }
            Query::Variants { typed, .. } => show(typed),
            Query::Exists { field } => format!("has:{field}"),
            Query::Said { speaker, query } => format!("({speaker} says {})", show(query)),
            Query::And(parts) => list("and", parts),
            Query::Or(parts) => list("or", parts),
            Query::Not(part) => format!("(not {})", show(part)),
        }
    }

    fn read(text: &str) -> String {
        match parse(text, Match::All) {
            Ok(query) => show(&query),
            Err(problem) => {
                let Problem::Query { position, .. } = &problem else {
                    panic!("{problem:?}")
                };
                let hint = problem.hint().map_or(String::new(), |h| format!(" ({h})"));
                format!("{position}: {problem}{hint}")
            }
        }
    }

    #[test]
    fn queries_are_understood() {
        for (text, expected) in [
            ("", "*"),
            ("laos", "laos"),
            ("laos poland", "(and laos poland)"),
            ("laos OR poland cuba", "(or laos (and poland cuba))"),
            ("laos AND poland OR cuba", "(or (and laos poland) cuba)"),
            ("laos (poland OR cuba)", "(and laos (or poland cuba))"),
            ("laos -poland", "(and laos (not poland))"),
            (
                "laos NOT (poland cuba)",
                "(and laos (not (and poland cuba)))",
            ),
            ("NOT laos", "(not laos)"),
            ("laos and poland or not", "(and laos and poland or not)"),
            ("“test ban” treaty", "(and \"test ban\" treaty)"),
            ("=salt +laos", "(and =salt laos)"),
            (
                "title:laos topic:\"test ban\"",
                "(and title:laos topic:\"test ban\")",
            ),
            ("topic:(laos OR poland)", "(or topic:laos topic:poland)"),
            ("classification:\"Top Secret\"", "classification=top-secret"),
            ("number:323", "number[Some(323) Some(323)]"),
            ("number:[* TO 5]", "number[None Some(5)]"),
            ("redacted_lines:>10", "redacted_lines[Some(11) None]"),
            ("(number:<=3)", "number[None Some(3)]"),
            (
                "number:>=3 number:<3",
                "(and number[Some(3) None] number[None Some(2)])",
            ),
            (
                "has:redaction has:(number OR date)",
                "(and has:redaction (or has:number has:date))",
            ),
            ("a > b", "(and a b)"),
            ("speaker:vorel", "speaker:vorel"),
            (
                "speaker:vorel kind:letter",
                "(and kind=letter speaker:vorel)",
            ),
            (
                "laos speaker:vorel \"test ban\"",
                "(vorel says (and laos \"test ban\"))",
            ),
            (
                "speaker:vorel (laos OR -cuba) title:x",
                "(and title:x (vorel says (or laos (not cuba))) speaker:vorel)",
            ),
            (
                "speaker:vorel -laos",
                "(and (vorel says (not laos)) speaker:vorel)",
            ),
            (
                "speaker:(vorel OR quill) laos",
                "(or (vorel says laos) (quill says laos))",
            ),
            (
                "speaker:\"Anton Vorel\" laos",
                "(and (Anton Vorel says laos) speaker:Anton speaker:Vorel)",
            ),
            (
                "speaker:vorel AND laos OR cuba",
                "(or (vorel says laos) cuba)",
            ),
            ("-speaker:vorel laos", "(and (not speaker:vorel) laos)"),
            ("3:30 p.m.", "(and 3:30 p.m.)"),
            ("NSC-68 611.00/5-1250", "(and NSC-68 611.00/5-1250)"),
            ("Re: Laos", "(and Re: Laos)"),
            ("France - Germany & Italy", "(and France Germany Italy)"),
            (
                "missil* te?t *grad",
                "(and like<missil*> like<te?t> like<*grad>)",
            ),
            (
                "=missil* title:wom?n",
                "(and like<missil*> title:like<wom?n>)",
            ),
            ("\"atomic bomb*\"", "like<atomic bomb*>"),
            (
                "who said so? * -*grad",
                "(and who said so? (not like<*grad>))",
            ),
            ("topic:* number:*", "(and has:topic has:number)"),
            ("volume:spec*", "volume:like<spec*>"),
            ("khruschev~ laos~ laos~2", "(and khruschev~2 laos~1 laos~2)"),
            ("~100 men", "(and ~100 men)"),
            ("\"test ban\"~9", "(near/9 =test =ban)"),
            (
                "title:“test bans*”~",
                "(near/10 title:=test title:like<bans*>)",
            ),
            (
                "laos NEAR/5 neutral* cuba",
                "(and (near/5 laos like<neutral*>) cuba)",
            ),
            (
                "laos NEAR poland OR NOT laos BEFORE/2 \"a b\"",
                "(or (near/10 laos poland) (not (before/2 laos \"a b\")))",
            ),
            ("a NEAR/5 b NEAR/5 c", "(near/5 a b c)"),
            ("a NEAR/5 b BEFORE/3 c", "(before/3 (near/5 a b) c)"),
            ("(a NEAR b) NEAR c", "(near/10 (near/10 a b) c)"),
            (
                "laos SAMEPARA (pole OR polish) SAMESPEECH x NEAR y",
                "(passage laos (or pole polish) (near/10 x y))",
            ),
            ("title:(laos NEAR cuba)", "(near/10 title:laos title:cuba)"),
            ("laos near poland", "(and laos near poland)"),
            (
                "laos^2 \"test ban\"^0.5 (a OR b)^3",
                "(and laos^2 \"test ban\"^0.5 (or a b)^3)",
            ),
            ("title:laos~^2", "title:laos~1^2"),
            (
                "speaker:vorel (laos NEAR cuba)",
                "(vorel says (near/10 laos cuba))",
            ),
            ("speaker:vorel^2 missil*", "(vorel says like<missil*>)^2"),
            (
                "‘laos’ – “test ban” —cuba K’ang",
                "(and ‘laos’ \"test ban\" —cuba K’ang)",
            ),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn any_of_the_words() {
        let any = |text: &str| show(&parse(text, Match::Any).unwrap());
        assert_eq!(
            any("laos poland -cuba"),
            "(and (or laos poland) (not cuba))"
        );
        assert_eq!(any("laos AND poland cuba"), "(or (and laos poland) cuba)");
        assert_eq!(
            any("speaker:vorel AND laos cuba"),
            "(or (vorel says laos) cuba)"
        );
        assert_eq!(any("speaker:vorel laos"), "(or speaker:vorel laos)");
    }

    #[test]
    fn errors_tell_place_and_way_on() {
        insta::assert_snapshot!(read("laos AND"), @"5: `AND` has nothing behind it (write a word behind it, or `and` in small letters for the word)");
        insta::assert_snapshot!(read("OR laos"), @"0: `OR` has nothing before it (write a word before it, or `or` in small letters for the word)");
        insta::assert_snapshot!(read("(laos"), @"0: this `(` is not closed (close it with `)`, or put it into quotes)");
        insta::assert_snapshot!(read("laos)"), @"4: a `)` closes nothing (take it away, or put it into quotes)");
        insta::assert_snapshot!(read("laos \"test ban"), @r#"5: this quote is not closed (close it with `"`)"#);
        insta::assert_snapshot!(read("topik:laos"), @"0: unknown field `topik` (did you mean `topic`?)");
        insta::assert_snapshot!(read("has:redactions"), @"4: unknown field `redactions` (did you mean `redaction`?)");
        insta::assert_snapshot!(read("number:>=x"), @"9: `x` is no number (write figures only)");
        insta::assert_snapshot!(read("title:>x"), @"6: `title` cannot be compared (only dates and numbers can)");
        insta::assert_snapshot!(read("date:May"), @"5: `May` is no date (write 1963, 1963-05, 1963-05-18 or 1963-05-18T15:30)");
        insta::assert_snapshot!(read("classification:topsecert"), @"15: `classification` has no value `topsecert` (did you mean `top-secret`?)");
        insta::assert_snapshot!(read("laos NEAR/100 x"), @"10: words can be 1 to 99 words apart, not 100 (`SAMEPARA` asks for one paragraph)");
        insta::assert_snapshot!(read("laos NEAR"), @"5: `NEAR` has nothing behind it (write a word behind it, or `near` in small letters for the word)");
        insta::assert_snapshot!(read("laos NEAR -x"), @"10: this cannot stand beside `NEAR` (words, patterns, phrases and any of them, as (laos OR cuba), can)");
        insta::assert_snapshot!(read("laos NEAR NOT x"), @"10: this cannot stand beside `NEAR` (words, patterns, phrases and any of them, as (laos OR cuba), can)");
        insta::assert_snapshot!(read("laos NEAR OR x"), @"5: `NEAR` has nothing behind it (write a word behind it, or `near` in small letters for the word)");
        insta::assert_snapshot!(read("laos NEAR (a b)"), @"10: this cannot stand beside `NEAR` (words, patterns, phrases and any of them, as (laos OR cuba), can)");
        insta::assert_snapshot!(read("title:laos NEAR x"), @"16: what stands beside `NEAR` is asked of different fields (put both into the field, as title:(laos NEAR cuba))");
        insta::assert_snapshot!(read("laos^200"), @"4: `^` needs a number above 0, at most 100 (write it behind the word, as laos^2, or take `^` away)");
        insta::assert_snapshot!(read("x laos~3"), @"6: behind `~` stands how many letters may be wrong: 1 or 2 (write nothing behind it, or put the word into quotes)");
        insta::assert_snapshot!(read("miss*~"), @"5: `~` stands behind one word without `*` and `?` (ask for one or the other)");
        insta::assert_snapshot!(read(&"(".repeat(60)), @"51: more than 50 parentheses or `NOT`s inside each other (take some away)");
        insta::assert_snapshot!(read(&"a ".repeat(300)), @"512: more than 256 words and phrases (ask with fewer words)");
        insta::assert_snapshot!(read(&"a".repeat(3000)), @"2000: the query has 3000 characters; 2000 are read (shorten it, or use match=any with fewer words)");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_is_too_odd(text in "([a-z():\"“” =+\\-ANDORT\\[\\]*.?~^/0-9]|NEAR|BEFORE|SAMEPARA){0,60}|\\PC{0,40}") {
            let _ = parse(&text, Match::All);
            let _ = parse(&text, Match::Any);
        }
    }
}
