"""Carries out the orders of one batch at its terminal, reads back what it touched, and says what became of each order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Literal

from doorsync.agent import crash_points
from doorsync.agent.bulk_writes import WRITES, bulk_writes, write_all
from doorsync.agent.clocks import put_clock_right
from doorsync.agent.connections import settings_in
from doorsync.agent.errors import OtherDevice, reason_of
from doorsync.agent.logs import log
from doorsync.agent.memory_parts import MemoryParts
from doorsync.agent.readback import Place, Readback, answered, foreign_entry, read_back, read_device, taken_keys
from doorsync.agent.removal_statements import signed_statements
from doorsync.domain.capabilities import Capabilities
from doorsync.domain.capabilities import Readback as ReadBack
from doorsync.domain.reason import NO_REASON, Reason
from doorsync.drivers.contract import SECRET_REFUSED, Driver, SecretRefused, Session, WriteAnswer
from doorsync.messages import sizes
from doorsync.messages.schemas import Batch, Device, Entry, Message, Order, Outcome, Receipt, StatedReason
from doorsync.messages.sizes import OUTCOMES
from doorsync.messages.terminal_codes import TerminalCode, in_english, in_own_words

Result = Literal["done", "refused", "taken", "unknown", "untouched"]
State = Literal["done", "partly", "not-reached", "other-device", "interrupted"]
CODE = re.compile("[^0-9A-Za-z]+")


@dataclass(slots=True)
class Progress:
    """How far the orders of a batch have come."""

    results: list[Result]
    reasons: list[Reason]
    codes: list[str]
    keys: list[Place]
    device: Device | None = None
    other: bool = False
    taken: dict[Place, Entry] = field(default_factory=dict)
    found: Readback | None = None
    lost_by: Reason = NO_REASON
    secret_refused: bool = False
    lost: bool = False
    begun: int = 0

    @property
    def can(self) -> Capabilities:
        """What the terminal can hold, as it told when the work began."""
        return Capabilities.from_dict(self.device.can if self.device else {})

    @property
    def is_blind(self) -> bool:
        """Whether nothing can be read back from the terminal: what it answered is all that anybody knows."""
        return self.can.read_back is ReadBack.NONE

    @classmethod
    def of(cls, batch: Batch) -> Progress:
        """The progress of a batch of which nothing is done."""
        size = len(batch.orders)
        keys = [(order.kind, order.key) for order in batch.orders]
        return cls(results=["untouched"] * size, reasons=[NO_REASON] * size, codes=[""] * size, keys=keys)

    def begin(self, upto: int) -> None:
        """The orders before this number are under way, but for those whose keys are taken."""
        for number in range(self.begun, upto):
            self.results[number] = "taken" if self.keys[number] in self.taken else "unknown"
        self.begun = upto


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One accepted batch, and what is needed to carry it out."""

    batch: Batch
    fingerprint: str
    driver: Driver
    parts: MemoryParts
    timeout: float
    stopping: Callable[[], bool]
    sign: Callable[[Message], str]
    seen: Callable[[Device], None] = lambda _: None  # called with what the terminal reports after the last order

    def carry_out(self) -> Receipt:
        """Carry out the orders in sequence. Whatever fails, the receipt says what is known."""
        progress = Progress.of(self.batch)
        self._try(progress, self._do_orders)
        if progress.begun and progress.found is None and not progress.other:
            self._try(progress, _do_nothing)  # once more, only to see what is there
        return self._receipt(progress, self._state(progress))

    def look_after_interruption(self) -> Receipt:
        """Make the receipt of a batch during which the agent stopped: read back what is there, and write nothing."""
        progress = Progress.of(self.batch)
        progress.results = ["unknown" if order.do in ("read", "erase") else "done" for order in self.batch.orders]
        progress.begun = len(progress.results)
        self._try(progress, _do_nothing)
        if progress.is_blind:
            progress.results = ["unknown"] * len(progress.results)
        return self._receipt(progress, "interrupted")

    def _try(self, progress: Progress, drive: Callable[[Session, Progress], None]) -> None:
        """Open a session, run `drive`, and read back what was begun, unless the terminal is lost on the way."""
        try:
            with self.driver.open(settings_in(self.batch), timeout=self.timeout) as session:
                self._recognise(session, progress)
                drive(session, progress)
                crash_points.point("agent.orders-done")
                progress.found = self._look(session, progress)
                crash_points.point("agent.read-back")
                self.seen(read_device(session))
        except Exception as error:  # noqa: BLE001 - a driver may fail in any way, and must harm no other terminal
            progress.lost_by = progress.lost_by or reason_of(error)
            progress.secret_refused = isinstance(error, SecretRefused)
            log.warning("A terminal was lost.", terminal=self.batch.terminal, why=in_english(reason_of(error)))

    def _look(self, session: Session, progress: Progress) -> Readback:
        """Read back what was begun. After an interruption no whole memory is read: that may be what killed the agent."""
        begun = self.batch.orders[: progress.begun]
        done = [pair for pair in zip(begun, progress.results, strict=False) if pair[0].do in WRITES or pair[1] == "done"]
        if progress.is_blind:
            found = answered(done)
        else:
            found = read_back(session, [order for order, _ in done], self.parts.fill, progress.can)
        for number, order in enumerate(begun):
            if order.do not in WRITES and found.refusal:
                progress.results[number], progress.reasons[number] = "refused", found.refusal
                self.parts.drop()
        return found

    def _recognise(self, session: Session, progress: Progress) -> None:
        """Check that the batch's own device answers. Raises OtherDevice."""
        now = read_device(session)
        progress.device = progress.device or now  # what it held before the first order
        if (
            self.batch.serial or self.batch.orders
        ) and now.serial != self.batch.serial:  # without orders it may be the first look
            progress.device, progress.other = now, True
            raise OtherDevice

    def _do_orders(self, session: Session, progress: Progress) -> None:
        progress.lost = True
        put_clock_right(session, progress.device, self.batch.zone)
        progress.taken = {} if progress.is_blind else taken_keys(session, self.batch.orders)
        taken = {number for number, order in enumerate(self.batch.orders) if (order.kind, order.key) in progress.taken}
        for numbers in bulk_writes(self.batch.orders, taken, self.driver.make.records_per_write):
            if self.stopping():
                break
            self._write(session, progress, numbers)
        else:
            progress.begin(len(self.batch.orders))
        progress.lost_by = TerminalCode.AGENT_STOPPED() if self.stopping() else NO_REASON
        progress.lost = False

    def _write(self, session: Session, progress: Progress, numbers: Sequence[int]) -> None:
        """Carry out orders that go out together, and note the answer to each."""
        by_key = {self.batch.orders[number].key: number for number in numbers}
        progress.begin(numbers[-1] + 1)
        crash_points.point("agent.order-begun")
        with closing(write_all(session, [self.batch.orders[number] for number in numbers])) as answers:
            for answer in answers:
                number = by_key[answer.key]
                progress.results[number] = "refused" if answer.refusal else "done"
                progress.reasons[number] = _reason_in(answer)
                progress.codes[number] = CODE.sub("-", answer.code)[:32]
                crash_points.point("agent.order-done")
                if self.stopping():
                    break  # those without an answer stay unknown

    def _state(self, progress: Progress) -> Literal["done", "partly", "not-reached", "other-device"]:
        if progress.other and not progress.begun:
            return "other-device"
        if not progress.begun and (progress.results or progress.found is None):
            return "not-reached"
        complete = progress.found is not None and not progress.lost and not {"untouched", "unknown"} & {*progress.results}
        return "done" if complete else "partly"

    def _receipt(self, progress: Progress, state: State) -> Receipt:
        batch, found = self.batch, progress.found
        memory = found.memory if found else None
        if memory is None:
            self.parts.drop()
        outcomes = [_outcome(progress, number, order) for number, order in enumerate(batch.orders)]
        serial, blind = progress.device.serial if progress.device else "", progress.is_blind
        return Receipt(
            company=batch.company,
            agent=batch.agent,
            terminal=batch.terminal,
            seq=batch.seq,
            batch=self.fingerprint,
            state=state,
            reason=StatedReason.of(progress.lost_by if state != "done" else found.refusal if found else NO_REASON),
            code=SECRET_REFUSED if progress.secret_refused and state == "not-reached" else "",
            device=progress.device,
            outcomes=_fitting(outcomes),
            statements=signed_statements(batch, self.fingerprint, outcomes, self.sign, serial=serial, read_back=not blind),
            memory=memory,
            parts=self.parts.count,
            making=self.parts.making if self.parts.count else "",
        )


def _do_nothing(session: Session, progress: Progress) -> None:
    """Write nothing: the work only reads back."""


def _outcome(progress: Progress, number: int, order: Order) -> Outcome:
    """The outcome of one order. Without a readback it is unknown."""
    result, code, reason = progress.results[number], progress.codes[number], StatedReason.of(progress.reasons[number])
    if result == "untouched":
        return Outcome(result=result)
    if result == "taken":
        return Outcome(result=result, found=progress.taken[order.kind, order.key])
    if progress.found is None:
        return Outcome(result="unknown", reason=reason)
    return Outcome(result=result, found=progress.found.touched.get((order.kind, order.key)), code=code, reason=reason)


def _fitting(outcomes: list[Outcome]) -> list[Outcome]:
    """Cut outcomes to what a receipt can carry: entries beyond that are replaced."""
    size, fitting = 0, []
    for outcome in outcomes:
        size += sizes.size_of(outcome) + 1
        if outcome.found and size > OUTCOMES:
            outcome = outcome.model_copy(update={"found": foreign_entry(outcome.found)})  # noqa: PLW2901 - the same one, cut
        fitting.append(outcome)
    return fitting


def _reason_in(answer: WriteAnswer) -> Reason:
    """Why the terminal refused a record; NO_REASON when it did not."""
    return (answer.reason or in_own_words(answer.refusal)) if answer.refusal else NO_REASON
