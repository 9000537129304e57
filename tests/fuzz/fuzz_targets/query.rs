//! The query language: no text makes the parser panic, nor what it writes of a query that it accepts.

#![no_main]

use libfuzzer_sys::fuzz_target;
use memcon::search::{Match, parse, shown};

fuzz_target!(|text: &str| {
    for neighbours in [Match::All, Match::Any] {
        match parse(text, neighbours) {
            Ok(query) => {
                let written = shown(&query);
                // That it reads back as the same query holds for words; of signs at odds with each other it is
                // tried only that it can be read or refused.
                if let Err(problem) = parse(&written, Match::All) {
                    problem.caret();
                }
            }
            Err(problem) => {
                // The caret below the place, for terminals.
                problem.caret();
            }
        }
    }
});
