"""Random schedules of changes and faults: nothing is ever called right that is not, and after the faults all is right."""

from __future__ import annotations

import os
import random

import pytest
from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.digest import digest
from doorsync.domain.record import Kind, Record
from doorsync.hub.sync.choices import Choice
from doorsync.hub.sync.errors import SyncError
from doorsync.hub.sync.holdings import digest_key
from doorsync.hub.sync.models import Batch, Holding, Line, Run, State
from doorsync.hub.sync.plans import plan
from doorsync.hub.sync.runs import press
from doorsync.hub.users.models import User
from doorsync.messages.errors import MessageRefused
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart, Fault

SEEDS = int(os.environ.get("DOORSYNC_TEST_SEEDS", "25"))
FAULTS: list[Fault] = ["", "", "", "gone", "lost", "full", "crash", "mute", "never-came", "lying"]


def everything(club: Gym) -> Choice:
    return Choice(locations=frozenset(location.pk for location in club.locations))


def change_something(club: Gym, dice: random.Random) -> None:
    users = list(User.objects.all())
    user = dice.choice(users)
    match dice.randrange(5):
        case 0:
            club.add(f"Added {dice.random()}", club.members)
        case 1 if len(users) > 3:
            club.remove(user)
        case 2:
            club.rename(user, f"Renamed {dice.random()}")
        case 3:
            with transaction.atomic():
                if not user.memberships.filter(group=club.staff).delete()[0]:
                    user.memberships.create(company=club.company, group=club.staff)
                club.tell(user)
        case _:
            with transaction.atomic():
                right = club.members.rights.first()
                if right and dice.random() < 0.5:
                    right.delete()
                elif right is None:
                    club.members.rights.create(company=club.company, zone=club.zones[0], schedule=club.always)
                club.tell()


def sync(club: Gym, there: Counterpart, rounds: int) -> None:
    choice = everything(club)
    try:
        press(company=club.company, choice=choice, confirmed=plan(club.company, choice).to_confirm or None, actor=club.actor)
    except SyncError:
        return
    Line.objects.update(retry_at=None)
    try:
        there.work(rounds)
    except MessageRefused:
        there.hello()


def assert_nothing_false(club: Gym, there: Counterpart) -> None:
    """Where the hub says "the same" and no batch is under way, the terminal holds just that."""
    busy = set(Batch.objects.filter(status=Batch.OPEN).values_list("terminal_id", flat=True))
    key = digest_key(club.company)
    for terminal in club.terminals:
        if terminal.pk in busy:
            continue
        memory = there.device(terminal).memory
        for row in Holding.objects.filter(terminal_id=terminal.pk, state=State.SAME):
            fields = memory.get((Kind(row.kind), row.key))
            assert fields is not None, f"{row.label} is said to be in {terminal}, and is not"
            record = Record(kind=Kind(row.kind), key=row.key, fields=fields)  # type: ignore[arg-type]
            assert digest(key, record, terminal.capabilities.readable) == bytes(row.wanted or b""), row.label
        known = set(Holding.objects.filter(terminal_id=terminal.pk).values_list("kind", "key"))
        assert {(int(kind), number) for kind, number in memory} <= known, "somebody is in the terminal whom nobody will remove"


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("R-02", mutation="_fork() not forgetting what is held; or an unknown outcome leaving held as it was")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_faults_never_leave_anything_false_and_all_converges(seed: int) -> None:
    dice = random.Random(seed)
    club = gym([f"Person {number}" for number in range(8)])
    with scope(company=club.company):
        there = Counterpart(club.agent)
        for _ in range(12):
            for _ in range(dice.randrange(4)):
                change_something(club, dice)
            there.fault = lambda _: dice.choice(FAULTS)
            if dice.random() < 0.3:
                there.nonce = ""  # the agent was restarted
            if dice.random() < 0.1:
                there.lose_state()
            sync(club, there, rounds=dice.randrange(1, 5))
            assert_nothing_false(club, there)

        there.fault = lambda _: ""
        Run.objects.all().update(closed_at=timezone.now(), open_key=None)
        Line.objects.filter(state__in=["waiting", "syncing"]).update(state="not-reached")
        for _ in range(3):
            there.hello()
            sync(club, there, rounds=60)

        assert_nothing_false(club, there)
        for terminal in club.terminals:
            held = {number: str(fields["name"]) for number, fields in there.device(terminal).people().items()}
            assert held == club.should_hold(terminal), f"seed {seed}: {terminal}"
        assert not Holding.objects.exclude(state=State.SAME).exists()
