"""Anything may happen to a terminal, in any order; what the driver answers is true, and what it reads is what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import TerminalError, WriteAnswer
from doorsync.drivers.zkteco.driver import ZktecoDriver, ZktecoSession
from doorsync.drivers.zkteco.simulator.device import Device
from doorsync.drivers.zkteco.simulator.faults import Faults
from doorsync.drivers.zkteco.simulator.memory import Memory, Person
from doorsync.drivers.zkteco.simulator.server import Server
from tests.drivers.zkteco.terminals import session, user
from tests.factories.terminals import by_key, until

NUMBERS = st.integers(1, 12)
records = st.builds(user, NUMBERS, st.sampled_from(["Ann", "Émile", "Zoë"]), st.integers(0, 3), st.sampled_from(["", "1234"]))
batches = st.lists(records, min_size=1, max_size=9, unique_by=lambda record: record.key)


Write = Callable[[ZktecoSession], Iterable[WriteAnswer]]


def shown(person: Person) -> tuple[str, int, str]:
    return person.name.decode(), person.card, person.password.decode()


def wanted(record: Record) -> tuple[str, int, str]:
    cards = record.fields["cards"]
    assert isinstance(cards, list)
    return str(record.fields["name"]), int(str(cards[0])) if cards else 0, str(record.fields["pin"])


class Week(RuleBasedStateMachine):
    @initialize(capacity=st.integers(4, 12))
    def begin(self, capacity: int) -> None:
        self.server = Server(Device(memory=Memory(capacity=capacity)))
        self.server.start()
        self.driver = ZktecoDriver()
        self.strangers: dict[str, Person] = {}
        self.unknown: set[str] = set()

    @property
    def memory(self) -> Memory:
        return self.server.device.memory

    @rule(batch=batches)
    def put(self, batch: list[Record]) -> None:
        before = {record.key: self.memory.by_id(record.key) for record in batch}
        for record, answer in self._answers(lambda one: one.put_many(batch), batch):
            there = self.memory.by_id(record.key)
            if record.key in self.strangers:
                assert answer is None or answer.refusal
            elif answer is None:
                assert there in (None, before[record.key]) or shown(there) == wanted(record)
            elif answer.refusal:
                assert there == before[record.key]
            elif not self.server.device.faults.forgotten_users:
                assert there is not None
                assert shown(there) == wanted(record)

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=5, unique=True))
    def remove(self, numbers: list[int]) -> None:
        keys = [str(number) for number in numbers]
        for record, answer in self._answers(lambda one: one.remove_many(Kind.USER, keys), [user(number) for number in numbers]):
            if answer and not answer.refusal:
                assert self.memory.by_id(record.key) is None
            if record.key in self.strangers:
                assert answer is None or answer.refusal

    @rule(number=NUMBERS, uid=st.integers(1, 20))
    def enrol_an_administrator_at_the_terminal(self, number: int, uid: int) -> None:
        person = Person(uid, str(number), b"Boss", privilege=14)
        if uid not in self.memory.people and self.memory.by_id(str(number)) is None and self.memory.store(person):
            self.strangers[str(number)] = replace(person)

    @rule(
        cut_before=st.integers(0, 40),
        cut_after=st.integers(0, 40),
        refused=st.sets(NUMBERS.map(str), max_size=2),
        commands=st.sets(st.sampled_from([110, 1500, 1501, 8, 18]), max_size=1),
        packet=st.sampled_from([0, 100]),
    )
    def something_breaks(self, cut_before: int, cut_after: int, refused: set[str], commands: set[int], packet: int) -> None:
        self.server.device.faults = Faults(
            cut_before=cut_before, cut_after=cut_after, refused_users=refused, refused_commands=commands, packet=packet
        )

    @rule()
    def all_is_well_and_what_is_read_is_there(self) -> None:
        self.server.device.faults = Faults()
        self._wait()
        with session(self.server, self.driver) as one:
            found = by_key(one.read_all(Kind.USER))
        assert {key: wanted(record) for key, record in found.items()} == {
            person.user_id: shown(person) for person in self.memory.people.values()
        }
        assert not self.server.device.busy

    @invariant()
    def administrators_are_as_they_were(self) -> None:
        for number, person in getattr(self, "strangers", {}).items():
            assert self.memory.by_id(number) == person

    def teardown(self) -> None:
        if hasattr(self, "server"):
            self.server.stop()

    def _answers(self, write: Write, batch: list[Record]) -> list[tuple[Record, WriteAnswer | None]]:
        told: dict[str, WriteAnswer] = {}
        self._wait()
        try:
            with session(self.server, self.driver) as one:
                for answer in write(one):
                    assert answer.key not in told
                    told[answer.key] = answer
        except TerminalError:
            pass  # lost: who was not answered is unknown
        else:
            assert set(told) == {record.key for record in batch}
        return [(record, told.get(record.key)) for record in batch]

    def _wait(self) -> None:
        until(lambda: not self.server.device.session, "the terminal did not notice that the session was over")


TestWeek = Week.TestCase
TestWeek.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
