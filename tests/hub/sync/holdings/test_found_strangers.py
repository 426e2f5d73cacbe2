"""Strangers as they are stored: a decision holds for whom it was made, and a key that is no number refreshes nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.found_strangers import drop_strangers, note_strangers, refresh_keys, stranger_of, strangers_at
from doorsync.hub.sync.models import Holding, HoldingState, Stranger
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import FULL_NAME_LENGTH
from tests.factories.gym import Gym, gym


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def gate(club: Gym) -> Terminal:
    return club.terminals[0]


def found(terminal: Terminal, key: str, name: str = "Cleaner", kind: Kind = Kind.USER) -> Stranger:
    return stranger_of(terminal, kind=kind, key=key, name=name, held=b"x" * 16, own=False, now=timezone.now())


def test_new_ones_are_told_once_and_a_decision_holds_while_the_name_is_the_same(gate: Terminal) -> None:
    assert note_strangers(gate, [found(gate, "7"), found(gate, "8")]) == {(Kind.USER, "7"), (Kind.USER, "8")}
    Stranger.objects.update(kept=True)
    assert note_strangers(gate, [found(gate, "7"), found(gate, "8", "Night guard")]) == set()
    assert dict(Stranger.objects.values_list("key", "kept")) == {"7": True, "8": False}


def test_a_person_and_a_schedule_under_one_key_are_two(gate: Terminal) -> None:
    note_strangers(gate, [found(gate, "7"), found(gate, "7", "Cleaning", Kind.SCHEDULE)])
    assert sorted((each.kind, each.key) for each in strangers_at(gate, {(Kind.USER, "7"), (Kind.SCHEDULE, "7")})) == sorted(
        [(Kind.USER, "7"), (Kind.SCHEDULE, "7")]
    )
    assert [each.kind for each in strangers_at(gate, {(Kind.SCHEDULE, "7")})] == [Kind.SCHEDULE]


def test_those_of_another_terminal_are_neither_found_nor_dropped(club: Gym, gate: Terminal) -> None:
    note_strangers(club.terminals[1], [found(club.terminals[1], "7")])
    assert list(strangers_at(gate, {(Kind.USER, "7")})) == []
    drop_strangers(gate, list(Stranger.objects.all()))
    assert Stranger.objects.count() == 1
    assert drop_strangers(club.terminals[1], list(Stranger.objects.all())) == {(Kind.USER, "7")}
    assert not Stranger.objects.exists()


def test_a_name_is_cut_to_what_can_be_kept(gate: Terminal) -> None:
    assert len(found(gate, "7", "x" * 1000).name) == FULL_NAME_LENGTH


def test_whose_number_a_stranger_took_is_refused_and_wanted_again_when_the_stranger_is_gone(club: Gym, gate: Terminal) -> None:
    row = Holding.objects.filter(terminal_id=gate.pk, kind=Kind.USER).order_by("key")[0]
    refresh_keys(gate, note_strangers(gate, [found(gate, row.key)]))
    row.refresh_from_db()
    assert row.state == HoldingState.REFUSED
    refresh_keys(gate, drop_strangers(gate, list(Stranger.objects.all())))
    row.refresh_from_db()
    assert row.state == HoldingState.NEW


@pytest.mark.parametrize("key", ["", "x7", "\u00b2", "9" * 30, "-1", "7.0"])
def test_a_key_that_is_no_number_of_ours_refreshes_nobody(club: Gym, gate: Terminal, key: str) -> None:
    before = list(Holding.objects.order_by("pk").values_list("pk", "wanted", "refusal"))
    refresh_keys(gate, {(Kind.USER, key)})
    assert list(Holding.objects.order_by("pk").values_list("pk", "wanted", "refusal")) == before
