//! One way to fold letters: case, accents and kinds of apostrophe and hyphen do not matter.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A whole value folded for comparison: case, accents, apostrophes and outer white space do not matter.
pub fn fold_value(value: &str) -> String {
    let mut folded = String::with_capacity(value.len());
    for c in value.trim().chars() {
        if c.is_whitespace() {
            folded.push(' ');
        } else {
            fold_char(c, &mut folded);
        }
    }
    folded.trim().to_owned()
}

/// Appends a letter, folded.
pub fn fold_char(c: char, folded: &mut String) {
    if c.is_ascii() {
        folded.push(c.to_ascii_lowercase());
        return;
    }
    // Lower-casing and decomposing may each bring forth what the other takes apart.
    let lower = c.nfkd().flat_map(char::to_lowercase).nfkd();
    for c in lower.filter(|c| !is_combining_mark(*c)) {
        match c {
            _ if is_apostrophe(c) => folded.push('\''),
            _ if is_hyphen(c) => folded.push('-'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            _ => folded.push(c),
        }
    }
}

/// U+0027, U+2019 and U+02BC.
pub fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02bc}')
}

/// The hyphen, and dashes that stand for it.
pub fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2013}')
}
