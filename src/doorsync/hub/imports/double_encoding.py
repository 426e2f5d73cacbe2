"""Names in a file that were encoded twice. They are told before the file is taken, and never put right in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.domain.double_encoding import encoded_once
from doorsync.hub.imports.yaml_loader import Data, Document, SourcePlace
from doorsync.hub.users.fields import INFO

if TYPE_CHECKING:
    from doorsync.hub.imports.parsing import FilePerson

MOST = 50  # sentences
NAMES = ("first_name", "insertion", "last_name", *INFO)  # of people: what they say is no secret
SECRETS = frozenset({"code", "secret"})  # of a company and of a terminal
PEOPLE = "users"


def double_encoded_people(people: Sequence[FilePerson]) -> list[str]:
    """A sentence for each name of a person that was encoded twice, the first ones of them."""
    return _first(
        _sentence(person.place, text, once)
        for person in people
        for text in _texts_of(person)
        if not text.isascii() and (once := encoded_once(text))
    )


def double_encoded_names(document: Document) -> list[str]:
    """The same for all other names of a company file, such as those of groups and locations."""
    return _first(
        _sentence(f"{fault.file}:{fault.line}", text, once)
        for place, text in _texts(document.data, ())
        if (once := encoded_once(text)) and (fault := document.fault(place, ""))
    )


def _sentence(place: str, text: str, once: str) -> str:
    return _(
        "%(place)s: “%(text)s” was probably encoded twice, and should be “%(once)s”. It is taken as it is written: "
        "put it right in the file first."
    ) % {"place": place, "text": text, "once": once}


def _first(sentences: Iterator[str]) -> list[str]:
    told = list(sentences)
    more = len(told) - MOST
    if more > 0:
        told[MOST:] = [ngettext("%(n)s more name was encoded twice.", "%(n)s more names were encoded twice.", more) % {"n": more}]
    return told


def _texts_of(person: FilePerson) -> Iterator[str]:
    yield from (getattr(person.user, name) for name in NAMES)
    yield from person.user.groups


def _texts(data: Data, place: SourcePlace) -> Iterator[tuple[SourcePlace, str]]:
    """Each text of the file with its place, without secrets, and without people."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name not in SECRETS and (*place, name) != (PEOPLE,):
                yield from _texts(value, (*place, name))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _texts(value, (*place, number))
    elif data:
        yield place, data
