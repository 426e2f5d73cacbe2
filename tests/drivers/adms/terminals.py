"""A station, emulated terminals that call it, and sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from doorsync.domain.record import Kind, Record
from doorsync.drivers.adms.driver import AdmsDriver, AdmsSession
from doorsync.drivers.adms.simulator import Caller, Terminal
from doorsync.drivers.contract import ConnectionSettings, StationContext, WriteAnswer
from tests.factories.patience import PATIENCE


@dataclass
class Site:
    """The agent's side: a driver whose station runs."""

    driver: AdmsDriver
    back: list[str] = field(default_factory=list)

    @contextmanager
    def session(self, serial: str, timeout: float = PATIENCE, **options: str) -> Iterator[AdmsSession]:
        with self.driver.open(ConnectionSettings(address=serial, options=options), timeout=timeout) as one:
            yield one


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    one = Site(AdmsDriver())
    with one.driver.start(StationContext(folder=folder, listen="127.0.0.1:0", on_reconnected=one.back.append)):
        yield one


@contextmanager
def calling(where: Site, terminal: Terminal) -> Iterator[Caller]:
    caller = Caller(terminal, where.driver.listens)
    caller.start()
    try:
        yield caller
    finally:
        caller.stop()


def user(number: int, name: str = "Émile", card: int = 0, pin: str = "") -> Record:
    cards = [str(card)] if card else []
    return Record(
        kind=Kind.USER, key=str(number), fields={"name": name, "cards": cards, "pin": pin, "schedules": [], "until": ""}
    )


def accepted(answers: Iterable[WriteAnswer]) -> set[str]:
    return {answer.key for answer in answers if not answer.refusal}
