"""The command line: what each command does, beside a running server and without one."""

import json
import os
import shutil
import signal
import socket
import time
from pathlib import Path

from harness import START_SECONDS_MAX, Server, equal, expect
from timelines import BUCKET, BUCKETS, COUNTS, added, buckets, counts

CAROL = "carol@example.org"
OPEN_ENDPOINTS = ((COUNTS, {}), (BUCKETS, {}), (BUCKET, {"timeBucket": "2020-01-01"}))


def key_headers(key):
    """The header that carries an API key."""
    return {"x-api-key": key}


def check_beside_server(report, kalends, demo, data):
    """Commands on the data folder of a running demo."""
    report.section("Commands, while the demo is served")
    with report.check("user add: the new user signs in with the password given"):
        kalends.done("user", "add", CAROL, "--password", "first-password", "--data", data)
        answer = demo.client().login(CAROL, "first-password")
        expect(answer.status == 201, str(answer))
        equal(answer.json()["userEmail"], CAROL, "the e-mail address")
    with report.check("user add: an address that is taken is refused"):
        kalends.refused("user", "add", CAROL, "--data", data, because=CAROL)
    with report.check("user password: the new one works, the old one no longer"):
        session = demo.client().login(CAROL, "first-password").json()["accessToken"]
        printed = kalends.done("user", "password", CAROL, "--data", data)
        password = printed.split("Password: ")[1].splitlines()[0]
        expect(demo.client().login(CAROL, password).status == 201, "the new password")
        refused = demo.client().login(CAROL, "first-password")
        equal(refused.status, 401, "the old password")
        old = demo.client({"Authorization": f"Bearer {session}"}).get(BUCKETS)
        equal(old.status, 401, "a session from before")
    with report.check("key create: the last line is a key that works, in both headers"):
        key = last_line(kalends.done("key", "create", "--user", CAROL, "--data", data))
        for headers in (key_headers(key), {"Authorization": f"Bearer {key}"}):
            client = demo.client(headers)
            equal((buckets(client), counts(client)), ({}, {}), "the timeline of a new user")
        equal(demo.client().json(BUCKETS, {"apiKey": key}), [], "with apiKey= in the address")
    with report.check("key create --permissions: a key that may not read assets is refused"):
        create = ("key", "create", "--user", CAROL, "--permissions", "album.read")
        key = last_line(kalends.done(*create, "--data", data))
        answer = demo.client(key_headers(key)).get(BUCKETS)
        equal(answer.status, 403, "Immich's status")
        equal(answer.json()["message"], "Missing required permission: asset.read", "message")
        answer = demo.client({"Authorization": f"Bearer {key}"}).get(COUNTS)
        equal(answer.status, 403, "Gumnut's status")
        expect("detail" in answer.json(), str(answer))
    with report.check("key create: a user that does not exist is refused"):
        kalends.refused("key", "create", "--user", "nobody@example.org", "--data", data,
                        because="nobody@example.org")  # fmt: skip
    with report.check("info: people and programs are told the same"):
        told = kalends.info(data)
        emails = [user["email"] for user in told["users"]]
        expect(CAROL in emails, f"users: {emails}")
        text = kalends.done("info", "--data", data)
        for user in told["users"]:
            line = f"{user['images']} photos, {user['videos']} videos, {user['months']} months"
            expect(line in text, f"{line!r} is not in the text")
        alice = told["users"][0]
        files = sum(library["assets"] for library in alice["libraries"])
        equal(alice["images"] + alice["videos"], files, "assets by kind and by library")
    with report.check("info: problems and duplicates are listed on demand"):
        problems = sum(
            library["problem_count"]
            for user in kalends.info(data)["users"]
            for library in user["libraries"]
        )
        text = kalends.done("info", "--problems", "--duplicates", "--data", data)
        expect(problems > 0 or "could not be read" not in text, "a problem that is none")
    with report.check("scan: finds nothing new, and changes no count"):
        before = counts(demo.client())
        printed = kalends.done("scan", "--data", data)
        expect(" new" not in printed and "changed" not in printed, printed)
        equal(counts(demo.client()), before, "the counts")
    with report.check("a second server on the same data is refused"):
        kalends.refused("serve", "--data", data, "--listen", "127.0.0.1:0", because="owns")
        kalends.refused("demo", "--data", data, "--listen", "127.0.0.1:0", because="owns")
    with report.check("an address that is taken is refused"):
        taken = demo.url[len("http://") :]
        other = kalends.path("other-data")
        kalends.refused("serve", "--data", other, "--listen", taken, because=taken)


def last_line(printed):
    """The last line that a command printed."""
    return printed.rstrip("\n").splitlines()[-1]


def check_backup(report, kalends, demo, data, key):
    """A backup of a running server, put back into an empty folder, answers the same."""
    report.section("Backup and restore")
    backup, restored = kalends.path("backup.sqlite"), kalends.path("restored")
    before = both_ways(demo.client(key_headers(key)))
    with report.check("backup: writes a copy while serving"):
        kalends.done("backup", backup, "--data", data)
        expect(os.path.getsize(backup) > 0, "the copy is empty")
    with report.check("restore: refused where there is a catalog, or a server"):
        ended = kalends.run("restore", backup, "--data", data)
        expect(ended.returncode != 0 and "owns" in ended.stderr, ended.stderr)
    with report.check("restore: the same counts from an empty folder"):
        kalends.done("restore", backup, "--data", restored)
        server = kalends.start("serve", "--data", restored)
        equal(both_ways(server.client(key_headers(key))), before, "the counts")
        wait_for_scan(kalends, restored)
        equal(both_ways(server.client(key_headers(key))), before, "the counts after its scan")
        equal(server.stop(), 0, "the exit code")
        ended = kalends.run("restore", backup, "--data", restored)
        expect(ended.returncode != 0 and "panicked" not in ended.stderr, "restored over a catalog")
    with report.check("restore: a file that is no catalog is refused"):
        wrong = kalends.path("wrong.sqlite")
        Path(wrong).write_bytes(b"no catalog at all")
        kalends.refused("restore", wrong, "--data", kalends.path("never"), because="wrong.sqlite")


def check_export(report, kalends, demo, data, key):
    """An export of a running server, read into an empty folder, answers the same."""
    report.section("Export and import")
    exported, copy = kalends.path("export.jsonl"), kalends.path("imported")
    before, told = both_ways(demo.client(key_headers(key))), described(kalends, data)
    with report.check("export: writes one JSON object a line while serving"):
        kalends.done("export", exported, "--data", data)
        lines = [json.loads(line) for line in Path(exported).read_text("utf-8").splitlines()]
        equal(lines[0]["kind"], "kalends-export", "the first line")
        equal(lines[-1]["records"], len(lines) - 2, "the count in the last line")
    with report.check("export: to standard output, the same; and never over a file"):
        printed = kalends.done("export", "-", "--data", data)
        equal(printed.splitlines()[1:], Path(exported).read_text("utf-8").splitlines()[1:], "lines")
        kalends.refused("export", exported, "--data", data, because="never overwrites")
    with report.check("import: refused where there are users, or a server"):
        kalends.refused("import", exported, "--data", data, because="owns")
    with report.check("import: nothing of a file that was cut off"):
        cut = kalends.path("cut.jsonl")
        Path(cut).write_bytes(Path(exported).read_bytes()[:-40])
        nothing = kalends.path("nothing")
        kalends.refused("import", cut, "--data", nothing, because="ends after line")
        expect(not os.path.exists(os.path.join(nothing, "catalog.sqlite")), "a catalog is left")
    with report.check("import: info tells the same, and the server answers the same"):
        kalends.done("import", exported, "--data", copy)
        equal(described(kalends, copy), told, "info --json")
        again = kalends.done("export", "-", "--data", copy)
        equal(again.splitlines()[1:], Path(exported).read_text("utf-8").splitlines()[1:], "lines")
        server = kalends.start("serve", "--data", copy)
        equal(both_ways(server.client(key_headers(key))), before, "the counts")
        equal(server.stop(), 0, "the exit code")
        kalends.refused("import", exported, "--data", copy, because="users already")
    with report.check("export --with-files: the files of folders, byte for byte"):
        copies, second = kalends.path("copies"), kalends.path("second.jsonl")
        kalends.done("export", second, "--with-files", copies, "--external", "--data", data)
        files = sum(1 for path in Path(copies).rglob("*") if path.is_file())
        expected = sum(1 for line in lines if line["kind"] == "file")
        equal(files, expected, "the copies")


def described(kalends, data):
    """What `info` tells of the users, which does not depend on the folder's place."""
    return kalends.info(data)["users"]


def both_ways(client):
    """What both APIs count, with the trash."""
    return counts(client, {"state": "all"}), buckets(client), buckets(client, {"isTrashed": "true"})


def check_stop_and_restart(report, kalends, demo, data, key):
    """Ctrl-C, and the same demo once more. Gives the server that runs now."""
    report.section("Stop and restart")
    before = both_ways(demo.client(key_headers(key)))
    ids = kalends.info(data)["users"]
    with report.check("Ctrl-C stops it with exit code 0 and nothing in the log but information"):
        equal(demo.stop(signal.SIGINT), 0, "the exit code")
        expect(demo.output().endswith("Stopped.\n"), "it does not say that it stopped")
        bad = [line for line in demo.log().splitlines() if "ERROR" in line or "panicked" in line]
        expect(not bad, f"{bad[:2]}")
    with report.check("commands work without a server"):
        equal([user["albums"] for user in kalends.info(data)["users"]],
              [user["albums"] for user in ids], "the albums")  # fmt: skip
    again = kalends.start("demo", "--data", data, until="All ids, albums")
    with report.check("a restart serves the same counts, ids and key"):
        equal(both_ways(again.client(key_headers(key))), before, "the counts")
        expect(key in again.output(), "another key is printed")
    with report.check("SIGTERM stops it cleanly too"):
        equal(again.stop(signal.SIGTERM), 0, "the exit code")
    with report.check("serve on the demo's data serves the same counts"):
        plain = kalends.start("serve", "--data", data)
        equal(both_ways(plain.client(key_headers(key))), before, "the counts")
        equal(plain.client().get(BUCKETS).status, 401, "the status without a key")
        equal(plain.stop(), 0, "the exit code")


def check_interruptions(report, kalends, data, key):
    """What is stopped at a bad moment goes on where it was."""
    report.section("Interruptions")
    pictures, other = Path(data) / "pictures", kalends.path("interrupted")
    demo = kalends.start("demo", "--data", data, until="All ids, albums")
    whole, told = both_ways(demo.client(key_headers(key))), kalends.info(data)
    with report.check("a server that was killed answers the same when it is started again"):
        kalends.done("user", "add", "dave@example.org", "--data", data)
        demo.kill()
        demo = kalends.start("demo", "--data", data, until="All ids, albums")
        equal(both_ways(demo.client(key_headers(key))), whole, "the counts")
        emails = [user["email"] for user in kalends.info(data)["users"]]
        expect("dave@example.org" in emails, f"a user is forgotten: {emails}")
    with report.check("Ctrl-C stops it although a client has sent half a request"):
        address = demo.url[len("http://") :].split(":")
        with socket.create_connection((address[0], int(address[1]))) as half:
            half.sendall(b"GET /api/assets/counts HTTP/1.1\r\nHo")
            time.sleep(0.2)  # until the server has read it
            equal(demo.stop(), 0, "the exit code")
    demo.kill()
    server = kalends.start("serve", pictures, "--data", other)
    key_of_other = value_of(server.output(), "API key")
    with report.check("Ctrl-C during a scan: exit code 0"):
        equal(server.stop(), 0, "the exit code")
    server = kalends.start("serve", pictures, "--data", other)
    with report.check("during a scan counts only grow, and one version has one answer"):
        check_growth(kalends, other, server.client(key_headers(key_of_other)))
    with report.check("the next start finishes what was interrupted"):
        wait_for_scan(kalends, other)
        again = kalends.info(other)
        for what in ("images", "videos"):
            wanted = sum(user[what] for user in told["users"])
            equal(again["users"][0][what], wanted, what)
        equal(again["derived_files"], told["derived_files"], "the derived files")
        equal(server.stop(), 0, "the exit code")
    with report.check("a demo that was left half made is made again, the same as every other"):
        half_made = kalends.path("half-made")
        interrupted = Server(kalends, "half-made", ["demo", "--data", half_made], "never")
        deadline = time.monotonic() + START_SECONDS_MAX
        while not os.path.exists(os.path.join(half_made, "pictures")):
            expect(time.monotonic() < deadline, "it never begins")
            time.sleep(0.01)
        interrupted.kill()
        demo = kalends.start("demo", "--data", half_made, until="All ids, albums")
        expect("made again" in demo.output(), demo.output()[:200])
        equal(both_ways(demo.client()), whole, "the counts, beside those of the first demo")
        equal(demo.stop(), 0, "the exit code")


def check_growth(kalends, data, client):
    """Asks both APIs while files are found."""
    answers, sizes = {}, []
    while not has_scanned(kalends.info(data)):
        for _ in range(10):
            counted = client.get(COUNTS, {"limit": 200})
            listed = client.get(BUCKETS)
            of_counts = [(d["time_bucket"][:10], d["count"]) for d in counted.json()["data"]]
            of_buckets = [(b["timeBucket"], b["count"]) for b in listed.json()]
            for answer, months in ((counted, of_counts), (listed, of_buckets)):
                version = answer.headers["x-kalends-versions"]
                known = answers.setdefault(version, months)
                equal(months, known, f"the months at version {version}")
                sizes.append(sum(count for _, count in months))
    equal(sizes, sorted(sizes), "the number of assets, over time")
    expect(len(answers) > 1, "nothing grew meanwhile")


def check_serve(report, kalends, pictures):
    """`serve FOLDER --data DIR` on an empty data folder, and then with more pictures."""
    report.section("Serving a folder")
    photos, data = Path(kalends.path("all/photos")), kalends.path("data")
    (photos / "inside").mkdir(parents=True)
    samples = sorted(Path(pictures).rglob("*.jpg"))[:12]
    for sample in samples[:8]:
        shutil.copy2(sample, photos / sample.name)
    server = kalends.start("serve", photos, "--data", data)
    printed = server.output()
    key, password = value_of(printed, "API key"), value_of(printed, "password")
    with report.check("an empty data folder: login and key are printed, and work"):
        expect(key and password, f"printed: {printed}")
        answer = server.client().login(value_of(printed, "login"), password)
        expect(answer.status == 201, str(answer))
        cookie = "; ".join(
            header.partition(";")[0] for header in answer.headers.get_all("Set-Cookie") or []
        )
        token = answer.json()["accessToken"]
        for headers in ({"Authorization": f"Bearer {token}"}, {"Cookie": cookie}, key_headers(key)):
            equal(server.client(headers).get(BUCKETS).status, 200, f"the status with {[*headers]}")
    client = server.client(key_headers(key))
    with report.check("without a credential everything is 401, in the words of each API"):
        for path, query in OPEN_ENDPOINTS:
            answer = server.client().get(path, query)
            equal(answer.status, 401, path)
            expect("message" in answer.json(), str(answer))
        equal(server.client().get(COUNTS).json()["error"], "unauthorized", "Gumnut's body")
    with report.check("the folder is indexed while it serves"):
        wait_for_scan(kalends, data)
        equal(sum(counts(client).values()), 8, "the photos")
        equal(buckets(client), counts(client), "both APIs")
    with report.check("scan: a new file is counted when the command returns, a vanished one not"):
        before = originals(photos)
        shutil.copy2(samples[8], photos / "inside" / samples[8].name)
        printed = kalends.done("scan", "--data", data)
        expect("1 new" in printed, printed)
        equal(sum(counts(client).values()), 9, "the photos")
        (photos / "inside" / samples[8].name).unlink()
        printed = kalends.done("scan", "--data", data)
        expect("1 vanished" in printed, printed)
        equal(sum(counts(client).values()), 8, "the photos afterwards")
        equal(sum(counts(client, {"state": "trashed"}).values()), 1, "the trash")
        equal(sum(buckets(client, {"isTrashed": "true"}).values()), 1, "Immich's trash")
        equal(originals(photos), before, "the originals")
    with report.check("info --duplicates lists the same bytes twice, which are two assets"):
        shutil.copy2(samples[0], photos / "inside" / "copy.jpg")
        kalends.done("scan", "--data", data)
        equal(sum(counts(client).values()), 9, "the photos")
        text = kalends.done("info", "--duplicates", "--data", data)
        expect("copy.jpg" in text and "the same bytes" in text, text)
    with report.check("a file that is no picture is listed as a problem, and stops nothing"):
        (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not really a picture")
        kalends.done("scan", "--data", data)
        expect("broken.jpg" in kalends.done("info", "--problems", "--data", data), "not listed")
        (photos / "broken.jpg").unlink()
        kalends.done("scan", "--data", data)
    with report.check("clean removes derived pictures, a scan makes them again"):
        before = kalends.info(data)["derived_files"]
        expect(before > 0, "there are none")
        kalends.done("clean", "--data", data)
        equal(kalends.info(data)["derived_files"], 0, "after clean")
        kalends.done("scan", "--data", data)
        expect(kalends.info(data)["derived_files"] > 0, "none came back")
    whole = counts(client)
    with report.check("Ctrl-C stops it, and a restart prints no password and repeats no work"):
        equal(server.stop(), 0, "the exit code")
        server = kalends.start("serve", photos, "--data", data)
        expect("password" not in server.output(), server.output())
        equal(counts(server.client(key_headers(key))), whole, "the counts")
        equal(server.stop(), 0, "the exit code of the second")


def check_folders(report, kalends, pictures):
    """Which folders are refused, and what happens when one is not there."""
    photos, data = Path(kalends.path("all/photos")), kalends.path("data")
    listen = ("--listen", "127.0.0.1:0")
    with report.check("a folder inside another is refused, in both directions"):
        kalends.refused("serve", photos / "inside", "--data", data, *listen, because="inside")
        kalends.refused("serve", photos.parent, "--data", data, *listen, because=str(photos))
    with report.check("a folder that holds the data folder is refused"):
        both = kalends.path("")
        kalends.refused("serve", both, "--data", data, *listen, because="--data")
    with report.check("a folder that does not exist is refused"):
        missing = kalends.path("missing")
        kalends.refused("serve", missing, "--data", data, *listen, because=missing)
    with report.check("a folder that has gone since freezes its library, and nothing is forgotten"):
        key = last_line(kalends.done("key", "create", "--user", "admin@localhost", "--data", data))
        away = photos.with_name("photos-away")
        photos.rename(away)
        server = kalends.start("serve", "--data", data)
        wait_for_scan(kalends, data)
        total = sum(counts(server.client(key_headers(key))).values())
        expect(total > 0, "the photos are forgotten")
        frozen = [library["frozen"] for library in kalends.info(data)["users"][0]["libraries"]]
        expect(any(frozen), f"frozen: {frozen}")
        away.rename(photos)
        kalends.done("scan", "--data", data)
        frozen = [library["frozen"] for library in kalends.info(data)["users"][0]["libraries"]]
        expect(not any(frozen), f"still frozen: {frozen}")
        equal(sum(counts(server.client(key_headers(key))).values()), total, "the photos")
        equal(server.stop(), 0, "the exit code")
    with report.check("two folders are two libraries, whose counts add up"):
        other = Path(kalends.path("more"))
        other.mkdir()
        for sample in sorted(Path(pictures).rglob("*.jpg"))[12:16]:
            shutil.copy2(sample, other / sample.name)
        server = kalends.start("serve", other, "--data", data, "--open")
        wait_for_scan(kalends, data)
        libraries = kalends.info(data)["users"][0]["libraries"]
        parts = [counts(server.client(), {"library_id": library["id"]}) for library in libraries]
        expect(sum(1 for part in parts if part) == 2, f"{len(libraries)} libraries")
        equal(added(*parts), counts(server.client()), "the sum, asked with --open")
        check_open(server)
        equal(server.stop(), 0, "the exit code")


def check_open(server):
    """`--open` answers three addresses on this machine, and nothing else."""
    for path, query in OPEN_ENDPOINTS:
        equal(server.client().get(path, query).status, 200, f"the status of {path}")
        foreign = server.client().get(path, query, {"Host": "photos.example.org"})
        equal(foreign.status, 401, f"the status of {path} with a foreign Host")


def check_open_addresses(report, kalends, demo):
    """Who may ask without a credential."""
    report.section("Without a credential")
    with report.check("--open is refused on an address that others reach"):
        for address in ("0.0.0.0:0", "[::]:0"):
            open_ = ("serve", "--open", "--data", kalends.path("opened"), "--listen", address)
            kalends.refused(*open_, because="--open")
    with report.check("the demo is refused on an address that others reach"):
        on_all = ("demo", "--data", kalends.path("opened"), "--listen", "0.0.0.0:0")
        kalends.refused(*on_all, because="loopback")
    port = demo.url.rpartition(":")[2]
    for host in ("photos.example.org", f"localhost.example.org:{port}", "192.0.2.1", ""):
        with report.check(f"the demo answers Host {host.replace(port, 'PORT')!r} with 401"):
            for path, query in OPEN_ENDPOINTS:
                answer = demo.client().get(path, query, {"Host": host})
                expect(answer.status == 401, f"{path}: {answer}")
    for host in (f"localhost:{port}", "127.0.0.1", "127.1.2.3:80", "[::1]"):
        with report.check(f"the demo answers Host {host.replace(port, 'PORT')!r}"):
            for path, query in OPEN_ENDPOINTS:
                answer = demo.client().get(path, query, {"Host": host})
                expect(answer.status == 200, f"{path}: {answer}")
    with report.check("a wrong credential is 401, also where none is needed"):
        for headers in (key_headers("wrong"), {"Authorization": "Bearer wrong"}):
            for path, query in OPEN_ENDPOINTS:
                answer = demo.client(headers).get(path, query)
                expect(answer.status == 401, f"{path} {headers}: {answer}")


def value_of(printed, label):
    """What stands behind a label in printed text."""
    for line in printed.splitlines():
        if line.strip().startswith(label + "  "):
            return line.split()[-1]
    return None


def wait_for_scan(kalends, data, seconds_max=120):
    """Waits until every folder has been scanned and none is being scanned."""
    deadline = time.monotonic() + seconds_max
    while not has_scanned(kalends.info(data)):
        expect(time.monotonic() < deadline, "the scan does not end")
        time.sleep(0.1)


def has_scanned(told):
    """Whether `info` says that every folder has been scanned and none is being scanned."""
    scans = [
        library["last_scan_finished_at"] is not None or library["frozen"]
        for user in told["users"]
        for library in user["libraries"]
        if library["folders"]
    ]
    return bool(scans) and all(scans) and told["scan"]["phase"] == "idle"


def originals(folder):
    """What must never change of the files in a folder."""
    facts = {}
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file():
            status = path.stat()
            facts[path.name] = (path.read_bytes(), status.st_mtime_ns, status.st_ctime_ns)
    return facts
