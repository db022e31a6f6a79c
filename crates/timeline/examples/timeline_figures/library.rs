//! The library that is measured: made of a seed, row by row, so that nothing but the index holds it.

use std::sync::Arc;

use kalends_model::{
    AlbumId, AssetId, AssetRow, CaptureTime, DateSource, GeoPoint, Kind, LibraryId, LocalTime,
    Month, Offset, PersonId, StackId, StackPlace, TagId, UserId, Visibility,
};

/// SplitMix64.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// True in `share` of a thousand cases.
    fn chance(&mut self, share: u64) -> bool {
        self.below(1_000) < share
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Small numbers often, large ones seldom.
    fn skewed(&mut self, end: u64) -> u64 {
        let unit = self.unit();
        ((unit * unit * end as f64) as u64).min(end - 1)
    }

    fn bytes(&mut self) -> [u8; 16] {
        (u128::from(self.next()) << 64 | u128::from(self.next())).to_be_bytes()
    }
}

fn key(kind: u64, n: u64) -> [u8; 16] {
    Random::new(kind << 48 | n).bytes()
}

pub(crate) fn user(n: u64) -> UserId {
    UserId::from_random(key(1, n))
}

pub(crate) fn person(n: u64) -> PersonId {
    PersonId::from_random(key(2, n))
}

pub(crate) fn tag(n: u64) -> TagId {
    TagId::from_random(key(3, n))
}

pub(crate) fn album(n: u64) -> AlbumId {
    AlbumId::from_random(key(4, n))
}

pub(crate) fn library_id(n: u64) -> LibraryId {
    LibraryId::from_random(key(5, n))
}

pub(crate) fn asset(n: u64, random: &mut Random) -> AssetId {
    let mut bytes = random.bytes();
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    AssetId::from_random(bytes)
}

const MONTHS: usize = 240;
const MONTH_OF_5000: usize = 120;
const CITIES: u64 = 2_000;

pub(crate) struct Library {
    sizes: Vec<usize>,
    cities: Vec<(GeoPoint, Arc<str>, Arc<str>)>,
    cameras: Vec<Arc<str>>,
    assets: usize,
}

impl Library {
    pub(crate) fn new(assets: usize) -> Self {
        let mut random = Random::new(1);
        // From a third of the mean to three times it, growing over the years.
        let weights: Vec<f64> =
            (0..MONTHS).map(|n| (0.3 + 1.7 * random.unit()) * (0.5 + n as f64 / 240.0)).collect();
        let whole: f64 = weights.iter().sum();
        let share = |weight: &f64| (weight / whole * assets as f64) as usize;
        let mut sizes: Vec<usize> = weights.iter().map(share).collect();
        sizes[MONTH_OF_5000] = 5_000.min(assets / 2);
        let rest = assets.saturating_sub(sizes.iter().sum());
        sizes[MONTHS - 1] += rest;
        let cities = (0..CITIES).map(|n| {
            // Half of the cities lie in Europe.
            let (latitude, longitude) = if n % 2 == 0 {
                (36.0 + random.unit() * 24.0, -10.0 + random.unit() * 40.0)
            } else {
                (-55.0 + random.unit() * 120.0, -179.0 + random.unit() * 358.0)
            };
            let country = format!("Country {}", n % 60).into();
            (GeoPoint { latitude, longitude }, format!("City {n}").into(), country)
        });
        let cities = cities.collect();
        let cameras = (0..40).map(|n| format!("Camera {n}").into()).collect();
        Self { sizes, cities, cameras, assets }
    }

    pub(crate) fn owner(&self) -> UserId {
        user(0)
    }

    fn month(index: usize) -> Month {
        Month::from_index(Month::new(2005, 1).index() + index as i32)
    }

    pub(crate) fn month_of_5000(&self) -> Month {
        Self::month(MONTH_OF_5000)
    }

    pub(crate) fn busiest_city(&self) -> GeoPoint {
        self.cities[0].0
    }

    /// Every row, months in no order of time.
    pub(crate) fn rows(&self) -> impl Iterator<Item = AssetRow> {
        let mut random = Random::new(2);
        let months = (0..MONTHS).map(|n| n * 77 % MONTHS);
        let numbers = months.flat_map(|month| (0..self.sizes[month]).map(move |n| (month, n)));
        numbers.map(move |(month, n)| {
            self.row_in(Self::month(month), 0, (month << 32 | n) as u64, &mut random)
        })
    }

    pub(crate) fn row_in(&self, month: Month, owner: u64, n: u64, random: &mut Random) -> AssetRow {
        let local = month.start().micros() + random.below(28 * 86_400_000) as i64 * 1_000;
        let offset = if random.chance(300) {
            None
        } else {
            Offset::from_seconds(random.below(24) as i32 * 3_600 - 36_000)
        };
        let is_video = random.chance(80);
        let hash = random.bytes();
        let hash_len = 21 + random.below(5) as usize;
        let thumbhash = random.chance(900).then(|| {
            let hash = hash.iter().cycle().take(hash_len);
            hash.copied().collect()
        });
        let city = random.chance(600).then(|| {
            let (center, city, country) = &self.cities[random.skewed(CITIES) as usize];
            let near = |center: f64, random: &mut Random| center + (random.unit() - 0.5) * 0.1;
            let place = GeoPoint {
                latitude: near(center.latitude, random),
                longitude: near(center.longitude, random),
            };
            (place, Arc::clone(city), Arc::clone(country))
        });
        let (albums, people, tags) = self.keys(random);
        let stack = random.chance(30).then(|| StackPlace {
            stack: StackId::from_random(random.bytes()),
            is_primary: random.chance(400),
            timeline_count: 2 + random.below(4) as u32,
        });
        AssetRow {
            id: asset(n, random),
            owner: user(owner),
            library: library_id(u64::from(random.chance(200))),
            capture: CaptureTime {
                local: LocalTime::from_micros(local),
                offset,
                source: DateSource::ExifOriginal,
            },
            visibility: match random.below(100) {
                0..93 => Visibility::Timeline,
                93..97 => Visibility::Archive,
                97..99 => Visibility::Hidden,
                _ => Visibility::Locked,
            },
            kind: if is_video { Kind::Video } else { Kind::Image },
            is_favorite: random.chance(50),
            is_trashed: random.chance(20),
            is_offline: random.chance(2),
            width: 4_032,
            height: 3_024,
            duration_ms: is_video.then(|| random.below(100_000)),
            thumbhash,
            live_video: random.chance(50).then(|| AssetId::from_random(random.bytes())),
            projection: random.chance(2).then(|| "EQUIRECTANGULAR".into()),
            place: city.as_ref().map(|(place, ..)| *place),
            city: city.as_ref().map(|(_, city, _)| Arc::clone(city)),
            country: city.as_ref().map(|(.., country)| Arc::clone(country)),
            camera: random
                .chance(950)
                .then(|| Arc::clone(&self.cameras[random.skewed(40) as usize])),
            rating: random.chance(100).then(|| 1 + random.below(5) as i8),
            stack,
            albums,
            people,
            tags,
            row_version: random.below(1_000_000),
        }
    }

    /// Two keys an asset, on average: 0.42 albums, 0.98 persons, 0.6 tags.
    fn keys(&self, random: &mut Random) -> (Vec<AlbumId>, Vec<PersonId>, Vec<TagId>) {
        let (mut albums, mut people, mut tags) = (Vec::new(), Vec::new(), Vec::new());
        if random.below(self.assets as u64) < 20_000 {
            albums.push(album(0));
        }
        if random.chance(400) {
            albums.push(album(1 + random.skewed(499)));
        }
        if random.chance(85) {
            people.push(person(0));
        }
        if random.chance(60) {
            people.push(person(1));
        }
        for _ in 0..random.below(3) {
            people.push(person(2 + random.skewed(2_998)));
        }
        if random.chance(50) {
            tags.push(tag(0));
        }
        if random.chance(550) {
            tags.push(tag(1 + random.skewed(1_999)));
        }
        albums.sort_unstable();
        people.sort_unstable();
        people.dedup();
        tags.sort_unstable();
        (albums, people, tags)
    }
}
