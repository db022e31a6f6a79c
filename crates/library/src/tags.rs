//! Tags: a tree of names of the viewer's own, put on the viewer's own assets.

use std::collections::BTreeSet;

use kalends_catalog::{CatalogError, Tag, Writer};
use kalends_model::{AssetId, TagId};

use crate::access::NoAccess;
use crate::access::people::own_assets;
use crate::access::tags::{TagRight, own_tags, require_tag};
use crate::each::{Kept, Outcome};
use crate::library::Library;
use crate::viewer::Viewer;

/// The most names in a tag's path, and the longest path in bytes.
const DEPTH_MAX: usize = 64;
const PATH_BYTES_MAX: usize = 2_000;

/// Why no tag was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagRefusal {
    /// The tag above is not the viewer's.
    #[error(transparent)]
    Access(#[from] NoAccess),
    /// There is a tag with this path already.
    #[error("there is a tag with that name already")]
    Taken,
    /// The path has no name, or is too deep or too long.
    #[error("a tag needs a name, of at most {PATH_BYTES_MAX} bytes and {DEPTH_MAX} levels")]
    Name,
}

impl Library {
    /// The viewer's tags, by path.
    pub fn tags(&self, viewer: &Viewer) -> Result<Vec<Tag>, CatalogError> {
        self.read(|reader| reader.tags_of(viewer.user()))
    }

    /// One of the viewer's tags.
    pub fn tag(&self, viewer: &Viewer, id: TagId) -> Result<Result<Tag, NoAccess>, CatalogError> {
        self.read(|reader| require_tag(reader, viewer, TagRight::Read, id))
    }

    /// Adds a tag below `parent`, or at the top. A `/` in the name parts the names of a path, whose
    /// missing tags are made too.
    pub fn add_tag(
        &self,
        viewer: &Viewer,
        name: &str,
        parent: Option<TagId>,
        color: Option<&str>,
    ) -> Result<Result<Tag, TagRefusal>, CatalogError> {
        self.write(|writer| {
            let above = match parent {
                None => None,
                Some(parent) => match require_tag(writer, viewer, TagRight::Read, parent)? {
                    Ok(parent) => Some(parent),
                    Err(refused) => return Ok(Err(refused.into())),
                },
            };
            let mut names: Vec<&str> = above.iter().flat_map(|tag| tag.value.split('/')).collect();
            let depth_above = names.len();
            names.extend(names_of(name));
            if names.len() == depth_above || !is_path(&names) {
                return Ok(Err(TagRefusal::Name));
            }
            if writer.tag_by_value(viewer.user(), &names.join("/"))?.is_some() {
                return Ok(Err(TagRefusal::Taken));
            }
            let id = self.ensure_tag(writer, viewer, &names)?;
            if color.is_some() {
                writer.set_tag_color(id, color)?;
            }
            let tag = writer.tag(id)?;
            Ok(Ok(tag.ok_or(CatalogError::NotFound("tag"))?))
        })
    }

    /// The tags at the ends of these paths, in their order, made with what is above them where they
    /// are missing. Paths without a name are passed over.
    pub fn ensure_tags(
        &self,
        viewer: &Viewer,
        paths: &[&str],
    ) -> Result<Result<Vec<Tag>, TagRefusal>, CatalogError> {
        let paths: Vec<Vec<&str>> =
            paths.iter().map(|path| names_of(path)).filter(|names| !names.is_empty()).collect();
        if !paths.iter().all(|names| is_path(names)) {
            return Ok(Err(TagRefusal::Name));
        }
        self.write(|writer| {
            let mut tags = Vec::with_capacity(paths.len());
            for names in &paths {
                let id = self.ensure_tag(writer, viewer, names)?;
                tags.extend(writer.tag(id)?);
            }
            Ok(Ok(tags))
        })
    }

    fn ensure_tag(
        &self,
        writer: &mut Writer<'_>,
        viewer: &Viewer,
        names: &[&str],
    ) -> Result<TagId, CatalogError> {
        writer.ensure_tag(viewer.user(), names, &mut || self.new_id(TagId::from_random))
    }

    /// Gives a tag another colour, or none.
    pub fn color_tag(
        &self,
        viewer: &Viewer,
        id: TagId,
        color: Option<Option<&str>>,
    ) -> Result<Result<Tag, NoAccess>, CatalogError> {
        self.write(|writer| {
            let tag = match require_tag(writer, viewer, TagRight::Update, id)? {
                Ok(tag) => tag,
                Err(refused) => return Ok(Err(refused)),
            };
            let Some(color) = color else { return Ok(Ok(tag)) };
            writer.set_tag_color(id, color)?;
            Ok(Ok(writer.tag(id)?.unwrap_or(tag)))
        })
    }

    /// Removes a tag and all below it.
    pub fn delete_tag(
        &self,
        viewer: &Viewer,
        id: TagId,
    ) -> Result<Result<(), NoAccess>, CatalogError> {
        self.write(|writer| {
            if let Err(refused) = require_tag(writer, viewer, TagRight::Delete, id)? {
                return Ok(Err(refused));
            }
            let (owner, ids) = writer.tag_with_descendants(id)?.unwrap_or((viewer.user(), vec![]));
            for tag in ids {
                // What was taken off must not come back from the files.
                let tagged = writer.tagged_assets(tag)?.into_iter();
                let assets: Vec<AssetId> =
                    tagged.filter(|(of, _)| *of == owner).map(|(_, asset)| asset).collect();
                writer.keep_tags(owner, &assets)?;
            }
            writer.delete_tag(id)?;
            Ok(Ok(()))
        })
    }

    /// Puts tags on assets. Those that are not the viewer's are passed over. How many assets got a
    /// tag that they did not have, counted for each tag.
    pub fn put_tags(
        &self,
        viewer: &Viewer,
        tags: &[TagId],
        assets: &[AssetId],
    ) -> Result<u64, CatalogError> {
        self.write(|writer| {
            let tags = own_tags(writer, viewer, tags)?;
            let assets = own_assets(writer, viewer, assets)?;
            let mut count = 0;
            for tag in &tags {
                let tagged = writer.tag_assets(tag.id, viewer.user(), &assets)?;
                writer.keep_tags(viewer.user(), &tagged)?;
                count += tagged.len() as u64;
            }
            Ok(count)
        })
    }

    /// Puts a tag on assets. What came of each, in the order asked.
    pub fn put_tag(
        &self,
        viewer: &Viewer,
        tag: TagId,
        assets: &[AssetId],
    ) -> Result<Result<Vec<Outcome>, NoAccess>, CatalogError> {
        self.write(|writer| {
            if let Err(refused) = require_tag(writer, viewer, TagRight::Asset, tag)? {
                return Ok(Err(refused));
            }
            let own = own_assets(writer, viewer, assets)?;
            let tagged = writer.tag_assets(tag, viewer.user(), &own)?;
            writer.keep_tags(viewer.user(), &tagged)?;
            Ok(Ok(outcomes(assets, &own, tagged, Kept::Duplicate)))
        })
    }

    /// Takes a tag off assets. What came of each, in the order asked.
    pub fn take_tag(
        &self,
        viewer: &Viewer,
        tag: TagId,
        assets: &[AssetId],
    ) -> Result<Result<Vec<Outcome>, NoAccess>, CatalogError> {
        self.write(|writer| {
            if let Err(refused) = require_tag(writer, viewer, TagRight::Asset, tag)? {
                return Ok(Err(refused));
            }
            let own = own_assets(writer, viewer, assets)?;
            let untagged = writer.untag_assets(tag, viewer.user(), &own)?;
            writer.keep_tags(viewer.user(), &untagged)?;
            Ok(Ok(outcomes(assets, &own, untagged, Kept::NotFound)))
        })
    }
}

/// What came of each asset: those of `changed` are done, once; the viewer's others are `unchanged`.
fn outcomes(
    asked: &[AssetId],
    own: &[AssetId],
    changed: Vec<AssetId>,
    unchanged: Kept,
) -> Vec<Outcome> {
    let own: BTreeSet<AssetId> = own.iter().copied().collect();
    let mut changed: BTreeSet<AssetId> = changed.into_iter().collect();
    let outcome = |asset: &AssetId| match (changed.remove(asset), own.contains(asset)) {
        (true, _) => Ok(()),
        (false, true) => Err(unchanged),
        (false, false) => Err(Kept::NoPermission),
    };
    asked.iter().map(outcome).collect()
}

/// The names of a path, without blanks around them and without empty ones.
fn names_of(path: &str) -> Vec<&str> {
    path.split('/').map(str::trim).filter(|name| !name.is_empty()).collect()
}

fn is_path(names: &[&str]) -> bool {
    let bytes: usize = names.iter().map(|name| name.len() + 1).sum();
    names.len() <= DEPTH_MAX && bytes <= PATH_BYTES_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_parted_at_slashes_and_bounded() {
        assert_eq!(names_of(" Travel / Asia//Nepal/"), ["Travel", "Asia", "Nepal"]);
        assert!(names_of(" / ").is_empty());
        assert!(is_path(&["a"; DEPTH_MAX]) && !is_path(&["a"; DEPTH_MAX + 1]));
        assert!(!is_path(&[&"a".repeat(PATH_BYTES_MAX)]));
    }
}
