"""The other side of the protocol, for tests of the agent: a hub in one object, with a naive model of who should be where.

It speaks the real messages and shares nothing with the product's hub, so a mistake in one of the two shows up as a
disagreement.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from doorsync.agent.identity import Identity
from doorsync.domain.record import Kind, Value
from doorsync.messages import envelope
from doorsync.messages.door_commands import DoorAnswer, DoorCommand
from doorsync.messages.events import Events, EventsStored, LoggedEvent
from doorsync.messages.keys import KeyPairs, PublicKeys
from doorsync.messages.schemas import (
    Batch,
    ChainHead,
    Enrolled,
    Enrolment,
    Hello,
    HubRotation,
    MemoryPart,
    Order,
    Outcome,
    Receipt,
    Refused,
    Rotated,
    Rotation,
)

COMPANY, AGENT, ORIGIN = "gym", "agent-1", "http://127.0.0.1:8000"
CODE = "7K2QM-0H5XN-T9B4C-W8D3E"
PIN, CARD = "86420975", "9182736450123"
Fields = dict[str, Value]


def person(name: str, **fields: Value) -> Fields:
    return {"name": name, "cards": [CARD], "pin": PIN, "schedules": [], "until": "", **fields}


def put(key: str, name: str = "", **fields: Value) -> Order:
    return Order(do="put", key=key, fields=person(name or f"User {key}", **fields))


def remove(key: str) -> Order:
    return Order(do="remove", key=key)


@dataclass
class Terminal:
    """What the hub knows of a terminal: `held` by key is what a receipt said, None where nobody knows."""

    address: str
    make: str = "virtual"
    serial: str = ""
    seq: int = 0
    head: str = ""
    wanted: dict[str, Fields] = field(default_factory=dict)
    held: dict[str, Fields | None] = field(default_factory=dict)
    open: tuple[str, Batch] | None = None
    refusals: list[str] = field(default_factory=list)

    def orders(self) -> list[Order]:
        gone = [remove(key) for key in sorted(self.held.keys() - self.wanted.keys())]
        return gone + [Order(do="put", key=k, fields=f) for k, f in sorted(self.wanted.items()) if self.held.get(k) != f]


class Hub:
    """One company with one agent."""

    def __init__(self) -> None:
        self.keys = KeyPairs.generate()
        self.older: dict[str, KeyPairs] = {}  # fingerprint -> keys that an agent may still listen to
        self.agent_keys: PublicKeys | None = None
        self.terminals: dict[str, Terminal] = {}
        self.rotation = ""  # the last one that was taken
        self.nonce = ""
        self.count = 0
        self.receipts: list[Receipt] = []
        self.commands: list[str] = []  # sealed, that wait
        self.answers: list[DoorAnswer] = []
        self.refused_codes: list[str] = []
        self.making, self.parts = "", list[MemoryPart]()
        self.events_of: dict[tuple[str, str], dict[int, LoggedEvent]] = {}  # by serial number and series, by position
        self.refused_devices: set[str] = set()
        self.clear = False
        self.changed_answer: dict[str, Any] = {}  # what is wrong with the next answers about events

    # Making and reading messages.

    def identity(self) -> Identity:
        """What enrolment leaves at the agent."""
        keys = KeyPairs.generate()
        self.agent_keys = keys.public
        return Identity(
            company=COMPANY, agent=AGENT, name="Desk", hub_url=ORIGIN, origins=(ORIGIN,), keys=keys, hub=self.keys.public
        )

    def seal(self, message: Batch | DoorCommand) -> str:
        return envelope.seal(message, self.keys, self._agent())

    def batch(self, name: str, *orders: Order, **changed: Any) -> Batch:
        """The next batch for a terminal; `changed` makes it one that should be refused."""
        terminal = self.terminals[name]
        batch = Batch(
            company=COMPANY,
            agent=AGENT,
            terminal=name,
            make=terminal.make,
            address=terminal.address,
            serial=terminal.serial,
            nonce=self.nonce,
            seq=terminal.seq + 1,
            prev=terminal.head,
            orders=list(orders),
        )
        return batch.model_copy(update=changed)

    def command(self, name: str, **changed: Any) -> DoorCommand:
        """A command to open a door of a terminal; `changed` makes it one that should not be carried out."""
        terminal = self.terminals[name]
        command = DoorCommand(
            company=COMPANY,
            agent=AGENT,
            terminal=name,
            make=terminal.make,
            address=terminal.address,
            serial=terminal.serial,
            id=secrets.token_hex(16),
            nonce=self.nonce,
            nonce_age=15,
        )
        return command.model_copy(update=changed)

    def answer_in(self, sealed: str) -> DoorAnswer:
        return envelope.unseal(sealed, DoorAnswer, self.keys, self._agent())

    def read(self, sealed: str) -> Receipt:
        """The receipt, which moves the chain on."""
        receipt = envelope.unseal(sealed, Receipt, self.keys, self._agent())
        terminal = self.terminals[receipt.terminal]
        terminal.seq, terminal.head = receipt.seq, receipt.batch
        return receipt

    def renew(self) -> None:
        """Have fresh keys from now on."""
        self.older[self.keys.public.fingerprint()] = self.keys
        self.keys = KeyPairs.generate()

    def fresh_keys(self, older: KeyPairs, **changed: Any) -> str:
        """The message that puts the hub's keys in the place of older ones; `changed` makes it one that should not be taken."""
        said = HubRotation(company=COMPANY, agent=AGENT, keys=self.keys.public.as_dict()).model_copy(update=changed)
        return envelope.sign(said.model_copy(update={"proof": envelope.sign(said, self.keys.sign)}), older.sign)

    def code_of(self, signed: str) -> str:
        """The code in a signed refusal."""
        return envelope.verify(signed, Refused, self._agent().sign).code

    # The courier's endpoints.

    def enrol(self, enrolment: str) -> dict[str, Any]:
        message = envelope.introduced(enrolment, Enrolment)
        if message.code != CODE:
            return {"error": "unknown-code", "message": "No such code."}
        self.agent_keys = PublicKeys.load(message.keys)
        enrolled = Enrolled(company=COMPANY, agent=AGENT, name="Desk", keys=self.keys.public.as_dict(), origins=[ORIGIN])
        return {"enrolled": envelope.sign(enrolled, self.keys.sign)}

    def hello(self, hello: str, agent: str = AGENT) -> dict[str, Any]:
        message = envelope.verify(hello, Hello, self._agent().sign)
        if message.count <= self.count:
            newest = (message.count, message.nonce) == (self.count, self.nonce)
            return {"error": "replayed", **({"nonce": self.nonce} if newest else {})}
        if older := self.older.get(message.hub):
            self.count, self.nonce = message.count, message.nonce
            return {"nonce": message.nonce, "keys": self.fresh_keys(older)}
        assert message.hub == self.keys.public.fingerprint(), "the agent listens to another hub"
        self.count, self.nonce = message.count, message.nonce
        heads = {head.terminal: head for head in message.heads}
        for name, terminal in self.terminals.items():
            self._reconcile(terminal, heads.get(name, ChainHead(terminal=name)))
        return {"nonce": message.nonce}

    def next(self, nonce: str, busy: str = "", agent: str = AGENT, commands: str = "") -> dict[str, Any]:
        if nonce != self.nonce:
            return {"batches": [], "wait": 0, "hello": True, "idle": False}
        batches = []
        for name, terminal in self.terminals.items():
            if terminal.open is None and (orders := terminal.orders()):
                batch = self.batch(name, *orders)
                terminal.open = (self.seal(batch), batch)
            if terminal.open:
                batches.append({"terminal": name, "sealed": terminal.open[0]})
        given, self.commands = (self.commands, []) if commands else ([], self.commands)
        return {"batches": batches, "wait": 0.05, "hello": False, "idle": not batches, "commands": given}

    def answer(self, answer: str, agent: str = AGENT) -> dict[str, Any]:
        self.answers.append(self.answer_in(answer))
        return {"ok": True}

    def rotate(self, rotation: str, agent: str = AGENT) -> dict[str, Any]:
        """The same rotation again gets the same answer."""
        if rotation != self.rotation:
            message = envelope.verify(rotation, Rotation, self._agent().sign)
            new = PublicKeys.load(message.keys)
            assert envelope.verify(message.proof, Rotation, new.sign).keys == message.keys
            self.agent_keys, self.rotation = new, rotation
        rotated = Rotated(company=COMPANY, agent=AGENT, to=self._agent().fingerprint())
        return {"rotated": envelope.sign(rotated, self.keys.sign)}

    def receipt(self, receipt: str, agent: str = AGENT) -> dict[str, Any]:
        message = self.read(receipt)
        terminal = self.terminals[message.terminal]
        if terminal.open is None or message.batch != envelope.fingerprint(terminal.open[0]):
            return {"error": "unknown-batch"}
        for order, outcome in zip(terminal.open[1].orders, message.outcomes, strict=True):
            self._confirm(terminal, order, outcome)
        terminal.open = None
        self.receipts.append(message)
        return {"ok": True}

    def part(self, part: str, agent: str = AGENT) -> dict[str, Any]:
        """A part of a memory, in its order."""
        message = envelope.unseal(part, MemoryPart, self.keys, self._agent())
        if message.making != self.making:
            self.making, self.parts = message.making, []
        if message.part == len(self.parts) + 1:
            self.parts.append(message)
        return {"ok": True, "next": len(self.parts) + 1}

    def events(self, events: str, agent: str = AGENT) -> dict[str, Any]:
        """Events, in their order; what is lost stands for itself and those before it."""
        message = envelope.unseal(events, Events, self.keys, self._agent())
        if message.serial in self.refused_devices:
            return {"error": "unknown-device"}
        there = self.events_of.setdefault((message.serial, message.series), {})
        for event in message.events:
            have = max(there, default=0)
            if event.position > have and event.position - max(1, event.lost) <= have:
                there[event.position] = event
        stored = EventsStored(
            company=COMPANY,
            agent=AGENT,
            terminal=message.terminal,
            serial=message.serial,
            series=message.series,
            answers=envelope.fingerprint(events),
            have=max(there, default=0),
            clear=self.clear,
        )
        return {"stored": envelope.sign(stored.model_copy(update=self.changed_answer), self.keys.sign)}

    def refused(self, refused: str, agent: str = AGENT) -> dict[str, Any]:
        self.refused_codes.append(self.code_of(refused))
        self.nonce = ""
        return {"ok": True}

    def wait(self, nonce: str, agent: str = AGENT) -> dict[str, Any]:
        """A real hub answers when there is work; this one at once, and slowly enough."""
        time.sleep(0.02)
        return {"work": True}

    def _agent(self) -> PublicKeys:
        assert self.agent_keys
        return self.agent_keys

    def _reconcile(self, terminal: Terminal, head: ChainHead) -> None:
        """An open batch was accepted, or never will be."""
        if terminal.open and head.hash != envelope.fingerprint(terminal.open[0]):
            terminal.open = None
        if terminal.open is None:
            assert (head.seq, head.hash) == (terminal.seq, terminal.head), "the agent lost its chain"

    @staticmethod
    def _confirm(terminal: Terminal, order: Order, outcome: Outcome) -> None:
        if outcome.result == "untouched":
            return
        if outcome.result == "unknown":
            terminal.held[order.key] = None
        elif outcome.found is None:
            terminal.held.pop(order.key, None)
        else:
            assert (outcome.found.kind, outcome.found.key) == (Kind.USER, order.key)
            terminal.held[order.key] = outcome.found.fields
        if outcome.result == "refused":
            terminal.refusals.append(order.key)
            terminal.wanted.pop(order.key, None)
