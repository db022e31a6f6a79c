//! Bounded random access to a file.
//!
//! A walker asks for a few bytes at a place and gets them, or `None` where the file ends. It never
//! asks how much there is left to allocate: one request is at most [`REQUEST_BYTES_MAX`], all
//! requests of one file together at most [`TOTAL_BYTES_MAX`], so neither a header number nor a loop
//! of boxes can make the program read a video of many gigabytes.

use std::io::{self, Read, Seek, SeekFrom};

/// The most that one request can ask for.
pub const REQUEST_BYTES_MAX: usize = 16 << 20;
/// The most that is read from one file.
pub const TOTAL_BYTES_MAX: u64 = 96 << 20;

/// What is read at once where the walk jumps, and where it goes on or begins.
const JUMP_BYTES: usize = 4 << 10;
const STRIDE_BYTES: usize = 32 << 10;

trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

enum Source<'a> {
    Bytes(&'a [u8]),
    Reader(Box<dyn ReadSeek + 'a>),
}

/// A file, or bytes in memory, that can be read at any place.
pub struct Input<'a> {
    source: Source<'a>,
    len: u64,
    window: Vec<u8>,
    window_at: u64,
    bytes_read: u64,
    error: Option<io::Error>,
}

impl<'a> Input<'a> {
    /// Bytes in memory.
    pub fn bytes(bytes: &'a [u8]) -> Self {
        Self::over(Source::Bytes(bytes), bytes.len() as u64)
    }

    /// Anything that reads and seeks, such as a `std::fs::File` opened for reading. It is read in
    /// small pieces, so it needs no buffer of its own.
    pub fn reader(mut reader: impl Read + Seek + 'a) -> io::Result<Self> {
        let len = reader.seek(SeekFrom::End(0))?;
        Ok(Self::over(Source::Reader(Box::new(reader)), len))
    }

    fn over(source: Source<'a>, len: u64) -> Self {
        Self { source, len, window: Vec::new(), window_at: 0, bytes_read: 0, error: None }
    }

    /// Length in bytes.
    #[expect(clippy::len_without_is_empty, reason = "a length to compute with, not a collection")]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// How many bytes were read so far. Bytes in memory cost nothing.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The failure of the disk, if there was one. Once it is taken it is gone.
    pub fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    /// Exactly `len` bytes from `at`, or `None` when the file ends before, a bound is reached or
    /// the disk fails (see [`Input::take_error`]).
    pub fn get(&mut self, at: u64, len: usize) -> Option<&[u8]> {
        let end = at.checked_add(len as u64)?;
        if end > self.len || len > REQUEST_BYTES_MAX || self.error.is_some() {
            return None;
        }
        let window_end = self.window_at + self.window.len() as u64;
        let is_held = at >= self.window_at && end <= window_end;
        if let Source::Bytes(bytes) = self.source {
            return bytes.get(at as usize..end as usize);
        }
        if !is_held {
            let goes_on = at >= self.window_at && at <= window_end;
            self.fill(at, len.max(if goes_on { STRIDE_BYTES } else { JUMP_BYTES }))?;
        }
        let from = (at - self.window_at) as usize;
        self.window.get(from..from + len)
    }

    /// What there is of `len` bytes from `at`: fewer where the file ends.
    pub fn get_up_to(&mut self, at: u64, len: usize) -> &[u8] {
        let left = self.len.saturating_sub(at);
        let len = len.min(REQUEST_BYTES_MAX).min(usize::try_from(left).unwrap_or(usize::MAX));
        self.get(at, len).unwrap_or(&[])
    }

    /// A copy of `len` bytes from `at`.
    pub fn copy(&mut self, at: u64, len: u64) -> Option<Vec<u8>> {
        self.get(at, usize::try_from(len).ok()?).map(<[u8]>::to_vec)
    }

    fn array<const N: usize>(&mut self, at: u64) -> Option<[u8; N]> {
        self.get(at, N)?.try_into().ok()
    }

    pub(super) fn u8(&mut self, at: u64) -> Option<u8> {
        self.array::<1>(at).map(|[byte]| byte)
    }

    pub(super) fn u16_be(&mut self, at: u64) -> Option<u16> {
        self.array(at).map(u16::from_be_bytes)
    }

    pub(super) fn u32_be(&mut self, at: u64) -> Option<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    pub(super) fn u64_be(&mut self, at: u64) -> Option<u64> {
        self.array(at).map(u64::from_be_bytes)
    }

    pub(super) fn u16_le(&mut self, at: u64) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(super) fn u32_le(&mut self, at: u64) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    fn fill(&mut self, at: u64, wanted: usize) -> Option<()> {
        let Source::Reader(reader) = &mut self.source else { return None };
        let len = (self.len - at).min(wanted as u64);
        if self.bytes_read + len > TOTAL_BYTES_MAX {
            return None;
        }
        self.window.clear();
        self.window_at = at;
        let read = reader
            .seek(SeekFrom::Start(at))
            .and_then(|_| reader.by_ref().take(len).read_to_end(&mut self.window));
        match read {
            Ok(count) => self.bytes_read += count as u64,
            Err(error) => self.error = Some(error),
        }
        // A file that shrank while it was read simply ends earlier.
        (self.window.len() as u64 == len && self.error.is_none()).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_and_bytes_give_the_same() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
        let mut memory = Input::bytes(&bytes);
        let mut reader = Input::reader(io::Cursor::new(bytes.clone())).unwrap();
        for (at, len) in [(0, 10), (99_990, 10), (5, 50_000), (99_999, 2), (40_000, 0), (7, 1)] {
            assert_eq!(memory.get(at, len), reader.get(at, len), "{at} {len}");
        }
        assert_eq!(reader.get_up_to(99_995, 100).len(), 5);
        assert_eq!(reader.get_up_to(200_000, 100).len(), 0);
        assert_eq!(memory.get(u64::MAX, 2), None);
    }

    #[test]
    fn one_file_costs_no_more_than_its_bound() {
        struct Endless(u64);
        impl Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                buffer.fill(0);
                Ok(buffer.len())
            }
        }
        impl Seek for Endless {
            fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
                self.0 = if let SeekFrom::Start(at) = to { at } else { 1 << 40 };
                Ok(self.0)
            }
        }
        let mut input = Input::reader(Endless(0)).unwrap();
        let mut at = 0;
        while input.get(at, 1 << 20).is_some() {
            at += 1 << 21;
        }
        assert!(input.bytes_read() <= TOTAL_BYTES_MAX);
        assert_eq!(input.get(0, REQUEST_BYTES_MAX + 1), None);
    }
}
