"""p_infoFields: info1 to info14, in each of the forms in which clients send an associative array."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from doorsync.hub.esws.documents import Element
from doorsync.hub.esws.elements import is_null, local_name, text_of
from doorsync.hub.esws.errors import GivenTwice, UnknownInfoField
from doorsync.hub.esws.values import STRING, Struct
from doorsync.hub.users.fields import INFO


@dataclass(frozen=True, slots=True)
class InfoFields(Struct):
    """Declared as a struct, because every client can send one; read as a struct, an Apache Map or an array of pairs alike."""

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


def _pairs(element: Element | None) -> Iterator[tuple[str, str]]:
    if element is not None and _has_text(element):  # what some clients make of an array that they cannot send
        raise UnknownInfoField
    for child in () if element is None else element:
        if not len(child):
            name, value = local_name(child), child
        elif len(child) == 2:
            key, value = _ordered(child)
            name = text_of(key)
        else:
            raise UnknownInfoField
        if not is_null(value):
            yield name.strip().lower(), text_of(value)


def _has_text(element: Element) -> bool:
    """Whether anything but space stands between or in place of the info fields."""
    return any((text or "").strip() for text in (element.text, *(child.tail for child in element)))


def _ordered(pair: Element) -> tuple[Element, Element]:
    """Key and value of an item, which most clients call so; by position where they are called otherwise."""
    first, second = pair
    return (second, first) if local_name(second).lower() in ("key", "name") else (first, second)


INFO_FIELDS = InfoFields("infoFields", dict.fromkeys(INFO, STRING))
