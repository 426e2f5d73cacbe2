"""Rows of one file that may name the same person. The same id is refused elsewhere; here is what only looks like it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from doorsync.domain.text import normalized_text
from doorsync.hub.imports.parsing import FilePerson

MOST = 50  # sentences
SHOWN = 4  # rows in a sentence


def repeated_people(people: Sequence[FilePerson]) -> list[str]:
    """A sentence for each set of rows with equal names, e-mail addresses, or ids but for their case. It shows none of these."""
    found: dict[tuple[int, ...], str] = {}
    for key, sentence in LOOKS:
        for indexes in _alike(people, key):
            found.setdefault(indexes, sentence)
    told = [_(text) % {"rows": _rows([people[index].place for index in rows])} for rows, text in list(found.items())[:MOST]]
    more = len(found) - MOST
    return [*told, _("%(n)s more sets of rows may name the same person.") % {"n": more}] if more > 0 else told


def _id(person: FilePerson) -> str:
    return person.user.id


def _email(person: FilePerson) -> str:
    return person.user.email.strip()


def _name(person: FilePerson) -> str:
    user = person.user
    return " ".join(filter(None, map(normalized_text, (user.first_name, user.insertion, user.last_name))))


LOOKS: tuple[tuple[Callable[[FilePerson], str], str], ...] = (
    (_id, gettext_noop("%(rows)s have ids that differ in case only: do they name the same person?")),
    (_email, gettext_noop("%(rows)s have the same e-mail address: do they name the same person?")),
    (_name, gettext_noop("%(rows)s have the same name: do they name the same person?")),
)


def _alike(people: Sequence[FilePerson], key: Callable[[FilePerson], str]) -> Iterator[tuple[int, ...]]:
    """The indexes of people with the same key, without those whose e-mail addresses tell them apart."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for index, person in enumerate(people):
        if value := key(person).casefold():
            by_key[value].append(index)
    for indexes in by_key.values():
        emails = {_email(people[index]).casefold() for index in indexes} - {""}
        if 1 < len(indexes) != len(emails):
            yield tuple(indexes)


def _rows(places: Sequence[str]) -> str:
    """As "people.csv:2 and people.csv:5", the first few of them."""
    more = len(places) - SHOWN
    if more > 0:
        return _("%(rows)s and %(n)s more") % {"rows": ", ".join(places[:SHOWN]), "n": more}
    return _("%(rows)s and %(last)s") % {"rows": ", ".join(places[:-1]), "last": places[-1]}
