//! PNG: true colour, eight bits, each row as its difference from the row above.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::Photo;
use crate::scene::Pixels;

pub(super) fn write(photo: &Photo, pixels: &Pixels) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1A\n".to_vec();
    let mut header = Vec::new();
    header.extend_from_slice(&pixels.width.to_be_bytes());
    header.extend_from_slice(&pixels.height.to_be_bytes());
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    chunk(&mut bytes, b"IHDR", &header);
    if let Some(tiff) = photo.exif.to_tiff() {
        chunk(&mut bytes, b"eXIf", &tiff);
    }
    if let Some(packet) = photo.xmp.packet() {
        let text = [b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), packet.as_bytes()].concat();
        chunk(&mut bytes, b"iTXt", &text);
    }
    chunk(&mut bytes, b"IDAT", &compressed(pixels));
    chunk(&mut bytes, b"IEND", &[]);
    bytes
}

fn compressed(pixels: &Pixels) -> Vec<u8> {
    const FILTER_UP: u8 = 2;
    let stride = pixels.width as usize * 3;
    let mut above = vec![0; stride];
    let mut rows = Vec::with_capacity(pixels.rgb.len() + pixels.height as usize);
    for row in pixels.rgb.chunks_exact(stride) {
        rows.push(FILTER_UP);
        rows.extend(row.iter().zip(&above).map(|(now, before)| now.wrapping_sub(*before)));
        above.copy_from_slice(row);
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(&rows).expect("a vector takes every byte");
    encoder.finish().expect("a vector takes every byte")
}

fn chunk(bytes: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    bytes.extend_from_slice(&(data.len() as u32).to_be_bytes());
    let start = bytes.len();
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(data);
    let checksum = crc32fast::hash(&bytes[start..]);
    bytes.extend_from_slice(&checksum.to_be_bytes());
}
