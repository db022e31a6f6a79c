//! What exiftool, ffprobe and ffmpeg make of the demo's files, compared with their truths.
//!
//! These programs are not needed to build or to run anything. Where one is not installed, its test
//! says that it was skipped, and passes.

use std::path::Path;
use std::process::{Command, Stdio};

use kalends_specimen::demo::{DateSource, DemoFile, DemoLibrary, Kind, Truth, write_all};
use kalends_specimen::{Brand, Rotation, Scene, Video, offset_text};
use serde_json::Value;

/// Whether a program is there; says so where it is not.
fn installed(program: &str, version: &str) -> bool {
    let quiet =
        Command::new(program).arg(version).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let found = quiet.is_ok_and(|status| status.success());
    if !found {
        eprintln!("skipped: {program} is not installed");
    }
    found
}

/// The videos, all that is peculiar, and every twentieth of the rest.
fn sample() -> Vec<DemoFile> {
    let peculiar = |truth: &Truth| {
        truth.kind == Kind::Video
            || truth.date_source != DateSource::Exif
            || truth.projection.is_some()
            || truth.live_photo_partner.is_some()
            || truth.has_motion
            || truth.event == "Turning the camera"
            || truth.event == "Editing course"
    };
    let plan = DemoLibrary::plan(1).into_iter().enumerate();
    plan.filter(|(index, file)| index % 20 == 0 || peculiar(&file.truth))
        .map(|(_, file)| file)
        .collect()
}

fn run(command: &mut Command) -> Value {
    let output = command.output().expect("the program was there a moment ago");
    serde_json::from_slice(&output.stdout).expect("the program prints JSON")
}

#[test]
fn exiftool_reads_what_was_meant() {
    if !installed("exiftool", "-ver") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = sample();
    write_all(folder.path(), &files, |_, _| ()).expect("the files are written");
    let mut command = Command::new("exiftool");
    command.args(["-j", "-n", "-struct", "-r", "-api", "QuickTimeUTC=1"]).arg(folder.path());
    command.env("TZ", "UTC");
    let read = run(&mut command);
    let read = read.as_array().expect("a list of files");
    assert_eq!(read.len(), files.len());
    for file in &files {
        let path = folder.path().join(&file.path);
        let same = |tags: &&Value| tags["SourceFile"].as_str().map(Path::new) == Some(&path);
        let tags = read.iter().find(same).expect("every file is read");
        assert_eq!(tags["Error"], Value::Null, "{}", file.path);
        assert_eq!(tags["Warning"], Value::Null, "{}", file.path);
        check_time(file, tags);
        check_rest(file, tags);
    }
}

fn check_time(file: &DemoFile, tags: &Value) {
    let Some(local) = file.truth.local else { return };
    let offset = file.truth.offset_seconds;
    let written = tags["OffsetTimeOriginal"].as_str();
    let fraction = local.sub_second_text().map(|digits| format!(".{digits}")).unwrap_or_default();
    let clock = local.exif_text();
    let (tag, expected) = match file.truth.date_source {
        DateSource::Exif if written.is_some() || !fraction.is_empty() => (
            "SubSecDateTimeOriginal",
            format!(
                "{clock}{fraction}{}",
                written.and(offset).map(offset_text).unwrap_or_default()
            ),
        ),
        DateSource::Exif => ("DateTimeOriginal", clock),
        DateSource::Xmp if tags["FileType"] == "GIF" => ("CreateDate", clock),
        DateSource::Xmp => {
            ("DateCreated", format!("{clock}{}", offset.map(offset_text).unwrap_or_default()))
        }
        DateSource::Iptc => {
            ("DateTimeCreated", format!("{clock}{}", offset_text(offset.unwrap_or(0))))
        }
        DateSource::QuickTime => {
            ("CreationDate", format!("{clock}{}", offset_text(offset.unwrap_or(0))))
        }
        DateSource::ContainerUtc => {
            ("CreateDate", format!("{}+00:00", local.to_utc(offset.unwrap_or(0)).exif_text()))
        }
        DateSource::FileName | DateSource::FileNameDay | DateSource::Nowhere => return,
    };
    assert_eq!(tags[tag], expected, "{tag} of {}", file.path);
}

fn check_rest(file: &DemoFile, tags: &Value) {
    let (truth, path) = (&file.truth, &file.path);
    let near = |tag: &str, expected: f64| {
        let got = tags[tag].as_f64().unwrap_or(f64::NAN);
        assert!((got - expected).abs() < 1e-6, "{tag} of {path}: {got} is not {expected}");
    };
    match truth.location {
        Some(location) => {
            near("GPSLatitude", location.latitude);
            near("GPSLongitude", location.longitude);
        }
        None => assert_eq!(tags["GPSLatitude"], Value::Null, "{path}"),
    }
    if truth.kind == Kind::Photo && tags["FileType"] != "GIF" {
        assert_eq!(
            tags["Orientation"].as_u64().unwrap_or(1),
            u64::from(truth.orientation),
            "{path}"
        );
    }
    let turned = truth.orientation >= 5;
    let size = if turned { (truth.height, truth.width) } else { (truth.width, truth.height) };
    let got = (tags["ImageWidth"].as_u64(), tags["ImageHeight"].as_u64());
    assert_eq!(got, (Some(size.0.into()), Some(size.1.into())), "{path}");
    assert_eq!(tags["Rating"].as_u64(), truth.rating.map(u64::from), "{path}");
    let listed = |tag: &str| tags[tag].as_array().map_or(0, Vec::len);
    assert_eq!(listed("TagsList"), truth.keywords.len(), "{path}");
    assert_eq!(listed("Subject"), truth.keywords.len(), "{path}");
    for keyword in &truth.keywords {
        let listed = tags["TagsList"].as_array().expect("a list");
        assert!(listed.iter().any(|tag| tag == keyword), "{keyword} of {path}");
    }
    if truth.date_source == DateSource::Iptc {
        assert_eq!(tags["Caption-Abstract"].as_str(), truth.description.as_deref(), "{path}");
    } else {
        assert_eq!(tags["Description"].as_str(), truth.description.as_deref(), "{path}");
    }
    let regions = tags["RegionInfo"]["RegionList"].as_array().cloned().unwrap_or_default();
    let names: Vec<&str> = regions.iter().filter_map(|region| region["Name"].as_str()).collect();
    let faces: Vec<&str> = truth.faces.iter().map(|face| face.name).collect();
    assert_eq!(names, faces, "{path}");
    assert_eq!(tags["ProjectionType"].as_str(), truth.projection, "{path}");
    if truth.live_photo_partner.is_some() {
        let named = [&tags["ContentIdentifier"], &tags["MediaGroupUUID"]];
        assert!(named.iter().any(|tag| tag.is_string()), "{path}");
    }
    if truth.has_motion {
        assert_eq!(tags["MotionPhoto"], 1, "{path}");
    }
}

#[test]
fn ffprobe_and_ffmpeg_play_the_videos() {
    if !installed("ffprobe", "-version") || !installed("ffmpeg", "-version") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let videos: Vec<DemoFile> =
        sample().into_iter().filter(|file| file.truth.kind == Kind::Video).collect();
    write_all(folder.path(), &videos, |_, _| ()).expect("the files are written");
    for file in &videos {
        let path = folder.path().join(&file.path);
        let mut command = Command::new("ffprobe");
        command.args(["-v", "error", "-of", "json", "-show_format", "-show_streams"]).arg(&path);
        let read = run(&mut command);
        let stream = &read["streams"][0];
        assert_eq!(stream["codec_name"], "h264");
        assert_eq!(stream["pix_fmt"], "yuv420p");
        let rotation = stream["side_data_list"][0]["rotation"].as_i64().unwrap_or(0);
        let expected = match file.truth.orientation {
            6 => -90,
            8 => 90,
            3 => 180,
            _ => 0,
        };
        assert_eq!(rotation, expected, "{}", file.path);
        let seconds: f64 =
            read["format"]["duration"].as_str().expect("a text").parse().expect("a number");
        let expected = f64::from(file.truth.duration_ms.expect("a video has a length")) / 1_000.0;
        assert!((seconds - expected).abs() < 1e-6, "{}: {seconds} s", file.path);

        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-i"]).arg(&path).args(["-f", "null", "-"]);
        let output = command.output().expect("the program was there a moment ago");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{}: {said}", file.path);
    }
}

#[test]
fn ffmpeg_turns_every_rotation_upright() {
    if !installed("ffmpeg", "-version") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for rotation in [Rotation::Upright, Rotation::Right, Rotation::Half, Rotation::Left] {
        for brand in [Brand::Mp4, Brand::Mov] {
            let mut video = Video::new(Scene::Corners, 0, 66, 42);
            (video.rotation, video.brand) = (rotation, brand);
            let path = folder.path().join("turned.mov");
            video.write_to(&path).expect("the file is written");
            let mut command = Command::new("ffmpeg");
            command.args(["-v", "error", "-i"]).arg(&path);
            command.args(["-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]);
            let pixels = command.output().expect("the program was there a moment ago").stdout;
            assert_eq!(pixels.len(), 66 * 42 * 3, "{rotation:?}");
            let at = |x: usize, y: usize| &pixels[(y * 66 + x) * 3..][..3];
            let [red, green, blue] = [at(4, 4), at(61, 4), at(4, 37)];
            assert!(red[0] > 180 && red[1] < 80, "{rotation:?}: {red:?}");
            assert!(green[1] > 120 && green[0] < 90, "{rotation:?}: {green:?}");
            assert!(blue[2] > 150 && blue[0] < 90, "{rotation:?}: {blue:?}");
        }
    }
}
