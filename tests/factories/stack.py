"""The whole product as it really runs: a hub, an agent and virtual terminals, each a process of its own, in one folder."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import yaml

from tests.factories import browsing, migrated
from tests.factories.patience import PATIENCE
from tests.factories.ports import bound
from tests.factories.programs import Program, Said
from tests.factories.world import SAMPLE_CODE

SAMPLE = Path(__file__).parents[1] / "golden/getTotalSyncToken.request.xml"
WITHIN = 300  # seconds for a command; a company of thousands takes its time
LOCATIONS = {"Gate": "North", "Office": "North", "Pool": "South"}


def until(true: Callable[[], Any], what: str, seconds: float = PATIENCE) -> None:
    """Wait for something to become true; fail, saying what did not, when it does not."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:.0f} s"
        time.sleep(0.02)


class Stack:
    """Starts and ends the processes; reads terminals' memories without the product's code."""

    def __init__(
        self, folder: Path, *, cloud: bool, terminals: Mapping[str, str] = LOCATIONS, capacity: int | None = None
    ) -> None:
        """`terminals`: name -> location; `capacity`: how many people each of them can hold."""
        self.abilities = [] if capacity is None else ["--capacity", str(capacity)]
        self.folder = folder
        self.terminals = dict(terminals)
        self._held = bound()  # so that nobody is given this port while the hub is down
        self.port = self._held.getsockname()[1]
        self.url = self.hub_address = f"http://127.0.0.1:{self.port}"  # the second one is the agent's way to the hub
        self.addresses: dict[str, str] = {}  # where the agent finds a terminal, when that is not at its own port
        self.processes: dict[str, Program] = {}
        self.secret = ""  # that all its terminals ask for
        self.hub_environment = {"DOORSYNC_DATA": str(folder / "hub"), "DOORSYNC_PORT": str(self.port)}
        self.agent_environment = {"DOORSYNC_AGENT_DATA": str(folder / "agent"), "DOORSYNC_AGENT_CLOUD": str(cloud).lower()}

    def start_terminals(self) -> None:
        for name in self.terminals:
            self.start_terminal(name)
        for name in self.terminals:
            until((self.memory_folder(name) / "port").exists, f"{name} listening")

    def start_terminal(self, name: str) -> None:
        """At the port that it had before, if it had one."""
        secret = ["--secret", self.secret] if self.secret else []
        self._start(name, ["terminal", "run", str(self.memory_folder(name)), *self.abilities, *secret], {})

    def start_hub(self, **environment: str) -> None:
        self._start("hub", ["hub", "run"], {**self.hub_environment, **environment})
        until(self._answers, "the hub answering", 4 * PATIENCE)  # it may bring an old database up to date first

    def start_agent(self, **environment: str) -> None:
        self._start("agent", ["agent", "run"], {**self.agent_environment, **environment})
        until(lambda: "listens" in self.log("agent") or self.processes["agent"].poll() is not None, "the agent listening")

    def load(self, people: list[dict[str, Any]]) -> None:
        """Make the company what these people say; a second time, days later, changes just what differs."""
        if not self.hub_environment.get("DOORSYNC_DATABASE_URL"):
            migrated.put_into(self.folder / "hub")
        self._let_days_pass()
        file = self.folder / "company.yaml"
        file.write_text(yaml.safe_dump(self._company(people)))
        self.run(["company", "load", str(file), "--yes", "--code-stdin", "--password-stdin"], f"{SAMPLE_CODE}\npasswrod\n")

    def let_the_minute_pass(self) -> None:
        """In which runs try to reach a terminal that does not answer."""
        until(lambda: self.query("SELECT 1 FROM sync_runterminal WHERE failing_since IS NOT NULL"), "a terminal being missed")
        with closing(sqlite3.connect(self.folder / "hub/hub.sqlite3", timeout=PATIENCE)) as base, base:
            base.execute("UPDATE sync_runterminal SET failing_since = datetime(failing_since, '-61 seconds')")

    def _let_days_pass(self) -> None:
        """For the guard, which counts what is removed within a day."""
        file = self.folder / "hub/hub.sqlite3"
        if not file.exists():
            return
        with closing(sqlite3.connect(file, timeout=PATIENCE)) as base, base:
            if base.execute("SELECT 1 FROM sqlite_master WHERE name = 'sync_runterminal'").fetchone():
                base.execute("UPDATE sync_runterminal SET lost_freely_at = datetime(lost_freely_at, '-2 days')")

    def enrol(self) -> None:
        code = self.run(["company", "agent-code", "gym", "Agent"])
        self.run(["agent", "enrol", self.hub_address], code, self.agent_environment)

    def run(self, words: list[str], entered: str = "", environment: dict[str, str] | None = None, *, ends: int = 0) -> str:
        """Say a command, which must end with this code; what it printed, and with another code than 0 its complaints too."""
        done = Said(words, _environment(environment or self.hub_environment), entered, within=WITHIN)
        assert done.returncode == ends, f"doorsync {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout + (done.stderr if ends else "")

    def end(self, name: str) -> None:
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) is not None

    def died(self, name: str) -> bool:
        """Whether this process was killed by itself, as a crash point does it."""
        return self.processes[name].poll() == -signal.SIGKILL

    def end_all(self) -> None:
        browsing.close_pages()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
        self._held.close()

    def terminal_port(self, name: str) -> int:
        return int((self.memory_folder(name) / "port").read_text())

    def memory_folder(self, name: str) -> Path:
        return self.folder / "terminals" / name

    def people(self, name: str) -> dict[str, str]:
        """Key -> name of everybody in a terminal's memory, read from its file."""
        with sqlite3.connect(f"file:{self.memory_folder(name) / 'memory.sqlite3'}?mode=ro", uri=True, timeout=PATIENCE) as memory:
            return dict(memory.execute("SELECT key, name FROM user"))

    def processor_time(self, name: str) -> float:
        """Seconds that a process has worked so far."""
        ticks = Path(f"/proc/{self.processes[name].pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def token(self) -> str:
        """A token, asked for with the documentation's own sample."""
        answer = httpx2.post(f"{self.url}/webservicesesws", content=SAMPLE.read_bytes(), headers={"Content-Type": "text/xml"})
        found = re.search(">([0-9a-f]{128})<", answer.text)
        assert found, answer.text
        return found.group(1)

    def press(self, **choice: str) -> str:
        """Sign in with a fresh token and press Sync as a browser without script would; returns the address of the run."""
        with self.signed_in() as page:
            return page.press(**choice)

    @contextmanager
    def signed_in(self) -> Iterator[SyncPage]:
        """Sign in with a fresh token; the page is then ready for the press."""
        with httpx2.Client(base_url=self.url, headers={"Origin": self.url}, timeout=PATIENCE, follow_redirects=True) as browser:
            landing = browser.get(f"/users/totalSyncUsersLogin/{self.token()}")
            page = browser.post(landing.url, data={})
            assert page.status_code == httpx2.codes.OK, page.text
            yield SyncPage(browser, page.text)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the hub's SQLite file."""
        with sqlite3.connect(f"file:{self.folder / 'hub/hub.sqlite3'}?mode=ro", uri=True, timeout=PATIENCE) as base:
            return base.execute(sql).fetchall()

    def _answers(self) -> bool:
        assert self.processes["hub"].poll() is None or self.died("hub"), self.log("hub")
        try:
            return httpx2.get(f"{self.url}/sign-in/", timeout=PATIENCE).status_code < httpx2.codes.INTERNAL_SERVER_ERROR
        except httpx2.TransportError:
            return False

    def _start(self, name: str, words: list[str], environment: dict[str, str]) -> None:
        with (self.folder / f"{name}.log").open("w") as log:
            self.processes[name] = Program(words, _environment(environment), output=log)

    def _address(self, name: str) -> str:
        return self.addresses.get(name) or f"127.0.0.1:{self.terminal_port(name)}"

    def _company(self, people: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "complete": True,
            "company": {"slug": "gym", "name": "Gym"},
            "locations": [{"name": name, "time_zone": "Europe/Amsterdam"} for name in sorted(set(self.terminals.values()))],
            "agents": ["Agent"],
            "terminals": [
                {
                    "name": name,
                    "location": at,
                    "agent": "Agent",
                    "make": "virtual",
                    "address": self._address(name),
                    **({"secret": self.secret} if self.secret else {}),
                }
                for name, at in self.terminals.items()
            ],
            "groups": ["Members"],
            "zones": [{"name": "All", "terminals": list(self.terminals)}],
            "schedules": [{"name": "Always", "hours": ["Mon-Sun 00:00-24:00"]}],
            "rights": [{"group": "Members", "zone": "All", "schedule": "Always"}],
            "administrators": [{"username": "username", "filter": {"locations": sorted(set(self.terminals.values()))}}],
            "users": people,
        }


class SyncPage:
    """The page with the Sync button, in a browser without script."""

    def __init__(self, browser: httpx2.Client, text: str) -> None:
        self.browser = browser
        self._fields: dict[str, Any] = {name: _field(text, name) for name in ("session", "proof")}
        ticked = re.findall(r'name="location"[^>]*value="(\d+)"', text) or re.findall(r'value="(\d+)"[^>]*name="location"', text)
        self._fields["location"] = ticked

    def press(self, **choice: str) -> str:
        """Press Sync; returns the address of the run."""
        run = self.browser.post(f"/sync/runs/?s={self._fields['session']}", data={**self._fields, **choice})
        assert "/sync/runs/" in str(run.url), f"{run.status_code} {run.text}"
        return str(run.url)


@contextmanager
def stack(folder: Path, people: list[dict[str, Any]], *, cloud: bool = True, secret: str = "") -> Iterator[Stack]:
    """Terminals, which ask for this secret, and hub run; the company is loaded, the agent is enrolled but not started."""
    made = Stack(folder, cloud=cloud)
    made.secret = secret
    try:
        made.start_terminals()
        made.load(people)
        made.start_hub()
        made.enrol()
        yield made
    finally:
        made.end_all()


def _environment(more: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOORSYNC_", "DJANGO_"))}
    return {**kept, "COLUMNS": "200", **more}


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, f"no field {name}"
    return found.group(1)
