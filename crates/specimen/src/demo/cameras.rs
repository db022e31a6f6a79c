//! The cameras and telephones of the demo, and what each of them writes.

use crate::photo::Photo;
use crate::tiff::ByteOrder;

#[derive(Debug)]
pub(super) struct Camera {
    pub(super) make: &'static str,
    pub(super) model: &'static str,
    lens: Option<&'static str>,
    /// The beginning of its file names.
    pub(super) prefix: &'static str,
    /// The number of its first file in the demo.
    pub(super) first_number: u32,
    pub(super) has_gps: bool,
    pub(super) writes_offset: bool,
    pub(super) writes_fractions: bool,
    /// Longer and shorter side of its pictures.
    pub(super) sides: (u32, u32),
    byte_order: ByteOrder,
    /// In tenths.
    f_number: u32,
    /// In tenths of a millimetre.
    focal_length: u32,
}

pub(super) static COMPACT: Camera = Camera {
    make: "Canon",
    model: "Canon PowerShot A620",
    lens: None,
    prefix: "IMG_",
    first_number: 112,
    has_gps: false,
    writes_offset: false,
    writes_fractions: false,
    sides: (640, 480),
    byte_order: ByteOrder::Little,
    f_number: 41,
    focal_length: 73,
};
pub(super) static REFLEX: Camera = Camera {
    make: "NIKON CORPORATION",
    model: "NIKON D5100",
    lens: Some("AF-S DX Nikkor 35mm f/1.8G"),
    prefix: "DSC_",
    first_number: 2_031,
    has_gps: false,
    writes_offset: false,
    writes_fractions: true,
    sides: (648, 432),
    byte_order: ByteOrder::Big,
    f_number: 56,
    focal_length: 350,
};
/// A telephone that knows where it is, but not yet how to write an offset.
pub(super) static OLD_PHONE: Camera = Camera {
    make: "Apple",
    model: "iPhone 5s",
    lens: Some("iPhone 5s back camera 4.15mm f/2.2"),
    prefix: "IMG_",
    first_number: 3_204,
    has_gps: true,
    writes_offset: false,
    writes_fractions: true,
    sides: (640, 480),
    byte_order: ByteOrder::Big,
    f_number: 22,
    focal_length: 42,
};
pub(super) static PHONE: Camera = Camera {
    make: "Apple",
    model: "iPhone X",
    lens: Some("iPhone X back dual camera 4mm f/1.8"),
    prefix: "IMG_",
    first_number: 5_017,
    has_gps: true,
    writes_offset: true,
    writes_fractions: true,
    sides: (640, 480),
    byte_order: ByteOrder::Big,
    f_number: 18,
    focal_length: 40,
};
pub(super) static NEW_PHONE: Camera = Camera {
    make: "Apple",
    model: "iPhone 14",
    lens: Some("iPhone 14 back dual wide camera 5.7mm f/1.5"),
    prefix: "IMG_",
    first_number: 1_043,
    has_gps: true,
    writes_offset: true,
    writes_fractions: true,
    sides: (640, 480),
    byte_order: ByteOrder::Big,
    f_number: 15,
    focal_length: 57,
};
pub(super) static BOBS_PHONE: Camera = Camera {
    make: "Google",
    model: "Pixel 7",
    lens: Some("Pixel 7 back camera 6.81mm f/1.85"),
    prefix: "PXL_",
    first_number: 1,
    has_gps: true,
    writes_offset: true,
    writes_fractions: true,
    sides: (640, 480),
    byte_order: ByteOrder::Little,
    f_number: 19,
    focal_length: 68,
};
/// Writes an offset but has no GPS.
pub(super) static BOBS_CAMERA: Camera = Camera {
    make: "FUJIFILM",
    model: "X-T4",
    lens: Some("XF23mmF2 R WR"),
    prefix: "DSCF",
    first_number: 871,
    has_gps: false,
    writes_offset: true,
    writes_fractions: false,
    sides: (648, 432),
    byte_order: ByteOrder::Little,
    f_number: 20,
    focal_length: 230,
};

impl Camera {
    /// Says in the picture which camera took it and how. `chance` varies the exposure.
    pub(super) fn describe(&self, photo: &mut Photo, chance: u32) {
        const EXPOSURES: [u32; 6] = [30, 60, 125, 250, 500, 1_000];
        const SPEEDS: [u16; 5] = [64, 100, 200, 400, 800];
        let exif = &mut photo.exif;
        exif.byte_order = self.byte_order;
        exif.make = Some(self.make.to_owned());
        exif.model = Some(self.model.to_owned());
        exif.lens_model = self.lens.map(str::to_owned);
        exif.f_number = Some((self.f_number, 10));
        exif.focal_length = Some((self.focal_length, 10));
        exif.exposure_time = Some((1, EXPOSURES[chance as usize % EXPOSURES.len()]));
        exif.iso = Some(SPEEDS[chance as usize / 7 % SPEEDS.len()]);
    }
}
