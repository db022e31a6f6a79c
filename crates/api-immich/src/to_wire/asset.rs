//! Assets one by one, as far as the viewer is shown them (contract immich §D2.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kalends_library::file_kind::FileKind;
use kalends_library::stored::{Card, Face, FaceSource, Person, Tag};
use kalends_library::{AssetView, Sight};
use kalends_model::{Kind, Visibility};
use sha1::{Digest as _, Sha1};

use super::dates::{database_form, date, instant, instant_millis, local};
use super::user::user_response;
use crate::wire::asset::{
    AssetFaceWithoutPersonResponseDto, AssetResponseDto, AssetStackResponseDto, ExifResponseDto,
    PersonResponseDto, PersonWithFacesResponseDto, SanitisedAssetDto, TagResponseDto,
    WholeAssetDto,
};

/// What an answer holds beside the asset's own fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    /// `exifInfo`.
    pub(crate) exif: bool,
    /// `people` and `unassignedFaces`.
    pub(crate) people: bool,
    /// `tags`.
    pub(crate) tags: bool,
    /// `stack`.
    pub(crate) stack: bool,
}

impl Parts {
    /// What `GET /assets/{id}` holds.
    pub(crate) const ALL: Self = Self { exif: true, people: true, tags: true, stack: true };
    /// The asset's own fields and `exifInfo`.
    pub(crate) const EXIF: Self = Self { exif: true, ..Self::NONE };
    /// The asset's own fields alone.
    pub(crate) const NONE: Self = Self { exif: false, people: false, tags: false, stack: false };
}

/// The asset as its viewer is shown it.
pub(crate) fn asset_response(view: &AssetView, parts: Parts) -> AssetResponseDto {
    match view.sight {
        Sight::Sanitised => AssetResponseDto::Sanitised(sanitised(&view.card)),
        Sight::Own | Sight::Shared => AssetResponseDto::Whole(Box::new(whole(view, parts))),
    }
}

/// The same within another object, where dates have the other form (contract immich §D0).
pub(crate) fn nested_asset_response(view: &AssetView, parts: Parts) -> AssetResponseDto {
    let card = &view.card;
    let local_date_time = database_form(card.capture.local.micros());
    match asset_response(view, parts) {
        AssetResponseDto::Sanitised(dto) => {
            AssetResponseDto::Sanitised(SanitisedAssetDto { local_date_time, ..dto })
        }
        AssetResponseDto::Whole(dto) => AssetResponseDto::Whole(Box::new(WholeAssetDto {
            created_at: database_form(card.details.created_at),
            file_created_at: database_form(card.capture.instant().micros()),
            file_modified_at: database_form(modified_at(card)),
            updated_at: database_form(card.updated_at),
            local_date_time,
            ..*dto
        })),
    }
}

fn sanitised(card: &Card) -> SanitisedAssetDto {
    SanitisedAssetDto {
        id: card.id.uuid(),
        kind: kind(card.kind),
        original_mime_type: mime_type(card),
        thumbhash: card.thumbhash.as_deref().map(|hash| STANDARD.encode(hash)),
        local_date_time: local(card.capture.local),
        duration: duration(card.duration_ms),
        live_photo_video_id: card.live_video.map(|video| video.uuid()),
        has_metadata: false,
        width: known(card.width),
        height: known(card.height),
    }
}

fn whole(view: &AssetView, parts: Parts) -> WholeAssetDto {
    let card = &view.card;
    let path = view.path.to_string_lossy().into_owned();
    let own = view.sight == Sight::Own;
    WholeAssetDto {
        id: card.id.uuid(),
        created_at: instant_millis(card.details.created_at),
        device_asset_id: match &card.device {
            Some(name) => name.asset.clone(),
            None => card.details.file_name.replace(char::is_whitespace, ""),
        },
        device_id: match &card.device {
            Some(name) => name.device.clone(),
            None => "Library Import".to_owned(),
        },
        owner_id: card.owner.uuid(),
        owner: view.owner.as_ref().map(user_response),
        // Upstream's uploads lie in no library.
        library_id: card.device.is_none().then(|| card.library.uuid()),
        kind: kind(card.kind),
        original_file_name: card.details.file_name.clone(),
        original_mime_type: mime_type(card),
        thumbhash: card.thumbhash.as_deref().map(|hash| STANDARD.encode(hash)),
        file_created_at: instant(card.capture.instant()),
        file_modified_at: instant_millis(modified_at(card)),
        local_date_time: local(card.capture.local),
        updated_at: instant_millis(card.updated_at),
        is_favorite: card.is_favorite,
        is_archived: card.visibility == Visibility::Archive,
        is_trashed: card.is_in_trash(),
        is_offline: card.offline_at.is_some(),
        visibility: card.visibility.name(),
        duration: duration(card.duration_ms),
        exif_info: parts.exif.then(|| exif(card)),
        live_photo_video_id: card.live_video.map(|video| video.uuid()),
        tags: parts.tags.then(|| view.tags.iter().map(tag_response).collect()),
        // Always there: clients read it without asking whether it is.
        people: Some(if parts.people { people(view) } else { Vec::new() }),
        unassigned_faces: parts
            .people
            .then(|| view.unassigned_faces.iter().map(|face| face_in(face, card)).collect()),
        checksum: checksum(card, &path),
        original_path: path,
        stack: parts.stack.then(|| {
            view.stack.map(|stack| AssetStackResponseDto {
                id: stack.id.uuid(),
                primary_asset_id: stack.primary.uuid(),
                asset_count: stack.asset_count,
            })
        }),
        duplicate_id: own.then_some(card.details.duplicate).flatten().map(|group| group.uuid()),
        resized: true,
        has_metadata: true,
        width: known(card.width),
        height: known(card.height),
        is_edited: false,
    }
}

/// `exifInfo` of an asset.
pub(crate) fn exif(card: &Card) -> ExifResponseDto {
    let exif = &card.details.exif;
    ExifResponseDto {
        make: exif.make.clone(),
        model: exif.model.clone(),
        exif_image_width: exif.raw_width,
        exif_image_height: exif.raw_height,
        file_size_in_byte: card.original.as_ref().map(|file| file.size),
        orientation: exif.orientation.map(|orientation| orientation.to_string()),
        date_time_original: Some(database_form(card.capture.instant().micros())),
        modify_date: Some(database_form(modified_at(card))),
        time_zone: exif.zone.clone(),
        lens_model: exif.lens.clone(),
        f_number: exif.f_number,
        focal_length: exif.focal_length,
        iso: exif.iso,
        exposure_time: exif.exposure_time.clone(),
        latitude: card.place.point.map(|point| point.latitude),
        longitude: card.place.point.map(|point| point.longitude),
        city: card.place.city.clone(),
        state: card.place.state.clone(),
        country: card.place.country.clone(),
        description: Some(exif.description.clone().unwrap_or_default()),
        projection_type: card.projection.clone(),
        rating: card.rating,
    }
}

/// A tag.
pub(crate) fn tag_response(tag: &Tag) -> TagResponseDto {
    TagResponseDto {
        id: tag.id.uuid(),
        parent_id: tag.parent.map(|parent| parent.uuid()),
        name: tag.name().to_owned(),
        value: tag.value.clone(),
        created_at: database_form(tag.created_at),
        updated_at: database_form(tag.updated_at),
        color: tag.color.clone(),
    }
}

/// A person.
pub(crate) fn person_response(person: &Person) -> PersonResponseDto {
    PersonResponseDto {
        id: person.id.uuid(),
        name: person.name.clone(),
        birth_date: person.birth_date.map(date),
        thumbnail_path: format!("people/{}.jpeg", person.id),
        is_hidden: person.is_hidden,
        is_favorite: Some(person.is_favorite),
        color: person.color.clone(),
        updated_at: Some(database_form(person.updated_at)),
    }
}

/// A face in an asset whose display size is known.
pub(crate) fn face_in(face: &Face, card: &Card) -> AssetFaceWithoutPersonResponseDto {
    let pixels = |fraction: f64, side: u32| (fraction * f64::from(side)).round() as i64;
    let [x1, y1, x2, y2] = face.region;
    AssetFaceWithoutPersonResponseDto {
        id: face.id.uuid(),
        image_height: card.height,
        image_width: card.width,
        x1: pixels(x1, card.width),
        x2: pixels(x2, card.width),
        y1: pixels(y1, card.height),
        y2: pixels(y2, card.height),
        source_type: source_type(face.source),
    }
}

/// `sourceType` of a face.
pub(crate) fn source_type(source: FaceSource) -> &'static str {
    match source {
        FaceSource::Metadata => "exif",
        FaceSource::Manual => "manual",
        FaceSource::Recognised => "machine-learning",
    }
}

fn people(view: &AssetView) -> Vec<PersonWithFacesResponseDto> {
    let with_faces = |(person, faces): &(Person, Vec<Face>)| PersonWithFacesResponseDto {
        person: person_response(person),
        faces: faces.iter().map(|face| face_in(face, &view.card)).collect(),
    };
    view.people.iter().map(with_faces).collect()
}

/// `IMAGE` or `VIDEO`.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Image => "IMAGE",
        Kind::Video => "VIDEO",
    }
}

/// `HH:MM:SS.mmm`, or upstream's text for "none".
pub(crate) fn duration(millis: Option<u64>) -> String {
    let Some(millis) = millis.filter(|millis| *millis > 0) else {
        return "0:00:00.00000".to_owned();
    };
    let seconds = millis / 1_000;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.{:03}", seconds % 60, millis % 1_000)
}

fn mime_type(card: &Card) -> String {
    let known = FileKind::of_name(&card.details.file_name);
    known.map_or("application/octet-stream", |kind| kind.media_type).to_owned()
}

/// Microseconds since 1970.
fn modified_at(card: &Card) -> i64 {
    let file = card.original.as_ref().map(|file| file.mtime_ns.div_euclid(1_000));
    file.unwrap_or(card.details.created_at)
}

/// SHA-1 of the content; while that is not computed, of the path, as upstream has it for all files
/// of libraries.
fn checksum(card: &Card, path: &str) -> String {
    match card.details.sha1 {
        Some(hash) => STANDARD.encode(hash),
        None => STANDARD.encode(Sha1::digest(format!("path:{path}"))),
    }
}

fn known(pixels: u32) -> Option<u32> {
    Some(pixels).filter(|pixels| *pixels > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_carry_milliseconds_and_as_many_hours_as_they_need() {
        assert_eq!(duration(None), "0:00:00.00000");
        assert_eq!(duration(Some(0)), "0:00:00.00000");
        assert_eq!(duration(Some(65_250)), "00:01:05.250");
        assert_eq!(duration(Some(360_000_000)), "100:00:00.000");
    }
}
