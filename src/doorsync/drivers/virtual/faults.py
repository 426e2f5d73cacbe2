"""What a virtual terminal is told to do wrong: `faults.json` in its folder, read before each request."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from doorsync.drivers.virtual import files
from doorsync.drivers.virtual.errors import VirtualTerminalError

FILE = "faults.json"
LIES = ("", "drop", "rename")
FARTHEST = 10**9  # requests, writes; seconds, some thirty years


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Nothing is wrong unless told.

    `delay` seconds before each request; `full` takes nobody new; `gone` refuses connections; `lie` answers ok and stores
    nothing (drop) or another name (rename); every `forget_every` requests a user is lost; the memory reaches the disk every
    `flush_every` writes; after `power_cut_after` writes the process ends at once, and what was not flushed is lost; its clock
    is `clock_off` seconds ahead, or behind when that is negative; an `endless` one lists people whom it has not, and never ends.
    """

    delay: float = 0.0
    full: bool = False
    gone: bool = False
    lie: str = ""
    forget_every: int = 0
    flush_every: int = 1
    power_cut_after: int = 0
    clock_off: int = 0
    endless: bool = False


class BadFault(VirtualTerminalError):
    """There is no such fault, or not with this value."""


def read(folder: Path) -> Faults:
    """The faults in this folder; none when there is no file. Raises BadFault."""
    try:
        content = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return Faults()
    except ValueError as error:
        raise BadFault(f"{FILE} is not JSON.") from error
    return checked(content if isinstance(content, dict) else {"": content})


def tell(folder: Path, **wrong: Any) -> Faults:
    """Set faults beside those that are set already; a value of its default ends one. Raises BadFault."""
    told = checked({**asdict(read(folder)), **wrong})
    files.write_json(folder / FILE, {name: value for name, value in asdict(told).items() if value != getattr(Faults(), name)})
    return told


def clear(folder: Path) -> None:
    """Nothing is wrong any more."""
    (folder / FILE).unlink(missing_ok=True)


def checked(content: dict[str, Any]) -> Faults:
    """Faults from their names and values. Raises BadFault."""
    known = {field.name: type(getattr(Faults(), field.name)) for field in fields(Faults)}
    for name, value in content.items():
        if name not in known:
            raise BadFault(f"There is no fault '{name}'; there are {', '.join(known)}.")
        if not _fits(value, known[name], signed=name == "clock_off") or (name == "lie" and value not in LIES):
            raise BadFault(f"'{name}' cannot be {value!r}.")
    return replace(Faults(), **content)


def _fits(value: object, kind: type, *, signed: bool) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 3600
    return type(value) is kind and (not isinstance(value, int) or -FARTHEST * signed <= value <= FARTHEST)


class FaultWatch:
    """The faults of a folder, read again only when the file has changed; a file that makes no sense changes nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: object = None
        self._faults = Faults()

    def now(self) -> Faults:
        """What is wrong at this moment."""
        try:
            status = (self._folder / FILE).stat()
            seen: object = (status.st_mtime_ns, status.st_ino, status.st_size)
        except FileNotFoundError:
            seen = None
        if seen != self._seen:
            self._seen = seen
            self._look()
        return self._faults

    def _look(self) -> None:
        try:
            self._faults = read(self._folder)
        except BadFault:
            return
