//! The peculiar cases: month boundaries, clocks far from UTC, a burst, a live photo, a motion
//! photo, a 360° picture, all orientations, a copy, and formats other than JPEG.

use super::cameras::{COMPACT, Camera, NEW_PHONE, OLD_PHONE, PHONE, REFLEX};
use super::films::quick_time_text;
use super::places::{ANNECY, KATHMANDU, LYON, NEW_YORK, NUKU_HIVA, Place, REYKJAVIK, SYDNEY};
use super::plan::{Plan, Shot, look_of};
use super::truth::{DateSource, Kind, OffsetSource, Tree, Truth};
use super::{DemoFile, Specimen};
use crate::photo::{Motion, MotionKind, Photo, PhotoFormat};
use crate::scene::{Figure, Picture, Scene};
use crate::video::{Brand, Video};
use crate::wall::WallTime;
use crate::xmp::Projection;

/// Adds all of them.
pub(super) fn add(plan: &mut Plan) {
    boundaries(plan);
    orientations(plan);
    burst(plan);
    live_photo(plan);
    motion_photo(plan);
    sphere(plan);
    copy(plan);
    formats(plan);
}

fn shot(
    event: &'static str,
    camera: &'static Camera,
    place: &'static Place,
    local: WallTime,
    scene: Scene,
) -> Shot {
    Shot::new(Tree::AliceFamily, event, camera, place, local, scene)
}

/// The first and the last moment of a month, and wall months that differ from UTC months.
fn boundaries(plan: &mut Plan) {
    const LAST: (u8, u8, u8) = (23, 59, 59);
    let at = |(year, month, day): (i32, u8, u8), (hour, minute, second): (u8, u8, u8)| {
        WallTime::new(year, month, day, hour, minute, second)
    };
    let last = |date| at(date, LAST).with_millis(999);
    for (event, camera, place, local) in [
        ("Midsummer night", &REFLEX, &LYON, last((2012, 6, 30))),
        ("Midsummer night", &REFLEX, &LYON, at((2012, 7, 1), (0, 0, 0))),
        ("Leap night", &OLD_PHONE, &LYON, last((2016, 2, 29))),
        ("Leap night", &OLD_PHONE, &LYON, at((2016, 3, 1), (0, 0, 0))),
        ("New year", &PHONE, &LYON, last((2019, 12, 31))),
        ("New year", &PHONE, &LYON, at((2020, 1, 1), (0, 0, 0))),
        // East of UTC the new month begins early, west of it late.
        ("Sydney", &PHONE, &SYDNEY, at((2019, 1, 1), (0, 20, 0))),
        ("New York", &OLD_PHONE, &NEW_YORK, at((2017, 8, 31), (22, 30, 0))),
        ("Nepal", &OLD_PHONE, &KATHMANDU, at((2016, 10, 1), (3, 10, 0))),
        ("Marquesas", &NEW_PHONE, &NUKU_HIVA, at((2023, 7, 31), (20, 0, 0))),
    ] {
        let mut shot = shot(event, camera, place, local, Scene::Night);
        shot.keywords = vec!["Night"];
        plan.shoot(&shot);
    }
}

/// One picture for each way to hold the camera.
fn orientations(plan: &mut Plan) {
    for orientation in 1..=8u16 {
        let minute = orientation as u8;
        let local = WallTime::new(2013, 6, 15, 15, minute, 0);
        let mut shot = shot("Turning the camera", &REFLEX, &LYON, local, Scene::City);
        shot.orientation = orientation;
        shot.people = vec![1];
        shot.keywords = vec!["Experiments"];
        shot.description = Some(format!("Orientation {orientation}"));
        plan.shoot(&shot);
    }
}

/// Seven pictures in a second and a half: Clara leaps and comes down.
fn burst(plan: &mut Plan) {
    const CLARA: usize = 2;
    const HEIGHTS: [f32; 7] = [0.52, 0.42, 0.34, 0.3, 0.33, 0.41, 0.52];
    let start = WallTime::new(2022, 7, 16, 16, 42, 7).with_millis(130);
    let seed = plan.random.next();
    for (frame, y) in (0u8..).zip(HEIGHTS) {
        let millis = start.millis_since_epoch() + i64::from(frame) * 240;
        let local = WallTime::from_millis_since_epoch(millis);
        let mut shot = shot("Jump into the lake", &NEW_PHONE, &ANNECY, local, Scene::Sea);
        let x = 0.25 + 0.08 * f32::from(frame);
        let mut picture = Picture::new(shot.scene, seed);
        picture.figures.push(Figure { look: look_of(CLARA), x, y, size: 0.2 });
        shot.picture = Some(picture);
        shot.people = vec![CLARA];
        shot.keywords = vec!["Nature/Lake"];
        let mut file = plan.develop(&shot);
        file.truth.burst = Some(1);
        plan.push(file);
    }
}

/// A JPEG and a QuickTime movie with the same content identifier.
fn live_photo(plan: &mut Plan) {
    const IDENTIFIER: &str = "6E1F5E0C-3A52-4B7D-9C0E-2D7A81F4B356";
    let local = WallTime::new(2021, 8, 14, 18, 5, 33).with_millis(412);
    let mut shot = shot("Evening swim", &PHONE, &ANNECY, local, Scene::Sunset);
    shot.keywords = vec!["Nature/Lake"];
    shot.rating = Some(5);
    let mut still = plan.develop(&shot);
    let offset = shot.place.offset_at(local);
    let video_path = format!("{}.mov", still.path.trim_end_matches(".jpg"));
    still.truth.live_photo_partner = Some(video_path.clone());

    let mut video = Video::new(Scene::Sunset, 0, 320, 240);
    if let Specimen::Photo(photo) = &mut still.specimen {
        photo.exif.content_identifier = Some(IDENTIFIER.to_owned());
        video.picture = photo.picture.clone();
    }
    video.brand = Brand::Mov;
    video.frames = 6;
    video.duration_ms = 2_800;
    video.created_utc = Some(local.unix_seconds(offset));
    video.apple.creation_date = Some(quick_time_text(local, offset));
    video.apple.content_identifier = Some(IDENTIFIER.to_owned());
    video.apple.make = Some(PHONE.make.to_owned());
    video.apple.model = Some(PHONE.model.to_owned());
    let mut truth = Truth::of(Kind::Video, video.width, video.height, shot.event);
    truth.local = Some(local.with_millis(0));
    truth.date_source = DateSource::QuickTime;
    truth.offset_seconds = Some(offset);
    truth.offset_source = OffsetSource::Written;
    truth.duration_ms = Some(video.duration_ms);
    truth.live_photo_partner = Some(still.path.clone());
    let modified = still.modified;
    let (tree, specimen) = (shot.tree, Specimen::Video(Box::new(video)));
    plan.push(still);
    plan.push(DemoFile { path: video_path, tree, specimen, modified, truth });
}

/// A JPEG with its video behind it.
fn motion_photo(plan: &mut Plan) {
    let local = WallTime::new(2024, 3, 30, 11, 24, 50).with_millis(77);
    let mut shot = shot("Easter walk", &NEW_PHONE, &ANNECY, local, Scene::Flowers);
    shot.keywords = vec!["Nature/Flowers"];
    let mut file = plan.develop(&shot);
    if let Specimen::Photo(photo) = &mut file.specimen {
        let mut video = Video::new(Scene::Flowers, 0, 160, 120);
        video.picture = photo.picture.clone();
        video.frames = 4;
        video.duration_ms = 1_900;
        video.created_utc = Some(local.unix_seconds(shot.place.offset_at(local)));
        photo.motion = Some(Motion { kind: MotionKind::MotionPhoto, video: video.to_bytes() });
    }
    file.truth.has_motion = true;
    plan.push(file);
}

/// A picture of all directions: twice as wide as high.
fn sphere(plan: &mut Plan) {
    const KIND: &str = "equirectangular";
    let local = WallTime::new(2019, 8, 20, 14, 2, 11);
    let mut shot = shot("Iceland", &PHONE, &REYKJAVIK, local, Scene::Peaks);
    shot.size = Some((1_280, 640));
    shot.keywords = vec!["Travel/Europe/Iceland", "Panorama"];
    shot.description = Some("All around the crater".to_owned());
    let mut file = plan.develop(&shot);
    if let Specimen::Photo(photo) = &mut file.specimen {
        let (width, height) = (photo.width, photo.height);
        photo.xmp.projection = Some(Projection { kind: KIND.to_owned(), width, height });
    }
    file.truth.projection = Some(KIND);
    plan.push(file);
}

/// The same bytes under two paths.
fn copy(plan: &mut Plan) {
    let local = WallTime::new(2010, 8, 10, 10, 15, 0);
    let original = plan.develop(&shot("Lake", &COMPACT, &ANNECY, local, Scene::Hills));
    let mut copy = original.clone();
    copy.path = original.path.replace(".jpg", " (copy).jpg");
    copy.truth.copy_of = Some(original.path.clone());
    plan.push(original);
    plan.push(copy);
}

/// Pictures in the other formats, with what metadata these carry.
fn formats(plan: &mut Plan) {
    for (format, month) in [
        (PhotoFormat::Png, 3),
        (PhotoFormat::WebP, 6),
        (PhotoFormat::Tiff, 9),
        (PhotoFormat::Gif, 11),
    ] {
        let local = WallTime::new(2014, month, 8, 17, 30, 0);
        let mut shot = shot("Editing course", &REFLEX, &LYON, local, Scene::Flowers);
        shot.keywords = vec!["Experiments"];
        shot.size = Some((480, 320));
        let mut file = plan.develop(&shot);
        file.path = format!("{}.{}", file.path.trim_end_matches(".jpg"), format.extension());
        if let Specimen::Photo(photo) = &mut file.specimen {
            photo.format = format;
            if format == PhotoFormat::Gif {
                only_xmp(photo, local);
                file.truth.date_source = DateSource::Xmp;
            }
        }
        plan.push(file);
    }
}

/// GIF carries no EXIF, so the time is said in XMP.
fn only_xmp(photo: &mut Photo, local: WallTime) {
    photo.exif = crate::Exif::default();
    photo.xmp.create_date = Some(local.iso_text(None));
}
