#!/usr/bin/env python3
"""Real clients against the real server.

Starts the built program on a small library of its own and asks it as its users would: with `curl`,
with the command line, and with the published SDKs of both APIs. Every check prints a line, the last
line counts them, and the exit code is not 0 when one failed. What is not installed is skipped, with
the reason; `cargo xtask setup` installs it.

Usage: python3 e2e/run.py [--keep]

KALENDS_BIN names the program; without it, `target/release/kalends` of the project is taken.
--keep leaves the temporary folder, with the logs of every server that ran.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

import agreement
import commands
import families
import printed_lines
from access import foreign, matrix
from harness import Failure, Kalends, Report, equal
from timelines import counts

HERE = Path(__file__).resolve().parent
VENV_PYTHON = HERE / ".venv/bin/python"
ALICE, BOB = "alice@demo.localhost", "bob@demo.localhost"


def find_binary():
    """The program under test."""
    named = os.environ.get("KALENDS_BIN")
    target = Path(os.environ.get("CARGO_TARGET_DIR") or HERE.parent / "target")
    binary = Path(named) if named else target / "release/kalends"
    if not binary.is_file():
        sys.exit(f"e2e: there is no {binary}; build it with `cargo build --release`")
    return binary.absolute()


def run(report, kalends):
    """All checks, on one demo."""
    data = kalends.path("demo")
    demo = kalends.start("demo", "--data", data, until="All ids, albums")
    pictures = Path(data) / "pictures"
    before = commands.originals(pictures)
    printed = demo.output()
    key, password = commands.value_of(printed, "API key"), commands.value_of(printed, "password")
    users = known_users(kalends.info(data))

    printed_lines.check(report, demo)
    bob = demo.client().login(BOB, password).json()["accessToken"]
    as_alice = demo.client(commands.key_headers(key))
    agreement.check(report, as_alice, demo.client({"Authorization": f"Bearer {bob}"}), users)
    commands.check_open_addresses(report, kalends, demo)
    published_clients(report, kalends, demo, data, users)
    commands.check_beside_server(report, kalends, demo, data)
    commands.check_backup(report, kalends, demo, data, key)
    commands.check_export(report, kalends, demo, data, key)
    commands.check_stop_and_restart(report, kalends, demo, data, key)
    commands.check_interruptions(report, kalends, data, key)
    commands.check_serve(report, kalends, pictures)
    commands.check_folders(report, kalends, pictures)
    families.check(report, kalends, pictures, VENV_PYTHON, missing_immich(), missing_community())
    access_checks(report, kalends)
    with report.check("the demo's originals are as they were"):
        equal(commands.originals(pictures), before, "the originals")


def access_checks(report, kalends):
    """Who may see and do what, on a server of its own."""
    server = kalends.start("serve", "--data", kalends.path("access"))
    world = matrix.check(report, server, commands.value_of(server.output(), "API key"))
    if world is not None:
        foreign.check(report, world)


def known_users(info):
    """Both users of the demo by name, with their albums and those shared with them."""
    alice, bob = (
        next(user for user in info["users"] if user["email"] == email) for email in (ALICE, BOB)
    )
    own = {name: [album["id"] for album in user["albums"]] for name, user in
           (("alice", alice), ("bob", bob))}  # fmt: skip
    shared = {"alice": ["Bob's picks"], "bob": ["Together"]}
    users = {"alice": alice, "bob": bob}
    albums = {album["id"]: album for user in users.values() for album in user["albums"]}
    for name, user in users.items():
        user["albums"] = [
            {**album, "is_own": album["id"] in own[name]}
            for album in albums.values()
            if album["id"] in own[name] or album["name"] in shared[name]
        ]
    return users


def published_clients(report, kalends, demo, data, users):
    """The SDKs, each in a process of its own."""
    printed = demo.output()
    key = commands.value_of(printed, "API key")
    create = ("key", "create", "--data", data, "--user")
    weak_key = commands.last_line(kalends.done(*create, ALICE, "--permissions", "album.read"))
    bobs_key = commands.last_line(kalends.done(*create, BOB, "--permissions", "asset.read"))
    environment = {
        "E2E_URL": demo.url,
        "E2E_KEY": key,
        "E2E_WEAK_KEY": weak_key,
        "E2E_BOB_KEY": bobs_key,
        "E2E_KNOWN": json.dumps(known(demo, printed, users)),
    }
    report.section("Gumnut's SDK for Python")
    if reason := missing_gumnut():
        report.skip("Gumnut's SDK", reason)
    else:
        program = [str(VENV_PYTHON), str(HERE / "gumnut_client.py")]
        report.add_from("Gumnut's SDK", program, environment)
    report.section("Immich's SDK for JavaScript")
    if reason := missing_immich():
        report.skip("Immich's SDK", reason)
    else:
        report.add_from("Immich's SDK", ["node", str(HERE / "immich.mjs")], environment)
        report.section("Live events, with the client of Immich's web page")
        report.add_from("Live events", ["node", str(HERE / "socket.mjs")], environment)


def known(demo, printed, users):
    """What the clients ask about."""
    alice, bob = users["alice"], users["bob"]
    client = demo.client(commands.key_headers(commands.value_of(printed, "API key")))
    months = counts(client)
    link = re.search(r"albumId=([0-9a-f-]+)&key=(\w+)", printed)
    people = [person["id"] for person in alice["people"]]
    pairs = [[first, second] for first in people for second in people if first < second]
    together = [pair for pair in pairs if counts(client, {"person_ids": pair})]
    tags = [tag["id"] for tag in alice["tags"]]
    libraries = sorted(alice["libraries"], key=lambda library: library["assets"])
    return {
        "alice": alice["id"],
        "bob": bob["id"],
        "bobsLogin": {"email": BOB, "password": commands.value_of(printed, "password")},
        "album": alice["albums"][0]["id"],
        "person": max(people, key=lambda id_: sum(counts(client, {"person_id": id_}).values())),
        "people": (together or [people])[0],
        "tag": tags[0],
        "library": libraries[-1]["id"],
        "month": sorted(months)[len(months) // 2],
        "link": {"album": link[1], "key": link[2], "slug": re.search(r"slug=(\w+)", printed)[1]},
    }


def missing_community():
    """Why the community client cannot be used, if it cannot."""
    if not VENV_PYTHON.exists():
        return "e2e/.venv is not there"
    asked = subprocess.run([str(VENV_PYTHON), "-c", "import aioimmich"], capture_output=True)
    return None if asked.returncode == 0 else "e2e/.venv lacks the packages of requirements.txt"


def missing_gumnut():
    """Why Gumnut's SDK cannot be used, if it cannot."""
    if not VENV_PYTHON.exists():
        return "e2e/.venv is not there"
    asked = subprocess.run([str(VENV_PYTHON), "-c", "import gumnut"], capture_output=True)
    return None if asked.returncode == 0 else "e2e/.venv lacks the packages of requirements.txt"


def missing_immich():
    """Why Immich's SDK cannot be used, if it cannot."""
    if shutil.which("node") is None:
        return "node is not installed"
    packages = ("@immich/sdk", "socket.io-client")
    lacking = [name for name in packages if not (HERE / "node_modules" / name).exists()]
    return f"e2e/node_modules lacks {' and '.join(lacking)}" if lacking else None


def main(arguments):
    """Runs the checks and gives the exit code."""
    if arguments not in ([], ["--keep"]):
        print(__doc__.strip())
        return 2
    # Short: the path of a local socket may have some hundred bytes only.
    kalends = Kalends(find_binary(), tempfile.mkdtemp(prefix="kalends-"))
    report = Report()
    try:
        run(report, kalends)
    except Failure as failure:
        report.add("failed", "the checks run to their end", str(failure))
    except Exception as error:  # the summary must come all the same
        traceback.print_exc()
        report.add("failed", "the checks run to their end", repr(error))
    finally:
        kalends.end(is_kept=bool(arguments))
    return report.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
