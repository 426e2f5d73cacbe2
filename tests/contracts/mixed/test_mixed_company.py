"""One company, one agent, a terminal of every make: after some days of random changes and faults every memory is right."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from doorsync.hub.sync.models import Mode
from tests.contracts.drivers.benches import BENCHES, Bench
from tests.contracts.mixed.company import MixedCompany, mixed_company

DAYS, PEOPLE = (int(each) for each in os.environ.get("DOORSYNC_TEST_WEEK", "2 40").split())  # a whole week: "7 300"
SEED, STAFF = 20261127, max(4, PEOPLE // 15)


@pytest.fixture
def benches(tmp_path: Path) -> Iterator[dict[str, Bench]]:
    with ExitStack() as open_benches:
        found = {}
        for make, bench in BENCHES.items():
            (tmp_path / make).mkdir()
            found[make] = open_benches.enter_context(bench(tmp_path / make, capacity=PEOPLE * 2))  # type: ignore[call-arg]
        yield found


@pytest.fixture
def mixed(tmp_path: Path, benches: dict[str, Bench]) -> Iterator[MixedCompany]:
    (tmp_path / "agent").mkdir()
    # From now on, and only ahead: gRPC adds the time that a call may take to this clock, and counts it by the machine's own.
    with (
        time_machine.travel(datetime.now(UTC), tick=True) as clock,
        mixed_company(tmp_path / "agent", benches, clock.shift) as company,
    ):
        yield company


def settle(mixed: MixedCompany, mode: Mode = Mode.CHANGES) -> None:
    mixed.press(mode)
    mixed.work()


def spend_a_day(mixed: MixedCompany, dice: random.Random) -> None:
    """Some come, some leave, some get another card or PIN; one terminal is silent for a while, at another somebody meddles."""
    silent, meddled = dice.sample(sorted(mixed.benches), 2)
    # What gRPC waits for at a silent gateway grows with the clock that was put ahead: that one is gone instead.
    mixed.benches[silent].vanish() if silent == "suprema" else mixed.benches[silent].fall_silent()
    for number in dice.sample(sorted(mixed.people), 6):
        dice.choice((mixed.leave, mixed.new_card, mixed.new_pin))(number)
    for _ in range(3):
        mixed.join(staff=dice.random() < 0.1)
    mixed.press()
    mixed.work(rounds=3)
    mixed.benches[silent].recover()
    settle(mixed)
    mixed.meddle(meddled, dice)
    settle(mixed, Mode.VERIFY)


@pytest.mark.django_db(transaction=True)
@pytest.mark.longest(300 * DAYS * max(1, PEOPLE // 40))
@pytest.mark.requirement("R-03", mutation="`Places.key_of` answering the place itself")
def test_every_memory_is_right_after_days_of_changes_and_faults(mixed: MixedCompany) -> None:
    dice = random.Random(SEED)
    for index in range(PEOPLE):
        mixed.join(staff=index < STAFF)
    settle(mixed)
    assert mixed.differences() == {}
    for _ in range(DAYS):
        spend_a_day(mixed, dice)
        assert mixed.differences() == {}
