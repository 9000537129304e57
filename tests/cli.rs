//! The program as a process: verbs, exit codes, bad input named with its place.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::support::root;

fn memcon(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_memcon"))
        .arg("--data")
        .arg(data)
        .args(arguments)
        .env_remove("MEMCON_DATA")
        .output()
        .expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn out(output: &Output) -> String {
    text(&output.stdout)
}

#[test]
fn every_bad_file_is_named_and_the_rest_is_taken_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let (files, data) = (folder.path().join("files"), folder.path().join("data"));
    fs::create_dir(&files).expect("writable");
    let write = |name: &str, bytes: &[u8]| fs::write(files.join(name), bytes).expect("writable");
    let good = fs::read(root().join("tests/specimens/older-despatch.xml")).expect("readable");
    write("good.xml", &good);
    write("empty.xml", b"");
    write("binary.txt", b"PK\x03\x04\0\0\0");
    write("prose.txt", b"Only some words.");
    write("long.txt", &vec![b'x'; 20 << 20]);
    write(
        "deep.xml",
        format!("<TEI>{}", "<a>".repeat(100_000)).as_bytes(),
    );
    write("bad.xml.gz", b"\x1f\x8b\x08rubbish");
    write("cut.xml", &good[..good.len() - 200]);
    write("notes.pdf", b"of another kind");
    let output = memcon(
        &data,
        &["ingest", files.to_str().expect("UTF-8"), "missing.xml"],
    );
    assert_eq!(output.status.code(), Some(1));
    let report = out(&output).replace(&format!("{}/", files.display()), "");
    let failures: Vec<&str> = report
        .lines()
        .skip_while(|l| *l != "Failures:")
        .skip(1)
        .take_while(|l| !l.is_empty())
        .collect();
    let failures: Vec<&str> = failures.iter().map(|l| l.trim()).collect();
    insta::assert_snapshot!(failures.join("\n"), @r"
    bad.xml.gz: cannot be read: invalid gzip header
    binary.txt: is binary, not text (a zero byte at offset 4)
    cut.xml:1:1: is not well-formed XML: the root node was opened but never closed
    cut.xml:4:1: d4 does not end before another begins
    deep.xml:1:1: elements are nested 100001 deep; 120 are read
    empty.xml: is empty
    long.txt: has a line of 20 MB (line 1)
    prose.txt:1:1: is in no format that memcon reads
    missing.xml: cannot be read: No such file or directory (os error 2)
    ");
    for line in ["records", "new", "failures", "files of other kinds"] {
        assert!(report.contains(line), "{report}");
    }
    let stats = out(&memcon(&data, &["stats"]));
    assert!(stats.contains("1 records of 1 volumes"), "{stats}");
    assert!(memcon(&data, &["check"]).status.success());
}

#[test]
fn ingesting_again_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = root().join("tests/specimens/older-despatch.xml");
    let file = file.to_str().expect("UTF-8");
    assert!(memcon(folder.path(), &["ingest", file]).status.success());
    let again = memcon(folder.path(), &["ingest", file]);
    assert!(again.status.success());
    let line = out(&again)
        .lines()
        .find(|l| l.contains("unchanged"))
        .unwrap_or_default()
        .split_whitespace()
        .last()
        .map(str::to_owned);
    assert_eq!(line.as_deref(), Some("1"));
}

#[test]
fn a_search_shows_place_and_words_also_as_json() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = memcon(
        folder.path(),
        &["search", "oyster beds", "--kind", "telegram"],
    );
    let shown = out(&output);
    assert!(
        shown.contains("2. Telegram From the Legation in Kestria") && shown.contains("p. 2"),
        "{shown}"
    );
    assert!(
        shown.contains("From the specimens that come with the program"),
        "{shown}"
    );
    let json = out(&memcon(
        folder.path(),
        &[
            "search",
            "elections",
            "--json",
            "--limit",
            "1",
            "--place",
            "-Washington",
        ],
    ));
    let body: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(body["hits"][0]["id"], "specimens1962v01/d2");
}

#[test]
fn mistakes_get_a_fact_and_a_hint() {
    let folder = tempfile::tempdir().expect("a folder");
    let fail = |arguments: &[&str]| {
        let output = memcon(folder.path(), arguments);
        assert!(!output.status.success(), "{arguments:?}");
        text(&output.stderr).replace(&folder.path().display().to_string(), "DIR")
    };
    insta::assert_snapshot!(fail(&["search", "laos AND"]), @r"
    error: `AND` has nothing behind it

        laos AND
             ^

    hint: write a word behind it, or `and` in small letters for the word
    ");
    insta::assert_snapshot!(fail(&["show", "specimens1962v01/d77"]), @r"
    error: there is no record `specimens1962v01/d77`

    hint: `specimens1962v01` holds 8 records; near ones are specimens1962v01/d8, specimens1962v01/d7, specimens1962v01/d6
    ");
    insta::assert_snapshot!(fail(&["stats"]), @r"
    error: there is no index in `DIR`

    hint: `memcon ingest PATH` makes one
    ");
    fs::write(folder.path().join("thesis.doc"), "x").expect("writable");
    insta::assert_snapshot!(fail(&["serve"]), @r"
    error: `DIR` is no memcon data folder: it holds other files

    hint: name another folder with --data DIR
    ");
}

#[test]
fn a_port_in_use_is_said_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = memcon(folder.path(), &["serve", "--listen", &address]);
    assert!(!output.status.success());
    let said = text(&output.stderr).replace(&address, "ADDRESS");
    assert!(
        said.contains("error: ADDRESS is in use\n\nhint: stop the other program"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn a_server_that_is_told_to_stop_ends_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Command::new(env!("CARGO_BIN_EXE_memcon"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .env("MEMCON_LIMITS_DRAIN_SECONDS", "0")
        .env("MEMCON_TELEMETRY_LOG_FORMAT", "json")
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let said = BufReader::new(server.stderr.take().expect("piped"));
    let mut lines = said.lines().map(|line| line.expect("UTF-8"));
    assert!(lines.any(|line| line.contains("memcon answers on http://127.0.0.1:")));
    let told = Command::new("kill").arg(server.id().to_string()).status();
    assert!(told.expect("kill runs").success());
    assert!(server.wait().expect("it ends").success());
    let rest: Vec<String> = lines.collect();
    assert!(
        rest.iter()
            .any(|line| line.starts_with('{') && line.contains("stopping")),
        "{rest:?}"
    );
}

#[test]
fn spans_are_refused_by_a_program_that_cannot_send_them() {
    let output = Command::new(env!("CARGO_BIN_EXE_memcon"))
        .arg("schema")
        .env(
            "MEMCON_TELEMETRY_OTEL_ENDPOINT",
            "http://127.0.0.1:1/v1/traces",
        )
        .output()
        .expect("the program runs");
    assert_eq!(output.status.success(), cfg!(feature = "otel"));
    let hinted = text(&output.stderr).contains("hint: leave `telemetry.otel_endpoint` out");
    assert_eq!(hinted, !cfg!(feature = "otel"));
}

#[test]
fn an_index_of_another_schema_is_refused_with_the_way_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = root().join("tests/specimens/older-despatch.xml");
    assert!(
        memcon(folder.path(), &["ingest", file.to_str().expect("UTF-8")])
            .status
            .success()
    );
    let meta = folder.path().join("gen-1/meta.json");
    let changed = fs::read_to_string(&meta)
        .expect("readable")
        .replace("schema\\\":\\\"", "schema\\\":\\\"0");
    fs::write(&meta, changed).expect("writable");
    let output = memcon(folder.path(), &["stats"]);
    assert!(
        text(&output.stderr).contains("hint: `memcon reindex` rebuilds it"),
        "{}",
        text(&output.stderr)
    );
    assert!(memcon(folder.path(), &["reindex"]).status.success());
    assert!(memcon(folder.path(), &["stats"]).status.success());
}

#[test]
fn schema_and_completions_are_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(out(&memcon(folder.path(), &["schema"])).contains("| `classification` "));
    assert!(out(&memcon(folder.path(), &["completions", "bash"])).contains("_memcon"));
}
