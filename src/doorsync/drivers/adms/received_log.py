"""The access log that a terminal sent to the station: on the disk before it is answered, because the terminal then forgets it.

A terminal tells whom it recognised, and nothing of whom it did not. What it sends twice, as its answer got lost, is kept once.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from datetime import datetime
from pathlib import Path

from doorsync.domain.door_events import CredentialUsed, DoorEvent, EventCode, LogPage, LogPosition
from doorsync.files import atomic

MOST = 100_000  # entries that wait to be read; the oldest make way, and count as lost
REPEATED = 5_000  # entries among which one that comes again is looked for
LONGEST = 200  # characters of a line
USED = {
    "0": CredentialUsed.PIN,
    "1": CredentialUsed.FINGER,
    "2": CredentialUsed.CARD,
    "3": CredentialUsed.PIN,
    "4": CredentialUsed.CARD,
    "15": CredentialUsed.FACE,
}


class ReceivedLog:
    """The entries of one terminal, counted from 1, in a file of which the first line names the series and the first position."""

    def __init__(self, folder: Path, serial: str) -> None:
        self._path = folder / f"events-{serial}.log"
        self._lock = threading.Lock()
        self._series, self._first, self._lines = self._kept()

    def take(self, body: str) -> int:
        """Store the entries of an upload that are new; returns how many lines it had. Raises OSError, and nothing was stored."""
        told = [line for line in body.replace("\r", "").split("\n") if line.strip()]
        with self._lock:
            known = set(self._lines[-REPEATED:])
            new = [line for line in dict.fromkeys(told) if line not in known and _event(line, 1)]
            if new and len(self._lines) + len(new) > MOST:
                self._rewrite(self._first + len(new), [*self._lines, *new][len(new) :])
            elif new:
                self._append(new)
        return len(told)

    def page(self, after: LogPosition, most: int) -> LogPage:
        """The oldest entries after this position."""
        with self._lock:
            last = self._first + len(self._lines) - 1
            start = max(after.position + 1, self._first) if after.series == self._series else self._first
            lines = self._lines[start - self._first :][:most]
            events = tuple(event for position, line in enumerate(lines, start) if (event := _event(line, position)))
            return LogPage(series=self._series, oldest=self._first, last=last, events=events)

    def clear(self, upto: LogPosition) -> None:
        """Forget the entries up to this position. The last ones stay, so that one that comes again is recognised."""
        with self._lock:
            gone = min(upto.position - self._first + 1, len(self._lines) - REPEATED)
            if upto.series == self._series and gone > 0:
                self._rewrite(self._first + gone, self._lines[gone:])

    def _append(self, lines: list[str]) -> None:
        if not self._path.exists():
            self._rewrite(self._first, self._lines)
        size = self._path.stat().st_size
        try:
            with self._path.open("a") as file:
                file.write("".join(f"{line}\n" for line in lines))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            os.truncate(self._path, size)
            raise
        self._lines += lines

    def _rewrite(self, first: int, lines: list[str]) -> None:
        head = json.dumps({"series": self._series, "first": first})
        atomic.write(self._path, "".join(f"{line}\n" for line in (head, *lines)))
        self._first, self._lines = first, lines

    def _kept(self) -> tuple[str, int, list[str]]:
        """A line that a power cut left without its end was never answered, and comes again."""
        text = self._path.read_text() if self._path.exists() else ""
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            atomic.write(self._path, whole)
        head, *lines = whole.split("\n")[:-1] or [json.dumps({"series": secrets.token_hex(8), "first": 1})]
        told = json.loads(head)
        return str(told["series"]), int(told["first"]), lines


def _event(line: str, position: int) -> DoorEvent | None:
    """PIN, moment, status, kind of verification, ...; None where a line makes no sense."""
    number, moment, _status, how, *_rest = [*(part.strip() for part in line[:LONGEST].split("\t")), "", "", "", ""]
    try:
        wall = datetime.fromisoformat(moment).replace(microsecond=0)
    except ValueError:
        return None
    if wall.tzinfo or not (number.isascii() and number.isalnum()) or len(line) > LONGEST:
        return None
    used = USED.get(how, CredentialUsed.NOTHING)
    return DoorEvent(position=position, wall=wall.isoformat(), code=EventCode.GRANTED, key=number, used=used)
