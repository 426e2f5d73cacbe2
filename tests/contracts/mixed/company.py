"""A company whose doors have a terminal of every make, its hub and the real agent with all drivers, in one process."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from django_scopes import scope, scopes_disabled

from doorsync.agent.batch_service import Answer, BatchService
from doorsync.agent.config import Config
from doorsync.agent.drivers import Drivers
from doorsync.agent.identity import Identity
from doorsync.agent.kept_state import State
from doorsync.domain.record import Kind
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.courier import agent_checks, agent_hello, dispatch
from doorsync.hub.sync.models import Mode
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.memory_parts import KnownPart
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.sync.run.scheduler import apply_due_changes
from doorsync.hub.terminals.connection import sealed_secret
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.actions import change_user, create_user, remove_user
from doorsync.hub.users.models import Group, User
from doorsync.messages.keys import KeyPairs
from tests.contracts.drivers.benches import Bench, SupremaBench
from tests.factories import world

LetTimePass = Callable[[timedelta], object]
ORIGIN = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Person:
    """What every door should know of somebody."""

    name: str
    card: str
    pin: str
    locks: bool  # whether they may pass the Z-Wave lock, which is slow


@dataclass
class MixedCompany:
    """`benches` by make. `people` is the naive model: number -> who should be in."""

    company: Company
    actor: Actor
    agent: Agent
    terminals: dict[str, Terminal]
    benches: dict[str, Bench]
    members: Group
    staff: Group
    batch_service: BatchService
    let_time_pass: LetTimePass
    people: dict[int, Person] = field(default_factory=dict)
    fresh: Iterator[int] = field(default_factory=lambda: iter(range(1000, 9999)))
    nonce: str = ""

    def join(self, *, staff: bool = False) -> None:
        serial = next(self.fresh)
        person = Person(f"Guest {serial}", str(500_000 + serial), str(3000 + serial), staff)
        user = create_user(
            company=self.company,
            actor=self.actor,
            last_name=person.name,
            groups=frozenset({self.staff.pk if staff else self.members.pk}),
            credentials={"card": frozenset({person.card}), "pin": frozenset({person.pin})},
        )
        self.people[user.number] = person

    def new_card(self, number: int) -> None:
        card = str(500_000 + next(self.fresh))
        change_user(user=self._user(number), actor=self.actor, credentials={"card": frozenset({card})})
        self.people[number] = Person(self.people[number].name, card, self.people[number].pin, self.people[number].locks)

    def new_pin(self, number: int) -> None:
        pin = str(3000 + next(self.fresh))
        change_user(user=self._user(number), actor=self.actor, credentials={"pin": frozenset({pin})})
        self.people[number] = Person(self.people[number].name, self.people[number].card, pin, self.people[number].locks)

    def leave(self, number: int) -> None:
        remove_user(user=self._user(number), actor=self.actor)
        del self.people[number]

    def press(self, mode: Mode = Mode.CHANGES) -> None:
        selection = Selection(terminals=frozenset(terminal.pk for terminal in self.terminals.values()), mode=mode)
        planned = build_plan(self.company, selection)
        start_run(company=self.company, choice=selection, confirmed=planned.to_confirm or None, actor=self.actor)

    def work(self, rounds: int = 200) -> None:
        """Carry messages until the hub has nothing more for the agent; time passes where it waits."""
        for _ in range(rounds):
            answer = dispatch.next_batches(self._row(), self.nonce)
            if answer["hello"]:
                self._say_hello()
            elif answer["batches"]:
                for each in answer["batches"]:
                    self._carry(each["sealed"])
            elif answer["idle"]:
                return
            else:
                self.let_time_pass(timedelta(seconds=61))
                apply_due_changes()

    def differences(self) -> dict[str, str]:
        """Make -> how its memory, read past its driver, differs from the model."""
        found = {}
        for make, bench in self.benches.items():
            held = self._held(bench)
            wanted = {person.card: person for person in self.people.values() if person.locks or make != "zwave"}
            wrong = set(held.keys() ^ wanted.keys())
            wrong |= {card for card in held.keys() & wanted.keys() if not _is_pin(wanted[card].pin, held[card])}
            if wrong:
                found[make] = f"{len(wrong)} of {len(wanted)}, such as card {min(wrong)}"
        return found

    def meddle(self, make: str, dice: random.Random) -> None:
        """Somebody deletes an entry at the terminal itself."""
        held = self.benches[make].memory(Kind.USER)
        if held:
            self.benches[make].forget(Kind.USER, dice.choice(sorted(held)))

    def _held(self, bench: Bench) -> dict[str, str]:
        pins = bench.pin_hashes() if isinstance(bench, SupremaBench) else {}
        return {fields["cards"][0]: pins.get(key) or fields["pin"] for key, fields in bench.memory(Kind.USER).items()}

    def _user(self, number: int) -> User:
        return User.objects.get(number=number)

    def _carry(self, sealed: str) -> None:
        answer = self.batch_service.batch(sealed)
        while answer.kind == "working":
            answer = self.batch_service.batch(sealed)
        if answer.kind == "refused":  # a busy machine took longer than a nonce lives: the agent is greeted anew
            dispatch.note_refused(self._row(), answer.text)
            return
        assert answer.kind == "receipt", answer
        self._bring_parts(answer)
        dispatch.take_receipt(self._row(), answer.text)

    def _bring_parts(self, answer: Answer) -> None:
        for number in range(1, answer.parts + 1):
            part = self.batch_service.part(answer.batch, number)
            assert part
            with suppress(KnownPart):
                dispatch.take_part(self._row(), part)

    def _say_hello(self) -> None:
        greeting = self.batch_service.hello()
        answer = agent_hello.hello(self._row(), greeting.hello)
        while "challenge" in answer:
            answer = agent_hello.hello(self._row(), self.batch_service.hello(challenge=answer["challenge"]).hello)
        self.nonce = answer["nonce"]

    def _row(self) -> Agent:
        return agent_checks.find_agent(self.agent.public_id)


def _is_pin(pin: str, held: str) -> bool:
    """A Suprema device keeps the gateway's hash of it."""
    return held in (pin, sha256(pin.encode()).hexdigest())


@contextmanager
def mixed_company(
    folder: Path, benches: dict[str, Bench], let_time_pass: Callable[[timedelta], object]
) -> Iterator[MixedCompany]:
    """Everybody may pass the doors of all makes but the Z-Wave lock, which is for staff."""
    company = world.company(slug="mixed")
    location = world.location(company)
    agent = world.agent(company)
    terminals = {make: _terminal(location, agent, make, bench) for make, bench in benches.items()}
    members, staff = world.group(company, "Members"), world.group(company, "Staff")
    always = world.schedule(company)
    quick = [terminal for make, terminal in terminals.items() if make != "zwave"]
    for group, doors in ((members, quick), (staff, [*quick, terminals["zwave"]])):
        world.right(group, world.zone(company, group.name, *doors), always)
    keys = KeyPairs.generate()
    with scopes_disabled():
        Agent.objects.filter(pk=agent.pk).update(keys=keys.public.as_dict())
    identity = Identity(
        company=company.slug,
        agent=agent.public_id,
        name="Desk",
        hub_url=ORIGIN,
        origins=(ORIGIN,),
        keys=keys,
        hub=hub_keys().public,
    )
    identity.save(folder)
    drivers = Drivers(working={make: bench.driver for make, bench in benches.items()})
    batch_service = BatchService(State(folder), drivers, Config(data=folder, terminal_timeout=5))
    administrator = world.administrator(company)
    actor = Actor(company_id=company.pk, administrator_id=administrator.pk, via="test")
    try:
        with scope(company=company):
            yield MixedCompany(company, actor, agent, terminals, benches, members, staff, batch_service, let_time_pass)
    finally:
        batch_service.stop()


def _terminal(location: Location, agent: Agent, make: str, bench: Bench) -> Terminal:
    settings = bench.settings
    terminal = world.terminal(
        location,
        agent,
        f"Door of {make}",
        make=make,
        address=settings.address,
        options=dict(settings.options),
        pinned_at=None,
    )
    with scopes_disabled():
        terminal.sealed_secret = sealed_secret(terminal, settings.secret)
        terminal.save(update_fields=["sealed_secret"])
    return terminal
