//! People and faces.

use kalends_library::faces::{DrawRefusal, FacesIn};
use kalends_library::people::{PeoplePage, PersonRefusal};
use kalends_library::stored::Person;

use super::asset::{face_in, person_response};
use super::dates::instant_millis;
use crate::error::Failure;
use crate::wire::asset::PersonResponseDto;
use crate::wire::people::{AssetFaceResponseDto, PeopleResponseDto};

/// A person at the top of an answer, where dates have their other form (contract immich §D0).
pub(crate) fn first_person_response(person: &Person) -> PersonResponseDto {
    let updated_at = Some(instant_millis(person.updated_at));
    PersonResponseDto { updated_at, ..person_response(person) }
}

/// A page of people.
pub(crate) fn people_response(page: &PeoplePage) -> PeopleResponseDto {
    PeopleResponseDto {
        people: page.people.iter().map(first_person_response).collect(),
        total: page.total,
        hidden: page.hidden,
        has_next_page: page.has_next,
    }
}

/// The faces in an asset, each with whose it is.
pub(crate) fn face_responses(faces: &FacesIn) -> Vec<AssetFaceResponseDto> {
    let response = |(face, person): &(_, Option<Person>)| AssetFaceResponseDto {
        face: face_in(face, &faces.card),
        person: person.as_ref().map(person_response),
    };
    faces.faces.iter().map(response).collect()
}

impl From<PersonRefusal> for Failure {
    fn from(refusal: PersonRefusal) -> Self {
        match refusal {
            PersonRefusal::Access(refused) => refused.into(),
            PersonRefusal::FeaturedAsset => {
                Self::bad_request("Invalid assetId for feature face or asset is offline")
            }
            PersonRefusal::Themselves => Self::bad_request("Cannot merge a person into themselves"),
        }
    }
}

impl From<DrawRefusal> for Failure {
    fn from(refusal: DrawRefusal) -> Self {
        match refusal {
            DrawRefusal::Access(refused) => refused.into(),
            DrawRefusal::Outside => Self::bad_request("The face lies outside the picture"),
        }
    }
}
