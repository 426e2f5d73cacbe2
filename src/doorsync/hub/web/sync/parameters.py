"""What people type into the pages, and what addresses say, read strictly."""

from __future__ import annotations

from django.http import QueryDict

LONGEST = 9  # digits


def typed_count(given: QueryDict) -> int | None:
    """The number in the field that stands before a removal; None when it is empty or no number."""
    return _whole(given.get("confirmed", ""))


def page_number(given: QueryDict) -> int:
    """Which page of a list; the first when the address says nothing sensible."""
    return _whole(given.get("page", "")) or 1


def terminal_of(given: QueryDict) -> int:
    """The id of the terminal that a list is about; 0, which none has, when the address says nothing sensible."""
    return _whole(given.get("of", "")) or 0


def ids_of(given: QueryDict, name: str) -> list[int]:
    """The ids that are ticked; what is no number is left out."""
    return [number for text in given.getlist(name) if (number := _whole(text)) is not None]


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
