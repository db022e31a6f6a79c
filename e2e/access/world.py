"""The world that the viewers look at, made through the published API alone."""

import base64
import hashlib
import itertools
import time
from pathlib import Path

from harness import expect

from access.oracle import Asset, Viewer

PASSWORD, PIN, LINK_PASSWORD = "a password of ours", "135790", "open, please"
MONTHS = ("2021-03-01", "2021-04-01", "2022-12-01")
INSIDE, OUTSIDE = (48.85, 2.35), (-33.9, 151.2)
BOX = "2,48,3,49"
# A JPEG of 64 by 48 pixels that says nothing of itself.
PHOTO = base64.b64decode(
    "/9j/4AAQSkZJRgABAgAAAQABAAD//gAQTGF2YzU5LjM3LjEwMAD/2wBDAAgEBAQEBAUFBQUFBQYGBgYGBgYGBgYGBg"
    "YHBwcICAgHBwcGBgcHCAgICAkJCQgICAgJCQoKCgwMCwsODg4RERT/xABNAAEBAAAAAAAAAAAAAAAAAAAABwEBAQEA"
    "AAAAAAAAAAAAAAAAAAUHEAEAAAAAAAAAAAAAAAAAAAAAEQEAAAAAAAAAAAAAAAAAAAAA/8AAEQgAMABAAwEiAAIRAA"
    "MRAP/aAAwDAQACEQMRAD8AjgDf0sAAAAAAAAAAAAAAAAAAAAAB/9k="
)


class World:
    """Users, assets, albums, links and viewers."""

    def __init__(self, server, key):
        self.server = server
        self.root = server.client({"x-api-key": key})
        self.assets, self.users, self.sessions = [], {}, {}
        self.numbers = itertools.count(1)

    def build(self):
        """Makes everything."""
        for name in ("alice", "pat", "pam", "eve", "val", "sid"):
            self.add_user(name)
        self.add_albums()
        for name in ("alice", "pat", "pam", "eve"):
            self.add_assets(name)
        self.add_offline()
        self.add_partners()
        self.add_links()
        self.wait_for_pictures()
        self.add_viewers()
        return self

    def post(self, client, path, body=None, status=201, method="POST", query=None):
        """A request that must succeed."""
        answer = client.request(method, path, query, body=body if body is not None else {})
        expect(answer.status == status, f"{method} {path} {body} answered {answer}")
        return answer.json() if answer.body else None

    def add_user(self, name):
        email = f"{name}@access.example"
        body = {"email": email, "name": name, "password": PASSWORD}
        self.users[name] = self.post(self.root, "/api/admin/users", body)["id"]
        self.sessions[name] = self.sign_in(name)

    def sign_in(self, name):
        answer = self.server.client().login(f"{name}@access.example", PASSWORD)
        expect(answer.status == 201, f"signing {name} in answered {answer}")
        return self.server.client({"Authorization": f"Bearer {answer.json()['accessToken']}"})

    def add_albums(self):
        alice = self.sessions["alice"]
        members = [(self.users["eve"], "editor"), (self.users["val"], "viewer")]
        users = [{"userId": user, "role": role} for user, role in members]
        shared = {"albumName": "Shared", "albumUsers": users}
        self.shared = self.post(alice, "/api/albums", shared)["id"]
        self.private = self.post(alice, "/api/albums", {"albumName": "Private"})["id"]

    def add_assets(self, name):
        """Every visibility, in the trash and out of it, a favourite and not; in several months."""
        client, user = self.sessions[name], self.users[name]
        person = self.post(client, "/api/people", {"name": f"{name}'s friend"})["id"]
        tag = self.post(client, "/api/tags", {"tags": [f"{name}/trip"]}, 200, "PUT")[0]["id"]
        kinds = itertools.product(("timeline", "archive", "hidden", "locked"), (False, True), (False, True))
        made = []
        for number, (visibility, trashed, favorite) in enumerate(kinds):
            for twin in range(2):
                month = MONTHS[(number + twin) % len(MONTHS)]
                asset = Asset(self.upload(client, month), user, month)
                asset.place = INSIDE if (number + twin) % 2 else OUTSIDE
                asset.visibility, asset.trashed, asset.favorite = visibility, trashed, favorite
                in_album = twin == 0 and visibility != "locked" and name in ("alice", "eve")
                if in_album:
                    asset.albums.add(self.shared)
                elif visibility != "locked" and name == "alice":
                    asset.albums.add(self.private)
                if number % 3 != 1:
                    asset.people.add(person)
                if number % 3 != 2:
                    asset.tags.add(tag)
                made.append(asset)
        self.furnish(client, made, person, tag)
        self.assets += made
        if name == "alice":
            self.person, self.tag = person, tag
        if name == "pat":
            self.pats_person, self.pats_tag = person, tag

    def upload(self, client, month):
        """A photo of its own, taken in the middle of a month."""
        content = PHOTO + f"number {next(self.numbers)}".encode()
        boundary = "a-boundary-that-no-photo-holds"
        taken = f"{month[:8]}15T12:00:00.000Z"
        fields = {"deviceAssetId": hashlib.sha1(content).hexdigest(), "deviceId": "test",
                  "fileCreatedAt": taken, "fileModifiedAt": taken}  # fmt: skip
        parts = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        )
        parts += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="assetData"; filename="p.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        answer = client.raw("POST", "/api/assets", parts, headers)
        expect(answer.status == 201, f"an upload answered {answer}")
        return answer.json()["id"]

    def furnish(self, client, assets, person, tag):
        """Places, faces, tags, albums, flags; what hides an asset comes last."""
        for place in (INSIDE, OUTSIDE):
            ids = [asset.id for asset in assets if asset.place == place]
            body = {"ids": ids, "latitude": place[0], "longitude": place[1]}
            self.post(client, "/api/assets", body, 204, "PUT")
        for asset in assets:
            if person in asset.people:
                face = {"assetId": asset.id, "personId": person, "imageWidth": 100,
                        "imageHeight": 100, "x": 10, "y": 10, "width": 20, "height": 20}  # fmt: skip
                self.post(client, "/api/faces", face)
        tagged = [asset.id for asset in assets if tag in asset.tags]
        self.post(client, f"/api/tags/{tag}/assets", {"ids": tagged}, 200, "PUT")
        for album in (self.shared, self.private):
            ids = [asset.id for asset in assets if album in asset.albums]
            if ids:
                added = self.post(client, f"/api/albums/{album}/assets", {"ids": ids}, 200, "PUT")
                expect(all(one["success"] for one in added), f"albums took {added}")
        favorites = [asset.id for asset in assets if asset.favorite]
        self.post(client, "/api/assets", {"ids": favorites, "isFavorite": True}, 204, "PUT")
        for visibility in ("archive", "hidden", "locked"):
            ids = [asset.id for asset in assets if asset.visibility == visibility]
            self.post(client, "/api/assets", {"ids": ids, "visibility": visibility}, 204, "PUT")
        self.unlock(client)
        trashed = [asset.id for asset in assets if asset.trashed]
        self.post(client, "/api/assets", {"ids": trashed}, 204, "DELETE")
        self.post(client, "/api/auth/session/lock", None, 204)

    def add_offline(self):
        """Alice's folder, two of whose four photos vanish after they have been furnished."""
        client, user = self.sessions["alice"], self.users["alice"]
        folder = Path(self.server.output_path).parent / "alices-folder"
        folder.mkdir()
        for number in range(4):
            photo = folder / f"IMG_2022121{number}_120000.jpg"
            photo.write_bytes(PHOTO + f"of the folder, {number}".encode())
        library = {"ownerId": user, "importPaths": [str(folder)]}
        library = self.post(self.root, "/api/libraries", library)["id"]
        self.scan(library, lambda: self.root.json(f"/api/libraries/{library}/statistics")["photos"] == 4)
        query = {"size": 10, "libraryId": library}
        found = self.post(client, "/api/search/metadata", query, 200)["assets"]["items"]
        expect(len(found) == 4, f"the folder holds {found}")
        made = []
        for number, item in enumerate(sorted(found, key=lambda item: item["originalFileName"])):
            asset = Asset(item["id"], user, "2022-12-01")
            asset.place = INSIDE
            asset.favorite = number == 3
            asset.albums.add(self.shared)
            asset.people.add(self.person)
            asset.tags.add(self.tag)
            made.append(asset)
        self.furnish(client, made, self.person, self.tag)
        for asset, photo in list(zip(made, sorted(folder.iterdir())))[2:]:
            photo.unlink()
            asset.trashed = asset.offline = True
        gone = f"/api/assets/{made[-1].id}"
        self.scan(library, lambda: client.json(gone)["isOffline"])
        self.assets += made

    def scan(self, library, is_done):
        """Has a library scanned, until what is to come of it has come."""
        self.post(self.root, f"/api/libraries/{library}/scan", None, 204)
        deadline = time.monotonic() + 120
        while not is_done():
            expect(time.monotonic() < deadline, "a scan does not end")
            time.sleep(0.1)

    def unlock(self, client):
        answer = client.request("POST", "/api/auth/pin-code", body={"pinCode": PIN})
        expect(answer.status in (204, 400), f"a PIN answered {answer}")
        self.post(client, "/api/auth/session/unlock", {"pinCode": PIN}, 204)

    def add_partners(self):
        """Pat and Alice show each other; Pam and Alice share, and do not show each other."""
        for one, other, shown in (("alice", "pat", True), ("pat", "alice", True),
                                  ("alice", "pam", False), ("pam", "alice", False)):  # fmt: skip
            shared = {"sharedWithId": self.users[other]}
            self.post(self.sessions[one], "/api/partners", shared)
            path = f"/api/partners/{self.users[one]}"
            self.post(self.sessions[other], path, {"inTimeline": shown}, 200, "PUT")

    def add_links(self):
        alice = self.sessions["alice"]
        own = [asset for asset in self.assets if asset.owner == self.users["alice"]]
        self.single = {asset.id for asset in own[::3] if asset.visibility != "locked"}
        album = {"type": "ALBUM", "albumId": self.shared, "allowUpload": False}
        past = "2020-01-01T00:00:00.000Z"
        single = {"type": "INDIVIDUAL", "assetIds": sorted(self.single), "allowUpload": False}
        wanted = {
            "open": album,
            "bare": {**album, "showMetadata": False},
            "kept": {**album, "allowDownload": False},
            "guarded": {**album, "password": LINK_PASSWORD},
            "ended": {**album, "expiresAt": past},
            "single": single,
        }
        self.links = {
            name: self.post(alice, "/api/shared-links", body) for name, body in wanted.items()
        }

    def wait_for_pictures(self):
        """Until the last thumbnail has been made. Locked and hidden assets may have none."""
        deadline = time.monotonic() + 120
        for asset in self.assets:
            if asset.visibility not in ("timeline", "archive"):
                continue
            client = self.client_of(asset.owner)
            while client.get(f"/api/assets/{asset.id}/thumbnail").status != 200:
                expect(time.monotonic() < deadline, f"no thumbnail of {asset}")
                time.sleep(0.1)

    def client_of(self, user):
        return next(self.sessions[name] for name, id_ in self.users.items() if id_ == user)

    def add_viewers(self):
        alice, users = self.users["alice"], self.users
        both = {self.shared, self.private}
        of_alice = {"user": alice, "albums": both,
                    "partners": {users["pat"]: True, users["pam"]: False}}  # fmt: skip
        elevated = self.sign_in("alice")
        self.unlock(elevated)
        viewers = [
            self.by_session("the owner", self.sessions["alice"], **of_alice),
            self.by_session("the owner, unlocked", elevated, elevated=True, **of_alice),
            self.by_session("a partner", self.sessions["pat"], user=users["pat"],
                            partners={alice: True}),  # fmt: skip
            self.by_session("a partner out of the timeline", self.sessions["pam"],
                            user=users["pam"], partners={alice: False}),  # fmt: skip
            self.by_session("an editor", self.sessions["eve"], user=users["eve"],
                            albums={self.shared}),  # fmt: skip
            self.by_session("a reader", self.sessions["val"], user=users["val"],
                            albums={self.shared}),  # fmt: skip
            self.by_session("a stranger", self.sessions["sid"], user=users["sid"]),
            Viewer("the admin", user=self.root_id(), headers=self.root.headers),
            Viewer("nobody", refusal=(401, "Authentication required")),
        ]
        for permission in ("all", "asset.read", "asset.view", "asset.download", "album.read"):
            body = {"name": permission, "permissions": [permission]}
            secret = self.post(self.sessions["alice"], "/api/api-keys", body)["secret"]
            viewers.append(Viewer(f"a key with {permission}", headers={"x-api-key": secret},
                                  permissions={permission}, **of_alice))  # fmt: skip
        self.viewers = viewers + self.visitors()

    def by_session(self, name, client, **facts):
        return Viewer(name, headers=client.headers, **facts)

    def root_id(self):
        return self.root.json("/api/users/me")["id"]

    def visitors(self):
        alice = self.users["alice"]

        def visitor(name, link, **facts):
            key = {"key": self.links[link]["key"]}
            return Viewer(f"a visitor by {name}", user=alice, query=key, **facts)

        through = {"link_album": self.shared}
        guarded = self.links["guarded"]["key"]
        answer = self.server.client().request(
            "POST", "/api/shared-links/login", {"key": guarded}, body={"password": LINK_PASSWORD}
        )
        expect(answer.status == 201, f"unlocking a link answered {answer}")
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        return [
            visitor("a link", "open", **through),
            visitor("a link without metadata", "bare", shows_metadata=False,
                    allows_download=False, **through),  # fmt: skip
            visitor("a link without download", "kept", allows_download=False, **through),
            visitor("a link with a password", "guarded", refusal=(401, "Password required")),
            visitor("a link with its password", "guarded", headers={"Cookie": cookie}, **through),
            visitor("a link that has ended", "ended", refusal=(401, "Invalid share key")),
            visitor("a link to single assets", "single", link_assets=self.single),
        ]
