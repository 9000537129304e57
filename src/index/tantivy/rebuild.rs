//! A new generation from the records that are stored in the current one, of whatever schema that is.

use std::path::Path;

use tantivy::{DocAddress, Index};

use super::{
    TantivyEngine, broken,
    directory::Shelf,
    fields::{self, Fields},
    folder::Folder,
    opened::{Core, Opened},
    stored::Stored,
    writer::TantivyWriter,
};
use crate::{
    index::{IndexError, Writer},
    schema::schema,
};

/// Rebuilds, beside the current generation, then takes its place in one step. Nobody else writes meanwhile;
/// whoever reads goes on reading the old one.
pub fn rebuild(data: &Path) -> Result<usize, IndexError> {
    let folder = Folder::new(data);
    if folder.current()?.is_none() {
        folder.check_own()?;
        return Err(IndexError::Missing(folder.name()));
    }
    let lock = folder.lock()?;
    folder.sweep(&lock);
    let current = folder.current()?;
    let current = current.ok_or_else(|| IndexError::Missing(folder.name()))?;
    let old = Index::open(Shelf::folder(&current)?).map_err(broken)?;
    let fresh = folder.next(&lock)?;
    let fingerprint = schema().fingerprint();
    let made = Opened::make(Shelf::folder(&fresh)?, &fingerprint)?;
    let new = TantivyEngine::of(Core::over(made, None, fingerprint));
    let count = copy(&old, &new)?;
    drop(new);
    folder.appoint(&fresh, &lock)?;
    Ok(count)
}

/// Records, volumes and people of an index of any schema, put into a new one.
fn copy(old: &Index, new: &TantivyEngine) -> Result<usize, IndexError> {
    let fields = stored_fields(old)?;
    let searcher = old.reader().map_err(broken)?.searcher();
    let writer = TantivyWriter::open(&new.core)?;
    let mut count = 0;
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        for doc in reader.doc_ids_alive() {
            let stored = Stored::open(&searcher, &fields, DocAddress::new(segment as u32, doc))?;
            if stored.is_record() {
                writer.put(stored.record()?)?;
                count += 1;
            } else if stored.is_volume() {
                writer.put_volume(stored.volume()?)?;
            } else if stored.is_person() {
                writer.put_person(stored.person()?)?;
            }
        }
    }
    Box::new(writer).finish()?;
    Ok(count)
}

/// The engine's own stored fields have the same names under every schema.
fn stored_fields(index: &Index) -> Result<Fields, IndexError> {
    let (_, mut fields) = fields::build(schema());
    let found = |name: &str| index.schema().get_field(name).map_err(broken);
    fields.id = found("_id")?;
    fields.card = found("_card")?;
    fields.table = found("_table")?;
    fields.passages = found("_passages")?;
    fields.whole = found("_whole")?;
    fields.provenance = found("_provenance")?;
    // Indexes made before there were people have none: no stored field has the number then.
    fields.person = found("_person").unwrap_or(fields.person);
    Ok(fields)
}
