"""Rows that may name the same person as another row, or as somebody who is there. The same id is refused elsewhere."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from doorsync.domain.text import normalized_text
from doorsync.hub.imports.parsing import FilePerson

MOST = 50  # sentences
SHOWN = 4  # rows in a sentence


def repeated_people(people: Sequence[FilePerson], known: Collection[str] = ()) -> list[str]:
    """A sentence for each set of rows that look like one person, and for the rows that look like somebody who is there.

    `known` are the ids of those who are there. Nothing that the rows say is shown.
    """
    found: dict[tuple[int, ...], str] = {}
    for key, sentence in LOOKS:
        for indexes in _alike(people, key):
            found.setdefault(indexes, sentence)
    told = [_(text) % {"rows": _rows([people[index].place for index in rows])} for rows, text in list(found.items())[:MOST]]
    more = len(found) - MOST
    told += [_("%(n)s more sets of rows may name the same person.") % {"n": more}] if more > 0 else []
    return [*_like_known(people, known), *told]


def _like_known(people: Sequence[FilePerson], known: Collection[str]) -> Iterator[str]:
    there = set(map(_plain_id, known)) - {""}
    rows = [each.place for each in people if each.user.id not in known and _plain_id(each.user.id) in there]
    if rows:
        yield ngettext(
            "%(rows)s is somebody new, whose id differs from that of somebody who is there only in zeros before it, in case "
            "or in the width of its letters: is it the same person?",
            "%(rows)s are new people, whose ids differ from those of people who are there only in zeros before them, "
            "in case or in the width of their letters: are they the same people?",
            len(rows),
        ) % {"rows": _rows(rows)}


def _plain_id(text: str) -> str:
    """What is left of an id when a spreadsheet has dropped its zeros, or somebody has typed it in another way."""
    return unicodedata.normalize("NFKC", text).casefold().lstrip("0")


def _id(person: FilePerson) -> str:
    return _plain_id(person.user.id)


def _email(person: FilePerson) -> str:
    return person.user.email.strip().casefold()


def _name(person: FilePerson) -> str:
    user = person.user
    return " ".join(filter(None, map(normalized_text, (user.first_name, user.insertion, user.last_name)))).casefold()


LOOKS: tuple[tuple[Callable[[FilePerson], str], str], ...] = (
    (
        _id,
        gettext_noop(
            "%(rows)s have ids that differ only in zeros before them, in case or in the width of letters: do they name the same "
            "person?"
        ),
    ),
    (_email, gettext_noop("%(rows)s have the same e-mail address: do they name the same person?")),
    (_name, gettext_noop("%(rows)s have the same name: do they name the same person?")),
)


def _alike(people: Sequence[FilePerson], key: Callable[[FilePerson], str]) -> Iterator[tuple[int, ...]]:
    """The indexes of people with the same key, without those whose e-mail addresses tell them apart."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for index, person in enumerate(people):
        if value := key(person):
            by_key[value].append(index)
    for indexes in by_key.values():
        emails = {_email(people[index]) for index in indexes} - {""}
        if 1 < len(indexes) != len(emails):
            yield tuple(indexes)


def _rows(places: Sequence[str]) -> str:
    """As "people.csv:2", or "people.csv:2 and people.csv:5", the first few of them."""
    more = len(places) - SHOWN
    if more > 0:
        return _("%(rows)s and %(n)s more") % {"rows": ", ".join(places[:SHOWN]), "n": more}
    if len(places) == 1:
        return places[0]
    return _("%(rows)s and %(last)s") % {"rows": ", ".join(places[:-1]), "last": places[-1]}
