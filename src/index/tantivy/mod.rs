//! The embedded engine, and the only code that names tantivy.
//!
//! One document per record. `fields` derives the schema, `analyzer` makes terms, `document` and
//! `stored` put records in and take them out, `compile` translates queries, `collect` and `columns`
//! count, `places` finds passages, `writer` writes.

mod analyzer;
mod collect;
mod columns;
mod compile;
mod document;
mod fields;
mod places;
mod statistics;
mod stored;
mod writer;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use tantivy::{
    DocAddress, Index, IndexReader, IndexSettings, ReloadPolicy, Searcher, Term,
    collector::DocSetCollector,
    directory::MmapDirectory,
    query::{EnableScoring, TermQuery},
    schema::IndexRecordOption,
};

use self::{
    collect::{Collect, Collected},
    columns::{Column, Columns},
    compile::Compiler,
    document::VOLUME,
    fields::{Fields, span_columns, value_column},
    places::Locator,
    statistics::Statistics,
    stored::Stored,
    writer::TantivyWriter,
};
use super::{
    Card, Engine, Facet, Filter, Hit, Hits, IndexError, Location, Request, Stats, VolumeSummary,
    Writer,
};
use crate::{
    record::{Moment, Record, RecordId, Volume},
    schema::{FieldKind, schema},
};

/// An index and its reader.
pub struct TantivyEngine {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    fingerprint: String,
    folder: Option<PathBuf>,
    snapshot: Mutex<Option<Arc<Snapshot>>>,
}

/// One commit with its decoded columns.
struct Snapshot {
    searcher: Searcher,
    columns: Columns,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    schema: String,
}

fn payload(fingerprint: &str) -> String {
    serde_json::to_string(&Payload {
        schema: fingerprint.to_owned(),
    })
    .expect("a string is JSON")
}

fn broken(error: impl std::fmt::Display) -> IndexError {
    IndexError::Broken(error.to_string())
}

/// Opens or makes an index.
pub fn open(location: Location<'_>) -> Result<Box<dyn Engine>, IndexError> {
    let fingerprint = schema().fingerprint();
    let (tantivy_schema, fields) = fields::build(schema());
    let (index, folder) = match location {
        Location::Memory => (
            Index::builder()
                .schema(tantivy_schema)
                .settings(IndexSettings::default())
                .create_in_ram()
                .map_err(broken)?,
            None,
        ),
        Location::Existing(data) => {
            let folder = index_folder(data);
            if !is_index(&folder) {
                check_own(data)?;
                return Err(IndexError::Missing(data.display().to_string()));
            }
            (open_folder(&folder, &fingerprint)?, Some(folder))
        }
        Location::Folder(data) => {
            let folder = index_folder(data);
            if is_index(&folder) {
                (open_folder(&folder, &fingerprint)?, Some(folder))
            } else {
                check_own(data)?;
                (create(&folder, tantivy_schema, &fingerprint)?, Some(folder))
            }
        }
    };
    Ok(Box::new(TantivyEngine::over(
        index,
        fields,
        fingerprint,
        folder,
    )?))
}

/// Rebuilds into a folder beside the old one, then takes its place by renaming.
pub fn rebuild(data: &Path) -> Result<usize, IndexError> {
    let (old_folder, new_folder) = (index_folder(data), data.join("index.new"));
    if !is_index(&old_folder) {
        return Err(IndexError::Missing(data.display().to_string()));
    }
    let old = open_any(&old_folder)?;
    if new_folder.exists() {
        fs::remove_dir_all(&new_folder).map_err(broken)?;
    }
    let fingerprint = schema().fingerprint();
    let (tantivy_schema, fields) = fields::build(schema());
    let index = create(&new_folder, tantivy_schema, &fingerprint)?;
    let new = TantivyEngine::over(index, fields, fingerprint, Some(new_folder.clone()))?;
    let count = copy(&old, &new)?;
    drop(new);
    let retired = data.join("index.old");
    if retired.exists() {
        fs::remove_dir_all(&retired).map_err(broken)?;
    }
    fs::rename(&old_folder, &retired).map_err(broken)?;
    fs::rename(&new_folder, &old_folder).map_err(broken)?;
    fs::remove_dir_all(&retired).map_err(broken)?;
    Ok(count)
}

/// Records and volumes of an index of any schema, put into a new one.
fn copy(old: &Index, new: &TantivyEngine) -> Result<usize, IndexError> {
    let fields = stored_fields(old)?;
    let searcher = old.reader().map_err(broken)?.searcher();
    let mut writer = TantivyWriter::open(new)?;
    let mut count = 0;
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        for doc in reader.doc_ids_alive() {
            let stored = Stored::open(&searcher, DocAddress::new(segment as u32, doc))?;
            if let Ok(record) = stored.record(&fields) {
                writer.put(record)?;
                count += 1;
            } else {
                writer.put_volume(stored.volume(&fields)?)?;
            }
        }
    }
    writer.commit()?;
    Ok(count)
}

/// The engine's own stored fields have the same names under every schema.
fn stored_fields(index: &Index) -> Result<Fields, IndexError> {
    let (_, mut fields) = fields::build(schema());
    let found = |name: &str| index.schema().get_field(name).map_err(broken);
    fields.card = found("_card")?;
    fields.text = found("_text")?;
    fields.whole = found("_whole")?;
    Ok(fields)
}

fn index_folder(data: &Path) -> PathBuf {
    data.join("index")
}

fn is_index(folder: &Path) -> bool {
    folder.join("meta.json").is_file()
}

/// A folder with other things in it is somebody else's.
fn check_own(data: &Path) -> Result<(), IndexError> {
    let mut entries = match fs::read_dir(data) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(broken(error)),
    };
    let foreign = entries.any(|e| {
        e.is_ok_and(|e| {
            !e.file_name().to_string_lossy().starts_with("index") && e.file_name() != "lost+found"
        })
    });
    if foreign {
        Err(IndexError::Foreign(data.display().to_string()))
    } else {
        Ok(())
    }
}

fn create(
    folder: &Path,
    tantivy_schema: tantivy::schema::Schema,
    fingerprint: &str,
) -> Result<Index, IndexError> {
    fs::create_dir_all(folder).map_err(broken)?;
    let directory = MmapDirectory::open(folder).map_err(broken)?;
    let index = Index::builder()
        .schema(tantivy_schema)
        .open_or_create(directory)
        .map_err(broken)?;
    // The first commit writes down under which schema the index is made.
    let mut writer: tantivy::IndexWriter =
        index.writer_with_num_threads(1, 20 << 20).map_err(broken)?;
    let mut commit = writer.prepare_commit().map_err(broken)?;
    commit.set_payload(&payload(fingerprint));
    commit.commit().map_err(broken)?;
    Ok(index)
}

fn open_any(folder: &Path) -> Result<Index, IndexError> {
    Index::open(MmapDirectory::open(folder).map_err(broken)?).map_err(broken)
}

fn open_folder(folder: &Path, fingerprint: &str) -> Result<Index, IndexError> {
    let index = open_any(folder)?;
    let found = index
        .load_metas()
        .map_err(broken)?
        .payload
        .unwrap_or_default();
    let found =
        serde_json::from_str::<Payload>(&found).map_or_else(|_| "none".to_owned(), |p| p.schema);
    if found == fingerprint {
        Ok(index)
    } else {
        Err(IndexError::OtherSchema {
            found,
            expected: fingerprint.to_owned(),
        })
    }
}

impl TantivyEngine {
    fn over(
        index: Index,
        fields: Fields,
        fingerprint: String,
        folder: Option<PathBuf>,
    ) -> Result<Self, IndexError> {
        fields::register_analyzers(&index, schema());
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::OnCommitWithDelay)
            .try_into()
            .map_err(broken)?;
        Ok(Self {
            index,
            reader,
            fields,
            fingerprint,
            folder,
            snapshot: Mutex::new(None),
        })
    }

    fn reload(&self) -> Result<(), IndexError> {
        self.reader.reload().map_err(broken)
    }

    /// The newest commit; its columns are decoded once.
    fn snapshot(&self) -> Arc<Snapshot> {
        let searcher = self.reader.searcher();
        let mut known = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        match known.as_ref() {
            Some(snapshot) if snapshot.searcher.generation() == searcher.generation() => {
                snapshot.clone()
            }
            _ => {
                let snapshot = Arc::new(Snapshot {
                    searcher,
                    columns: Columns::default(),
                });
                *known = Some(snapshot.clone());
                snapshot
            }
        }
    }

    fn facet_column(&self, snapshot: &Snapshot, field: &str) -> Result<Arc<Column>, IndexError> {
        let declared = schema().field(field).filter(|f| f.facet);
        let declared = declared.ok_or_else(|| IndexError::Field {
            field: field.to_owned(),
            how: "as a facet",
        })?;
        snapshot
            .columns
            .get(&snapshot.searcher, &value_column(declared))
    }

    /// The documents of each segment that pass a filter.
    fn passing(
        &self,
        searcher: &Searcher,
        query: &dyn tantivy::query::Query,
    ) -> Result<Vec<Arc<Vec<bool>>>, IndexError> {
        let weight = query
            .weight(EnableScoring::disabled_from_searcher(searcher))
            .map_err(broken)?;
        let mut sets = Vec::new();
        for reader in searcher.segment_readers() {
            let mut set = vec![false; reader.max_doc() as usize];
            weight
                .for_each_no_score(reader, &mut |docs| {
                    docs.iter().for_each(|doc| set[*doc as usize] = true)
                })
                .map_err(broken)?;
            sets.push(Arc::new(set));
        }
        Ok(sets)
    }

    fn collect(
        &self,
        snapshot: &Snapshot,
        request: &Request,
        compiler: &Compiler<'_>,
    ) -> Result<(Collected, Vec<Arc<Column>>, Vec<compile::Leaf>), IndexError> {
        let counted = |filter: &Filter| {
            request
                .facets
                .iter()
                .position(|(field, _)| *field == filter.field)
        };
        let others: Vec<&Filter> = request
            .filters
            .iter()
            .filter(|f| counted(f).is_none())
            .collect();
        let compiled = compiler.compile(&request.query, &others)?;
        let mut own_filters = Vec::new();
        let mut statistics = Statistics::of_all(&snapshot.searcher);
        for filter in &request.filters {
            let passing = self.passing(&snapshot.searcher, compiler.filter(filter)?.as_ref())?;
            statistics.narrow(&passing);
            if let Some(facet) = counted(filter) {
                own_filters.push((facet, passing));
            }
        }
        let mut facets = Vec::new();
        for (field, _) in &request.facets {
            facets.push(self.facet_column(snapshot, field)?);
        }
        let date = schema()
            .fields
            .iter()
            .find(|f| f.kind == FieldKind::Date)
            .map_or("date", |f| f.name.as_str());
        let collect = Collect {
            best: if request.limit == 0 {
                0
            } else {
                request.offset.saturating_add(request.limit)
            },
            sort: request.sort,
            date_column: span_columns(date).0,
            facets: facets.clone(),
            own_filters,
        };
        let collected = snapshot
            .searcher
            .search_with_statistics_provider(compiled.query.as_ref(), &collect, &statistics)
            .map_err(broken)?;
        Ok((collected, facets, compiled.leaves))
    }

    /// Cards and places of some records; they are opened in order of address and given in order of rank.
    fn open_hits(
        &self,
        snapshot: &Snapshot,
        best: &[(DocAddress, f32)],
        leaves: &[compile::Leaf],
        passages: usize,
    ) -> Result<Vec<Hit>, IndexError> {
        let mut locator = Locator::new(&snapshot.searcher, &self.fields, leaves);
        let mut order: Vec<usize> = (0..best.len()).collect();
        order.sort_by_key(|i| best[*i].0);
        let mut hits: HashMap<usize, Hit> = HashMap::new();
        for index in order {
            let (address, score) = best[index];
            let stored = Stored::open(&snapshot.searcher, address)?;
            let text = stored.text(&self.fields)?;
            let places = locator.places(address, &text, passages)?;
            hits.insert(
                index,
                Hit {
                    score,
                    card: stored.card(&self.fields)?,
                    places,
                },
            );
        }
        Ok((0..best.len())
            .filter_map(|index| hits.remove(&index))
            .collect())
    }

    fn find(&self, searcher: &Searcher, id: &str) -> Result<Option<Stored>, IndexError> {
        let query = TermQuery::new(
            Term::from_field_text(self.fields.id, id),
            IndexRecordOption::Basic,
        );
        let found = searcher.search(&query, &DocSetCollector).map_err(broken)?;
        found
            .into_iter()
            .next()
            .map(|address| Stored::open(searcher, address))
            .transpose()
    }

    /// Descriptions of volumes in the last commit.
    fn volumes_held(&self) -> Result<Vec<Volume>, IndexError> {
        let searcher = self.reader.searcher();
        let query = TermQuery::new(
            Term::from_field_text(self.fields.entity, VOLUME),
            IndexRecordOption::Basic,
        );
        let found = searcher.search(&query, &DocSetCollector).map_err(broken)?;
        found
            .into_iter()
            .map(|address| Stored::open(&searcher, address)?.volume(&self.fields))
            .collect()
    }
}

impl Engine for TantivyEngine {
    fn search(&self, request: &Request) -> Result<Hits, IndexError> {
        let snapshot = self.snapshot();
        let compiler = Compiler {
            schema: schema(),
            fields: &self.fields,
            searcher: &snapshot.searcher,
        };
        let (collected, columns, leaves) = self.collect(&snapshot, request, &compiler)?;
        let shown = collected.best.get(request.offset..).unwrap_or_default();
        let facets = request.facets.iter().zip(columns).zip(collected.counts);
        Ok(Hits {
            total: collected.total,
            hits: self.open_hits(&snapshot, shown, &leaves, request.passages)?,
            facets: facets
                .map(|(((field, size), column), counts)| facet(field, *size, &column, &counts))
                .collect(),
            generation: snapshot.searcher.generation().generation_id(),
        })
    }

    fn record(&self, id: &RecordId) -> Result<Option<Record>, IndexError> {
        let searcher = self.reader.searcher();
        self.find(&searcher, id.as_str())?
            .map(|stored| stored.record(&self.fields))
            .transpose()
    }

    fn volumes(&self) -> Result<Vec<VolumeSummary>, IndexError> {
        let snapshot = self.snapshot();
        let column = snapshot.columns.get(&snapshot.searcher, "volume")?;
        let mut summaries: Vec<VolumeSummary> = column
            .values
            .iter()
            .map(|id| VolumeSummary {
                id: id.clone(),
                ..VolumeSummary::default()
            })
            .collect();
        for (segment, reader) in snapshot.searcher.segment_readers().iter().enumerate() {
            let from = reader
                .fast_fields()
                .i64(&span_columns("date").0)
                .map_err(broken)?;
            for doc in reader.doc_ids_alive() {
                for number in column.segments[segment].of(doc) {
                    let summary = &mut summaries[*number as usize];
                    summary.records += 1;
                    if let Some(day) = from.first(doc).and_then(day_of) {
                        summary.first = Some(summary.first.map_or(day, |known| known.min(day)));
                        summary.last = Some(summary.last.map_or(day, |known| known.max(day)));
                    }
                }
            }
        }
        let titles: HashMap<String, Option<String>> = self
            .volumes_held()?
            .into_iter()
            .map(|v| (v.id, v.title))
            .collect();
        summaries.retain(|s| s.records > 0);
        for summary in &mut summaries {
            summary.title = titles.get(&summary.id).cloned().flatten();
        }
        summaries.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(summaries)
    }

    fn volume(&self, id: &str) -> Result<Option<Volume>, IndexError> {
        let searcher = self.reader.searcher();
        self.find(&searcher, &document::volume_key(id))?
            .map(|stored| stored.volume(&self.fields))
            .transpose()
    }

    fn records_of(&self, volume: &str) -> Result<Vec<Card>, IndexError> {
        let snapshot = self.snapshot();
        let compiler = Compiler {
            schema: schema(),
            fields: &self.fields,
            searcher: &snapshot.searcher,
        };
        let filter = Filter {
            field: "volume".into(),
            any: vec![volume.to_owned()],
            none: Vec::new(),
        };
        let found = snapshot
            .searcher
            .search(compiler.filter(&filter)?.as_ref(), &DocSetCollector)
            .map_err(broken)?;
        let cards = found
            .into_iter()
            .map(|address| Stored::open(&snapshot.searcher, address)?.card(&self.fields));
        let mut cards: Vec<Card> = cards.collect::<Result<_, IndexError>>()?;
        cards.sort_by(|a, b| {
            (a.number.is_none(), a.number, &a.id).cmp(&(b.number.is_none(), b.number, &b.id))
        });
        Ok(cards)
    }

    fn stats(&self) -> Result<Stats, IndexError> {
        let searcher = self.reader.searcher();
        let count = |entity: &str| {
            searcher
                .doc_freq(&Term::from_field_text(self.fields.entity, entity))
                .map_err(broken)
        };
        let volumes = self.volumes()?.len();
        let records = if searcher
            .segment_readers()
            .iter()
            .any(tantivy::SegmentReader::has_deletes)
        {
            self.volumes()?.iter().map(|v| v.records).sum()
        } else {
            count(document::RECORD)? as usize
        };
        Ok(Stats {
            records,
            volumes,
            bytes: self.folder.as_deref().map_or(0, writer::bytes_below),
            generation: searcher.generation().generation_id(),
            specimens: false,
        })
    }

    fn check(&self) -> Result<Vec<String>, IndexError> {
        let mut findings: Vec<String> = self
            .index
            .validate_checksum()
            .map_err(broken)?
            .into_iter()
            .map(|file| format!("{}: the checksum does not fit", file.display()))
            .collect();
        let searcher = self.reader.searcher();
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            for doc in reader.doc_ids_alive() {
                let stored = Stored::open(&searcher, DocAddress::new(segment as u32, doc))?;
                if let Ok(record) = stored.record(&self.fields) {
                    let text = stored.text(&self.fields)?;
                    if text.passages.len() != record.passages.len()
                        || text.starts.len() != record.passages.len()
                    {
                        findings.push(format!(
                            "{}: its table of passages does not fit its text",
                            record.id
                        ));
                    }
                } else if let Err(error) = stored.volume(&self.fields) {
                    findings.push(format!("segment {segment}, document {doc}: {error}"));
                }
            }
        }
        Ok(findings)
    }

    fn writer(&self) -> Result<Box<dyn Writer + '_>, IndexError> {
        Ok(Box::new(TantivyWriter::open(self)?))
    }
}

/// The day of a count of minutes.
fn day_of(minutes: i64) -> Option<Moment> {
    use jiff::{ToSpan, civil::date};
    let day = date(1, 1, 1)
        .checked_add(minutes.div_euclid(1440).days())
        .ok()?;
    Some(Moment::day(day))
}

fn facet(field: &str, size: usize, column: &Column, counts: &collect::Counts) -> Facet {
    let mut found: Vec<(u32, &String)> = counts
        .by_value
        .iter()
        .zip(&column.values)
        .filter(|(n, _)| **n > 0)
        .map(|(n, v)| (*n, v))
        .collect();
    let order = |a: &(u32, &String), b: &(u32, &String)| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1));
    if found.len() > size && size > 0 {
        found.select_nth_unstable_by(size - 1, order);
    }
    let other = found.iter().skip(size).map(|(n, _)| *n as usize).sum();
    found.truncate(size);
    found.sort_by(order);
    let buckets = found
        .into_iter()
        .map(|(n, v)| (v.clone(), n as usize))
        .collect();
    Facet {
        field: field.to_owned(),
        buckets,
        other,
        missing: counts.missing,
    }
}
