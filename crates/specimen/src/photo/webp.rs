//! WebP: the encoder's picture, wrapped into an extended file with EXIF and XMP.

use super::Photo;
use crate::scene::Pixels;

pub(super) fn write(photo: &Photo, pixels: &Pixels) -> Vec<u8> {
    let encoder = webp::Encoder::from_rgb(&pixels.rgb, pixels.width, pixels.height);
    let simple = encoder.encode(f32::from(photo.quality));
    let picture = &simple[12..];
    let (exif, xmp) = (photo.exif.to_tiff(), photo.xmp.packet());
    if exif.is_none() && xmp.is_none() {
        return simple.to_vec();
    }
    let mut chunks = Vec::new();
    let flags = u8::from(exif.is_some()) << 3 | u8::from(xmp.is_some()) << 2;
    let mut header = vec![flags, 0, 0, 0];
    header.extend_from_slice(&(pixels.width - 1).to_le_bytes()[..3]);
    header.extend_from_slice(&(pixels.height - 1).to_le_bytes()[..3]);
    chunk(&mut chunks, b"VP8X", &header);
    chunks.extend_from_slice(picture);
    if let Some(tiff) = exif {
        chunk(&mut chunks, b"EXIF", &tiff);
    }
    if let Some(packet) = xmp {
        chunk(&mut chunks, b"XMP ", packet.as_bytes());
    }
    let mut bytes = b"RIFF".to_vec();
    bytes.extend_from_slice(&(chunks.len() as u32 + 4).to_le_bytes());
    bytes.extend_from_slice(b"WEBP");
    bytes.extend_from_slice(&chunks);
    bytes
}

fn chunk(bytes: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(&(data.len() as u32).to_le_bytes());
    bytes.extend_from_slice(data);
    if data.len() % 2 == 1 {
        bytes.push(0);
    }
}
