"""How large messages and what they carry may be. Part of the protocol: docs/reference/messages.md has the same numbers.

They fit into each other: a record into a batch, a batch's orders and what was read back of them into a message, and a
message, signed and sealed, into what is read from a wire. So whoever keeps to the smaller limits never meets the larger.
"""

from __future__ import annotations

from pydantic import BaseModel

LIMIT = 2 * 1024 * 1024  # letters of a message on the wire
PAYLOAD = 1024 * 1024  # bytes of JSON in a message: signed and sealed they are 16/9 as many, and a little
RECORD = 32 * 1024  # bytes of JSON of one order, or of one entry of a terminal's memory
ORDERS = 512 * 1024  # bytes of JSON of all orders of a batch together
PART = 512 * 1024  # bytes of JSON of the entries in one part of a memory
PARTS = 10_000  # of one memory
OUTCOMES = 800 * 1024  # bytes of JSON of the outcomes of a batch: as much as its orders, and a message for each
STATEMENTS = 160 * 1024  # letters of all that is signed about removals in one receipt: some 200 people
HEADS = 4000  # terminals of one agent
MAKES, NEARBY = 100, 50  # in one hello: makes that the agent drives, terminals that it found
ANSWER = 2 * LIMIT  # bytes of an answer of the hub: two messages at most


def size_of(content: BaseModel) -> int:
    """Bytes of JSON."""
    return len(content.model_dump_json().encode())
