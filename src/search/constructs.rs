//! Every construct of the query language, once: `/v1/syntax` serves the table, and README.md is checked
//! against it.

/// One way to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Construct {
    /// Its form: small letters as written, capital ones for what stands there.
    pub form: &'static str,
    /// A query that has it.
    pub example: &'static str,
    /// What that finds.
    pub finds: &'static str,
}

/// Every construct, the plainest first.
pub fn syntax_table() -> &'static [Construct] {
    TABLE
}

const fn row(form: &'static str, example: &'static str, finds: &'static str) -> Construct {
    Construct {
        form,
        example,
        finds,
    }
}

const TABLE: &[Construct] = &[
    row(
        "WORD WORD",
        "laos poland",
        "records with both words, in any of their forms",
    ),
    row(
        "\"WORD WORD\"",
        "\"test ban\"",
        "the words next to each other, in just these forms",
    ),
    row("=WORD", "=salt", "this form only"),
    row(
        "==WORD",
        "==SALT",
        "this form only, capitals as typed: `==salt` finds the small one",
    ),
    row("A OR B", "laos OR poland", "either"),
    row("A AND B", "laos AND poland", "both"),
    row("A NOT B", "laos NOT poland", "the first without the second"),
    row("-A", "laos -poland", "the first without the second"),
    row(
        "(A)",
        "laos (poland OR \"polish member\")",
        "parentheses group",
    ),
    row("BEGINNING*", "missil*", "words that begin so, at most 256"),
    row("*END", "*grad", "words that end so, at most 256"),
    row("LETTERS?LETTERS", "te?t", "words with any one letter there"),
    row(
        "\"WORD WORD*\"",
        "\"atomic bomb*\"",
        "a phrase with any words of that kind; a lone `*` is any word",
    ),
    row(
        "WORD~",
        "khruschev~",
        "words with one letter wrong, of eight letters or more with two",
    ),
    row(
        "WORD~N",
        "laos~2",
        "words with that many letters wrong: 1 or 2",
    ),
    row(
        "\"WORDS\"~N",
        "\"test ban\"~10",
        "the words in any order within so many words, at most 99",
    ),
    row(
        "A NEAR/N B",
        "laos NEAR/10 neutral*",
        "both within so many words; 10 where no number stands",
    ),
    row(
        "A BEFORE/N B",
        "laos BEFORE/10 poland",
        "both in this order within so many words",
    ),
    row(
        "A SAMEPARA B",
        "laos SAMEPARA pole",
        "both in one paragraph or footnote",
    ),
    row(
        "A SAMESPEECH B",
        "laos SAMESPEECH pole",
        "both in one paragraph, which is one speaker's",
    ),
    row(
        "A SAMETOPIC B",
        "laos SAMETOPIC pole",
        "both under one heading of a record",
    ),
    row(
        "A^N",
        "laos^2 poland",
        "as without, but counts so much more, or less below 1; at most 100",
    ),
    row("FIELD:A", "title:laos", "words in a field"),
    row(
        "FIELD:VALUE",
        "kind:telegram",
        "a whole value, controlled ones in any spelling",
    ),
    row(
        "FIELD:[A TO B]",
        "date:[1961 TO 1963-05]",
        "days, months, years, numbers; `*` leaves a bound open",
    ),
    row(
        "date:[TIME TO TIME]",
        "date:[1961-08-04T09:00 TO 1961-08-04T12:00]",
        "times of day; a record dated by the day alone may be of any time of it",
    ),
    row(
        "FIELD:>N",
        "redacted_lines:>10",
        "above, and with `>=`, `<`, `<=` not below, below, not above",
    ),
    row(
        "speaker:NAME A",
        "speaker:vorel \"oyster beds\"",
        "what that person says",
    ),
    row(
        "has:FIELD",
        "has:redaction",
        "records with something in that field",
    ),
    row("FIELD:*", "topic:*", "records with something in that field"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Match, parse};

    #[test]
    fn every_example_can_be_asked() {
        for construct in syntax_table() {
            assert!(
                parse(construct.example, Match::All).is_ok(),
                "{}",
                construct.example
            );
        }
    }
}
