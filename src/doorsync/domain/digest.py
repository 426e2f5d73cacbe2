"""Keyed digests of records: 16 bytes, the first 8 over the fields a terminal lets us read, the last 8 over the rest.

Keyed per company, because a bare digest of a PIN can be guessed. In two halves, because a terminal that is read whole
can only vouch for the fields that it shows: the first half is then compared, the second stays as it was accepted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import blake2b

from doorsync.domain.canonical_json import canonical_json
from doorsync.domain.capabilities import USER_FIELDS, hidden
from doorsync.domain.record import Kind, Record

HALF = 8
MARK = 2  # bytes for one field
UNKNOWN = b""  # held of a key of which nobody knows what the terminal holds; equal to no digest


def digest(key: bytes, record: Record, readable: Collection[str]) -> bytes:
    """16 bytes for this record on a terminal with these readable fields: those of `Capabilities.shown_fields`."""
    shown = {n: v for n, v in record.fields.items() if _is_shown(record.kind, n, readable)}
    rest = {n: v for n, v in record.fields.items() if n not in shown}
    return _half(key, b"shown", record, shown) + _half(key, b"hidden", record, rest)


def field_marks(key: bytes, record: Record) -> bytes:
    """Two bytes for each field of a user: enough to name the fields in which two records differ, too little to guess one."""
    return b"".join(_mark(key, record, name) for name in USER_FIELDS) if record.kind is Kind.USER else b""


def differing_fields(one: bytes, other: bytes) -> list[str]:
    """The names of the fields in which two records with these marks differ."""
    size = MARK * len(USER_FIELDS)
    if len(one) != size or len(other) != size:
        return []
    return [name for n, name in enumerate(USER_FIELDS) if one[MARK * n : MARK * (n + 1)] != other[MARK * n : MARK * (n + 1)]]


def as_read(key: bytes, record: Record, readable: Collection[str], accepted: bytes | None) -> bytes:
    """The digest of what was read back; `accepted` is the digest of what the terminal last took, for the fields it hides."""
    return vouched_digest(digest(key, record, readable), accepted)


def vouched_digest(seen: bytes, accepted: bytes | None) -> bytes:
    """The digest of what was seen, with what was accepted vouching for what was not."""
    return seen[:HALF] + accepted[HALF:] if seen and accepted else seen


def _is_shown(kind: Kind, name: str, readable: Collection[str]) -> bool:
    return name in readable if kind is Kind.USER else hidden(name) not in readable


def _mark(key: bytes, record: Record, name: str) -> bytes:
    text = canonical_json([record.key, name, record.fields.get(name)])
    return blake2b(text.encode("ascii"), digest_size=MARK, key=key, person=b"field").digest()


def _half(key: bytes, label: bytes, record: Record, fields: Mapping[str, object]) -> bytes:
    text = canonical_json([record.kind, record.key, fields])
    return blake2b(text.encode("ascii"), digest_size=HALF, key=key, person=label).digest()
