"""The virtual terminal without its sockets: a line in, a line out, with its memory, its abilities and its faults."""

from __future__ import annotations

import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

from doorsync.drivers.virtual import abilities, lock, protocol, serial_number
from doorsync.drivers.virtual.abilities import Denied
from doorsync.drivers.virtual.faults import FaultWatch
from doorsync.drivers.virtual.memory import Memory

WRITES = ("put", "remove", "erase")
DEEDS = ("unlock", "set-clock", "open", "set-door-mode")  # and what else changes something
REMOTE = "opened-remotely"  # the word of its log
KINDS = ("user", "schedule")
MODES = ("schedule", "held-open", "locked-down")  # of a door
KEY = 16  # letters of an invented key


class Device:
    """Answers requests one after the other. `power_cut` ends the process."""

    def __init__(self, folder: Path, can: dict[str, Any], power_cut: Callable[[], None]) -> None:
        self._folder = folder
        self.watch = FaultWatch(folder)
        self.memory = Memory(folder)
        self._can = can
        self._power_cut = power_cut
        self._requests = self._writes = 0

    def answer(self, line: bytes) -> bytes:
        """Carry a request out. What is not even a request is answered with the id 0."""
        try:
            request = protocol.decode(line)
        except protocol.Garbled:
            return protocol.denied(0, "malformed")
        self._requests += 1
        every = self.watch.now().forget_every
        if every and self._requests % every == 0:
            self.memory.forget_one()
        try:
            return protocol.granted(request["id"], **self._carry_out(request))
        except Denied as error:
            return protocol.denied(request["id"], str(error))

    @property
    def is_locked(self) -> bool:
        """Whether a conversation has to begin with its secret."""
        return bool(lock.secret(self._folder))

    def unlock(self, line: bytes) -> tuple[bytes, bool]:
        """The answer to the first request of a conversation with a locked terminal, and whether it told the secret."""
        try:
            request = protocol.decode(line)
        except protocol.Garbled:
            return protocol.denied(0, "malformed"), False
        if request.get("do") == "unlock" and lock.opens(self._folder, request.get("secret")):
            return protocol.granted(request["id"]), True
        return protocol.denied(request["id"], "locked"), False

    def settle(self) -> None:
        """Flush when it is time: before the answers leave, unless it was told to flush less often."""
        if self.memory.unflushed >= max(1, self.watch.now().flush_every):
            self.memory.flush()

    def _carry_out(self, request: dict[str, Any]) -> dict[str, Any]:
        do = request.get("do")
        if do in WRITES or do in DEEDS:
            self._change(str(do), request)
            return {}
        if do in ("about", "door-mode"):
            return self._about() if do == "about" else {"mode": self.memory.door_mode(self._mode_door(request))}
        if do == "get":
            return {"entries": self._shown(_kind(request), self.memory.get(_kind(request), _keys(request)))}
        if do == "list":
            return self._page(_kind(request), request.get("after", ""))
        if do == "log":
            return self._log_page(request)
        if do == "clear-log":
            self._clear_log(request)
            return {}
        raise Denied("malformed")

    def _about(self) -> dict[str, Any]:
        clock = serial_number.clock(self._folder, self.watch.now().clock_off)
        return {"about": {**self._can, **serial_number.read(self._folder), "users": self.memory.count("user"), "clock": clock}}

    def _open(self, request: dict[str, Any]) -> None:
        """Open a door; there is none, so all that shows it is the log."""
        door = request.get("door")
        if str(door) not in self._can["remote_doors"]:
            raise Denied("no-such-door")
        wall = serial_number.clock(self._folder, self.watch.now().clock_off)
        entry = {"code": "other", "reason": REMOTE, "key": "", "used": "", "card": "", "door": door}
        self.memory.log(self._can["log_size"], wall=wall, **entry)

    def _set_door_mode(self, request: dict[str, Any]) -> None:
        mode = request.get("mode")
        if mode not in MODES:
            raise Denied("malformed")
        self.memory.set_door_mode(self._mode_door(request), mode)

    def _mode_door(self, request: dict[str, Any]) -> int:
        door = _number(request, "door")
        if str(door) not in self._can["mode_doors"]:
            raise Denied("no-such-door")
        return door

    def _change(self, do: str, request: dict[str, Any]) -> None:
        if do in WRITES:
            self._write(do, request)
        elif do == "set-clock":
            self._set_clock(request)
        elif do == "set-door-mode":
            self._set_door_mode(request)
        elif do == "open":
            self._open(request)  # and a secret that nobody asked for is taken for right

    def _set_clock(self, request: dict[str, Any]) -> None:
        try:
            serial_number.set_clock(self._folder, str(request.get("clock")))
        except ValueError as error:
            raise Denied("malformed") from error

    def _page(self, kind: str, after: object) -> dict[str, Any]:
        if not isinstance(after, str):
            raise Denied("malformed")
        if self.watch.now().endless and kind == "user":
            return {"entries": self._shown(kind, _invented(after)), "more": True}
        found = self.memory.after(kind, after, protocol.PAGE + 1)
        return {"entries": self._shown(kind, found[: protocol.PAGE]), "more": len(found) > protocol.PAGE}

    def _log_page(self, request: dict[str, Any]) -> dict[str, Any]:
        after = _number(request, "after")
        series, oldest, last = self.memory.events.state()
        events = self.memory.events.after(after if request.get("series") == series else 0, _log_entries(request))
        return {"series": series, "oldest": oldest, "last": last, "events": events}

    def _clear_log(self, request: dict[str, Any]) -> None:
        upto = _number(request, "upto")
        if request.get("series") == self.memory.events.state()[0]:
            self.memory.events.clear(upto)

    def _shown(self, kind: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if kind == "schedule":
            return entries
        seen, own = ("key", *self._can["readable"]), self.memory.own()
        shown = [{name: value for name, value in each.items() if name in seen} for each in entries]
        return [{**each, "own": True} if each["key"] in own else each for each in shown]

    def _write(self, do: str, request: dict[str, Any]) -> None:
        entry = self._checked(request) if do == "put" else {}
        lie = self.watch.now().lie
        if lie != "drop":
            if do == "put":
                self.memory.put(_kind(request), {**entry, "name": "Somebody else"} if lie == "rename" else entry)
            elif do == "remove":
                self.memory.remove(_kind(request), _key(request))
            else:
                self.memory.erase()
        self._count_write()

    def _count_write(self) -> None:
        self._writes += 1
        faults = self.watch.now()
        if faults.flush_every > 1:
            self.settle()
        if faults.power_cut_after and self._writes >= faults.power_cut_after:
            self._power_cut()

    def _checked(self, request: dict[str, Any]) -> dict[str, Any]:
        kind, entry = _kind(request), request.get("entry")
        if not isinstance(entry, dict):
            raise Denied("malformed")
        (abilities.check_user if kind == "user" else abilities.check_schedule)(entry, self._can)
        if kind == "user":
            self._check_that_nobody_else_has(entry)
        missing = kind == "user" and len(self.memory.get("schedule", entry["schedules"])) < len(entry["schedules"])
        if missing:
            raise Denied("unknown-schedule")
        if not self.memory.get(kind, [entry["key"]]) and self._is_full(kind):
            raise Denied("full")
        return entry

    def _check_that_nobody_else_has(self, entry: dict[str, Any]) -> None:
        """Some devices know a person by the card, or by the PIN alone, and so can give it to one person only."""
        cards = entry["cards"] if self._can["card_once"] else []
        if any(self.memory.holder("cards", card, entry["key"]) for card in cards):
            raise Denied("card-in-use")
        if self._can["pin_once"] and entry["pin"] and self.memory.holder("pin", entry["pin"], entry["key"]):
            raise Denied("pin-in-use")

    def _is_full(self, kind: str) -> bool:
        most = self._can["capacity" if kind == "user" else "schedules"]
        return self.watch.now().full or self.memory.count(kind) >= most


def _kind(request: dict[str, Any]) -> str:
    kind = request.get("kind")
    if kind not in KINDS:
        raise Denied("malformed")
    return str(kind)


def _key(request: dict[str, Any]) -> str:
    key = request.get("key")
    if not isinstance(key, str):
        raise Denied("malformed")
    return key


def _keys(request: dict[str, Any]) -> list[str]:
    keys = request.get("keys")
    if not isinstance(keys, list) or len(keys) > protocol.PAGE or not all(isinstance(key, str) for key in keys):
        raise Denied("malformed")
    return keys


def _number(request: dict[str, Any], name: str) -> int:
    number = request.get(name)
    if type(number) is not int or not 0 <= number < 2**63:
        raise Denied("malformed")
    return number


def _log_entries(request: dict[str, Any]) -> int:
    return min(_number(request, "most"), protocol.PAGE)


def _invented(after: str) -> list[dict[str, Any]]:
    """A page of people who are not there, whose keys follow after this one."""
    first = int(after, 16) + 1 if len(after) == KEY and after.strip(string.hexdigits) == "" else 0
    empty = {"name": "Nobody", "cards": [], "pin": "", "schedules": [], "until": ""}
    return [{"key": f"{number:0{KEY}x}", **empty} for number in range(first, first + protocol.PAGE)]
