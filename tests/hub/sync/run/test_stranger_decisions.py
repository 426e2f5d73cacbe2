"""Decisions about strangers: to keep them, or to release them, who then are removed as anybody else."""

from __future__ import annotations

import pytest

from doorsync.domain.record import Kind
from doorsync.hub.sync.errors import NoStranger
from doorsync.hub.sync.models import Holding, Mode, Stranger
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.run.device_identity import accept_replacement
from doorsync.hub.sync.run.stranger_decisions import keep_strangers, release_strangers
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.holdings.test_strangers import FIRE, enrol
from tests.hub.sync.run.test_device_identity import club, sync, there
from tests.hub.sync.run.test_runs import everything, names

__all__ = ["club", "there"]


@pytest.mark.requirement("I-03", mutation="release() not telling follow_up() whose key is free")
def test_released_stranger_gives_the_number_to_whoever_waits_for_it(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    enrol(there, gate, "7000")
    club.add("Newcomer", club.members, number=7000)
    sync(club, there)

    release_strangers(terminal=gate, ids=[Stranger.objects.get().pk], actor=club.actor)
    sync(club, there)

    assert names(there, gate)["7000"] == "Newcomer"
    assert not Stranger.objects.exists()


def test_released_stranger_is_removed_as_anybody_else(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    enrol(there, gate, "7000")
    sync(club, there, Mode.VERIFY)
    release_strangers(terminal=gate, ids=[Stranger.objects.get().pk], actor=club.actor)
    there.work()
    assert "7000" not in names(there, gate)
    with pytest.raises(NoStranger):
        release_strangers(terminal=gate, ids=[1], actor=club.actor)


def test_release_of_many_waits_for_the_typed_number(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    for key in range(7000, 7040):
        enrol(there, gate, str(key))
    sync(club, there, Mode.VERIFY)
    release_strangers(terminal=gate, ids=Stranger.objects.values_list("pk", flat=True), actor=club.actor)
    there.work()
    assert "7000" in names(there, gate)
    assert build_plan(club.company, everything(club)).to_confirm == 40


def test_kept_stranger_stays_decided_on(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    enrol(there, gate, "7000")
    sync(club, there, Mode.VERIFY)
    keep_strangers(terminal=gate, ids=[Stranger.objects.get().pk], actor=club.actor)
    sync(club, there, Mode.VERIFY)
    assert Stranger.objects.get().kept
    there.device(gate).memory[Kind.USER, "7000"]["name"] = "Cleaner"
    sync(club, there, Mode.VERIFY)
    assert not Stranger.objects.get().kept  # that is somebody else


def test_stranger_is_decided_on_at_their_own_terminal_only(club: Gym, there: Counterpart) -> None:
    gate, office, _ = club.terminals
    enrol(there, gate, "7000")
    sync(club, there, Mode.VERIFY)
    stranger = Stranger.objects.get()
    for decide in (keep_strangers, release_strangers):
        with pytest.raises(NoStranger):
            decide(terminal=office, ids=[stranger.pk], actor=club.actor)
    assert not Stranger.objects.get().kept
    assert not Holding.objects.filter(key="7000").exists()


@pytest.mark.requirement("I-03", mutation="release() writing down as held what another device held")
@pytest.mark.parametrize(("name", "stays"), [("Night guard", True), ("Fire brigade", False)])
def test_release_concerns_who_was_seen_and_not_whoever_has_the_number_by_now(
    club: Gym, there: Counterpart, name: str, stays: bool
) -> None:
    """Released while nobody knows what the terminal holds: another device took its place, and was not read yet."""
    gate = club.terminals[0]
    enrol(there, gate, "7000")
    sync(club, there, Mode.VERIFY)
    there.device(gate).serial = "SECOND-HAND"
    there.device(gate).memory = {(Kind.USER, "7000"): {**FIRE, "name": name, "cards": ["55"]}}
    sync(club, there)
    accept_replacement(terminal=gate, actor=club.actor)
    release_strangers(terminal=gate, ids=[Stranger.objects.get().pk], actor=club.actor)
    there.work()
    sync(club, there)
    assert ("7000" in names(there, gate)) is stays
    assert Stranger.objects.exists() is stays
