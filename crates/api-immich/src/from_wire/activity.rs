//! What is sent about comments and likes (contract immich §D4).

use kalends_http_kit::Query;
use kalends_library::activities::NewActivity;
use kalends_library::stored::{ActivityQuestion, Reaction, ReactionLevel};
use kalends_model::{AlbumId, AssetId, UserId};

use super::body::JsonBody;
use super::fields::Fields;
use crate::error::Failure;

const REACTIONS: [(&str, Reaction); 2] = [("comment", Reaction::Comment), ("like", Reaction::Like)];
const LEVELS: [(&str, ReactionLevel); 2] =
    [("album", ReactionLevel::Album), ("asset", ReactionLevel::Asset)];

/// Which activities of which album are listed.
pub(crate) fn question(query: &Query) -> Result<(AlbumId, ActivityQuestion), Failure> {
    let mut fields = Fields::of(query);
    let album = required_album(&mut fields);
    let asset = fields.uuid("assetId");
    let reaction = fields.choice("type", &REACTIONS);
    let level = fields.choice("level", &LEVELS);
    let user = fields.uuid("userId");
    // What is about the album itself is about none of its assets.
    let asset = asset.filter(|_| level != Some(ReactionLevel::Album));
    let question = ActivityQuestion {
        asset: asset.map(AssetId::from),
        user: user.map(UserId::from),
        reaction,
        level,
    };
    fields.finish((album, question)).map_err(Failure::invalid)
}

/// The album, and the asset in it, whose activities are counted.
pub(crate) fn counted(query: &Query) -> Result<(AlbumId, Option<AssetId>), Failure> {
    let mut fields = Fields::of(query);
    let album = required_album(&mut fields);
    let asset = fields.uuid("assetId").map(AssetId::from);
    fields.finish((album, asset)).map_err(Failure::invalid)
}

fn required_album(fields: &mut Fields<'_>) -> AlbumId {
    if matches!(fields.raw("albumId"), kalends_http_kit::Once::Absent) {
        fields.refuse("albumId must be a UUID");
    }
    fields.uuid("albumId").unwrap_or_default().into()
}

/// Something to be said. Words that come with a like are dropped.
pub(crate) fn new_activity(body: &JsonBody) -> Result<NewActivity, Failure> {
    body.read(|fields| {
        let album = AlbumId::from(fields.required_uuid("albumId"));
        let asset = fields.uuid("assetId").map(AssetId::from);
        let reaction = fields.required_choice("type", &REACTIONS);
        let comment = match reaction {
            Some(Reaction::Comment) => Some(fields.required_text("comment").to_owned()),
            _ => None,
        };
        NewActivity { album, asset, comment }
    })
}
