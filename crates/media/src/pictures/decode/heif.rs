//! What HEIC and AVIF share: sizes, colours and turns of the items in a HEIF container.

use heifer_isobmff::boxes::{ColorInfo, Property};
use heifer_isobmff::{HeifFile, ItemId};

use super::Colours;
use crate::pictures::{Limits, PictureError};

/// The size that the container gives an item, checked against `limits`.
pub(super) fn checked_size(
    file: &HeifFile<'_>,
    item: ItemId,
    bytes_per_pixel: u64,
    limits: &Limits,
) -> Result<(u32, u32), PictureError> {
    let size = file.image_size(item).map_err(PictureError::damaged)?;
    let (width, height) =
        size.ok_or_else(|| PictureError::Damaged("a picture without a size".to_owned()))?;
    limits.check_size(width, height, bytes_per_pixel)?;
    Ok((width, height))
}

/// The colours of an item: its ICC profile, else its code points.
pub(super) fn colours(file: &HeifFile<'_>, item: ItemId) -> Colours {
    let Ok(properties) = file.item_properties(item) else { return Colours::Srgb };
    let mut colours = Colours::Srgb;
    for property in properties {
        match property {
            Property::Color(ColorInfo::Icc(profile)) => return Colours::Icc(profile.clone()),
            Property::Color(ColorInfo::Nclx { primaries, .. }) => {
                colours = Colours::Primaries(*primaries);
            }
            _ => {}
        }
    }
    colours
}
