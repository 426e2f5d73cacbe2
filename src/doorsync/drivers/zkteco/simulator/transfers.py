"""Large tables in both directions: read in pieces, uploaded in packets."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from doorsync.drivers.zkteco.simulator.memory import read_row

if TYPE_CHECKING:
    from doorsync.drivers.zkteco.simulator.device import Answers, Conversation

OK, ERROR, UNKNOWN = 2000, 2001, 65535
PREPARED, DATA = 1500, 1501
USERS, TEMPLATES, LOG = (9, 5), (9, 2), (13, 0)
DIRECT = 1024  # tables up to this size come at once
LARGEST = 1 << 20


def prepare_read(talk: Conversation, body: bytes) -> Answers:
    """A whole table, or its size where it is large."""
    _, command, what, _ = struct.unpack("<bhii", body)
    memory = talk.device.memory
    if (command, what) not in (USERS, LOG, TEMPLATES):
        return [(ERROR, b"")]
    rows = memory.user_table() if what == USERS[1] else memory.log_table() if command == LOG[0] else b""
    if not rows:
        return [(DATA, b"\0\0\0\0")]
    talk.prepared = struct.pack("<I", len(rows)) + rows
    if len(talk.prepared) <= DIRECT:
        return [(DATA, talk.prepared)]
    return [(OK, struct.pack("<BIII", 0, len(talk.prepared), len(talk.prepared), 0))]


def read_piece(talk: Conversation, body: bytes) -> Answers:
    """A piece of the table: how much comes, the data in one packet or several, and a word at the end."""
    start, size = struct.unpack("<ii", body)
    piece = talk.prepared[start : start + size]
    each = talk.device.faults.packet or len(piece) or 1
    parts: Answers = [(DATA, piece[at : at + each]) for at in range(0, len(piece), each)]
    return [(PREPARED, struct.pack("<II", len(piece), each)), *parts, (OK, b"")]


def free(talk: Conversation, _: bytes) -> Answers:
    """Forget what was prepared or uploaded."""
    talk.prepared, talk.upload = b"", None
    return [(OK, b"")]


def begin_upload(talk: Conversation, body: bytes) -> Answers:
    """So many bytes will come."""
    if int.from_bytes(body[:4], "little") > LARGEST:
        return [(ERROR, b"")]
    talk.upload = bytearray()
    return [(OK, b"")]


def take_piece(talk: Conversation, body: bytes) -> Answers:
    """Some of them."""
    if talk.upload is None:
        return [(ERROR, b"")]
    talk.upload += body
    return [(OK, b"")]


def save(talk: Conversation, _: bytes) -> Answers:
    """Take what was uploaded into the memory: those that fit. One answer for all of them."""
    from doorsync.drivers.zkteco.simulator.device import keep

    if not talk.device.has_bulk:
        return [(UNKNOWN, b"")]
    sent, row = bytes(talk.upload or b""), talk.device.memory.row
    users, _, _ = struct.unpack_from("<3I", sent)
    if users % (row + 1) or len(sent) < 12 + users:
        return [(ERROR, b"")]
    rows = [sent[at + 1 : at + 1 + row] for at in range(12, 12 + users, row + 1)]
    kept = [keep(talk.device, read_row(each)) for each in rows]
    talk.upload = None
    return [(OK if all(kept) else ERROR, b"")]
