//! Pictures without a camera's date: scanned paper, and what arrived by messenger or was saved
//! from a screen. Some say when in XMP, IPTC or their name; some say nothing.

use super::plan::Plan;
use super::truth::{DateSource, Kind, OffsetSource, Tree, Truth};
use super::{DemoFile, Specimen};
use crate::photo::{Photo, PhotoFormat};
use crate::scene::Scene;
use crate::wall::WallTime;

/// A picture that knows no camera.
struct Found {
    tree: Tree,
    folder: &'static str,
    name: &'static str,
    scene: Scene,
    size: (u32, u32),
    says: Says,
}

/// What says when it was taken.
enum Says {
    Nothing,
    /// XMP `photoshop:DateCreated`, with an offset or none.
    Xmp(WallTime, Option<i32>),
    /// IPTC date and time.
    Iptc(WallTime, i32),
    Name(WallTime),
    NameOfDay(WallTime),
}

const fn day(year: i32, month: u8, day: u8) -> WallTime {
    WallTime::new(year, month, day, 0, 0, 0)
}

const WIDE: (u32, u32) = (640, 440);
const TALL: (u32, u32) = (440, 640);
const SHEET: (u32, u32) = (480, 680);
const SCREEN: (u32, u32) = (360, 640);
const MESSENGER: (u32, u32) = (600, 450);

#[rustfmt::skip]
fn table() -> Vec<Found> {
    use Says::{Iptc, Name, NameOfDay, Nothing, Xmp};
    use Tree::{AliceFamily, AliceScans, Bob};
    let found = |tree, folder, name, scene, size, says| Found { tree, folder, name, scene, size, says };
    vec![
        found(AliceScans, "Album brown", "scan001.jpg", Scene::Portrait, TALL, Nothing),
        found(AliceScans, "Album brown", "scan002.jpg", Scene::Hills, WIDE, Nothing),
        found(AliceScans, "Album brown", "scan003.jpg", Scene::Sea, WIDE, Nothing),
        found(AliceScans, "Album brown", "scan004.jpg", Scene::City, WIDE, Nothing),
        found(AliceScans, "Album brown", "scan005.jpg", Scene::Portrait, TALL, Nothing),
        found(AliceScans, "Album brown", "scan006.tif", Scene::Forest, (300, 220), Nothing),
        found(AliceScans, "Negatives", "strip 1 frame 1.jpg", Scene::Peaks, WIDE, Xmp(WallTime::new(2006, 2, 18, 12, 0, 0), None)),
        found(AliceScans, "Negatives", "strip 1 frame 2.jpg", Scene::Peaks, WIDE, Xmp(WallTime::new(2006, 2, 18, 12, 5, 0), None)),
        found(AliceScans, "Negatives", "strip 2 frame 1.jpg", Scene::Sunset, WIDE, Xmp(WallTime::new(2007, 8, 1, 21, 10, 0), Some(7_200))),
        found(AliceScans, "Negatives", "strip 2 frame 2.jpg", Scene::City, WIDE, Iptc(WallTime::new(2008, 3, 9, 15, 45, 0), 3_600)),
        found(AliceScans, "Letters", "2009-11-02 letter.png", Scene::Page, SHEET, NameOfDay(day(2009, 11, 2))),
        found(AliceScans, "Letters", "letter from Hugo.png", Scene::Page, SHEET, Nothing),
        found(AliceScans, "Letters", "recipe.webp", Scene::Page, SHEET, Nothing),
        found(AliceScans, "Letters", "drawing.gif", Scene::Flowers, (240, 180), Nothing),
        found(AliceFamily, "Received", "IMG-20160811-WA0003.jpg", Scene::Table, MESSENGER, NameOfDay(day(2016, 8, 11))),
        found(AliceFamily, "Received", "IMG-20190704-WA0007.jpg", Scene::Sea, MESSENGER, NameOfDay(day(2019, 7, 4))),
        found(AliceFamily, "Received", "IMG-20190704-WA0008.jpg", Scene::Sunset, MESSENGER, NameOfDay(day(2019, 7, 4))),
        found(AliceFamily, "Received", "IMG-20211224-WA0012.jpg", Scene::Table, MESSENGER, NameOfDay(day(2021, 12, 24))),
        found(AliceFamily, "Received", "2011-03-05 12.30.45.jpg", Scene::Flowers, MESSENGER, Name(WallTime::new(2011, 3, 5, 12, 30, 45))),
        found(AliceFamily, "Received", "from the neighbours.jpg", Scene::Flowers, MESSENGER, Nothing),
        found(AliceFamily, "Screenshots", "Screenshot_20200211-184503.png", Scene::Page, SCREEN, Name(WallTime::new(2020, 2, 11, 18, 45, 3))),
        found(AliceFamily, "Screenshots", "Screenshot_20230917-080012.png", Scene::Page, SCREEN, Name(WallTime::new(2023, 9, 17, 8, 0, 12))),
        found(Bob, "Downloads", "IMG_20221031_235930.jpg", Scene::Night, MESSENGER, Name(WallTime::new(2022, 10, 31, 23, 59, 30))),
        found(Bob, "Downloads", "wallpaper.webp", Scene::Peaks, (640, 360), Nothing),
        found(Bob, "Downloads", "avatar.png", Scene::Portrait, (256, 256), Nothing),
    ]
}

/// Adds all of them.
pub(super) fn add(plan: &mut Plan) {
    // When the box of paper was scanned, a minute apart: all that is left to undated files.
    let scanned = WallTime::new(2024, 1, 20, 13, 0, 0).unix_seconds(0);
    for (index, found) in table().into_iter().enumerate() {
        let file = file(plan, found, scanned + 60 * index as i64);
        plan.push(file);
    }
}

fn file(plan: &mut Plan, found: Found, modified: i64) -> DemoFile {
    let Found { tree, folder, name, scene, size: (width, height), says } = found;
    let mut photo = Photo::new(scene, plan.random.next(), width, height).format(format_of(name));
    let mut truth = Truth::of(Kind::Photo, width, height, folder);
    let (local, source, offset) = match says {
        Says::Nothing => (None, DateSource::Nowhere, None),
        Says::Xmp(local, offset) => {
            photo.xmp.date_created = Some(local.iso_text(offset));
            (Some(local), DateSource::Xmp, offset)
        }
        Says::Iptc(local, offset) => {
            let digits = local.iso_text(Some(offset)).replace(['-', ':'], "");
            let (date, time) = digits.split_once('T').expect("the text has a T");
            photo.iptc.date_created = Some(date.to_owned());
            photo.iptc.time_created = Some(time.to_owned());
            photo.iptc.caption = Some("From a negative".to_owned());
            truth.description = Some("From a negative".to_owned());
            (Some(local), DateSource::Iptc, Some(offset))
        }
        Says::Name(local) => (Some(local), DateSource::FileName, None),
        Says::NameOfDay(local) => (Some(local), DateSource::FileNameDay, None),
    };
    truth.local = local;
    truth.date_source = source;
    truth.offset_seconds = offset;
    if offset.is_some() {
        truth.offset_source = OffsetSource::Written;
    }
    if tree == Tree::AliceScans {
        photo = photo.keyword("Scans");
        truth.keywords = vec!["Scans"];
    }
    let path = format!("{}/{folder}/{name}", tree.folder());
    DemoFile { path, tree, specimen: Specimen::Photo(Box::new(photo)), modified, truth }
}

fn format_of(name: &str) -> PhotoFormat {
    match name.rsplit('.').next() {
        Some("png") => PhotoFormat::Png,
        Some("webp") => PhotoFormat::WebP,
        Some("tif") => PhotoFormat::Tiff,
        Some("gif") => PhotoFormat::Gif,
        _ => PhotoFormat::Jpeg,
    }
}
