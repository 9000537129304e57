//! Who asks, and what they may see and write: tokens, and what is closed to readers without them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, header};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Failure;
use crate::{
    index::{Closed, Engine, is_meant},
    schema::schema,
    search::Search,
};

/// Stands for everything in the lists of a token.
const ALL: &str = "*";

/// Records that only some tokens see: those for which everything given here holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// By which tokens refer to it.
    pub name: String,
    /// Volumes and collections by id; with a `*` at its end any that begin so.
    #[serde(default)]
    pub collections: Vec<String>,
    /// Secrecy levels by slug: `top-secret`.
    #[serde(default)]
    pub levels: Vec<String>,
    /// Handling controls by slug: `noforn`.
    #[serde(default)]
    pub controls: Vec<String>,
}

/// A secret that somebody shows to see or write more. Settings hold its hash alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Whose it is, for logs.
    pub name: String,
    /// SHA-256 of the secret, in hexadecimal; `memcon token` makes both.
    pub sha256: String,
    /// Names of closings that it opens; `*` opens all.
    #[serde(default)]
    pub sees: Vec<String>,
    /// Collections to which it may write; with a `*` at its end any that begin so.
    #[serde(default)]
    pub writes: Vec<String>,
}

/// A token, read.
struct Known {
    name: String,
    hash: [u8; 32],
    hidden: BTreeSet<usize>,
    writes: Vec<String>,
}

/// Everybody who may ask.
pub struct Access {
    engine: Arc<dyn Engine>,
    closings: Vec<Closing>,
    tokens: Vec<Known>,
    /// One service for all who see the same, by the numbers of the closings that they do not see.
    searches: Mutex<BTreeMap<BTreeSet<usize>, Search>>,
}

/// Somebody whose secret is known, or anybody.
#[derive(Clone)]
pub struct Asker {
    /// Answers with what they may see.
    pub search: Search,
    /// Their token's name.
    pub name: Option<String>,
    /// Whether a browser shows their secret by itself: what other sites make it send is no wish of theirs.
    ambient: bool,
    writes: Vec<String>,
}

impl Access {
    /// Over everything that is kept.
    ///
    /// # Errors
    /// A sentence that names the closing or the token.
    pub fn new(
        engine: Arc<dyn Engine>,
        closings: &[Closing],
        tokens: &[Token],
    ) -> Result<Self, String> {
        let mut names = BTreeSet::new();
        for closing in closings {
            check(closing)?;
            if !names.insert(&closing.name) {
                return Err(format!("two closings have the name `{}`", closing.name));
            }
        }
        let tokens = tokens.iter().map(|token| known(token, closings));
        Ok(Self {
            engine,
            closings: closings.to_vec(),
            tokens: tokens.collect::<Result<_, _>>()?,
            searches: Mutex::default(),
        })
    }

    /// Whether anybody may write.
    pub fn may_be_written(&self) -> bool {
        self.tokens.iter().any(|token| !token.writes.is_empty())
    }

    /// Who asks, by what their request shows.
    ///
    /// # Errors
    /// 401 where a secret is shown that nobody has.
    pub fn asker(&self, headers: &HeaderMap) -> Result<Asker, Failure> {
        let Some(shown) = headers.get(header::AUTHORIZATION) else {
            return Ok(Asker {
                search: self.search(self.all()),
                name: None,
                ambient: false,
                writes: Vec::new(),
            });
        };
        let shown = shown.to_str().ok().and_then(secret);
        let (secret, ambient) = shown.ok_or_else(Failure::unknown_token)?;
        let hash: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
        // Every token is compared, each in the same time.
        let mut found = None;
        for token in &self.tokens {
            if bool::from(token.hash.ct_eq(&hash)) {
                found = Some(token);
            }
        }
        let token = found.ok_or_else(Failure::unknown_token)?;
        Ok(Asker {
            search: self.search(token.hidden.clone()),
            name: Some(token.name.clone()),
            ambient,
            writes: token.writes.clone(),
        })
    }

    /// Answers with everything that is kept, for whoever runs the server.
    pub fn everything(&self) -> Search {
        self.search(BTreeSet::new())
    }

    fn all(&self) -> BTreeSet<usize> {
        (0..self.closings.len()).collect()
    }

    fn search(&self, hidden: BTreeSet<usize>) -> Search {
        let mut searches = self.searches.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(search) = searches.get(&hidden) {
            return search.clone();
        }
        let closed: Vec<Closed> = hidden.iter().map(|n| closed(&self.closings[*n])).collect();
        let engine = match closed.is_empty() {
            true => self.engine.clone(),
            false => self.engine.without(&closed),
        };
        let search = Search::new(engine);
        searches.insert(hidden, search.clone());
        search
    }
}

impl Asker {
    /// Only who may write to a collection goes on.
    ///
    /// # Errors
    /// 401 without a token that was shown on purpose, 403 where it is for other collections.
    pub fn may_write(&self, collection: &str) -> Result<(), Failure> {
        if self.name.is_none() || self.ambient {
            return Err(Failure::no_token());
        }
        match self.writes.iter().any(|rule| is_meant(rule, collection)) {
            true => Ok(()),
            false => Err(Failure::forbidden(collection)),
        }
    }

    /// Only who may write to some collection goes on.
    ///
    /// # Errors
    /// As [`Asker::may_write`].
    pub fn may_write_anywhere(&self) -> Result<(), Failure> {
        match self.writes.first() {
            Some(rule) => self.may_write(rule.trim_end_matches(ALL)),
            None if self.name.is_none() => Err(Failure::no_token()),
            None => Err(Failure::forbidden(ALL)),
        }
    }
}

fn check(closing: &Closing) -> Result<(), String> {
    let Closing {
        name,
        collections,
        levels,
        controls,
    } = closing;
    if collections.is_empty() && levels.is_empty() && controls.is_empty() {
        return Err(format!(
            "the closing `{name}` names no collections, levels or controls"
        ));
    }
    for (vocabulary, slugs) in [("classification", levels), ("control", controls)] {
        let known = schema().vocabulary(vocabulary);
        if let Some(slug) = slugs
            .iter()
            .find(|s| !known.slugs().any(|k| k == s.as_str()))
        {
            return Err(format!(
                "the closing `{name}` names `{slug}`, which is no {vocabulary}"
            ));
        }
    }
    Ok(())
}

fn known(token: &Token, closings: &[Closing]) -> Result<Known, String> {
    let name = &token.name;
    let hash = bytes(&token.sha256).ok_or_else(|| {
        format!("the token `{name}` has no SHA-256 in hexadecimal; `memcon token` makes one")
    })?;
    let exists = |seen: &&String| *seen == ALL || closings.iter().any(|c| c.name == **seen);
    if let Some(unknown) = token.sees.iter().find(|seen| !exists(seen)) {
        return Err(format!(
            "the token `{name}` sees `{unknown}`, which no closing is called"
        ));
    }
    let sees = |closing: &Closing| token.sees.iter().any(|s| s == ALL || *s == closing.name);
    // Whoever wrote over what they do not see would learn of it, and destroy it.
    let meets = |closing: &&Closing| {
        let collections = &closing.collections;
        let meet = |rule: &String| collections.iter().any(|c| overlap(rule, c));
        collections.is_empty() && !token.writes.is_empty() || token.writes.iter().any(meet)
    };
    if let Some(closing) = closings.iter().filter(|c| !sees(c)).find(meets) {
        return Err(format!(
            "the token `{name}` writes where `{}` is closed to it; let it see that, or write elsewhere",
            closing.name
        ));
    }
    Ok(Known {
        name: name.clone(),
        hash,
        hidden: (0..closings.len())
            .filter(|n| !sees(&closings[*n]))
            .collect(),
        writes: token.writes.clone(),
    })
}

/// Whether some collection may be meant by both rules.
fn overlap(a: &str, b: &str) -> bool {
    let bare = |rule: &str| rule.trim_end_matches(ALL).to_owned();
    is_meant(a, &bare(b)) || is_meant(b, &bare(a))
}

fn closed(closing: &Closing) -> Closed {
    Closed {
        collections: closing.collections.clone(),
        levels: closing.levels.clone(),
        controls: closing.controls.clone(),
    }
}

/// The secret of an `Authorization`, and whether a browser shows it by itself: `Bearer SECRET`, or, from a
/// browser's own form, `Basic` with the secret as the password.
fn secret(shown: &str) -> Option<(String, bool)> {
    let (scheme, rest) = shown.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some((rest.trim().to_owned(), false));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(BASE64_STANDARD.decode(rest.trim()).ok()?).ok()?;
    Some((pair.split_once(':')?.1.to_owned(), true))
}

/// The bytes of 64 hexadecimal figures.
fn bytes(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Location, open};

    fn access(closings: &[Closing], tokens: &[Token]) -> Result<Access, String> {
        Access::new(Arc::from(open(Location::Memory).unwrap()), closings, tokens)
    }

    fn closing(name: &str) -> Closing {
        Closing {
            name: name.into(),
            collections: vec!["vault*".into()],
            ..Closing::default()
        }
    }

    fn refused(result: Result<Access, String>) -> String {
        result.err().unwrap_or_default()
    }

    #[test]
    fn settings_that_would_not_do_what_they_say_are_refused() {
        insta::assert_snapshot!(refused(access(&[Closing { name: "x".into(), ..Closing::default() }], &[])), @"the closing `x` names no collections, levels or controls");
        insta::assert_snapshot!(refused(access(&[Closing { name: "x".into(), levels: vec!["topsecret".into()], ..Closing::default() }], &[])), @"the closing `x` names `topsecret`, which is no classification");
        insta::assert_snapshot!(refused(access(&[closing("x"), closing("x")], &[])), @"two closings have the name `x`");
        let token = Token {
            name: "t".into(),
            sha256: "0".repeat(64),
            sees: vec!["y".into()],
            ..Token::default()
        };
        insta::assert_snapshot!(refused(access(&[closing("x")], &[token])), @"the token `t` sees `y`, which no closing is called");
        let token = Token {
            name: "t".into(),
            sha256: "secret".into(),
            ..Token::default()
        };
        insta::assert_snapshot!(refused(access(&[], &[token])), @"the token `t` has no SHA-256 in hexadecimal; `memcon token` makes one");
    }

    #[test]
    fn secrets_are_shown_in_two_ways() {
        assert_eq!(secret("Bearer s3"), Some(("s3".into(), false)));
        assert_eq!(secret("basic OnMz"), Some(("s3".into(), true)));
        for bad in ["", "Bearer", "Basic ???", "Digest x", "Basic c2VjcmV0"] {
            assert_eq!(secret(bad), None, "{bad}");
        }
    }
}
