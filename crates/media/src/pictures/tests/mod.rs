//! What [`make_pictures`] promises, on pictures made here, on hostile ones, and, when
//! `KALENDS_CORPUS` names a folder of real files, on those.

mod corpus;
mod hostile;
pub(super) mod samples;

use image::{DynamicImage, GrayImage, ImageFormat, Rgba, RgbaImage};

use super::*;

fn made(bytes: &[u8], orientation: u8) -> Pictures {
    make_pictures(bytes, orientation, &Limits::default()).unwrap()
}

fn opened(bytes: &[u8]) -> DynamicImage {
    match sniff(bytes).unwrap() {
        Format::WebP => image::load_from_memory_with_format(bytes, ImageFormat::WebP).unwrap(),
        Format::Jpeg => {
            let decoded = decode::decode(Format::Jpeg, bytes, &Limits::default()).unwrap();
            let (width, height) = (decoded.raster.width(), decoded.raster.height());
            let pixels = decoded.raster.pixels().to_vec();
            image::RgbImage::from_raw(width, height, pixels).unwrap().into()
        }
        other => panic!("made a {other}"),
    }
}

/// Which corner of a picture is red: 0 top left, 1 top right, 2 bottom right, 3 bottom left.
fn red_corner(picture: &DynamicImage) -> Vec<usize> {
    let picture = picture.to_rgb8();
    let (right, bottom) = (picture.width() - 1, picture.height() - 1);
    let corners = [(0, 0), (right, 0), (right, bottom), (0, bottom)];
    let is_red = |&index: &usize| {
        let [red, _, blue] = picture.get_pixel(corners[index].0, corners[index].1).0;
        red > 150 && blue < 100
    };
    (0..4).filter(is_red).collect()
}

#[test]
fn every_orientation_brings_the_corner_to_its_place() {
    let jpeg = samples::jpeg(&samples::scene(600, 400), false);
    let corner_of = [0, 1, 2, 3, 0, 1, 2, 3];
    for (orientation, corner) in (1..).zip(corner_of) {
        let pictures = made(&jpeg, orientation);
        let is_turned = orientation >= 5;
        let size = if is_turned { (400, 600) } else { (600, 400) };
        assert_eq!((pictures.width, pictures.height), size, "orientation {orientation}");
        let thumbnail = opened(&pictures.thumbnail_webp);
        let small = if is_turned { (250, 375) } else { (375, 250) };
        assert_eq!((thumbnail.width(), thumbnail.height()), small, "orientation {orientation}");
        for picture in [thumbnail, opened(&pictures.preview_jpeg)] {
            assert_eq!(red_corner(&picture), [corner], "orientation {orientation}");
        }
        let (width, height, hashed) =
            fast_thumbhash::thumb_hash_to_rgba(&pictures.thumbhash).unwrap();
        assert_eq!(width > height, !is_turned, "orientation {orientation}");
        let hashed = RgbaImage::from_raw(width as u32, height as u32, hashed).unwrap();
        assert_eq!(red_corner(&hashed.into()), [corner], "orientation {orientation}");
    }
}

#[test]
fn the_shorter_side_rules_and_nothing_is_enlarged() {
    let cases = [
        ((1, 1), (1, 1), (1, 1)),
        ((3, 200), (3, 200), (3, 200)),
        ((640, 480), (640, 480), (333, 250)),
        ((2000, 1600), (1800, 1440), (313, 250)),
        ((9000, 300), (9000, 300), (7500, 250)),
        ((300, 20_000), (300, 20_000), (246, 16_383)),
    ];
    for ((width, height), preview, thumbnail) in cases {
        let pictures = made(&samples::png(samples::scene(width, height)), 1);
        assert_eq!((pictures.width, pictures.height), (width, height));
        let size = |bytes: &[u8]| {
            let picture = opened(bytes);
            (picture.width(), picture.height())
        };
        assert_eq!(size(&pictures.preview_jpeg), preview, "preview of {width}x{height}");
        assert_eq!(size(&pictures.thumbnail_webp), thumbnail, "thumbnail of {width}x{height}");
        assert!((5..=25).contains(&pictures.thumbhash.len()), "{width}x{height}");
    }
}

#[test]
fn every_format_shows_the_same_scene() {
    let scene = samples::scene(500, 300);
    let webp = webp::Encoder::from_rgb(&scene, 500, 300).encode(90.0).to_vec();
    let files = [
        samples::jpeg(&scene, false),
        samples::jpeg(&scene, true),
        samples::png(scene.clone()),
        samples::file(scene.clone(), ImageFormat::Bmp),
        samples::file(scene.clone(), ImageFormat::Tiff),
        samples::file(scene.clone(), ImageFormat::WebP),
        samples::gif(500, 300),
        webp,
    ];
    for file in files {
        let format = sniff(&file).unwrap();
        let pictures = made(&file, 1);
        assert_eq!((pictures.width, pictures.height), (500, 300), "{format}");
        assert_eq!(pictures.damage, None, "{format}");
        assert_eq!(red_corner(&opened(&pictures.thumbnail_webp)), [0], "{format}");
    }
}

#[test]
fn grey_and_deep_and_print_colours_are_shown() {
    let grey = GrayImage::from_pixel(40, 30, image::Luma([77]));
    let deep = DynamicImage::from(samples::scene(40, 30)).to_rgb16();
    let mut grey_jpeg = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut grey_jpeg, 90);
    encoder.encode(&grey, 40, 30, jpeg_encoder::ColorType::Luma).unwrap();
    for file in [samples::png(grey), grey_jpeg] {
        let [red, green, blue] = opened(&made(&file, 1).preview_jpeg).to_rgb8().get_pixel(9, 9).0;
        assert!([red, green, blue].iter().all(|value| value.abs_diff(77) <= 3));
    }
    assert_eq!(red_corner(&opened(&made(&samples::png(deep), 1).preview_jpeg)), [0]);

    let inks: Vec<u8> = [0, 255, 255, 0].repeat(40 * 30);
    for colours in [jpeg_encoder::ColorType::Cmyk, jpeg_encoder::ColorType::CmykAsYcck] {
        let mut jpeg = Vec::new();
        jpeg_encoder::Encoder::new(&mut jpeg, 90).encode(&inks, 40, 30, colours).unwrap();
        let [red, _, blue] = opened(&made(&jpeg, 1).preview_jpeg).to_rgb8().get_pixel(9, 9).0;
        assert!(red > 200 && blue < 50, "{colours:?}: {red} {blue}");
    }
}

#[test]
fn transparency_is_white_in_the_preview_and_kept_in_the_thumbnail() {
    let clear =
        RgbaImage::from_fn(400, 400, |x, _| Rgba([10, 20, 30, if x < 200 { 0 } else { 255 }]));
    let pictures = made(&samples::png(clear), 1);
    let preview = opened(&pictures.preview_jpeg).to_rgb8();
    assert!(preview.get_pixel(40, 200).0.iter().all(|&value| value > 245));
    assert!(preview.get_pixel(360, 200).0.iter().all(|&value| value < 60));
    let thumbnail = opened(&pictures.thumbnail_webp).to_rgba8();
    assert_eq!(thumbnail.get_pixel(25, 125).0[3], 0);
    assert_eq!(thumbnail.get_pixel(225, 125).0[3], 255);
    let (.., alpha) = fast_thumbhash::thumb_hash_to_average_rgba(&pictures.thumbhash).unwrap();
    assert!((0.3..0.7).contains(&alpha), "{alpha}");
}

#[test]
fn pictures_carry_no_metadata() {
    let mut jpeg = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 90);
    encoder.add_app_segment(1, b"Exif\0\0MM\0*where it was".to_vec()).unwrap();
    let scene = samples::scene(60, 40);
    encoder.encode(&scene, 60, 40, jpeg_encoder::ColorType::Rgb).unwrap();
    let pictures = made(&jpeg, 1);
    for picture in [&pictures.thumbnail_webp, &pictures.preview_jpeg] {
        assert!(!picture.windows(4).any(|word| word == b"Exif" || word == b"EXIF"));
    }
}

#[test]
fn the_colours_of_a_profile_are_brought_to_srgb() {
    let mut jpeg = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 95);
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    encoder.add_icc_profile(&profile).unwrap();
    let pixels = [200, 100, 100].repeat(64 * 64);
    encoder.encode(&pixels, 64, 64, jpeg_encoder::ColorType::Rgb).unwrap();
    let [red, green, _] = opened(&made(&jpeg, 1).preview_jpeg).to_rgb8().get_pixel(30, 30).0;
    assert!(red > 205 && green < 98, "{red} {green}");
}

#[cfg(feature = "heic")]
#[test]
fn the_orientation_of_a_file_stored_upright_is_not_applied_again() {
    let scene = samples::scene(300, 200);
    let options = heifer::EncodeOptions { quality: 80, max_threads: 1 };
    let heic = heifer::encode_rgb8(300, 200, &scene, &options).unwrap();
    assert_eq!(sniff(&heic), Some(Format::Heic));
    for orientation in [1, 6] {
        let pictures = made(&heic, orientation);
        assert_eq!((pictures.width, pictures.height), (300, 200));
        assert_eq!(red_corner(&opened(&pictures.preview_jpeg)), [0]);
    }
    for end in (0..heic.len()).step_by(64) {
        let answer = make_pictures(&heic[..end], 1, &Limits::default());
        assert!(!matches!(answer, Err(PictureError::Decoder(_))), "cut at {end}: {answer:?}");
    }
}

/// A little-endian TIFF of one directory, with `extra` behind it.
fn tiff(entries: &[(u16, u16, u32, u32)], extra: &[u8]) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend((entries.len() as u16).to_le_bytes());
    for &(tag, kind, count, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes.extend(extra);
    bytes
}

#[test]
fn raw_files_show_their_largest_preview() {
    let small = samples::jpeg(&samples::scene(60, 40), false);
    let large = samples::jpeg(&samples::scene(300, 200), false);
    let start = 8 + 2 + 5 * 12 + 4;
    let (small_length, large_length) = (small.len() as u32, large.len() as u32);
    let raw = tiff(
        &[
            (262, 3, 1, 32_803),
            (273, 4, 1, start),
            (279, 4, 1, small_length),
            (513, 4, 1, start + small_length),
            (514, 4, 1, large_length),
        ],
        &[small, large].concat(),
    );
    let pictures = made(&raw, 6);
    assert_eq!((pictures.width, pictures.height), (200, 300));
    assert_eq!(red_corner(&opened(&pictures.preview_jpeg)), [1]);
}

#[test]
fn raw_files_without_a_preview_say_so() {
    let raw = tiff(&[(262, 3, 1, 32_803), (330, 4, 1, 8)], &[]);
    let answer = make_pictures(&raw, 1, &Limits::default());
    assert!(matches!(answer, Err(PictureError::Unsupported(Format::Raw, _))), "{answer:?}");
}
