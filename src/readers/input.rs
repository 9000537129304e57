//! A file's content as text: gzip is read through, encodings are recognised, sizes are bounded.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::OnceLock,
};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use flate2::read::MultiGzDecoder;
use thiserror::Error;

/// The largest content that is read, unpacked, in bytes.
pub const MAX_BYTES: u64 = 128 << 20;

/// The longest line of a plain text, in bytes: longer ones are no text that people wrote.
const MAX_LINE: usize = 16 << 20;

/// A file's content.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// The file's name without folders and `.gz`.
    pub name: String,
    /// The content.
    pub text: String,
    /// Set where bytes did not fit the encoding and stand as U+FFFD, or where it had to be guessed.
    pub doubt: Option<String>,
    /// Where lines begin; reckoned on first use.
    lines: OnceLock<Vec<usize>>,
}

/// Why a file gives no text.
#[derive(Debug, Error)]
pub enum InputError {
    /// The system refuses.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// Too much in it.
    #[error("holds more than {} MB", .0 >> 20)]
    TooLarge(u64),
    /// No text.
    #[error("is binary, not text (a zero byte at offset {0})")]
    Binary(usize),
    /// A line that no reader should have to hold.
    #[error("has a line of {} MB (line {line})", bytes >> 20)]
    LongLine {
        /// Counted from 1.
        line: usize,
        /// Its length.
        bytes: usize,
    },
}

impl Input {
    /// Reads a file.
    ///
    /// # Errors
    /// [`InputError`], which completes a sentence that begins with the file's name.
    pub fn open(path: &Path) -> Result<Self, InputError> {
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        Self::read(&name, File::open(path)?)
    }

    /// Reads a stream, through gzip where it is packed.
    ///
    /// # Errors
    /// As [`Input::open`].
    pub fn read(name: &str, stream: impl Read) -> Result<Self, InputError> {
        let bytes = bounded(stream)?;
        let packed = bytes.starts_with(&[0x1f, 0x8b]);
        let bytes = if packed {
            bounded(MultiGzDecoder::new(&bytes[..]))?
        } else {
            bytes
        };
        if bytes.is_empty() {
            return Err(InputError::Empty);
        }
        let (text, doubt) = decode(&bytes)?;
        check_lines(&text)?;
        Ok(Self {
            name: name.trim_end_matches(".gz").to_owned(),
            text,
            doubt,
            lines: OnceLock::new(),
        })
    }

    /// The file's name without its ending.
    pub fn stem(&self) -> &str {
        self.name
            .rsplit_once('.')
            .map_or(self.name.as_str(), |(stem, _)| stem)
    }

    /// `line:column` of a byte offset, both from 1.
    pub fn place(&self, offset: usize) -> String {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let starts = self.lines.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0).chain(ends.map(|at| at + 1)).collect()
        });
        let line = starts.partition_point(|start| *start <= offset);
        // On lines that no person reads, bytes are counted.
        let before = &self.text[starts[line - 1]..offset];
        let column = if before.len() > 1000 {
            before.len()
        } else {
            before.chars().count()
        } + 1;
        format!("{line}:{column}")
    }
}

fn bounded(stream: impl Read) -> Result<Vec<u8>, InputError> {
    let mut bytes = Vec::new();
    stream.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        Err(InputError::TooLarge(MAX_BYTES))
    } else {
        Ok(bytes)
    }
}

/// By byte order mark, then by the XML declaration, then UTF-8, then the encoding of old Windows files.
fn decode(bytes: &[u8]) -> Result<(String, Option<String>), InputError> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => {
            if let Some(at) = bytes.iter().position(|b| *b == 0) {
                return Err(InputError::Binary(at));
            }
            declared(bytes).unwrap_or(UTF_8)
        }
    };
    let (text, used, broken) = encoding.decode(bytes);
    if !broken {
        return Ok((text.into_owned(), None));
    }
    if encoding == UTF_8 && declared(bytes).is_none() {
        let (text, _, _) = WINDOWS_1252.decode(bytes);
        return Ok((
            text.into_owned(),
            Some("is not UTF-8; read as windows-1252".into()),
        ));
    }
    Ok((
        text.into_owned(),
        Some(format!("has bytes that are not {}", used.name())),
    ))
}

fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(200)];
    let head = String::from_utf8_lossy(head);
    let declaration = head
        .trim_start()
        .strip_prefix("<?xml")?
        .split("?>")
        .next()?
        .to_owned();
    let value = declaration
        .split("encoding")
        .nth(1)?
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let quote = value.chars().next().filter(|c| ['"', '\''].contains(c))?;
    Encoding::for_label(value[1..].split(quote).next()?.as_bytes())
}

fn check_lines(text: &str) -> Result<(), InputError> {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    for (index, end) in ends.enumerate() {
        if end - start > MAX_LINE {
            return Err(InputError::LongLine {
                line: index + 1,
                bytes: end - start,
            });
        }
        start = end + 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn fail(bytes: &[u8]) -> String {
        Input::read("x", bytes).unwrap_err().to_string()
    }

    #[test]
    fn gzip_is_read_through() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all("Laos".as_bytes()).unwrap();
        let input = Input::read("a.txt.gz", &packed.finish().unwrap()[..]).unwrap();
        assert_eq!(
            (input.name.as_str(), input.text.as_str()),
            ("a.txt", "Laos")
        );
    }

    #[test]
    fn encodings_are_recognised() {
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><p>L\xe9opoldville</p>";
        assert!(
            Input::read("a.xml", &latin[..])
                .unwrap()
                .text
                .contains("Léopoldville")
        );
        let guessed = Input::read("a.txt", &b"L\xe9opoldville"[..]).unwrap();
        assert_eq!(guessed.text, "Léopoldville");
        assert!(guessed.doubt.is_some());
        let utf16: Vec<u8> = "\u{feff}Laos"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(Input::read("a.txt", &utf16[..]).unwrap().text, "Laos");
    }

    #[test]
    fn what_is_no_text_is_named() {
        insta::assert_snapshot!(fail(b""), @"is empty");
        insta::assert_snapshot!(fail(b"PK\x03\x04\0\0"), @"is binary, not text (a zero byte at offset 4)");
        insta::assert_snapshot!(fail(&vec![b'x'; 17 << 20]), @"has a line of 17 MB (line 1)");
    }

    #[test]
    fn places_count_from_one() {
        let input = Input {
            text: "ab\ncé d".into(),
            ..Input::default()
        };
        assert_eq!(input.place(0), "1:1");
        assert_eq!(input.place(6), "2:3");
    }
}
