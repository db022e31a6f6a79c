//! Photos as a phone takes them: 12 megapixels, about 3 MB, each with its date.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use kalends_specimen::Exif;

use crate::Outcome;

const WIDTH: usize = 4_000;
const HEIGHT: usize = 3_000;

/// How coarse the grain is that a sensor would add: so much that the file has some 3 MB.
const GRAIN: u32 = 22;

/// One photo that was taken at 12:00 on a day of 2023, and differs from every other.
pub(crate) struct Photos {
    before_date: Vec<u8>,
    after_date: Vec<u8>,
}

/// A date of the same length as every other, to be found in the file.
const STAND_IN: &str = "2023:01:01 12:00:00";

impl Photos {
    /// Makes the picture, once.
    pub(crate) fn new() -> Outcome<Self> {
        let exif = Exif {
            date_time_original: Some(STAND_IN.to_owned()),
            make: Some("Kalends".to_owned()),
            model: Some("Figures".to_owned()),
            ..Exif::default()
        };
        let mut jpeg = Vec::new();
        let mut encoder = Encoder::new(&mut jpeg, 88);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        encoder.add_exif_metadata(&exif.to_tiff().ok_or("no EXIF")?)?;
        encoder.encode(&pixels(), WIDTH as u16, HEIGHT as u16, ColorType::Rgb)?;
        let date = STAND_IN.as_bytes();
        let at = jpeg.windows(date.len()).position(|bytes| bytes == date).ok_or("no date")?;
        Ok(Self { before_date: jpeg[..at].to_vec(), after_date: jpeg[at + date.len()..].to_vec() })
    }

    /// The `number`th of at most 6,720: twenty a day.
    pub(crate) fn bytes(&self, number: usize) -> Vec<u8> {
        let (day, second) = (number / 20, number % 20);
        let (month, day) = (1 + day / 28, 1 + day % 28);
        let date = format!("2023:{month:02}:{day:02} 12:00:{second:02}");
        [&self.before_date, date.as_bytes(), &self.after_date].concat()
    }
}

/// A sky above a meadow, with the grain of a sensor.
fn pixels() -> Vec<u8> {
    let mut state = 1_u32;
    let mut grain = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % GRAIN
    };
    let mut pixels = Vec::with_capacity(WIDTH * HEIGHT * 3);
    for row in 0..HEIGHT {
        for column in 0..WIDTH {
            let light = (row * 120 / HEIGHT + column * 60 / WIDTH) as u32;
            let blade = u32::from(row > HEIGHT / 2 && (column / 7 + row / 11) % 5 == 0) * 40;
            let noise = grain();
            for base in [40, 90 + blade, 130] {
                pixels.push((base + light / 2 + noise) as u8);
            }
        }
    }
    pixels
}
