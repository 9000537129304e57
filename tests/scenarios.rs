//! Requests and the answers expected, as data: `tests/scenarios/*.yaml`, one file per behaviour, named with
//! the sentence that it shows, asked of the bundled specimens over the whole server.
//!
//! ```yaml
//! - get: /v1/search?q=herring
//!   status: 200            # 200 where left out
//!   expect:                # what must be in the answer, at least
//!     total: { value: 5 }
//!     hits: [ { id: specimens1962v01/d3 } ]
//! ```
//!
//! A mapping must hold the keys named, a list the items named in their order from its beginning; `~length`
//! in a mapping gives the length of a list.

use std::fs;

use serde_json::Value;

use crate::support::{app, get, root};

#[tokio::test]
async fn scenarios_hold() {
    let app = app();
    let mut asked = 0;
    let mut files: Vec<_> = fs::read_dir(root().join("tests/scenarios"))
        .expect("readable")
        .filter_map(Result::ok)
        .collect();
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let text = fs::read_to_string(file.path()).expect("readable");
        let steps: Vec<Value> = serde_yaml_ng::from_str(&text)
            .unwrap_or_else(|e| panic!("{}: {e}", file.path().display()));
        for step in steps {
            asked += 1;
            let uri = step["get"]
                .as_str()
                .expect("a step asks something")
                .replace(' ', "%20")
                .replace('"', "%22");
            let (status, _, body) = get(&app, &uri).await;
            let place = format!("{}: {uri}", file.file_name().to_string_lossy());
            assert_eq!(
                u64::from(status.as_u16()),
                step["status"].as_u64().unwrap_or(200),
                "{place}: {body:#}"
            );
            hold(&step["expect"], &body, &place);
        }
    }
    assert!(asked > 25, "only {asked} requests were found");
}

fn hold(expected: &Value, got: &Value, place: &str) {
    match expected {
        Value::Null => {}
        Value::Object(map) => {
            for (key, value) in map {
                let inner = format!("{place} > {key}");
                if key == "~length" {
                    assert_eq!(
                        got.as_array().map(|a| a.len() as u64),
                        value.as_u64(),
                        "{inner}: {got:#}"
                    );
                } else if let (Some(index), Some(list)) =
                    (key.parse::<usize>().ok(), got.as_array())
                {
                    hold(value, &list[index], &inner);
                } else {
                    assert!(got.get(key).is_some(), "{inner} is not there: {got:#}");
                    hold(value, &got[key], &inner);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let inner = format!("{place} > {index}");
                assert!(got.get(index).is_some(), "{inner} is not there: {got:#}");
                hold(item, &got[index], &inner);
            }
        }
        Value::String(word) if word == "~null" => assert!(got.is_null(), "{place}: {got:#}"),
        _ => assert_eq!(expected, got, "{place}"),
    }
}
