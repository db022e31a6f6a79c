//! GIF: one frame in a cube of 216 colours, with codes that never grow.
//!
//! The LZW code stream is cleared before its code width would change, so every code has nine bits
//! and no dictionary is needed. Files are larger than they could be; they are still correct.

use super::Photo;
use crate::scene::Pixels;

const CLEAR: u16 = 256;
const END: u16 = 257;
/// Codes between two clears: the table of 512 entries is never filled.
const CODES_PER_CLEAR: usize = 250;

pub(super) fn write(photo: &Photo, pixels: &Pixels) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend_from_slice(&(pixels.width as u16).to_le_bytes());
    bytes.extend_from_slice(&(pixels.height as u16).to_le_bytes());
    bytes.extend_from_slice(&[0xF7, 0, 0]);
    for index in 0..256u32 {
        let levels = [index / 36 % 6, index / 6 % 6, index % 6];
        bytes.extend(levels.map(|level| if index < 216 { level as u8 * 51 } else { 0 }));
    }
    if let Some(packet) = photo.xmp.packet() {
        xmp_extension(&mut bytes, &packet);
    }
    bytes.extend_from_slice(&[0x2C, 0, 0, 0, 0]);
    bytes.extend_from_slice(&(pixels.width as u16).to_le_bytes());
    bytes.extend_from_slice(&(pixels.height as u16).to_le_bytes());
    bytes.extend_from_slice(&[0, 8]);
    for block in codes(pixels).chunks(255) {
        bytes.push(block.len() as u8);
        bytes.extend_from_slice(block);
    }
    bytes.extend_from_slice(&[0, 0x3B]);
    bytes
}

/// The packet lies bare, followed by a ramp that leads any reader of blocks to the end.
fn xmp_extension(bytes: &mut Vec<u8>, packet: &str) {
    bytes.extend_from_slice(&[0x21, 0xFF, 11]);
    bytes.extend_from_slice(b"XMP DataXMP");
    bytes.extend_from_slice(packet.as_bytes());
    bytes.push(1);
    bytes.extend((0..=255u8).rev());
    bytes.push(0);
}

fn codes(pixels: &Pixels) -> Vec<u8> {
    let mut stream = CodeStream::default();
    for (index, pixel) in pixels.rgb.chunks_exact(3).enumerate() {
        if index % CODES_PER_CLEAR == 0 {
            stream.push(CLEAR);
        }
        let level = |channel: u8| (u16::from(channel) + 25) / 51;
        stream.push(level(pixel[0]) * 36 + level(pixel[1]) * 6 + level(pixel[2]));
    }
    stream.push(END);
    stream.finish()
}

#[derive(Default)]
struct CodeStream {
    out: Vec<u8>,
    pending: u32,
    pending_bits: u32,
}

impl CodeStream {
    fn push(&mut self, code: u16) {
        self.pending |= u32::from(code) << self.pending_bits;
        self.pending_bits += 9;
        while self.pending_bits >= 8 {
            self.out.push(self.pending as u8);
            self.pending >>= 8;
            self.pending_bits -= 8;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.pending_bits > 0 {
            self.out.push(self.pending as u8);
        }
        self.out
    }
}
