//! JPEG: application segments before the pixels, and perhaps a video behind them.
//!
//! The encoder's transform rounds differently on processors with AVX2 and without, so the bytes of
//! JPEG pixels are the same on every run, but not between such machines. All else is.

use jpeg_encoder::{ColorType, Encoder};

use super::{Motion, MotionKind, Photo};
use crate::scene::Pixels;
use crate::xmp::Xmp;

pub(super) fn write(photo: &Photo, pixels: &Pixels) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pixels.rgb.len() / 8);
    let mut encoder = Encoder::new(&mut bytes, photo.quality);
    for (number, data) in segments(photo) {
        encoder.add_app_segment(number, data).expect("metadata fits into a JPEG segment");
    }
    let largest = u32::from(u16::MAX);
    let fits = pixels.width <= largest && pixels.height <= largest;
    assert!(fits, "a JPEG has at most 65,535 columns and rows");
    encoder
        .encode(&pixels.rgb, pixels.width as u16, pixels.height as u16, ColorType::Rgb)
        .expect("a vector takes every byte, and the picture has pixels");
    if let Some(motion) = &photo.motion {
        bytes.extend_from_slice(&motion.video);
    }
    bytes
}

/// The segments in the order that cameras write them: EXIF, XMP, IPTC.
fn segments(photo: &Photo) -> Vec<(u8, Vec<u8>)> {
    let mut segments = Vec::new();
    if let Some(tiff) = photo.exif.to_tiff() {
        segments.push((1, [b"Exif\0\0".as_slice(), &tiff].concat()));
    }
    let packet = match &photo.motion {
        None => photo.xmp.packet(),
        Some(motion) => pointing_to(motion, &photo.xmp).packet(),
    };
    if let Some(packet) = packet {
        segments.push((1, [b"http://ns.adobe.com/xap/1.0/\0", packet.as_bytes()].concat()));
    }
    if let Some(block) = photo.iptc.photoshop_block() {
        segments.push((13, [b"Photoshop 3.0\0".as_slice(), &block].concat()));
    }
    segments
}

/// The XMP with the properties that point to the appended video.
fn pointing_to(motion: &Motion, xmp: &Xmp) -> Xmp {
    let mut xmp = xmp.clone();
    let length = motion.video.len();
    let mut camera = |name: &str, value: String| {
        let namespace = "http://ns.google.com/photos/1.0/camera/".to_owned();
        xmp.properties.push(("GCamera".to_owned(), namespace, name.to_owned(), value));
    };
    match motion.kind {
        MotionKind::MicroVideo => {
            camera("MicroVideo", "1".to_owned());
            camera("MicroVideoVersion", "1".to_owned());
            camera("MicroVideoOffset", length.to_string());
        }
        MotionKind::MotionPhoto => {
            camera("MotionPhoto", "1".to_owned());
            camera("MotionPhotoVersion", "1".to_owned());
            xmp.elements.push(container_directory(length));
        }
    }
    xmp
}

fn container_directory(length: usize) -> String {
    let item = |mime: &str, semantic: &str, length: usize| {
        format!(
            "<rdf:li rdf:parseType=\"Resource\"><Container:Item Item:Mime=\"{mime}\" \
             Item:Semantic=\"{semantic}\" Item:Length=\"{length}\" Item:Padding=\"0\"/></rdf:li>\n"
        )
    };
    format!(
        "<Container:Directory xmlns:Container=\"http://ns.google.com/photos/1.0/container/\" \
         xmlns:Item=\"http://ns.google.com/photos/1.0/container/item/\"><rdf:Seq>\n{}{}\
         </rdf:Seq></Container:Directory>",
        item("image/jpeg", "Primary", 0),
        item("video/mp4", "MotionPhoto", length)
    )
}
