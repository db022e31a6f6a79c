//! Named areas of a picture (MWG regions in XMP), in most files the faces of people.

use super::xmp::{Node, Xmp};

const REGIONS_MAX: usize = 1_000;

/// A named area: centre and size as parts of the width and height of the stored picture, before it
/// is turned upright.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Whose or what; never blank.
    pub name: String,
    /// `Face`, `Pet`, `Focus`, `BarCode` or nothing.
    pub kind: Option<String>,
    /// Centre, from the left edge.
    pub x: f64,
    /// Centre, from the top edge.
    pub y: f64,
    /// Width of the area.
    pub width: f64,
    /// Height of the area.
    pub height: f64,
    /// The size in pixels of the picture that the area was drawn on.
    pub applied_to: Option<(u32, u32)>,
}

/// An area in pixels of the upright picture. It can lie outside of it where a file says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelBox {
    /// Left edge.
    pub x1: i32,
    /// Top edge.
    pub y1: i32,
    /// Right edge.
    pub x2: i32,
    /// Bottom edge.
    pub y2: i32,
    /// Width of the upright picture that these are pixels of.
    pub image_width: u32,
    /// Height of the upright picture that these are pixels of.
    pub image_height: u32,
}

impl Region {
    /// The area in pixels of the upright picture, whose stored size is `applied_to` or, where the
    /// file does not say that, `raw_size` (contract immich §E7).
    pub fn pixel_box(&self, orientation: u8, raw_size: (u32, u32)) -> PixelBox {
        let (raw_width, raw_height) = self.applied_to.unwrap_or(raw_size);
        let (x, y) = match orientation {
            2 => (1.0 - self.x, self.y),
            3 => (1.0 - self.x, 1.0 - self.y),
            4 => (self.x, 1.0 - self.y),
            5 => (self.y, self.x),
            6 => (1.0 - self.y, self.x),
            7 => (1.0 - self.y, 1.0 - self.x),
            8 => (self.y, 1.0 - self.x),
            _ => (self.x, self.y),
        };
        let is_sideways = (5..=8).contains(&orientation);
        let ((width, height), (image_width, image_height)) = if is_sideways {
            ((self.height, self.width), (raw_height, raw_width))
        } else {
            ((self.width, self.height), (raw_width, raw_height))
        };
        // A conversion from a float saturates.
        let pixel = |part: f64, whole: u32| (part * f64::from(whole)).floor() as i32;
        PixelBox {
            x1: pixel(x - width / 2.0, image_width),
            y1: pixel(y - height / 2.0, image_height),
            x2: pixel(x + width / 2.0, image_width),
            y2: pixel(y + height / 2.0, image_height),
            image_width,
            image_height,
        }
    }
}

/// The named regions of a packet. Those without a name, or without a sound area, are left out.
pub(super) fn regions(xmp: &Xmp) -> Vec<Region> {
    let Some(info) = xmp.node("mwg-rs:Regions") else { return Vec::new() };
    let applied_to = xmp.field(info, "mwg-rs:AppliedToDimensions").and_then(|size| {
        let side = |name| {
            let side = xmp.field_text(size, name)?.parse::<f64>().ok()?;
            (side >= 1.0 && side <= f64::from(i32::MAX)).then_some(side as u32)
        };
        Some((side("stDim:w")?, side("stDim:h")?))
    });
    let Some(list) = xmp.field(info, "mwg-rs:RegionList") else { return Vec::new() };
    let items = xmp.items(list).into_iter().take(REGIONS_MAX);
    items.filter_map(|item| region(xmp, item, applied_to)).collect()
}

fn region(xmp: &Xmp, item: &Node, applied_to: Option<(u32, u32)>) -> Option<Region> {
    let area = xmp.field(item, "mwg-rs:Area")?;
    let number = |name| {
        let number = xmp.field_text(area, name)?.parse::<f64>().ok()?;
        number.is_finite().then_some(number)
    };
    Some(Region {
        name: xmp.field_text(item, "mwg-rs:Name")?,
        kind: xmp.field_text(item, "mwg-rs:Type"),
        x: number("stArea:x")?,
        y: number("stArea:y")?,
        width: number("stArea:w")?,
        height: number("stArea:h")?,
        applied_to,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_turn_with_the_picture() {
        // A box in the top left of a stored picture of 400 × 200: x 0..100, y 0..40.
        let region = Region {
            name: "Anna".to_owned(),
            kind: None,
            x: 0.125,
            y: 0.1,
            width: 0.25,
            height: 0.2,
            applied_to: Some((400, 200)),
        };
        for (orientation, expected) in [
            (1, (0, 0, 100, 40)),
            (2, (300, 0, 400, 40)),
            (3, (300, 160, 400, 200)),
            (4, (0, 160, 100, 200)),
            (5, (0, 0, 40, 100)),
            (6, (160, 0, 200, 100)),
            (7, (160, 300, 200, 400)),
            (8, (0, 300, 40, 400)),
        ] {
            let PixelBox { x1, y1, x2, y2, image_width, image_height } =
                region.pixel_box(orientation, (1, 1));
            assert_eq!((x1, y1, x2, y2), expected, "{orientation}");
            let is_sideways = orientation >= 5;
            assert_eq!(
                (image_width, image_height),
                if is_sideways { (200, 400) } else { (400, 200) }
            );
        }
    }

    #[test]
    fn regions_are_read_with_their_names() {
        let text = r#"<rdf:Description><mwg-rs:Regions rdf:parseType="Resource">
            <mwg-rs:AppliedToDimensions stDim:w="400" stDim:h="200" stDim:unit="pixel"/>
            <mwg-rs:RegionList><rdf:Bag>
              <rdf:li><rdf:Description mwg-rs:Name="Anna" mwg-rs:Type="Face">
                <mwg-rs:Area stArea:x="0.5" stArea:y="0.25" stArea:w="0.1" stArea:h="0.2"/>
              </rdf:Description></rdf:li>
              <rdf:li><rdf:Description mwg-rs:Type="Face">
                <mwg-rs:Area stArea:x="0.5" stArea:y="0.25" stArea:w="0.1" stArea:h="0.2"/>
              </rdf:Description></rdf:li>
            </rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions></rdf:Description>"#;
        let found = regions(&Xmp::parse(text.as_bytes()).0);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_str(), found[0].kind.as_deref()), ("Anna", Some("Face")));
        assert_eq!((found[0].y, found[0].applied_to), (0.25, Some((400, 200))));
    }
}
