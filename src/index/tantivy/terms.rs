//! What a word, phrase, pattern or value of a question stands for in the index, and how many records have
//! each form.

use std::collections::HashMap;

use tantivy::{Searcher, Term, schema::Field};

use super::{
    analyzer::{EXACT, printed_prefix, push_stem},
    broken,
    expand::Expander,
    fields::{Fields, RUNNING},
    having::{having, having_in},
};
use crate::{
    index::{
        IndexError, Query, deadline,
        words::{ANY, Cutter, ONE, as_printed, fold_value, fold_whole, folded_words, veiled},
    },
    schema::{self, Stem, schema},
};

/// Longer lists of words that begin alike are not read to their end.
const READ: usize = 2000;

/// Words of one leaf that are told.
const WORDS: usize = 16;

type Forms = Vec<(String, usize)>;

/// The dictionary of one field.
struct Dictionary<'a> {
    searcher: &'a Searcher,
    words: Field,
    stem: Option<Stem>,
}

/// The forms of one leaf, the most frequent first; none of what is not looked up in a dictionary.
pub fn terms(fields: &Fields, searcher: &Searcher, leaf: &Query) -> Result<Forms, IndexError> {
    let (name, text) = match leaf {
        Query::Value { field, value } => {
            let handles = fields.declared.get(field).and_then(|handles| handles.value);
            let held = handles.map(|field| held(searcher, field, &fold_value(value)));
            return Ok(vec![(value.clone(), held.transpose()?.unwrap_or(0))]);
        }
        Query::Word { field, text, .. }
        | Query::Cased { field, text }
        | Query::Phrase { field, text }
        | Query::Like { field, text }
        | Query::Fuzzy { field, text, .. } => (field, text),
        _ => return Ok(Forms::new()),
    };
    let Some(dictionary) = Dictionary::of(fields, searcher, name.as_deref()) else {
        return Ok(Forms::new());
    };
    let mut forms = match leaf {
        Query::Word { exact: false, .. } => dictionary.inflected(text)?,
        Query::Cased { .. } => dictionary.printed(text)?,
        Query::Like { .. } => dictionary.like(text)?,
        Query::Fuzzy { edits, .. } => dictionary.fuzzy(text, *edits)?,
        _ => dictionary.exact(text)?,
    };
    if !matches!(leaf, Query::Phrase { .. }) {
        forms.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        forms.dedup();
    }
    Ok(forms)
}

impl<'a> Dictionary<'a> {
    /// Of a field, or of the text; `None` where it has no words.
    fn of(fields: &Fields, searcher: &'a Searcher, name: Option<&str>) -> Option<Self> {
        let declared: &schema::Field = match name {
            Some(name) => schema().field(name)?,
            None => schema().fields.iter().find(|f| f.source == RUNNING[0])?,
        };
        let analyzer = declared.analyzer.as_ref()?;
        Some(Self {
            searcher,
            words: fields.words_of(&declared.name)?,
            stem: schema().analyzers[analyzer].stem,
        })
    }

    /// Every form of the words with the same stem.
    fn inflected(&self, text: &str) -> Result<Forms, IndexError> {
        let Some(stem) = self.stem else {
            return self.exact(text);
        };
        let mut forms = Forms::new();
        for word in words(text) {
            deadline::in_time()?;
            let mut root = String::new();
            push_stem(stem, &word, &mut root);
            // `polici` is the stem of `policy`.
            let beginning = root.strip_suffix(['i', 'e']).unwrap_or(&root);
            let mut same = |form: &str, records: usize| {
                let mut own = String::with_capacity(form.len());
                push_stem(stem, form, &mut own);
                if own == root {
                    forms.push((form.to_owned(), records));
                }
            };
            self.each(&format!("{EXACT}{beginning}"), beginning, &mut same)?;
        }
        Ok(forms)
    }

    fn exact(&self, text: &str) -> Result<Forms, IndexError> {
        let words = words(text).into_iter();
        words
            .map(|word| Ok((word.clone(), self.held(&format!("{EXACT}{word}"))?)))
            .collect()
    }

    /// Words with their capitals; without any, the records that have it in small letters are not counted
    /// apart.
    fn printed(&self, text: &str) -> Result<Forms, IndexError> {
        let mut cutter = Cutter::new(text);
        let mut forms = Forms::new();
        while let Some(word) = cutter.next_word() {
            if word.whole {
                continue;
            }
            if let Some(printed) = as_printed(&text[word.start..word.end], false) {
                let term = printed_prefix(word.text) + &printed;
                forms.push((printed, self.held(&term)?));
            } else {
                forms.push((
                    word.text.to_owned(),
                    self.held(&format!("{EXACT}{}", word.text))?,
                ));
            }
        }
        Ok(forms)
    }

    fn like(&self, text: &str) -> Result<Forms, IndexError> {
        let expander = Expander::new(self.searcher);
        let prefix = EXACT.to_string();
        let veil = veiled(text);
        let patterns = match fold_whole(&veil) {
            Some(whole) => vec![whole],
            None => words(&veil),
        };
        let mut forms = Forms::new();
        for pattern in patterns.iter().filter(|p| !p.chars().all(|c| c == ANY)) {
            if pattern.contains([ANY, ONE]) {
                let terms = expander.like(self.words, &prefix, pattern, text)?;
                forms.extend(self.counted(terms)?);
            } else {
                forms.extend(self.exact(pattern)?);
            }
        }
        Ok(forms)
    }

    fn fuzzy(&self, text: &str, edits: u8) -> Result<Forms, IndexError> {
        let expander = Expander::new(self.searcher);
        let word = fold_whole(text).unwrap_or_else(|| fold_value(text));
        let prefix = EXACT.to_string();
        let terms = expander.fuzzy(self.words, &prefix, &word, edits, text)?;
        self.counted(terms)
    }

    fn counted(&self, terms: Vec<(String, f32)>) -> Result<Forms, IndexError> {
        let terms = terms.into_iter();
        terms
            .map(|(term, _)| Ok((term[EXACT.len_utf8()..].to_owned(), self.held(&term)?)))
            .collect()
    }

    fn held(&self, term: &str) -> Result<usize, IndexError> {
        held(self.searcher, self.words, term)
    }

    /// Calls with every word that begins so, as often as segments have it together.
    fn each(
        &self,
        beginning: &str,
        bare: &str,
        found: &mut dyn FnMut(&str, usize),
    ) -> Result<(), IndexError> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(self.words).map_err(broken)?;
            let range = inverted.terms().range().ge(beginning.as_bytes());
            let mut stream = range.into_stream().map_err(broken)?;
            let mut read = 0;
            while stream.advance() && read < READ {
                let Ok(term) = std::str::from_utf8(stream.key()) else {
                    continue;
                };
                if !term.starts_with(beginning) {
                    break;
                }
                let form = &term[beginning.len() - bare.len()..];
                let records = having_in(segment, &inverted, stream.value()).map_err(broken)?;
                read += usize::from(records > 0);
                *counts.entry(form.to_owned()).or_default() += records as usize;
            }
        }
        let there = counts.iter().filter(|(_, records)| **records > 0);
        there.for_each(|(form, records)| found(form, *records));
        Ok(())
    }
}

fn held(searcher: &Searcher, field: Field, term: &str) -> Result<usize, IndexError> {
    having(searcher, &Term::from_field_text(field, term))
}

/// The first folded words of a text that is no longer than a reader's.
fn words(text: &str) -> Vec<String> {
    let mut words = folded_words(text);
    words.dedup();
    words.truncate(WORDS);
    words
}
