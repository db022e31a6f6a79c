//! The bytes between a worker and its parent: one request, one answer, in turn.
//!
//! Numbers are little-endian; a blob is its length as 64 bits and then its bytes. Each side bounds
//! what it reads, because a decoder that was taken over may answer anything.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::time::Duration;

use crate::pictures::{Format, Limits, PictureError, Pictures};

/// The longest blob of an answer. A preview of the widest panorama stays far below.
const ANSWER_BLOB_BYTES_MAX: u64 = 256 << 20;

/// What a worker is asked to make pictures of.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) orientation: u8,
    pub(super) limits: Limits,
    pub(super) bytes: Vec<u8>,
}

pub(super) fn write_request(
    output: &mut impl Write,
    bytes: &[u8],
    orientation: u8,
    limits: &Limits,
) -> Result<()> {
    let mut head = vec![orientation];
    for limit in [limits.pixels_max, limits.input_bytes_max, limits.memory_bytes_max] {
        head.extend(limit.to_le_bytes());
    }
    output.write_all(&head)?;
    write_blob(output, bytes)?;
    output.flush()
}

/// The next request, or `None` where the input ends before one begins.
pub(super) fn read_request(input: &mut impl Read) -> Result<Option<Request>> {
    let mut first = Vec::with_capacity(1);
    input.take(1).read_to_end(&mut first)?;
    let [orientation] = first[..] else { return Ok(None) };
    let limits = Limits {
        pixels_max: read_u64(input)?,
        input_bytes_max: read_u64(input)?,
        memory_bytes_max: read_u64(input)?,
    };
    let bytes = read_blob(input, limits.input_bytes_max)?;
    Ok(Some(Request { orientation, limits, bytes }))
}

/// The first byte of an answer.
mod kind {
    pub(super) const PICTURES: u8 = 0;
    pub(super) const UNRECOGNISED: u8 = 1;
    pub(super) const UNSUPPORTED: u8 = 2;
    pub(super) const TOO_LARGE: u8 = 3;
    pub(super) const DAMAGED: u8 = 4;
    pub(super) const DECODER: u8 = 5;
    pub(super) const TIMEOUT: u8 = 6;
    pub(super) const WORKER: u8 = 7;
}

pub(super) fn write_answer(
    output: &mut impl Write,
    answer: &std::result::Result<Pictures, PictureError>,
) -> Result<()> {
    let mut write = |kind: u8, text: &str| {
        output.write_all(&[kind])?;
        write_blob(output, text.as_bytes())
    };
    match answer {
        Ok(pictures) => {
            output.write_all(&[kind::PICTURES])?;
            write_pictures(output, pictures)
        }
        Err(PictureError::Unrecognised) => write(kind::UNRECOGNISED, ""),
        Err(PictureError::Unsupported(format, text)) => {
            write(kind::UNSUPPORTED, text)?;
            let code = Format::ALL.iter().position(|known| known == format);
            output.write_all(&[code.expect("every format is in the list of all") as u8])
        }
        Err(PictureError::TooLarge(text)) => write(kind::TOO_LARGE, text),
        Err(PictureError::Damaged(text)) => write(kind::DAMAGED, text),
        Err(PictureError::Decoder(text)) => write(kind::DECODER, text),
        Err(PictureError::Timeout(timeout)) => {
            write(kind::TIMEOUT, "")?;
            output.write_all(&(timeout.as_millis() as u64).to_le_bytes())
        }
        Err(PictureError::Worker(text)) => write(kind::WORKER, text),
    }
}

pub(super) fn read_answer(
    input: &mut impl Read,
) -> Result<std::result::Result<Pictures, PictureError>> {
    let kind = read_u8(input)?;
    if kind == kind::PICTURES {
        return Ok(Ok(read_pictures(input)?));
    }
    let text = read_text(input)?;
    Ok(Err(match kind {
        kind::UNRECOGNISED => PictureError::Unrecognised,
        kind::UNSUPPORTED => {
            let format = Format::ALL.get(usize::from(read_u8(input)?));
            PictureError::Unsupported(*format.ok_or_else(|| contradiction("format"))?, text)
        }
        kind::TOO_LARGE => PictureError::TooLarge(text),
        kind::DAMAGED => PictureError::Damaged(text),
        kind::DECODER => PictureError::Decoder(text),
        kind::TIMEOUT => PictureError::Timeout(Duration::from_millis(read_u64(input)?)),
        kind::WORKER => PictureError::Worker(text),
        _ => return Err(contradiction("kind")),
    }))
}

fn write_pictures(output: &mut impl Write, pictures: &Pictures) -> Result<()> {
    output.write_all(&pictures.width.to_le_bytes())?;
    output.write_all(&pictures.height.to_le_bytes())?;
    output.write_all(&[u8::from(pictures.damage.is_some())])?;
    write_blob(output, pictures.damage.as_deref().unwrap_or_default().as_bytes())?;
    write_blob(output, &pictures.thumbnail_webp)?;
    write_blob(output, &pictures.preview_jpeg)?;
    write_blob(output, &pictures.thumbhash)
}

fn read_pictures(input: &mut impl Read) -> Result<Pictures> {
    let width = u32::from_le_bytes(read_array(input)?);
    let height = u32::from_le_bytes(read_array(input)?);
    let is_damaged = read_u8(input)? != 0;
    let damage = read_text(input)?;
    Ok(Pictures {
        width,
        height,
        damage: is_damaged.then_some(damage),
        thumbnail_webp: read_blob(input, ANSWER_BLOB_BYTES_MAX)?,
        preview_jpeg: read_blob(input, ANSWER_BLOB_BYTES_MAX)?,
        thumbhash: read_blob(input, ANSWER_BLOB_BYTES_MAX)?,
    })
}

fn write_blob(output: &mut impl Write, bytes: &[u8]) -> Result<()> {
    output.write_all(&(bytes.len() as u64).to_le_bytes())?;
    output.write_all(bytes)
}

/// A blob of at most `bytes_max`. Memory is taken as the bytes arrive, not as they are announced.
fn read_blob(input: &mut impl Read, bytes_max: u64) -> Result<Vec<u8>> {
    let length = read_u64(input)?;
    if length > bytes_max {
        return Err(contradiction("length"));
    }
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

fn read_text(input: &mut impl Read) -> Result<String> {
    Ok(String::from_utf8_lossy(&read_blob(input, ANSWER_BLOB_BYTES_MAX)?).into_owned())
}

fn read_u8(input: &mut impl Read) -> Result<u8> {
    let [value] = read_array(input)?;
    Ok(value)
}

fn read_u64(input: &mut impl Read) -> Result<u64> {
    Ok(u64::from_le_bytes(read_array(input)?))
}

fn read_array<const N: usize>(input: &mut impl Read) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn contradiction(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("unknown {what} in the answer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answer: std::result::Result<Pictures, PictureError>) {
        let mut bytes = Vec::new();
        write_answer(&mut bytes, &answer).unwrap();
        assert_eq!(read_answer(&mut bytes.as_slice()).unwrap(), answer);
        for end in 0..bytes.len() {
            assert!(read_answer(&mut &bytes[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn every_answer_survives_the_pipe() {
        check(Ok(Pictures {
            thumbnail_webp: vec![1, 2],
            preview_jpeg: vec![],
            thumbhash: vec![3],
            width: 40,
            height: 30,
            damage: Some("half".to_owned()),
        }));
        check(Err(PictureError::Unrecognised));
        for format in Format::ALL {
            check(Err(PictureError::Unsupported(format, "why".to_owned())));
        }
        check(Err(PictureError::TooLarge("much".to_owned())));
        check(Err(PictureError::Damaged("here".to_owned())));
        check(Err(PictureError::Decoder("panic".to_owned())));
        check(Err(PictureError::Timeout(Duration::from_millis(1500))));
        check(Err(PictureError::Worker("gone".to_owned())));
    }

    #[test]
    fn lengths_beyond_the_bound_take_no_memory() {
        let answer = [&[kind::DAMAGED], u64::MAX.to_le_bytes().as_slice()].concat();
        assert!(read_answer(&mut answer.as_slice()).is_err());
        assert!(read_answer(&mut [200; 64].as_slice()).is_err());
    }

    #[test]
    fn requests_survive_the_pipe_and_end_quietly() {
        let mut pipe = Vec::new();
        write_request(&mut pipe, b"picture", 6, &Limits::default()).unwrap();
        let mut input = pipe.as_slice();
        let request = read_request(&mut input).unwrap().unwrap();
        assert_eq!((request.orientation, request.bytes.as_slice()), (6, b"picture".as_slice()));
        assert_eq!(request.limits, Limits::default());
        assert!(read_request(&mut input).unwrap().is_none());
    }
}
