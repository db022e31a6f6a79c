"""What the checks stand on: a report, a server in its own process, and a plain HTTP client.

Only the standard library is used, so that the checks run wherever Python 3.9 or newer does.
"""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import traceback
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

# Settings of whoever runs the checks must not reach the programs under test.
CLEAN_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("KALENDS_", "GUMNUT_")) and not name.lower().endswith("_proxy")
}

# A debug build on a busy machine needs a while to paint the demo.
START_SECONDS_MAX = 300
COMMAND_SECONDS_MAX = 300
STOP_SECONDS_MAX = 30


class Failure(Exception):
    """Something is not as it must be."""


def expect(holds, message):
    """Fails with `message` unless `holds`."""
    if not holds:
        raise Failure(message)


def equal(got, wanted, what):
    """Fails unless both are equal, and shows where they begin to differ."""
    if got == wanted:
        return
    if isinstance(got, dict) and isinstance(wanted, dict):
        differing = sorted(
            key for key in got.keys() | wanted.keys() if got.get(key) != wanted.get(key)
        )
        shown = ", ".join(f"{key}: {got.get(key)} not {wanted.get(key)}" for key in differing[:3])
        raise Failure(f"{what}: {len(differing)} differ ({shown})")
    raise Failure(f"{what}: got {shorten(got)}, wanted {shorten(wanted)}")


def shorten(value, length_max=300):
    """A value as text that fits a line or two."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= length_max else text[:length_max] + "…"


class Report:
    """Counts the checks and prints a line for each."""

    def __init__(self, as_json=False):
        self.as_json = as_json
        self.outcomes = {"passed": 0, "failed": 0, "skipped": 0}

    def section(self, title):
        """A heading."""
        if not self.as_json:
            print(f"\n{title}", flush=True)

    @contextmanager
    def check(self, name):
        """Runs the block as one check. What it raises fails this check and no other."""
        try:
            yield
        except Failure as failure:
            self.add("failed", name, str(failure))
        except Exception as error:  # the checks after this one still run
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{os.path.basename(frame.filename)}:{frame.lineno}"
            self.add("failed", name, f"{type(error).__name__}: {shorten(str(error))} ({where})")
        else:
            self.add("passed", name)

    def skip(self, name, reason):
        """Notes that a check was left out, and why."""
        self.add("skipped", name, reason)

    def add(self, outcome, name, reason=""):
        """Notes how a check ended."""
        self.outcomes[outcome] += 1
        if self.as_json:
            print(json.dumps({"outcome": outcome, "name": name, "reason": reason}), flush=True)
            return
        mark = {"passed": "ok  ", "failed": "FAIL", "skipped": "skip"}[outcome]
        print(f"  {mark} {name}{': ' + reason if reason else ''}", flush=True)

    def add_from(self, name, arguments, environment):
        """Runs a program that prints a line of JSON for each of its checks, and adds them."""
        ended = subprocess.run(
            arguments,
            env={**CLEAN_ENVIRONMENT, **environment},
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS_MAX,
        )
        checks = 0
        for line in ended.stdout.splitlines():
            if line.startswith("{"):
                check = json.loads(line)
                self.add(check["outcome"], check["name"], check.get("reason", ""))
                checks += 1
        if ended.returncode != 0 or checks == 0:
            last = (ended.stderr.strip().splitlines() or ["it printed no check"])[-1]
            self.add("failed", f"{name} runs to its end", f"exit {ended.returncode}: {last}")

    def finish(self):
        """Prints the summary and gives the exit code."""
        counts = self.outcomes
        print(
            f"\n{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped",
            flush=True,
        )
        return 0 if counts["failed"] == 0 and counts["passed"] > 0 else 1


class Answer:
    """An HTTP answer."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        """The body as JSON."""
        return json.loads(self.body)

    def __str__(self):
        return f"{self.status} {shorten(self.body.decode(errors='replace'))}"


class Client:
    """Sends requests to one server over one connection."""

    def __init__(self, url, headers=None):
        self.url = url
        self.headers = headers or {}
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def request(self, method, path, query=None, headers=None, body=None):
        """Sends a request. A header `Host` replaces the usual one."""
        target = path + ("?" + urlencode(query, doseq=True) if query else "")
        sent = {**(headers or {})}
        if body is not None:
            body = json.dumps(body)
            sent["Content-Type"] = "application/json"
        return self.raw(method, target, body, sent)

    def raw(self, method, target, body=None, headers=None):
        """Sends a body as it is."""
        sent = {**self.headers, **(headers or {})}
        for attempt in (1, 2):
            try:
                self.connection.request(method, target, body=body, headers=sent)
                response = self.connection.getresponse()
                return Answer(response.status, response.headers, response.read())
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # The server may close a connection that was idle for long.
                self.connection.close()
                if attempt == 2:
                    raise

    def get(self, path, query=None, headers=None):
        """GET, whatever the status."""
        return self.request("GET", path, query, headers)

    def json(self, path, query=None, headers=None):
        """GET of JSON that must be there."""
        answer = self.get(path, query, headers)
        expect(answer.status == 200, f"GET {path} {query or ''} answered {answer}")
        return answer.json()

    def login(self, email, password):
        """The answer to an attempt to sign in."""
        body = {"email": email, "password": password}
        return self.request("POST", "/api/auth/login", body=body)


class Kalends:
    """The program under test, with a folder for everything that it writes."""

    def __init__(self, binary, folder):
        self.binary = str(binary)
        self.folder = folder
        self.servers = []

    def path(self, name):
        """A path in the temporary folder."""
        return os.path.join(self.folder, name)

    def run(self, *arguments):
        """Runs a command to its end and gives what became of it."""
        return subprocess.run(
            [self.binary, *map(str, arguments)],
            env=CLEAN_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS_MAX,
        )

    def done(self, *arguments):
        """Runs a command that must succeed and gives what it printed."""
        ended = self.run(*arguments)
        expect(
            ended.returncode == 0,
            f"kalends {' '.join(map(str, arguments))} ended with {ended.returncode}: "
            f"{shorten(ended.stderr.strip())}",
        )
        return ended.stdout

    def refused(self, *arguments, because):
        """Runs a command that must be refused with a sentence that says `because`."""
        ended = self.run(*arguments)
        said = f"kalends {' '.join(map(str, arguments))}: exit {ended.returncode}, "
        said += f"stderr {shorten(ended.stderr.strip())!r}"
        expect(ended.returncode != 0, said)
        expect(because in ended.stderr, f"{said}, without {because!r}")
        expect("panicked" not in ended.stderr, said)

    def start(self, *arguments, until=r"Kalends serves .*(http://\S+)"):
        """Starts a server on a free port and waits until it has printed its address."""
        server = Server(self, len(self.servers), list(map(str, arguments)), until)
        self.servers.append(server)
        server.wait_until_started()
        return server

    def info(self, data):
        """What `info --json` says of a data folder."""
        return json.loads(self.done("info", "--json", "--data", data))

    def end(self, is_kept):
        """Ends what still runs and removes the temporary folder."""
        for server in self.servers:
            server.kill()
        if is_kept:
            print(f"\nkept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


class Server:
    """A running `kalends serve` or `kalends demo`."""

    def __init__(self, kalends, number, arguments, until):
        self.until = until
        self.arguments = arguments
        self.output_path = kalends.path(f"server-{number}.out")
        self.log_path = kalends.path(f"server-{number}.log")
        with open(self.output_path, "wb") as output, open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [kalends.binary, *arguments, "--listen", "127.0.0.1:0"],
                env=CLEAN_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
            )
        self.url = None

    def output(self):
        """Everything printed so far."""
        with open(self.output_path, encoding="utf-8") as output:
            return output.read()

    def log(self):
        """Everything logged so far."""
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def wait_until_started(self):
        """Waits for the line that names the address."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            has_ended = self.process.poll() is not None
            printed = self.output()
            if re.search(self.until, printed):
                self.url = re.search(r"http://[0-9.]+:[0-9]+", printed).group()
                return
            said = f"kalends {' '.join(self.arguments)}: {shorten(self.log().strip())}"
            expect(not has_ended, f"{said} (ended with {self.process.returncode})")
            expect(time.monotonic() < deadline, f"{said} (printed no address)")
            time.sleep(0.05)

    def client(self, headers=None):
        """A client of this server."""
        return Client(self.url, headers)

    def stop(self, by=signal.SIGINT):
        """Sends a signal and gives the exit code."""
        self.process.send_signal(by)
        try:
            return self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"it still ran {STOP_SECONDS_MAX} s after {by.name}") from None

    def kill(self):
        """Ends the process at once if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


if __name__ == "__main__":
    sys.exit("This file holds no checks; run e2e/run.py.")
