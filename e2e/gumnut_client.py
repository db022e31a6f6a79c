"""Gumnut's published Python SDK, unmodified and strict, drives the server.

Run by `run.py` with the Python of `e2e/.venv`; prints a line of JSON for each check.
"""

import asyncio
import datetime
import json
import os

import gumnut
from gumnut import AsyncGumnut, Gumnut

from harness import Client, Report, equal, expect
from timelines import COUNTS, short_id

URL = os.environ["E2E_URL"]
KEY = os.environ["E2E_KEY"]
KNOWN = json.loads(os.environ["E2E_KNOWN"])


def sdk(key=KEY, kind=Gumnut):
    """The SDK, which checks what it receives and hides no failure by trying again."""
    return kind(api_key=key, base_url=URL, max_retries=0, _strict_response_validation=True)


def plain(query):
    """The same question without the SDK, as (month, count) pairs and whether there are more."""
    answer = Client(URL, {"Authorization": f"Bearer {KEY}"}).json(COUNTS, query)
    data = [(item["time_bucket"], item["count"]) for item in answer["data"]]
    return data, answer["has_more"]


def understood(answer):
    """What the SDK made of an answer, in the same form."""
    for item in answer.data:
        expect(isinstance(item.time_bucket, datetime.datetime), f"{item.time_bucket!r}")
        expect(item.time_bucket.tzinfo is None, f"{item.time_bucket!r} has a zone")
    return [(item.time_bucket.isoformat(), item.count) for item in answer.data], answer.has_more


def check_parameters(report, client):
    """Each parameter of `assets.counts`, in each form that the SDK takes."""
    album, person, library = KNOWN["album"], KNOWN["person"], KNOWN["library"]
    month = datetime.datetime.fromisoformat(KNOWN["month"])
    nepal = datetime.timezone(datetime.timedelta(hours=5, minutes=45))
    aware = month.replace(tzinfo=nepal)
    # What is passed to the SDK, and what it must mean where that is not the same text.
    cases = [
        ({}, {}),
        ({"group_by": "month"}, {}),
        ({"limit": 3}, {"limit": 3}),
        ({"limit": 200}, {"limit": 200}),
        ({"order": "asc"}, {"order": "asc"}),
        ({"order": "desc"}, {}),
        ({"state": "live"}, {}),
        ({"state": "trashed"}, {"state": "trashed"}),
        ({"state": "all"}, {"state": "all"}),
        ({"album_id": album}, {"album_id": album}),
        ({"album_id": short_id("album", album)}, {"album_id": album}),
        ({"album_id": None}, {}),
        ({"album_filter": "all"}, {}),
        ({"album_filter": "in_album"}, {"album_filter": "in_album"}),
        ({"album_filter": "not_in_album"}, {"album_filter": "not_in_album"}),
        ({"person_id": short_id("person", person)}, {"person_id": person}),
        ({"person_ids": [person]}, {"person_id": person}),
        ({"person_ids": KNOWN["people"][:2]}, {"person_ids": ",".join(KNOWN["people"][:2])}),
        ({"person_ids": []}, {}),
        ({"library_id": short_id("lib", library)}, {"library_id": library}),
        ({"media_type": "video"}, {"media_type": "video"}),
        ({"media_type": "image"}, {"media_type": "image"}),
        ({"ratings": [4, 5]}, {"ratings": "4,5"}),
        ({"ratings": [0]}, {"ratings": "0"}),
        ({"bbox": "80,26,89,31"}, {"bbox": "80,26,89,31"}),
        (
            {"center": "2.3522,48.8566", "radius": 20000.0},
            {"center": "2.3522,48.8566", "radius": "20000"},
        ),
        ({"local_datetime_after": month}, {"local_datetime_after": KNOWN["month"]}),
        ({"local_datetime_after": KNOWN["month"]}, {"local_datetime_after": KNOWN["month"]}),
        ({"local_datetime_before": month.date()}, {"local_datetime_before": KNOWN["month"]}),
        (
            {"local_datetime_after": aware},
            {"local_datetime_after": f"{KNOWN['month']}T00:00:00+05:45"},
        ),
        (
            {"local_datetime_before": aware, "local_datetime_after": datetime.datetime(2005, 1, 1)},
            {
                "local_datetime_before": f"{KNOWN['month']}T00:00:00+05:45",
                "local_datetime_after": "2005-01-01",
            },
        ),
        ({"starting_after_bucket": month}, {"starting_after_bucket": KNOWN["month"]}),
    ]
    for passed, meant in cases:
        shown = ", ".join(f"{name}={value}" for name, value in passed.items()) or "nothing"
        with report.check(f"counts with {shown}"):
            answer = understood(client.assets.counts(**passed))
            equal(answer, plain(meant), "the answer")
            expect(answer[0], "nothing was found")


def check_paging(report, client):
    """The SDK's own values are sent back as cursors."""
    whole = [pair for pair in plain({"limit": 200})[0]]
    for cursor in ("local_datetime_before", "starting_after_bucket"):
        for limit in (1, 2, 5):
            with report.check(f"pages of {limit} by {cursor}"):
                found, passed = [], {}
                for _ in range(len(whole) + 2):
                    answer = client.assets.counts(limit=limit, **passed)
                    found += understood(answer)[0]
                    if not answer.has_more:
                        break
                    passed = {cursor: answer.data[-1].time_bucket}
                equal(found[: len(whole)], whole, "the union of the pages")


def check_errors(report, client):
    """Each failure becomes the SDK's exception, with the body that was published."""
    cases = [
        ({"group_by": "day"}, "literal_error", "group_by", "Input should be 'month'"),
        ({"limit": 0}, "greater_than_equal", "limit",
         "Input should be greater than or equal to 1"),
        ({"limit": 201}, "less_than_equal", "limit",
         "Input should be less than or equal to 200"),
        ({"state": "deleted"}, "literal_error", "state",
         "Input should be 'live', 'trashed' or 'all'"),
        ({"local_datetime_after": "garbage"}, "datetime_from_date_parsing",
         "local_datetime_after", "Input should be a valid datetime or date, input is too short"),
    ]  # fmt: skip
    for passed, type_, name, message in cases:
        with report.check(f"counts with {passed} is a 422 that says so"):
            error = refused(gumnut.UnprocessableEntityError, client, passed)
            (detail,) = error.body["detail"]
            got = (detail["type"], detail["loc"], detail["msg"], detail["input"])
            equal(got, (type_, ["query", name], message, str(passed[name])), "the detail")
    with report.check("a 422 lists all problems, in the order of the parameters"):
        error = refused(
            gumnut.UnprocessableEntityError,
            client,
            {"limit": 0, "state": "x", "group_by": "week", "local_datetime_after": "-"},
        )
        names = [detail["loc"][1] for detail in error.body["detail"]]
        equal(names, ["group_by", "local_datetime_after", "state", "limit"], "the names")
    with report.check("an unknown library is not found"):
        unknown = "00000000-0000-4000-8000-000000000000"
        error = refused(gumnut.NotFoundError, client, {"library_id": unknown})
        expect(isinstance(error.body["detail"], str), f"{error.body}")
    with report.check("a wrong key is an authentication error"):
        error = refused(gumnut.AuthenticationError, sdk("apikey_wrong"), {})
        equal(error.body["error"], "unauthorized", "the body's error")
        equal(error.body["message"], "Invalid or expired token", "the body's message")
    with report.check("a key that may not read assets is refused"):
        error = refused(gumnut.PermissionDeniedError, sdk(os.environ["E2E_WEAK_KEY"]), {})
        expect(isinstance(error.body["detail"], str), f"{error.body}")


def refused(kind, client, passed):
    """The exception of a call that must fail."""
    try:
        client.assets.counts(**passed)
    except kind as error:
        return error
    except gumnut.APIStatusError as error:
        expect(False, f"{type(error).__name__} {error.status_code}: {error.body}")
    expect(False, "it was answered")


def check_keys(report):
    """Whose key it is decides what is counted."""
    with report.check("the bearer key says who asks"):
        bobs = understood(sdk(os.environ["E2E_BOB_KEY"]).assets.counts(limit=200))[0]
        expect(bobs, "Bob has nothing")
        expect(bobs != understood(sdk().assets.counts(limit=200))[0], "Bob sees Alice's timeline")
        client = Client(URL, {"x-api-key": os.environ["E2E_BOB_KEY"]})
        data = client.json(COUNTS, {"limit": 200})["data"]
        equal(bobs, [(item["time_bucket"], item["count"]) for item in data], "with x-api-key")
    with report.check("the SDK takes address and key from its environment"):
        os.environ["GUMNUT_BASE_URL"], os.environ["GUMNUT_API_KEY"] = URL, KEY
        client = Gumnut(max_retries=0, _strict_response_validation=True)
        equal(understood(client.assets.counts()), plain({}), "the answer")
    with report.check("the asynchronous client is answered alike"):
        equal(asyncio.run(ask_async()), plain({"state": "all"}), "the answer")


async def ask_async():
    """One question by the asynchronous client."""
    async with sdk(kind=AsyncGumnut) as client:
        return understood(await client.assets.counts(state="all"))


def main():
    """Runs the checks."""
    report, client = Report(as_json=True), sdk()
    check_parameters(report, client)
    check_paging(report, client)
    check_errors(report, client)
    check_keys(report)


if __name__ == "__main__":
    main()
