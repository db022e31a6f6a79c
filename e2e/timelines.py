"""How both APIs are asked for a timeline, and what an answer says in plain terms.

A timeline is a dictionary from a month's first day, such as `2024-02-01`, to a number of assets.
"""

import datetime

from harness import expect

COUNTS = "/api/assets/counts"
BUCKETS = "/api/timeline/buckets"
BUCKET = "/api/timeline/bucket"

# The published id alphabet of Gumnut, for a UUID as a number of base 57 with 22 digits.
SHORT_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def counts(client, filter_=None):
    """Gumnut's counts, newest month first: as many pages as there are."""
    months = {}
    for page in pages(client, {"limit": 200, **(filter_ or {})}, by_cursor):
        for month, count in page:
            expect(month not in months, f"{COUNTS} {filter_}: {month} came twice")
            months[month] = count
    return months


def by_seed(query, last_bucket):
    """The next page as the seed describes it: an exclusive upper bound."""
    return {**query, "local_datetime_before": last_bucket}


def by_cursor(query, last_bucket):
    """The next page by the later parameter, which leaves the bounds alone."""
    return {**query, "starting_after_bucket": last_bucket}


def pages(client, query, next_query):
    """The pages of Gumnut's counts, each a list of months with their counts."""
    for _ in range(1000):
        answer = client.json(COUNTS, query)
        data = answer["data"]
        expect(len(data) <= query.get("limit", 20), f"{query}: a page of {len(data)} months")
        yield [(month_of(item["time_bucket"]), item["count"]) for item in data]
        if not answer["has_more"]:
            return
        expect(data, f"{query}: an empty page says that there are more")
        query = next_query(query, data[-1]["time_bucket"])
    expect(False, f"{query}: the pages do not end")


def month_of(time_bucket):
    """The month that a naive `time_bucket` names."""
    expect(time_bucket.endswith("-01T00:00:00"), f"{time_bucket!r} is no naive start of a month")
    return time_bucket[: -len("T00:00:00")]


def buckets(client, filter_=None):
    """Immich's buckets."""
    listed = client.json(BUCKETS, filter_)
    months = {item["timeBucket"]: item["count"] for item in listed}
    expect(len(months) == len(listed), f"{BUCKETS} {filter_}: a month came twice")
    return months


def bucket(client, month, filter_=None):
    """One month's rows, by Immich's columns, each of which must have the same length."""
    columns = client.json(BUCKET, {"timeBucket": month, **(filter_ or {})})
    lengths = {name: len(column) for name, column in columns.items()}
    expect(len(set(lengths.values())) == 1, f"{BUCKET} {month} {filter_}: columns of {lengths}")
    return columns


def lengths(client, months, filter_=None):
    """How many rows each of these months has; months without rows are left out."""
    found = {month: len(bucket(client, month, filter_)["id"]) for month in months}
    return {month: count for month, count in found.items() if count > 0}


def added(*timelines):
    """The sum of timelines."""
    total = {}
    for timeline in timelines:
        for month, count in timeline.items():
            total[month] = total.get(month, 0) + count
    return total


class Row:
    """One asset, as a bucket shows it."""

    def __init__(self, columns, index):
        self.id = columns["id"][index]
        self.is_image = columns["isImage"][index]
        self.instant = moment(columns["fileCreatedAt"][index])
        hours = columns["localOffsetHours"][index]
        self.wall = self.instant + datetime.timedelta(milliseconds=round(hours * 3_600_000))
        self.latitude = columns["latitude"][index]
        self.longitude = columns["longitude"][index]


def rows(client, months, filter_=None):
    """All rows of these months, each with its month."""
    found = []
    for month in months:
        columns = bucket(client, month, {**(filter_ or {}), "withCoordinates": "true"})
        found += [(month, Row(columns, index)) for index in range(len(columns["id"]))]
    return found


def by_month(found):
    """The timeline of rows with their months."""
    return added(*({month: 1} for month, _ in found))


def moment(text):
    """`2024-01-05T10:11:12.5`, which older Pythons do not read."""
    seconds, _, fraction = text.partition(".")
    parsed = datetime.datetime.strptime(seconds, "%Y-%m-%dT%H:%M:%S")
    return parsed.replace(microsecond=int((fraction + "000000")[:6]))


def short_id(prefix, uuid):
    """A UUID as Gumnut writes it."""
    number = int(uuid.replace("-", ""), 16)
    digits = ""
    for _ in range(22):
        number, digit = divmod(number, len(SHORT_ALPHABET))
        digits = SHORT_ALPHABET[digit] + digits
    return f"{prefix}_{digits}"
