"""An emulated terminal with a driver's session, and records for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from doorsync.domain.record import Kind, Record, Value
from doorsync.drivers.contract import ConnectionSettings, WriteAnswer
from doorsync.drivers.zkteco.driver import ZktecoDriver, ZktecoSession
from doorsync.drivers.zkteco.simulator.memory import Person
from doorsync.drivers.zkteco.simulator.server import Server
from tests.factories.patience import PATIENCE


@contextmanager
def session(server: Server, driver: ZktecoDriver | None = None, secret: str = "", **options: str) -> Iterator[ZktecoSession]:
    settings = ConnectionSettings(address=server.address, secret=secret, options=options)
    with (driver or ZktecoDriver()).open(settings, timeout=PATIENCE) as one:
        yield one


def user(number: int, name: str = "Name", card: int = 0, pin: str = "", schedules: Sequence[str] = ()) -> Record:
    cards = [str(card)] if card else []
    fields: dict[str, Value] = {"name": name, "cards": cards, "pin": pin, "schedules": list(schedules), "until": ""}
    return Record(kind=Kind.USER, key=str(number), fields=fields)


def schedule(number: int, *slots: tuple[str, str, str]) -> Record:
    return Record(kind=Kind.SCHEDULE, key=str(number), fields={"name": "Hours", "slots": [list(slot) for slot in slots]})


def always(number: int) -> Record:
    return schedule(number, *[(str(day), "00:00", "24:00") for day in range(1, 8)])


def accepted(answers: Iterable[WriteAnswer]) -> set[str]:
    told = list(answers)
    assert len({answer.key for answer in told}) == len(told)
    return {answer.key for answer in told if not answer.refusal}


def names(server: Server) -> dict[str, str]:
    return {person.user_id: person.name.decode() for person in server.device.memory.people.values()}


def stranger(server: Server, uid: int, user_id: str, **fields: object) -> Person:
    person = Person(uid, user_id, name=b"Stranger", **fields)  # type: ignore[arg-type]  # whatever a row has
    assert server.device.memory.store(person)
    return person
