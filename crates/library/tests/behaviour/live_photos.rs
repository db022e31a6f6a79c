//! Live photos: the photo shows the video as its motion, and the video is hidden.

use kalends_library::Ask;
use kalends_model::Visibility;
use kalends_specimen::{AppleMeta, Brand, Photo, Scene, Video};

use crate::app::{App, id_set, photo};

fn still(content: &str) -> Vec<u8> {
    let mut still: Photo = photo(2023, 6, 1).camera("Apple", "iPhone 15");
    still.exif.content_identifier = Some(content.to_owned());
    still.to_bytes()
}

fn motion(content: &str) -> Vec<u8> {
    let apple = AppleMeta {
        creation_date: Some("2023-06-01T12:00:00+0200".to_owned()),
        content_identifier: Some(content.to_owned()),
        ..AppleMeta::default()
    };
    Video { brand: Brand::Mov, apple, frames: 1, ..Video::new(Scene::Sea, 1, 32, 32) }.to_bytes()
}

fn assert_joined(app: &App) {
    let (photo, video) = (app.row("a.jpg"), app.row("a.mov"));
    assert_eq!(photo.live_video, Some(video.id));
    assert_eq!((photo.visibility, video.visibility), (Visibility::Timeline, Visibility::Hidden));
    assert_eq!(app.shown(), 1);
    let hidden = Ask { visibility: Some(Visibility::Hidden), ..Ask::default() };
    assert!(id_set(&app.library, &app.viewer(), &hidden).contains(&video.id));
    let version = app.version();
    app.scan();
    assert_eq!(app.version(), version, "they are joined once");
}

#[test]
fn a_photo_and_its_video_are_joined_whichever_comes_first() {
    let files = [("a.jpg", still("pair")), ("a.mov", motion("pair"))];
    for (first, second) in [(0, 1), (1, 0)] {
        let app = App::new();
        app.write(files[first].0, &files[first].1);
        app.scan();
        assert_eq!(app.shown(), 1);
        app.write(files[second].0, &files[second].1);
        app.scan();
        assert_joined(&app);
    }
    let app = App::new();
    files.iter().for_each(|(name, bytes)| drop(app.write(name, bytes)));
    app.scan();
    assert_joined(&app);
}

#[test]
fn others_are_not_joined() {
    let app = App::new();
    app.write("a.jpg", still("one"));
    app.write("a.mov", motion("another"));
    app.write("b.jpg", photo(2023, 6, 2).to_bytes());
    app.write("b.mp4", Video::new(Scene::Sea, 1, 32, 32).to_bytes());
    app.scan();
    assert_eq!(app.shown(), 4);
    assert!(app.rows().values().all(|row| row.live_video.is_none()));
}

#[test]
fn a_video_that_belongs_to_two_copies_of_a_photo_is_joined_to_one() {
    let app = App::new();
    app.write("a.jpg", still("pair"));
    app.write("copy.jpg", still("pair"));
    app.write("a.mov", motion("pair"));
    app.scan();
    let joined = app.rows().into_values().filter(|row| row.live_video.is_some()).count();
    assert_eq!((joined, app.shown()), (1, 2));
}
