"""Both APIs count alike, and what they count is what is there."""

import datetime
import math

from harness import equal, expect
from timelines import (
    BUCKET,
    BUCKETS,
    COUNTS,
    added,
    bucket,
    buckets,
    by_cursor,
    by_month,
    by_seed,
    counts,
    lengths,
    pages,
    rows,
    short_id,
)

# West, south, east, north: Nepal, the Atlantic's shores, and a box over the antimeridian.
BOXES = ("80,26,89,31", "-80,25,10,60", "130,-50,-60,60")
PARIS = (48.8566, 2.3522)
EARTH_RADIUS_METRES = 6_371_008.8


def check(report, alice, bob, users):
    """Compares the answers to two users, whose ids are in `users`."""
    report.section("Both APIs count alike")
    months = list(counts(alice))
    check_filters(report, "Alice", alice, shared_filters(users["alice"]), months)
    check_filters(report, "Bob", bob, shared_filters(users["bob"]), list(counts(bob)))
    check_immich_alone(report, alice, users)
    report.section("Filters are what they say")
    check_parts(report, alice, users["alice"])
    check_contents(report, alice, months)
    check_access(report, alice, bob, users)
    report.section("Pages")
    check_pages(report, alice, users["alice"])
    report.section("What both answers share")
    check_http(report, alice, months)


def shared_filters(user):
    """Name, Gumnut's query and Immich's query of each filter that both know."""
    trashed = ({"state": "trashed"}, {"isTrashed": "true"})
    filters = [("no filter", {}, {}), ("the trash", *trashed)]
    filters.append(("what is live, by name", {"state": "live"}, {"isTrashed": "false"}))
    for album in user["albums"]:
        both = ({"album_id": album["id"]}, {"albumId": album["id"]})
        filters.append((f"the album {album['name']}", *both))
    for person in user["people"]:
        both = ({"person_id": person["id"]}, {"personId": person["id"]})
        filters.append((f"the person {person['name']}", *both))
        in_trash = ({**both[0], **trashed[0]}, {**both[1], **trashed[1]})
        filters.append((f"the person {person['name']} in the trash", *in_trash))
    for album, person in zip(user["albums"], user["people"]):
        ids = (
            {"album_id": short_id("album", album["id"]), "person_ids": person["id"]},
            {"albumId": album["id"], "personId": person["id"], "userId": user["id"]},
        )
        if album["is_own"]:
            filters.append((f"the album {album['name']} and {person['name']}", *ids))
    for box in BOXES:
        filters.append((f"the box {box}", {"bbox": box}, {"bbox": box}))
    in_trash = {"bbox": BOXES[1]}
    filters.append(("a box in the trash", {**in_trash, **trashed[0]}, {**in_trash, **trashed[1]}))
    return filters


def check_filters(report, who, client, filters, months):
    """Gumnut's counts, Immich's counts and the length of each bucket are one number."""
    for name, gumnut_query, immich_query in filters:
        with report.check(f"{who}, {name}: counts, buckets and contents are one number"):
            counted = counts(client, gumnut_query)
            equal(buckets(client, immich_query), counted, "buckets, not counts")
            asked = sorted(set(counted) | set(months))
            equal(lengths(client, asked, immich_query), counted, "contents, not counts")
            equal(list(counted), sorted(counted, reverse=True), "order of the months")


def check_immich_alone(report, alice, users):
    """Filters that Immich alone knows: its two endpoints agree."""
    user = users["alice"]
    filters = [(f"the tag {tag['name']}", {"tagId": tag["id"]}) for tag in user["tags"]]
    filters += [
        ("favourites", {"isFavorite": "true"}),
        ("no favourites", {"isFavorite": "false"}),
        ("the archive", {"visibility": "archive"}),
        ("the timeline", {"visibility": "timeline"}),
        ("hidden parts", {"visibility": "hidden"}),
        ("collapsed stacks", {"withStacked": "true"}),
        ("partners", {"withPartners": "true", "visibility": "timeline"}),
        ("partners, stacks collapsed",
         {"withPartners": "true", "visibility": "timeline", "withStacked": "true"}),
        ("a partner", {"userId": users["bob"]["id"], "visibility": "timeline"}),
    ]  # fmt: skip
    for name, query in filters:
        with report.check(f"Alice, {name}: buckets and contents are one number"):
            counted = buckets(alice, query)
            equal(lengths(alice, counted, query), counted, "contents, not buckets")
    with report.check("each asset is shown once, in the month of its wall clock"):
        query = {"withPartners": "true", "visibility": "timeline"}
        found = rows(alice, buckets(alice, query), query)
        ids = [row.id for _, row in found]
        expect(len(ids) == len(set(ids)), f"{len(ids)} rows have {len(set(ids))} ids")
        wrong = [row.id for month, row in found if row.wall.strftime("%Y-%m-01") != month]
        expect(not wrong, f"{len(wrong)} lie in another month, such as {wrong[:2]}")
    with report.check("ascending is the reverse of descending, months and rows"):
        descending = alice.json(BUCKETS)
        equal(alice.json(BUCKETS, {"order": "asc"}), descending[::-1], "months")
        for item in descending:
            ids = bucket(alice, item["timeBucket"])["id"]
            reversed_ids = bucket(alice, item["timeBucket"], {"order": "asc"})["id"]
            equal(reversed_ids, ids[::-1], f"rows of {item['timeBucket']}")


def check_parts(report, alice, user):
    """Filters that divide everything into parts: the parts add up to the whole."""
    whole = counts(alice)
    gumnut_parts = {
        "state": ["live", "trashed"],
        "media_type": ["image", "video"],
        "album_filter": ["in_album", "not_in_album"],
        "ratings": ["0", "1", "2", "3", "4", "5"],
        "library_id": [library["id"] for library in user["libraries"]],
    }
    for name, values in gumnut_parts.items():
        with report.check(f"all values of {name} add up to everything"):
            wanted = counts(alice, {"state": "all"}) if name == "state" else whole
            parts = [counts(alice, {name: value}) for value in values]
            equal(added(*parts), wanted, "the sum")
            found = sum(1 for part in parts if part)
            expect(found >= 2, f"only {found} of {values} find anything")
    with report.check("ratings in a list add up to the ratings alone"):
        listed = counts(alice, {"ratings": "4,5"})
        equal(counts(alice, {"ratings": ["4", "5"]}), listed, "repeated, not with a comma")
        alone = [counts(alice, {"ratings": rating}) for rating in ("4", "5")]
        equal(added(*alone), listed, "the sum")
    for name, first, second in (
        ("isFavorite", "true", "false"),
        ("visibility", "timeline", "archive"),
    ):
        with report.check(f"{name}: {first} and {second} add up to everything"):
            parts = [buckets(alice, {name: value}) for value in (first, second)]
            expect(all(parts), "one of the two finds nothing")
            equal(added(*parts), whole, "the sum")
    with report.check("a prefixed id means the same as the UUID that it writes"):
        for prefix, parameter, ids in (
            ("album", "album_id", user["albums"]),
            ("person", "person_id", user["people"]),
            ("lib", "library_id", user["libraries"]),
        ):
            for named in ids:
                plain = counts(alice, {parameter: named["id"]})
                equal(counts(alice, {parameter: short_id(prefix, named["id"])}), plain, prefix)
    with report.check("several people are an intersection"):
        ids = [person["id"] for person in user["people"]]
        found = 0
        for first in ids:
            for second in ids:
                both = counts(alice, {"person_ids": f"{first},{second}"})
                equal(counts(alice, {"person_ids": [second, first]}), both, "the other way round")
                of_first = counts(alice, {"person_id": first})
                for month, count in both.items():
                    expect(count <= of_first.get(month, 0), f"{month} has more than its part")
                found += bool(both) and first != second
        expect(found, "no two people are ever together")


def check_contents(report, alice, months):
    """Filters on what a bucket shows: the counts are those of the rows that pass."""
    found = rows(alice, months)
    placed = [(month, row) for month, row in found if row.latitude is not None]

    def agree(query, passing):
        equal(counts(alice, query), by_month(passing), f"{COUNTS} {query}")

    with report.check("media_type counts what is shown as an image or a video"):
        agree({"media_type": "image"}, [pair for pair in found if pair[1].is_image])
        agree({"media_type": "video"}, [pair for pair in found if not pair[1].is_image])
    with report.check("a box counts what is shown inside it"):
        for box in BOXES:
            inside = [pair for pair in placed if is_inside(pair[1], box)]
            expect(inside, f"the box {box} is empty")
            agree({"bbox": box}, inside)
            equal(buckets(alice, {"bbox": box}), by_month(inside), f"{BUCKETS} bbox={box}")
    with report.check("a circle counts what is shown inside it"):
        for radius in (5_000, 50_000):
            query = {"center": f"{PARIS[1]},{PARIS[0]}", "radius": radius}
            near = [pair for pair in placed if metres_from(pair[1], PARIS) <= radius]
            expect(near, "nothing is near Paris")
            agree(query, near)
    moments = [row for _, row in found[:: max(1, len(found) // 12)]]
    with report.check("bounds without an offset compare the wall clock, strictly"):
        for bound in (row.wall for row in moments):
            text = bound.isoformat()
            after = [pair for pair in found if pair[1].wall > bound]
            agree({"local_datetime_after": text}, after)
            agree({"local_datetime_before": text}, [p for p in found if p[1].wall < bound])
    with report.check("bounds in UTC compare instants, strictly"):
        # An unknown offset is shown as 0, and is compared by the bound's own clock: the same here.
        for bound in (row.instant for row in moments):
            text = bound.isoformat() + "Z"
            after = [pair for pair in found if pair[1].instant > bound]
            agree({"local_datetime_after": text}, after)
            agree({"local_datetime_before": text}, [p for p in found if p[1].instant < bound])
    with report.check("two bounds and a filter hold together"):
        earliest, latest = sorted(row.wall for row in moments)[2:10:7]
        query = {
            "local_datetime_after": earliest.isoformat(),
            "local_datetime_before": latest.isoformat(),
            "media_type": "image",
        }
        agree(query, [p for p in found if p[1].is_image and earliest < p[1].wall < latest])


def is_inside(row, box):
    """Whether a row lies in a box, whose edges belong to it."""
    west, south, east, north = map(float, box.split(","))
    if not south <= row.latitude <= north:
        return False
    if west <= east:
        return west <= row.longitude <= east
    return row.longitude >= west or row.longitude <= east


def metres_from(row, centre):
    """The distance on a sphere."""
    one, other = math.radians(row.latitude), math.radians(centre[0])
    east = math.radians(row.longitude - centre[1])
    chord = math.sin((one - other) / 2) ** 2
    chord += math.cos(one) * math.cos(other) * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_METRES * math.asin(math.sqrt(chord))


def check_access(report, alice, bob, users):
    """Nobody counts what they may not see."""
    bob_id = users["bob"]["id"]
    with report.check("a partner's timeline is what he sees of it himself"):
        seen = buckets(alice, {"userId": bob_id, "visibility": "timeline"})
        expect(seen, "Bob has no timeline")
        equal(seen, buckets(bob, {"visibility": "timeline"}), "Alice's view of Bob")
        both = buckets(alice, {"withPartners": "true", "visibility": "timeline"})
        own = buckets(alice, {"visibility": "timeline"})
        equal(both, added(own, seen), "both together")
    with report.check("a partner's favourites cannot be counted"):
        query = {"userId": bob_id, "visibility": "timeline", "isFavorite": "true"}
        equal(buckets(alice, query), {}, "Bob's favourites")
        expect(buckets(bob, {"isFavorite": "true"}), "Bob has no favourites")
    with report.check("who is no partner is refused"):
        answer = bob.get(BUCKETS, {"userId": users["alice"]["id"]})
        expect(answer.status == 400, str(answer))
        equal(answer.json()["message"], "Not found or no timeline.read access", "message")
    private = [a for a in users["alice"]["albums"] if a["name"] == "Nepal"][0]["id"]
    with report.check("another's album is refused by Immich's API and empty in Gumnut's"):
        answer = bob.get(BUCKETS, {"albumId": private})
        expect(answer.status == 400, str(answer))
        equal(answer.json()["message"], "Not found or no album.read access", "message")
        equal(counts(bob, {"album_id": private}), {}, "Gumnut's counts")
    with report.check("another's library is not found"):
        library = users["alice"]["libraries"][0]["id"]
        answer = bob.get(COUNTS, {"library_id": library})
        expect(answer.status == 404, str(answer))
    with report.check("locked assets need an elevated session"):
        answer = alice.get(BUCKETS, {"visibility": "locked"})
        expect(answer.status == 401, str(answer))
        equal(answer.json()["message"], "Elevated permission is required", "message")


def check_pages(report, alice, user):
    """The union of the pages is the whole, whatever their size."""
    middle = sorted(counts(alice))[len(counts(alice)) // 2]
    populations = [
        ("everything", {}),
        ("the trash", {"state": "trashed"}),
        ("an album", {"album_id": user["albums"][0]["id"]}),
        ("a naive upper bound", {"local_datetime_before": f"{middle}T12:00:00"}),
    ]
    aware = ("an upper bound with an offset", {"local_datetime_before": f"{middle}T05:45+05:45"})
    for limit in (1, 2, 5):
        for name, query in populations:
            with report.check(f"pages of {limit} by the seed's rule, {name}"):
                check_union(alice, query, limit, by_seed)
        for name, query in [*populations, aware]:
            with report.check(f"pages of {limit} by starting_after_bucket, {name}"):
                check_union(alice, query, limit, by_cursor)
        with report.check(f"pages of {limit} by starting_after_bucket, oldest first"):
            check_union(alice, {"order": "asc"}, limit, by_cursor)
    with report.check("a page has 20 months unless a limit is given"):
        answer = alice.json(COUNTS)
        equal((len(answer["data"]), answer["has_more"]), (20, True), "the first page")


def check_union(alice, query, limit, next_query):
    """Follows the pages."""
    whole = [pair for page in pages(alice, {**query, "limit": 200}, by_cursor) for pair in page]
    expect(whole, "nothing passes the filter")
    paged = list(pages(alice, {**query, "limit": limit}, next_query))
    equal([pair for page in paged for pair in page], whole, "the union of the pages")
    full = [len(page) for page in paged[:-1]]
    expect(all(size == limit for size in full), f"pages of {full}")
    expect(len(paged[-1]) > 0, "the last page is empty")


def check_http(report, alice, months):
    """Validators, HEAD and compression."""
    for path, query in (
        (COUNTS, {"limit": 200}),
        (BUCKETS, {}),
        (BUCKET, {"timeBucket": months[0]}),
    ):
        with report.check(f"{path}: an unchanged answer is 304, HEAD has no body"):
            first = alice.get(path, query)
            tag = first.headers.get("ETag")
            expect(tag and not tag.startswith("W/"), f"the entity tag is {tag!r}")
            again = alice.get(path, query, {"If-None-Match": tag})
            equal((again.status, again.body), (304, b""), "the second answer")
            head = alice.request("HEAD", path, query)
            equal((head.status, head.body, head.headers.get("ETag")), (200, b"", tag), "HEAD")
            versions = first.headers.get("x-kalends-versions") or ""
            expect("=" in versions, f"x-kalends-versions is {versions!r}")
            expect(first.headers.get("x-content-type-options") == "nosniff", "no nosniff")
    with report.check("large answers are compressed when asked for"):
        answer = alice.get(COUNTS, {"limit": 200}, {"Accept-Encoding": "gzip"})
        equal(answer.headers.get("Content-Encoding"), "gzip", "the encoding")
    with report.check("both timeline addresses work without /api"):
        for path, query in ((BUCKETS, {}), (BUCKET, {"timeBucket": months[0]})):
            equal(alice.json(path[len("/api") :], query), alice.json(path, query), path)
    with report.check("timeBucket takes each form that clients send"):
        plain = alice.json(BUCKET, {"timeBucket": months[0]})
        for form in (f"{months[0]}T00:00:00.000Z", f"{months[0]}T00:00:00", f"+{months[0]}"):
            equal(alice.json(BUCKET, {"timeBucket": form}), plain, form)
        answer = alice.get(BUCKET, {"timeBucket": "some day"})
        expect(answer.status == 400, str(answer))
        equal(answer.json()["message"], "Invalid time bucket format", "message")
    with report.check("the OpenAPI document names the three operations"):
        document = alice.json("/api/openapi.json")
        expect(document["openapi"].startswith("3.1"), document["openapi"])
        for path in (COUNTS, BUCKETS, BUCKET):
            expect("get" in document["paths"].get(path, {}), f"{path} is missing")
    with report.check("the start page and both health answers are there"):
        for path in ("/", "/healthz", "/readyz"):
            answer = alice.get(path)
            expect(answer.status == 200 and answer.body, f"{path}: {answer}")
    with report.check("clocks are read in UTC: dates print without the zone of the machine"):
        newest = bucket(alice, months[0])["fileCreatedAt"][0]
        expect("Z" not in newest and "+" not in newest, newest)
        datetime.datetime.strptime(newest.partition(".")[0], "%Y-%m-%dT%H:%M:%S")
