//! Damaged files: whatever stands in one, no reader panics, goes on for ever, or gives much more than it was given.
//!
//! Every input is made from a specimen, or from a piece of a real volume where one is at hand, by a seed that a
//! failure names. `MEMCON_MUTATIONS=10000 cargo test mutated` tries so many for each format; fewer are tried
//! where nothing is set.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{Read, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
};

use memcon::{
    normalise::{Context, normalise},
    readers::{Input, Item, READERS, Reader, reader_for},
    record::Provenance,
};

use crate::support::{corpus, root};

/// Inputs for each format where nothing else is asked for.
const TRIED: u64 = 400;

/// The longest piece of a file that is damaged, in bytes.
const PIECE: usize = 24 << 10;

/// The most that may come of a byte: text is kept in blocks, in passages, in notes and in remarks.
const MOST: usize = 16;

/// What any file may give beside that, in bytes.
const ANYWAY: usize = 64 << 10;

/// Mark-up and print that readers look for.
const SPLICES: &[&str] = &[
    "<div type=\"document\" xml:id=\"d3\">",
    "</div>",
    "<pb n=\"677\"/>",
    "<note n=\"1\" xml:id=\"d1fn1\">",
    "</note>",
    "<note rend=\"inline\">",
    "<list type=\"participants\"><item>",
    "</item></list>",
    "<dateline><date when=\"1962-02-30\">",
    "<date from=\"9999-12-31\" to=\"0000-00-00\"/>",
    "<persName type=\"from\" corresp=\"#p_X1\">",
    "<table><row><cell>",
    "<ref target=\"#d1\">",
    "<head>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
    "<!DOCTYPE x [<!ENTITY a \"&a;&a;\">]>",
    "&a;",
    "&#x110000;",
    "<TEI>",
    "</TEI>",
    "\n323. TelegramSource\n",
    "\n4294967294. Editorial Note\n",
    "\n4294967295. Editorial Note\n",
    "[Page 0]",
    "18446744073709551615",
    "\n* * *\n",
    "\n* Source: Department of State, Central Files, 611.61/1-1862. Top Secret.\n",
    "\n- Source: Files. Secret. Drafted by Quill.↩\n",
    "[Page 677]",
    "[1 line of source text not declassified]",
    "[Here follow 99999999999999999999 pages.]",
    "PARTICIPANTS\n",
    "\n1 See Document 2.\n",
    "January 31–February 30, 1962, 25:61 p.m.",
    "Washington, undated.",
    "\u{feff}",
    "\u{301}\u{301}\u{301}",
    "ʼ’“”–—…\u{a0}\u{2028}",
    "İıßﬁ",
    "(((((((((([[[[[[[[[[",
    "\0",
];

/// Numbers by a seed, the same on every machine (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`; 0 where there is nothing below it.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % (end.max(1) as u64)) as usize
    }

    fn stretch(&mut self, bytes: &[u8], longest: usize) -> (usize, usize) {
        let from = self.below(bytes.len() + 1);
        let length = self.below(longest.min(bytes.len() - from) + 1);
        (from, from + length)
    }

    fn one_of<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

/// One to five kinds of damage.
fn damage(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    for _ in 0..=dice.below(5) {
        match dice.below(8) {
            0 => {
                for _ in 0..=dice.below(16) {
                    let at = dice.below(bytes.len());
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << dice.below(8);
                    }
                }
            }
            1 => bytes.truncate(dice.below(bytes.len() + 1)),
            2 | 3 => {
                for _ in 0..=dice.below(6) {
                    let at = dice.below(bytes.len() + 1);
                    let splice = dice.one_of(SPLICES).bytes();
                    bytes.splice(at..at, splice);
                }
            }
            4 => {
                let (from, to) = dice.stretch(bytes, 2000);
                let chunk = bytes[from..to].repeat(1 + dice.below(4));
                let at = dice.below(bytes.len() + 1);
                bytes.splice(at..at, chunk);
            }
            5 => {
                let (from, to) = dice.stretch(bytes, 2000);
                bytes.drain(from..to);
            }
            6 => {
                let (from, to) = dice.stretch(other, 4000);
                let at = dice.below(bytes.len() + 1);
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            _ => {
                let (from, to) = dice.stretch(bytes, 12);
                let noise: Vec<u8> = (from..to).map(|_| dice.next() as u8).collect();
                bytes.splice(from..to, noise);
            }
        }
    }
}

/// What a reader makes of an input: items and bytes, never more than they may be.
fn read(reader: &dyn Reader, input: &Input) -> (usize, usize) {
    let most = MOST * input.text.len() + ANYWAY;
    let mut context = Context::shipped();
    let (mut items, mut given) = (0, 0);
    reader.read(input, &mut |item| {
        items += 1;
        given += match item {
            Item::Volume(volume) => {
                context.take_up(&volume);
                volume.contents.len()
            }
            Item::Draft(draft) => {
                let record = normalise(*draft, Provenance::default(), &context);
                record.map_or(0, |record| {
                    let passages = record.passages.iter().map(|p| p.text.len());
                    let remarks = record.remarks.iter().map(|r| r.message.len());
                    passages.chain(remarks).sum()
                })
            }
            Item::Fault(fault) => fault.message.len(),
        };
        assert!(items <= input.text.len() + 2, "{items} items");
        assert!(given <= most, "{given} bytes of {}", input.text.len());
    });
    (items, given)
}

/// The files of a format, and pieces of real ones: by the name of their reader.
fn sources() -> BTreeMap<&'static str, Vec<(String, Vec<u8>)>> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![root().join("tests/specimens"), root().join("src/specimens")];
    if let Some(corpus) = corpus() {
        folders.extend(["tei", "text", "memos"].map(|kind| corpus.join(kind)));
    }
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        let inside = fs::read_dir(folder).expect("readable");
        let mut inside: Vec<PathBuf> = inside.filter_map(Result::ok).map(|e| e.path()).collect();
        inside.sort();
        files.extend(inside.into_iter().filter(|p| p.is_file()).take(40));
    }
    let mut by_reader: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for file in files {
        let Ok(input) = Input::open(&file) else {
            continue;
        };
        if let Some(reader) = reader_for(&input) {
            let text = input.text.into_bytes();
            by_reader
                .entry(reader.name())
                .or_default()
                .push((input.name, text));
        }
    }
    by_reader
}

/// The beginning of a file, or from somewhere inside it.
fn piece(file: &[u8], dice: &mut Dice) -> Vec<u8> {
    let from = match file.len().checked_sub(PIECE) {
        Some(room) if dice.below(3) > 0 => dice.below(room),
        _ => 0,
    };
    // A piece of a volume is a volume's for its reader.
    let head = if from > 0 && file.starts_with(b"<") {
        &b"<TEI xmlns=\"http://www.tei-c.org/ns/1.0\"><text><body>"[..]
    } else {
        b""
    };
    let end = file.len().min(from + PIECE);
    [head, &file[from..end]].concat()
}

fn tried() -> u64 {
    let asked = env::var("MEMCON_MUTATIONS").ok();
    asked.map_or(TRIED, |n| n.parse().expect("MEMCON_MUTATIONS is a number"))
}

/// Tries a format with one damaged input after the other.
fn try_format(name: &str, attempt: impl Fn(&[(String, Vec<u8>)], &mut Dice) -> (usize, usize)) {
    let files = sources().remove(name).expect("files of the format");
    let (mut items, mut given) = (0, 0);
    for seed in 0..tried() {
        let mut dice = Dice(seed);
        let outcome = catch_unwind(AssertUnwindSafe(|| attempt(&files, &mut dice)));
        let Ok(outcome) = outcome else {
            panic!("{name}: the input of seed {seed} fails");
        };
        items += outcome.0;
        given += outcome.1;
    }
    println!("{name}: {} inputs, {items} items, {given} bytes", tried());
    assert!(items > 0, "no damaged file gives anything");
}

fn try_reader(name: &str) {
    let reader = READERS.iter().find(|reader| reader.name() == name);
    let reader = *reader.expect("a reader of that name");
    try_format(name, |files, dice| {
        let (file, bytes) = &files[dice.below(files.len())];
        let (_, other) = &files[dice.below(files.len())];
        let mut bytes = piece(bytes, dice);
        damage(&mut bytes, other, dice);
        match Input::read(file, &bytes[..]) {
            Ok(input) => {
                reader.recognises(&input);
                read(reader, &input)
            }
            Err(error) => (0, error.to_string().len()),
        }
    });
}

#[test]
fn damaged_tei_is_read_calmly() {
    try_reader("tei");
}

#[test]
fn damaged_volumes_of_text_are_read_calmly() {
    try_reader("volume-text");
}

#[test]
fn damaged_memos_are_read_calmly() {
    try_reader("memo-text");
}

#[test]
fn damaged_lines_of_json_are_read_calmly() {
    try_reader("json-lines");
}

#[test]
fn damaged_gzip_is_read_calmly() {
    try_format("tei", |files, dice| {
        let (file, bytes) = &files[dice.below(files.len())];
        let mut bytes = piece(bytes, dice);
        let inside = dice.below(2) == 0;
        if inside {
            damage(&mut bytes, file.as_bytes(), dice);
        }
        let level = flate2::Compression::new(dice.below(10) as u32);
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), level);
        packer.write_all(&bytes).expect("in memory");
        let mut packed = packer.finish().expect("in memory");
        if !inside {
            let other = packed.clone();
            damage(&mut packed, &other, dice);
        }
        // As from a slow pipe, in parts.
        let half = dice.below(packed.len() + 1);
        let stream = packed[..half].chain(&packed[half..]);
        match Input::read(&format!("{file}.gz"), stream) {
            Ok(input) => reader_for(&input).map_or((0, 0), |reader| read(reader, &input)),
            Err(error) => (0, error.to_string().len()),
        }
    });
}
