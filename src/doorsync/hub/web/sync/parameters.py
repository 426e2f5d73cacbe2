"""Parse the parameters of forms and addresses of the sync pages."""

from __future__ import annotations

from django.http import QueryDict

LONGEST = 9  # digits


def typed_count(given: QueryDict) -> int | None:
    """The number typed to confirm a removal; None when it is empty or not a number."""
    return _whole(given.get("confirmed", ""))


def page_number(given: QueryDict) -> int:
    """The page of a list; 1 when the parameter is missing or invalid."""
    return _whole(given.get("page", "")) or 1


def terminal_of(given: QueryDict) -> int:
    """The id of the terminal that a list is about; 0, which no terminal has, when it is missing or invalid."""
    return _whole(given.get("of", "")) or 0


def ids_of(given: QueryDict, name: str) -> list[int]:
    """The ids that are ticked; values that are not numbers are left out."""
    return [number for text in given.getlist(name) if (number := _whole(text)) is not None]


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
