//! Writing a ZIP archive as a stream: entries stored as they are, one after another, to a writer
//! that cannot go back.
//!
//! Photos and videos are compressed already. What an entry's CRC is shows only behind its bytes, so
//! it stands in a data descriptor there. Entries and archives beyond 4 GiB, and more than 65,535
//! entries, are written in the ZIP64 form (APPNOTE 6.3.10, §4.3.9, §4.3.14, §4.5.3).

use std::io::{self, Read, Write};

use crc32fast::Hasher;
use kalends_model::LocalTime;

/// From here on a number does not fit its 32-bit field.
const WIDE: u64 = u32::MAX as u64;
/// From here on a number does not fit its 16-bit field.
const MANY: usize = u16::MAX as usize;
/// Names are UTF-8, and a descriptor follows the bytes.
const FLAGS: u16 = 1 << 11 | 1 << 3;
/// The version that can read the ZIP64 form, and that can read the rest.
const VERSION_ZIP64: u16 = 45;
const VERSION_PLAIN: u16 = 20;
/// Made by a Unix system, whose permissions are 0644 of a regular file.
const MADE_BY_UNIX: u16 = 3 << 8;
const MODE: u32 = 0o100_644 << 16;

/// An archive that is being written.
#[derive(Debug)]
pub(crate) struct ZipStream<W> {
    to: W,
    position: u64,
    entries: Vec<Entry>,
}

/// What the directory at the end says of an entry.
#[derive(Debug)]
struct Entry {
    name: String,
    modified: (u16, u16),
    crc: u32,
    size: u64,
    start: u64,
    is_zip64: bool,
}

impl<W: Write> ZipStream<W> {
    pub(crate) fn new(to: W) -> Self {
        Self { to, position: 0, entries: Vec::new() }
    }

    /// Adds a file of at most `size_max` bytes. `modified` is what a clock showed.
    pub(crate) fn add(
        &mut self,
        name: &str,
        modified: LocalTime,
        size_max: u64,
        from: impl Read,
    ) -> io::Result<()> {
        let start = self.position;
        let is_zip64 = size_max >= WIDE;
        let modified = dos_time(modified);
        self.local_header(name, modified, is_zip64)?;
        let (crc, size) = self.copy(from.take(size_max))?;
        self.descriptor(crc, size, is_zip64)?;
        let name = name.to_owned();
        self.entries.push(Entry { name, modified, crc, size, start, is_zip64 });
        Ok(())
    }

    /// Writes the directory and gives the writer back.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        let start = self.position;
        let entries = std::mem::take(&mut self.entries);
        for entry in &entries {
            self.directory_entry(entry)?;
        }
        let (size, count) = (self.position - start, entries.len());
        if count >= MANY || size >= WIDE || start >= WIDE {
            self.zip64_end(start, size, count)?;
        }
        let mut end = Fields::of(0x0605_4b50);
        end.short(0).short(0);
        end.short(count.min(MANY) as u16).short(count.min(MANY) as u16);
        end.long(size.min(WIDE) as u32).long(start.min(WIDE) as u32).short(0);
        self.put(&end.0)?;
        Ok(self.to)
    }

    fn local_header(&mut self, name: &str, modified: (u16, u16), zip64: bool) -> io::Result<()> {
        let mut header = Fields::of(0x0403_4b50);
        header.short(version(zip64)).short(FLAGS).short(0).short(modified.1).short(modified.0);
        // The descriptor says the rest; in the ZIP64 form the sizes are marked as wide.
        let unknown = if zip64 { u32::MAX } else { 0 };
        header.long(0).long(unknown).long(unknown);
        header.short(name.len() as u16).short(if zip64 { 20 } else { 0 });
        header.bytes(name.as_bytes());
        if zip64 {
            header.short(1).short(16).wide(0).wide(0);
        }
        self.put(&header.0)
    }

    fn copy(&mut self, mut from: impl Read) -> io::Result<(u32, u64)> {
        let mut crc = Hasher::new();
        let mut size = 0;
        let mut buffer = vec![0; 128 * 1_024];
        loop {
            let length = match from.read(&mut buffer) {
                Ok(0) => return Ok((crc.finalize(), size)),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            crc.update(&buffer[..length]);
            size += length as u64;
            self.put(&buffer[..length])?;
        }
    }

    fn descriptor(&mut self, crc: u32, size: u64, zip64: bool) -> io::Result<()> {
        let mut descriptor = Fields::of(0x0807_4b50);
        descriptor.long(crc);
        match zip64 {
            true => descriptor.wide(size).wide(size),
            false => descriptor.long(size as u32).long(size as u32),
        };
        self.put(&descriptor.0)
    }

    fn directory_entry(&mut self, entry: &Entry) -> io::Result<()> {
        let is_far = entry.start >= WIDE;
        let mut extra = Fields(Vec::new());
        if entry.is_zip64 || is_far {
            let wides = [entry.is_zip64, entry.is_zip64, is_far];
            let length = wides.iter().filter(|is_there| **is_there).count() * 8;
            extra.short(1).short(length as u16);
            if entry.is_zip64 {
                extra.wide(entry.size).wide(entry.size);
            }
            if is_far {
                extra.wide(entry.start);
            }
        }
        let needed = version(entry.is_zip64 || is_far);
        let size = if entry.is_zip64 { u32::MAX } else { entry.size as u32 };
        let mut header = Fields::of(0x0201_4b50);
        header.short(MADE_BY_UNIX | needed).short(needed).short(FLAGS).short(0);
        header.short(entry.modified.1).short(entry.modified.0);
        header.long(entry.crc).long(size).long(size);
        header.short(entry.name.len() as u16).short(extra.0.len() as u16).short(0);
        header.short(0).short(0).long(MODE).long(entry.start.min(WIDE) as u32);
        header.bytes(entry.name.as_bytes()).bytes(&extra.0);
        self.put(&header.0)
    }

    fn zip64_end(&mut self, start: u64, size: u64, count: usize) -> io::Result<()> {
        let at = self.position;
        let mut end = Fields::of(0x0606_4b50);
        end.wide(44).short(MADE_BY_UNIX | VERSION_ZIP64).short(VERSION_ZIP64).long(0).long(0);
        end.wide(count as u64).wide(count as u64).wide(size).wide(start);
        end.bytes(&0x0706_4b50_u32.to_le_bytes()).long(0).wide(at).long(1);
        self.put(&end.0)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)?;
        self.position += bytes.len() as u64;
        Ok(())
    }
}

fn version(zip64: bool) -> u16 {
    if zip64 { VERSION_ZIP64 } else { VERSION_PLAIN }
}

/// Date and time as MS-DOS kept them: from 1980 to 2107, to two seconds.
fn dos_time(local: LocalTime) -> (u16, u16) {
    let civil = local.civil();
    let (date, time) = (civil.date, civil.time);
    match date.year {
        ..1980 => (1 << 5 | 1, 0),
        2108.. => (127 << 9 | 12 << 5 | 31, 23 << 11 | 59 << 5 | 29),
        year => (
            ((year - 1980) as u16) << 9 | u16::from(date.month) << 5 | u16::from(date.day),
            u16::from(time.hour) << 11 | u16::from(time.minute) << 5 | (u16::from(time.second) / 2),
        ),
    }
}

/// Numbers one after another, the lowest byte first.
struct Fields(Vec<u8>);

impl Fields {
    fn of(signature: u32) -> Self {
        Self(signature.to_le_bytes().to_vec())
    }

    fn short(&mut self, number: u16) -> &mut Self {
        self.bytes(&number.to_le_bytes())
    }

    fn long(&mut self, number: u32) -> &mut Self {
        self.bytes(&number.to_le_bytes())
    }

    fn wide(&mut self, number: u64) -> &mut Self {
        self.bytes(&number.to_le_bytes())
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Python's reader, which shares nothing with this writer, finds in an archive: a line for
    /// each entry with name, size, CRC and time.
    fn read_by_python(archive: &std::path::Path) -> Option<Vec<String>> {
        const PROGRAM: &str = "import sys, zipfile\n\
            with zipfile.ZipFile(sys.argv[1]) as z:\n\
            \x20   assert z.testzip() is None\n\
            \x20   for i in z.infolist():\n\
            \x20       print(i.filename, i.file_size, i.CRC, i.date_time, sep='|')\n";
        let output = std::process::Command::new("python3")
            .args(["-c", PROGRAM])
            .arg(archive)
            .env("PYTHONIOENCODING", "utf-8")
            .output();
        let output = match output {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            output => output.unwrap(),
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
    }

    #[test]
    fn an_independent_reader_finds_every_entry() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        let mut zip = ZipStream::new(std::fs::File::create(&path).unwrap());
        let noon = kalends_test_support::local(2024, 2, 15, 12, 30);
        zip.add("a.jpg", noon, 100, &b"hello"[..]).unwrap();
        zip.add("日本.heic", LocalTime::from_micros(i64::MIN), 0, &b""[..]).unwrap();
        // Said to be larger than 4 GiB, so written in the wide form.
        zip.add("wide.mp4", LocalTime::from_micros(i64::MAX), u64::MAX, &[7; 300_000][..]).unwrap();
        zip.add("cut.mp4", noon, 3, &b"hello"[..]).unwrap();
        zip.finish().unwrap();
        let Some(lines) = read_by_python(&path) else { return };
        let crc = |bytes: &[u8]| crc32fast::hash(bytes);
        assert_eq!(
            lines,
            [
                format!("a.jpg|5|{}|(2024, 2, 15, 12, 30, 0)", crc(b"hello")),
                "日本.heic|0|0|(1980, 1, 1, 0, 0, 0)".to_owned(),
                format!("wide.mp4|300000|{}|(2107, 12, 31, 23, 59, 58)", crc(&[7; 300_000])),
                format!("cut.mp4|3|{}|(2024, 2, 15, 12, 30, 0)", crc(b"hel")),
            ]
        );
    }

    #[test]
    fn more_entries_than_the_old_form_counts_are_all_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        let mut zip = ZipStream::new(io::BufWriter::new(std::fs::File::create(&path).unwrap()));
        for number in 0..70_000 {
            zip.add(&format!("{number}"), LocalTime::from_micros(0), 1, &b"x"[..]).unwrap();
        }
        zip.finish().unwrap().into_inner().unwrap();
        let Some(lines) = read_by_python(&path) else { return };
        assert_eq!(lines.len(), 70_000);
        assert!(lines[69_999].starts_with("69999|1|"));
    }

    #[test]
    fn an_archive_beyond_four_gigabytes_says_where_its_entries_lie() {
        /// Counts, and keeps what comes last.
        #[derive(Default)]
        struct Tail(Vec<u8>);
        impl Write for Tail {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.extend(bytes);
                let excess = self.0.len().saturating_sub(4_096);
                self.0.drain(..excess);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut zip = ZipStream::new(Tail::default());
        zip.position = 5 << 30;
        zip.add("far.jpg", LocalTime::from_micros(0), 3, &b"abc"[..]).unwrap();
        let tail = zip.finish().unwrap().0;
        let holds = |bytes: &[u8]| tail.windows(bytes.len()).any(|window| window == bytes);
        let mut far = Fields(Vec::new());
        far.short(1).short(8).wide(5 << 30);
        assert!(holds(&far.0), "the entry's place is wide");
        assert!(holds(&0x0606_4b50_u32.to_le_bytes()) && holds(&0x0706_4b50_u32.to_le_bytes()));
    }
}
