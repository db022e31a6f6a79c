//! What is sent about shared links (contract immich §D4).

use kalends_http_kit::Query;
use kalends_library::links::{LinkChange, LinkListing, NewLink, NewLinkTarget};
use kalends_model::{AlbumId, AssetId, LinkId};

use super::body::{BodyFields, JsonBody, Sent};
use super::date::SentDate;
use super::fields::Fields;
use crate::error::Failure;

/// What stands for a password in answers: the password itself is not kept. Sent back, it leaves the
/// password as it is.
pub(crate) const PASSWORD_DOTS: &str = "••••••••";

/// The longest slug, in characters.
const SLUG_CHARS_MAX: usize = 255;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Album,
    Individual,
}

/// Which links are listed.
pub(crate) fn listing(query: &Query) -> Result<LinkListing, Failure> {
    let mut fields = Fields::of(query);
    let listing = LinkListing {
        album: fields.uuid("albumId").map(AlbumId::from),
        link: fields.uuid("id").map(LinkId::from),
    };
    fields.finish(listing).map_err(Failure::invalid)
}

/// A new link.
pub(crate) fn new_link(body: &JsonBody) -> Result<NewLink, Failure> {
    let (kind, album, assets, link) = body.read(|fields| {
        let kinds = [("ALBUM", Kind::Album), ("INDIVIDUAL", Kind::Individual)];
        let kind = fields.required_choice("type", &kinds);
        let album = fields.uuid("albumId");
        let assets = fields.uuids("assetIds").unwrap_or_default();
        let link = NewLink {
            target: NewLinkTarget::Assets(assets.iter().copied().map(AssetId::from).collect()),
            description: fields.nullable_text("description").given().map(str::to_owned),
            password: password(fields).given(),
            slug: slug(fields).given(),
            expires_at: fields.nullable_date("expiresAt").given().map(micros),
            allow_upload: fields.boolean("allowUpload").unwrap_or(true),
            allow_download: fields.boolean("allowDownload").unwrap_or(true),
            show_metadata: fields.boolean("showMetadata").unwrap_or(true),
        };
        (kind, album, assets, link)
    })?;
    match (kind, album) {
        (Some(Kind::Album), Some(album)) => {
            Ok(NewLink { target: NewLinkTarget::Album(album.into()), ..link })
        }
        (Some(Kind::Album), None) => Err(Failure::bad_request("Invalid albumId")),
        _ if assets.is_empty() => Err(Failure::bad_request("Invalid assetIds")),
        _ => Ok(link),
    }
}

/// What is to be changed of a link.
pub(crate) fn change(body: &JsonBody) -> Result<LinkChange, Failure> {
    body.read(|fields| {
        let expires_at = fields.nullable_date("expiresAt").map(micros);
        let changes_expiry = fields.boolean("changeExpiryTime").unwrap_or(false);
        LinkChange {
            description: fields.nullable_text("description").map(str::to_owned).change(),
            password: match password(fields) {
                Sent::Given(dots) if dots == PASSWORD_DOTS => None,
                sent => sent.change(),
            },
            slug: slug(fields).change(),
            expires_at: match expires_at {
                Sent::Absent if changes_expiry => Some(None),
                sent => sent.change(),
            },
            allow_upload: fields.boolean("allowUpload"),
            allow_download: fields.boolean("allowDownload"),
            show_metadata: fields.boolean("showMetadata"),
        }
    })
}

/// The password of a link that is to be unlocked.
pub(crate) fn given_password(body: &JsonBody) -> Result<String, Failure> {
    body.read(|fields| fields.required_text("password").to_owned())
}

/// The ids of assets in `{assetIds}`.
pub(crate) fn asset_ids(body: &JsonBody) -> Result<Vec<AssetId>, Failure> {
    body.read(|fields| fields.required_uuids("assetIds").into_iter().map(AssetId::from).collect())
}

/// An empty password is none. One that is longer than what is ever looked at would shut the link.
fn password(fields: &mut BodyFields<'_>) -> Sent<String> {
    let most = kalends_library::secrets::PASSWORD_BYTES_MAX;
    none_if_empty(limited(fields, "password", most, str::len))
}

/// An empty slug is none.
fn slug(fields: &mut BodyFields<'_>) -> Sent<String> {
    none_if_empty(limited(fields, "slug", SLUG_CHARS_MAX, |text| text.chars().count()))
}

fn limited(
    fields: &mut BodyFields<'_>,
    name: &str,
    most: usize,
    length: impl Fn(&str) -> usize,
) -> Sent<String> {
    let sent = fields.nullable_text(name);
    if let Sent::Given(text) = sent
        && length(text) > most
    {
        fields.refuse(name, &format!("must be shorter than or equal to {most} characters"));
    }
    sent.map(str::to_owned)
}

fn none_if_empty(sent: Sent<String>) -> Sent<String> {
    match sent {
        Sent::Given(text) if text.is_empty() => Sent::Null,
        sent => sent,
    }
}

fn micros(date: SentDate) -> i64 {
    date.instant().micros()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::from_wire::body::read_value;
    use serde_json::json;

    #[test]
    fn empty_secrets_are_none_and_long_ones_refused() {
        let read = |value: serde_json::Value| {
            read_value(&value, |fields| (password(fields), slug(fields)))
        };
        let none = (Sent::Null, Sent::Null);
        assert_eq!(read(json!({"password": "", "slug": ""})), Ok(none.clone()));
        assert_eq!(read(json!({"password": null, "slug": null})), Ok(none));
        assert_eq!(read(json!({})), Ok((Sent::Absent, Sent::Absent)));
        let long = json!({"password": "x".repeat(1_025), "slug": "ü".repeat(256)});
        assert_eq!(
            read(long).unwrap_err().words(),
            "password must be shorter than or equal to 1024 characters; \
             slug must be shorter than or equal to 255 characters"
        );
    }
}
