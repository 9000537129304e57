//! TEI: whatever stands in a file, reading and normalising end without a panic, and give no more than a small
//! multiple of what was read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use memcon::{
    normalise::{Context, normalise},
    readers::{Input, Item, READERS},
    record::Provenance,
};

/// Characters of a record's text for a byte of the file, beside what any file may have.
const MOST: usize = 16;

fuzz_target!(|bytes: &[u8]| {
    let Ok(input) = Input::read("frus1961-63v05.xml", bytes) else {
        return;
    };
    let mut context = Context::shipped();
    let mut given = 0;
    let reader = READERS.iter().find(|reader| reader.name() == "tei");
    reader
        .expect("the format is read")
        .read(&input, &mut |item| match item {
            Item::Volume(volume) => context.take_up(&volume),
            Item::Draft(draft) => {
                if let Ok(record) = normalise(*draft, Provenance::default(), &context) {
                    given += record.passages.iter().map(|p| p.text.len()).sum::<usize>();
                }
            }
            Item::Fault(fault) => given += fault.message.len(),
        });
    assert!(
        given <= MOST * input.text.len() + 4096,
        "{given} bytes made of {}",
        input.text.len()
    );
});
