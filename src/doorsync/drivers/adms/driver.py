"""The driver of terminals that call out: sessions wait at the station for the terminal's polls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar
from zoneinfo import ZoneInfo

from doorsync.domain.door_events import LogPage, LogPosition
from doorsync.domain.record import Kind, Record
from doorsync.drivers.adms import records
from doorsync.drivers.adms.lane import Lane
from doorsync.drivers.adms.protocol import QUERY, User, delete, update
from doorsync.drivers.adms.received_log import ReceivedLog
from doorsync.drivers.adms.records import Unfit
from doorsync.drivers.adms.station import SERIAL, Station
from doorsync.drivers.contract import About, ConnectionSettings, Found, Nearby, StationContext, TerminalError, WriteAnswer
from doorsync.drivers.make import Evidence, EvidenceLevel, Make, Option
from doorsync.messages.terminal_codes import TerminalCode

HIDDEN = "The terminal does not show who is in it: it was asked, and sent nothing. What it accepts cannot be verified."
OWN = "This number is one of the terminal's own administrators."
HOUR = timedelta(hours=1)
TRIES = 2  # to be shown who is in a terminal, before it is left alone
T = TypeVar("T")


class AdmsDriver:
    """Reaches terminals by their serial number, when they poll. One that refuses to tell who is in it is remembered as such."""

    make: ClassVar[Make] = Make(
        name="adms",
        title="ZKTeco ADMS / PUSH (the terminal calls the agent)",
        address="CJ9H204460123",
        options=(
            Option(name="capacity", title="People that it can hold", default="3000", pattern="[1-9][0-9]{0,5}"),
            Option(name="blind", title="Write although it does not show who is in it", default="no", choices=("no", "yes")),
        ),
        answer_timeout=45.0,
        records_per_write=500,
        evidence=Evidence(
            level=EvidenceLevel.FOREIGN_DEVICE_SIDE,
            against=("ADMSDeviceSimulator of django-fingerprint-attendance 0.1.0, with its three firmwares",),
            ours="an emulator of a terminal that shows who is in it",
            not_shown=(
                "any real terminal",
                "reading back from a device side that others wrote: theirs shows nobody",
                "cards, PINs and a full memory, on a device side that others wrote",
                "time schedules: they are not written",
            ),
        ),
        warnings=(
            "This driver was never tried on a real terminal.",
            "Its traffic is not encrypted, and whoever knows the serial number gets cards and PINs.",
            "Put the terminal on a network of its own.",
        ),
    )

    def __init__(self) -> None:
        self._station: Station | None = None
        self.listens = ""
        self._hidden: dict[str, int] = {}

    @contextmanager
    def start(self, context: StationContext) -> Iterator[None]:
        """Run the station."""
        from doorsync.drivers.adms.listener import listening  # heavy: not before a terminal of this make calls

        station = Station(context.folder, context.on_reconnected)
        with listening(station, context.listen) as address:
            self._station, self.listens = station, address
            try:
                yield
            finally:
                self._station, self.listens = None, ""

    def lane(self, settings: ConnectionSettings) -> str:
        """Each terminal has its own."""
        return settings.address

    def find(self, within: float) -> Iterator[Nearby]:  # noqa: ARG002 - they knocked before
        """Terminals that called and that nobody uses."""
        for serial in list(self._station.knocked) if self._station else []:
            yield Nearby(address=serial, serial=serial, title=self.make.title)

    @contextmanager
    def open(self, settings: ConnectionSettings, *, timeout: float) -> Iterator[AdmsSession]:
        """Wait for the terminal's next poll: it has carried out by then whatever it was given before."""
        serial = settings.address
        if not SERIAL.fullmatch(serial):
            raise TerminalError(
                f"'{serial[:40]}' is no serial number; it stands on the terminal and in its menu.", permanent=False
            )
        if self._station is None:
            raise TerminalError("The agent listens for no terminals of this make: set listen_adms.", permanent=False)
        lane = self._station.lane(serial, _hours(settings.zone))
        if not lane.wait_for_poll(timeout):
            raise TerminalError(f"{serial} did not call.", permanent=False)
        log = self._station.log(serial)
        session = AdmsSession(serial, lane, settings.options, timeout, hidden=self._hidden.get(serial, 0), log=log)
        try:
            yield session
        finally:
            self._hidden[serial] = session.hidden


class AdmsSession:
    """Commands wait for the terminal's polls, and are answered as it acknowledges them."""

    def __init__(
        self, serial: str, lane: Lane, options: Mapping[str, str], timeout: float, *, hidden: int, log: ReceivedLog
    ) -> None:
        self._serial = serial
        self._log = log
        self._lane = lane
        self._timeout = timeout
        self._capacity = int(options.get("capacity") or 3000)
        self._blind = options.get("blind") == "yes"
        self._own: set[str] | None = None
        self.hidden = hidden  # times in a row that the terminal was asked who is in it and showed nobody

    def about(self) -> About:
        """What it said at its last poll; it tells no clock."""
        status = self._lane.status
        return About(
            serial=self._serial,
            firmware=status.firmware,
            users=status.users,
            templates=status.templates or 0,
            can=records.capabilities(self._capacity, shows=self.hidden < TRIES),
        )

    def events(self, after: LogPosition, most: int) -> LogPage:
        """The entries that it has sent so far."""
        return self._log.page(after, most)

    def clear_events(self, upto: LogPosition) -> None:
        """Delete entries in the agent's file; the terminal deletes its own once they are sent."""
        self._log.clear(upto)

    def read(self, kind: Kind, keys: Collection[str]) -> Iterator[Found]:
        """Costs as much as reading all."""
        wished = set(keys)
        yield from (found for found in self.read_all(kind) if wished and found.record.key in wished)

    def read_all(self, kind: Kind) -> Iterator[Found]:
        """Ask the terminal to send everybody; what counts is what came before it says that it is done."""
        if kind is Kind.USER:
            yield from (records.found_in(user) for user in self._everybody().values())

    def put_many(self, records_: Sequence[Record]) -> Iterator[WriteAnswer]:
        """All that fit into one answer go out at the next poll."""
        there = self._administrators() if records_ else set()
        ready: list[tuple[str, str]] = []
        for record in records_:
            if record.kind is not Kind.USER:
                yield WriteAnswer(key=record.key, refusal="This driver cannot write time schedules.")
                continue
            if record.key in there:
                yield WriteAnswer(key=record.key, refusal=OWN)
                continue
            try:
                ready.append((record.key, update(records.user_of(record))))
            except Unfit as unfit:
                yield WriteAnswer(key=record.key, refusal=str(unfit))
        yield from self._run(ready)

    def remove_many(self, kind: Kind, keys: Sequence[str]) -> Iterator[WriteAnswer]:
        """Templates go too."""
        if kind is not Kind.USER:
            yield from (WriteAnswer(key=key) for key in keys)
            return
        there = self._administrators() if keys else set()
        yield from (WriteAnswer(key=key, refusal=OWN) for key in keys if key in there)
        yield from self._run([(key, delete(key)) for key in keys if key not in there])

    def erase(self) -> None:
        """One by one: what a terminal offers to clear everything takes its administrators and its log too."""
        gone = [user.pin for user in self._everybody().values() if not user.administers]
        if any(answer.refusal for answer in self._run([(pin, delete(pin)) for pin in gone])):
            raise TerminalError(TerminalCode.REMOVALS_REFUSED(), permanent=True)

    def change_mark(self) -> str:
        """How many people there were when it polled last; "" when it does not say."""
        users = self._lane.status.users
        return "" if users is None else str(users)

    def _run(self, commands: Sequence[tuple[str, str]]) -> Iterator[WriteAnswer]:
        keys = [key for key, _ in commands]
        for index, code in self._patiently(lambda: self._lane.run([text for _, text in commands], self._timeout)):
            refusal = f"The terminal refused (it answered {code})." if code < 0 else ""
            yield WriteAnswer(key=keys[index], refusal=refusal, code=str(code) if refusal else "")

    def _administrators(self) -> set[str]:
        """The keys of its own administrators; none where an administrator of Doorsync allowed writing without reading."""
        if self._blind:
            return set()
        if self._own is None:
            self._everybody()
        return self._own or set()

    def _everybody(self) -> Mapping[str, User]:
        """Who is in it. Raises TerminalError: permanent when the terminal does not show it."""
        if self.hidden >= TRIES:
            raise TerminalError(HIDDEN, permanent=True)
        code, found = next(self._patiently(lambda: iter([self._lane.collect(QUERY, self._timeout)])))
        self.hidden += 1
        if code < 0 or not self._complete(found):
            raise TerminalError(HIDDEN, permanent=True, code=str(code))
        self.hidden = 0
        self._own = {user.pin for user in found.values() if user.administers}
        return found

    def _complete(self, found: Mapping[str, User]) -> bool:
        """Whether as many were shown as the terminal counts; its count is as old as its last poll."""
        if len(found) != self._lane.status.users:
            self._lane.wait_for_poll(self._timeout)
        counted = self._lane.status.users
        return bool(found) if counted is None else len(found) >= counted

    def _patiently(self, answers: Callable[[], Iterator[T]]) -> Iterator[T]:
        try:
            yield from answers()
        except TimeoutError as error:
            raise TerminalError(TerminalCode.ADDRESS_LOST(address=self._serial), permanent=False) from error


def _hours(zone: str) -> int | None:
    """How far the wall clocks of a zone are from UTC now; None where that is no whole number of hours."""
    offset = datetime.now(ZoneInfo(zone)).utcoffset() or timedelta()
    return offset // HOUR if offset % HOUR == timedelta() else None
