//! Records in files, one at a time: a campaign has more of them than should be held at once.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::path::Path;

use veriam_reports::{
    Kept, Merge, MergeError, Part, Record, RecordError, Source, from_line, to_lines,
};

use crate::store::write_whole_with;

/// The longest line, in bytes; a record has some thousand.
const MAX_LINE_BYTES: u64 = 64 << 20;

/// Why lines could not be read to their end.
#[derive(Debug)]
pub enum ReadError {
    /// The file system refused.
    Io(io::Error),
    /// A whole line is no record.
    Record(RecordError),
    /// The records do not belong together.
    Merge(MergeError),
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first byte.
    pub offset: u64,
    /// Its bytes, line feed included.
    pub length: u64,
}

/// Reads records and hands over each; how many bytes the whole lines have. A last line without line feed is dropped:
/// whoever wrote it was stopped in the middle.
///
/// # Errors
/// [`ReadError`] at the first line that cannot be read, is no record or is refused.
pub fn read(
    from: &mut dyn BufRead,
    mut each: impl FnMut(&Record, Span) -> Result<(), MergeError>,
) -> Result<u64, ReadError> {
    let mut whole = 0;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let mut some = (&mut *from).take(MAX_LINE_BYTES + 1);
        some.read_until(b'\n', &mut line).map_err(ReadError::Io)?;
        let length = line.len() as u64;
        if length > MAX_LINE_BYTES {
            let message = format!("a line of more than {MAX_LINE_BYTES} bytes is no record");
            let line = number;
            return Err(ReadError::Record(RecordError { line, message }));
        }
        if !line.ends_with(b"\n") {
            break;
        }
        let record = from_line(number, &line).map_err(ReadError::Record)?;
        let offset = whole;
        each(&record, Span { offset, length }).map_err(ReadError::Merge)?;
        whole += length;
    }
    Ok(whole)
}

/// Adds the records of one file to what was merged so far, and notes where they stand as of the source with that number.
///
/// # Errors
/// [`ReadError`], also when there is no record.
pub fn fold(
    from: &mut dyn BufRead,
    merge: &mut Option<Merge>,
    mut places: Option<(&mut Places, usize)>,
) -> Result<(), ReadError> {
    let mut source = Source::default();
    read(from, |record, span| {
        let kept = source.push(merge, record)?;
        if let Some((places, number)) = &mut places {
            places.note(record, kept, *number, span);
        }
        Ok(())
    })?;
    source.close(merge).map_err(ReadError::Merge)
}

/// Something that units were read from and can be read from again.
pub trait Again: Read + Seek {}

impl<T: Read + Seek> Again for T {}

/// Where each whole unit stands: by part and number, the source and the line.
#[derive(Debug, Default)]
pub struct Places(BTreeMap<(Part, u64), (usize, Span)>);

impl Places {
    /// Notes where a record stands, if it is a unit that counts.
    fn note(&mut self, record: &Record, kept: Option<Kept>, source: usize, span: Span) {
        if let (Record::Unit(unit), Some(Kept::Whole)) = (record, kept) {
            self.0.insert((unit.part, unit.unit), (source, span));
        }
    }
}

/// Why records were not written.
#[derive(Debug)]
pub enum WriteError {
    /// The file system refused.
    Io(io::Error),
    /// A unit that counts does not stand where it did, or nowhere.
    Gone,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Io(error) => write!(f, "{error}"),
            WriteError::Gone => f.write_str("not every unit stands in the journal"),
        }
    }
}

/// Writes what was merged to a file, in one order whatever order it came in: the start, the units that stand at `places`
/// of `sources` and those that are kept, the kinds of divergences, the ends. It is there whole or not at all.
///
/// # Errors
/// [`WriteError`].
pub fn write(
    path: &Path,
    merge: &Merge,
    places: &Places,
    sources: &mut [Box<dyn Again>],
) -> Result<(), WriteError> {
    let units = places.0.len() as u64 + merge.kept().count() as u64;
    if units != merge.units() {
        return Err(WriteError::Gone);
    }
    let mut gone = false;
    let written = write_whole_with(path, |to| {
        to.write_all(to_lines(&[Record::Start(merge.start().clone())]).as_bytes())?;
        let mut kept: BTreeMap<(Part, u64), Record> = merge
            .kept()
            .map(|unit| ((unit.part, unit.unit), Record::Unit(unit.clone())))
            .collect();
        for (name, (source, span)) in &places.0 {
            let later = kept.split_off(name);
            write_all(to, std::mem::replace(&mut kept, later).into_values())?;
            let line = line(&mut sources[*source], *span)?;
            let same = from_line(1, &line)
                .is_ok_and(|r| matches!(r, Record::Unit(u) if (u.part, u.unit) == *name));
            if !same {
                gone = true;
                return Err(io::ErrorKind::InvalidData.into());
            }
            to.write_all(&line)?;
        }
        write_all(to, kept.into_values())?;
        write_all(to, merge.clusters().cloned().map(Record::Cluster))?;
        write_all(to, merge.ends().iter().cloned().map(Record::End))
    });
    match written {
        Err(_) if gone => Err(WriteError::Gone),
        Err(error) => Err(WriteError::Io(error)),
        Ok(()) => Ok(()),
    }
}

fn write_all(to: &mut dyn Write, records: impl Iterator<Item = Record>) -> io::Result<()> {
    for record in records {
        to.write_all(to_lines(&[record]).as_bytes())?;
    }
    Ok(())
}

fn line(source: &mut Box<dyn Again>, span: Span) -> io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(span.offset))?;
    let mut line = Vec::new();
    source.take(span.length).read_to_end(&mut line)?;
    Ok(line)
}
