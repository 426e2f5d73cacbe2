"""Between the log of the virtual terminal's protocol and events. What a terminal says is checked before it is believed."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from doorsync.domain.door_events import CARD_DIGITS, CredentialUsed, DoorEvent, EventCode, LogPage, LogPosition

WALL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
SERIES = re.compile(r"[0-9a-f]{1,32}")
WORD = re.compile(r"[a-z-]{0,32}")


def page_in(said: dict[str, Any], after: LogPosition, most: int) -> LogPage:
    """The page of a log in an answer. Raises ValueError when it makes no sense, or is not what was asked for."""
    series, oldest, last = said.get("series"), said.get("oldest"), said.get("last")
    if not isinstance(series, str) or not SERIES.fullmatch(series) or not _position(oldest) or not _position(last):
        raise ValueError("log")
    entries = said.get("events")
    if not isinstance(entries, list) or len(entries) > most:
        raise ValueError("events")
    events = tuple(_event(entry) for entry in entries)
    page = LogPage(series=series, oldest=int(oldest or 0), last=int(last or 0), events=events)
    _check_order(page, after.position if after.series == series else 0)
    return page


def _check_order(page: LogPage, after: int) -> None:
    positions = [event.position for event in page.events]
    if any(other <= one for one, other in pairwise([after, *positions])) or (positions and positions[-1] > page.last):
        raise ValueError("positions")


def _event(entry: object) -> DoorEvent:
    if not isinstance(entry, dict) or not _position(entry.get("position")) or not _position(entry.get("door")):
        raise ValueError("event")
    wall, reason, key, card = (_text(entry, name) for name in ("wall", "reason", "key", "card"))
    if not WALL.fullmatch(wall) or not WORD.fullmatch(reason) or len(key) > 64:
        raise ValueError("event")
    if card and not (card.isascii() and card.isdigit() and len(card) <= CARD_DIGITS):
        raise ValueError("card")
    return DoorEvent(
        position=entry["position"],
        wall=wall,
        code=EventCode(_text(entry, "code")),
        reason=reason,
        key=key,
        used=CredentialUsed(_text(entry, "used")),
        card=card,
        door=entry["door"],
    )


def _position(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _text(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(name)
    return value
