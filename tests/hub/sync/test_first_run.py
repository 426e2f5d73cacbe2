"""A terminal that was never heard of: what it can hold is asked first."""

from __future__ import annotations

import pytest
from django_scopes import scope, scopes_disabled

from doorsync.hub.sync.choices import Choice
from doorsync.hub.sync.following import follow
from doorsync.hub.sync.models import Holding, LineState, State
from doorsync.hub.sync.runs import press
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.checking import Write
from doorsync.hub.users.writing import write_users
from tests.factories.gym import gym
from tests.hub.sync.counterpart import Counterpart


@pytest.mark.django_db(transaction=True)
def test_first_run_with_two_cards_a_person_ends_right_after_one_press() -> None:
    """Until a terminal was heard of it is taken to hold one card a person, so everybody is refused before the press."""
    club = gym()
    there = Counterpart(club.agent)
    for device in there.devices.values():
        device.capabilities["cards_per_user"] = 2
    with scopes_disabled():
        Terminal.objects.update(limits={})
    with scope(company=club.company):
        for number in range(5):
            cards = frozenset({f"{number}1", f"{number}2"})
            fields = {"last_name": f"P{number}", "groups": frozenset({club.members.pk}), "credentials": {"card": cards}}
            write_users(company=club.company, writes=[Write(fields)], actor=club.actor)  # type: ignore[arg-type]
        assert set(Holding.objects.filter(kind=1).values_list("state", flat=True)) == {State.REFUSED}

        run = press(company=club.company, choice=Choice(groups=frozenset({club.members.pk})), confirmed=None, actor=club.actor)
        there.work()

        assert {line.state for line in follow(run.public_id).lines} == {LineState.DONE}
        assert len(there.device(club.terminals[0]).people()) == 5
        assert not Holding.objects.filter(kind=1).exclude(state=State.SAME).exists()
