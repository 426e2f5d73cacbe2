"""Which doors an erasure waits for."""

from __future__ import annotations

from django.utils import timezone

from doorsync.hub.privacy.erasing import erase_person, finish_erasures
from doorsync.hub.privacy.models import Erasure
from doorsync.hub.privacy.queries import waiting_doors
from tests.factories.gym import Gym
from tests.hub.privacy.somebody import zephyrine
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import send


def test_the_doors_are_named_until_each_has_confirmed(club: Gym) -> None:
    there, person = Counterpart(club.agent), zephyrine(club)
    club.add("Other", club.members)
    send(club, there)
    erasure = erase_person(user=person, actor=club.actor)
    assert [each.name for each in waiting_doors([erasure])[erasure.pk]] == ["Gate", "Pool"]
    there.fault = lambda name: "gone" if name == club.terminals[0].public_id else ""
    send(club, there)
    assert [each.name for each in waiting_doors([erasure])[erasure.pk]] == ["Gate"]
    there.fault = lambda _name: ""
    send(club, there)
    finish_erasures(timezone.now())
    assert not any(waiting_doors(Erasure.objects.all()).values())
