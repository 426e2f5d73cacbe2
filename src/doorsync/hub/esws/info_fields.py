"""p_infoFields: info1 to info14, in each of the forms in which clients send an associative array."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from doorsync.hub.esws.documents import Element
from doorsync.hub.esws.elements import is_null, local_name, text_of
from doorsync.hub.esws.errors import GivenTwice, UnknownInfoField
from doorsync.hub.esws.values import STRING, Struct
from doorsync.hub.users.fields import INFO


@dataclass(frozen=True, slots=True)
class InfoFields(Struct):
    """Declared as a struct, because every client can send one; read as one, as a Map, or as an array of these or of pairs."""

    def read(self, element: Element | None) -> dict[str, Any]:
        """The info fields that are named. Raises GivenTwice, UnknownInfoField or WrongValue."""
        found: dict[str, Any] = {}
        for name, value in _pairs(element):
            if name in found:
                raise GivenTwice
            if name in self.fields:
                found[name] = value
            elif value:
                raise UnknownInfoField
        return found


def _pairs(element: Element | None, *, within: bool = False) -> Iterator[tuple[str, str]]:
    """Name and value of each, nulls left out. `within`: of a struct or map that is itself an item of an array."""
    if element is not None and _has_text(element):  # what some clients make of an array that they cannot send
        raise UnknownInfoField
    for child in () if element is None else element:
        if not len(child) or _is_pair(child):
            key, value = _ordered(child) if len(child) else (None, child)
            if not is_null(value):
                yield (local_name(child) if key is None else text_of(key)).strip().lower(), text_of(value)
        elif within:
            raise UnknownInfoField
        else:
            yield from _of_item(list(_pairs(child, within=True)))


def _is_pair(item: Element) -> bool:
    """Whether it is a key and a value, and not a struct of two info fields."""
    return len(item) == 2 and not any(len(child) or local_name(child).lower() in INFO for child in item)


def _of_item(said: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """What an item of an array says that is a struct or a map: some info fields, or key and value of one."""
    words = dict(said)
    key = words.get("key") or words.get("name")
    if key is None:
        yield from said
    elif "value" in words:
        yield key.strip().lower(), words["value"]


def _has_text(element: Element) -> bool:
    """Whether anything but space stands between or in place of the info fields."""
    return any((text or "").strip() for text in (element.text, *(child.tail for child in element)))


def _ordered(pair: Element) -> tuple[Element, Element]:
    """Key and value of an item, which most clients call so; by position where they are called otherwise."""
    first, second = pair
    return (second, first) if local_name(second).lower() in ("key", "name") else (first, second)


INFO_FIELDS = InfoFields("infoFields", dict.fromkeys(INFO, STRING))
