//! What the demo's plan promises: its size, its spread over the years, and each peculiar case.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use kalends_specimen::demo::{
    DateSource, DemoFile, DemoLibrary, Kind, OffsetSource, PEOPLE, Specimen, Tree, write_all,
};
use kalends_specimen::{Photo, PhotoFormat, WallTime};

fn plan() -> Vec<DemoFile> {
    DemoLibrary::plan(1)
}

fn photo(file: &DemoFile) -> Option<&Photo> {
    match &file.specimen {
        Specimen::Photo(photo) => Some(photo),
        Specimen::Video(_) => None,
    }
}

#[test]
fn a_plan_is_the_same_on_every_run_and_differs_by_seed() {
    assert_eq!(plan(), plan());
    assert_ne!(plan(), DemoLibrary::plan(2));
}

#[test]
fn some_three_hundred_files_each_with_its_own_path() {
    let plan = plan();
    let videos = plan.iter().filter(|file| file.truth.kind == Kind::Video).count();
    assert!((280..=330).contains(&(plan.len() - videos)), "{} files", plan.len());
    assert_eq!(videos, 5);
    let paths: HashSet<&str> = plan.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths.len(), plan.len());
    for file in &plan {
        assert!(file.path.starts_with(&format!("{}/", file.tree.folder())), "{}", file.path);
    }
    for tree in [Tree::AliceFamily, Tree::AliceScans, Tree::Bob] {
        assert!(plan.iter().filter(|file| file.tree == tree).count() >= 10);
    }
}

#[test]
fn twenty_years_with_more_every_year_and_empty_months() {
    let mut years = BTreeMap::<i32, usize>::new();
    let mut months = BTreeSet::new();
    for local in plan().iter().filter_map(|file| file.truth.local) {
        *years.entry(local.year).or_default() += 1;
        months.insert((local.year, local.month));
    }
    assert_eq!(years.keys().copied().collect::<Vec<_>>(), (2006..=2026).collect::<Vec<_>>());
    let sum =
        |range: std::ops::Range<i32>| years.range(range).map(|(_, count)| count).sum::<usize>();
    assert!(sum(2006..2011) < sum(2011..2016), "{years:?}");
    assert!(sum(2011..2016) < sum(2016..2021), "{years:?}");
    assert!(sum(2016..2021) < sum(2021..2026), "{years:?}");
    assert!(months.len() < 21 * 12 * 3 / 4);
}

#[test]
fn offsets_are_known_and_unknown_and_odd() {
    let plan = plan();
    let written = |seconds| {
        plan.iter().any(|file| {
            file.truth.offset_source == OffsetSource::Written
                && file.truth.offset_seconds == Some(seconds)
        })
    };
    assert!(written(20_700) && written(-34_200) && written(0) && written(39_600));
    for source in [OffsetSource::Position, OffsetSource::Utc, OffsetSource::Unknown] {
        assert!(plan.iter().any(|file| file.truth.offset_source == source), "{source:?}");
    }
    for file in &plan {
        let known = file.truth.offset_source != OffsetSource::Unknown;
        assert_eq!(file.truth.offset_seconds.is_some(), known, "{}", file.path);
    }
}

#[test]
fn wall_months_differ_from_utc_months_both_ways() {
    let month = |at: WallTime| (at.year, at.month);
    let (mut ahead, mut behind) = (0, 0);
    for file in plan() {
        if let (Some(local), Some(offset)) = (file.truth.local, file.truth.offset_seconds) {
            ahead += usize::from(month(local) > month(local.to_utc(offset)));
            behind += usize::from(month(local) < month(local.to_utc(offset)));
        }
    }
    assert!(ahead >= 2 && behind >= 2, "{ahead} ahead, {behind} behind");
}

#[test]
fn months_have_pictures_of_their_first_and_last_moment() {
    let times: Vec<WallTime> = plan().iter().filter_map(|file| file.truth.local).collect();
    assert!(times.contains(&WallTime::new(2016, 2, 29, 23, 59, 59).with_millis(999)));
    assert!(times.contains(&WallTime::new(2016, 3, 1, 0, 0, 0)));
    assert!(times.contains(&WallTime::new(2019, 12, 31, 23, 59, 59).with_millis(999)));
    assert!(times.contains(&WallTime::new(2020, 1, 1, 0, 0, 0)));
}

#[test]
fn each_peculiar_case_is_there_for_any_seed() {
    for seed in [0, 1, 2, 7, 42, 2_026] {
        check_cases(&DemoLibrary::plan(seed));
    }
}

fn check_cases(plan: &[DemoFile]) {
    let count = |test: &dyn Fn(&DemoFile) -> bool| plan.iter().filter(|file| test(file)).count();
    for orientation in 1..=8 {
        assert!(count(&|file| file.truth.orientation == orientation) > 0);
    }
    for stars in 1..=5 {
        assert!(count(&|file| file.truth.rating == Some(stars)) > 0, "{stars} stars");
    }
    for name in PEOPLE {
        let seen = count(&|file| file.truth.faces.iter().any(|face| face.name == name));
        assert!(seen >= 5, "{name} is seen {seen} times");
    }
    for format in [PhotoFormat::Png, PhotoFormat::WebP, PhotoFormat::Tiff, PhotoFormat::Gif] {
        assert!(count(&|file| photo(file).is_some_and(|photo| photo.format == format)) > 0);
    }
    for source in [
        DateSource::Xmp,
        DateSource::Iptc,
        DateSource::QuickTime,
        DateSource::ContainerUtc,
        DateSource::FileName,
        DateSource::FileNameDay,
        DateSource::Nowhere,
    ] {
        assert!(count(&|file| file.truth.date_source == source) > 0, "{source:?}");
    }
    assert!(count(&|file| file.truth.burst == Some(1)) >= 5);
    assert_eq!(count(&|file| file.truth.projection == Some("equirectangular")), 1);
    assert_eq!(count(&|file| file.truth.has_motion), 1);
    assert_eq!(count(&|file| file.truth.copy_of.is_some()), 1);
    assert!(count(&|file| file.truth.keywords.contains(&"Travel/Asia/Nepal")) >= 10);
    assert!(count(&|file| file.truth.description.is_some()) >= 20);
    assert!(plan.iter().any(|file| file.path.ends_with("IMG-20190704-WA0007.jpg")));
}

#[test]
fn the_halves_of_the_live_photo_name_each_other() {
    let plan = plan();
    let halves: Vec<&DemoFile> =
        plan.iter().filter(|file| file.truth.live_photo_partner.is_some()).collect();
    assert_eq!(halves.len(), 2);
    assert_eq!(halves[0].truth.live_photo_partner.as_ref(), Some(&halves[1].path));
    assert_eq!(halves[1].truth.live_photo_partner.as_ref(), Some(&halves[0].path));
}

#[test]
fn faces_lie_inside_their_pictures() {
    for file in plan() {
        for face in &file.truth.faces {
            let inside = face.x - face.w / 2.0 >= 0.0
                && face.x + face.w / 2.0 <= 1.0
                && face.y - face.h / 2.0 >= 0.0
                && face.y + face.h / 2.0 <= 1.0;
            assert!(inside, "{} {face:?}", file.path);
        }
    }
}

#[test]
fn positions_belong_to_at_least_ten_cities() {
    let plan = plan();
    let cities: BTreeSet<&str> =
        plan.iter().filter_map(|file| file.truth.location).map(|at| at.city).collect();
    assert!(cities.len() >= 10, "{cities:?}");
}

#[test]
fn files_are_written_with_their_times() {
    let folder = tempfile::tempdir().unwrap();
    let plan: Vec<DemoFile> = plan().into_iter().step_by(37).collect();
    let mut steps = Vec::new();
    write_all(folder.path(), &plan, |done, total| steps.push((done, total))).unwrap();
    assert_eq!(steps.last(), Some(&(plan.len(), plan.len())));
    for file in &plan {
        let path = folder.path().join(&file.path);
        assert_eq!(std::fs::read(&path).unwrap(), file.specimen.to_bytes());
        let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
        let since = modified.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(since.as_secs() as i64, file.modified);
    }
}
