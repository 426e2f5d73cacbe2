"""Looking for texts whatever their case. SQLite itself knows small and capital letters of A to Z only; PostgreSQL knows all."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Q, Value
from django.db.models.functions import Lower

from doorsync.domain.text import normalized_text


def any_case(lookup: str, text: str) -> Q:
    """What this lookup, such as `last_name__icontains`, finds for it in small letters, in capitals, or as names are written."""
    return reduce(or_, (Q(**{lookup: each}) for each in _spellings(normalized_text(text))))


def in_small_letters(lookup: str, text: str) -> Q:
    """The same, such as `searched_name__contains`, of a column that the database itself keeps in small letters."""
    return reduce(or_, (Q(**{lookup: Lower(Value(each))}) for each in _spellings(normalized_text(text))))


def _spellings(text: str) -> set[str]:
    return {text} if text.isascii() else {text, text.lower(), text.upper(), text.title()}
