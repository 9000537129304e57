//! Text > index terms. A word's exact form is the term `=form`; beside it, at the same position, for
//! analyzers that have stems, stand its stem and, if it has capitals, `#form` with the form as printed
//! behind it. Queries build their terms here too.

use std::cell::RefCell;

use frostem::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::{
    index::words::{Cutter, fold_value},
    schema::Stem,
};

/// Stems are looked up before they are reckoned; a thread forgets all of them at this many.
const REMEMBERED: usize = 1 << 16;

/// Marks exact forms in the term dictionary.
pub const EXACT: char = '=';

/// Marks forms as printed.
const PRINTED: char = '#';

thread_local! {
    static STEMS: RefCell<FxHashMap<String, String>> = RefCell::default();
}

/// Stands in text for [`Said`] before a speaker's key, behind it, and behind the position of the
/// words that follow. A code point that no text has.
pub const SWITCH: char = '\u{fdd0}';

/// Stands between a speaker's key and a term.
const KEY_END: char = '\u{1f}';

/// What the terms of a folded word with capitals begin with.
pub fn printed_prefix(word: &str) -> String {
    format!("{PRINTED}{word}{KEY_END}")
}

/// A term of the body as somebody's word.
pub fn said_by(key: &str, term: &str) -> String {
    format!("{key}{KEY_END}{term}")
}

/// Appends the stem of a folded word.
pub fn push_stem(stem: Stem, word: &str, to: &mut String) {
    if word.bytes().any(|b| b.is_ascii_digit()) || word.len() < 3 {
        to.push_str(word);
        return;
    }
    STEMS.with_borrow_mut(|stems| {
        if let Some(known) = stems.get(word) {
            to.push_str(known);
            return;
        }
        if stems.len() >= REMEMBERED {
            stems.clear();
        }
        let Stem::English = stem;
        let found = Stemmer::new(Algorithm::English).stem(word).into_owned();
        to.push_str(&found);
        stems.insert(word.to_owned(), found);
    });
}

/// Words of running text.
#[derive(Debug, Clone)]
pub struct Prose {
    stem: Option<Stem>,
    token: Token,
}

impl Prose {
    /// With or without stems.
    pub fn new(stem: Option<Stem>) -> Self {
        Self {
            stem,
            token: Token::default(),
        }
    }
}

impl Tokenizer for Prose {
    type TokenStream<'a> = ProseStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ProseStream<'a> {
        self.token.reset();
        ProseStream {
            cutter: Cutter::new(text),
            stem: self.stem,
            token: &mut self.token,
            stem_due: false,
            printed: None,
        }
    }
}

/// The terms of one text.
pub struct ProseStream<'a> {
    cutter: Cutter<'a>,
    stem: Option<Stem>,
    token: &'a mut Token,
    /// The token holds an exact form whose stem comes next.
    stem_due: bool,
    /// The term of the form as printed, which comes then.
    printed: Option<String>,
}

impl TokenStream for ProseStream<'_> {
    fn advance(&mut self) -> bool {
        if self.stem_due {
            self.stem_due = false;
            if let Some(stem) = self.stem {
                let exact = std::mem::take(&mut self.token.text);
                push_stem(stem, &exact[EXACT.len_utf8()..], &mut self.token.text);
                return true;
            }
        }
        if let Some(printed) = self.printed.take() {
            self.token.text = printed;
            return true;
        }
        let Some(word) = self.cutter.next_word() else {
            return false;
        };
        self.token.text.clear();
        self.token.text.push(EXACT);
        self.token.text.push_str(word.text);
        self.token.offset_from = word.start;
        self.token.offset_to = word.end;
        self.token.position = word.position as usize;
        self.stem_due = self.stem.is_some();
        let (start, end, whole) = (word.start, word.end, word.whole);
        if self.stem_due {
            let printed = self.cutter.as_printed(start, end, whole);
            let folded = &self.token.text[EXACT.len_utf8()..];
            self.printed = printed.map(|p| printed_prefix(folded) + &p);
        }
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// Words of running text, each under its speaker: `SWITCH key SWITCH position SWITCH words`, again and
/// again.
#[derive(Debug, Clone)]
pub struct Said {
    stem: Option<Stem>,
    token: Token,
}

impl Said {
    /// With or without stems.
    pub fn new(stem: Option<Stem>) -> Self {
        Self {
            stem,
            token: Token::default(),
        }
    }
}

impl Tokenizer for Said {
    type TokenStream<'a> = SaidStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SaidStream<'a> {
        self.token.reset();
        let mut parts = text.split(SWITCH);
        parts.next();
        SaidStream {
            parts,
            cutter: Cutter::new(""),
            prefix: String::new(),
            position: 0,
            exact: String::new(),
            stem: self.stem,
            stem_due: false,
            printed: None,
            token: &mut self.token,
        }
    }
}

/// The terms of what people say.
pub struct SaidStream<'a> {
    parts: std::str::Split<'a, char>,
    cutter: Cutter<'a>,
    /// The speaker's key and its end.
    prefix: String,
    /// The first position of the words.
    position: usize,
    /// The exact form whose stem comes next.
    exact: String,
    stem: Option<Stem>,
    stem_due: bool,
    /// The form as printed, which comes then.
    printed: Option<String>,
    token: &'a mut Token,
}

impl SaidStream<'_> {
    /// Goes on to the next speaker.
    fn switch(&mut self) -> Option<()> {
        let (key, position, words) = (self.parts.next()?, self.parts.next()?, self.parts.next()?);
        self.prefix.clear();
        self.prefix.push_str(key);
        self.prefix.push(KEY_END);
        self.position = position.parse().ok()?;
        self.cutter = Cutter::new(words);
        Some(())
    }
}

impl TokenStream for SaidStream<'_> {
    fn advance(&mut self) -> bool {
        if self.stem_due
            && let Some(stem) = self.stem
        {
            self.stem_due = false;
            self.token.text.clear();
            self.token.text.push_str(&self.prefix);
            push_stem(stem, &self.exact, &mut self.token.text);
            return true;
        }
        if let Some(printed) = self.printed.take() {
            self.token.text.clear();
            self.token.text.push_str(&self.prefix);
            self.token.text.push_str(&printed_prefix(&self.exact));
            self.token.text.push_str(&printed);
            return true;
        }
        loop {
            if let Some(word) = self.cutter.next_word() {
                self.exact.clear();
                self.exact.push_str(word.text);
                self.token.text.clear();
                self.token.text.push_str(&self.prefix);
                self.token.text.push(EXACT);
                self.token.text.push_str(word.text);
                self.token.offset_from = word.start;
                self.token.offset_to = word.end;
                self.token.position = self.position + word.position as usize;
                self.stem_due = self.stem.is_some();
                let (start, end, whole) = (word.start, word.end, word.whole);
                if self.stem_due {
                    self.printed = self.cutter.as_printed(start, end, whole);
                }
                return true;
            }
            if self.switch().is_none() {
                return false;
            }
        }
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// A whole value as one folded term.
#[derive(Debug, Clone, Default)]
pub struct Whole {
    token: Token,
}

impl Tokenizer for Whole {
    type TokenStream<'a> = WholeStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WholeStream<'a> {
        self.token.reset();
        self.token.text = fold_value(text);
        self.token.offset_to = text.len();
        WholeStream {
            token: &mut self.token,
            done: false,
        }
    }
}

/// The one term of a value.
pub struct WholeStream<'a> {
    token: &'a mut Token,
    done: bool,
}

impl TokenStream for WholeStream<'_> {
    fn advance(&mut self) -> bool {
        if self.done {
            return false;
        }
        self.done = true;
        self.token.position = 0;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// Terms with their positions: `passage 0 passage 113 topic 113`.
#[derive(Debug, Clone, Default)]
pub struct Placed {
    token: Token,
}

impl Tokenizer for Placed {
    type TokenStream<'a> = PlacedStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PlacedStream<'a> {
        self.token.reset();
        PlacedStream {
            parts: text.split(' '),
            token: &mut self.token,
        }
    }
}

/// The terms of such a list.
pub struct PlacedStream<'a> {
    parts: std::str::Split<'a, char>,
    token: &'a mut Token,
}

impl PlacedStream<'_> {
    fn next(&mut self) -> Option<()> {
        let (term, position) = (self.parts.next()?, self.parts.next()?);
        self.token.text.clear();
        self.token.text.push_str(term);
        self.token.position = position.parse().ok()?;
        Some(())
    }
}

impl TokenStream for PlacedStream<'_> {
    fn advance(&mut self) -> bool {
        self.next().is_some()
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_under_their_speakers() {
        let mut said = Said::new(Some(Stem::English));
        let text =
            format!("{SWITCH}vorel{SWITCH}5{SWITCH}Two bans{SWITCH}quill{SWITCH}109{SWITCH}No");
        let mut stream = said.token_stream(&text);
        let mut terms = Vec::new();
        while stream.advance() {
            let term = stream.token().text.replace(KEY_END, "/");
            terms.push(format!("{term}@{}", stream.token().position));
        }
        assert_eq!(
            terms.join(" "),
            "vorel/=two@5 vorel/two@5 vorel/#two/Two@5 vorel/=bans@6 vorel/ban@6 quill/=no@109 quill/no@109 quill/#no/No@109"
        );
    }

    #[test]
    fn exact_forms_and_stems_share_positions() {
        let mut prose = Prose::new(Some(Stem::English));
        let mut stream = prose.token_stream("Negotiations on NSC-68");
        let mut terms = Vec::new();
        while stream.advance() {
            let term = stream.token().text.replace(KEY_END, "/");
            terms.push(format!("{term}@{}", stream.token().position));
        }
        assert_eq!(
            terms.join(" "),
            "=negotiations@0 negoti@0 #negotiations/Negotiations@0 =on@1 on@1 =nsc-68@2 nsc-68@2 #nsc-68/NSC-68@2 =nsc@2 nsc@2 #nsc/NSC@2 =68@3 68@3"
        );
    }
}
