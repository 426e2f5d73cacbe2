"""`doorsync agent try`: whether a driver and an empty terminal do what the agent relies on, with test people.

They are removed again. A terminal that holds anybody is left alone: the trial stops before its first write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from doorsync.agent.bulk_writes import write_all
from doorsync.domain.capabilities import Capabilities, KeyForm, Readback
from doorsync.domain.record import Kind, Record, Value
from doorsync.domain.rendering import Person, render_record
from doorsync.drivers.contract import ConnectionSettings, Driver, Session, SupportsChangeMark, TerminalError
from doorsync.messages.schemas import Order

PEOPLE = 3
FIRST_NUMBER, FIRST_CARD = 990_001, 15_990_001  # of the test people; a card of 24 bits fits every reader
HOURS: list[list[str]] = [["7", "03:00", "03:01"]]  # one minute a week


class NotEmpty(Exception):
    """The terminal holds people or time schedules. Try it with an empty one: nothing was written."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was tried, and why it failed; "" when it did not."""

    name: str
    failure: str = ""


@dataclass(slots=True)
class Trial:
    """One terminal being tried."""

    driver: Driver
    settings: ConnectionSettings
    timeout: float
    can: Capabilities = field(default_factory=Capabilities)

    def steps(self) -> Iterator[Step]:
        """Try one thing after the other; what cannot be tried here is left out. Raises NotEmpty or TerminalError."""
        with self.driver.open(self.settings, timeout=self.timeout) as session:
            about = session.about()
            self.can = about.can
            yield Step(f"tells who it is: {about.model or '?'} {about.firmware}, serial number {about.serial or 'none'}")
            self._must_be_empty(session)
            try:
                yield from self._written(session)
            finally:
                self._clear(session)
        yield self._step("is empty again, in a new conversation", self._is_empty_again)

    def people(self, name: str = "Test") -> list[Record]:
        """Test people as this terminal can hold them."""
        found = []
        for number in range(PEOPLE):
            digits = max(self.can.pin_min, min(self.can.pin_max, 4))
            person = Person(
                key=self._key(number),
                name=f"{name} {number}",
                cards=(str(FIRST_CARD + number),) if self.can.cards_per_user else (),
                pin=str(7 * 10 ** (digits - 1) + number) if self.can.pin_max >= digits > 0 else "",
            )
            record = render_record(person, [each.key for each in self._schedules()], self.can)
            if isinstance(record, Record):
                found.append(record)
        return found

    def _written(self, session: Session) -> Iterator[Step]:
        people, schedules = self.people(), self._schedules()
        if schedules:
            yield self._step("takes a time schedule", lambda: self._put(session, schedules))
        yield self._step(f"takes {PEOPLE} people at once", lambda: self._put(session, people))
        before = session.change_mark() if isinstance(session, SupportsChangeMark) else None
        changed = self.people("Changed")
        yield self._step("lets one of them be changed", lambda: self._put(session, changed[:1]))
        yield self._step("lets one of them be removed", lambda: self._remove(session, people[1:2], [changed[0], people[2]]))
        if before is not None and isinstance(session, SupportsChangeMark):
            unchanged = session.change_mark() == before
            yield Step("tells cheaply that something has changed", "its mark is the same" if unchanged else "")

    def _put(self, session: Session, records: Sequence[Record]) -> str:
        orders = [Order(do="put", kind=each.kind, key=each.key, fields=dict(each.fields)) for each in records]
        refusals = [answer.refusal for answer in write_all(session, orders) if answer.refusal]
        return refusals[0] if refusals else self._differs(session, records)

    def _remove(self, session: Session, gone: Sequence[Record], left: Sequence[Record]) -> str:
        orders = [Order(do="remove", kind=each.kind, key=each.key) for each in gone]
        refusals = [answer.refusal for answer in write_all(session, orders) if answer.refusal]
        if refusals or self.can.read_back is Readback.NONE:
            return refusals[0] if refusals else ""
        keys = [found.record.key for found in session.read_all(gone[0].kind) if not found.own]
        return "" if sorted(keys) == sorted(each.key for each in left) else f"it lists {len(keys)} people, not {len(left)}"

    def _differs(self, session: Session, records: Sequence[Record]) -> str:
        """Which fields are read back otherwise than they were written. Their values are not told."""
        if self.can.read_back is Readback.NONE:
            return ""
        kind = records[0].kind
        found = {each.record.key: each.record.fields for each in session.read(kind, [each.key for each in records])}
        readable = self.can.readable if kind is Kind.USER else self.can.schedule_readable
        missing = [each.key for each in records if each.key not in found]
        wrong = {
            name
            for each in records
            for name in readable
            if name in each.fields and found.get(each.key, {}).get(name) != each.fields[name]
        }
        return f"{len(missing)} are not there" if missing else f"read back otherwise: {', '.join(sorted(wrong))}" if wrong else ""

    def _schedules(self) -> list[Record]:
        if not self.can.schedules or not self.can.schedules_per_user:
            return []
        places = self.can.schedule_key_form is KeyForm.PLACE
        key = str(self.can.first_schedule_place) if places else "990"
        fields: dict[str, Value] = {"name": "Test" if "name" in self.can.schedule_readable else "", "slots": HOURS}
        return [Record(kind=Kind.SCHEDULE, key=key, fields=fields)]

    def _key(self, number: int) -> str:
        if self.can.key_form is KeyForm.PLACE:
            return str(self.can.first_place + number)
        if self.can.key_form is KeyForm.CARD:
            return str(FIRST_CARD + number)
        return str(FIRST_NUMBER + number)[-self.can.key_length :]

    def _must_be_empty(self, session: Session) -> None:
        if self.can.read_back is Readback.NONE:
            return
        if any(not found.own for found in session.read_all(Kind.USER)):
            raise NotEmpty
        if any(found.record.fields.get("slots") for found in session.read_all(Kind.SCHEDULE)):
            raise NotEmpty

    def _clear(self, session: Session) -> None:
        for records in (self.people(), self._schedules()):
            orders = [Order(do="remove", kind=each.kind, key=each.key) for each in records]
            if orders:
                list(write_all(session, orders))

    def _is_empty_again(self) -> str:
        with self.driver.open(self.settings, timeout=self.timeout) as session:
            try:
                self._must_be_empty(session)
            except NotEmpty:
                return "test people are left in it"
        return ""

    def _step(self, name: str, tried: Callable[[], str]) -> Step:
        try:
            return Step(name, tried())
        except TerminalError as error:
            return Step(name, str(error))
