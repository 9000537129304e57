//! A query as text again, every group in parentheses: what is read from it is the same query.

use crate::{
    index::{Query, Unit},
    record::date_of,
    schema::{FieldKind, schema},
};

/// Words that bind others where nothing stands close behind them.
const OPERATORS: [&str; 8] = [
    "AND",
    "OR",
    "NOT",
    "NEAR",
    "BEFORE",
    "SAMEPARA",
    "SAMESPEECH",
    "SAMETOPIC",
];

/// The canonical form. What one person says is written as it was asked, for reading only.
pub fn shown(query: &Query) -> String {
    let scope = |field: &Option<String>| field.as_ref().map_or(String::new(), |f| format!("{f}:"));
    let list = |parts: &[Query], between: &str| {
        let parts: Vec<String> = parts.iter().map(shown).collect();
        format!("({})", parts.join(between))
    };
    match query {
        Query::All => "*".to_owned(),
        Query::Word {
            field,
            text,
            exact: true,
        } if !is_bare(text) => {
            format!("{}\"{text}\"", scope(field))
        }
        // `AND^2` is a word, `(AND)^2` is none.
        Query::Word {
            field,
            text,
            exact: false,
        } if OPERATORS.contains(&text.as_str()) => {
            format!("{}{}", scope(field), text.to_lowercase())
        }
        Query::Word { field, text, exact } => {
            format!("{}{}{text}", scope(field), if *exact { "=" } else { "" })
        }
        Query::Cased { field, text } => format!("{}=={text}", scope(field)),
        Query::Phrase { field, text } => format!("{}\"{text}\"", scope(field)),
        // In quotes the value of a field that is no text has no patterns.
        Query::Like { field, text } if !is_bare(text) && is_text(field) => {
            format!("{}\"{text}\"", scope(field))
        }
        Query::Like { field, text } => format!("{}{text}", scope(field)),
        Query::Fuzzy { field, text, edits } => format!("{}{text}~{edits}", scope(field)),
        Query::Near {
            parts,
            distance,
            ordered,
        } => {
            let name = if *ordered { "BEFORE" } else { "NEAR" };
            list(parts, &format!(" {name}/{distance} "))
        }
        Query::Same { parts, unit } => list(
            parts,
            match unit {
                Unit::Passage => " SAMEPARA ",
                Unit::Topic => " SAMETOPIC ",
            },
        ),
        Query::Boost { query, factor } => format!("({})^{factor}", shown(query)),
        Query::Value { field, value } => format!("{field}:\"{value}\""),
        Query::Between { field, range } => {
            let dated = schema()
                .field(field)
                .is_some_and(|f| f.kind == FieldKind::Date);
            let bound = |bound: Option<i64>, idle: i64| match bound {
                None => "*".to_owned(),
                Some(minutes) if dated => moment(minutes, idle),
                Some(number) => number.to_string(),
            };
            let (from, to) = (bound(range.from, 0), bound(range.to, LAST_MINUTE));
            format!("{field}:[{from} TO {to}]")
        }
        Query::Within { field, range } => format!(
            "({} date_match=within)",
            shown(&Query::Between {
                field: field.clone(),
                range: *range
            })
        ),
        Query::Variants { typed, .. } => shown(typed),
        Query::Exists { field } => format!("has:{field}"),
        Query::Said { speaker, query } => format!("(speaker:\"{speaker}\" {})", shown(query)),
        Query::And(parts) => list(parts, " "),
        Query::Or(parts) => list(parts, " OR "),
        Query::Not(part) => format!("(NOT {})", shown(part)),
    }
}

/// Whether a text that may come from quotes is one word without them too.
fn is_bare(text: &str) -> bool {
    let sign = |c: char| c.is_whitespace() || "()^~:[]<>".contains(c);
    let first = text.chars().next();
    first.is_some_and(|c| c.is_alphanumeric() || c == '*' || c == '?') && !text.contains(sign)
}

fn is_text(field: &Option<String>) -> bool {
    let declared = field.as_ref().and_then(|f| schema().field(f));
    declared.is_none_or(|f| f.kind == FieldKind::Text)
}

/// The last minute of a day.
const LAST_MINUTE: i64 = 1439;

/// A bound of dates; the time of day is left out where it is the idle one, with which a day begins or ends.
fn moment(minutes: i64, idle: i64) -> String {
    let (day, time) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
    match date_of(day) {
        Some(date) if time == idle => date.to_string(),
        Some(date) => format!("{date}T{:02}:{:02}", time / 60, time % 60),
        None => minutes.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        index::Range,
        search::{Match, parse},
    };

    #[test]
    fn signs_inside_quotes_stay_there() {
        for (asked, expected) in [
            (r#""salt (a b"~3"#, r#"(=salt NEAR/3 "(a" NEAR/3 =b)"#),
            (r#""sa^t b~x"~3"#, r#"("sa^t" NEAR/3 "b~x")"#),
            (r#""x:y* b"~3"#, r#"("x:y*" NEAR/3 =b)"#),
            ("volume:x:y?z", "volume:x:y?z"),
            ("NOT AND^2", "(NOT (and)^2)"),
            ("NATO^2", "(NATO)^2"),
        ] {
            let written = shown(&parse(asked, Match::All).unwrap());
            assert_eq!(written, expected);
            assert_eq!(shown(&parse(&written, Match::All).unwrap()), expected);
        }
        for refused in [
            "sa^t^2",
            "salt AND AND",
            "salt AND OR fish",
            "salt NOT AND",
            "+AND",
        ] {
            assert!(parse(refused, Match::All).is_err(), "{refused}");
        }
    }

    /// Words, patterns and phrases of one field.
    fn word(field: Option<&'static str>) -> impl Strategy<Value = Query> {
        let field = field.map(str::to_owned);
        ("[a-z]{2,9}", "[a-z]{2,5}", 0..7u8).prop_map(move |(text, other, kind)| {
            let field = field.clone();
            match kind {
                0 => Query::Phrase {
                    field,
                    text: format!("{text} {other}"),
                },
                1 => Query::Like {
                    field,
                    text: format!("{text}*{other}?{text}"),
                },
                2 => Query::Like {
                    field,
                    text: format!("{text} {other}*"),
                },
                6 => Query::Cased { field, text },
                3 => Query::Fuzzy {
                    field,
                    text,
                    edits: 1 + (other.len() % 2) as u8,
                },
                exact => Query::Word {
                    field,
                    text,
                    exact: exact == 4,
                },
            }
        })
    }

    /// What may stand beside a link.
    fn linked(field: Option<&'static str>) -> impl Strategy<Value = Query> {
        word(field).prop_recursive(3, 12, 3, |inner| {
            let parts = || prop::collection::vec(inner.clone(), 2..4);
            prop_oneof![
                parts().prop_map(Query::Or),
                (parts(), 1..100u32, any::<bool>()).prop_map(|(parts, distance, ordered)| {
                    Query::Near {
                        parts,
                        distance,
                        ordered,
                    }
                }),
            ]
        })
    }

    fn query() -> impl Strategy<Value = Query> {
        let same = (prop::collection::vec(linked(None), 2..4), any::<bool>());
        let same = same.prop_map(|(parts, topic)| Query::Same {
            parts,
            unit: if topic { Unit::Topic } else { Unit::Passage },
        });
        let number = (0..99i64, 0..99i64).prop_map(|(from, to)| Query::Between {
            field: "number".into(),
            range: Range {
                from: Some(from),
                to: Some(to),
            },
        });
        let dates = (0..1_100_000_000i64, 0..90_000i64).prop_map(|(from, more)| Query::Between {
            field: "date".into(),
            range: Range {
                from: Some(from),
                to: Some(from + more),
            },
        });
        let has = Just(Query::Exists {
            field: "topic".into(),
        });
        let leaf = prop_oneof![
            linked(None),
            linked(Some("title")),
            same,
            number,
            dates,
            has
        ];
        leaf.prop_recursive(4, 24, 3, |inner| {
            let parts = || prop::collection::vec(inner.clone(), 2..4);
            prop_oneof![
                parts().prop_map(Query::And),
                parts().prop_map(Query::Or),
                inner.clone().prop_map(|q| Query::Not(Box::new(q))),
                (inner.clone(), 1..400u32).prop_map(|(q, n)| Query::Boost {
                    query: Box::new(q),
                    factor: n as f32 / 4.0,
                }),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_shown_is_read_back(query in query()) {
            let text = shown(&query);
            if text.chars().count() <= crate::search::MAX_LENGTH {
                prop_assert_eq!(parse(&text, Match::All).unwrap(), query, "{}", text);
            }
        }
    }
}
