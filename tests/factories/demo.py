"""The demo as a person starts it, and a naive model of what its terminals should hold, made from its files alone."""

from __future__ import annotations

import csv
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx2
import yaml

from tests.factories.patience import PATIENCE

COMMAND = [sys.executable, "-m", "doorsync", "demo"]
TERMINALS = {"Front door": "front-door", "Staff entrance": "staff-entrance", "Beach gate": "beach-gate"}


@dataclass
class Demo:
    """A running demo: its process, its folder, and what it printed."""

    process: subprocess.Popen[str]
    data: Path
    said: str

    @property
    def address(self) -> str:
        return _only(r"Address +(http://\S+)/\n", self.said)

    @property
    def curl(self) -> list[str]:
        return shlex.split(_only(r"(curl .+)", self.said))

    @property
    def link(self) -> str:
        return _only(r"(http://\S+/)TOKEN", self.said)

    def token(self) -> str:
        """What the printed curl line brings, its words taken by a client that is there."""
        header, file, url = self.curl[-4], self.curl[-2], self.curl[-1]
        name, value = header.split(": ", 1)
        body = (self.data.parent / file.removeprefix("@")).read_bytes()
        answer = httpx2.post(url, content=body, headers={name: value})
        return _only(r'<return xsi:type="xsd:string">([0-9a-f]{128})</return>', answer.text)

    def held(self) -> dict[str, set[str]]:
        """Terminal -> names in its memory, read from the file on its disk."""
        return {name: self._names(folder) for name, folder in TERMINALS.items()}

    def _names(self, folder: str) -> set[str]:
        path = self.data / "terminals" / folder / "memory.sqlite3"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=PATIENCE)) as memory:
            return {name for (name,) in memory.execute("SELECT name FROM user")}

    def wanted(self) -> dict[str, set[str]]:
        """Terminal -> names that should be there: by rights and dates, of whom the terminal can take."""
        company = yaml.safe_load((self.data / "demo/harbour-gym.yaml").read_text())
        doors = {zone["name"]: zone["terminals"] for zone in company["zones"]}
        opened: dict[str, set[str]] = {name: set() for name in TERMINALS}
        for right in company["rights"]:
            for door in doors[right["zone"]]:
                opened[door].add(right["group"])
        people = list(csv.DictReader((self.data / "demo/people.csv").read_text(encoding="utf-8").splitlines()))
        return {door: {_name(each) for each in people if _may(each, groups, door)} for door, groups in opened.items()}

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def _may(person: dict[str, str], groups: set[str], door: str) -> bool:
    today = date.today().isoformat()  # noqa: DTZ011  # the demo's people have whole days
    valid = person["starts"] <= today and (not person["expires"] or person["expires"] >= today)
    fits = door != "Staff entrance" or "|" not in person["cards"]
    return valid and fits and bool(groups & set(person["groups"].split("|")))


def _name(person: dict[str, str]) -> str:
    return f"{person['first_name']} {person['last_name']}"


def _only(pattern: str, text: str) -> str:
    found = re.findall(pattern, text)
    assert len(found) == 1, f"{pattern} stands {len(found)} times in:\n{text}"
    return str(found[0])


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOORSYNC_", "DJANGO_"))}
    return {**kept, "DOORSYNC_PORT": "0", **more}


@contextmanager
def demo(folder: Path, **more: str) -> Iterator[Demo]:
    """The demo in this folder, from the moment at which it has told everything."""
    with subprocess.Popen(COMMAND, cwd=folder, env=environment(**more), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        too_late = threading.Timer(3 * PATIENCE, process.kill)  # it starts six programs, one after the other
        too_late.start()
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if "memories" in line:
                break
        too_late.cancel()
        try:
            assert "memories" in lines[-1], f"the demo ended: {''.join(lines)}"
            yield Demo(process, folder / more.get("DOORSYNC_DATA", "var"), "".join(lines))
        finally:
            if process.poll() is None:
                process.terminate()
