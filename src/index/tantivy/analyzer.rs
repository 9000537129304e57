//! Text > index terms. A word's exact form is the term `=form`; beside it, at the same position,
//! stands its stem, for analyzers that have one. Queries build their terms here too.

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

thread_local! {
    static STEMS: RefCell<FxHashMap<String, String>> = RefCell::default();
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
        true
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_forms_and_stems_share_positions() {
        let mut prose = Prose::new(Some(Stem::English));
        let mut stream = prose.token_stream("Negotiations on NSC-68");
        let mut terms = Vec::new();
        while stream.advance() {
            terms.push(format!(
                "{}@{}",
                stream.token().text,
                stream.token().position
            ));
        }
        assert_eq!(
            terms.join(" "),
            "=negotiations@0 negoti@0 =on@1 on@1 =nsc-68@2 nsc-68@2 =nsc@2 nsc@2 =68@3 68@3"
        );
    }
}
