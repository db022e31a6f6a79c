//! The short videos: one that knows only its UTC time, one with all that an iPhone says, one whose
//! position gives its clock, and one without a date.

use super::places::{LYON, NEW_YORK, Place, REYKJAVIK};
use super::plan::Plan;
use super::truth::{DateSource, Kind, OffsetSource, Tree, Truth};
use super::{DemoFile, Specimen};
use crate::scene::Scene;
use crate::video::{AppleMeta, Brand, Rotation, Video};
use crate::wall::{WallTime, offset_text};

/// Adds all of them.
pub(super) fn add(plan: &mut Plan) {
    utc_only(plan);
    telephone(plan);
    with_position(plan);
    undated(plan);
}

/// A camcorder: the creation time of the movie is UTC and nothing tells the clock.
fn utc_only(plan: &mut Plan) {
    let utc = WallTime::new(2014, 8, 12, 15, 20, 10);
    let mut video = film(plan, Scene::Sea, 3_200);
    video.created_utc = Some(utc.unix_seconds(0));
    let mut truth = truth_of(&video, "Lisbon again");
    truth.local = Some(utc);
    truth.date_source = DateSource::ContainerUtc;
    truth.offset_seconds = Some(0);
    truth.offset_source = OffsetSource::Utc;
    let path = "2014/2014-08 Lisbon again/MVI_0412.mp4";
    push(plan, Tree::AliceFamily, path, video, utc.unix_seconds(0) + 4, truth);
}

/// An iPhone held upright: a turned track, and its date with an offset.
fn telephone(plan: &mut Plan) {
    let local = WallTime::new(2019, 8, 21, 9, 41, 30);
    let offset = REYKJAVIK.offset_at(local);
    let location = plan.near(&REYKJAVIK);
    let mut video = film(plan, Scene::Peaks, 4_000);
    (video.width, video.height) = (240, 320);
    video.brand = Brand::Mov;
    video.rotation = Rotation::Right;
    video.created_utc = Some(local.unix_seconds(offset));
    video.apple = AppleMeta {
        creation_date: Some(quick_time_text(local, offset)),
        location: Some(iso_6709(location.latitude, location.longitude)),
        make: Some("Apple".to_owned()),
        model: Some("iPhone X".to_owned()),
        ..AppleMeta::default()
    };
    let mut truth = truth_of(&video, "Iceland");
    truth.local = Some(local);
    truth.date_source = DateSource::QuickTime;
    truth.offset_seconds = Some(offset);
    truth.offset_source = OffsetSource::Written;
    truth.location = Some(location);
    let path = "2019/2019-08 Iceland/IMG_5981.mov";
    push(plan, Tree::AliceFamily, path, video, local.unix_seconds(offset) + 4, truth);
}

/// An Android telephone: UTC and a position, so the zone there gives the clock.
fn with_position(plan: &mut Plan) {
    let place: &Place = &NEW_YORK;
    // After eight in the evening: the UTC day is the next one, and the UTC month too.
    let local = WallTime::new(2023, 1, 31, 20, 15, 0);
    let offset = place.offset_at(local);
    let location = plan.near(place);
    let mut video = film(plan, Scene::City, 2_600);
    video.created_utc = Some(local.unix_seconds(offset));
    video.location = Some(iso_6709(location.latitude, location.longitude));
    let mut truth = truth_of(&video, "Snow storm");
    truth.local = Some(local);
    truth.date_source = DateSource::ContainerUtc;
    truth.offset_seconds = Some(offset);
    truth.offset_source = OffsetSource::Position;
    truth.location = Some(location);
    let path = "2023/2023-01 Snow storm/VID_0031.mp4";
    push(plan, Tree::Bob, path, video, local.unix_seconds(offset) + 4, truth);
}

/// A film without any date, as editing programs leave them.
fn undated(plan: &mut Plan) {
    let video = film(plan, Scene::Flowers, 2_000);
    let truth = truth_of(&video, "Received");
    let saved = WallTime::new(2018, 9, 22, 10, 0, 0);
    let modified = saved.unix_seconds(LYON.offset_at(saved));
    push(plan, Tree::AliceFamily, "Received/clip.mp4", video, modified, truth);
}

fn film(plan: &mut Plan, scene: Scene, duration_ms: u32) -> Video {
    let mut video = Video::new(scene, plan.random.next(), 320, 240);
    video.frames = 6;
    video.duration_ms = duration_ms;
    video.frames_per_second = 3;
    video
}

fn truth_of(video: &Video, event: &'static str) -> Truth {
    let mut truth = Truth::of(Kind::Video, video.width, video.height, event);
    truth.duration_ms = Some(video.duration_ms);
    truth.orientation = video.rotation.orientation();
    truth
}

fn push(plan: &mut Plan, tree: Tree, path: &str, video: Video, modified: i64, truth: Truth) {
    let path = format!("{}/{path}", tree.folder());
    plan.push(DemoFile { path, tree, specimen: Specimen::Video(Box::new(video)), modified, truth });
}

/// `+64.1355-021.8954/`.
fn iso_6709(latitude: f64, longitude: f64) -> String {
    format!("{latitude:+08.4}{longitude:+09.4}/")
}

/// `2024-05-06T07:08:09+0545`, as iPhones write it: whole seconds, and no colon in the offset.
pub(super) fn quick_time_text(local: WallTime, offset_seconds: i32) -> String {
    let clock = local.with_millis(0).iso_text(None);
    format!("{clock}{}", offset_text(offset_seconds).replace(':', ""))
}
