//! A movie of one track: `ftyp`, `moov`, then `mdat`, so that players can begin at once.
//!
//! Names of boxes are those of ISO/IEC 14496-12 and of the QuickTime file format.

use super::boxes::{full, holding, longs, plain};
use super::h264::Parameters;
use super::{AppleMeta, Brand, Rotation, Video};

/// Ticks in a second: times are milliseconds.
const TIMESCALE: u32 = 1_000;
/// From 1904-01-01, where these files begin to count, to 1970-01-01.
const SECONDS_FROM_1904: i64 = 2_082_844_800;

pub(super) fn write(video: &Video, parameters: &Parameters, samples: &[Vec<u8>]) -> Vec<u8> {
    let file_type = match video.brand {
        Brand::Mp4 => plain(b"ftyp", b"isom\0\0\x02\0isomiso2avc1mp41"),
        Brand::Mov => plain(b"ftyp", b"qt  \0\0\0\0qt  "),
    };
    // The offset is a number of fixed width, so the movie has its final length before it is known.
    let length = movie(video, parameters, samples, 0).len();
    let first_sample_at = file_type.len() + length + 8;
    let movie = movie(video, parameters, samples, first_sample_at as u32);
    [file_type, movie, holding(b"mdat", samples)].concat()
}

fn movie(video: &Video, parameters: &Parameters, samples: &[Vec<u8>], first_at: u32) -> Vec<u8> {
    let mut inner = vec![movie_header(video), track(video, parameters, samples, first_at)];
    if let Some(location) = &video.location {
        inner.push(holding(b"udta", &[place(location)]));
    }
    inner.extend(apple_meta(&video.apple, video.brand));
    holding(b"moov", &inner)
}

fn movie_header(video: &Video) -> Vec<u8> {
    let (version, mut content) = times(video, &[TIMESCALE]);
    content.extend(longs(&[0x0001_0000]));
    content.extend_from_slice(&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    content.extend(matrix(Rotation::Upright, (0, 0)));
    content.extend(longs(&[0, 0, 0, 0, 0, 0, 2]));
    full(b"mvhd", version, 0, &content)
}

fn track(video: &Video, parameters: &Parameters, samples: &[Vec<u8>], first_at: u32) -> Vec<u8> {
    let (version, mut content) = times(video, &[1, 0]);
    content.extend_from_slice(&[0; 16]);
    let (width, height) = video.stored_size();
    content.extend(matrix(video.rotation, (width, height)));
    content.extend(longs(&[width << 16, height << 16]));
    let header = full(b"tkhd", version, 3, &content);
    holding(b"trak", &[header, media(video, parameters, samples, first_at)])
}

fn media(video: &Video, parameters: &Parameters, samples: &[Vec<u8>], first_at: u32) -> Vec<u8> {
    const UNDETERMINED: [u8; 4] = [0x55, 0xC4, 0, 0];
    let (version, mut content) = times(video, &[TIMESCALE]);
    content.extend_from_slice(&UNDETERMINED);
    let header = full(b"mdhd", version, 0, &content);
    let itself = full(b"url ", 0, 1, &[]);
    let references = full(b"dref", 0, 0, &[longs(&[1]), itself].concat());
    let information = holding(
        b"minf",
        &[
            full(b"vmhd", 0, 1, &[0; 8]),
            holding(b"dinf", &[references]),
            sample_table(video, parameters, samples, first_at),
        ],
    );
    holding(b"mdia", &[header, handler(video.brand), information])
}

fn handler(brand: Brand) -> Vec<u8> {
    // QuickTime counts the length of the name, MP4 ends it with a zero.
    let (component, name): (&[u8], &[u8]) = match brand {
        Brand::Mp4 => (&[0; 4], b"Video\0"),
        Brand::Mov => (b"mhlr", b"\x05Video"),
    };
    full(b"hdlr", 0, 0, &[component, b"vide", &[0; 12], name].concat())
}

fn sample_table(
    video: &Video,
    parameters: &Parameters,
    samples: &[Vec<u8>],
    first_at: u32,
) -> Vec<u8> {
    let count = samples.len() as u32;
    let durations = video.frame_durations_ms();
    let numbers: Vec<u32> = (1..=count).collect();
    let sizes: Vec<u32> = samples.iter().map(|sample| sample.len() as u32).collect();
    let runs = durations.iter().flat_map(|duration| [1, *duration]).collect::<Vec<u32>>();
    let entry = sample_entry(video, parameters);
    holding(
        b"stbl",
        &[
            full(b"stsd", 0, 0, &[longs(&[1]), entry].concat()),
            full(b"stts", 0, 0, &[longs(&[count]), longs(&runs)].concat()),
            full(b"stss", 0, 0, &[longs(&[count]), longs(&numbers)].concat()),
            full(b"stsc", 0, 0, &longs(&[1, 1, count, 1])),
            full(b"stsz", 0, 0, &[longs(&[0, count]), longs(&sizes)].concat()),
            full(b"stco", 0, 0, &longs(&[1, first_at])),
        ],
    )
}

fn sample_entry(video: &Video, parameters: &Parameters) -> Vec<u8> {
    let (width, height) = video.stored_size();
    let mut content = vec![0, 0, 0, 0, 0, 0, 0, 1];
    content.extend_from_slice(&[0; 16]);
    content.extend_from_slice(&(width as u16).to_be_bytes());
    content.extend_from_slice(&(height as u16).to_be_bytes());
    content.extend(longs(&[72 << 16, 72 << 16, 0]));
    content.extend_from_slice(&[0, 1]);
    content.extend_from_slice(&[0; 32]);
    content.extend_from_slice(&[0, 24, 0xFF, 0xFF]);
    content.extend(decoder_configuration(parameters));
    plain(b"avc1", &content)
}

fn decoder_configuration(Parameters { sequence, picture }: &Parameters) -> Vec<u8> {
    let mut content = vec![1, sequence[1], sequence[2], sequence[3], 0xFF, 0xE1];
    content.extend_from_slice(&(sequence.len() as u16).to_be_bytes());
    content.extend_from_slice(sequence);
    content.push(1);
    content.extend_from_slice(&(picture.len() as u16).to_be_bytes());
    content.extend_from_slice(picture);
    plain(b"avcC", &content)
}

/// Creation and modification time, then `between`, then the duration; with the version of the box
/// that they need: 1 when the time does not fit into 32 bits, as from 2040 on.
fn times(video: &Video, between: &[u32]) -> (u8, Vec<u8>) {
    let created = video.created_utc.map_or(0, |seconds| seconds + SECONDS_FROM_1904);
    let duration: u32 = video.frame_durations_ms().iter().sum();
    match u32::try_from(created) {
        Ok(created) => (0, [longs(&[created; 2]), longs(between), longs(&[duration])].concat()),
        Err(_) => {
            let created = created.to_be_bytes();
            let duration = u64::from(duration).to_be_bytes();
            (1, [&created[..], &created, &longs(between), &duration].concat())
        }
    }
}

/// The matrix that turns stored frames of this size upright.
fn matrix(rotation: Rotation, (width, height): (u32, u32)) -> Vec<u8> {
    const ONE: u32 = 0x0001_0000;
    const MINUS: u32 = ONE.wrapping_neg();
    let (width, height) = (width << 16, height << 16);
    let [a, b, c, d, x, y] = match rotation {
        Rotation::Upright => [ONE, 0, 0, ONE, 0, 0],
        Rotation::Right => [0, ONE, MINUS, 0, height, 0],
        Rotation::Half => [MINUS, 0, 0, MINUS, width, height],
        Rotation::Left => [0, MINUS, ONE, 0, 0, width],
    };
    longs(&[a, b, 0, c, d, 0, x, y, 0x4000_0000])
}

fn place(location: &str) -> Vec<u8> {
    const UNDETERMINED: [u8; 2] = [0x55, 0xC4];
    let length = (location.len() as u16).to_be_bytes();
    plain(b"\xA9xyz", &[&length[..], &UNDETERMINED, location.as_bytes()].concat())
}

fn apple_meta(apple: &AppleMeta, brand: Brand) -> Option<Vec<u8>> {
    let texts: Vec<(&str, &String)> = [
        ("com.apple.quicktime.location.ISO6709", &apple.location),
        ("com.apple.quicktime.make", &apple.make),
        ("com.apple.quicktime.model", &apple.model),
        ("com.apple.quicktime.software", &apple.software),
        ("com.apple.quicktime.creationdate", &apple.creation_date),
        ("com.apple.quicktime.content.identifier", &apple.content_identifier),
    ]
    .into_iter()
    .filter_map(|(key, text)| text.as_ref().map(|text| (key, text)))
    .collect();
    if texts.is_empty() {
        return None;
    }
    let keys = texts.iter().map(|(key, _)| plain(b"mdta", key.as_bytes()));
    let keys = [longs(&[texts.len() as u32]), keys.collect::<Vec<_>>().concat()].concat();
    let items: Vec<Vec<u8>> = (1u32..)
        .zip(&texts)
        .map(|(index, (_, text))| {
            let data = plain(b"data", &[longs(&[1, 0]), text.as_bytes().to_vec()].concat());
            plain(&index.to_be_bytes(), &data)
        })
        .collect();
    let inner = [
        full(b"hdlr", 0, 0, &[&[0; 4][..], b"mdta", &[0; 13]].concat()),
        full(b"keys", 0, 0, &keys),
        holding(b"ilst", &items),
    ];
    // In QuickTime this box has no version; in MP4 it has.
    Some(match brand {
        Brand::Mov => holding(b"meta", &inner),
        Brand::Mp4 => full(b"meta", 0, 0, &inner.concat()),
    })
}
