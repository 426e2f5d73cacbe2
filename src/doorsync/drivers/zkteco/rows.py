"""Rows of a terminal's tables: users of both sizes, time zones, the access log, its counts. Bytes to values and back; pure."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from doorsync.drivers.zkteco.protocol import Garbled, decode_clock

LARGE = struct.Struct(
    "<HB8s24sIB4H24s"
)  # colour screens: slot, privilege, PIN, name, card, group, own zones?, three zones, user id
SMALL = struct.Struct("<HB5s8sIxBhI")  # black and white: slot, privilege, PIN, name, card, group, zone, user id
ZONE = struct.Struct("<28B")
LOG_PREFIX = b"\xff255\x00\x00\x00\x00\x00"  # some firmware begins its log with it
COUNTS = struct.Struct("<20I")
OWN_ZONES = 1
PRIVILEGE = 0b1110  # 0 in people, something in the terminal's own administrators; the lowest bit says that they are disabled
Days = tuple[tuple[int, int, int, int], ...]  # seven, Sunday first: hour and minute of the start, hour and minute of the end
UPLOAD_USER = b"\x02"  # what stands before each user in an upload


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A row of the user table. `slot` is the terminal's own number for it, `user_id` the number that people type."""

    slot: int
    user_id: str
    name: bytes = b""
    pin: str = field(default="", repr=False)
    card: int = field(default=0, repr=False)
    privilege: int = 0
    group: int = 1
    zones: tuple[int, ...] = ()

    @property
    def administers(self) -> bool:
        """Whether this is one of the terminal's own administrators."""
        return bool(self.privilege & PRIVILEGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much a terminal holds and can hold."""

    users: int
    administrators: int
    templates: int
    log: int
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """Somebody was recognised. `slot` is 0 and `user_id` "" where the row has none.

    `how`, as far as it is published: 1 finger, 0 or 3 PIN, 2 or 4 card, 15 face.
    """

    wall: datetime
    slot: int = 0
    user_id: str = ""
    how: int = 0
    state: int = 0


def pack_user(user: User, size: int) -> bytes:
    """A row of 72 or 28 bytes. What does not fit is a struct.error or ValueError: the caller has checked it."""
    if size == SMALL.size:
        return SMALL.pack(
            user.slot, user.privilege, user.pin.encode("ascii"), user.name, user.card, user.group, 0, int(user.user_id)
        )
    zones = (*user.zones, 0, 0, 0)[:3]
    texts = (user.pin.encode("ascii"), user.name, user.user_id.encode("ascii"))
    own = OWN_ZONES if user.zones else 0
    return LARGE.pack(user.slot, user.privilege, *texts[:2], user.card, user.group, own, *zones, texts[2])


def unpack_user(row: bytes) -> User:
    """The user in a row of 72 or 28 bytes; letters that are none become U+FFFD."""
    zones: Sequence[int] = ()
    if len(row) == SMALL.size:
        slot, privilege, pin, name, card, group, _, number = SMALL.unpack(row)
        user_id = str(number)
    else:
        slot, privilege, pin, name, card, group, own, *all_zones, text = LARGE.unpack(row)
        user_id, zones = _text(text), all_zones if own == OWN_ZONES else ()
    return User(
        slot=slot,
        user_id=user_id,
        name=_cut(name),
        pin=_text(pin),
        card=card,
        privilege=privilege,
        group=group,
        zones=tuple(zone for zone in zones if zone),
    )


def table(sent: bytes) -> bytes:
    """The rows of a table that came whole, without the size that stands before them. Raises Garbled."""
    if len(sent) < 4:
        return b""
    (size,) = struct.unpack_from("<I", sent)
    if size != len(sent) - 4:
        raise Garbled("table")
    return sent[4:]


def user_size(rows: int, count: int, usual: int) -> int:
    """How long a row is in a table of so many bytes and users. `usual` where nothing tells. Raises Garbled."""
    for size in (LARGE.size, SMALL.size):
        if rows and rows == count * size:
            return size
    if rows % usual:
        raise Garbled("rows")
    return usual


def upload(users: Sequence[User], size: int) -> bytes:
    """What a terminal takes in one upload: users, and no templates."""
    rows = b"".join(UPLOAD_USER + pack_user(user, size) for user in users)
    return struct.pack("<3I", len(rows), 0, 0) + rows


def counts(data: bytes) -> Counts:
    """The answer to Command.COUNTS. Raises Garbled."""
    if len(data) < COUNTS.size:
        raise Garbled("counts")
    words = COUNTS.unpack_from(data)
    return Counts(users=words[4], administrators=words[12], templates=words[6], log=words[8], capacity=words[15])


def pack_zone(number: int, days: Days) -> bytes:
    """What Command.WRITE_ZONE takes: the number in 4 bytes, and the days."""
    return struct.pack("<I", number) + ZONE.pack(*(part for day in days for part in day))


def unpack_zone(data: bytes) -> Days:
    """The days in the answer to Command.READ_ZONE: the number in 2 bytes, the days, and 2 bytes more. Raises Garbled."""
    if len(data) < ZONE.size + 2:
        raise Garbled("zone")
    parts = ZONE.unpack_from(data, 2)
    return tuple((parts[n], parts[n + 1], parts[n + 2], parts[n + 3]) for n in range(0, ZONE.size, 4))


def log_layout(size: int, count: int) -> tuple[int, int]:
    """How many bytes stand before the rows of a log of so many bytes and rows, and how long a row is. Raises Garbled."""
    for lead in (0, len(LOG_PREFIX)):
        for row in LOG_READERS:
            if size == lead + count * row:
                return lead, row
    raise Garbled("log")


def log_rows(data: bytes, row: int) -> Iterator[LogRow]:
    """Rows of the access log, oldest first."""
    for start in range(0, len(data), row):
        yield LOG_READERS[row](data[start : start + row])


def _log_40(row: bytes) -> LogRow:
    slot, user_id, how, clock, state = struct.unpack("<H24sBIB8x", row)
    return LogRow(wall=_wall(clock), slot=slot, user_id=_text(user_id), how=how, state=state)


def _log_16(row: bytes) -> LogRow:
    user_id, clock, how, state = struct.unpack("<IIBB6x", row)
    return LogRow(wall=_wall(clock), user_id=str(user_id), how=how, state=state)


def _log_8(row: bytes) -> LogRow:
    slot, how, clock, state = struct.unpack("<HBIB", row)
    return LogRow(wall=_wall(clock), slot=slot, how=how, state=state)


LOG_READERS: dict[int, Callable[[bytes], LogRow]] = {40: _log_40, 16: _log_16, 8: _log_8}


def _wall(clock: int) -> datetime:
    """A clock that shows no possible time stands at its beginning."""
    try:
        return decode_clock(clock)
    except ValueError:
        return decode_clock(0)


def _cut(text: bytes) -> bytes:
    return text.split(b"\0", 1)[0]


def _text(text: bytes) -> str:
    return _cut(text).decode("ascii", errors="replace")
