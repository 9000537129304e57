//! Dates as people print them: no text panics, and an interval never ends before it begins.

#![no_main]

use libfuzzer_sys::fuzz_target;
use memcon::normalise::parse_date;

fuzz_target!(|text: &str| {
    if let Some(span) = parse_date(text) {
        if let Some(to) = &span.to {
            assert!(to.minutes() >= span.from.minutes(), "{span:?}");
        }
        assert!(text.contains(&span.text) || !span.text.is_empty());
    }
});
