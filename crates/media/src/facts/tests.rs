//! Facts of hand-made files, of the demo's, and of real ones.

mod corpus;
mod dates;
mod demo;

use kalends_model::{GeoPoint, Instant, LocalTime, Offset};
use kalends_specimen::{Brand, Motion, MotionKind, Photo, PhotoFormat, Scene, Video};

use super::zones::{instant_offset, local_offset};
use super::{Facts, FactsError, Format, Input, Zones, read};

/// The whole world lies in one zone.
struct OneZone(&'static str);

impl Zones for OneZone {
    fn zone_at(&self, _place: GeoPoint) -> Option<String> {
        Some(self.0.to_owned())
    }

    fn offset_at_local(&self, zone: &str, local: LocalTime) -> Option<Offset> {
        local_offset(zone, local)
    }

    fn offset_at_instant(&self, zone: &str, instant: Instant) -> Option<Offset> {
        instant_offset(zone, instant)
    }
}

fn facts(bytes: &[u8], name: &str) -> Facts {
    read(&mut Input::bytes(bytes), name, None, &OneZone("Europe/Paris")).unwrap()
}

fn photo() -> Photo {
    Photo::new(Scene::Sea, 1, 64, 48)
}

#[test]
fn bytes_count_more_than_names() {
    let bytes = photo().to_bytes();
    let said = facts(&bytes, "holiday.HEIC");
    assert_eq!((said.format, said.is_misnamed), (Format::Jpeg, true));
    assert_eq!(said.mime, "image/jpeg");
    assert!(!facts(&bytes, "holiday.jpg").is_misnamed);
    assert!(!facts(&bytes, "holiday").is_misnamed);
}

#[test]
fn files_that_say_nothing_are_refused_with_a_reason() {
    let refuse = |bytes: &[u8]| read(&mut Input::bytes(bytes), "a.jpg", None, &OneZone("UTC"));
    assert!(matches!(refuse(b""), Err(FactsError::Empty)));
    assert!(matches!(refuse(b"not a picture"), Err(FactsError::UnknownFormat)));
    let cut = refuse(b"\xff\xd8\xff\xe0").unwrap();
    assert_eq!((cut.capture, cut.raw_width, cut.warnings.len()), (None, None, 1));
}

#[test]
fn containers_carry_the_same_facts() {
    for format in [PhotoFormat::Jpeg, PhotoFormat::Png, PhotoFormat::WebP] {
        let photo = photo().camera("Kalends", "One").orientation(6).rating(4).keyword("A/B");
        let bytes = photo.described("A sea").format(format).to_bytes();
        let said = facts(&bytes, &format!("a.{}", format.extension()));
        assert!(!said.is_misnamed, "{format:?}");
        assert_eq!((said.raw_width, said.raw_height), (Some(48), Some(64)), "{format:?}");
        assert_eq!((said.display_width, said.display_height), (Some(64), Some(48)), "{format:?}");
        assert_eq!(said.make.as_deref(), Some("Kalends"), "{format:?}");
        assert_eq!(said.rating, Some(4), "{format:?}");
        assert_eq!(said.description.as_deref(), Some("A sea"), "{format:?}");
        assert_eq!(said.tags, [["A", "B"]], "{format:?}");
    }
}

#[test]
fn motion_parts_are_found_however_they_are_announced() {
    let video = Video::new(Scene::Sea, 1, 32, 32).to_bytes();
    for kind in [MotionKind::MicroVideo, MotionKind::MotionPhoto] {
        let mut photo = photo();
        photo.motion = Some(Motion { kind, video: video.clone() });
        let bytes = photo.to_bytes();
        let motion = facts(&bytes, "a.jpg").motion.unwrap();
        assert_eq!(motion.len, video.len() as u64, "{kind:?}");
        assert_eq!(&bytes[motion.offset as usize..], video, "{kind:?}");
        // Without its end the video is not where it should be.
        let cut = facts(&bytes[..bytes.len() - 9], "a.jpg");
        assert!(cut.motion.is_none() && !cut.warnings.is_empty(), "{kind:?}");
    }
}

#[test]
fn samsung_trailers_hold_a_motion_part() {
    let video = Video::new(Scene::Sea, 1, 32, 32).to_bytes();
    let mut bytes = photo().to_bytes();
    let block_at = bytes.len();
    bytes.extend([0, 0, 0x30, 0x0a, 16, 0, 0, 0]);
    bytes.extend(b"MotionPhoto_Data");
    let video_at = bytes.len();
    bytes.extend(&video);
    let directory_at = bytes.len();
    bytes.extend(b"SEFH\x6b\0\0\0\x01\0\0\0\0\0\x30\x0a");
    bytes.extend(((directory_at - block_at) as u32).to_le_bytes());
    bytes.extend(((directory_at - block_at) as u32).to_le_bytes());
    bytes.extend(24_u32.to_le_bytes());
    bytes.extend(b"SEFT");
    let motion = facts(&bytes, "a.jpg").motion.unwrap();
    assert_eq!((motion.offset, motion.len), (video_at as u64, video.len() as u64));
}

/// Whole files with everything in them, cut everywhere and changed at random places.
#[test]
fn damaged_files_never_panic() {
    let video = Video::new(Scene::Sea, 1, 16, 16).to_bytes();
    let mut photo = Photo::new(Scene::Sea, 1, 8, 8)
        .camera("Apple", "One")
        .at(48.85, 2.29)
        .rating(4)
        .keyword("A/B")
        .described("A sea")
        .face("Anna", (0.5, 0.5, 0.1, 0.1));
    photo.exif.content_identifier = Some("1745E022".to_owned());
    photo.iptc.caption = Some("A sea".to_owned());
    let formats = [PhotoFormat::Jpeg, PhotoFormat::Png, PhotoFormat::WebP, PhotoFormat::Gif];
    let mut files: Vec<Vec<u8>> =
        formats.into_iter().map(|format| photo.clone().format(format).to_bytes()).collect();
    photo.motion = Some(Motion { kind: MotionKind::MotionPhoto, video: video.clone() });
    files.extend([photo.to_bytes(), video, b"\xff\xd8\xffSEFT".to_vec()]);

    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for bytes in &files {
        let attempt = |bytes: &[u8]| {
            for name in ["a.jpg", "a.dng"] {
                let _ = read(&mut Input::bytes(bytes), name, Some(bytes), &OneZone("UTC"));
            }
        };
        let step = 1 + bytes.len() / 500;
        (0..bytes.len()).step_by(step).for_each(|cut| attempt(&bytes[..cut]));
        for _ in 0..1_000 {
            let mut changed = bytes.clone();
            for _ in 0..=random(8) {
                let at = random(changed.len().min(3_000));
                changed[at] = [0, 1, 0x7f, 0x80, 0xff, random(256) as u8][random(6)];
            }
            attempt(&changed);
        }
    }
}

#[test]
fn a_large_video_is_not_read_whole() {
    let video = Video { brand: Brand::Mov, ..Video::new(Scene::Sea, 1, 64, 48) };
    let bytes = video.to_bytes();
    // A box of 8 MB stands before the rest, as picture data often does.
    let mut large = (8_u32 << 20).to_be_bytes().to_vec();
    large.extend(b"mdat");
    large.resize(8 << 20, 0);
    large.extend(&bytes);
    let mut input = Input::reader(std::io::Cursor::new(large)).unwrap();
    let said = read(&mut input, "a.mov", None, &OneZone("UTC")).unwrap();
    assert_eq!(said.duration_ms, Some(2_500));
    assert!(input.bytes_read() < 300 << 10, "{}", input.bytes_read());
}
