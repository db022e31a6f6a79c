//! The boxes of the videos, walked byte by byte.

use kalends_specimen::{Brand, Rotation, Scene, Video, WallTime};

/// The content of the first box at a path below `bytes`.
fn inside<'a>(bytes: &'a [u8], path: &[&str]) -> Option<&'a [u8]> {
    let Some((first, rest)) = path.split_first() else { return Some(bytes) };
    let mut at = 0;
    while at + 8 <= bytes.len() {
        let length = long(bytes, at) as usize;
        assert!(length >= 8 && at + length <= bytes.len(), "a box lies inside its parent");
        if &bytes[at + 4..at + 8] == first.as_bytes() {
            return inside(&bytes[at + 8..at + length], rest);
        }
        at += length;
    }
    assert_eq!(at, bytes.len(), "boxes fill their parent");
    None
}

fn long(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn longs(bytes: &[u8]) -> Vec<u32> {
    (0..bytes.len() / 4).map(|index| long(bytes, index * 4)).collect()
}

const TABLE: [&str; 5] = ["moov", "trak", "mdia", "minf", "stbl"];

fn table<'a>(bytes: &'a [u8], name: &'a str) -> &'a [u8] {
    let path: Vec<&str> = TABLE.into_iter().chain([name]).collect();
    inside(bytes, &path).expect("the table is there")
}

#[test]
fn durations_add_up_to_what_was_asked() {
    let mut video = Video::new(Scene::Sea, 1, 32, 32);
    (video.frames, video.frames_per_second, video.duration_ms) = (7, 5, 3_200);
    let bytes = video.to_bytes();
    let header = inside(&bytes, &["moov", "mvhd"]).unwrap();
    assert_eq!((long(header, 12), long(header, 16)), (1_000, 3_200));
    let runs = longs(&table(&bytes, "stts")[8..]);
    assert_eq!(runs.chunks(2).map(|run| run[0] * run[1]).sum::<u32>(), 3_200);
    assert_eq!(runs.len(), 14);
}

#[test]
fn samples_lie_where_the_tables_say() {
    for brand in [Brand::Mp4, Brand::Mov] {
        let mut video = Video::new(Scene::City, 1, 50, 34);
        video.brand = brand;
        let bytes = video.to_bytes();
        let mut at = long(table(&bytes, "stco"), 8) as usize;
        for size in longs(&table(&bytes, "stsz")[12..]) {
            assert_eq!(long(&bytes, at) + 4, size, "the length before the NAL unit");
            assert_eq!(bytes[at + 4], 0x65, "an IDR slice");
            at += size as usize;
        }
        assert_eq!(at, bytes.len());
        assert_eq!(longs(&table(&bytes, "stss")[8..]), [1, 2, 3, 4, 5]);
    }
}

#[test]
fn creation_time_counts_from_1904_and_zero_is_unset() {
    let mut video = Video::new(Scene::Sky, 1, 16, 16);
    let header = |video: &Video| inside(&video.to_bytes(), &["moov", "mvhd"]).unwrap().to_vec();
    assert_eq!(longs(&header(&video)[..12]), [0, 0, 0]);
    video.created_utc = Some(WallTime::new(1904, 1, 2, 0, 0, 0).unix_seconds(0));
    assert_eq!(longs(&header(&video)[..12]), [0, 86_400, 86_400]);
    // 32 bits end in February 2040: the box changes its version.
    video.created_utc = Some(WallTime::new(2050, 1, 1, 0, 0, 0).unix_seconds(0));
    assert_eq!(header(&video)[0], 1);
    assert_eq!(long(&header(&video), 20), 1_000);
}

#[test]
fn rotation_swaps_the_stored_size_and_sets_the_matrix() {
    for (rotation, first, size) in [
        (Rotation::Upright, [0x1_0000, 0], [32, 16]),
        (Rotation::Right, [0, 0x1_0000], [16, 32]),
        (Rotation::Half, [0xFFFF_0000, 0], [32, 16]),
        (Rotation::Left, [0, 0xFFFF_0000], [16, 32]),
    ] {
        let mut video = Video::new(Scene::Corners, 1, 32, 16);
        video.rotation = rotation;
        let bytes = video.to_bytes();
        let header = longs(inside(&bytes, &["moov", "trak", "tkhd"]).unwrap());
        assert_eq!(header[10..12], first, "{rotation:?}");
        assert_eq!(header[19..21], size.map(|side: u32| side << 16));
    }
}

#[test]
fn apple_keys_name_their_values() {
    let mut video = Video::new(Scene::Sky, 1, 16, 16);
    assert!(inside(&video.to_bytes(), &["moov", "meta"]).is_none());
    video.brand = Brand::Mov;
    video.apple.content_identifier = Some("ABC".to_owned());
    video.apple.make = Some("Apple".to_owned());
    let bytes = video.to_bytes();
    let keys = inside(&bytes, &["moov", "meta", "keys"]).unwrap();
    assert_eq!(long(keys, 4), 2);
    assert!(keys.ends_with(b"com.apple.quicktime.content.identifier"));
    let values = inside(&bytes, &["moov", "meta", "ilst"]).unwrap();
    assert!(values.ends_with(b"\0\0\0\x01\0\0\0\0ABC"));
}

#[test]
fn a_truncated_video_is_the_beginning_of_the_whole() {
    let mut video = Video::new(Scene::Sky, 1, 16, 16);
    let whole = video.to_bytes();
    video.truncate_to = Some(77);
    assert_eq!(video.to_bytes(), whole[..77]);
}
