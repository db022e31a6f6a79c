//! A plan under construction: turns a shot into a file, its metadata and its truth at once.
//!
//! Keeping the three together in one function is what keeps them consistent: nothing is put into
//! the metadata that is not put into the truth.

use std::collections::HashMap;

use super::cameras::Camera;
use super::places::Place;
use super::truth::{DateSource, Kind, Location, NamedFace, OffsetSource, Tree, Truth};
use super::{DemoFile, PEOPLE, Specimen};
use crate::photo::Photo;
use crate::random::Random;
use crate::scene::{Figure, Picture, Scene};
use crate::wall::WallTime;

/// One press of a button.
#[derive(Clone, Debug)]
pub(super) struct Shot {
    pub(super) tree: Tree,
    pub(super) event: &'static str,
    pub(super) camera: &'static Camera,
    pub(super) place: &'static Place,
    pub(super) local: WallTime,
    pub(super) scene: Scene,
    /// Positions in [`PEOPLE`].
    pub(super) people: Vec<usize>,
    pub(super) keywords: Vec<&'static str>,
    pub(super) rating: Option<u8>,
    pub(super) description: Option<String>,
    /// Upright size; the camera's, if not given.
    pub(super) size: Option<(u32, u32)>,
    pub(super) orientation: u16,
    /// The picture with its people in the order of `people`; painted anew, if not given.
    pub(super) picture: Option<Picture>,
}

impl Shot {
    /// A shot without people, tags or stars, held upright.
    pub(super) fn new(
        tree: Tree,
        event: &'static str,
        camera: &'static Camera,
        place: &'static Place,
        local: WallTime,
        scene: Scene,
    ) -> Self {
        Self {
            tree,
            event,
            camera,
            place,
            local,
            scene,
            people: Vec::new(),
            keywords: Vec::new(),
            rating: None,
            description: None,
            size: None,
            orientation: 1,
            picture: None,
        }
    }

    /// The folder: tree, year, month and event.
    pub(super) fn folder(&self) -> String {
        let WallTime { year, month, .. } = self.local;
        format!("{}/{year}/{year}-{month:02} {}", self.tree.folder(), self.event)
    }
}

pub(super) struct Plan {
    pub(super) random: Random,
    files: Vec<DemoFile>,
    numbers: HashMap<(Tree, &'static str), u32>,
}

impl Plan {
    pub(super) fn new(seed: u64) -> Self {
        let random = Random::for_purpose(seed, "demo");
        Self { random, files: Vec::new(), numbers: HashMap::new() }
    }

    pub(super) fn push(&mut self, file: DemoFile) {
        self.files.push(file);
    }

    /// The files in order of their paths.
    pub(super) fn finish(mut self) -> Vec<DemoFile> {
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
        self.files
    }

    /// Adds a photo.
    pub(super) fn shoot(&mut self, shot: &Shot) {
        let file = self.develop(shot);
        self.push(file);
    }

    /// The file of a shot, under the next number of its camera.
    pub(super) fn develop(&mut self, shot: &Shot) -> DemoFile {
        let mut photo = self.photo(shot);
        let mut truth = Truth::of(Kind::Photo, photo.width, photo.height, shot.event);
        shot.camera.describe(&mut photo, self.random.below(210));
        if shot.orientation != 1 || shot.camera.has_gps {
            photo = photo.orientation(shot.orientation);
        }
        truth.orientation = shot.orientation;
        self.say_when(shot, &mut photo, &mut truth);
        self.say_what(shot, &mut photo, &mut truth);
        let modified = shot.local.unix_seconds(shot.place.offset_at(shot.local)) + 2;
        let path = format!("{}/{}.jpg", shot.folder(), self.next_name(shot));
        let specimen = Specimen::Photo(Box::new(photo));
        DemoFile { path, tree: shot.tree, specimen, modified, truth }
    }

    /// `IMG_5017`: the camera counts on.
    pub(super) fn next_name(&mut self, shot: &Shot) -> String {
        let key = (shot.tree, shot.camera.model);
        let number = self.numbers.entry(key).or_insert(shot.camera.first_number);
        let name = format!("{}{:04}", shot.camera.prefix, *number);
        // Not every shot is kept, so the numbers have gaps.
        *number += 1 + self.random.below(4);
        name
    }

    /// The picture with its people, without metadata.
    fn photo(&mut self, shot: &Shot) -> Photo {
        let (long, short) = shot.camera.sides;
        let upright = if shot.orientation >= 5 { (short, long) } else { (long, short) };
        let (width, height) = shot.size.unwrap_or(upright);
        if let Some(picture) = &shot.picture {
            return Photo::of(picture.clone(), width, height);
        }
        let mut picture = Picture::new(shot.scene, self.random.next());
        let count = shot.people.len();
        for (index, person) in shot.people.iter().enumerate() {
            let room = 1.0 / count as f32;
            let x = room * (index as f32 + 0.5) + self.random.between(-0.08, 0.08) * room;
            let fitting = room * 0.9 * width as f32 / width.min(height) as f32;
            let size = self.random.between(0.24, 0.38).min(fitting);
            let y = self.random.between(0.42, 0.56);
            picture.figures.push(Figure { look: look_of(*person), x, y, size });
        }
        Photo::of(picture, width, height)
    }

    /// Capture time, offset and position, as far as the camera knows them.
    fn say_when(&mut self, shot: &Shot, photo: &mut Photo, truth: &mut Truth) {
        let millis = if shot.camera.writes_fractions { shot.local.millis } else { 0 };
        let local = shot.local.with_millis(millis);
        let offset = shot.place.offset_at(local);
        let written = shot.camera.writes_offset.then_some(offset);
        photo.exif.set_taken(local, written);
        photo.exif.modify_date = Some(local.exif_text());
        photo.exif.offset_modify = photo.exif.offset_original.clone();
        truth.local = Some(local);
        truth.date_source = DateSource::Exif;
        truth.offset_source = match (shot.camera.writes_offset, shot.camera.has_gps) {
            (true, _) => OffsetSource::Written,
            (false, true) => OffsetSource::Position,
            (false, false) => OffsetSource::Unknown,
        };
        truth.offset_seconds = (truth.offset_source != OffsetSource::Unknown).then_some(offset);
        if shot.camera.has_gps {
            let location = self.near(shot.place);
            let mut gps = crate::Gps::new(location.latitude, location.longitude);
            let utc = local.to_utc(offset);
            gps.date_stamp = Some(format!("{:04}:{:02}:{:02}", utc.year, utc.month, utc.day));
            let (hour, minute, second) = (utc.hour, utc.minute, utc.second);
            gps.time_stamp = Some((hour.into(), minute.into(), second.into()));
            photo.exif.gps = Some(gps);
            truth.location = Some(location);
        }
    }

    /// A position within some 300 m of the middle of a city.
    pub(super) fn near(&mut self, place: &Place) -> Location {
        let mut moved = |degrees: f64| {
            let step = f64::from(self.random.below(61)) - 30.0;
            (degrees * 10_000.0 + step).round() / 10_000.0
        };
        Location {
            latitude: moved(place.latitude),
            longitude: moved(place.longitude),
            city: place.city,
            country: place.country,
            zone: place.zone,
        }
    }

    /// Tags, stars, words and faces.
    fn say_what(&mut self, shot: &Shot, photo: &mut Photo, truth: &mut Truth) {
        let mut told = std::mem::replace(photo, Photo::new(shot.scene, 0, 1, 1));
        for keyword in &shot.keywords {
            told = told.keyword(keyword);
        }
        if let Some(stars) = shot.rating {
            told = told.rating(i32::from(stars));
        }
        if let Some(text) = &shot.description {
            told = told.described(text);
        }
        let figures = told.picture.figures.clone();
        for (person, figure) in shot.people.iter().zip(&figures) {
            let (x, y, w, h) = figure.face(told.width, told.height);
            let name = PEOPLE[*person];
            told = told.face(name, (x, y, w, h));
            truth.faces.push(NamedFace { name, x, y, w, h });
        }
        truth.keywords.clone_from(&shot.keywords);
        truth.rating = shot.rating;
        truth.description.clone_from(&shot.description);
        *photo = told;
    }
}

/// The looks of the people, chosen so that they can be told apart.
pub(super) fn look_of(person: usize) -> u64 {
    const LOOKS: [u64; PEOPLE.len()] = [22, 8, 24, 123, 62, 53];
    LOOKS[person]
}
