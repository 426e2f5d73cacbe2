"""What was read of terminals' logs, on the disk before it goes anywhere: a folder for each device and series, files of entries.

A file is named after the position of its first entry, holds up to 500 without a gap, and is sealed under a key of this folder.
"""

from __future__ import annotations

import json
import os
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from doorsync import crash
from doorsync.agent import data_folder
from doorsync.agent.errors import StorageFailed
from doorsync.agent.logs import log
from doorsync.messages.events import EVENTS, LoggedEvent

KEY, ABOUT = "key", "about.json"
NONCE = 12
KEPT = 30 * 86400  # seconds for which entries stay that the hub has: it may be restored from a backup
MOST = 400  # files of one series that stay so long


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series of one device's log, and at which terminal the device was last."""

    terminal: str
    serial: str
    series: str

    @property
    def device(self) -> str:
        """Names the device, which without a serial number is the terminal."""
        return self.serial or f"@{self.terminal}"


class SeriesFiles:
    """The entries of one series. One thread adds, another one reads and drops."""

    def __init__(self, folder: Path, key: bytes, about: Series) -> None:
        self.about = about
        self.have: int | None = None  # up to where the hub has it; None: it has not said so since it was last greeted
        self.refusals, self.again_at = 0, 0.0  # so often in a row the hub did not take this series; when it is tried again
        self.missing: int | None = None  # the hub wants what follows this position, and it is in no file
        self.clear, self.cleared = False, 0  # the terminal may forget what the hub has, and has forgotten so much
        self.restart = False  # the terminal's own series is another one by now
        self._folder, self._seal, self._lock = folder, AESGCM(key), threading.Lock()
        self._firsts = sorted(int(path.name) for path in folder.glob("[0-9]*") if path.name.isdigit())
        self.last = self._last_position()

    def next_first(self, position: int) -> int:
        """The first position after this one at which a file begins; the one after the last entry where none does."""
        return min((first for first in self._firsts if first > position), default=self.last + 1)

    def append(self, events: Sequence[LoggedEvent]) -> None:
        """Add entries that follow the last one; on the disk when this returns. Raises StorageFailed."""
        with self._lock:
            while events:
                open_file = self._firsts[-1] if self._firsts else 0
                present = self._read(open_file) if open_file else []
                if not present or len(present) >= EVENTS or present[-1].position != self.last:
                    open_file, present = _first_of(events[0]), []
                some, events = events[: EVENTS - len(present)], events[EVENTS - len(present) :]
                self._write(open_file, [*present, *some])
                self.last = some[-1].position

    def insert(self, events: Sequence[LoggedEvent]) -> None:
        """Add entries from between the files, which the hub lacks again. Raises StorageFailed."""
        with self._lock:
            for start in range(0, len(events), EVENTS):
                self._write(_first_of(events[start]), events[start : start + EVENTS])

    def skip_to(self, position: int) -> None:
        """The hub has more than was ever read here, by an older agent perhaps: go on after that."""
        self.last = max(self.last, position)

    def after(self, position: int) -> list[LoggedEvent]:
        """The entries that follow this position without a gap, as many as one file has; [] where there are none."""
        with self._lock:
            for first in reversed(self._firsts):
                if first <= position + 1:
                    return [event for event in self._read(first) if event.position > position]
        return []

    def drop_old(self, now: float) -> None:
        """Delete files of entries that the hub has, when they are old or too many."""
        with self._lock:
            for first, following in zip(self._firsts[:-1], self._firsts[1:], strict=True):
                path = self._folder / str(first)
                surplus = len(self._firsts) > MOST or path.stat().st_mtime < now - KEPT
                if not surplus or self.have is None or following - 1 > self.have:
                    break
                path.unlink(missing_ok=True)
                self._firsts = self._firsts[1:]

    def _write(self, first: int, events: Sequence[LoggedEvent]) -> None:
        plain = json.dumps([event.model_dump(mode="json") for event in events]).encode()
        nonce = os.urandom(NONCE)
        sealed = nonce + self._seal.encrypt(nonce, plain, self._bound(first))
        data_folder.write(self._folder / str(first), urlsafe_b64encode(sealed).decode())
        crash.point("agent.events-stored")
        if first not in self._firsts:
            self._firsts = sorted([*self._firsts, first])

    def _read(self, first: int) -> list[LoggedEvent]:
        """The entries of a file; none where it is damaged, and then they are read from the terminal again."""
        try:
            sealed = urlsafe_b64decode((self._folder / str(first)).read_text())
            plain = self._seal.decrypt(sealed[:NONCE], sealed[NONCE:], self._bound(first))
            return [LoggedEvent.model_validate(each) for each in json.loads(plain)]
        except (OSError, ValueError, InvalidTag):
            log.warning("Events on the disk are damaged; they are read from the terminal again.", terminal=self.about.terminal)
            return []

    def _bound(self, first: int) -> bytes:
        return f"{self.about.device}\0{self.about.series}\0{first}".encode()

    def _last_position(self) -> int:
        while self._firsts:
            if events := self._read(self._firsts[-1]):
                return events[-1].position
            (self._folder / str(self._firsts.pop())).unlink(missing_ok=True)
        return 0


class Journal:
    """All series of all devices that this agent has read."""

    def __init__(self, folder: Path) -> None:
        """Raises StorageFailed."""
        self._folder = folder
        self._key = _own_key(folder / KEY)
        self._lock = threading.Lock()
        found = [self._load(path.parent) for path in sorted(folder.glob(f"*/{ABOUT}"))]
        self._series = {(each.about.device, each.about.series): each for each in found if each}

    def all(self) -> list[SeriesFiles]:
        """Every series that is known."""
        return list(self._series.values())

    def newest(self, terminal: str, serial: str) -> SeriesFiles | None:
        """The series of this device that was read last."""
        device = Series(terminal=terminal, serial=serial, series="").device
        found = [each for (name, _), each in self._series.items() if name == device and not each.restart]
        return found[-1] if found else None

    def open(self, about: Series) -> SeriesFiles:
        """The files of a series, which is the newest of its device from now on. Raises StorageFailed."""
        with self._lock:
            present = self._series.get((about.device, about.series))
            if present is None:
                folder = self._place(about)
                data_folder.write(folder / ABOUT, json.dumps(asdict(about)))
                present = SeriesFiles(folder, self._key, about)
            elif present.about != about:  # the device hangs at another terminal now
                data_folder.write(self._place(about) / ABOUT, json.dumps(asdict(about)))
                present.about = about
            for (device, series), each in self._series.items():
                each.restart = each.restart or (device == about.device and series != about.series)
            present.restart = False
            self._series[about.device, about.series] = present
            return present

    def older(self, files: SeriesFiles) -> list[SeriesFiles]:
        """The series of the same device that its terminal no longer has."""
        return [each for each in self.all() if each.restart and each.about.device == files.about.device]

    def ask_anew(self) -> None:
        """The hub may be another one than before, or the same with an older database: ask it what it has."""
        for each in self.all():
            each.have, each.refusals, each.again_at = None, 0, 0.0

    def drop_old(self) -> None:
        """Delete what the hub has had for long."""
        for each in self.all():
            each.drop_old(time.time())

    def _load(self, folder: Path) -> SeriesFiles | None:
        try:
            return SeriesFiles(folder, self._key, Series(**json.loads((folder / ABOUT).read_text())))
        except (OSError, ValueError, TypeError):
            log.warning("A folder of events is damaged; they are read from the terminal again.", folder=folder.name)
            return None

    def _place(self, about: Series) -> Path:
        """Named by a hash, because the names come from outside."""
        return self._folder / sha256(f"{about.device}\0{about.series}".encode()).hexdigest()[:32]


def _first_of(event: LoggedEvent) -> int:
    """The first position that an entry speaks of: of lost ones, that of the first that was lost."""
    return event.position - max(0, event.lost - 1)


def _own_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text())
        if len(key) == 32:
            return key
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise StorageFailed(f"Cannot read {path}.") from error
    key = AESGCM.generate_key(256)
    data_folder.write(path, key.hex())
    return key
