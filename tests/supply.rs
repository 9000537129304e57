//! Where the parts come from: every crate is one of crates.io, as locked, under a licence that goes with the program's
//! own. What `cargo deny` checks where it is installed (`.ci/deny.toml`), from what cargo itself tells.

use std::{fs, process::Command};

use serde_json::Value;

use crate::support::root;

/// The licences of `.ci/deny.toml`: the one list of them.
fn allowed() -> Vec<String> {
    let text = fs::read_to_string(root().join(".ci/deny.toml")).expect("readable");
    let list: toml::Table = text.parse().expect("TOML");
    let allowed = list["licenses"]["allow"].as_array().expect("a list");
    let names = allowed.iter().filter_map(toml::Value::as_str);
    names.map(str::to_owned).collect()
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

/// Whether an expression of SPDX can be met with these licences; `/` is the older way to write `OR`.
fn is_met(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ");
    let spaced = spaced.replace('/', " OR ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let met = either(&mut words, allowed);
    met && words.is_empty()
}

fn either(words: &mut Vec<&str>, allowed: &[String]) -> bool {
    let mut met = both(words, allowed);
    while words.pop_if(|word| *word == "OR").is_some() {
        met |= both(words, allowed);
    }
    met
}

fn both(words: &mut Vec<&str>, allowed: &[String]) -> bool {
    let mut met = single(words, allowed);
    while words.pop_if(|word| *word == "AND").is_some() {
        met &= single(words, allowed);
    }
    met
}

fn single(words: &mut Vec<&str>, allowed: &[String]) -> bool {
    match words.pop() {
        Some("(") => {
            let met = either(words, allowed);
            words.pop_if(|word| *word == ")").is_some() && met
        }
        Some(name) => {
            let mut licence = name.to_owned();
            if words.pop_if(|word| *word == "WITH").is_some() {
                licence = format!("{name} WITH {}", words.pop().unwrap_or_default());
            }
            allowed.contains(&licence)
        }
        None => false,
    }
}

#[test]
fn every_crate_has_a_licence_that_is_allowed() {
    let allowed = allowed();
    let refused: Vec<String> = packages()
        .iter()
        .map(|p| {
            (
                p["name"].as_str(),
                p["license"].as_str().unwrap_or_default(),
            )
        })
        .filter(|(_, licence)| !is_met(licence, &allowed))
        .map(|(name, licence)| format!("{}: `{licence}`", name.unwrap_or_default()))
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn every_crate_is_of_the_registry() {
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    for package in packages() {
        let own = package["name"] == "memcon";
        let source = package["source"].as_str();
        assert!(
            own || source == Some(registry),
            "{} is of {source:?}",
            package["id"]
        );
    }
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("readable");
    let lock: toml::Table = lock.parse().expect("TOML");
    for package in lock["package"].as_array().expect("packages") {
        let own = package["name"].as_str() == Some("memcon");
        let summed = package.get("checksum").is_some();
        assert!(own || summed, "{} has no checksum", package["name"]);
    }
}

#[test]
fn licences_are_read_as_written() {
    let allowed: Vec<String> = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]
        .map(str::to_owned)
        .into();
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR GPL-3.0) AND ISC", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("(MIT", false),
        ("", false),
    ] {
        assert_eq!(is_met(expression, &allowed), expected, "{expression}");
    }
}
