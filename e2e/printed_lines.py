"""Every `curl` line that the demo prints works when it is pasted."""

import json
import re
import shutil
import subprocess
from urllib.parse import parse_qs, urlsplit

from harness import CLEAN_ENVIRONMENT, expect, shorten

SHARED = {
    "albumId", "bbox", "isFavorite", "isTrashed", "key", "order", "personId", "slug", "tagId",
    "userId", "visibility", "withPartners", "withStacked",
}  # fmt: skip
# The parameters of the two published pages, and those that Gumnut added later.
PARAMETERS = {
    "/api/assets/counts": {
        "album_filter", "album_id", "bbox", "center", "group_by", "library_id", "limit",
        "local_datetime_after", "local_datetime_before", "media_type", "order", "person_id",
        "person_ids", "radius", "ratings", "starting_after_bucket", "state",
    },
    "/api/timeline/buckets": SHARED,
    "/api/timeline/bucket": SHARED | {"timeBucket", "withCoordinates"},
}  # fmt: skip


def check(report, demo):
    """Pastes each line into a shell."""
    report.section("The lines that the demo prints")
    lines = [line for line in demo.output().splitlines() if line.startswith("curl ")]
    with report.check("there is a line for every parameter of both APIs"):
        shown = {path: set() for path in PARAMETERS}
        for line in lines:
            address = urlsplit(re.search(r"'(http://[^']*)'", line).group(1))
            shown.setdefault(address.path, set()).update(parse_qs(address.query))
        for path, parameters in PARAMETERS.items():
            missing = parameters - shown[path]
            expect(not missing, f"{path} is never shown with {sorted(missing)}")
    if shutil.which("curl") is None:
        report.skip(f"{len(lines)} lines of curl", "curl is not installed")
        return
    for line in lines:
        name = re.sub(r"http://[^/]*", "", line)
        with report.check(shorten(name, 130)):
            check_line(line)


def check_line(line):
    """The answer must be JSON with a status of 2xx, or nothing at all with 204; a list of months
    must not be empty."""
    ended = subprocess.run(
        ["sh", "-c", line + r" -w '\n%{http_code} %{content_type}'"],
        env=CLEAN_ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    expect(ended.returncode == 0, f"curl ended with {ended.returncode}: {ended.stderr.strip()}")
    body, _, status_line = ended.stdout.rpartition("\n")
    status, _, content_type = status_line.partition(" ")
    expect(status.startswith("2"), f"{status} {shorten(body)}")
    if status == "204":
        return
    expect(content_type.startswith("application/json"), f"the content type is {content_type!r}")
    answer = json.loads(body)
    if "/assets/counts" in line:
        expect(answer["data"], "it finds nothing")
    elif "/timeline/buckets" in line:
        expect(answer, "it finds nothing")
