//! The query language: no text makes the parser panic, and what it accepts it can write down and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use memcon::search::{Match, parse, shown};

fuzz_target!(|text: &str| {
    for neighbours in [Match::All, Match::Any] {
        match parse(text, neighbours) {
            Ok(query) => {
                let written = shown(&query);
                // Whatever stands beside each other in it must be met, however it was asked. What one person says is
                // written for reading only.
                if !text.contains("speaker:")
                    && written.chars().count() <= memcon::search::MAX_LENGTH
                {
                    parse(&written, Match::All).expect("the canonical form is a query");
                }
            }
            Err(problem) => {
                // The caret below the place, for terminals.
                problem.caret();
            }
        }
    }
});
