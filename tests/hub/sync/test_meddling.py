"""Random schedules of what people do to terminals behind the hub's back: nothing false is said, and nobody is lost.

Terminals are swapped, emptied and replaced, and people enrolled at them, one such thing between two presses. What should be in
which device is known from the naive model; who was enrolled locally is remembered by device.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.terminal_status import Condition, terminal_statuses
from doorsync.hub.sync.models import Mode
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.device_identity import accept_replacement
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.sync.run.scheduler import apply_due_changes
from doorsync.hub.terminals.errors import DeviceElsewhere
from doorsync.hub.terminals.models import Terminal
from tests.hub.sync.changes import Club, two_doors
from tests.hub.sync.truth import Memory

START = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
MEDDLING = ("swap", "empty", "replace", "enrol", "enrol", "enrol_own", "nothing")
SEEDS, STEPS = 6, 8


class Meddling:
    """One seed's schedule. `home` is the device that is meant at each terminal, `local` who was enrolled at each device."""

    def __init__(self, club: Club, seed: int) -> None:
        self.club, self.dice = club, random.Random(seed)
        self.terminals = {terminal.public_id: terminal for terminal in club.gym.terminals}
        self.home = {name: club.there.devices[name].serial for name in self.terminals}
        self.local: dict[str, Memory] = {serial: {} for serial in self.home.values()}
        self.story: list[str] = []

    def run(self) -> None:
        with time_machine.travel(START, tick=False) as clock, scope(company=self.club.gym.company):
            self._press()
            for _ in range(STEPS):
                clock.shift(timedelta(seconds=90))
                apply_due_changes()
                if self.dice.random() < 0.5:
                    self.story.append(self.club.change(self.dice))
                meddling = self.dice.choice(MEDDLING)
                name = self.dice.choice(sorted(self.terminals))
                self.story.append(f"{meddling} {name}")
                getattr(self, f"_{meddling}")(name)
                self._press()
                self._decide()
                self._press()

    def _swap(self, _: str) -> None:
        self.club.there.swap(*self.terminals.values())

    def _empty(self, name: str) -> None:
        device = self.club.there.devices[name]
        device.memory, device.own, self.local[device.serial] = {}, set(), {}

    def _replace(self, name: str) -> None:
        self._empty(name)
        device = self.club.there.devices[name]
        device.serial = f"NEW-{self.dice.randrange(10**9)}"
        self.local[device.serial] = {}
        for _ in range(self.dice.randrange(3)):  # a second-hand one
            self._enrol(name)

    def _enrol(self, name: str) -> None:
        """Under the number that the hub gives next, one that somebody has who is not held there, or a high one."""
        device = self.club.there.devices[name]
        keys = [str(self.club.last + 1), str(9000 + self.dice.randrange(1000)), *self.club.truth.people]
        free = [key for key in keys if (Kind.USER, key) not in device.memory]
        fields: dict[str, object] = {"name": f"Local {self.dice.randrange(10**6)}", "schedules": []}
        place = Kind.USER, self.dice.choice(free)
        device.memory[place] = self.local[device.serial][place] = fields

    def _enrol_own(self, name: str) -> None:
        self._enrol(name)
        device = self.club.there.devices[name]
        device.own.add(list(self.local[device.serial])[-1])

    def _nothing(self, name: str) -> None:
        """Only the hub's own changes."""

    def _decide(self) -> None:
        """At times somebody says of another device that it is there for good."""
        for name, terminal in self.terminals.items():
            other = Terminal.objects.get(pk=terminal.pk)
            if other.other_at is None or self.dice.random() < 0.5:
                continue
            try:
                accept_replacement(terminal=other, actor=self.club.gym.actor)
            except DeviceElsewhere:
                continue
            for elsewhere in [each for each, serial in self.home.items() if serial == other.other_serial]:
                self.home[elsewhere] = self.club.there.devices[elsewhere].serial
            self.home[name] = other.other_serial
            self.story.append(f"accept {name}")

    def _press(self) -> None:
        choice = Selection(
            terminals=frozenset(terminal.pk for terminal in self.terminals.values()),
            mode=self.dice.choices((Mode.CHANGES, Mode.VERIFY), (4, 1))[0],
        )
        before = {device.serial: dict(device.memory) for device in self.club.there.devices.values()}
        planned = build_plan(self.club.gym.company, choice)
        start_run(company=self.club.gym.company, choice=choice, confirmed=planned.to_confirm or None, actor=self.club.gym.actor)
        self.club.there.work()
        self._look(before)

    def _look(self, before: dict[str, Memory]) -> None:
        found = terminal_statuses(Terminal.objects.select_related("agent").filter(company=self.club.gym.company))
        for name, terminal in self.terminals.items():
            device, told = self.club.there.devices[name], found[terminal.pk].condition
            local = self.local[device.serial]
            for place, fields in local.items():
                assert device.memory.get(place) == fields, f"{place} was enrolled at {name}, and is gone or changed"
            if device.serial != self.home[name]:
                assert device.memory == before[device.serial], f"something was written to another device at {name}"
                assert told is not Condition.UP_TO_DATE, f"{name} is another device"
            if told is Condition.UP_TO_DATE:
                ours = {place: fields for place, fields in device.memory.items() if place not in local}
                wrong = list(self.club.truth.differences(name, ours, datetime.now(UTC)))
                assert not wrong, f"false: {name} is up to date, but {wrong}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("I-01", mutation="recognise() taking any device")
@pytest.mark.requirement("I-02", mutation="evidence._count() returning None where fewer are there")
@pytest.mark.requirement("I-03", mutation="Order.new always false")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_is_done_to_terminals_nothing_false_is_said_and_nobody_local_is_lost(seed: int) -> None:
    schedule = Meddling(two_doors(), seed)
    try:
        schedule.run()
    except AssertionError as error:
        raise AssertionError("\n".join([f"seed {seed}: {error}", *schedule.story])) from error
