"""Every operation that takes an id is tried by a stranger with another user's ids, one by one and in
lists, and nothing may change.

The operations are those of the server's own document, so that none can be forgotten: one that this
file knows no ids for fails the check.
"""

import json
import re

from harness import Client, expect

# What an id in a path is, by the first segments of the path.
KINDS = (
    ("/activities/{id}", "activity"),
    ("/admin/users/{id}", "user"),
    ("/albums/{id}", "album"),
    ("/api-keys/{id}", "key"),
    ("/assets/{id}", "asset"),
    ("/assets/device/{deviceId}", None),
    ("/faces/{id}", "face"),
    ("/jobs/{name}", None),
    ("/libraries/{id}", "library"),
    ("/memories/{id}", "memory"),
    ("/notifications/{id}", "notification"),
    ("/partners/{id}", "user"),
    ("/people/{id}", "person"),
    ("/sessions/{id}", "session"),
    ("/shared-links/{id}", "link"),
    ("/stacks/{id}", "stack"),
    ("/tags/{id}", "tag"),
    ("/users/{id}", "user"),
)

# Users see each other's names and portraits; asking for them is no trespass. Neither is sharing one's
# own timeline with somebody, and no longer doing so.
OPEN = {
    ("get", "/users/{id}"),
    ("get", "/users/{id}/profile-image"),
    ("post", "/partners/{id}"),
    ("delete", "/partners/{id}"),
}
# These answer per id, or with a count of what was done: the answer must say that nothing was.
PER_ID = {"success": False, "count": 0}
REFUSALS = (400, 401, 403, 404)


def check(report, world):
    """Tries everything."""
    report.section("Nobody reaches another's things")
    with report.check("the ids of one of everything are known"):
        ids = Everything(world)
    stranger = Client(world.server.url, world.sessions["sid"].headers)
    document = stranger.json("/api/openapi.json")
    before = state(world)
    operations = [
        (method, path[len("/api") :], operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/api/") and method in ("get", "post", "put", "patch", "delete")
    ]
    tried = 0
    for method, path, operation in operations:
        if "{" not in path or (method, path) in OPEN:
            continue
        with report.check(f"{method.upper()} {path}"):
            kind = next((kind for start, kind in KINDS if path.startswith(start)), "unknown")
            expect(kind != "unknown", "no ids are known for this path")
            if kind is None:
                continue
            target = fill(path, kind, ids)
            body = ids.body(method, path)
            answer = stranger.request(method.upper(), "/api" + target, body=body)
            judge(answer, ids.is_list(method, path))
            tried += 1
    for method, path, body in ids.lists():
        with report.check(f"{method} {path} with a list"):
            judge(stranger.request(method, "/api" + path, body=body), True)
    with report.check("nothing of it has changed anything"):
        expect(tried > 30, f"only {tried} operations were tried")
        after = state(world)
        differing = [name for name in before if before[name] != after[name]]
        expect(not differing, f"changed: {differing}")


def fill(path, kind, ids):
    """The path with the owner's ids in it."""
    target = path.replace("{id}", ids.of[kind])
    target = target.replace("{userId}", ids.of["user"]).replace("{assetId}", ids.of["asset"])
    return target.replace("{key}", "mobile-app")


def judge(answer, answers_per_id):
    """A refusal, or an answer that says of each id that nothing was done."""
    if answer.status in REFUSALS:
        return
    expect(answers_per_id and answer.status in (200, 201), f"was answered {answer}")
    told = answer.json()
    for one in told if isinstance(told, list) else [told]:
        refused = any(name in one and one[name] == value for name, value in PER_ID.items())
        expect(refused, f"was done: {one}")


def state(world):
    """What the owner sees of everything."""
    alice = Client(world.server.url, world.sessions["alice"].headers)
    paths = ("/albums", "/people?withHidden=true", "/tags", "/stacks", "/api-keys", "/users/me",
             "/timeline/buckets", "/timeline/buckets?isTrashed=true", "/assets/statistics",
             "/partners?direction=shared-by", "/shared-links", "/users/me/preferences")  # fmt: skip
    seen = {path: alice.json("/api" + path) for path in paths}
    for asset in world.assets:
        if asset.owner == world.users["alice"] and asset.visibility != "locked":
            seen[asset.id] = alice.json(f"/api/assets/{asset.id}")
    # Cursors of use may move; what they point at may not.
    return json.loads(re.sub(r'"updatedAt": ?"[^"]*"', '"updatedAt":""', json.dumps(seen)))


class Everything:
    """One thing of each kind, all of them Alice's."""

    def __init__(self, world):
        alice, users = world.sessions["alice"], world.users
        own = [asset for asset in world.assets if asset.owner == users["alice"]]
        live = [a for a in own if not a.trashed and a.visibility == "timeline" and not a.favorite]
        first, second = live[0].id, live[1].id
        stack = world.post(alice, "/api/stacks", {"assetIds": [first, second]})["id"]
        like = {"albumId": world.shared, "type": "comment", "comment": "hello"}
        memory = {"type": "on_this_day", "data": {"year": 2021}, "assetIds": [first],
                  "memoryAt": "2024-01-01T00:00:00.000Z"}  # fmt: skip
        owner = {"ownerId": users["alice"], "importPaths": []}
        faces = [face for a in own if a.people and a.visibility == "timeline"
                 for face in alice.json("/api/faces", {"id": a.id})]  # fmt: skip
        self.of = {
            "activity": world.post(alice, "/api/activities", like)["id"],
            "album": world.private,
            "asset": first,
            "face": faces[0]["id"],
            "key": alice.json("/api/api-keys")[0]["id"],
            "library": world.post(world.root, "/api/libraries", owner)["id"],
            "link": world.links["open"]["id"],
            "memory": world.post(alice, "/api/memories", memory)["id"],
            "notification": "10000000-0000-4000-8000-000000000001",
            "person": world.person,
            "session": alice.json("/api/sessions")[0]["id"],
            "stack": stack,
            "tag": world.tag,
            "user": users["alice"],
        }
        self.trashed = next(a.id for a in own if a.trashed and a.visibility == "timeline")

    def is_list(self, method, path):
        """Whether the operation answers of each id apart."""
        return method in ("put", "delete", "post") and path.endswith(("/assets", "/merge"))

    def body(self, method, path):
        """A body that would do something, had it come from the owner."""
        if method == "get":
            return None
        asset = self.of["asset"]
        return {
            "ids": [asset], "assetIds": [asset], "id": self.of["face"], "name": "mine",
            "albumName": "mine", "description": "mine", "isFavorite": True, "role": "editor",
            "userId": self.of["user"], "inTimeline": True, "primaryAssetId": asset,
            "albumUsers": [{"userId": self.of["user"], "role": "editor"}], "force": True,
            "permissions": ["all"], "isSaved": True, "color": "#00ff00", "isHidden": True,
            "data": [{"assetId": asset, "personId": self.of["person"]}], "importPaths": ["/"],
            "isPendingSyncReset": True, "email": "mine@access.example", "edits": [],
            "items": [{"key": "mobile-app", "value": {}}], "allowUpload": True,
        }  # fmt: skip

    def lists(self):
        """Operations that take ids in their bodies."""
        asset, tag, album, person = (self.of[kind] for kind in ("asset", "tag", "album", "person"))
        box = {"imageWidth": 9, "imageHeight": 9, "x": 1, "y": 1, "width": 2, "height": 2}
        return [
            ("PUT", "/assets", {"ids": [asset], "isFavorite": True}),
            ("PUT", "/assets", {"ids": [asset], "visibility": "archive"}),
            ("DELETE", "/assets", {"ids": [asset]}),
            ("DELETE", "/assets", {"ids": [asset], "force": True}),
            ("POST", "/assets/jobs", {"assetIds": [asset], "name": "refresh-metadata"}),
            ("PUT", "/assets/metadata", {"items": [{"assetId": asset, "key": "mobile-app", "value": {}}]}),
            ("DELETE", "/assets/metadata", {"items": [{"assetId": asset, "key": "mobile-app"}]}),
            ("PUT", "/assets/copy", {"sourceId": asset, "targetId": asset}),
            ("POST", "/trash/restore/assets", {"ids": [self.trashed]}),
            ("PUT", "/albums/assets", {"albumIds": [album], "assetIds": [asset]}),
            ("PUT", "/tags/assets", {"tagIds": [tag], "assetIds": [asset]}),
            ("POST", "/stacks", {"assetIds": [asset, self.trashed]}),
            ("DELETE", "/stacks", {"ids": [self.of["stack"]]}),
            ("PUT", "/people", {"people": [{"id": person, "name": "mine"}]}),
            ("DELETE", "/people", {"ids": [person]}),
            ("POST", "/faces", {"assetId": asset, "personId": person, **box}),
            ("POST", "/shared-links", {"type": "INDIVIDUAL", "assetIds": [asset]}),
            ("POST", "/shared-links", {"type": "ALBUM", "albumId": album}),
            ("POST", "/download/info", {"assetIds": [asset]}),
            ("POST", "/download/info", {"albumId": album}),
            ("POST", "/download/archive", {"assetIds": [asset]}),
            ("POST", "/activities", {"albumId": album, "type": "like"}),
        ]
