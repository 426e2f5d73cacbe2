"""All that is known of a user, as one value: what forms, files and programs hand in, and how it is checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from doorsync.domain.moments import WALL

CARD_DIGITS = 20
PIN_DIGITS = 16
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """A user without number. Groups are ids; cards decimal; moments wall clock "YYYY-MM-DDTHH:MM" or empty. Shows no secret."""

    last_name: str
    first_name: str = ""
    external_id: str = ""
    starts: str = ""
    expires: str = ""
    groups: frozenset[int] = frozenset()
    cards: frozenset[str] = field(default=frozenset(), repr=False)
    pin: str = field(default="", repr=False)

    def faults(self) -> dict[str, str]:
        """Field -> what is wrong with it, in a sentence; empty when it can be kept."""
        return {name: text for name, text in _faults(self) if text}


def start_of(text: str) -> str:
    """A start as it is kept: a date alone means its first minute. Raises ValueError with a sentence."""
    return _moment(text, timedelta())


def end_of(text: str) -> str:
    """An expiry as it is kept: a date alone counts to its end. Raises ValueError with a sentence."""
    return _moment(text, timedelta(days=1))


def plain_card(text: str) -> str:
    """A card number without the zeros before it, so that equal cards are equal; anything else comes back as it is."""
    return text.lstrip("0") if text.isascii() and text.isdigit() else text


def _faults(details: Details) -> Iterator[tuple[str, str]]:
    yield "last_name", "" if details.last_name else "The last name is missing."
    for name in ("first_name", "last_name", "external_id"):
        yield name, _bad_text(getattr(details, name))
    for card in details.cards:
        yield "cards", _bad_number(card, "A card number", 1, CARD_DIGITS)
    if details.pin:
        yield "pin", _bad_number(details.pin, "A PIN", 1, PIN_DIGITS)
    if details.starts and details.expires and details.expires <= details.starts:
        yield "expires", "The expiry must come after the start."


def _bad_text(text: str) -> str:
    if len(text) > NAME_LENGTH:
        return f"At most {NAME_LENGTH} characters."
    return "" if text.isprintable() else "It has characters that cannot be printed."


def _bad_number(text: str, what: str, least: int, most: int) -> str:
    """Never repeats the number: it is a secret."""
    fits = text.isascii() and text.isdigit() and least <= len(text) <= most
    return "" if fits else f"{what} has {least} to {most} digits and nothing else."


def _moment(text: str, whole_day: timedelta) -> str:
    text = text.strip()
    if not text:
        return ""
    try:
        if len(text) == len("2026-12-31"):
            return (datetime.strptime(text, "%Y-%m-%d") + whole_day).strftime(WALL)  # noqa: DTZ007  # wall clock, by each location
        return datetime.strptime(text.replace(" ", "T", 1)[:16], WALL).strftime(WALL)  # noqa: DTZ007  # the same
    except (ValueError, OverflowError) as error:
        raise ValueError(f"'{text}' is no date. Write 2026-12-31, or 2026-12-31 18:00 with a time.") from error
