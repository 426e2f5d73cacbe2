"""The other side of the protocol, for tests of the hub: an agent with one terminal's memory in a dictionary.

It speaks the real messages and follows the documented agent semantics, with faults that a test chooses. It shares nothing
with the product's agent, so a mistake in one of them shows up as a disagreement between the two.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from django_scopes import scopes_disabled

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind
from doorsync.hub.courier import agent_checks, agent_hello, dispatch
from doorsync.hub.sync.run.memory_parts import KnownPart
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.messages import envelope
from doorsync.messages.keys import KeyPairs, PublicKeys
from doorsync.messages.make_info import MakeInfo
from doorsync.messages.removal_statement import RemovalStatement
from doorsync.messages.schemas import (
    VERSION,
    Batch,
    ChainHead,
    Entry,
    Hello,
    HubRotation,
    MemoryPart,
    Order,
    Outcome,
    Receipt,
)

Place = tuple[Kind, str]
Fault = Literal["", "gone", "lost", "lying", "full", "crash", "mute", "never-came"]


@dataclass
class Device:
    """One terminal's memory, and the chain that the agent keeps for it."""

    memory: dict[Place, dict[str, object]] = field(default_factory=dict)
    seq: int = 0
    hash: str = ""
    receipt: str = ""
    own: set[Place] = field(default_factory=set)  # the terminal's own administrators
    parts: list[str] = field(default_factory=list)
    writes: int = 0
    serial: str = field(default_factory=lambda: f"T{secrets.token_hex(4)}")
    capabilities: dict[str, object] = field(default_factory=lambda: Capabilities().as_dict())
    readable: tuple[str, ...] = Capabilities().readable

    def entry(self, place: Place) -> Entry | None:
        fields = self.memory.get(place)
        if fields is None:
            return None
        shown = {k: v for k, v in fields.items() if place[0] is Kind.SCHEDULE or k in self.readable}
        return Entry.model_validate({"kind": place[0], "key": place[1], "fields": shown, "own": place in self.own})

    def holds_otherwise(self, order: Order) -> bool:
        """Whether something else than this order would put is under its key."""
        there = self.memory.get((order.kind, order.key))
        return there is not None and there != order.fields

    def knows_schedules_of(self, order: Order) -> bool:
        schedules = order.fields.get("schedules")
        return not isinstance(schedules, list) or all((Kind.SCHEDULE, str(key)) in self.memory for key in schedules)

    def write(self, order: Order) -> None:
        self.writes += 1
        if order.do == "put":
            self.memory[order.kind, order.key] = dict(order.fields)
        else:
            self.memory.pop((order.kind, order.key), None)

    def clashes(self, order: Order) -> bool:
        """Whether somebody else here has one of these cards, or this PIN."""
        others = [fields for (kind, key), fields in self.memory.items() if kind is Kind.USER and key != order.key]
        cards: set[object] = {card for fields in others for card in fields["cards"]}  # type: ignore[attr-defined]
        wished: set[object] = set(order.fields.get("cards") or [])  # type: ignore[arg-type]
        pin = order.fields.get("pin")
        return order.kind is Kind.USER and (bool(wished & cards) or (bool(pin) and pin in [fields["pin"] for fields in others]))

    def people(self) -> dict[str, dict[str, object]]:
        return {key: fields for (kind, key), fields in self.memory.items() if kind is Kind.USER}


class Counterpart:
    """An enrolled agent and its devices."""

    def __init__(self, agent: Agent) -> None:
        self.keys = KeyPairs.generate()
        self.hub = hub_keys().public
        self.agent = agent
        self.count = 0
        self.nonce = ""
        self.fault: Callable[[str], Fault] = lambda _: ""
        self.looks_at_serials = True
        self.is_strict = False  # then what is for a device without a serial number is done at no other, as agents do it
        self.tells_devices = True  # false: no terminal answers, so an agent that was stopped can say nothing of any
        self.clock_off = timedelta()
        self.counts = True  # its devices say how many people they hold
        self.counts_more = 0  # people whom its devices count and do not show
        self.users_before = 0  # in the terminal that is driven now, before the first order
        self.page = 0  # entries that fit into one part of a memory; 0: all of them fit into the receipt
        self.happened: Counter[str] = Counter()  # faults that made a difference
        self.refuses_whole = False
        self.dials_out = True
        self.fails_to_read: Literal["", "gone in the middle", "dies of it"] = ""
        self.version = VERSION  # of the messages that it speaks
        self.statements: Callable[[list[str]], list[str]] = lambda right: right  # what becomes of those that are right
        self.makes: list[MakeInfo] = []
        self.once = False  # its terminals take a card, and a PIN, once
        self.written: Callable[[], None] = lambda: None
        self.devices: dict[str, Device] = {}
        with scopes_disabled():
            Agent.objects.filter(pk=agent.pk).update(keys=self.keys.public.as_dict())
            for terminal in Terminal.objects.filter(agent=agent):
                self.devices[terminal.public_id] = Device()

    def row(self) -> Agent:
        """The agent as the hub has it now."""
        return agent_checks.find_agent(self.agent.public_id)

    def next_sealed(self) -> str:
        """The first batch that the hub hands out now, and the agent has not seen."""
        batches: list[dict[str, str]] = dispatch.next_batches(self.row(), self.nonce)["batches"]
        return batches[0]["sealed"]

    def device(self, terminal: Terminal) -> Device:
        return self.devices[terminal.public_id]

    def swap(self, one: Terminal, other: Terminal) -> None:
        """Each answers at the other's address from now on. What the agent remembers of its batches belongs to the address."""
        first, second = self.device(one), self.device(other)
        for name in ("memory", "own", "serial", "capabilities", "readable"):
            mine, theirs = getattr(first, name), getattr(second, name)
            setattr(first, name, theirs)
            setattr(second, name, mine)

    def clock(self) -> str:
        """What all its devices say; they hang in one time zone, whatever the hub's locations are."""
        return (datetime.now(UTC) + self.clock_off).strftime("%Y-%m-%dT%H:%M:%S")

    def hello_message(self, challenge: str = "") -> str:
        self.count += 1
        self.nonce = secrets.token_hex(16)
        heads = [ChainHead(terminal=name, seq=device.seq, hash=device.hash) for name, device in self.devices.items()]
        newer = {"makes": self.makes} if self.version > 2 else {}
        hello = Hello(
            v=self.version,
            **newer,
            company=self.agent.company.slug,
            agent=self.agent.public_id,
            count=self.count,
            nonce=self.nonce,
            software="test",
            heads=heads,
            hub=self.hub.fingerprint(),
            cloud=self.dials_out,
            challenge=challenge,
        )
        return envelope.sign(hello, self.keys.sign)

    def lose_state(self) -> None:
        """The agent's disk was replaced: its terminals still hold what they held."""
        self.nonce = ""
        for device in self.devices.values():
            device.seq, device.hash, device.receipt = 0, "", ""

    def hello(self) -> None:
        """Greet the hub, and once more when it sends fresh keys."""
        answer = agent_hello.hello(self.row(), self.hello_message())
        if "keys" in answer:
            self.take_hub_keys(answer["keys"])
            assert "keys" not in agent_hello.hello(self.row(), self.hello_message())

    def take_hub_keys(self, signed: str) -> None:
        """The keys that it pins vouch for the new ones."""
        self.hub = PublicKeys.load(envelope.verify(signed, HubRotation, self.hub.sign).keys)

    def work(self, rounds: int = 50) -> int:
        """Carry batches until nothing is left that can be done now; returns how many receipts came through."""
        carried = 0
        for _ in range(rounds):
            answer = dispatch.next_batches(self.row(), self.nonce)
            if answer["hello"]:
                self.hello()
                continue
            if not answer["batches"]:
                return carried
            for each in answer["batches"]:
                sealed = self.take(each["sealed"])
                if sealed is not None:
                    self.bring_parts(each["terminal"])
                    dispatch.take_receipt(self.row(), sealed)
                    carried += 1
        return carried

    def bring_parts(self, terminal: str) -> None:
        """What goes before a receipt."""
        for part in self.devices[terminal].parts:
            with suppress(KnownPart):
                dispatch.take_part(self.row(), part)

    def take(self, sealed: str) -> str | None:
        """What the agent does with a sealed batch; None when its receipt never reaches the hub."""
        batch = envelope.unseal(sealed, Batch, self.keys, self.hub)
        device = self.devices[batch.terminal]
        fault = self.fault(batch.terminal)
        if fault == "never-came":
            return None
        receipt = self._accept(device, batch, sealed, fault)
        return None if fault in ("mute", "crash") or not receipt else receipt

    def _accept(self, device: Device, batch: Batch, sealed: str, fault: Fault) -> str | None:
        if envelope.fingerprint(sealed) == device.hash:
            return device.receipt or self._answer(device, batch, sealed, self._interrupted(device, batch), "interrupted")
        if batch.nonce != self.nonce or (batch.seq, batch.prev) != (device.seq + 1, device.hash):
            return None
        device.seq, device.hash, device.receipt = batch.seq, envelope.fingerprint(sealed), ""
        if self.fails_to_read and any(order.do == "read" for order in batch.orders):
            broken = [Outcome(result="unknown")]
            return "" if self.fails_to_read == "dies of it" else self._answer(device, batch, sealed, broken, "partly")
        return self._drive(device, batch, sealed, fault)

    def _drive(self, device: Device, batch: Batch, sealed: str, fault: Fault) -> str:
        if fault == "gone":
            self.happened["gone"] += 1
            outcomes = [Outcome(result="untouched") for _ in batch.orders]
            return self._answer(device, batch, sealed, outcomes, "not-reached")
        named = batch.serial or (self.is_strict and batch.orders)
        if self.looks_at_serials and named and batch.serial != device.serial:
            self.happened["other device"] += 1
            outcomes = [Outcome(result="untouched") for _ in batch.orders]
            return self._answer(device, batch, sealed, outcomes, "other-device")
        outcomes = []
        self.users_before = len(device.people())
        for number, order in enumerate(batch.orders):
            if fault in ("lost", "crash") and number == len(batch.orders) // 2:
                self.happened[fault] += 1
                if fault == "crash":
                    return ""
                if batch.seq % 2:  # the order got through, its answer did not
                    self._carry_out(device, order, fault)
                rest = [Outcome(result="untouched") for _ in batch.orders[number + 1 :]]
                return self._answer(device, batch, sealed, [*outcomes, Outcome(result="unknown"), *rest], "partly")
            outcomes.append(self._carry_out(device, order, fault))
        return self._answer(device, batch, sealed, outcomes)

    def _carry_out(self, device: Device, order: Order, fault: Fault) -> Outcome:
        place = (order.kind, order.key)
        if place in device.own or (order.new and device.holds_otherwise(order)):
            self.happened["taken"] += 1
            return Outcome(result="taken", found=device.entry(place))
        self.happened[fault] += fault == "lying" and order.do != "read"
        if order.do in ("read", "erase"):
            return self._whole(device, erase=order.do == "erase" and fault != "lying")
        if refusal := self._refusal(device, order, fault):
            return refusal
        if fault != "lying":
            device.write(order)
            self.written()
        return Outcome(result="done", found=device.entry(place))

    def _refusal(self, device: Device, order: Order, fault: Fault) -> Outcome | None:
        place = (order.kind, order.key)
        if order.do == "put" and order.kind is Kind.USER and not device.knows_schedules_of(order):
            return Outcome(result="refused", message="It does not know one of the time schedules.", code="unknown-schedule")
        full = fault == "full" and order.do == "put" and order.kind is Kind.USER and place not in device.memory
        if full or (self.once and device.clashes(order)):
            self.happened["full"] += full
            return Outcome(result="refused", found=device.entry(place), message="Memory full." if full else "In use.")
        return None

    def _whole(self, device: Device, *, erase: bool) -> Outcome:
        if self.refuses_whole:
            return Outcome(result="refused", message="Not now.")
        if erase:
            device.memory = {place: fields for place, fields in device.memory.items() if place in device.own}
        return Outcome(result="done")

    def _interrupted(self, device: Device, batch: Batch) -> list[Outcome]:
        if any(order.do == "read" for order in batch.orders):
            return [Outcome(result="unknown")]
        return [Outcome(result="done", found=device.entry((order.kind, order.key))) for order in batch.orders]

    def _answer(self, device: Device, batch: Batch, sealed: str, outcomes: list[Outcome], state: str = "done") -> str:
        whole = any(order.do in ("read", "erase") for order in batch.orders)
        memory = [entry for place in device.memory if (entry := device.entry(place))] if whole and state == "done" else None
        making, device.parts = secrets.token_hex(16), []
        while self.page and memory and len(memory) > self.page:
            device.parts.append(self._part(batch, sealed, making, len(device.parts) + 1, memory[: self.page]))
            memory = memory[self.page :]
        receipt = Receipt.model_validate(
            {
                "v": self.version,
                "company": batch.company,
                "agent": batch.agent,
                "terminal": batch.terminal,
                "seq": batch.seq,
                "batch": envelope.fingerprint(sealed),
                "state": state,
                "device": None
                if state == "not-reached" or not self.tells_devices
                else {
                    "serial": device.serial,
                    "users": self.users_before + self.counts_more if self.counts else None,
                    "clock": self.clock(),
                    "can": device.capabilities,
                },
                "outcomes": [outcome.model_dump() for outcome in outcomes],
                "memory": None if memory is None else [entry.model_dump() for entry in memory],
                "parts": len(device.parts),
                "making": making if device.parts else "",
                **({"statements": self._statements(device, batch, sealed, outcomes)} if self.version > 3 else {}),
            }
        )
        device.receipt = envelope.seal(receipt, self.keys, self.hub)
        return device.receipt

    def _statements(self, device: Device, batch: Batch, sealed: str, outcomes: list[Outcome]) -> list[str]:
        named = {name: getattr(batch, name) for name in ("company", "agent", "terminal")}
        named["batch"] = envelope.fingerprint(sealed)
        told = {"name": batch.name, "serial": device.serial, "at": "2026-06-10T12:00:00+00:00", "read_back": True}
        gone = [order.key for order, outcome in zip(batch.orders, outcomes, strict=True) if outcome.found is None]
        statements = [RemovalStatement(user=user, **named, **told) for key, user in batch.users.items() if key in gone]
        return self.statements([envelope.sign(each, self.keys.sign) for each in statements])

    def _part(self, batch: Batch, sealed: str, making: str, number: int, entries: list[Entry]) -> str:
        part = MemoryPart(
            company=batch.company,
            agent=batch.agent,
            terminal=batch.terminal,
            batch=envelope.fingerprint(sealed),
            making=making,
            part=number,
            entries=entries,
        )
        return envelope.seal(part, self.keys, self.hub)
