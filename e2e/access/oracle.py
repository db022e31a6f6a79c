"""What each viewer may see, from the rules alone.

The rules are those of the published API's access order, made stricter where another's archive, trash,
favourites, places or locked folder would show. Nothing here is shared with the server.
"""

from dataclasses import dataclass, field
from typing import Optional

PARTNERS = "withPartners is only supported for non-archived, non-trashed, non-favorited assets"


@dataclass
class Asset:
    """One asset of the test's world."""

    id: str
    owner: str
    month: str
    visibility: str = "timeline"
    trashed: bool = False  # put there, or its file is gone
    offline: bool = False  # its file is gone
    favorite: bool = False
    albums: set = field(default_factory=set)
    people: set = field(default_factory=set)
    tags: set = field(default_factory=set)
    place: Optional[tuple] = None  # latitude, longitude


@dataclass
class Viewer:
    """Who asks: a user by session or key, or a visitor with a link."""

    name: str
    user: Optional[str] = None
    headers: dict = field(default_factory=dict)
    query: dict = field(default_factory=dict)
    elevated: bool = False
    permissions: Optional[set] = None  # of a key; None for all
    refusal: Optional[tuple] = None  # what every request is answered
    partners: dict = field(default_factory=dict)  # who shares with the viewer: in the timeline?
    albums: set = field(default_factory=set)  # that the viewer may read
    link_album: Optional[str] = None
    link_assets: Optional[set] = None
    shows_metadata: bool = True
    allows_download: bool = True

    @property
    def is_link(self):
        return self.link_album is not None or self.link_assets is not None

    def lacks(self, permission):
        return self.permissions is not None and not {"all", permission} & self.permissions


def refused(what):
    return (400, f"Not found or no {what} access")


def is_own(viewer, asset):
    return not viewer.is_link and asset.owner == viewer.user


def timeline(assets, tag_owners, viewer, ask):
    """The assets that answer a question about the timeline, or a status and a message."""
    visibility, album, tag = ask.get("visibility"), ask.get("albumId"), ask.get("tagId")
    in_trash, favorite = ask.get("isTrashed") == "true", ask.get("isFavorite")
    if viewer.refusal:
        return viewer.refusal
    if viewer.lacks("asset.read"):
        return (403, "Missing required permission: asset.read")
    if visibility == "locked" and not viewer.elevated:
        return (401, "Elevated permission is required")
    if album and album not in (viewer.albums if not viewer.is_link else {viewer.link_album}):
        return refused("album.read")
    user = ask.get("userId") or (None if album else viewer.user)
    if user and viewer.is_link:
        return refused("timeline.read")
    if user and user != viewer.user:
        if user not in viewer.partners:
            return refused("timeline.read")
        if visibility in ("archive", "hidden", "locked"):
            return refused("archive.read")
    if tag and (viewer.is_link or tag_owners.get(tag) != viewer.user):
        return refused("tag.read")
    if ask.get("withPartners") == "true":
        if visibility != "timeline" or favorite is not None or in_trash:
            return (400, PARTNERS)
    owners = None
    if user:
        owners = {user}
        if ask.get("withPartners") == "true":
            owners |= {partner for partner, shown in viewer.partners.items() if shown}
    return [
        asset
        for asset in assets
        if (owners is None or asset.owner in owners)
        and (not album or album in asset.albums)
        and in_sight(viewer, asset, album)
        and passes(viewer, asset, ask)
    ]


def in_sight(viewer, asset, album):
    """Whether the viewer sees this row at all, asking for an album or for somebody's timeline."""
    if is_own(viewer, asset):
        return asset.visibility != "locked" or viewer.elevated
    shown = ("timeline", "archive") if album else ("timeline",)
    return not asset.trashed and asset.visibility in shown


def passes(viewer, asset, ask):
    """Whether the row passes the filter, of the facts that the viewer may know."""
    own, bare = is_own(viewer, asset), viewer.is_link and not viewer.shows_metadata
    wanted = [ask["visibility"]] if "visibility" in ask else ["timeline", "archive"]
    if asset.visibility not in wanted or asset.trashed != (ask.get("isTrashed") == "true"):
        return False
    if "isFavorite" in ask and (asset.favorite and own) != (ask["isFavorite"] == "true"):
        return False
    if "personId" in ask and (bare or ask["personId"] not in asset.people):
        return False
    if "tagId" in ask and (bare or ask["tagId"] not in asset.tags):
        return False
    if "bbox" in ask:
        west, south, east, north = map(float, ask["bbox"].split(","))
        if bare or not asset.place:
            return False
        latitude, longitude = asset.place
        return south <= latitude <= north and west <= longitude <= east
    return True


def may(viewer, right, asset):
    """Whether the viewer may read, view, download or update one asset; or the refusal."""
    if viewer.refusal:
        return viewer.refusal
    if viewer.lacks(f"asset.{right}"):
        return (403, f"Missing required permission: asset.{right}")
    if right == "update" and viewer.is_link:
        return (403, "Forbidden")
    shown = not asset.trashed and asset.visibility in ("timeline", "archive")
    if viewer.is_link:
        listed = viewer.link_album in asset.albums or asset.id in (viewer.link_assets or ())
        allowed = shown and listed and (right != "download" or viewer.allows_download)
    elif asset.owner == viewer.user:
        allowed = asset.visibility != "locked" or viewer.elevated
    elif right == "update":
        allowed = False
    else:
        as_partner = (
            asset.owner in viewer.partners
            and not asset.trashed
            and asset.visibility == "timeline"
        )
        allowed = as_partner or (shown and bool(asset.albums & viewer.albums))
    return True if allowed else refused(f"asset.{right}")
