"""The way between hub and agent as a schedule makes it: letters are cut, held back, sent twice and overtaken; both ends die."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from unittest import mock

from doorsync.domain.record import Kind
from doorsync.hub.courier import agent_checks, agent_hello, dispatch
from doorsync.messages.errors import MessageRefused, Quarantined
from tests.hub.sync.counterpart import Counterpart, Fault

Note = Callable[..., None]
DEVICE: tuple[Fault, ...] = ("", "", "", "gone", "lost", "full", "crash", "lying")
POINTS = {"part": ("hub.part-read", "hub.part-taken"), "receipt": ("hub.receipt-read", "hub.receipt-applied")}


class Killed(BaseException):
    """The hub's process died here: nothing after this step happened, and nothing catches it."""


LetterKind = Literal["hello", "batch", "part", "receipt"]

Fields = Mapping[str, object]
Written = dict[str, tuple[Fields | None, Fields]]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message under way. `terminal` is empty for a hello; `number` tells what was sent before what."""

    kind: LetterKind
    terminal: str
    text: str
    number: int


@contextmanager
def dying(point: str) -> Iterator[None]:
    """The hub dies when it comes to this named step: what it committed before stays, and its answer never comes."""

    def die(*_: object) -> None:
        raise Killed

    with mock.patch.dict(os.environ, {"DOORSYNC_CRASH_AT": point}), mock.patch("os.kill", die):
        yield


class Wire:
    """Carries between the hub and its agent. `faulty` names the terminals whose letters and memory have faults."""

    def __init__(self, there: Counterpart, dice: random.Random, faulty: frozenset[str], note: Note) -> None:
        self.there, self.dice, self.faulty, self.note = there, dice, faulty, note
        self.kept: list[Letter] = []
        self.bad_wire = self.bad_devices = True
        self.asked: Callable[[], None] = lambda: None  # after each question: the hub may have issued batches
        self.written: Callable[[str, Written], None] = lambda *_: None  # which people a terminal wrote because of a batch
        self._numbers = 0
        self._latest: dict[tuple[str, str], int] = {}
        self._delivered: set[int] = set()
        there.fault = self._device_fault

    def round(self) -> None:
        """One question for batches, and what follows from it."""
        answer: dict[str, Any] = {"hello": False, "batches": []}
        with self._hub_may_die("hub.batch-issued", 0.12):
            answer = dispatch.next_batches(self._row(), self.there.nonce)
        self.asked()
        if answer["hello"]:
            self.send(self._letter("hello", "", self.there.hello_message()))
        letters = [self._letter("batch", each["terminal"], each["sealed"]) for each in answer["batches"]]
        answers = [self.send(letter) for letter in letters]
        self.dice.shuffle(answers)
        for answer_letters in answers:
            if self.bad_wire and self.dice.random() < 0.3:  # parts and their receipt overtake each other
                self.dice.shuffle(answer_letters)
            for each in answer_letters:
                self.send(each)

    def send(self, letter: Letter) -> list[Letter]:
        """Put a letter on the way; returns what the agent writes back."""
        fate = self._fate(letter)
        if fate == "cut":
            self.note(f"cut {letter.kind}", letter.terminal)
            return []
        if fate in ("pause", "twice"):
            self.kept.append(letter)
        return [] if fate == "pause" else self._deliver(letter)

    def send_late(self) -> None:
        """Something that was held back, or is there a second time, arrives at last."""
        if not self.kept:
            return
        letter = self.kept.pop(self.dice.randrange(len(self.kept)))
        for receipt in self._deliver(letter, late=True):
            self.send(receipt)

    def restart_agent(self) -> None:
        """It forgets its nonce, and keeps what is on its disk."""
        self.there.nonce = ""
        self.note("kill agent")

    def _deliver(self, letter: Letter, *, late: bool = False) -> list[Letter]:
        seen = self._latest.get((letter.kind, letter.terminal), 0)
        if late:
            self.note(f"{'duplicate' if letter.number in self._delivered else 'pause'} {letter.kind}", letter.terminal)
        if letter.number < seen:
            self.note(f"reorder {letter.kind}", letter.terminal)
        self._latest[letter.kind, letter.terminal] = max(seen, letter.number)
        self._delivered.add(letter.number)
        if letter.kind == "batch":
            return self._to_agent(letter)
        point = self.dice.choice(POINTS[letter.kind]) if letter.kind in POINTS else ""
        with self._hub_may_die(point, 0.2 if letter.terminal in self.faulty else 0):
            self._to_hub(letter)
        return []

    def _to_agent(self, letter: Letter) -> list[Letter]:
        memory = self.there.devices[letter.terminal].memory
        before, faults = dict(memory), self.there.happened.copy()
        receipt = self.there.take(letter.text)
        people = {place[1]: fields for place, fields in memory.items() if place[0] is Kind.USER and before.get(place) != fields}
        self.written(letter.text, {key: (before.get((Kind.USER, key)), fields) for key, fields in people.items()})
        for fault in self.there.happened - faults:
            self.note(fault, letter.terminal)
            if fault == "crash":
                self.restart_agent()
        parts = [self._letter("part", letter.terminal, part) for part in self.there.devices[letter.terminal].parts]
        return [*parts, self._letter("receipt", letter.terminal, receipt)] if receipt else []

    def _to_hub(self, letter: Letter) -> None:
        take = {"hello": agent_hello.hello, "part": dispatch.take_part, "receipt": dispatch.take_receipt}[letter.kind]
        try:
            take(self._row(), letter.text)
        except Quarantined:  # an agent of which there is only one
            raise
        except MessageRefused:
            self.note(f"refused {letter.kind}", letter.terminal)

    def _fate(self, letter: Letter) -> str:
        """Letters of terminals without faults arrive; a hello belongs to the agent."""
        if not self.bad_wire or (letter.terminal and letter.terminal not in self.faulty):
            return ""
        return self.dice.choices(("", "cut", "pause", "twice"), (5, 2, 2, 2))[0]

    def _device_fault(self, terminal: str) -> Fault:
        return self.dice.choice(DEVICE) if self.bad_devices and terminal in self.faulty else ""

    @contextmanager
    def _hub_may_die(self, point: str, odds: float) -> Iterator[None]:
        if not self.bad_wire or self.dice.random() >= odds:
            yield
            return
        try:
            with dying(point):
                yield
        except Killed:
            self.note("kill hub", point)

    def _letter(self, kind: LetterKind, terminal: str, text: str) -> Letter:
        self._numbers += 1
        return Letter(kind, terminal, text, self._numbers)

    def _row(self) -> Any:
        return agent_checks.find_agent(self.there.agent.public_id)
