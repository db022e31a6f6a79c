"""Every viewer asks everything, on both APIs, and is answered what the oracle says."""

import itertools
import json

from harness import Client, Failure, expect, shorten
from timelines import BUCKET, BUCKETS, COUNTS

from access.oracle import is_own, may, timeline
from access.world import BOX, World

# One of so many questions is asked by each viewer, a different one of each run of so many.
SHARE = 13
NULLED = ("city", "country", "latitude", "longitude")


def check(report, server, key):
    """Builds the world and walks the matrix."""
    report.section("Who may see what")
    world = None
    with report.check("a world is made through the API"):
        world = World(server, key).build()
    if world is None:
        return None
    for place, viewer in enumerate(world.viewers):
        with report.check(f"the timeline for {viewer.name}"):
            walk_timeline(world, viewer, place)
        with report.check(f"the counts of the other API for {viewer.name}"):
            walk_counts(world, viewer)
        with report.check(f"single assets for {viewer.name}"):
            walk_assets(world, viewer)
        with report.check(f"archives for {viewer.name}"):
            walk_archives(world, viewer)
    with report.check("a hidden place cannot be found by halving boxes"):
        halve(world)
    return world


def asks(world):
    """Every combination of what can be asked."""
    axes = {
        "visibility": (None, "timeline", "archive", "hidden", "locked"),
        "isTrashed": (None, "true", "false"),
        "isFavorite": (None, "true", "false"),
        "withPartners": (None, "true"),
        "userId": (None, *(world.users[name] for name in ("alice", "pat", "pam", "eve", "sid"))),
        "albumId": (None, world.shared, world.private),
        "personId": (None, world.person, world.pats_person),
        "tagId": (None, world.tag, world.pats_tag),
        "bbox": (None, BOX),
    }
    for values in itertools.product(*axes.values()):
        yield {name: value for name, value in zip(axes, values) if value is not None}


def walk_timeline(world, viewer, place):
    client = Client(world.server.url, viewer.headers)
    tag_owners = {world.tag: world.users["alice"], world.pats_tag: world.users["pat"]}
    asked = 0
    for number, ask in enumerate(asks(world)):
        # The shorter questions are all asked, and a part of the longer ones.
        if len(ask) > 2 and (number + place * 5) % SHARE:
            continue
        wanted = timeline(world.assets, tag_owners, viewer, ask)
        answer = client.get(BUCKETS, {**ask, **viewer.query})
        asked += 1
        if isinstance(wanted, tuple):
            same(answer, wanted, f"{ask}")
            continue
        expect(answer.status == 200, f"{ask}: {answer}")
        counts = {bucket["timeBucket"]: bucket["count"] for bucket in answer.json()}
        months = {}
        for asset in wanted:
            months.setdefault(asset.month, []).append(asset)
        lengths = {month: len(assets) for month, assets in months.items()}
        expect(counts == lengths, f"{ask}: counted {counts}, not {lengths}")
        for month, assets in months.items():
            if len(ask) <= 2 or number % 3 == 0:
                check_bucket(client, viewer, ask, month, assets)
    expect(asked > 500, f"only {asked} questions were asked")


def check_bucket(client, viewer, ask, month, assets):
    """The columns of a month, and what they hide."""
    query = {**ask, **viewer.query, "timeBucket": month, "withCoordinates": "true"}
    columns = client.json(BUCKET, query)
    known = {asset.id: asset for asset in assets}
    expect(sorted(columns["id"]) == sorted(known), f"{ask} {month}: other assets than expected")
    bare = viewer.is_link and not viewer.shows_metadata
    for row, id_ in enumerate(columns["id"]):
        asset = known[id_]
        shown = {name: columns[name][row] for name in columns if len(columns[name]) > row}
        facts = {
            "ownerId": asset.owner,
            "visibility": asset.visibility,
            "isTrashed": asset.trashed,
            "isFavorite": asset.favorite and is_own(viewer, asset),
        }
        for name, value in facts.items():
            expect(shown[name] == value, f"{ask}: {name} of {asset} is {shown[name]}")
        if bare:
            told = [name for name in NULLED if shown.get(name) is not None]
            expect(not told, f"{ask}: a link without metadata tells {told}")
        else:
            expect(shown["latitude"] == asset.place[0], f"{ask}: {shown['latitude']} of {asset}")


def walk_counts(world, viewer):
    """The other API counts the caller's timeline and archive, and albums whole."""
    client = Client(world.server.url, viewer.headers)
    for album, person, state in itertools.product(
        (None, world.shared, world.private),
        (None, world.person, world.pats_person),
        (None, "live", "trashed"),
    ):
        query = {"album_id": album, "person_id": person, "state": state, "limit": 200}
        query = {name: value for name, value in query.items() if value is not None}
        query |= viewer.query
        answer = client.get(COUNTS, query)
        ask = {"albumId": album, "personId": person}
        ask = {name: value for name, value in ask.items() if value is not None}
        if state == "trashed":
            ask["isTrashed"] = "true"
        wanted = timeline(world.assets, {}, viewer, ask)
        if viewer.is_link and not album:
            # A link shows its album, and nobody's timeline.
            wanted = (403, "")
        if isinstance(wanted, tuple) and wanted[0] in (401, 403):
            expect(answer.status == wanted[0], f"{query}: {answer}, not {wanted}")
            continue
        expect(answer.status == 200, f"{query}: {answer}")
        counted = sum(item["count"] for item in answer.json()["data"])
        number = 0 if isinstance(wanted, tuple) else len(wanted)
        expect(counted == number, f"{query}: counted {counted}, not {number}")


def walk_assets(world, viewer):
    client = Client(world.server.url, viewer.headers)
    for asset in world.assets:
        path = f"/api/assets/{asset.id}"
        read = may(viewer, "read", asset)
        answer = client.get(path, viewer.query)
        judge(answer, read, f"reading {asset}")
        if read is True:
            check_facts(viewer, asset, answer.json())
        view = may(viewer, "view", asset)
        answer = client.get(f"{path}/thumbnail", viewer.query)
        has_picture = asset.visibility in ("timeline", "archive")
        if view is not True or has_picture:
            judge(answer, view, f"viewing {asset}")
        download = may(viewer, "download", asset)
        answer = client.get(f"{path}/original", viewer.query)
        if asset.offline and download is True:
            expect(answer.status == 404, f"downloading {asset}, which has no file: {answer}")
        else:
            judge(answer, download, f"downloading {asset}")
        update = may(viewer, "update", asset)
        if update is not True:
            body = {"isFavorite": True, "description": "mine now"}
            answer = client.request("PUT", path, viewer.query, body=body)
            judge(answer, update, f"changing {asset}")


def check_facts(viewer, asset, told):
    """What one asset tells this viewer."""
    if viewer.is_link and not viewer.shows_metadata:
        text = json.dumps(told)
        hidden = [name for name in ("exifInfo", "people", "tags", "originalFileName", "ownerId")
                  if told.get(name)]  # fmt: skip
        expect(not hidden and told["hasMetadata"] is False, f"{asset}: tells {hidden}: {text}")
        return
    own = is_own(viewer, asset)
    expect(told["isFavorite"] is (asset.favorite and own), f"{asset}: {told['isFavorite']}")
    people = {person["id"] for person in told["people"]}
    expect(people == (asset.people if own else set()), f"{asset}: tells people {people}")
    expect(viewer.is_link != ("owner" in told), f"{asset}: tells the owner to {viewer.name}")


def walk_archives(world, viewer):
    """An archive holds every asset of the request, or there is none."""
    client = Client(world.server.url, viewer.headers)
    groups = {}
    for asset in world.assets:
        if asset.offline and may(viewer, "download", asset) is True:
            continue
        groups.setdefault(str(may(viewer, "download", asset)), []).append(asset)
    allowed = groups.get("True", [])[:3]
    refused = next((group[0] for name, group in groups.items() if name != "True"), None)
    path = "/api/download/archive"
    if allowed:
        ids = [asset.id for asset in allowed]
        answer = client.request("POST", path, viewer.query, body={"assetIds": ids})
        expect(answer.status == 200 and answer.body[:2] == b"PK", f"an archive answered {answer}")
    if refused:
        ids = [asset.id for asset in [*allowed, refused]]
        answer = client.request("POST", path, viewer.query, body={"assetIds": ids})
        judge(answer, may(viewer, "download", refused), "an archive with one that is refused")


def halve(world):
    """Every box of a tree of boxes is empty for a visitor who may not know places."""
    bare = next(viewer for viewer in world.viewers if not viewer.shows_metadata)
    client = Client(world.server.url, bare.headers)

    def look(west, south, east, north, depth):
        box = f"{west},{south},{east},{north}"
        query = {"albumId": world.shared, "bbox": box, **bare.query}
        expect(client.json(BUCKETS, query) == [], f"something lies in {box}")
        if depth:
            middle = ((west + east) / 2, (south + north) / 2)
            for x in ((west, middle[0]), (middle[0], east)):
                for y in ((south, middle[1]), (middle[1], north)):
                    look(x[0], y[0], x[1], y[1], depth - 1)

    look(-180, -90, 180, 90, 4)


def judge(answer, wanted, what):
    """Fails unless the answer is a success where it must be, and the refusal elsewhere."""
    if wanted is True:
        expect(answer.status in (200, 206), f"{what}: {answer}")
    else:
        same(answer, wanted, what)


def same(answer, refusal, what):
    status, message = refusal
    try:
        told = answer.json()["message"]
    except (ValueError, KeyError):
        raise Failure(f"{what}: {shorten(str(answer))}, not {refusal}") from None
    expect((answer.status, told) == (status, message), f"{what}: {answer}, not {refusal}")
