//! What an independent EXIF reader finds in the photos, and that every format decodes.

use std::io::Cursor;

use exif::{In, Tag, Value};
use kalends_specimen::{
    ByteOrder, Entry, Exif, ExifIfd, Motion, MotionKind, Photo, PhotoFormat, Scene, WallTime,
};

fn exif_of(bytes: &[u8]) -> exif::Exif {
    exif::Reader::new().read_from_container(&mut Cursor::new(bytes)).expect("the EXIF is sound")
}

fn ascii(exif: &exif::Exif, tag: Tag) -> Option<String> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(texts) => Some(String::from_utf8_lossy(&texts[0]).into_owned()),
        other => panic!("{tag} is {other:?}"),
    }
}

fn degrees(exif: &exif::Exif, tag: Tag) -> f64 {
    match &exif.get_field(tag, In::PRIMARY).expect("the tag is there").value {
        Value::Rational(parts) => {
            parts[0].to_f64() + parts[1].to_f64() / 60.0 + parts[2].to_f64() / 3_600.0
        }
        other => panic!("{tag} is {other:?}"),
    }
}

fn full(format: PhotoFormat, byte_order: ByteOrder) -> Photo {
    let taken = WallTime::new(2024, 5, 6, 7, 8, 9).with_millis(120);
    let mut photo = Photo::new(Scene::Sea, 5, 64, 48)
        .format(format)
        .taken(taken, Some(-34_200))
        .camera("Maker", "Model 1")
        .at(-8.910_9, -140.099_7)
        .described("Été à la mer")
        .keyword("Travel/Oceania/Marquesas")
        .rating(4);
    photo.exif.byte_order = byte_order;
    photo.exif.f_number = Some((28, 10));
    photo.exif.exposure_time = Some((1, 250));
    photo.exif.iso = Some(200);
    photo.exif.focal_length = Some((42, 10));
    photo.exif.lens_model = Some("Lens".to_owned());
    photo.exif.rating = Some(4);
    photo
}

#[test]
fn exif_is_read_back_in_both_byte_orders_and_all_containers() {
    for format in [PhotoFormat::Jpeg, PhotoFormat::Png, PhotoFormat::WebP, PhotoFormat::Tiff] {
        for order in [ByteOrder::Big, ByteOrder::Little] {
            let exif = exif_of(&full(format, order).to_bytes());
            let text = |tag| ascii(&exif, tag).unwrap_or_default();
            assert_eq!(text(Tag::DateTimeOriginal), "2024:05:06 07:08:09", "{format:?} {order:?}");
            assert_eq!(text(Tag::SubSecTimeOriginal), "120");
            assert_eq!(text(Tag::OffsetTimeOriginal), "-09:30");
            assert_eq!(text(Tag::Make), "Maker");
            assert_eq!(text(Tag::Model), "Model 1");
            assert_eq!(text(Tag::LensModel), "Lens");
            assert_eq!(text(Tag::ImageDescription), "Été à la mer");
            assert_eq!(
                (text(Tag::GPSLatitudeRef), text(Tag::GPSLongitudeRef)),
                ("S".into(), "W".into())
            );
            assert!((degrees(&exif, Tag::GPSLatitude) - 8.910_9).abs() < 1e-7);
            assert!((degrees(&exif, Tag::GPSLongitude) - 140.099_7).abs() < 1e-7);
            let iso = exif.get_field(Tag::PhotographicSensitivity, In::PRIMARY).unwrap();
            assert_eq!(iso.value.get_uint(0), Some(200));
            assert_eq!(exif.little_endian(), order == ByteOrder::Little);
        }
    }
}

#[test]
fn every_format_decodes_to_its_picture() {
    for format in [PhotoFormat::Png, PhotoFormat::WebP, PhotoFormat::Tiff, PhotoFormat::Gif] {
        for (width, height) in [(1, 1), (37, 21), (300, 200)] {
            let mut photo = full(format, ByteOrder::Big);
            (photo.width, photo.height) = (width, height);
            let decoded = image::load_from_memory(&photo.to_bytes()).expect("the file is sound");
            let rgb = decoded.to_rgb8();
            assert_eq!((rgb.width(), rgb.height()), (width, height), "{format:?}");
            let painted = photo.picture.paint(width, height);
            let apart = rgb.as_raw().iter().zip(&painted.rgb).map(|(a, b)| a.abs_diff(*b));
            let mean = apart.map(f64::from).sum::<f64>() / painted.rgb.len() as f64;
            let tolerance = match format {
                PhotoFormat::Png | PhotoFormat::Tiff => 0.0,
                _ => 26.0,
            };
            assert!(mean <= tolerance, "{format:?} {width}x{height}: {mean}");
        }
    }
}

#[test]
fn jpegs_decode_to_their_picture_as_it_is_stored() {
    for orientation in 1..=8 {
        let photo = Photo::new(Scene::Corners, 0, 64, 48).orientation(orientation);
        let bytes = photo.to_bytes();
        let cursor = zune_jpeg::zune_core::bytestream::ZCursor::new(&bytes);
        let decoded = zune_jpeg::JpegDecoder::new(cursor).decode().expect("the file is sound");
        let stored = photo.picture.paint(64, 48).stored_for_orientation(orientation);
        let apart = decoded.iter().zip(&stored.rgb).map(|(a, b)| a.abs_diff(*b));
        let mean = apart.map(f64::from).sum::<f64>() / stored.rgb.len() as f64;
        assert!(decoded.len() == stored.rgb.len() && mean < 4.0, "{orientation}: {mean}");
    }
}

#[test]
fn orientation_swaps_the_stored_size() {
    for orientation in 1..=8 {
        let photo = Photo::new(Scene::Corners, 0, 64, 32).orientation(orientation);
        let png = photo.clone().format(PhotoFormat::Png).to_bytes();
        let decoded = image::load_from_memory(&png).unwrap();
        let expected = if orientation >= 5 { (32, 64) } else { (64, 32) };
        assert_eq!((decoded.width(), decoded.height()), expected);
        assert_eq!(photo.stored_size(), expected);
        let exif = exif_of(&photo.to_bytes());
        let tag = exif.get_field(Tag::Orientation, In::PRIMARY).unwrap();
        assert_eq!(tag.value.get_uint(0), Some(u32::from(orientation)));
    }
}

#[test]
fn faces_are_written_for_the_stored_pixels() {
    let face = (0.25, 0.4, 0.1, 0.2);
    for (orientation, expected) in [
        (1, (0.25, 0.4, 0.1, 0.2)),
        (3, (0.75, 0.6, 0.1, 0.2)),
        (6, (0.4, 0.75, 0.2, 0.1)),
        (8, (0.6, 0.25, 0.2, 0.1)),
    ] {
        let photo = Photo::new(Scene::Sky, 0, 300, 400).orientation(orientation).face("Anna", face);
        let regions = photo.xmp.regions.as_ref().unwrap();
        assert_eq!(regions.applied_to, Some(photo.stored_size()));
        let region = &regions.list[0];
        let got = [region.x, region.y, region.w, region.h];
        let (x, y, w, h) = expected;
        for (got, expected) in got.into_iter().zip([x, y, w, h]) {
            assert!((got - expected).abs() < 1e-9, "orientation {orientation}: {region:?}");
        }
    }
}

#[test]
fn a_motion_photo_ends_with_its_video() {
    let video = b"\0\0\0\x08free".to_vec();
    for kind in [MotionKind::MicroVideo, MotionKind::MotionPhoto] {
        let mut photo = Photo::new(Scene::Sky, 0, 32, 32);
        photo.motion = Some(Motion { kind, video: video.clone() });
        let bytes = photo.to_bytes();
        assert!(bytes.ends_with(&video));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let pointer = match kind {
            MotionKind::MicroVideo => "GCamera:MicroVideoOffset=\"8\"",
            MotionKind::MotionPhoto => "Item:Semantic=\"MotionPhoto\" Item:Length=\"8\"",
        };
        assert!(text.contains(pointer), "{text}");
    }
}

#[test]
fn hostile_files_are_written_as_asked() {
    let mut photo = Photo::new(Scene::Sky, 0, 32, 32);
    photo.exif.date_time_original = Some("2023:13:13 25:61:61".to_owned());
    let lie = kalends_specimen::Value::Raw { kind: 5, count: u32::MAX, bytes: vec![0xFF; 4] };
    photo.exif.extra.push((ExifIfd::Exif, Entry::new(0x829A, lie)));
    let bytes = photo.to_bytes();
    let found =
        bytes.windows(12).any(|entry| entry == b"\x82\x9A\0\x05\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
    assert!(found, "the lying entry is in the file");

    photo.truncate_to = Some(100);
    assert_eq!(photo.to_bytes(), bytes[..100]);

    photo.truncate_to = None;
    photo.exif = Exif { raw: Some(b"MM\0\x2A\xFF\xFF\xFF\xFF".to_vec()), ..Exif::default() };
    let found = photo.to_bytes().windows(14).any(|at| at == b"Exif\0\0MM\0\x2A\xFF\xFF\xFF\xFF");
    assert!(found, "the raw block is in the file");
}

#[test]
fn the_same_description_gives_the_same_bytes() {
    for format in [PhotoFormat::Jpeg, PhotoFormat::Png, PhotoFormat::WebP] {
        let photo = full(format, ByteOrder::Big);
        assert_eq!(photo.to_bytes(), photo.to_bytes());
    }
}
