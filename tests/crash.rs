//! The process is killed, again and again, while it takes in, merges, rebuilds, backs up and is written to; the disk
//! is full; the clock jumps. Whatever was told to be kept is there afterwards, whole.
//!
//! `MEMCON_KILLS` says how often (default 15). Real volumes are taken where they are at hand.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use memcon::{
    index::{Engine, Location, open},
    record::Record,
};

use crate::support::{corpus, root, token};

/// Small volumes of the corpus.
const VOLUMES: &[&str] = &[
    "frus1894Nicaragua.xml",
    "frus1872p2v5.xml",
    "frus1861.xml",
    "frus1873p2v3.xml",
];

fn kills() -> usize {
    let kills = std::env::var("MEMCON_KILLS").ok();
    kills.and_then(|n| n.parse().ok()).unwrap_or(15)
}

/// Moments that are the same in every run.
struct Moments(u64);

impl Moments {
    fn next(&mut self, within: Duration) -> Duration {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        within.mul_f64((self.0 >> 33) as f64 / f64::from(1u32 << 31) * 1.1)
    }
}

/// What is taken in, and what comes of it when nothing goes wrong.
struct Expected {
    sources: Vec<PathBuf>,
    /// The records of each source, by the name in its report.
    records: BTreeMap<String, Vec<Record>>,
}

fn expected(scratch: &Path) -> Expected {
    let real = corpus().map(|folder| folder.join("tei"));
    let real = real.filter(|folder| folder.join(VOLUMES[0]).is_file());
    let sources: Vec<PathBuf> = match real {
        Some(folder) => VOLUMES.iter().map(|name| folder.join(name)).collect(),
        None => [
            "older-despatch.xml",
            "participants-marked.xml",
            "numbered-volume.txt",
        ]
        .iter()
        .map(|name| root().join("tests/specimens").join(name))
        .collect(),
    };
    let mut records = BTreeMap::new();
    for (number, source) in sources.iter().enumerate() {
        let data = scratch.join(format!("reference-{number}"));
        let done = memcon(&data, &["ingest"])
            .arg(source)
            .output()
            .expect("run");
        assert!(done.status.success());
        let engine = open(Location::Existing(&data)).expect("there");
        records.insert(source.display().to_string(), everything(engine.as_ref()));
    }
    Expected { sources, records }
}

fn everything(engine: &dyn Engine) -> Vec<Record> {
    let volumes = engine.volumes().expect("readable");
    let cards = volumes
        .iter()
        .flat_map(|v| engine.records_of(&v.id).expect("readable"));
    cards
        .map(|card| engine.record(&card.id).expect("readable").expect("there"))
        .collect()
}

fn memcon(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_memcon"));
    command
        .arg("--data")
        .arg(data)
        .args(arguments)
        .env("MEMCON_LOG", "warn")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs until it ends or is killed; what it said was kept, and whether it ended.
fn run(command: &mut Command, moment: Option<Duration>) -> (Vec<String>, bool) {
    let mut child = command.spawn().expect("started");
    let lines = child.stderr.take().expect("piped");
    let reading = thread::spawn(move || {
        let lines = BufReader::new(lines).lines().map_while(Result::ok);
        lines.collect::<Vec<String>>()
    });
    let ended = match moment {
        Some(moment) => ends_within(&mut child, moment),
        None => child.wait().expect("waited").success(),
    };
    (reading.join().expect("read"), ended)
}

fn ends_within(child: &mut Child, moment: Duration) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < moment {
        if let Some(status) = child.try_wait().expect("waited") {
            return status.success();
        }
        thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("killed");
    child.wait().expect("waited");
    false
}

/// Everything in a folder is whole, and these sources are in it to the last record.
fn holds(data: &Path, kept: &BTreeSet<String>, expected: &Expected, place: &str) {
    let engine = match open(Location::Existing(data)) {
        Ok(engine) => engine,
        Err(error) => return assert!(kept.is_empty(), "{place}: {error}"),
    };
    assert_eq!(engine.check().expect("readable"), [""; 0], "{place}");
    for record in kept.iter().flat_map(|source| &expected.records[source]) {
        let found = engine.record(&record.id).expect("readable");
        assert_eq!(found.as_ref(), Some(record), "{place}: {}", record.id);
    }
}

fn ingest(data: &Path, sources: &[PathBuf]) -> Command {
    let mut command = memcon(data, &["ingest", "--commit-every", "1"]);
    command.args(sources);
    command
}

fn timed(command: &mut Command) -> Duration {
    let begun = Instant::now();
    let (said, ended) = run(command, None);
    assert!(ended, "{said:?}");
    begun.elapsed()
}

/// Sources that an ingest said were kept.
fn told(said: &[String], expected: &Expected) -> Vec<String> {
    let files = said.iter().filter_map(|line| line.rsplit_once(": "));
    files
        .map(|(file, _)| file.to_owned())
        .filter(|file| expected.records.contains_key(file))
        .collect()
}

#[test]
fn nothing_is_lost_whenever_it_is_killed() {
    let scratch = tempfile::tempdir().expect("a folder");
    let expected = expected(scratch.path());
    let all: BTreeSet<String> = expected.records.keys().cloned().collect();
    let whole = scratch.path().join("whole");
    let taking = timed(&mut ingest(&whole, &expected.sources));
    let rebuilding = timed(&mut memcon(&whole, &["reindex"]));
    let store = scratch.path().join("store");
    let backing_up = |store: &Path| {
        let mut command = memcon(&whole, &["backup"]);
        command.arg(store);
        command
    };
    let backup = timed(&mut backing_up(&store));
    let mut moments = Moments(7);
    let data = scratch.path().join("data");
    let mut kept = BTreeSet::new();
    let (mut killed, mut done) = ([0; 3], 0);
    while killed.iter().sum::<usize>() < kills() {
        let turn = (done % 5) / 2;
        let place = format!("run {done}");
        done += 1;
        match turn {
            // Two of five: taking in, on what the one before left.
            0 => {
                let moment = moments.next(taking);
                let (said, ended) = run(&mut ingest(&data, &expected.sources), Some(moment));
                kept.extend(told(&said, &expected));
                holds(&data, &kept, &expected, &place);
                if ended {
                    holds(&data, &all, &expected, &place);
                    fs::remove_dir_all(&data).expect("removed");
                    kept.clear();
                } else {
                    killed[0] += 1;
                }
            }
            1 => {
                let moment = moments.next(rebuilding);
                let (_, ended) = run(&mut memcon(&whole, &["reindex"]), Some(moment));
                killed[1] += usize::from(!ended);
                holds(&whole, &all, &expected, &place);
            }
            _ => {
                fs::remove_dir_all(&store).ok();
                let moment = moments.next(backup);
                let (_, ended) = run(&mut backing_up(&store), Some(moment));
                killed[2] += usize::from(!ended);
                // Nothing or all of it is there; the next one makes it whole.
                let again = backing_up(&store).output().expect("run");
                assert!(again.status.success(), "{place}");
                let restored = scratch.path().join("restored");
                let mut restore = memcon(&restored, &["restore"]);
                assert!(restore.arg(&store).output().expect("run").status.success());
                holds(&restored, &all, &expected, &place);
                fs::remove_dir_all(&restored).expect("removed");
                holds(&whole, &all, &expected, &place);
            }
        }
    }
    println!("killed while taking in, rebuilding, backing up: {killed:?}, in {done} runs");
    // Whatever the last one left, the next ingest ends it without being told how.
    let (said, ended) = run(&mut ingest(&data, &expected.sources), None);
    assert!(ended, "{said:?}");
    holds(&data, &all, &expected, "the end");
}

#[test]
fn what_a_server_answered_is_kept_when_it_is_killed() {
    let scratch = tempfile::tempdir().expect("a folder");
    let data = scratch.path().join("data");
    let settings = scratch.path().join("memcon.toml");
    let writer = token("w", &[], &["*"]);
    let text = format!(
        "[[tokens]]\nname = \"w\"\nsha256 = \"{}\"\nwrites = [\"*\"]\n[limits]\nrate_per_second = 0\n",
        writer.sha256
    );
    fs::write(&settings, text).expect("written");
    let mut moments = Moments(11);
    let mut kept: Vec<usize> = Vec::new();
    let mut next = 0;
    for round in 0..kills().div_ceil(5) {
        let mut command = memcon(&data, &["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command
            .arg("--config")
            .arg(&settings)
            .spawn()
            .expect("started");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            line.split("http://")
                .nth(1)?
                .split(' ')
                .next()
                .map(str::to_owned)
        });
        let address: SocketAddr = address.expect("listens").parse().expect("an address");
        thread::spawn(move || lines.for_each(drop));
        let moment = moments.next(Duration::from_secs(2));
        let begun = Instant::now();
        let killing = thread::spawn(move || {
            thread::sleep(moment.saturating_sub(begun.elapsed()));
            child.kill().expect("killed");
            child.wait().expect("waited");
        });
        while put(address, next) {
            kept.push(next);
            next += 1;
        }
        next += 1;
        killing.join().expect("killed");
        let Ok(engine) = open(Location::Existing(&data)) else {
            assert!(kept.is_empty(), "round {round}");
            continue;
        };
        assert_eq!(engine.check().expect("readable"), [""; 0], "round {round}");
        for number in &kept {
            let id = memcon::record::RecordId::new("vault", &format!("a-{number}"));
            let found = engine.record(&id.expect("an id")).expect("readable");
            let found =
                found.unwrap_or_else(|| panic!("round {round}: {number} was answered and lost"));
            assert_eq!(found.passages[0].text, format!("herring {number}"));
        }
    }
    println!("{} records answered and kept", kept.len());
    assert!(!kept.is_empty());
}

/// Hands a record in; whether it was answered that it is kept.
fn put(address: SocketAddr, number: usize) -> bool {
    let body = format!("{{\"text\": \"herring {number}\"}}");
    let request = format!(
        "PUT /v1/records/vault/a-{number} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer w\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = TcpStream::connect(address).and_then(|mut stream| {
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    });
    answer.is_ok_and(|answer| answer.starts_with("HTTP/1.1 201 "))
}

#[test]
fn a_full_disk_ends_an_ingest_and_nothing_else() {
    let scratch = tempfile::tempdir().expect("a folder");
    let expected = expected(scratch.path());
    let size: u64 = expected
        .sources
        .iter()
        .map(|s| s.metadata().expect("there").len())
        .sum();
    let disk = scratch.path().join("disk");
    fs::create_dir(&disk).expect("made");
    // About a half of what it needs.
    let room = format!("size={}k", (size / 3 / 1024).max(300));
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", &room, "tmpfs"])
        .arg(&disk)
        .stderr(Stdio::null())
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("no disk can be mounted here");
        return;
    }
    let unmount = Unmount(disk.clone());
    let (said, ended) = run(&mut ingest(&disk, &expected.sources), None);
    assert!(!ended, "the disk is too small for this test: {said:?}");
    assert!(said.iter().any(|line| line.contains("hint:")), "{said:?}");
    let kept: BTreeSet<String> = told(&said, &expected).into_iter().collect();
    holds(&disk, &kept, &expected, "on a full disk");
    let more = Command::new("mount")
        .args(["-o", "remount,size=1g"])
        .arg(&disk)
        .status();
    assert!(more.is_ok_and(|status| status.success()));
    let (said, ended) = run(&mut ingest(&disk, &expected.sources), None);
    assert!(ended, "{said:?}");
    let all: BTreeSet<String> = expected.records.keys().cloned().collect();
    holds(&disk, &all, &expected, "with room again");
    // And where nothing can be written, everything can be read.
    let locked = Command::new("mount")
        .args(["-o", "remount,ro"])
        .arg(&disk)
        .status();
    assert!(locked.is_ok_and(|status| status.success()));
    holds(&disk, &all, &expected, "read-only");
    let stats = memcon(&disk, &["stats"]).output().expect("run");
    assert!(stats.status.success());
    let (said, ended) = run(&mut ingest(&disk, &expected.sources), None);
    assert!(
        !ended && said.iter().any(|line| line.contains("hint:")),
        "{said:?}"
    );
    drop(unmount);
}

/// Lets the disk go with the test.
struct Unmount(PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

#[test]
fn clocks_may_jump() {
    let scratch = tempfile::tempdir().expect("a folder");
    let (data, store) = (scratch.path().join("data"), scratch.path().join("store"));
    let source = |name: &str| root().join("tests/specimens").join(name);
    let at = |years: i32, arguments: &[&str], last: &Path| {
        let library = faketime()?;
        let mut command = memcon(&data, arguments);
        command
            .arg(last)
            .env("LD_PRELOAD", library)
            .env("FAKETIME", format!("{years:+}y"));
        Some(command.output().expect("run"))
    };
    for (years, arguments, last) in [
        (10, &["ingest"][..], source("older-despatch.xml")),
        (-20, &["ingest"][..], source("participants-marked.xml")),
        (5, &["backup"][..], store.clone()),
        (-5, &["ingest"][..], source("numbered-volume.txt")),
        (-15, &["backup"][..], store.clone()),
    ] {
        let Some(output) = at(years, arguments, &last) else {
            println!("no faketime here");
            return;
        };
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let engine = open(Location::Existing(&data)).expect("there");
    assert_eq!(engine.check().expect("readable"), [""; 0]);
    // The last backup by number is restored, though its clock was behind.
    let restored = scratch.path().join("restored");
    let output = memcon(&restored, &["restore"])
        .arg(&store)
        .output()
        .expect("run");
    assert!(output.status.success());
    let again = open(Location::Existing(&restored)).expect("there");
    assert_eq!(everything(again.as_ref()), everything(engine.as_ref()));
}

/// A library that makes a process see another time, where it is installed.
fn faketime() -> Option<PathBuf> {
    let libraries = fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok);
    libraries
        .map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.is_file())
}
