"""The names in p_groupName: between semicolons, except in groups that have one in their own name, as older ones may."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Sequence

from doorsync.domain.text import normalized_text
from doorsync.hub.esws.refusals import CannotSave

MOST = 200  # groups, or licence plates, in one call
ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#[0-9]{1,6}|#x[0-9a-fA-F]{1,5});")  # escaped once too often by the program
OTHER_SEPARATORS = re.compile("[,|]")
NAMES = "p_groupName"
UNFILLED = "?"  # what test programs write where a value is to be put in


def split_list(text: str | None, parameter: str) -> list[str]:
    """The parts between semicolons, each once. Raises CannotSave for more than anybody has, which names this parameter."""
    return _once(_parts(text or ""), parameter)


def split_group_names(text: str | None) -> list[str]:
    """The parts of a list of groups. Raises CannotSave for too many, and for `?`."""
    parts = _parts(ENTITY.sub(lambda found: html.unescape(found[0]), text or ""))
    if parts == [UNFILLED]:
        raise CannotSave(NAMES, reasons=["It was not filled in."])
    return _once(parts, NAMES)


def joined_names(parts: Sequence[str], kept: Collection[str]) -> list[str]:
    """The names that these parts are: those that make up the name of one of the `kept` groups are put together again.

    Raises CannotSave where each of them is a group too.
    """
    names = list(parts)
    for name in (each for each in kept if ";" in each):
        within = _parts(name)
        at = _place_of(within, names)
        if len(within) < 2 or at is None:
            continue
        if set(within) <= set(kept):
            raise CannotSave(NAMES, reasons=["Groups are meant by it in two ways."])
        names = [*names[:at], name, *names[at + len(within) :]]
    return names


def has_separators(names: Iterable[str]) -> bool:
    """Whether one of these may be a list with other separators than semicolons."""
    return any(OTHER_SEPARATORS.search(name) for name in names)


def is_other_list(name: str, there: Collection[str]) -> bool:
    """Whether this is a list of groups that are `there`, in casefold, with other separators than semicolons."""
    parts = [part for each in OTHER_SEPARATORS.split(name.casefold()) if (part := each.strip())]
    return len(parts) > 1 and set(parts) <= set(there)


def _parts(text: str) -> list[str]:
    return list(filter(None, (normalized_text(part.strip()) for part in text.split(";"))))


def _once(parts: list[str], parameter: str) -> list[str]:
    found = list(dict.fromkeys(parts))
    if len(found) > MOST:
        raise CannotSave(parameter, reasons=[f"It has more than {MOST} parts."])
    return found


def _place_of(within: list[str], parts: list[str]) -> int | None:
    """Where these follow each other among the parts, whatever their case."""
    wanted, given = [each.casefold() for each in within], [each.casefold() for each in parts]
    return next((at for at in range(len(given)) if given[at : at + len(wanted)] == wanted), None)
