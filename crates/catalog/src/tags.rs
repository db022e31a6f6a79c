//! Tags: each owner's tree of them, and the assets they are put on.
//!
//! A tag on an asset lies on the shelf of the asset's owner, whoever the tag belongs to. Only tags
//! put on an asset directly are stored; whoever asks for a tag asks for its descendants too.

use std::collections::BTreeMap;

use diesel::prelude::*;
use kalends_model::{AssetId, ChangeKind, TagId, UserId};

use crate::assets::Edited;
use crate::catalog::Reader;
use crate::edits::{is_edited, mark_all_edited};
use crate::error::{CatalogError, conflict};
use crate::schema::{tag_assets, tags};
use crate::stored::{Key, StoredId, ids};
use crate::users::expect_one;
use crate::writer::Writer;

/// The most ids in one statement.
const VALUES_MAX: usize = 500;

/// What parts a tag's path.
const SEPARATOR: &str = "/";

/// A node of an owner's tag tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The tag.
    pub id: TagId,
    /// Whose tree it is in.
    pub owner: UserId,
    /// Its whole path, such as `Travel/Asia`.
    pub value: String,
    /// The tag above it.
    pub parent: Option<TagId>,
    /// What it is shown in, as `#rrggbb`.
    pub color: Option<String>,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// When its colour was last changed, in microseconds since 1970.
    pub updated_at: i64,
}

impl Tag {
    /// A tag without a colour, as it is when it is made.
    pub fn new(
        id: TagId,
        owner: UserId,
        value: String,
        parent: Option<TagId>,
        created_at: i64,
    ) -> Self {
        Self { id, owner, value, parent, color: None, created_at, updated_at: created_at }
    }

    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.value.rsplit(SEPARATOR).next().unwrap_or(&self.value)
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tags)]
#[diesel(treat_none_as_default_value = false)]
struct StoredTag {
    owner: Key,
    id: Key,
    value: String,
    parent: Option<Key>,
    created_at: i64,
    color: Option<String>,
    updated_at: i64,
}

impl From<StoredTag> for Tag {
    fn from(stored: StoredTag) -> Self {
        Self {
            id: stored.id.as_id(),
            owner: stored.owner.as_id(),
            value: stored.value,
            parent: stored.parent.map(Key::as_id),
            color: stored.color,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
        }
    }
}

impl Reader<'_> {
    /// The tag with this id.
    pub fn tag(&mut self, id: TagId) -> Result<Option<Tag>, CatalogError> {
        let stored = tags::table
            .filter(tags::id.eq(id.key()))
            .select(StoredTag::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(Tag::from))
    }

    /// The owner's tag with this whole path.
    pub fn tag_by_value(
        &mut self,
        owner: UserId,
        value: &str,
    ) -> Result<Option<Tag>, CatalogError> {
        let stored = tags::table
            .filter(tags::owner.eq(owner.key()))
            .filter(tags::value.eq(value))
            .select(StoredTag::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(Tag::from))
    }

    /// The tags put on each of these assets of one owner, by value. Assets without are left out.
    pub fn tags_of_assets(
        &mut self,
        owner: UserId,
        ids: &[AssetId],
    ) -> Result<BTreeMap<AssetId, Vec<Tag>>, CatalogError> {
        let mut found: BTreeMap<AssetId, Vec<Tag>> = BTreeMap::new();
        for asked in ids.chunks(VALUES_MAX) {
            let keys: Vec<Key> = asked.iter().map(|id| id.key()).collect();
            let rows = tag_assets::table
                .inner_join(tags::table.on(tags::id.eq(tag_assets::tag)))
                .filter(tag_assets::owner.eq(owner.key()))
                .filter(tag_assets::asset.eq_any(keys))
                .order((tag_assets::asset, tags::value))
                .select((tag_assets::asset, StoredTag::as_select()))
                .load::<(Key, StoredTag)>(self.connection)?;
            for (asset, tag) in rows {
                found.entry(asset.as_id()).or_default().push(tag.into());
            }
        }
        Ok(found)
    }

    /// The tags with these ids, whoever's they are, by path. Unknown ids are passed over.
    pub fn tags_by_id(&mut self, ids: &[TagId]) -> Result<Vec<Tag>, CatalogError> {
        let mut found = Vec::with_capacity(ids.len());
        for part in ids.chunks(VALUES_MAX) {
            let keys: Vec<Key> = part.iter().map(|id| id.key()).collect();
            let stored = tags::table
                .filter(tags::id.eq_any(keys))
                .select(StoredTag::as_select())
                .load(self.connection)?;
            found.extend(stored.into_iter().map(Tag::from));
        }
        found.sort_by(|a: &Tag, b: &Tag| a.value.cmp(&b.value));
        Ok(found)
    }

    /// The owner's tags, by path.
    pub fn tags_of(&mut self, owner: UserId) -> Result<Vec<Tag>, CatalogError> {
        let stored = tags::table
            .filter(tags::owner.eq(owner.key()))
            .order(tags::value)
            .select(StoredTag::as_select())
            .load(self.connection)?;
        Ok(stored.into_iter().map(Tag::from).collect())
    }

    /// The owner of a tag, and the tag with all its descendants, ascending by id.
    pub fn tag_with_descendants(
        &mut self,
        id: TagId,
    ) -> Result<Option<(UserId, Vec<TagId>)>, CatalogError> {
        let Some(tag) = self.tag(id)? else { return Ok(None) };
        let mut found = self.parents_first(id)?;
        found.sort_unstable();
        Ok(Some((tag.owner, found)))
    }

    /// A tag and all below it, each after its parent.
    fn parents_first(&mut self, id: TagId) -> Result<Vec<TagId>, CatalogError> {
        let mut found = vec![id];
        let mut next = 0;
        while let Some(&parent) = found.get(next) {
            found.extend(self.children(parent)?);
            next += 1;
        }
        Ok(found)
    }

    /// The assets that a tag itself is on, with their owners, ascending by owner and asset.
    pub fn tagged_assets(&mut self, tag: TagId) -> Result<Vec<(UserId, AssetId)>, CatalogError> {
        let rows = tag_assets::table
            .filter(tag_assets::tag.eq(tag.key()))
            .order((tag_assets::owner, tag_assets::asset))
            .select((tag_assets::owner, tag_assets::asset))
            .load::<(Key, Key)>(self.connection)?;
        Ok(rows.into_iter().map(|(owner, asset)| (owner.as_id(), asset.as_id())).collect())
    }

    /// Whether a person has chosen the asset's tags.
    pub fn keeps_tags(&mut self, owner: UserId, asset: AssetId) -> Result<bool, CatalogError> {
        is_edited(self, owner, asset, Edited::Tags)
    }

    fn children(&mut self, parent: TagId) -> Result<Vec<TagId>, CatalogError> {
        let keys = tags::table
            .filter(tags::parent.eq(parent.key()))
            .select(tags::id)
            .load::<Key>(self.connection)?;
        Ok(ids(keys))
    }
}

impl Writer<'_> {
    /// The owner's tag at the end of `path`, made with its ancestors where they are missing. Each
    /// part is one name. `fresh_id` is asked for an id for each tag that is made.
    pub fn ensure_tag(
        &mut self,
        owner: UserId,
        path: &[&str],
        fresh_id: &mut dyn FnMut() -> TagId,
    ) -> Result<TagId, CatalogError> {
        let mut parent = None;
        for depth in 1..=path.len() {
            let value = path[..depth].join(SEPARATOR);
            let tag = match self.tag_by_value(owner, &value)? {
                Some(tag) => tag.id,
                None => {
                    let tag = Tag::new(fresh_id(), owner, value, parent, self.now);
                    self.create_tag(&tag)?;
                    tag.id
                }
            };
            parent = Some(tag);
        }
        parent.ok_or(CatalogError::NotFound("name in the tag's path"))
    }

    /// Adds a tag whose parent, if it has one, exists.
    pub fn create_tag(&mut self, tag: &Tag) -> Result<(), CatalogError> {
        let stored = StoredTag {
            owner: tag.owner.key(),
            id: tag.id.key(),
            value: tag.value.clone(),
            parent: tag.parent.map(StoredId::key),
            created_at: tag.created_at,
            color: tag.color.clone(),
            updated_at: tag.updated_at,
        };
        diesel::insert_into(tags::table)
            .values(stored)
            .execute(self.connection)
            .map_err(conflict("a tag of this name"))?;
        Ok(())
    }

    /// Gives a tag another colour, or none.
    pub fn set_tag_color(&mut self, tag: TagId, color: Option<&str>) -> Result<(), CatalogError> {
        let changed = diesel::update(tags::table.filter(tags::id.eq(tag.key())))
            .set((tags::color.eq(color), tags::updated_at.eq(self.now)))
            .execute(self.connection)?;
        expect_one(changed, "tag")
    }

    /// Notes that a person has chosen these assets' tags: their files may add none any more.
    /// Assets that are gone are passed over.
    pub fn keep_tags(&mut self, owner: UserId, assets: &[AssetId]) -> Result<(), CatalogError> {
        mark_all_edited(self, owner, assets, Edited::Tags)
    }

    /// Removes a tag and all below it, from every asset too.
    pub fn delete_tag(&mut self, tag: TagId) -> Result<(), CatalogError> {
        for tag in self.parents_first(tag)?.into_iter().rev() {
            self.delete_leaf(tag)?;
        }
        Ok(())
    }

    fn delete_leaf(&mut self, tag: TagId) -> Result<(), CatalogError> {
        let tagged = self.tagged_assets(tag)?;
        for of_one_owner in tagged.chunk_by(|a, b| a.0 == b.0) {
            let assets = of_one_owner.iter().map(|tagged| tagged.1);
            self.touch(of_one_owner[0].0, ChangeKind::TagsChanged, assets);
        }
        diesel::delete(tag_assets::table.filter(tag_assets::tag.eq(tag.key())))
            .execute(self.connection)?;
        diesel::delete(tags::table.filter(tags::id.eq(tag.key()))).execute(self.connection)?;
        Ok(())
    }

    /// Puts a tag on assets of one owner. Returns those that did not have it.
    pub fn tag_assets(
        &mut self,
        tag: TagId,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<Vec<AssetId>, CatalogError> {
        let mut tagged = Vec::with_capacity(assets.len());
        for &asset in assets {
            let is_new = diesel::insert_into(tag_assets::table)
                .values((
                    tag_assets::owner.eq(owner.key()),
                    tag_assets::asset.eq(asset.key()),
                    tag_assets::tag.eq(tag.key()),
                ))
                .on_conflict_do_nothing()
                .execute(self.connection)
                .map_err(conflict("this tag on the asset"))?;
            if is_new > 0 {
                tagged.push(asset);
                self.touch(owner, ChangeKind::TagsChanged, [asset]);
            }
        }
        Ok(tagged)
    }

    /// Takes a tag off assets of one owner. Returns those that had it.
    pub fn untag_assets(
        &mut self,
        tag: TagId,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<Vec<AssetId>, CatalogError> {
        let mut untagged = Vec::with_capacity(assets.len());
        for &asset in assets {
            let tagging = tag_assets::table.find((owner.key(), asset.key(), tag.key()));
            let gone = diesel::delete(tagging).execute(self.connection)?;
            if gone > 0 {
                untagged.push(asset);
                self.touch(owner, ChangeKind::TagsChanged, [asset]);
            }
        }
        Ok(untagged)
    }
}
