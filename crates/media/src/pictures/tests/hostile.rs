//! Files that lie, end early, or were never pictures.

use super::*;

/// A PNG that is only a header.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1A\n\0\0\0\x0D".to_vec();
    png.extend(&chunk);
    png.extend(crc32(&chunk).to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xAF\x06\x1E");
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & 0u32.wrapping_sub(crc & 1))
        })
    })
}

/// `jpeg` with another size in its frame header.
fn resized_header(jpeg: &[u8], width: u16, height: u16) -> Vec<u8> {
    let marker = jpeg.windows(2).position(|pair| pair == b"\xFF\xC0").unwrap();
    let mut lying = jpeg.to_vec();
    lying[marker + 5..marker + 7].copy_from_slice(&height.to_be_bytes());
    lying[marker + 7..marker + 9].copy_from_slice(&width.to_be_bytes());
    lying
}

fn refusal(bytes: &[u8]) -> PictureError {
    make_pictures(bytes, 1, &Limits::default()).unwrap_err()
}

#[test]
fn sizes_beyond_the_limits_are_refused_by_the_header() {
    let jpeg = samples::jpeg(&samples::scene(64, 64), false);
    let huge_gif = {
        let mut gif = samples::gif(4, 4);
        gif[6..10].fill(255);
        gif
    };
    let huge_bmp = {
        let mut bmp = samples::file(samples::scene(4, 4), ImageFormat::Bmp);
        bmp[18..26].copy_from_slice(&[0x30, 0x75, 0, 0, 0x30, 0x75, 0, 0]);
        bmp
    };
    let files =
        [png_header(30_000, 30_000), resized_header(&jpeg, 65_500, 65_500), huge_gif, huge_bmp];
    for bytes in files {
        let refused = refusal(&bytes);
        assert!(matches!(refused, PictureError::TooLarge(_)), "{:?} {refused:?}", sniff(&bytes));
    }
}

#[test]
fn sizes_that_the_bytes_cannot_hold_are_refused_by_the_header() {
    let jpeg = samples::jpeg(&samples::scene(64, 64), false);
    for bytes in [png_header(12_000, 12_000), resized_header(&jpeg, 14_000, 14_000)] {
        let refused = refusal(&bytes);
        let is_by_header =
            matches!(&refused, PictureError::Damaged(why) if why.contains("claimed"));
        assert!(is_by_header, "{refused:?}");
    }
}

#[test]
fn each_limit_holds() {
    let png = samples::png(samples::scene(100, 100));
    let limits = Limits::default();
    let allowed = [
        Limits { pixels_max: 10_000, ..limits },
        Limits { input_bytes_max: png.len() as u64, ..limits },
        Limits { memory_bytes_max: 100_000, ..limits },
    ];
    let refused = [
        Limits { pixels_max: 9_999, ..limits },
        Limits { input_bytes_max: png.len() as u64 - 1, ..limits },
        Limits { memory_bytes_max: 99_999, ..limits },
    ];
    for limits in allowed {
        assert!(make_pictures(&png, 1, &limits).is_ok(), "{limits:?}");
    }
    for limits in refused {
        let answer = make_pictures(&png, 1, &limits);
        assert!(matches!(answer, Err(PictureError::TooLarge(_))), "{limits:?} {answer:?}");
    }
}

#[test]
fn files_cut_anywhere_never_panic() {
    let noise = samples::noise(160, 120);
    let webp = webp::Encoder::from_rgb(&noise, 160, 120).encode(80.0).to_vec();
    let files = [
        samples::jpeg(&noise, false),
        samples::jpeg(&noise, true),
        samples::png(noise.clone()),
        samples::file(noise.clone(), ImageFormat::Tiff),
        samples::file(noise.clone(), ImageFormat::Bmp),
        samples::gif(160, 120),
        webp,
    ];
    for file in files {
        for end in (0..file.len()).step_by(64) {
            let answer = make_pictures(&file[..end], 6, &Limits::default());
            let panicked = matches!(answer, Err(PictureError::Decoder(_)));
            assert!(!panicked, "{:?} cut at {end}: {answer:?}", sniff(&file));
        }
    }
}

#[test]
fn half_a_picture_is_shown_and_said_to_be_half() {
    let noise = samples::noise(160, 120);
    let files =
        [samples::jpeg(&noise, false), samples::jpeg(&noise, true), samples::png(noise.clone())];
    for file in files {
        let pictures = made(&file[..file.len() * 3 / 4], 1);
        assert!(pictures.damage.is_some(), "{:?}", sniff(&file));
        let shown = opened(&pictures.preview_jpeg).to_rgb8().get_pixel(20, 10).0;
        assert!(shown.iter().any(|&value| value > 60), "{:?} {shown:?}", sniff(&file));
        assert_eq!(made(&file, 1).damage, None, "{:?}", sniff(&file));
    }
}

#[test]
fn single_bytes_changed_never_panic() {
    let noise = samples::noise(48, 32);
    for file in [samples::jpeg(&noise, true), samples::png(noise.clone()), samples::gif(48, 32)] {
        for at in (0..file.len()).step_by(7) {
            let mut changed = file.clone();
            changed[at] ^= 0x5A;
            let answer = make_pictures(&changed, 1, &Limits::default());
            assert!(!matches!(answer, Err(PictureError::Decoder(_))), "{at}: {answer:?}");
        }
    }
}

#[test]
fn a_panic_becomes_an_error() {
    let answer: Result<(), _> = without_panic(|| panic!("the decoder fell over"));
    assert_eq!(answer, Err(PictureError::Decoder("the decoder fell over".to_owned())));
}

#[test]
fn what_is_no_picture_is_not_recognised() {
    for bytes in [b"".as_slice(), b"hello", b"\0\0\0\x14ftypqt  \0\0\0\0qt  "] {
        assert_eq!(refusal(bytes), PictureError::Unrecognised);
    }
}
