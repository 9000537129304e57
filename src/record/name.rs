//! Names of persons as records print them: `Mr. L.B. Zahnovsky`, `Harold B. Ames, Jr.`, `de Gaulle`.

/// Words before a name that are no part of it.
const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "miss",
    "ms",
    "dr",
    "sir",
    "lord",
    "lady",
    "earl",
    "baron",
    "count",
    "viscount",
    "prince",
    "general",
    "gen",
    "colonel",
    "col",
    "major",
    "maj",
    "captain",
    "capt",
    "lieutenant",
    "lt",
    "admiral",
    "adm",
    "commander",
    "marshal",
    "ambassador",
    "minister",
    "secretary",
    "president",
    "chairman",
    "senator",
    "professor",
    "prof",
    "governor",
    "director",
    "messrs",
    "monsieur",
    "m",
    "señor",
    "signor",
    "herr",
    "foreign",
    "prime",
    "premier",
    "under",
    "assistant",
    "deputy",
    "hon",
    "the",
    "vice",
    "acting",
    "brigadier",
    "sr",
    "rear",
    "chargé",
    "consul",
    "soviet",
    "of",
    "state",
];

/// Particles that belong to the family name after them.
const PARTICLES: &[&str] = &[
    "de", "des", "von", "van", "der", "den", "di", "da", "du", "la", "le", "ter", "zu", "al", "el",
    "ben",
];

/// Suffixes after a name.
const SUFFIXES: &[&str] = &["jr", "sr", "ii", "iii", "iv", "esq"];

/// The family name of a printed name; particles stay with it (`de Gaulle`), suffixes go.
///
/// `Rusk, Dean` gives `Rusk`, `Harold B. Ames, Jr.` gives `Ames`.
pub fn surname(name: &str) -> String {
    let name = name.trim().trim_end_matches(['.', ',', ';', ':']);
    let mut parts = name
        .split(',')
        .map(str::trim)
        .filter(|part| !is_suffix(part));
    let first = parts.next().unwrap_or(name);
    let inverted = parts.next().is_some() && first.split_whitespace().count() <= 3;
    if inverted {
        return first.to_owned();
    }
    let mut words: Vec<&str> = first.split_whitespace().collect();
    while words.len() > 1 && words.last().is_some_and(|w| is_suffix(w)) {
        words.pop();
    }
    let Some(mut from) = words.len().checked_sub(1) else {
        return String::new();
    };
    while from > 1 && is_particle(words[from - 1]) {
        from -= 1;
    }
    if from == 1 && words[0].chars().next().is_some_and(char::is_lowercase) && is_particle(words[0])
    {
        from = 0;
    }
    let family = words[from..].join(" ");
    // Initials set close: `L.B.Zahnovsky`.
    let family = family
        .rsplit('.')
        .find(|part| part.chars().count() > 1)
        .unwrap_or(&family);
    in_small_letters(family.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// `DAYTON` > `Dayton`: old volumes print signatures in capitals.
fn in_small_letters(family: &str) -> String {
    let shouted = family.chars().count() > 3 && family.chars().all(char::is_uppercase);
    let mut letters = family.chars();
    match letters.next() {
        Some(first) if shouted => first.to_string() + &letters.as_str().to_lowercase(),
        _ => family.to_owned(),
    }
}

/// A printed name without the titles before it: `Mr. Charles E. Moss` gives `Charles E. Moss`.
pub fn without_titles(name: &str) -> &str {
    let mut rest = name.trim();
    while let Some((word, tail)) = rest.split_once(char::is_whitespace) {
        let folded: String = word
            .chars()
            .filter(|c| c.is_alphabetic())
            .collect::<String>()
            .to_lowercase();
        if !TITLES.contains(&folded.as_str()) || tail.trim().is_empty() {
            break;
        }
        rest = tail.trim_start();
    }
    rest
}

fn is_suffix(word: &str) -> bool {
    SUFFIXES.contains(&word.trim_matches('.').to_lowercase().as_str())
}

fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn family_names() {
        for (name, family) in [
            ("Mr. L.B. Zahnovsky", "Zahnovsky"),
            ("Harold B. Ames, Jr.", "Ames"),
            ("Rusk, Dean", "Rusk"),
            ("President de Gaulle", "de Gaulle"),
            ("von Holleben", "von Holleben"),
            ("Van Zuylen", "Zuylen"),
            ("Rusk.", "Rusk"),
            ("A. Penhallow", "Penhallow"),
            ("Ivor K.E. Lamb", "Lamb"),
            ("IVOR LAMBERT.", "Lambert"),
            ("", ""),
        ] {
            assert_eq!(surname(name), family, "{name}");
        }
    }

    #[test]
    fn titles_fall() {
        assert_eq!(without_titles("Mr. Charles E. Moss"), "Charles E. Moss");
        assert_eq!(without_titles("Foreign Minister Gromyko"), "Gromyko");
        assert_eq!(without_titles("The Secretary"), "Secretary");
    }
}
