"""Compare whoever a terminal in use holds with the people who should be in it: who is who. Writes nothing.

A stranger and a person belong together by a card, by number and name, or by a name that nobody else there has. What fits
more than one person, or by the number alone, is doubtful: an administrator says who it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Q
from django.utils import timezone

from doorsync.domain.allowance import card_mark, credential_marks
from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.access_graph import load_access_graph
from doorsync.hub.sync.holdings.places import PLACED
from doorsync.hub.sync.holdings.rendering import Wanted, load_facts, render_user
from doorsync.hub.sync.holdings.wanted_refresh import chunks, digest_key
from doorsync.hub.sync.models import Holding, Stranger
from doorsync.hub.terminals.models import Terminal

CHUNK = 500


class Sign(StrEnum):
    """By what somebody is recognised."""

    CARD = "card"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be the stranger: their number as a key, their name, and the signs that say so."""

    key: str
    name: str
    signs: frozenset[Sign]

    @property
    def sure(self) -> bool:
        """Whether the signs are enough although somebody else has the same name."""
        return Sign.CARD in self.signs or {Sign.NUMBER, Sign.NAME} <= self.signs


@dataclass(frozen=True, slots=True)
class Match:
    """A stranger who is this person. `in_place`: they stay where they are, with what was enrolled for them at the terminal."""

    stranger: Stranger
    person: Candidate
    in_place: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """A stranger who may be any of these people, or none of them."""

    stranger: Stranger
    people: tuple[Candidate, ...]


@dataclass(slots=True)
class Comparison:
    """The people of a terminal and of the hub beside each other. `only_here`: names of those who are not there yet."""

    matched: list[Match] = field(default_factory=list)
    doubtful: list[Doubt] = field(default_factory=list)
    only_there: list[Stranger] = field(default_factory=list)
    only_here: list[str] = field(default_factory=list)
    schedules: list[Stranger] = field(default_factory=list)

    def pairs(self) -> set[tuple[int, str]]:
        """All that may be taken over: the id of a stranger, and the key of the person who they are or may be."""
        found = {(each.stranger.pk, each.person.key) for each in self.matched}
        return found | {(each.stranger.pk, person.key) for each in self.doubtful for person in each.people}


def compare(terminal: Terminal) -> Comparison:
    """Compare this terminal as it was last read. Its own administrators are left out."""
    found = list(Stranger.objects.filter(terminal=terminal, own=False).order_by("name", "key"))
    strangers = [each for each in found if each.kind == Kind.USER]
    people = {each.key: each for each in _expected(terminal)}
    search = _Search(terminal, people.values())
    candidates = {each.pk: search.candidates(each) for each in strangers}
    chosen = {pk: _only(some) for pk, some in candidates.items()}
    claims = Counter(each.key for each in chosen.values() if each)
    result = Comparison(schedules=[each for each in found if each.kind == Kind.SCHEDULE])
    for each in strangers:
        person = chosen[each.pk]
        if person and claims[person.key] == 1:
            result.matched.append(Match(each, person, takes_over_in_place(terminal, each, person.key)))
        elif candidates[each.pk]:
            result.doubtful.append(Doubt(each, candidates[each.pk]))
        else:
            result.only_there.append(each)
    taken = {key for _, key in result.pairs()}
    result.only_here = sorted(each.label for key, each in people.items() if key not in taken)
    return result


def takes_over_in_place(terminal: Terminal, stranger: Stranger, key: str) -> bool:
    """Whether the person with this key can be held where the stranger is; else they are moved to their own number."""
    return terminal.capabilities.key_form in PLACED or stranger.key == key


def _expected(terminal: Terminal) -> Iterator[Wanted]:
    """What should be held of the people who should be in this terminal, and of whom nothing is known there."""
    here = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, held=None, user_id__isnull=False)
    users = here.filter(Q(wanted__isnull=False) | ~Q(refusal="")).order_by("user_id").values_list("user_id", flat=True)
    structure, key, now = load_access_graph().only(terminal.pk), digest_key(terminal.company), timezone.now()
    for some in chunks([user for user in users if user], CHUNK):
        for facts in load_facts(terminal.company, some):
            yield from (each for each in render_user(facts, structure, key, now) if each.record)


def _only(candidates: tuple[Candidate, ...]) -> Candidate | None:
    """The one whom the signs tell apart from all others."""
    sure = [each for each in candidates if each.sure]
    named = [each for each in candidates if Sign.NAME in each.signs]
    one = sure or (named if len(candidates) == 1 else [])
    return one[0] if len(one) == 1 else None


class _Search:
    """The people of a company by what a terminal may show of them."""

    def __init__(self, terminal: Terminal, people: Iterable[Wanted]) -> None:
        key = digest_key(terminal.company)
        self._numbered = terminal.capabilities.key_form not in PLACED
        self._names = {each.key: each.label for each in people}
        self._by_card: dict[str, list[str]] = defaultdict(list)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for each in people:
            fields = each.record.fields if each.record else {}
            cards = fields.get("cards")
            for card in cards if isinstance(cards, list) else []:
                self._by_card[card_mark(key, str(card))].append(each.key)
            for name in {each.label.casefold(), str(fields.get("name") or each.label).casefold()}:
                self._by_name[name].append(each.key)

    def candidates(self, stranger: Stranger) -> tuple[Candidate, ...]:
        """Whoever this stranger may be, the surest first."""
        signs: dict[str, set[Sign]] = defaultdict(set)
        for mark in credential_marks(stranger.allowance):
            for key in self._by_card.get(mark, ()):
                signs[key].add(Sign.CARD)
        for key in self._by_name.get(stranger.name.casefold(), ()) if stranger.name else ():
            signs[key].add(Sign.NAME)
        same_number = self._numbered and stranger.key in self._names
        if same_number and (stranger.key in signs or not stranger.name):  # another name under the number is somebody else
            signs[stranger.key].add(Sign.NUMBER)
        found = [Candidate(key, self._names[key], frozenset(some)) for key, some in signs.items()]
        return tuple(sorted(found, key=lambda each: (not each.sure, -len(each.signs), each.name, each.key)))
