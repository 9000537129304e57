//! A sentence as words: folded, with what stands between them.

use crate::record::{fold_char, is_apostrophe, is_hyphen};

/// A word of a sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// Folded, without a possessive ending.
    pub text: String,
    /// Begins with a capital.
    pub capital: bool,
    /// Has a possessive ending: `Moss's`.
    pub possessive: bool,
    /// Stands in quotation marks.
    pub quoted: bool,
    /// A comma, dash, bracket or the like stands before it.
    pub parted: bool,
}

/// Cuts a sentence into words.
pub fn words(sentence: &str) -> Vec<Word> {
    words_after(sentence, &mut false)
}

/// Cuts a sentence into words; `quoted` tells whether a quotation is open before it, and then after it.
pub fn words_after(sentence: &str, quoted: &mut bool) -> Vec<Word> {
    let mut words = Vec::new();
    let mut parted = false;
    let mut at = 0;
    while let Some(c) = sentence[at..].chars().next() {
        if c.is_alphanumeric() {
            let end = end_of_word(sentence, at);
            words.push(word(&sentence[at..end], *quoted, parted));
            parted = false;
            at = end;
            continue;
        }
        match c {
            '“' => *quoted = true,
            '”' => *quoted = false,
            '"' => *quoted = !*quoted,
            ',' | ';' | ':' | '(' | ')' | '—' | '–' | '[' | ']' => parted = true,
            _ => {}
        }
        at += c.len_utf8();
    }
    words
}

/// Letters and figures, joined by apostrophes, hyphens and dots between letters.
fn end_of_word(text: &str, start: usize) -> usize {
    let mut end = start;
    let mut chars = text[start..].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let joins = (is_apostrophe(c) || is_hyphen(c) || c == '.')
            && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric())
            && c != '–';
        if !c.is_alphanumeric() && !joins {
            break;
        }
        end = start + at + c.len_utf8();
    }
    end
}

fn word(printed: &str, quoted: bool, parted: bool) -> Word {
    let mut text = String::with_capacity(printed.len());
    printed.chars().for_each(|c| fold_char(c, &mut text));
    let bare = text.strip_suffix("'s").map(str::len);
    if let Some(length) = bare {
        text.truncate(length);
    }
    Word {
        text,
        capital: printed.starts_with(char::is_uppercase),
        possessive: bare.is_some(),
        quoted,
        parted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_what_stands_around_them() {
        let cut = words("Vorelʼs reply, “no,” came.");
        let shown: Vec<_> = cut
            .iter()
            .map(|w| (w.text.as_str(), w.capital, w.possessive, w.quoted, w.parted))
            .collect();
        assert_eq!(
            shown,
            [
                ("vorel", true, true, false, false),
                ("reply", false, false, false, false),
                ("no", false, false, true, true),
                ("came", false, false, false, true),
            ]
        );
    }
}
