"""Random schedules of events and faults, each from a seed: a real terminal's memory, a real agent's journal, the real hub.

Only the wires are ours. What people did at the door is written down beside it; at the end each event is at the hub once.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from django.db import transaction
from django_scopes import scope

from doorsync.agent.errors import HubUnreachable, StorageFailed
from doorsync.agent.events import journal as journal_module
from doorsync.agent.events.journal import Journal
from doorsync.agent.events.reading import Reading
from doorsync.agent.events.sending import Sending
from doorsync.agent.identity import Identity
from doorsync.agent.kept_state import State
from doorsync.drivers.contract import TerminalError
from doorsync.drivers.virtual import abilities, door, files, protocol, serial_number, tampering
from doorsync.drivers.virtual.device import Device
from doorsync.drivers.virtual.driver import VirtualSession
from doorsync.hub.courier.terminal_events import store_events
from doorsync.hub.events.models import AccessEvent, DeviceLog, EventSettings
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.users.queries import credential_lookup
from doorsync.messages.errors import MessageRefused
from doorsync.messages.keys import KeyPairs
from tests.hub.events.logs import Site, site

STEPS = {"show": 10, "read": 6, "send": 6, "kill": 2, "hello": 2, "late": 2, "backup": 1, "restore": 1, "reset": 0.4, "clear": 1}
SMALL, LARGE = 12, 10_000  # entries of a log
TABLES: tuple[Any, ...] = (EventSettings, DeviceLog, AccessEvent)  # each after those that it refers to
POINTS = ("agent.events-read", "agent.events-stored", "agent.events-taken", "files.drafted")


class Killed(BaseException):
    """The agent's process died here: nothing after this step happened, and nothing catches it."""


class Violation(AssertionError):
    """An event was lost, doubled or changed."""


class Line:
    """The driver's connection, to a device in this process: it is cut before a request or after it, now and then."""

    def __init__(self, folder: Path, cut: Callable[[], bool]) -> None:
        self._folder, self._cut = folder, cut

    def ask(self, do: str, **content: Any) -> dict[str, Any]:
        device = Device(self._folder, abilities.settle(self._folder, {}), lambda: None)
        if self._cut():
            raise TerminalError("cut", permanent=False)
        with closing(device.memory):
            answer = protocol.decode(device.answer(protocol.encode({"id": 1, "do": do, **content})))
        if self._cut():
            raise TerminalError("cut", permanent=False)
        return answer

    def confused(self) -> TerminalError:
        return TerminalError("confused", permanent=False)


class Schedule:
    """One seed's schedule at one door."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.dice, self.seed, self.folder = random.Random(seed), seed, folder
        self.story: list[str] = []
        self.faults = True
        self.overflows = self.dice.random() < 0.3
        self.gate = folder / "gate"
        self.gate.mkdir(parents=True)
        abilities.settle(self.gate, {"log_size": SMALL if self.overflows else LARGE})
        serial_number.settle(self.gate, "S1")
        files.write(self.gate / "port", "1\n")
        self.here = self._site()
        self.shown: dict[tuple[str, int], str] = {}  # what happened, by series and position: a card
        self.readable_lost: set[tuple[str, int]] = set()  # written over or reset before any agent had it
        self.letters: list[str] = []
        self.backups: list[dict[Any, list[Any]]] = []
        self.cards = iter(range(1000, 10**6))
        self._start_agent()

    def run(self, steps: int) -> None:
        """So many steps, and then the end of the faults. Raises Violation with the story so far."""
        kinds = list(STEPS)
        for _ in range(steps):
            self._step(self.dice.choices(kinds, [STEPS[kind] for kind in kinds])[0])
        self.faults = False
        self._start_agent()
        for _ in range(4):
            self._step("hello")
            self._step("read")
            self._step("send")
        self._check()

    def _step(self, kind: str) -> None:
        self.story.append(kind)
        getattr(self, f"_{kind}")()

    # What people do at the door.

    def _show(self) -> None:
        for _ in range(self.dice.randrange(1, 5)):
            card = str(next(self.cards))
            door.show(self.gate, card=card)
            series, _, last = self._log()
            self.shown[series, last] = card
            self._note_lost()

    def _reset(self) -> None:
        """Somebody resets the terminal: what nobody read is gone."""
        series, oldest, last = self._log()
        tampering.empty(self.gate)
        self.readable_lost |= {(series, each) for each in range(oldest, last + 1) if not self._agent_has(series, each)}
        self._note_lost()

    def _clear(self) -> None:
        """The company wishes that terminals forget what the hub has, or no longer."""
        with scope(company=self.here.company):
            wish = self.dice.random() < 0.5
            EventSettings.objects.update_or_create(company=self.here.company, defaults={"clear_terminals": wish})

    # What the agent does.

    def _read(self) -> None:
        reading = Reading(journal=self.journal, terminal=self.here.terminal.public_id, serial="S1", enough=self._enough)
        with self._mortal():
            try:
                reading.read(VirtualSession(Line(self.gate, self._cut)))  # type: ignore[arg-type]  # asks as a connection does
            except (TerminalError, StorageFailed):
                self.story.append("(cut)")

    def _send(self) -> None:
        with self._mortal():
            try:
                Sending(hub=self, state=self.state, journal=self.journal).send_all()  # type: ignore[arg-type]  # as a port
            except HubUnreachable:
                self.story.append("(no answer)")

    def _kill(self) -> None:
        self._start_agent()

    def _hello(self) -> None:
        self.journal.ask_anew()

    # What happens to the hub.

    def _backup(self) -> None:
        with scope(company=self.here.company):
            self.backups.append({model: list(model.objects.order_by("pk")) for model in TABLES})

    def _restore(self) -> None:
        """The hub's database is an older one; the agent has to say hello, as to a hub that was started anew."""
        if not self.backups:
            return
        backup = self.dice.choice(self.backups)
        with scope(company=self.here.company), transaction.atomic():
            for model in reversed(TABLES):
                model.objects.all().delete()
            for model in TABLES:
                model.objects.bulk_create(backup[model])
        self._hello()

    def _late(self) -> None:
        """A message that was sent long ago arrives, once more or at last."""
        if self.letters:
            self._stored(self.dice.choice(self.letters))

    def ask(self, what: str, **body: str) -> tuple[int, dict[str, Any]]:
        """The way to the hub: a message is lost, comes twice or late, its answer gets lost, or the hub dies over it."""
        assert what == "events"
        self.letters = [*self.letters[-20:], body["events"]]
        if self._cut():
            raise HubUnreachable
        if self._cut():
            self._stored(self.letters[self.dice.randrange(len(self.letters))])
        answer = self._stored(body["events"], dies=self._cut())
        if self._cut():
            raise HubUnreachable
        return answer

    def _stored(self, letter: str, *, dies: bool = False) -> tuple[int, dict[str, Any]]:
        try:
            with transaction.atomic():
                stored = store_events(self.here.agent, letter)
                transaction.set_rollback(dies)  # nothing was committed
        except MessageRefused as error:
            return 409, {"error": error.code()}
        if dies:
            raise HubUnreachable
        return 200, {"stored": stored}

    # Underneath.

    def _start_agent(self) -> None:
        self.state = State(self.folder / "agent")
        self.journal = Journal(self.folder / "agent/events")

    @contextmanager
    def _mortal(self) -> Iterator[None]:
        """Inside, the agent may be killed at one of its named steps; then it is started again."""

        def die(*_: object) -> None:
            raise Killed

        point = self.dice.choice(POINTS) if self.faults and self.dice.random() < 0.2 else ""
        try:
            with mock.patch.dict(os.environ, {"DOORSYNC_CRASH_AT": point}), mock.patch("os.kill", die):
                yield
        except Killed:
            self.story.append(f"(killed at {point})")
            self._start_agent()
        self._note_lost()

    def _cut(self) -> bool:
        return self.faults and self.dice.random() < 0.08

    def _enough(self) -> bool:
        return self.faults and self.dice.random() < 0.2

    def _site(self) -> Site:
        here = site()
        keys = KeyPairs.generate()
        here.agent.keys = keys.public.as_dict()
        here.agent.save()
        identity = Identity(
            company=here.company.slug,
            agent=here.agent.public_id,
            name="Agent",
            hub_url="http://127.0.0.1:1",
            origins=(),
            keys=keys,
            hub=hub_keys().public,
        )
        identity.save(self.folder / "agent")
        return here

    def _log(self) -> tuple[str, int, int]:
        device = Device(self.gate, abilities.settle(self.gate, {}), lambda: None)
        with closing(device.memory) as memory:
            return memory.events.state()

    def _agent_has(self, series: str, position: int) -> bool:
        return any(each.about.series == series and each.last >= position for each in self.journal.all())

    def _note_lost(self) -> None:
        """What was written over before the agent had read it is lost, and that is the terminal's doing."""
        series, oldest, _ = self._log()
        gone = {key for key in self.shown if key[0] == series and key[1] < oldest and not self._agent_has(*key)}
        self.readable_lost |= gone

    def _check(self) -> None:
        with scope(company=self.here.company):
            rows = list(AccessEvent.objects.select_related("log").order_by("number"))
        told: dict[tuple[str, int], list[str]] = {}
        for row in rows:
            for position in range(row.position - max(0, row.lost - 1), row.position + 1):
                told.setdefault((row.log.series, position), []).append(row.code)
        self._demand(all(len(each) == 1 for each in told.values()), "doubled", [key for key in told if len(told[key]) > 1])
        have = {key for key, codes in told.items() if codes == ["denied"]}
        missing = self.shown.keys() - have - self.readable_lost
        self._demand(not missing, "lost", sorted(missing))
        self._demand(have <= self.shown.keys(), "made up", sorted(have - self.shown.keys()))
        for row in (row for row in rows if row.code == "denied"):
            card = credential_lookup(self.here.company, "card", self.shown[row.log.series, row.position])
            self._demand(bytes(row.card_lookup or b"") == card, "changed", (row.log.series, row.position))
        numbers = [row.number for row in rows]
        self._demand(len(set(numbers)) == len(numbers), "numbered twice", numbers)

    def _demand(self, held: object, what: str, which: object) -> None:
        if not held:
            raise Violation(f"seed {self.seed}: {what}: {which}\n{' '.join(self.story)}")


def run_schedule(folder: Path, seed: int, steps: int) -> Schedule:
    """One schedule in a folder of its own, which is gone afterwards."""
    with mock.patch.object(journal_module, "EVENTS", 7), mock.patch("doorsync.agent.events.reading.EVENTS", 5):
        schedule = Schedule(folder, seed)
        try:
            schedule.run(steps)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return schedule
