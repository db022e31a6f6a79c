//! From the colours a file was made in to sRGB, which is all that the pictures made here are in.
//!
//! Done on the reduced picture: the difference cannot be seen, and it costs a few milliseconds
//! instead of fifty. A profile that cannot be used leaves the pixels as they are; a photo with
//! slightly wrong colours is better than none.

use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, Layout, MatrixCoefficients,
    TransferCharacteristics, TransformOptions,
};

use super::raster::{Channels, Raster};

/// Profiles beyond this size are not read; real ones are some hundred bytes to two megabytes.
const PROFILE_BYTES_MAX: usize = 4 << 20;

/// The colours that the pixels of a file mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Colours {
    /// sRGB, or a file that does not say.
    Srgb,
    /// An embedded ICC profile.
    Icc(Vec<u8>),
    /// Primaries as a code point of ITU-T H.273, as HEIF writes them: 1 is BT.709 (and sRGB),
    /// 9 BT.2020, 12 Display P3. The camera curves are shown as sRGB's is, by convention; PQ and
    /// HLG would need tone mapping, for which the sRGB curve stands in.
    #[cfg_attr(
        not(any(feature = "heic", feature = "avif", test)),
        expect(dead_code, reason = "only the HEIF formats write them")
    )]
    Primaries(u16),
}

impl From<Option<Vec<u8>>> for Colours {
    fn from(profile: Option<Vec<u8>>) -> Self {
        profile.map_or(Self::Srgb, Self::Icc)
    }
}

/// `raster`, whose pixels mean `colours`, in sRGB.
pub(super) fn to_srgb(mut raster: Raster, colours: &Colours) -> Raster {
    let Some(profile) = profile_of(colours) else { return raster };
    match profile.color_space {
        DataColorSpace::Rgb => convert_rgb(&mut raster, &profile),
        DataColorSpace::Gray => convert_gray(&mut raster, &profile),
        // A profile for inks does not describe pixels that are red, green and blue already.
        _ => None,
    };
    raster
}

/// The profile to convert from, or `None` where there is nothing to do or to know.
fn profile_of(colours: &Colours) -> Option<ColorProfile> {
    match colours {
        Colours::Srgb => None,
        Colours::Icc(bytes) if bytes.len() > PROFILE_BYTES_MAX => None,
        Colours::Icc(bytes) => ColorProfile::new_from_slice(bytes).ok(),
        Colours::Primaries(code) => primaries_profile(*code),
    }
}

fn primaries_profile(code: u16) -> Option<ColorProfile> {
    let color_primaries = CicpColorPrimaries::try_from(u8::try_from(code).ok()?).ok()?;
    let is_srgb = matches!(color_primaries, CicpColorPrimaries::Bt709);
    if is_srgb || matches!(color_primaries, CicpColorPrimaries::Unspecified) {
        return None;
    }
    Some(ColorProfile::new_from_cicp(CicpProfile {
        color_primaries,
        transfer_characteristics: TransferCharacteristics::Srgb,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    }))
}

fn convert_rgb(raster: &mut Raster, profile: &ColorProfile) -> Option<()> {
    let layout = match raster.channels() {
        Channels::Rgb => Layout::Rgb,
        Channels::Rgba => Layout::Rgba,
    };
    let srgb = ColorProfile::new_srgb();
    let transform =
        profile.create_transform_8bit(layout, &srgb, layout, TransformOptions::default()).ok()?;
    let mut converted = vec![0; raster.pixels().len()];
    transform.transform(raster.pixels(), &mut converted).ok()?;
    raster.pixels_mut().copy_from_slice(&converted);
    Some(())
}

/// A grey profile maps 256 greys to 256 greys, whatever the size of the picture.
fn convert_gray(raster: &mut Raster, profile: &ColorProfile) -> Option<()> {
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let transform =
        profile.create_transform_8bit(Layout::Gray, &srgb, Layout::Rgb, options).ok()?;
    let greys: Vec<u8> = (0..=u8::MAX).collect();
    let mut table = vec![0; greys.len() * 3];
    transform.transform(&greys, &mut table).ok()?;
    let channel_count = raster.channels().count();
    for pixel in raster.pixels_mut().chunks_exact_mut(channel_count) {
        let row = usize::from(pixel[0]) * 3;
        pixel[..3].copy_from_slice(&table[row..row + 3]);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_pixel(rgb: [u8; 3]) -> Raster {
        Raster::new(1, 1, Channels::Rgb, rgb.to_vec()).unwrap()
    }

    #[test]
    fn display_p3_becomes_more_saturated_srgb() {
        let icc = ColorProfile::new_display_p3().encode().unwrap();
        for colours in [Colours::Icc(icc), Colours::Primaries(12)] {
            let converted = to_srgb(one_pixel([200, 100, 100]), &colours);
            let [red, green, blue] = converted.pixels() else { panic!("one pixel") };
            assert!(*red > 205, "{red}");
            assert!(*green < 98, "{green}");
            assert!(*blue < 100, "{blue}");
        }
    }

    #[test]
    fn a_broken_profile_changes_nothing() {
        let colours = Colours::Icc(b"no profile at all".to_vec());
        assert_eq!(to_srgb(one_pixel([1, 2, 3]), &colours), one_pixel([1, 2, 3]));
    }

    #[test]
    fn a_grey_profile_keeps_grey_grey() {
        let icc = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
        let converted = to_srgb(one_pixel([55, 55, 55]), &Colours::Icc(icc));
        let [red, green, blue] = converted.pixels() else { panic!("one pixel") };
        assert!(red == green && green == blue && *red > 100, "{:?}", converted.pixels());
    }
}
