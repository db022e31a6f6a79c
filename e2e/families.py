"""A server from its first user on, driven by published clients alone: a family's first week by the SDK,
folders by the command line, and a community client."""

import os
import shutil
import subprocess
from pathlib import Path

from harness import CLEAN_ENVIRONMENT, Client, expect

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
FIRST = ("anna@family.example", "a password of ours")


def check(report, kalends, pictures, python, missing_node, missing_community):
    """Runs all of them against one server that nobody has signed up to."""
    report.section("A family's first week")
    if missing_node:
        report.skip("the first week", missing_node)
        return
    photos = sorted(Path(pictures).rglob("*.jpg"))
    video = min(Path(pictures).rglob("*.mp4"), key=lambda path: path.stat().st_size)
    folder = Path(kalends.path("on-the-server"))
    folder.mkdir()
    for photo in photos[-3:]:
        shutil.copy(photo, folder)
    server = kalends.start("serve", "--no-first-user", "--data", kalends.path("family"))
    environment = {
        "E2E_URL": server.url,
        "E2E_PHOTOS": json_list(photos[:4]),
        "E2E_VIDEO": str(video),
        "E2E_FOLDER": str(folder),
    }
    report.add_from("the first week", ["node", str(HERE / "scenario.mjs")], environment)
    with report.check("she makes a key for her programs"):
        key = key_of(server)
    command_line(report, kalends, server, key, photos[4:10], folder)
    if missing_community:
        report.skip("a community client", missing_community)
        return
    program = [str(python), str(HERE / "community_client.py")]
    report.add_from("aioimmich", program, {"E2E_URL": server.url, "E2E_KEY": key})


def json_list(paths):
    """Paths as JSON."""
    return "[" + ",".join(f'"{path}"' for path in paths) + "]"


def key_of(server):
    """A key that may do everything."""
    token = server.client().login(*FIRST).json()["accessToken"]
    client = Client(server.url, {"Authorization": f"Bearer {token}"})
    made = client.request("POST", "/api/api-keys", body={"name": "all", "permissions": ["all"]})
    expect(made.status == 201, f"making a key answered {made}")
    return made.json()["secret"]


def command_line(report, kalends, server, key, photos, known):
    """Signs in, uploads a folder into an album, and finds the second time that all is there."""
    node = MODULES / "node/bin/node"
    program = MODULES / "@immich/cli/bin/immich"
    if not node.exists() or not program.exists():
        report.skip("the command line", "e2e/node_modules lacks @immich/cli or its Node")
        return
    folder = Path(kalends.path("to-upload"))
    folder.mkdir()
    for number, photo in enumerate(photos):
        # Bytes behind the picture's end make each a file that nobody has.
        (folder / photo.name).write_bytes(photo.read_bytes() + f"copy {number}".encode())
    settings = {**CLEAN_ENVIRONMENT, "IMMICH_CONFIG_DIR": kalends.path("cli")}
    os.makedirs(settings["IMMICH_CONFIG_DIR"], exist_ok=True)

    def immich(*arguments):
        run = [str(node), str(program), *map(str, arguments)]
        ended = subprocess.run(run, env=settings, capture_output=True, text=True, timeout=120)
        said = ended.stdout + ended.stderr
        expect(ended.returncode == 0, f"immich {arguments[0]} ended with {ended.returncode}: {said}")
        return said

    with report.check("the command line signs in"):
        expect("Logged in" in immich("login", server.url, key), "it did not say so")
    with report.check("the command line uploads a folder into an album"):
        said = immich("upload", "--recursive", "--album", folder)
        expect(f"uploaded {len(photos)} new assets" in said, said)
        albums = Client(server.url, {"x-api-key": key}).json("/api/albums")
        counts = {album["albumName"]: album["assetCount"] for album in albums}
        expect(counts.get(folder.name) == len(photos), f"the albums are {counts}")
    with report.check("a second upload uploads nothing"):
        said = immich("upload", "--recursive", "--album", folder)
        expect(f"Found 0 new files and {len(photos)} duplicates" in said, said)
        expect("Failed" not in said, said)
